package jobs_test

import (
	"context"
	"errors"
	"testing"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs"
)

func TestRunsOfAWindow(t *testing.T) {
	o := newOffice(t)
	o.env.Date = 20260302
	ctx := context.Background()
	steps := []string{"pull", "process"}
	run, err := o.env.Run(ctx, jobs.Pass{Steps: steps, Window: "10:00"})
	if err != nil || run.State != exchange.RunDone {
		t.Fatal(run, err)
	}
	if _, err := o.env.Run(ctx, jobs.Pass{Steps: steps, Window: "10:00"}); !errors.Is(err, jobs.ErrDone) {
		t.Errorf("the same window again: %v", err)
	}
	for _, want := range []string{"m1", "m2"} {
		if run, err := o.env.Run(ctx, jobs.Pass{Steps: steps}); err != nil || run.Window != want {
			t.Errorf("manual run is %s, %v", run.Window, err)
		}
	}
	// A pull that fails does not keep the files that are here from being worked.
	for i := range o.env.Parties {
		o.env.Parties[i].Open = func(context.Context) (drop.Drop, error) { return nil, errors.New("no route") }
	}
	run, err = o.env.Run(ctx, jobs.Pass{Steps: steps, Window: "10:30"})
	if err == nil || run.State != exchange.RunFailed {
		t.Errorf("run is %s, %v", run.State, err)
	}
	if _, worked := run.Counts["process files"]; !worked && len(run.Notes) != 1 {
		t.Errorf("notes %q, counts %v", run.Notes, run.Counts)
	}
	// One that was cut short is resumed under its own window.
	var cut exchange.Run
	err = o.env.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		cut, _, err = tx.StartRun(exchange.Run{Job: "pull+process", Date: 20260302, Window: "m3", State: exchange.RunRunning, Started: o.now})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run, _ = o.env.Run(ctx, jobs.Pass{Steps: steps})
	if run.ID != cut.ID || run.Attempts != 2 {
		t.Errorf("run %d %s attempt %d in place of the one cut short", run.ID, run.Window, run.Attempts)
	}
}
