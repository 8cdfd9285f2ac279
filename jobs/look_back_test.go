package jobs_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/nightly"
)

// pastStates is what a look back tells of a case: state and since when.
func (o *testOffice) pastStates(on calendar.Date, p string) []string {
	o.tb.Helper()
	path, untold, err := o.env.LookBack(context.Background(), on)
	if err != nil || len(untold) != 0 || !strings.HasSuffix(path, on.String()+"-as-of.xlsx") {
		o.tb.Fatal(path, untold, err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		o.tb.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("办件")
	if err != nil {
		o.tb.Fatal(err)
	}
	for _, cells := range rows {
		if len(cells) > 9 && cells[3] == p {
			return append(cells[5:7:7], cells[9])
		}
		if len(cells) > 6 && cells[3] == p {
			return cells[5:7]
		}
	}
	return nil
}

// TestLookBack: a case is shown as it stood at the end of each day, whatever
// became of it later; before its day it is not there; and today is not the past.
func TestLookBack(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	f := o.payLetter(p, 1)
	opened := o.env.Date
	o.acceptAll(them)
	want := map[calendar.Date]string{}
	note := func() {
		c := o.caseBy(exchange.Out, p)
		word := exchange.TermOf(exchange.StateTerms(exchange.Out), string(c.State)).Chinese
		want[o.env.Date] = word + " " + c.StateSince.String()
	}
	note()
	o.nextNight()
	o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, o.env.Date))
	o.pass()
	note()
	o.nextNight()
	o.nextNight()
	if len(want) != 2 || want[opened] == want[opened.AddDays(1)] {
		t.Fatal(want)
	}
	for day, state := range want {
		if got := strings.Join(o.pastStates(day, p.Name)[:2], " "); got != state {
			t.Errorf("%s: %s, want %s", day, got, state)
		}
	}
	if got := o.pastStates(opened.AddDays(-1), p.Name); got != nil {
		t.Errorf("before it was opened: %v", got)
	}
	if _, _, err := o.env.LookBack(context.Background(), o.env.Date); !errors.Is(err, nightly.ErrNotPast) {
		t.Error(err)
	}
}

// TestLookBackNamesWhatItLeavesOut: a case whose journal does not lead to where
// it stands is named, not guessed.
func TestLookBackNamesWhatItLeavesOut(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.payLetter(p, 1)
	o.nextNight()
	o.nextNight()
	no := o.caseBy(exchange.Out, p).No
	err := o.env.Store.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.Journal(exchange.JournalEvent{Chain: no, At: o.now, On: o.env.Date, Actor: "test", What: string(exchange.Hold), Why: "cap: nobody held it"})
	})
	if err != nil {
		t.Fatal(err)
	}
	_, untold, err := o.env.LookBack(context.Background(), o.env.Date.AddDays(-1))
	if err != nil || len(untold) != 1 || untold[0] != no {
		t.Errorf("left out %v: %v", untold, err)
	}
}
