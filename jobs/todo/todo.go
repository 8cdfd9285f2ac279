// Package todo finds what needs a person: what officers can decide, and what
// else is stuck. Exit code 3 of a pass, the list todo, the sheet To do, the
// decisions workbooks and the metrics are views of what it finds.
//
// It promises that everything is found by one walk, as the store is now, that a
// case, an entry, a file or a day of the bank is one item, and that a difference
// about one of them stands beside it instead of being another. It changes
// nothing, and nothing is marked as done by hand: an item is gone when its cause
// is. What may be decided is decision's; words, urgency and what presses are
// exchange's table of kinds.
package todo

import (
	"cmp"
	"iter"
	"slices"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// lookBack is for how many calendar days a file that was rejected without a
// readable number, and a day without a statement, are named.
const lookBack = 30

// Walk finds all that needs a person, in no order. After an error it ends.
func Walk(d *office.Desk) iter.Seq2[exchange.Todo, error] { return walkOver(d, nil) }

func walkOver(d *office.Desk, pressing *store.Pressing) iter.Seq2[exchange.Todo, error] {
	return office.Walk(func(visit func(exchange.Todo) error) error {
		w := &walk{Desk: d, visit: visit, cases: map[string]bool{}, pressing: pressing}
		if err := w.readDifferences(); err != nil {
			return err
		}
		// What can be decided about a case comes before its limits, which are passed
		// over then; differences come last, when what they stand beside has taken them.
		for _, find := range []func() error{
			w.decidableCases, w.overdueCases, w.queries, w.entries, w.months, w.days, w.decidableFiles, w.rejected, w.toSign, w.settings, w.audited, w.unproved,
			w.bankDays, w.statements, w.expected, w.drops, w.unsigned, w.otherDifferences,
		} {
			if err := find(); err != nil {
				return err
			}
		}
		return nil
	})
}

// List is all that needs a person, the most urgent first (exchange.CompareTodos);
// not nil, so that nothing is [] in JSON.
func List(d *office.Desk) ([]exchange.Todo, error) { return sorted(Walk(d)) }

func sorted(walk iter.Seq2[exchange.Todo, error]) ([]exchange.Todo, error) {
	list := []exchange.Todo{}
	for t, err := range walk {
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	slices.SortFunc(list, exchange.CompareTodos)
	return list, nil
}

// Pressing is what of it makes a pass of the office's date end with exit code 3,
// the most urgent first. Of the cases it reads those alone that may press.
func Pressing(d *office.Desk) ([]exchange.Todo, error) {
	list, err := sorted(walkOver(d, &store.Pressing{On: d.Date, Holds: officersHolds}))
	return slices.DeleteFunc(list, func(t exchange.Todo) bool { return !t.Presses(d.Date) }), err
}

// walk is one walk over all that needs a person.
type walk struct {
	*office.Desk
	visit func(exchange.Todo) error
	cases map[string]bool // numbers of the cases that are items

	pressing *store.Pressing // nil: everything is found, not only what presses

	differences []difference
	about       map[string][]int // places in differences, by what they stand beside
	proposed    map[string]bool  // the cases, else the entries, that a proposal is about
}

// difference is an open one, until the item that it stands beside has taken it.
type difference struct {
	exchange.Difference
	taken bool
}

// add passes an item on, with the owner and what to do of its kind where it has
// none of its own.
func (w *walk) add(t exchange.Todo) error {
	k := exchange.TodoKindOf(t.Kind)
	t.Owner, t.Do = cmp.Or(t.Owner, k.Owner), cmp.Or(t.Do, k.Doing(w.Language()))
	return w.visit(t)
}
