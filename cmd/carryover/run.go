package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/jobs"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/story"
	"carryover/jobs/todo"
)

func newRunCommand(a *app) *cobra.Command {
	var date string
	var dry bool
	c := &cobra.Command{
		Use:   "run [pull|process|remit|report|push]...",
		Short: "One pass now: all jobs, or those named, in their order",
		Long: `Makes one pass: pull → process → remit → report → push, or the jobs named. A
pass of today that was cut short is resumed. Exit code 3: the pass is done, but
something needs a person now, and it says what (list todo also has what only
will); 1: a part of it failed.

A store that lies behind what is around it (an older copy, a lost disk) is refused:
carryover restore brings it up.

A pass with --date of a day that is over makes, releases and sends no payment. In
a rehearsal (rehearsal: true) it may: there the date is the clock of everything.

--dry-run computes everything and writes nothing: it works on a temporary copy
of the store, reads the drops, and leaves, moves and deletes nothing there.`,
		ValidArgs: jobs.Steps(),
		Args:      cobra.OnlyValidArgs,
		RunE:      runs(func(cmd *cobra.Command, args []string) error { return a.runPass(cmd.Context(), args, date, dry) }),
	}
	c.Flags().StringVar(&date, "date", "", "business date, yyyy-mm-dd (default: today)")
	c.Flags().BoolVar(&dry, "dry-run", false, "compute everything, write nothing")
	return c
}

// passed is what run --json prints.
type passed struct {
	DryRun    bool            `json:"dry_run"` // nothing of this was kept
	Run       story.Worded    `json:"run"`
	Attention []exchange.Todo `json:"attention"`      // what needs a person now, the most urgent first
	Faults    []string        `json:"faults"`         // parts of the pass that failed, in English
	Plan      *courier.DryRun `json:"plan,omitempty"` // of a dry run: what would have been done in the drops
	counts    map[string]int
	err       error // of the pass
}

// runPass makes one pass. A dry run takes no lock: its copy is nobody else's.
func (a *app) runPass(ctx context.Context, named []string, date string, dry bool) (err error) {
	on, err := parseDay(date)
	if err != nil {
		return err
	}
	ag, plan, err := a.openForPass(ctx, dry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	if err := ag.keepsAll(ctx); err != nil {
		return err
	}
	held := ctx
	if plan == nil {
		var unlock func() error
		if held, unlock, err = ag.env.Spool.LockPasses(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	if on != 0 {
		ag.env.Office = ag.env.On(on)
	}
	steps := jobs.Steps()
	if len(named) > 0 {
		steps = jobs.InOrder(named)
	}
	watch := &passProgress{app: a, shown: map[string]*progress{}}
	if _, watched := a.screen(); watched {
		ag.env.Progress = watch.step
	}
	run, fault := ag.env.Run(held, jobs.Pass{Steps: steps, Dated: on != 0})
	watch.close()
	if errors.Is(fault, courier.ErrBehind) {
		return refusedBehind(fault)
	}
	if held.Err() != nil { // Ctrl-C, SIGTERM, the lock lost: what the pass then says is of no use
		return errors.New("interrupted; what was begun is taken up by the next run")
	}
	p := passed{DryRun: dry, Run: story.Worded{Office: ag.env.Office, Of: run}, Faults: []string{}, Plan: plan, counts: run.Counts, err: fault}
	err = ag.env.View(ctx, func(d *office.Desk) (err error) {
		p.Attention, err = todo.Pressing(d)
		return err
	})
	if err != nil {
		return errors.Join(fault, err)
	}
	return a.printPassed(p, ag.env.Language())
}

// openForPass opens the agency, or for a dry run a copy of it.
func (a *app) openForPass(ctx context.Context, dry bool) (*agency, *courier.DryRun, error) {
	if dry {
		return a.openDry(ctx)
	}
	ag, err := openAgency(ctx, a.config, a.now, a.err)
	if err == nil {
		ag.env.Machine = a.machine
	}
	return ag, nil, err
}

// parseDay reads a date of the command line; "" is 0, for today.
func parseDay(date string) (calendar.Date, error) {
	if date == "" {
		return 0, nil
	}
	on, err := calendar.ParseDate(date)
	if err != nil {
		return 0, usageError{fmt.Errorf("--date %q: write 2026-03-02", date)}
	}
	return on, nil
}

// mostShown is how much of what needs a person stands on the screen.
const mostShown = 10

// printPassed prints what a pass did, what was wrong, and what needs a person.
func (a *app) printPassed(p passed, lang string) error {
	faults := jobs.Faults(p.err)
	for _, f := range faults {
		p.Faults = append(p.Faults, f.Error())
	}
	if a.json {
		if err := a.printJSON(p); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.counts)) {
		fmt.Fprintf(a.err, "%-22s %d\n", name, p.counts[name])
	}
	printPlan(a.err, p.Plan)
	for _, f := range faults {
		fmt.Fprintf(a.err, "fault: %v\n", f)
		if todo := jobs.FaultTodo(f); todo != "" {
			fmt.Fprintf(a.err, "       → %s\n", todo)
		}
	}
	shown := min(len(p.Attention), mostShown)
	for _, t := range p.Attention[:shown] {
		fmt.Fprintf(a.err, "needs a person: %s\n", t.Line(lang))
	}
	if more := len(p.Attention) - shown; more > 0 {
		fmt.Fprintf(a.err, "and %d more: carryover list todo\n", more)
	}
	switch {
	case len(faults) > 0: // before what needs a person: exit code 1 wins over 3
		return fmt.Errorf("the pass is over, with %d faults; the next pass tries again", len(faults))
	case len(p.Attention) > 0:
		return errPerson
	}
	return nil
}

// passProgress shows on a terminal how far a pass is: the files and lists being worked,
// and how many files there are. Elsewhere the log says it.
type passProgress struct {
	*app
	one   sync.Mutex // parties are worked at the same time
	place string     // "3/10" of the files
	shown map[string]*progress
}

// step takes a report of the jobs: of all files ("process"), or of one piece of work.
func (w *passProgress) step(what string, done, total int) {
	w.one.Lock()
	defer w.one.Unlock()
	if what == "process" {
		w.place = fmt.Sprintf("%d/%d ", done+1, total)
		return
	}
	bar := w.shown[what]
	if bar == nil {
		bar = w.newProgress(w.place+what, int64(total), "records")
		w.shown[what] = bar
	}
	if int64(done) < bar.done { // the same once more
		bar.restart()
	}
	if bar.set(int64(done)); done == total {
		bar.close()
		delete(w.shown, what)
	}
}

// close takes away what is shown, if anything is.
func (w *passProgress) close() {
	for _, bar := range w.shown {
		bar.close()
	}
}
