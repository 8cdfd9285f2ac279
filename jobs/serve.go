package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/courier"
)

// Woken is what a waking up did.
type Woken struct {
	Done   []Due
	Busy   Busy  // of the last pass made; zero: none was
	Faults error // of the passes, joined; each also stands in its run
}

// Wake looks at what is due by a timetable and does it, until nothing is:
// while a pass runs the next window may come. Passes run one after the other.
// begin, when set, is called before each thing that is done. The caller holds the lock
// of the passes (office.LockPasses). An error means that the store could not be used or
// the context ended; that a pass had faults does not keep the next from being made.
func (e *Env) Wake(ctx context.Context, table Timetable, busy Busy, begin func(Due)) (Woken, error) {
	out := Woken{Busy: busy}
	var faults []error
	tried := map[string]bool{}
	for range maxWindows {
		plan, err := e.plan(ctx, table, out.Busy)
		if err != nil {
			return out, err
		}
		ran := false
		for _, d := range plan {
			if tried[d.String()] {
				continue // it could not even be recorded: not again before the next waking up
			}
			tried[d.String()] = true
			if begin != nil {
				begin(d)
			}
			fault, err := e.do(ctx, d, &out)
			if err != nil {
				return out, err
			}
			faults = append(faults, fault)
			out.Done = append(out.Done, d)
			if ran = d.Do != DoMiss && d.Do != DoGiveUp; ran {
				break // time has passed: look again
			}
		}
		if !ran {
			break
		}
	}
	out.Faults = errors.Join(faults...)
	return out, nil
}

// plan reads the runs that matter, yesterday's and later and every unfinished one, and
// plans by them.
func (e *Env) plan(ctx context.Context, table Timetable, busy Busy) (plan []Due, err error) {
	now := e.Now()
	since := now
	yesterday := calendar.DateOf(now.In(e.Agency.Zone)).AddDays(-1)
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		runs, err := tx.Runs(store.RunFilter{From: yesterday})
		if err != nil {
			return err
		}
		before, err := tx.Runs(store.RunFilter{To: yesterday.AddDays(-1), Limit: 1})
		if err != nil {
			return err
		}
		cut, err := tx.Runs(store.RunFilter{To: yesterday.AddDays(-1), States: []string{exchange.RunRunning}})
		if err != nil {
			return err
		}
		// Since the agency's first run: any run before yesterday is early enough for all
		// windows that Plan looks at.
		if len(before) > 0 {
			since = time.Time{}
		}
		for _, r := range runs {
			if !r.Started.IsZero() && r.Started.Before(since) {
				since = r.Started
			}
		}
		plan = Plan(now, since, e.Agency.Zone, table, append(runs, cut...), busy)
		return nil
	})
	return plan, err
}

// do does one due thing. fault is what went wrong in a pass that was made, err that it
// could not be made or recorded at all.
func (e *Env) do(ctx context.Context, d Due, out *Woken) (fault, err error) {
	switch d.Do {
	case DoMiss:
		e.Log.Warn("window not worked", "date", d.Window.Date(), "window", d.Window.Clock(), "why", d.Note)
		return nil, e.Store.Tx(ctx, func(tx *store.Tx) error {
			return tx.InsertMissedRun(exchange.Run{Job: d.Window.job(), Date: d.Window.Date(), Window: d.Window.Clock(), Notes: []string{d.Note}})
		})
	case DoGiveUp:
		e.Log.Warn("run given up", "date", d.Run.Date, "window", d.Run.Window, "why", d.Note)
		r := d.Run
		r.State, r.Ended, r.Step, r.Notes = exchange.RunFailed, e.Now(), "", append(r.Notes, d.Note)
		return nil, e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateRun(r) })
	}
	env, pass, length := Env{e.On(d.Window.Date())}, d.Window.Pass(), d.Window.Length
	if d.Do == DoResume { // under its own date and window, however late it is
		env.Date, pass = d.Run.Date, Pass{Steps: strings.Split(d.Run.Job, "+"), Window: d.Run.Window}
	}
	e.Log.Info("pass", "what", d.Do, "date", env.Date, "window", pass.Window, "jobs", pass.Steps)
	out.Busy = Busy{From: e.Now()}
	_, fault = env.Run(ctx, pass)
	out.Busy.To = e.Now()
	if took := out.Busy.To.Sub(out.Busy.From); length > 0 && took > length {
		e.Log.Warn("pass took longer than its window", "date", env.Date, "window", pass.Window, "took", took.Round(time.Second), "window_length", length)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(fault, courier.ErrBehind) {
		return nil, fault
	}
	if fault != nil {
		e.Log.Error("pass had faults", "date", env.Date, "window", pass.Window, "err", fault)
		fault = fmt.Errorf("pass %s %s: %w", env.Date, pass.Window, fault)
	}
	return fault, nil
}
