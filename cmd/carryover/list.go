package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/story"
)

func newListCommand(a *app) *cobra.Command {
	var f story.Filter
	var date string
	c := &cobra.Command{
		Use:   "list cases|files|payments|runs|deadlines|todo",
		Short: "The open ones, or with --all every one",
		Long: `Lists what is open; --all also what has ended.

  cases      open cases with state, both tracks and whose turn it is
  files      files that wait, were refused or quarantined, or have no receipt yet
  payments   parts of remittances to be paid, and payments that are not settled
  runs       the last runs (--all: every one)
  deadlines  open cases, the most urgent first: what is overdue, legal limits before
             our own ones, then by the due date
  todo       what needs a person, as on the sheet To do, the most urgent first

--partner, --side, --state, --kind, --turn, --overdue and --limit choose among
them; --json has the same facts.`,
		ValidArgs: []string{"cases", "files", "payments", "runs", "deadlines", "todo"},
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
	ag, err := a.openOn(ctx, date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	var rows []listed
	err = ag.env.View(ctx, func(d *office.Desk) (err error) {
		rows, err = listRows(d, what, f)
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
		return a.printJSON(map[string]any{what: rows})
	}
	newScreen(a.out, ag.env.Lang).list(what, rows)
	fmt.Fprintf(a.err, "%d %s\n", len(rows), what) // apart from the rows, which may be piped
	return nil
}

// listRows gathers the list that is asked for.
func listRows(d *office.Desk, what string, f story.Filter) ([]listed, error) {
	switch what {
	case "todo":
		found, err := story.ListTodo(d, f)
		return listedAs(found, err, func(t exchange.Todo) listed { return todoRow{t} })
	case "cases":
		found, err := story.ListCases(d.Office, d.Tx, f)
		return listedAs(found, err, func(r story.ListedCase) listed { return caseRow{r} })
	case "deadlines":
		found, err := story.ListDeadlines(d.Office, d.Tx, f)
		return listedAs(found, err, func(r story.ListedCase) listed { return deadlineRow{r} })
	case "files":
		found, err := story.ListFiles(d.Office, d.Tx, f)
		return listedAs(found, err, func(r story.ListedFile) listed { return fileRow{r} })
	case "payments":
		found, err := story.ListPayments(d.Office, d.Tx, f)
		return listedAs(found, err, func(r story.ListedPayment) listed { return paymentRow{r} })
	}
	found, err := story.ListRuns(d.Office, d.Tx, f) // runs: ValidArgs lets no other word through
	return listedAs(found, err, func(r story.ListedRun) listed { return runRow{r} })
}

func listedAs[R any](found []R, err error, as func(R) listed) ([]listed, error) {
	rows := make([]listed, 0, len(found)) // no rows are [] in JSON
	for _, r := range found {
		rows = append(rows, as(r))
	}
	return rows, err
}
