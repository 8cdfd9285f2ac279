package story

import (
	"context"
	"time"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/proof"
	"carryover/jobs/todo"
)

// Figures are what a monitor wants to know, without anything personal.
type Figures struct {
	Cases       map[exchange.Side]map[exchange.State]int
	Files       map[exchange.Side]map[exchange.FileState]int
	Todo        map[string]int              // what needs a person, by kind
	Differences int                         // open ones
	Unproved    map[exchange.Side]money.Fen // what neither the ledger nor a held case explains; 0 when it closes
	Runs        map[string]int              // of the last 30 days, by state
	Last        exchange.Run                // the latest run that was made; the zero Run for none
}

// figureDays is how far back runs are counted.
const figureDays = 30

// Measure reads the figures, as of the office's date.
func Measure(ctx context.Context, o *office.Office) (f Figures, err error) {
	f.Todo, f.Unproved, f.Runs = map[string]int{}, map[exchange.Side]money.Fen{}, map[string]int{}
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		if f.Cases, err = tx.CountCases(); err != nil {
			return err
		}
		if f.Files, err = tx.CountFiles(); err != nil {
			return err
		}
		open, err := tx.Differences(true)
		if err != nil {
			return err
		}
		f.Differences = len(open)
		gaps, err := proof.Gaps(o, tx)
		if err != nil {
			return err
		}
		for _, g := range gaps {
			if g.Partner == "" {
				f.Unproved[g.Side] = g.Rest.Shown()
			}
		}
		if err := f.runs(tx, o); err != nil {
			return err
		}
		for t, err := range todo.Walk(o.Reading(tx)) {
			if err != nil {
				return err
			}
			f.Todo[t.Kind]++
		}
		return nil
	})
	return f, err
}

// runs counts the runs of the last days by state, and keeps the latest that was
// made: a missed one has no start and would hide how long ago that was.
func (f *Figures) runs(tx *store.Tx, o *office.Office) error {
	list, err := tx.Runs(store.RunFilter{From: o.Date.AddDays(-figureDays)})
	for i := len(list) - 1; i >= 0; i-- {
		r := list[i]
		f.Runs[r.State]++
		if r.State != exchange.RunMissed && !r.Started.Before(f.Last.Started) {
			f.Last = r
		}
	}
	return err
}

// Age is how long ago the latest run began; ok is false when none was made.
func (f Figures) Age(now time.Time) (age time.Duration, ok bool) {
	return now.Sub(f.Last.Started), !f.Last.Started.IsZero()
}
