package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
)

// unreadable makes files of a party's in folder, whose names have a prefix, fail when they
// are opened; opened are those names, in order.
func (o *testOffice) unreadable(party, prefix string, fault error) (opened func() []string) {
	var names []string
	setParty(o.env, party, func(p *office.Party) {
		root := path.Join(o.root, party)
		p.Open = func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(root, drop.Paths{}, drop.Options{Step: func(call, name string) error {
				if call != "open:before" || !strings.HasPrefix(name, "in/"+prefix) {
					return nil
				}
				names = append(names, path.Base(name))
				return fault
			}})
		}
	})
	return func() []string { return names }
}

// logged is what the office logs from here on.
func (o *testOffice) logged() *bytes.Buffer {
	var b bytes.Buffer
	o.env.Log = slog.New(slog.NewTextHandler(&b, nil))
	return &b
}

// linesWith are the lines of a text that hold a word.
func linesWith(text, word string) (list []string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			list = append(list, line)
		}
	}
	return list
}

// Two hundred and fifty files that cannot be read and sort first keep no letters waiting:
// they do not use up the party's limit, they are one line, and the next pass tries them
// last.
func TestUnreadableFilesGoBehind(t *testing.T) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Flood = 200 }))
	opened := o.unreadable(them, "0", fs.ErrPermission)
	for i := range 250 {
		o.leaveFile(them, fmt.Sprintf("0%03d.csv", i), []byte("x\n"))
	}
	var insured, letters []any
	for i := range 12 {
		insured = append(insured, o.insured(leaver(us, i)))
		letters = append(letters, o.letter(them, i, leaver(us, i)))
	}
	o.put(core, formats.KindRegistry, insured...)
	for _, l := range letters {
		o.put(them, formats.KindLetter, l)
	}
	logs := o.logged()
	err := o.tryPass()
	if n := len(o.receipts(them)); n != 12 {
		t.Errorf("%d of 12 letters were taken in", n)
	}
	if err == nil || strings.Count(err.Error(), "permission denied") != 1 || !strings.Contains(err.Error(), "(and 249 more: 0001.csv, 0002.csv, 0003.csv …)") {
		t.Errorf("the pass says %v", err)
	}
	if lines := linesWith(logs.String(), "permission denied"); len(lines) != 1 {
		t.Errorf("%d lines are logged: %q", len(lines), lines)
	}
	// From now on they come last, those first that failed the longest ago.
	setParty(o.env, them, func(p *office.Party) { p.Flood = 200 })
	for _, want := range []int{250 + 199, 250 + 199 + 199} {
		o.now = o.now.Add(time.Hour)
		o.put(them, formats.KindLetter, o.letter(them, 20+want, leaver(us, 0)))
		if err := o.tryPass(); err == nil || len(opened()) != want {
			t.Errorf("beside a letter: %v, %d tries, want %d", err, len(opened()), want)
		}
	}
	if last := opened()[250+199:]; last[0] != "0199.csv" || last[50] != "0249.csv" || last[51] != "0000.csv" {
		t.Errorf("tried again: %q", last)
	}
}

// What failed and can be read again is taken in, with the day on which it was first seen.
func TestFailedFileIsTakenInLater(t *testing.T) {
	o := newOffice(t)
	fault := errors.New("input/output error")
	name := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	o.unreadable(core, "registry", fault)
	if err := o.tryPass(); !errors.Is(err, fault) {
		t.Fatal(err)
	}
	o.unreadable(core, "none", nil)
	o.skipDays(1)
	o.pass()
	files := inFiles(t, o.env)
	if len(files) != 1 || files[0].Name != name || files[0].Seen != 20260302 || !o.hasFile(core, "in/done", name) {
		t.Errorf("taken in: %+v", files)
	}
}

// A file that is written to again and again keeps none waiting either.
func TestChangingFilesGoBehind(t *testing.T) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Flood, p.Settle = 2, time.Minute }))
	change := func(i int) {
		for _, name := range []string{"0.csv", "1.csv"} {
			o.leaveFile(them, name, bytes.Repeat([]byte("x"), i+1))
		}
	}
	change(0)
	o.pass()
	change(1)
	name := o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0)))
	o.pass()
	if !o.hasFile(them, "in/done", name) {
		t.Error("the letter waits behind files that are being written")
	}
}

