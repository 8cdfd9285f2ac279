package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/plain"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/sheet"
	"carryover/jobs"
	"carryover/jobs/office"
)

// leaveSparse leaves a file of a size that nobody has written.
func (o *testOffice) leaveSparse(party, name string, size int64) {
	o.tb.Helper()
	o.leaveFile(party, name, nil)
	if err := os.Truncate(o.dropPath(party, "in", name), size); err != nil {
		o.tb.Fatal(err)
	}
}

// asides are the open differences about files that were not fetched, as staff read them.
func (o *testOffice) asides() (list []string) {
	o.tb.Helper()
	err := o.env.Store.View(context.Background(), func(tx *store.Tx) error {
		open, err := tx.Differences(true)
		for _, x := range open {
			subject, _, theirs := o.env.Sides(x)
			list = append(list, x.Partner+" "+subject+" "+theirs)
		}
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return list
}

// What is larger than its kind may be is told by its size, and not a byte of it is
// fetched: it is moved to bad, and staff are told once.
func TestTooLargeIsNotFetched(t *testing.T) {
	for _, c := range []struct {
		name string
		most int64
	}{
		{"letter.csv", 1 << 20},
		{"letter.xlsx", sheet.MaxWorkbook},
		{"letter.xml", 256 << 20},
		{"letter.sig", seal.MaxSignature},
	} {
		for _, more := range []int64{0, 1} {
			t.Run(fmt.Sprint(c.name, more), func(t *testing.T) {
				o := newOffice(t, func(e *jobs.Env) { e.Rules.LargestFile = 1 << 20 })
				opened := o.unreadable(core, "letter", os.ErrPermission)
				o.leaveSparse(core, c.name, c.most+more)
				name := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
				err := o.tryPass()
				aside := o.hasFile(core, "in/bad", c.name)
				if want := more > 0; aside != want || (err == nil) != want || (len(opened()) == 0) != want {
					t.Errorf("set aside %v, opened %d times, %v", aside, len(opened()), err)
				}
				if told := o.asides(); len(told) != int(more) || more > 0 && !strings.Contains(told[0], "1 个："+c.name) {
					t.Errorf("told %q", told)
				}
				if !o.hasFile(core, "in/done", name) {
					t.Error("the registry was not taken in")
				}
			})
		}
	}
}

// Where files are left in the drop it stays, is told to staff once, and costs nobody else a
// turn; what takes its place under its name is fetched.
func TestTooLargeIsLeftWhereFilesAre(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) { e.Rules.LargestFile = 1 << 20 }, withParty(core, func(p *office.Party) { p.After = office.AfterLeave }))
	name, content := o.batch(core, formats.KindRegistry, 1, "", o.insured(leaver(us, 0)))
	o.leaveSparse(core, name, 2<<20)
	o.pass()
	o.closeDifferences()
	logs := o.logged()
	o.pass()
	if told := o.asides(); len(told) != 0 || !o.hasFile(core, "in", name) {
		t.Errorf("told again %q", told)
	}
	if lines := linesWith(logs.String(), "not fetched: too large"); len(lines) != 1 || !strings.Contains(lines[0], name) {
		t.Errorf("logged %q", lines)
	}
	o.leaveFile(core, name, content)
	o.pass()
	if files := inFiles(t, o.env); len(files) != 1 {
		t.Errorf("%d files were taken in", len(files))
	}
}

// closeDifferences accepts what is open.
func (o *testOffice) closeDifferences() {
	o.tb.Helper()
	err := o.env.Store.Tx(context.Background(), func(tx *store.Tx) error {
		open, err := tx.Differences(true)
		for _, x := range open {
			if err == nil {
				err = tx.CloseDifferenceWith(x.Kind, x.Partner, x.Subject)
			}
		}
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
}

// A name that leaves no room for that of its signature is set aside, and its file with it.
func TestNameTooLongForItsSignature(t *testing.T) {
	for _, after := range []string{office.AfterMove, office.AfterDelete} {
		t.Run(after, func(t *testing.T) { longNameIsSetAside(t, after) })
	}
}

func longNameIsSetAside(t *testing.T, after string) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.After = after }), func(e *jobs.Env) {
		p := e.Partners[them]
		p.Seal = exchange.SealSigned
		e.Partners[them] = p
	})
	long := strings.Repeat("长", 84) + "a" // 253 bytes
	o.leaveFile(them, long, []byte("x\n"))
	o.leaveFile(them, strings.Repeat("长", 82)+"a.csv", []byte("x\n")) // 251 bytes
	name := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	o.pass()
	if moved := o.hasFile(them, "in/bad", long); moved != (after == office.AfterMove) || o.hasFile(them, "in", long) == moved {
		t.Errorf("%s: moved to bad %v", after, moved)
	}
	if told := o.asides(); len(told) != 1 || !strings.Contains(told[0], "文件名过长") {
		t.Errorf("%s: told %q", after, told)
	}
	if files := inFiles(t, o.env); len(files) != 2 || !o.hasFile(core, "in/done", name) && after == office.AfterMove {
		t.Errorf("%s: %d files were taken in", after, len(files))
	}
}

