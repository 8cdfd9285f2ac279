package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"carryover/jobs/office"
	"carryover/jobs/screen"
	"carryover/jobs/story"
)

func newListCommand(a *app) *cobra.Command {
	var f story.Filter
	var date string
	c := &cobra.Command{
		Use:   "list cases|files|payments|runs|deadlines|todo|settings",
		Short: "The open ones, or with --all every one",
		Long: `Lists what is open; --all also what has ended.

  cases      open cases with state, both tracks and whose turn it is
  files      files that wait, were refused or quarantined, or have no receipt yet
  payments   parts of remittances to be paid, and payments that are not settled
  runs       the last runs (--all: every one)
  deadlines  open cases, the most urgent first: what is overdue, legal limits before
             our own ones, then by the due date
  todo       what needs a person, as on the sheet To do, the most urgent first
  settings   the money settings: what was approved and by whom, what waits for
             signatures, and the keys to compare by telephone

--partner, --side, --state, --kind, --turn, --overdue and --limit choose among
them; --json has the same facts.`,
		ValidArgs: []string{"cases", "files", "payments", "runs", "deadlines", "todo", "settings"},
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE:      runs(func(cmd *cobra.Command, args []string) error { return a.list(cmd.Context(), args[0], f, date) }),
	}
	flags := c.Flags()
	flags.StringVar(&f.Partner, "partner", "", "only of this partner or party, by its code")
	flags.StringVar((*string)(&f.Side), "side", "", "only transfer-in (in) or transfer-out (out); of files: received or sent")
	flags.StringVar(&f.State, "state", "", "only in this state, by its English code")
	flags.StringVar(&f.Kind, "kind", "", "only files, or things to do, of this kind")
	flags.StringVar(&f.Turn, "turn", "", "only what is the turn of staff, finance, core, bank, partner or person")
	flags.BoolVar(&f.All, "all", false, "what has ended too")
	flags.BoolVar(&f.Overdue, "overdue", false, "only what is past its day, of deadlines and todo")
	flags.IntVar(&f.Limit, "limit", 0, "at most so many (0: all; runs: 20)")
	flags.StringVar(&date, "date", "", "count working days left from this date, yyyy-mm-dd (default: today)")
	return c
}

func (a *app) list(ctx context.Context, what string, f story.Filter, date string) (err error) {
	if what == "settings" {
		return a.withSettings(ctx, func(*agency) error { return nil })
	}
	ag, err := a.openOn(ctx, date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	l, n := screen.Lists()[what], 0 // ValidArgs lets no other word through
	var rows any
	err = ag.env.View(ctx, func(d *office.Desk) (err error) {
		rows, n, err = l.Gather(d, f)
		return err
	})
	var wrong *story.FilterError // each list has its own states and kinds, which only it knows
	if errors.As(err, &wrong) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{what: story.Worded{Office: ag.env.Office, Of: rows}})
	}
	l.Print(screen.Screen{Out: a.out, Office: ag.env.Office}, rows)
	fmt.Fprintf(a.err, "%d %s\n", n, what) // apart from the rows, which may be piped
	return nil
}
