package story

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
)

// Filter chooses the rows of a list; what is empty chooses nothing.
type Filter struct {
	Partner string        // partner of cases and payments, party of files
	Side    exchange.Side // of files: In received, Out sent
	State   string        // code of the state or track; it is then listed although it has ended
	Kind    string        // of files
	Turn    string        // owner whose turn a case is
	All     bool          // what has ended too
	Overdue bool          // only cases past the limit that decides
	Limit   int           // at most so many rows; 0: all (runs: 20, unless All)
}

// StateError is a filter's state that no row of its list can have.
type StateError struct {
	State string
	Known []string // in the order in which they are named to people
}

func (e *StateError) Error() string {
	return fmt.Sprintf("state %q: one of %s", e.State, strings.Join(e.Known, ", "))
}

// knownState refuses a state that is not among a list's terms.
func knownState(state string, terms []exchange.Term) error {
	if state == "" || slices.ContainsFunc(terms, func(t exchange.Term) bool { return t.Code == state }) {
		return nil
	}
	return &StateError{state, codesOf(terms)}
}

// codesOf are the codes of terms, in their order.
func codesOf(terms []exchange.Term) (codes []string) {
	for _, t := range terms {
		codes = append(codes, t.Code)
	}
	return codes
}

// errLimit ends a walk at the limit; result takes it for no error.
var errLimit = errors.New("enough")

// list is a list being gathered.
type list[R any] struct {
	limit int // 0: none
	rows  []R
}

// add adds a row; errLimit when the limit was reached before, so that the walk
// ends at the first row too many.
func (l *list[R]) add(row R) error {
	if l.limit > 0 && len(l.rows) == l.limit {
		return errLimit
	}
	l.rows = append(l.rows, row)
	return nil
}

// result is the rows once the walk has ended.
func (l *list[R]) result(err error) ([]R, error) {
	if err != nil && !errors.Is(err, errLimit) {
		return nil, err
	}
	return l.rows, nil
}
