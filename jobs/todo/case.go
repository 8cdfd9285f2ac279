package todo

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/decision"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// officersHolds are the reasons of a hold that no file will end by itself: an
// officer decides.
var officersHolds = []code.Hold{
	code.HoldOfficersDecision, code.HoldAmountDiffers, code.HoldRefusedByCore, code.HoldRefusedByPartner, code.HoldCap,
	code.HoldAccountNotRegistered, code.HoldPossibleDuplicate,
}

// decidableCases adds the cases about which an officer can decide something, and
// those that nobody but an officer can end.
func (w *walk) decidableCases() error {
	return decision.EachCase(w.Desk, w.pressing, func(c *office.Case, t exchange.Todo) error {
		t.Kind = exchange.TodoCase
		if slices.Contains(officersHolds, c.Hold) || w.proposed[c.No] {
			t.Kind = exchange.TodoHeld
		}
		if len(t.Decisions) == 0 && t.Kind == exchange.TodoCase {
			return nil
		}
		w.limit(&t, c.Case)
		return w.addCase(t)
	})
}

// overdueCases adds the cases past a limit about which nothing is to be decided:
// somebody has to ask whoever has the turn.
func (w *walk) overdueCases() error {
	count := w.Counting("cases past a limit", 0)
	return w.Tx.EachCase(store.CaseFilter{Unsettled: true, Pressing: w.pressing}, func(c exchange.Case) error {
		count()
		turn, ok := exchange.TurnOf(w.Turns, c)
		if !ok || w.cases[c.No] {
			return nil
		}
		t := exchange.Todo{
			Kind: exchange.TodoOverdue, About: exchange.AboutCase, No: c.No, CaseNo: c.No, Party: c.Partner,
			Who: decision.Masked(c.Person) + " " + w.PartyName(c.Partner),
		}
		w.limit(&t, c)
		if !t.Past(w.Date) {
			return nil
		}
		t.What = w.Sayf("%s，等待：%s（%s起，限 %d 个工作日）", "%s, waits for: %s (since %s, %d working days)",
			w.Word(exchange.StateTerms(c.Side), string(c.State)), turn.Wait.Word(w.Language()), t.Since, turn.WD)
		if t.Kind == exchange.TodoLegal {
			t.What = w.Sayf("%s，法定期限 %s 已过；等待：%s", "%s, the legal limit ended on %s; waits for: %s",
				w.Word(exchange.StateTerms(c.Side), string(c.State)), c.Due, turn.Wait.Word(w.Language()))
		}
		return w.addCase(t)
	})
}

// addCase adds a case, once, with the differences about it.
func (w *walk) addCase(t exchange.Todo) error {
	w.cases[t.No] = true
	if err := w.beside(&t, caseKey(t.No)); err != nil {
		return err
	}
	return w.add(t)
}

// limit puts into an item whose turn its case is, since when, and by when: the
// earlier of the turn's limit and the legal one, a certain one before one that is
// provisional. A missed legal limit makes the item one of its own kind.
func (w *walk) limit(t *exchange.Todo, c exchange.Case) {
	by := calendar.Due{Date: c.Due, Provisional: c.DueProvisional}
	if turn, ok := exchange.TurnOf(w.Turns, c); ok {
		t.Owner, t.Since = turn.Owner, office.Since(c, turn)
		by = earlier(by, w.TurnLimit(c, turn))
	}
	t.Due, t.Provisional = by.Date, by.Provisional
	if c.Due != 0 && c.Due < w.Date && !c.DueProvisional {
		t.Kind, t.Due, t.Provisional = exchange.TodoLegal, c.Due, false
	}
}

// earlier is the earlier of two limits, a certain one before one that is
// provisional; one without a date is none.
func earlier(a, b calendar.Due) calendar.Due {
	if b.Date != 0 && (a.Date == 0 || a.Provisional && !b.Provisional || a.Provisional == b.Provisional && b.Date < a.Date) {
		return b
	}
	return a
}

// EachOpenCase calls visit once for each case about which somebody may still have
// something to do: the open ones, and ended ones whose money or form is under way.
// An error of visit ends the walk and comes back.
func EachOpenCase(tx *store.Tx, visit func(exchange.Case) error) error {
	return tx.EachCase(store.CaseFilter{Unsettled: true}, visit)
}

// queries adds those past due, in both directions: an answer that a partner owes
// us, or one of ours, which is our own staff's. One about a case that is an item
// is part of that.
func (w *walk) queries() error {
	for _, side := range []string{transfer.QuerySent, transfer.QueryReceived} {
		open, err := w.Tx.QueriesOpen(side)
		if err != nil {
			return err
		}
		for _, q := range open {
			if q.DueOn == 0 || q.DueOn >= w.Date || w.cases[q.CaseNo] {
				continue
			}
			t := exchange.Todo{
				Kind: exchange.TodoQuery, About: exchange.AboutQuery, No: q.No, CaseNo: q.CaseNo, Party: q.Party, Who: w.PartyName(q.Party),
				What: office.OneLine(q.Text, 500), Since: q.AskedOn, Due: q.DueOn,
			}
			if side == transfer.QueryReceived {
				t.Owner = exchange.OwnerStaff
			}
			if err := w.add(t); err != nil {
				return err
			}
		}
	}
	return nil
}
