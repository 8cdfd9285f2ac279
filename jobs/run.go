package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/jobs/courier"
	"carryover/jobs/intake"
	"carryover/jobs/nightly"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/proof"
	"carryover/jobs/restore"
	"carryover/jobs/signing"
)

// Steps are the jobs of a pass, in their order.
func Steps() []string { return []string{"pull", "process", "remit", "report", "push"} }

// InOrder puts named jobs into the order of a pass, each once; names that are no jobs are
// dropped.
func InOrder(named []string) []string {
	return slices.DeleteFunc(Steps(), func(step string) bool { return !slices.Contains(named, step) })
}

// Pass is one run to be made: which jobs, and for which window.
type Pass struct {
	Steps  []string
	Window string // as scheduled, or "" for a manual one
	Dated  bool   // a manual one whose business date was given by hand
}

// Run makes one pass, recorded as a row. A pass of the same window that was
// cut short is resumed; one that is done is not made again (ErrDone). A step
// that fails does not keep the later ones from running. On a store that lies
// behind what is around it nothing is done (courier.ErrBehind).
func (e *Env) Run(ctx context.Context, p Pass) (exchange.Run, error) {
	if err := restore.Recognise(ctx, e.Office, slices.Contains(p.Steps, "report")); err != nil {
		return exchange.Run{}, err
	}
	run, err := e.startRun(ctx, p)
	if err != nil {
		return run, err
	}
	if err := restore.WriteMark(ctx, e.Office); err != nil {
		return run, err
	}
	during := *e.Office
	during.Backdated = run.Backdated
	e = &Env{&during}
	e.noteStill(&run)
	var faults []error
	for _, step := range p.Steps {
		if err := e.beginStep(ctx, &run, step); err != nil {
			return run, err
		}
		if step == "report" {
			courier.NoteUnsigned(e.Office, &run)
		}
		counts, err := e.step(ctx, step)
		if step == "pull" {
			err = errors.Join(err, courier.NoteAwaited(ctx, e.Office, &run))
		}
		for name, n := range counts {
			run.Counts[step+" "+name] += n
		}
		if err != nil {
			faults = append(faults, err)
			run.Notes = append(run.Notes, fmt.Sprintf("%s: %s", step, office.Clip(identity.MaskIn(err.Error()), 500)))
		}
		if ctx.Err() != nil || errors.Is(err, courier.ErrBehind) { // told to stop: what is left is for the next pass
			break
		}
	}
	ended := errors.Join(append(faults, e.endRun(ctx, &run, faults))...)
	return run, errors.Join(ended, restore.WriteMark(context.WithoutCancel(ctx), e.Office))
}

// ErrDone is returned for a pass whose window was worked before: nothing was done, and
// nothing needs to be.
var ErrDone = errors.New("this window was worked already")

// startRun records the run before its first step, or finds the one of the same window that
// was cut short. A new run journals the money settings that it works by, once.
func (e *Env) startRun(ctx context.Context, p Pass) (run exchange.Run, err error) {
	err = e.Do(ctx, office.By{Actor: "run"}, func(d *office.Desk) error {
		window := p.Window
		if window == "" {
			if window, err = e.manualWindow(d.Tx, p); err != nil {
				return err
			}
		}
		var resumed bool
		run, resumed, err = d.Tx.StartRun(exchange.Run{
			Job: strings.Join(p.Steps, "+"), Date: e.Date, Window: window, State: exchange.RunRunning, Started: e.Now(), Counts: map[string]int{},
			Backdated: p.Dated && e.Past(),
		})
		if errors.Is(err, store.ErrDuplicate) {
			return ErrDone
		}
		if err != nil || resumed {
			return err
		}
		return signing.NoteSettings(d, window)
	})
	if run.Counts == nil {
		run.Counts = map[string]int{}
	}
	return run, err
}

// noteStill says once, in the log and in the run, that no money moves in it.
func (e *Env) noteStill(run *exchange.Run) {
	why := e.MovesMoney()
	if why == nil || slices.Contains(run.Notes, why.Error()) {
		return
	}
	e.Log.Warn("no payment is made", "date", e.Date, "why", why)
	run.Notes = append(run.Notes, why.Error())
}

// manualWindow names the window of a pass by hand: m1, m2 … of the day; the one that was
// cut short, which is so resumed, or the next.
func (e *Env) manualWindow(tx *store.Tx, p Pass) (string, error) {
	runs, err := tx.Runs(store.RunFilter{Job: strings.Join(p.Steps, "+"), From: e.Date, To: e.Date})
	if err != nil {
		return "", err
	}
	n := 0
	for _, r := range runs {
		var k int
		if _, err := fmt.Sscanf(r.Window, "m%d", &k); err != nil {
			continue // a scheduled window: 02:00
		}
		if r.State == exchange.RunRunning {
			return r.Window, nil
		}
		n = max(n, k)
	}
	return fmt.Sprintf("m%d", n+1), nil
}

// beginStep records which step is under way, for status and for whoever resumes the run.
func (e *Env) beginStep(ctx context.Context, run *exchange.Run, step string) error {
	run.Step = step
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateRun(*run) })
}

// step does one job of a pass.
func (e *Env) step(ctx context.Context, step string) (office.Counts, error) {
	e.Log.Debug("step", "job", step, "date", e.Date)
	switch step {
	case "pull":
		return courier.Pull(ctx, e.Office)
	case "process":
		return intake.Process(ctx, e.Office)
	case "remit":
		return payment.Remit(ctx, e.Office)
	case "report":
		return nightly.Report(ctx, e.Office)
	case "push":
		return courier.Push(ctx, e.Office)
	}
	return nil, fmt.Errorf("no job is called %q", step)
}

// endRun records that the run has ended: failed when there were faults; then a later
// pass takes up what is left, this one is not resumed.
func (e *Env) endRun(ctx context.Context, run *exchange.Run, faults []error) error {
	run.State, run.Ended, run.Step = exchange.RunDone, e.Now(), ""
	if len(faults) > 0 {
		run.State = exchange.RunFailed
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateRun(*run) })
}

// Faults takes the joined errors of a pass apart, however deep they are joined, so that
// each can have a line of its own; none for nil.
func Faults(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := any(err).(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, Faults(e)...)
	}
	return all
}

// FaultTodo says what to do about a fault of a pass; "" when nothing has to be done, or
// nothing is known.
func FaultTodo(err error) string {
	switch todo := courier.FaultTodo(err); {
	case todo != "":
		return todo
	case errors.Is(err, ErrDone):
		return ""
	case errors.Is(err, proof.ErrUnbalanced):
		return "no payment leaves until this is found: carryover audit export --ledger, then look at what was booked last"
	}
	return ""
}
