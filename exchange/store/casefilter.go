package store

import (
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// CaseFilter says which cases to list; zero fields do not restrict. Cases are
// listed by case number, those after After, at most Limit (0: all).
type CaseFilter struct {
	Side        exchange.Side
	Partner     string
	States      []exchange.State
	OpenOnly    bool // without the final states, as State.Final has them
	FormTracks  []exchange.FormTrack
	MoneyTracks []exchange.MoneyTrack
	Holds       []code.Hold
	Wishes      []exchange.Wish
	PersonalNo  string
	IDKey       string
	DueBefore   calendar.Date // due on an earlier date
	After       string
	Limit       int
}

func (f CaseFilter) query() (string, []any) {
	var where []string
	var args []any
	equal := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, column+" = "+arg(len(args)))
		}
	}
	equal("side", string(f.Side))
	equal("partner", f.Partner)
	equal("personal_no", f.PersonalNo)
	equal("id_key", f.IDKey)
	if len(f.States) > 0 {
		where = append(where, anyOf("state", f.States, &args))
	}
	if len(f.FormTracks) > 0 {
		where = append(where, anyOf("form_track", f.FormTracks, &args))
	}
	if len(f.MoneyTracks) > 0 {
		where = append(where, anyOf("money_track", f.MoneyTracks, &args))
	}
	if len(f.Holds) > 0 {
		where = append(where, anyOf("hold", f.Holds, &args))
	}
	if len(f.Wishes) > 0 {
		where = append(where, anyOf("wish", f.Wishes, &args))
	}
	if f.OpenOnly {
		where = append(where, openCases)
	}
	if f.DueBefore != 0 {
		args = append(args, f.DueBefore.String())
		where = append(where, "due <> '' AND due < "+arg(len(args)))
	}
	args = append(args, f.After)
	where = append(where, "case_no > "+arg(len(args)))
	text := selectCase + "WHERE " + strings.Join(where, " AND ") + " ORDER BY case_no"
	if f.Limit > 0 {
		args = append(args, int64(f.Limit))
		text += " LIMIT " + arg(len(args))
	}
	return text, args
}

// openCases is the condition for cases in a state that is not final.
var openCases = func() string {
	var sides []string
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		var open []string
		for _, t := range exchange.StateTerms(side) {
			if !exchange.State(t.Code).Final(side) {
				open = append(open, "'"+t.Code+"'")
			}
		}
		sides = append(sides, "side = '"+string(side)+"' AND state IN ("+strings.Join(open, ", ")+")")
	}
	return "(" + strings.Join(sides, " OR ") + ")"
}()

// Cases lists cases.
func (tx *Tx) Cases(f CaseFilter) ([]exchange.Case, error) {
	text, args := f.query()
	return many(tx, "cases", scanCase, text, args...)
}

// EachCase calls fn for every case of a filter, page by page, so that fn may
// use the transaction; f.Limit bounds the whole.
func (tx *Tx) EachCase(f CaseFilter, fn func(exchange.Case) error) error {
	left := f.Limit
	for {
		f.Limit = pageSize
		if left > 0 {
			f.Limit = min(left, pageSize)
		}
		page, err := tx.Cases(f)
		if err != nil {
			return err
		}
		for _, c := range page {
			if err := fn(c); err != nil {
				return err
			}
		}
		if len(page) < f.Limit || left == len(page) {
			return nil
		}
		left = max(0, left-len(page))
		f.After = page[len(page)-1].No
	}
}