// A line that breaks at one file does not break there every time.
func TestLostSessionGoesOnElsewhere(t *testing.T) {
	o := newOffice(t)
	o.unreadable(core, "0", fmt.Errorf("get: %w", drop.ErrTimeout))
	o.leaveFile(core, "0.csv", []byte("x\n"))
	name := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	if err := o.tryPass(); !errors.Is(err, drop.ErrTimeout) {
		t.Fatal(err)
	}
	if o.hasFile(core, "in/done", name) {
		t.Fatal("the session went on")
	}
	if err := o.tryPass(); !errors.Is(err, drop.ErrTimeout) || !o.hasFile(core, "in/done", name) {
		t.Errorf("the second pass: %v, taken in %v", err, o.hasFile(core, "in/done", name))
	}
}

// Names that cannot be used are a line for each reason.
func TestOddNamesAreOneLine(t *testing.T) {
	o := newOffice(t)
	for i := range 20 {
		o.leaveFile(core, fmt.Sprintf("a\u202e%d.csv", i), nil)
	}
	if err := os.Mkdir(o.dropPath(core, "in", "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	logs := o.logged()
	o.pass()
	if lines := linesWith(logs.String(), "left alone in the drop"); len(lines) != 2 || strings.Contains(logs.String(), "\u202e") {
		t.Errorf("logged %q", lines)
	}
}

// A rejected file that cannot be moved to bad, and a signature that came late and cannot be
// read, stop nothing else of their party.
func TestWhatCannotBeTidiedStopsNothing(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) {
		p := e.Partners[them]
		p.Seal = exchange.SealSigned
		e.Partners[them] = p
	})
	rejected := o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0)))
	o.pass() // without its signature: rejected
	o.leaveFile(them, rejected+seal.Suffix, []byte("x\n"))
	setParty(o.env, them, func(p *office.Party) {
		p.Open = func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(path.Join(o.root, them), drop.Paths{}, drop.Options{Step: func(call, name string) error {
				if call == "move:before" && strings.HasPrefix(name, "in/bad/") || call == "open:before" && name == "in/"+rejected+seal.Suffix {
					return fs.ErrPermission
				}
				return nil
			}})
		}
	})
	o.leaveFile(them, "later.csv", []byte("x\n"))
	err := o.tryPass()
	if err == nil || len(linesWith(err.Error(), "permission denied")) != 2 || !o.hasFile(them, "in/done", "later.csv") {
		t.Errorf("the pass says %v; later.csv is taken in: %v", err, o.hasFile(them, "in/done", "later.csv"))
	}
}

// A rejected file that cannot be moved to bad is a fault of five passes; then it is for staff, is told once, and is
// tried once a day, until it is moved.
func TestWhatCannotBeMovedToBad(t *testing.T) {
	for what, told := range map[string]int{"accepted": 0, "open": 1} {
		t.Run(what, func(t *testing.T) { cannotBeMovedToBad(t, told) })
	}
}

func cannotBeMovedToBad(t *testing.T, open int) {
	o := newOffice(t)
	stands, tries := true, 0
	setParty(o.env, them, func(p *office.Party) {
		p.Open = func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(path.Join(o.root, them), drop.Paths{}, drop.Options{Step: func(call, name string) error {
				if call == "move:before" && strings.HasPrefix(name, "in/bad/") {
					if tries++; stands {
						return fs.ErrPermission
					}
				}
				return nil
			}})
		}
	})
	o.leaveFile(them, "wrong.csv", []byte("x\n"))
	o.pass() // taken in, and rejected
	pass := func(what string, fault bool, tried, told int) {
		t.Helper()
		tries = 0
		if err := o.tryPass(); (err != nil) != fault || tries != tried || len(o.asides()) != told {
			t.Errorf("%s: %v, %d tries, told %q", what, err, tries, o.asides())
		}
	}
	for n := 1; n < 5; n++ {
		pass(fmt.Sprint("try ", n), true, 1, 0)
	}
	pass("the last", false, 1, 1)
	if told := o.asides(); len(told) != 1 || told[0] != them+" 无法移入退件目录的退回文件 1 个：wrong.csv" {
		t.Errorf("told %q", told)
	}
	pass("the same day", false, 0, 1)
	if open == 0 {
		o.closeDifferences()
	}
	o.skipDays(1)
	pass("the next day", false, 1, open)
	pass("the same day again", false, 0, open)
	o.skipDays(1)
	stands = false
	pass("then it can", false, 1, 0)
	if !o.hasFile(them, "in/bad", "wrong.csv") {
		t.Error("it does not lie in in/bad")
	}
}
