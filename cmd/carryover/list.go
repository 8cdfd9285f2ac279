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
	partner, side, state, kind, date string
	all, overdue                     bool
	limit                            int
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
  deadlines  open cases, the most urgent first: the legal limit and that of whoever has the turn`,
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
	flags.BoolVar(&f.all, "all", false, "what has ended too")
	flags.BoolVar(&f.overdue, "overdue", false, "only deadlines that have passed")
	flags.IntVar(&f.limit, "limit", 0, "at most so many (0: all; runs: 20)")
	flags.StringVar(&f.date, "date", "", "count working days left from this date, yyyy-mm-dd (default: today)")
	return c
}

// listing is a list being made: rows for people and for programs.
type listing struct {
	listFlags
	env    *jobs.Env
	tx     *store.Tx
	screen screen
	head   []string
	rows   [][]string
	json   []any
}

// errEnough ends a walk at the limit.
var errEnough = errors.New("enough")

// add adds a row unless the limit is reached.
func (l *listing) add(doc any, cells ...string) error {
	if l.limit > 0 && len(l.json) == l.limit {
		return errEnough
	}
	l.json = append(l.json, doc)
	l.rows = append(l.rows, cells)
	return nil
}

func (a *app) list(ctx context.Context, what string, f listFlags) (err error) {
	if f.side != "" && f.side != string(exchange.In) && f.side != string(exchange.Out) {
		return usageError{fmt.Errorf("--side %q: in or out", f.side)}
	}
	ag, err := a.openOn(ctx, f.date)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	l := &listing{listFlags: f, env: ag.env, screen: screen{a.out, ag.env.Lang}, json: []any{}}
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
		return a.print(map[string]any{what: l.json})
	}
	printTable(a.out, "", l.head, l.rows)
	fmt.Fprintf(a.err, "%d %s\n", len(l.rows), what)
	return nil
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

// caseRow is a case as list cases and list deadlines tell it.
type caseRow struct {
	CaseNo      string          `json:"case_no"`
	Side        exchange.Side   `json:"side"`
	Partner     string          `json:"partner"`
	PartnerName string          `json:"partner_name"`
	Name        string          `json:"name"`
	IDNo        string          `json:"id_no"`
	State       string          `json:"state"`
	StateWord   string          `json:"state_word"`
	Form        string          `json:"form"`
	FormWord    string          `json:"form_word"`
	Money       string          `json:"money"`
	MoneyWord   string          `json:"money_word"`
	Reason      string          `json:"reason,omitempty"`
	Turn        *jobs.StoryTurn `json:"turn"`
	Limit       *jobs.StoryDue  `json:"limit"`
	Left        *int            `json:"left"` // working days to the earlier of the two; null: no limit runs
	LetterNo    string          `json:"letter_no,omitempty"`
}

func (l *listing) row(c exchange.Case) caseRow {
	s := l.env.Outline(c)
	r := caseRow{
		CaseNo: s.CaseNo, Side: s.Side, Partner: s.Partner, PartnerName: s.PartnerName, Name: s.Person.Name, IDNo: s.Person.IDNo,
		State: s.State, StateWord: s.StateWord, Form: s.Form, FormWord: s.FormWord, Money: s.Money, MoneyWord: s.MoneyWord,
		Reason: s.Reason, Turn: s.Turn, Limit: s.Limit, LetterNo: s.LetterNo,
	}
	if s.Turn != nil && s.Turn.Due != 0 {
		r.Left = &s.Turn.Left
	}
	if s.Limit != nil && (r.Left == nil || s.Limit.Left < *r.Left) {
		r.Left = &s.Limit.Left
	}
	return r
}

// turnCells are whose turn it is, for what and until when.
func (r caseRow) turnCells(s screen) (who, wait, until string) {
	if r.Turn == nil {
		return "", "", ""
	}
	if r.Turn.Due != 0 {
		until = r.Turn.Due.String() + s.provisional(r.Turn.Provisional)
	}
	return r.Turn.OwnerWord, r.Turn.Wait, until
}

func (r caseRow) limitCell(s screen) string {
	if r.Limit == nil {
		return ""
	}
	return r.Limit.Due.String() + s.provisional(r.Limit.Provisional)
}

func (l *listing) cases() error {
	l.head = l.screen.heads("办件编号||对方|姓名|证件号码|状态|信息表|资金|轮到|等待|不晚于|原因",
		"case||partner|name|ID number|state|form|money|whose turn|waits for|until|reason")
	f, err := l.caseFilter()
	if err != nil {
		return err
	}
	return l.tx.EachCase(f, func(c exchange.Case) error {
		r := l.row(c)
		who, wait, until := r.turnCells(l.screen)
		return l.add(r, r.CaseNo, direction(r.Side), r.Partner, r.Name, r.IDNo, r.StateWord, r.FormWord, r.MoneyWord, who, wait, until, short(r.Reason, 30))
	})
}

func (l *listing) deadlines() error {
	l.head = l.screen.heads("剩余|办件编号||对方|姓名|状态|轮到|等待|不晚于|法定时限|依据",
		"WD left|case||partner|name|state|whose turn|waits for|until|legal limit|how counted")
	f, err := l.caseFilter()
	if err != nil {
		return err
	}
	f.OpenOnly = false // a final case may still have an unpaid part
	var found []caseRow
	err = l.tx.EachCase(f, func(c exchange.Case) error {
		r := l.row(c)
		if (r.Turn == nil && r.Limit == nil) || (l.overdue && (r.Left == nil || *r.Left >= 0)) {
			return nil
		}
		found = append(found, r)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, byUrgency)
	for _, r := range found {
		left, basis := "", ""
		if r.Left != nil {
			left = fmt.Sprint(*r.Left)
		}
		if r.Limit != nil {
			basis = r.Limit.Basis
		}
		who, wait, until := r.turnCells(l.screen)
		if err := l.add(r, left, r.CaseNo, direction(r.Side), r.Partner, r.Name, r.StateWord, who, wait, until, r.limitCell(l.screen), basis); err != nil {
			return err
		}
	}
	return nil
}

// byUrgency: the fewest working days first, what has no limit last.
func byUrgency(a, b caseRow) int {
	switch {
	case a.Left == nil && b.Left == nil:
		return 0
	case a.Left == nil:
		return 1
	case b.Left == nil:
		return -1
	}
	return *a.Left - *b.Left
}
