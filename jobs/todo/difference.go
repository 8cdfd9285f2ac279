package todo

import (
	"cmp"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/decision"
)

// readDifferences reads the open differences, and what each stands beside: its
// case, else its subject. Proposals are part of the item of their case or credit.
func (w *walk) readDifferences() error {
	all, err := w.Tx.Differences(true)
	if err != nil {
		return err
	}
	w.proposed = map[string]bool{}
	for _, x := range all {
		if x.Kind == "proposal" {
			w.proposed[cmp.Or(x.CaseNo, x.Subject.Arg(0))] = true
		}
	}
	open, err := decision.Explainable(w.Desk)
	if err != nil {
		return err
	}
	w.about = map[string][]int{}
	for i, x := range open {
		w.differences = append(w.differences, difference{Difference: x})
		if decision.OfUnsigned(x) { // finance's own, beside whatever the case waits for
			continue
		}
		for _, key := range []string{caseKey(x.CaseNo), subjectKey(x.Kind, x.Subject)} {
			w.about[key] = append(w.about[key], i)
		}
	}
	return nil
}

func caseKey(no string) string                         { return "case|" + no }
func subjectKey(kind string, about code.Phrase) string { return kind + "|" + about.String() }

// beside takes the differences that stand beside an item: those of its case, or
// those of a kind about its subject with its party.
func (w *walk) beside(t *exchange.Todo, key string) error {
	for _, i := range w.about[key] {
		x := &w.differences[i]
		if x.taken || x.Kind == "file" && t.About == exchange.AboutFile && x.Partner != t.Party {
			continue
		}
		also, err := decision.OfDifference(w.Desk, x.Difference)
		if err != nil {
			return err
		}
		also.Kind, also.Owner = exchange.TodoDifference, cmp.Or(also.Owner, exchange.TodoKindOf(exchange.TodoDifference).Owner)
		x.taken = true
		t.Also = append(t.Also, also)
	}
	return nil
}

// otherDifferences adds the differences that stand beside nothing.
func (w *walk) otherDifferences() error {
	for _, x := range w.differences {
		if x.taken {
			continue
		}
		t, err := decision.OfDifference(w.Desk, x.Difference)
		if err != nil {
			return err
		}
		t.Kind = cmp.Or(t.Kind, exchange.TodoDifference)
		if err := w.add(t); err != nil {
			return err
		}
	}
	return nil
}
