package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/todo"
	rules "carryover/jobs/transfer"
)

// errLooked ends a transaction that was made to look only.
var errLooked = errors.New("only looked")

// overlooked says what a pass has overlooked because it looks at what has changed
// alone: a case on hold that would go on if it were judged now and is not listed for the
// next pass, a limit that is not the stored one, something that presses.
func overlooked(o *office.Office) error {
	var faults []error
	err := o.Do(context.Background(), office.By{Actor: "test"}, func(d *office.Desk) error {
		listed, err := d.Tx.CasesAgain("", 1000)
		if err != nil {
			return err
		}
		var open []exchange.Case
		if err := d.Tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error { open = append(open, c); return nil }); err != nil {
			return err
		}
		for _, before := range open {
			c, err := d.CaseByNo(before.No)
			if err == nil && rules.Waits(before) {
				err = rules.Rejudge(c)
			}
			if err == nil {
				err = c.Save()
			}
			if err != nil {
				return err
			}
			if c.Rev != before.Rev && !slices.Contains(listed, c.No) {
				faults = append(faults, fmt.Errorf("%s is overlooked: %s %q due %s, %s would be %s %q due %s, %s", c.No,
					before.State, before.Hold, before.Due, before.TurnDue, c.State, c.Hold, c.Due, c.TurnDue))
			}
		}
		return errLooked
	})
	if !errors.Is(err, errLooked) {
		faults = append(faults, err)
	}
	err = o.View(context.Background(), func(d *office.Desk) error {
		all, err := todo.List(d)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(t exchange.Todo) bool { return !t.Presses(d.Date) })
		pressing, err := todo.Pressing(d)
		if a, b := fmt.Sprint(all), fmt.Sprint(pressing); a != b {
			faults = append(faults, fmt.Errorf("what presses is %s, found was %s", a, b))
		}
		return err
	})
	return errors.Join(append(faults, err)...)
}

// TestWaitingGoesOn: a letter on hold goes on in the first pass after what it waits for
// has changed, and not before.
func TestWaitingGoesOn(t *testing.T) {
	p := leaver(us, 0)
	register := func(o *testOffice, change func(*exchange.Account)) {
		a := secondAccount(them)
		change(&a)
		with := o.env.Partners[them]
		with.Accounts = append(slices.Clone(with.Accounts), a)
		o.env.Partners = maps.Clone(o.env.Partners)
		o.env.Partners[them] = with
	}
	for what, c := range map[string]struct {
		change func(o *testOffice)
		held   int // nights more
	}{
		"the account is registered": {change: func(o *testOffice) { register(o, func(*exchange.Account) {}) }},
		"the account is registered from tomorrow on": {held: 1, change: func(o *testOffice) {
			register(o, func(a *exchange.Account) { a.ValidFrom = calendar.DateOf(o.now).AddDays(1) })
		}},
		"the earlier letter is taken back": {change: func(o *testOffice) {
			o.put(them, formats.KindLetter, o.letter(them, 2, p))
			o.pass()
			if all := o.casesBy(exchange.Out, p); len(all) != 2 || all[1].Hold != code.HoldPossibleDuplicate {
				t.Fatalf("the second letter: %+v", all)
			}
			o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseCancel))
		}},
	} {
		t.Run(what, func(t *testing.T) {
			o := newOffice(t)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
			o.passes(2)
			o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
			c.change(o)
			o.pass()
			for range c.held {
				o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
				o.nextNight()
			}
			all := o.casesBy(exchange.Out, p)
			if last := all[len(all)-1]; last.State != exchange.Accepted {
				t.Errorf("the letter is %s %s", last.State, last.Hold)
			}
		})
	}
}

// TestPressingAmongMany: what presses is found however many differences are open.
func TestPressingAmongMany(t *testing.T) {
	o := newOffice(t)
	o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0)))
	o.pass()
	err := o.env.Do(t.Context(), office.By{}, func(d *office.Desk) error {
		for i := range 3000 {
			if err := d.RecordDifference("money", them, fmt.Sprint("T", i), code.Text(fmt.Sprint(i)), code.Text("1"), code.Text("2")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := overlooked(o.env.Office); err != nil {
		t.Errorf("%.500v", err)
	}
}

// TestLimitsByOtherSettings: a limit that is set anew counts for the cases that are
// there, from the next pass on.
func TestLimitsByOtherSettings(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.passes(2)
	before := o.caseBy(exchange.Out, p)
	o.env.Turns = slices.Clone(o.env.Turns)
	for i := range o.env.Turns {
		o.env.Turns[i].WD += 3
	}
	o.pass()
	after := o.caseBy(exchange.Out, p)
	if want := o.env.Calendar.Due(before.TurnDue, 3, calendar.DueOptions{}).Date; before.TurnDue == 0 || after.TurnDue != want {
		t.Errorf("last day %s, then %s, want %s", before.TurnDue, after.TurnDue, want)
	}
}

// TestLimitThatHasEndedBefore: a letter whose file could not be worked for weeks has
// missed its limit when it is worked at last, and the same pass tells the person.
func TestLimitThatHasEndedBefore(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.pass()
	o.slow = true // the core does not answer, so that the turn stays
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	if _, err := o.env.Pull(t.Context()); err != nil {
		t.Fatal(err)
	}
	folder := spoolFolder(o.env)
	away := folder + ".away"
	if err := os.Rename(folder, away); err != nil {
		t.Fatal(err)
	}
	o.skipDays(40)
	if err := errors.Join(o.tryPass(), os.RemoveAll(folder), os.Rename(away, folder)); err == nil {
		t.Fatal("the pass did not miss the file")
	}
	o.pass()
	o.requireJournaled(o.caseBy(exchange.Out, p).No, "delayed", "")
}
