package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/jobs/office"
)

// Filter chooses the rows of a list; what is empty chooses nothing.
type Filter struct {
	Partner string        // partner of cases and payments, party of files and things to do
	Side    exchange.Side // of files: In received, Out sent
	State   string        // code of the state or track; it is then listed although it has ended
	Kind    string        // of files and things to do
	Turn    string        // owner whose turn a case or thing to do is
	All     bool          // what has ended too
	Overdue bool          // only cases past the limit that decides, and things to do past their day
	Limit   int           // at most so many rows; 0: all (runs: 20, unless All)
}

// FilterError is a value by which no row of a list can be chosen.
type FilterError struct {
	Name, Value string   // of the flag: "state"
	Known       []string // in the order in which they are named to people; nil: nothing is chosen so
}

func (e *FilterError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("--%s %q: the list has none", e.Name, e.Value)
	}
	return fmt.Sprintf("--%s %q: one of %s", e.Name, e.Value, strings.Join(e.Known, ", "))
}

// check refuses a side or a turn that there is none of, and a state that is not
// among a list's own, with a *FilterError.
func (f Filter) check(states []exchange.Term) error {
	return cmp.Or(known("side", string(f.Side), exchange.SideTerms()), known("turn", f.Turn, exchange.OwnerTerms()), known("state", f.State, states))
}

// known refuses a value that is not among the terms.
func known(name, value string, terms []exchange.Term) error {
	if value == "" || slices.ContainsFunc(terms, func(t exchange.Term) bool { return t.Code == value }) {
		return nil
	}
	wrong := &FilterError{Name: name, Value: value}
	for _, t := range terms {
		wrong.Known = append(wrong.Known, t.Code)
	}
	return wrong
}

// gathered are the rows that walk visits, at most so many; 0: all.
func gathered[R any](limit int, walk func(visit func(R) error) error) (rows []R, err error) {
	for r, err := range office.Walk(walk) {
		if err != nil {
			return nil, err
		}
		if limit > 0 && len(rows) == limit {
			break
		}
		rows = append(rows, r)
	}
	return rows, nil
}
