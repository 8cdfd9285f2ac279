package story

import (
	"cmp"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// ListedCase is a case as the lists of cases and of deadlines tell it.
type ListedCase struct {
	Outline
	// Decides is the limit that says how urgent the case is: LimitLegal,
	// LimitOwn, or none; Due and Left (working days) are that limit's.
	Decides string `show:"ruling"`
	Due     calendar.Date
	Left    *int // nil: no limit runs
}

// The kinds of limits: the law's for the case, and our own for whose turn it is.
const (
	LimitLegal = "legal"
	LimitOwn   = "own"
)

// decide chooses the limit that decides: one that has passed before one that
// has not, the legal one before our own.
func (r *ListedCase) decide() {
	legal := r.Limit != nil && r.Limit.Due != 0
	own := r.Turn != nil && r.Turn.Due != 0
	switch {
	case legal && (r.Limit.Left < 0 || !own || r.Turn.Left >= 0):
		r.Decides, r.Due, r.Left = LimitLegal, r.Limit.Due, &r.Limit.Left
	case own:
		r.Decides, r.Due, r.Left = LimitOwn, r.Turn.Due, &r.Turn.Left
	}
}

// ListCases lists cases in the order of their numbers: the open ones, as of
// the office's date. A state that no case has is a *FilterError.
func ListCases(d *office.Desk, f Filter) ([]ListedCase, error) { return f.cases(d, !f.All, f.Limit) }

// ListDeadlines lists the cases on which somebody must act, the most urgent
// first: what is overdue, a legal limit before one of our own, then by the due
// date. A state that no case has is a *FilterError.
func ListDeadlines(d *office.Desk, f Filter) ([]ListedCase, error) {
	found, err := f.cases(d, false, 0) // a final case may still have an unpaid part
	found = slices.DeleteFunc(found, func(r ListedCase) bool { return r.Turn == nil && r.Limit == nil })
	slices.SortStableFunc(found, byUrgency)
	if f.Limit > 0 && len(found) > f.Limit {
		found = found[:f.Limit]
	}
	return found, err
}

// cases are the cases that a filter chooses, at most so many; 0: all.
func (f Filter) cases(d *office.Desk, open bool, limit int) ([]ListedCase, error) {
	stored, err := f.caseFilter(open)
	if err != nil {
		return nil, err
	}
	return gathered(limit, func(visit func(ListedCase) error) error {
		return d.Tx.EachCase(stored, func(c exchange.Case) error {
			r := ListedCase{Outline: OutlineOf(d.Office, c)}
			if r.decide(); f.matches(r) {
				return visit(r)
			}
			return nil
		})
	})
}

// caseFilter is what of a filter the store can choose by; matches does the rest.
func (f Filter) caseFilter(open bool) (store.CaseFilter, error) {
	stored := store.CaseFilter{Side: f.Side, Partner: f.Partner, OpenOnly: open && f.State == ""}
	if f.State != "" {
		stored.States = []exchange.State{exchange.State(f.State)}
	}
	states := slices.Concat(exchange.StateTerms(exchange.In), exchange.StateTerms(exchange.Out))
	slices.SortFunc(states, func(a, b exchange.Term) int { return cmp.Compare(a.Code, b.Code) })
	return stored, f.check(slices.CompactFunc(states, func(a, b exchange.Term) bool { return a.Code == b.Code }))
}

// matches reports whether a row is chosen by whose turn it is and by its limit,
// which only the calendar knows.
func (f Filter) matches(r ListedCase) bool {
	return (f.Turn == "" || (r.Turn != nil && string(r.Turn.Owner) == f.Turn)) && (!f.Overdue || (r.Left != nil && *r.Left < 0))
}

// byUrgency: what is overdue first, a legal limit before one of our own, then
// by the due date and the working days left; what has no limit comes last.
func byUrgency(a, b ListedCase) int {
	return cmp.Or(
		cmp.Compare(a.rank(), b.rank()),
		cmp.Compare(a.Due, b.Due),
		cmp.Compare(a.left(), b.left()),
	)
}

// left is the working days left; 0 when no limit runs, which rank puts last.
func (r ListedCase) left() int {
	if r.Left == nil {
		return 0
	}
	return *r.Left
}

// rank is the first order of urgency, 0 the most urgent.
func (r ListedCase) rank() int {
	switch {
	case r.Left == nil:
		return 4
	case *r.Left < 0 && r.Decides == LimitLegal:
		return 0
	case *r.Left < 0:
		return 1
	case r.Decides == LimitLegal:
		return 2
	}
	return 3
}
