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
	"carryover/jobs"
)

// listFlags restrict a list.
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
  files      files that wait, were refused or set aside, or have no receipt yet
  payments   parts of remittances to be paid, and payments that are not settled
  runs       the last runs (--all: every one)
  deadlines  open cases, the most urgent first: what is overdue, legal limits before
             our own ones, then by the due date

--partner, --side, --state, --kind, --turn, --overdue and --limit choose among
them; --json has the same facts.`,
		ValidArgs: []string{"cases", "files", "payments", "runs", "deadlines"},
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			return a.list(cmd.Context(), args[0], f)
		}),
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

// listed is a row of a list as --json prints it; the screen's cells are made of
// nothing else.
type listed interface {
	cells(s screen) []string
}

// listing is a list being made.
type listing struct {
	listFlags
	env  *jobs.Env
	tx   *store.Tx
	rows []listed
}

// errEnough ends a walk at the limit.
var errEnough = errors.New("enough")

// add adds a row unless the limit is reached.
func (l *listing) add(row listed) error {
	if l.limit > 0 && len(l.rows) == l.limit {
		return errEnough
	}
	l.rows = append(l.rows, row)
	return nil
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
	l := &listing{listFlags: f, env: ag.env, rows: []listed{}}
	makers := map[string]func() error{
		"cases": l.cases, "files": l.files, "payments": l.payments, "runs": l.runs, "deadlines": l.deadlines,
	}
	err = ag.env.Store.View(ctx, func(tx *store.Tx) error {
		l.tx = tx
		return makers[what]()
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if a.json {
		return a.print(map[string]any{what: l.rows})
	}
	newScreen(a.out, ag.env.Lang).list(what, l.rows)
	fmt.Fprintf(a.err, "%d %s\n", len(l.rows), what)
	return nil
}

// listHeads are the headers of the lists.
func listHeads() map[string][2]string {
	return map[string][2]string{
		"cases": {
			"办件编号|方向|对方|姓名|状态|信息表|资金|轮到|等待|不晚于|原因",
			"case|side|partner|name|state|form|money|whose turn|waits for|until|reason",
		},
		"deadlines": {
			"剩余|时限|到期|轮到|等待|办件编号|方向|对方|姓名|状态|怎样计算",
			"WD left|limit|due|whose turn|waits for|case|side|partner|name|state|how counted",
		},
		"files": {
			"序号|收发|对方|种类|文件名|状态|记录|接收|待核|退回|时间|原因",
			"id|way|party|kind|name|state|records|accepted|held|refused|when|why",
		},
		"payments": {
			"付款编号|对方|进度|金额|收款户名|账号|日期|办件|文件|原因",
			"reference|partner|track|amount|payee|account|date|cases|file|reason",
		},
		"runs": {"序号|业务日期|班次|任务|状态|开始|秒|次数|结果", "id|date|window|jobs|state|started|seconds|attempts|result"},
	}
}

// list prints a list for people.
func (s screen) list(what string, list []listed) {
	var rows [][]string
	for _, r := range list {
		rows = append(rows, r.cells(s))
	}
	head := listHeads()[what]
	printTable(s.w, "", s.heads(head[0], head[1]), rows)
}

// caseFilter is what of the flags the store can mind.
func (l *listing) caseFilter() (store.CaseFilter, error) {
	f := store.CaseFilter{Side: exchange.Side(l.side), Partner: l.partner, OpenOnly: !l.all && l.state == ""}
	if l.state == "" {
		return f, nil
	}
	var known []string
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		for _, t := range exchange.StateTerms(side) {
			known = append(known, t.Code)
		}
	}
	if !slices.Contains(known, l.state) {
		slices.Sort(known)
		return f, usageError{fmt.Errorf("--state %q: one of %s", l.state, strings.Join(slices.Compact(known), ", "))}
	}
	f.States = []exchange.State{exchange.State(l.state)}
	return f, nil
}
