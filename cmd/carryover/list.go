package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/story"
)

// listFlags restrict a list; zero values restrict nothing.
type listFlags struct {
	partner, side, state, kind, turn, date string
	all, overdue                           bool
	limit                                  int
}

func newListCommand(a *app) *cobra.Command {
	var f listFlags
	c := &cobra.Command{
		Use:   "list cases|files|payments|runs|deadlines",
		Short: "The open ones, or with --all every one",
		Long: `Lists what is open; --all also what has ended.

  cases      open cases with state, both tracks and whose turn it is
  files      files that wait, were refused or quarantined, or have no receipt yet
  payments   parts of remittances to be paid, and payments that are not settled
  runs       the last runs (--all: every one)
  deadlines  open cases, the most urgent first: what is overdue, legal limits before
             our own ones, then by the due date

--partner, --side, --state, --kind, --turn, --overdue and --limit choose among
them; --json has the same facts.`,
		ValidArgs: []string{"cases", "files", "payments", "runs", "deadlines"},
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE:      runs(func(cmd *cobra.Command, args []string) error { return a.list(cmd.Context(), args[0], f) }),
	}
	flags := c.Flags()
	flags.StringVar(&f.partner, "partner", "", "only of this partner or party, by its code")
	flags.StringVar(&f.side, "side", "", "only transfer-in (in) or transfer-out (out); of files: received or sent")
	flags.StringVar(&f.state, "state", "", "only in this state, by its English code")
	flags.StringVar(&f.kind, "kind", "", "only files of this kind")
	flags.StringVar(&f.turn, "turn", "", "only cases and deadlines whose turn is that of staff, finance, core, bank, partner or person")
	flags.BoolVar(&f.all, "all", false, "what has ended too")
	flags.BoolVar(&f.overdue, "overdue", false, "only deadlines that have passed")
	flags.IntVar(&f.limit, "limit", 0, "at most so many (0: all; runs: 20)")
	flags.StringVar(&f.date, "date", "", "count working days left from this date, yyyy-mm-dd (default: today)")
	return c
}

func (a *app) list(ctx context.Context, what string, f listFlags) (err error) {
	if f.side != "" && f.side != string(exchange.In) && f.side != string(exchange.Out) {
		return usageError{fmt.Errorf("--side %q: in or out", f.side)}
	}
	if owners := exchange.OwnerTerms(); f.turn != "" && !slices.ContainsFunc(owners, func(t exchange.Term) bool { return t.Code == f.turn }) {
		return usageError{fmt.Errorf("--turn %q: one of %s", f.turn, codesOf(owners))}
	}
	ag, err := a.openOn(ctx, f.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	var rows []listed
	err = ag.env.Store.View(ctx, func(tx *store.Tx) (err error) {
		rows, err = f.rows(ag.env.Office, tx, what)
		return err
	})
	var state *story.StateError // each list has its own states, which only it knows
	if errors.As(err, &state) {
		return usageError{fmt.Errorf("--state %q: one of %s", state.State, strings.Join(state.Known, ", "))}
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

// rows gathers the list that is asked for.
func (f listFlags) rows(o *office.Office, tx *store.Tx, what string) ([]listed, error) {
	chosen := story.Filter{
		Partner: f.partner, Side: exchange.Side(f.side), State: f.state, Kind: f.kind, Turn: f.turn,
		All: f.all, Overdue: f.overdue, Limit: f.limit,
	}
	switch what {
	case "cases":
		found, err := story.ListCases(o, tx, chosen)
		return listedAs(found, err, func(r story.ListedCase) listed { return caseRow{r} })
	case "deadlines":
		found, err := story.ListDeadlines(o, tx, chosen)
		return listedAs(found, err, func(r story.ListedCase) listed { return deadlineRow{r} })
	case "files":
		found, err := story.ListFiles(o, tx, chosen)
		return listedAs(found, err, func(r story.ListedFile) listed { return fileRow{r} })
	case "payments":
		found, err := story.ListPayments(o, tx, chosen)
		return listedAs(found, err, func(r story.ListedPayment) listed { return paymentRow{r} })
	}
	found, err := story.ListRuns(o, tx, chosen) // runs: ValidArgs lets no other word through
	return listedAs(found, err, func(r story.ListedRun) listed { return runRow{r} })
}

func listedAs[R any](found []R, err error, as func(R) listed) ([]listed, error) {
	rows := make([]listed, 0, len(found)) // no rows are [] in JSON
	for _, r := range found {
		rows = append(rows, as(r))
	}
	return rows, err
}

func codesOf(terms []exchange.Term) string {
	var out []string
	for _, t := range terms {
		out = append(out, t.Code)
	}
	return strings.Join(out, ", ")
}
