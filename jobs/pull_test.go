package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/atomicfile"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
)

// setParty changes how a party's drop is used.
func setParty(e *jobs.Env, code string, change func(*office.Party)) {
	for i := range e.Parties {
		if e.Parties[i].Code == code {
			change(&e.Parties[i])
		}
	}
}

// inFiles are the files that an agency has taken in.
func inFiles(t *testing.T, e *jobs.Env) (list []exchange.File) {
	t.Helper()
	err := e.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Files(store.FileFilter{Dir: exchange.In})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A file that is left in the drop is taken in once, however fine the folder's
// clock; one written anew is another file.
func TestFileLeftInTheDrop(t *testing.T) {
	w := newWorld(t, t.TempDir())
	readOutside(t, w.stage()).turn(legOn(firstDay, oldCode).at)
	e := w.open(t, legOn(firstDay, oldCode))
	setParty(e, oldCode+"c", func(p *office.Party) { p.After = office.AfterLeave })
	path := onlyFile(t, filepath.Join(w.stage(), oldCode, "drops", "core", "in", "registry_*"))
	written := time.Date(2026, 3, 2, 1, 2, 3, 456_789_123, time.UTC)
	for i, want := range []int{1, 1, 2, 2} {
		if i%2 == 0 {
			if err := os.Chtimes(path, written, written.Add(time.Duration(i)*time.Microsecond)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := e.Pull(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := len(inFiles(t, e)); got != want {
			t.Errorf("after pull %d: %d files taken in, want %d", i+1, got, want)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func onlyFile(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) != 1 {
		t.Fatal(pattern, paths, err)
	}
	return paths[0]
}

func TestGrowingFileIsNotTaken(t *testing.T) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Settle = 10 * time.Minute }))
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	half := content[:len(content)/2]
	o.leaveFile(them, name, half)
	for _, temp := range []string{".letter.csv", "letter.csv.part", "letter.filepart", "letter.csv.tmp", "letter.writing", "letter.partial", "~$letter.xlsx", "Thumbs.db", "desktop.ini", ".DS_Store"} {
		o.leaveFile(them, temp, content)
	}
	o.pass()
	o.leaveFile(them, name, content[:len(content)-5]) // it grows between two looks
	o.pass()
	if len(o.receipts(them)) != 0 {
		t.Fatal("a growing file was taken")
	}
	o.skipDays(1)
	o.leaveFile(them, name, content)
	o.pass() // whole: its own last row shows it
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
	if r := o.receipts(them)[0].records[0].(*formats.Receipt); r.ReceivedOn != 20260303 {
		t.Errorf("received on %s", r.ReceivedOn)
	}
	// What never becomes whole is judged as it is.
	o.leaveFile(them, "never.csv", half)
	o.pass()
	o.pass()
	if v := o.verdicts(them, "never.csv"); len(v) != 1 || !strings.HasPrefix(v[0], "rejected") {
		t.Errorf("the receipt says %q", v)
	}
}

// TestCompanions: what a program leaves beside a file, or later, is no file of its own; one of a file that
// never was is.
func TestCompanions(t *testing.T) {
	o := newOffice(t)
	o.env.Rules.Companions = []string{".ok", ".md5"}
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	o.leaveFile(them, name, content)
	o.leaveFile(them, name+".OK", nil)
	o.leaveFile(them, "never.csv.ok", []byte("1"))
	o.pass()
	o.leaveFile(them, name+".md5", []byte("d41d8cd98f00b204e9800998ecf8427e"))
	o.pass()
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
	for suffix, want := range map[string]int{".OK": 0, ".md5": 0} {
		if v := o.verdicts(them, name+suffix); len(v) != want {
			t.Errorf("%s: %q", suffix, v)
		}
	}
	if v := o.verdicts(them, "never.csv.ok"); len(v) != 1 {
		t.Errorf("a file of its own: %q", v)
	}
}

// What a killed pass left in the spool and among the reports is swept by the next.
func TestLeftTemporaryFilesAreSwept(t *testing.T) {
	o := newOffice(t)
	live := must(atomicfile.Temp(o.env.Reports)) // a command beside the pass prints into the folder
	for _, dir := range []string{spoolFolder(o.env), o.env.Reports} {
		must(atomicfile.Temp(dir)).Close() // ends the lock, as a kill does
	}
	o.pass()
	left := slices.Concat(must(filepath.Glob(filepath.Join(spoolFolder(o.env), ".tmp-*"))), must(filepath.Glob(filepath.Join(o.env.Reports, ".tmp-*"))))
	if len(left) != 1 || left[0] != live.Name() {
		t.Errorf("left %v", left)
	}
	live.Discard()
}

func TestLeftFilesAreRemembered(t *testing.T) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.After, p.Flood = office.AfterLeave, 2 }))
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)), o.insured(leaver(us, 1)), o.insured(leaver(us, 2)), o.insured(leaver(us, 3)))
	var names []string
	for i := range 4 {
		names = append(names, o.put(them, formats.KindLetter, o.letter(them, i, leaver(us, i))))
	}
	o.pass()
	if n := len(o.receipts(them)); n != 2 {
		t.Fatalf("%d files were taken, the limit is 2", n)
	}
	o.pass()
	o.pass()
	if n := len(o.receipts(them)); n != 4 {
		t.Errorf("%d of 4 files were taken: those left in place stand in the way of the others", n)
	}
	for _, name := range names {
		if !o.hasFile(them, "in", name) {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestTakenFileIsDeleted(t *testing.T) {
	o := newOffice(t, withParty(core, func(p *office.Party) { p.After = office.AfterDelete }))
	name := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	o.pass()
	if o.hasFile(core, "in", name) || o.hasFile(core, "in/done", name) {
		t.Error("the file is still there")
	}
}

func TestOnePartnerDown(t *testing.T) {
	down := true
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Open = shutWhile(p.Open, &down) }))
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.put(others, formats.KindLetter, o.letter(others, 1, q))
	if o.tryPass() == nil {
		t.Error("nobody says that a partner is down")
	}
	if o.tryPass() == nil {
		t.Error("nobody says that a partner is down")
	}
	requireOne[formats.Form](o, others, formats.KindForm)
	down = false
	o.pass()
	o.pass()
	requireOne[formats.Form](o, them, formats.KindForm)
}

// shutWhile makes a drop refuse to open while closed.
func shutWhile(open func(context.Context) (drop.Drop, error), closed *bool) func(context.Context) (drop.Drop, error) {
	return func(ctx context.Context) (drop.Drop, error) {
		if *closed {
			return nil, errors.New("no route to host")
		}
		return open(ctx)
	}
}

// TestOldWorkbooks: a workbook of an old kind is refused to a partner and answered to an officer, each with
// what to do; nothing is quarantined.
func TestOldWorkbooks(t *testing.T) {
	o := newOffice(t)
	clerk, _, _ := staffWithFolders(o)
	old := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 512)...)
	for i, name := range []string{"联系函.xls", "联系函.et"} {
		o.leaveFile(them, name, append(old, byte(i)))
	}
	if answers := o.handIn(clerk, "决定.xls", old, nil); len(answers) == 0 || !strings.Contains(strings.Join(answers, " "), ".xlsx") {
		t.Errorf("the officer reads %q", answers)
	}
	o.pass()
	for _, name := range []string{"联系函.xls", "联系函.et"} {
		o.requireReceipt(them, name, "rejected unreadable")
	}
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{States: []exchange.FileState{exchange.FileQuarantined}})
		if len(files) > 0 {
			t.Errorf("quarantined: %v", files)
		}
		return err
	})
}