// The ending of a file's name is no name of the spool unless it is a short one.
func TestLongEndingIsTakenIn(t *testing.T) {
	o := newOffice(t)
	name := "a." + strings.Repeat("b", 249)
	o.leaveFile(core, name, []byte("x\n"))
	o.pass()
	if files := inFiles(t, o.env); len(files) != 1 || files[0].Name != name || len(files[0].Spool) > 100 {
		t.Errorf("taken in: %+v", files)
	}
}

// A pass takes no more bytes from a party than it may; the rest comes with the next one.
func TestBytesOfANight(t *testing.T) {
	o := newOffice(t, withParty(core, func(p *office.Party) { p.FloodBytes = 5000 }))
	for i := range 3 {
		o.leaveFile(core, fmt.Sprint(i, ".csv"), bytes.Repeat([]byte("x\n"), 1000+i))
	}
	logs := o.logged()
	for _, want := range []int{2, 3} {
		o.pass()
		if files := inFiles(t, o.env); len(files) != want {
			t.Fatalf("%d files were taken in, want %d", len(files), want)
		}
	}
	if lines := linesWith(logs.String(), "the rest waits"); len(lines) != 1 {
		t.Errorf("logged %q", lines)
	}
}

// What would take the free space below the reserve is not fetched, and said in one line.
func TestReserveOfSpace(t *testing.T) {
	room := int64(5000)
	o := newOffice(t, func(e *jobs.Env) { e.Room = func() (int64, error) { return room, nil } })
	setParty(o.env, core, func(p *office.Party) { p.InFlight = 4 })
	for i := range 20 {
		o.leaveFile(core, fmt.Sprintf("%02d.csv", i), bytes.Repeat([]byte("x\n"), 3000))
	}
	o.leaveFile(core, "small.csv", []byte("x\n"))
	err := o.tryPass()
	if files := inFiles(t, o.env); len(files) != 1 || files[0].Name != "small.csv" {
		t.Errorf("taken in: %+v", files)
	}
	if err == nil || len(linesWith(err.Error(), "the free space would go below the reserve")) != 1 || !strings.Contains(err.Error(), "and 19 more") {
		t.Errorf("the pass says %v", err)
	}
	room = math.MaxInt64
	o.pass()
	if files := inFiles(t, o.env); len(files) != 21 {
		t.Errorf("%d of 21 files were taken in", len(files))
	}
}

// A file that grows while it is fetched is read no further than it was listed.
func TestGrowingWhileFetched(t *testing.T) {
	o := newOffice(t)
	path := o.dropPath(core, "in", "a.csv")
	setParty(o.env, core, func(p *office.Party) {
		p.Open = func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(o.root+"/"+core, drop.Paths{}, drop.Options{Step: func(call, name string) error {
				if call == "open:after" && name == "in/a.csv" {
					return os.Truncate(path, 1<<40)
				}
				return nil
			}})
		}
	})
	o.leaveFile(core, "a.csv", []byte("x\n"))
	o.pass()
	if files := inFiles(t, o.env); len(files) != 0 || !o.hasFile(core, "in", "a.csv") {
		t.Errorf("taken in: %+v", files)
	}
}

// An officer's workbook with the longest name that is taken gets its answer, whose name is
// cut.
func TestAnswerToALongName(t *testing.T) {
	o := newOffice(t)
	clerk, _, _ := staffWithFolders(o)
	o.leaveFile(exchange.OfficerParty(clerk.Name), strings.Repeat("决", 82)+".xlsx", []byte("x\n")) // 251 bytes
	o.pass()
	if names := o.officerFiles(clerk); len(names) != 1 || !strings.HasSuffix(names[0], ".txt") {
		t.Errorf("the officer has %q", names)
	}
}

// A name that differs from another only by characters that nobody sees is not taken in beside it, nor after
// it: staff read by which. The one that came alone is taken in.
func TestNamesThatLookAlike(t *testing.T) {
	o := newOffice(t)
	first := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	_, content := o.batch(core, formats.KindRegistry, 2, "", o.insured(leaver(us, 1)))
	beside, after := "\u200b"+first, strings.Replace(first, ".", "\u2060.", 1)
	o.leaveFile(core, beside, content)
	o.pass()
	if !o.hasFile(core, "in/bad", beside) || !o.hasFile(core, "in/done", first) {
		t.Error("not set aside beside the other")
	}
	o.leaveFile(core, after, content)
	alone, twin := "信\u200b.csv", "信\u200c.csv"
	o.leaveFile(core, alone, content)
	o.leaveFile(core, twin, content)
	o.pass()
	if !o.hasFile(core, "in/bad", after) || !o.hasFile(core, "in/done", alone) || !o.hasFile(core, "in/bad", twin) {
		t.Error("not set aside after the other, or the one that is alone is")
	}
	if files := inFiles(t, o.env); len(files) != 2 {
		t.Errorf("%d files were taken in", len(files))
	}
	if told := o.asides(); len(told) != 1 || !strings.Contains(plain.Text(told[0]), "2 个：") || !strings.Contains(plain.Text(told[0]), "[U+2060].csv") {
		t.Errorf("told %q", told)
	}
}
