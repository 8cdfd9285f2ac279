package netting

import (
	"context"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// Statements queues, once a month, what is compared with every partner: the
// reconciliation of open and lately moved cases, and the netting statement of
// the month that has ended (an empty one too). They wait a few working days,
// so that the forms of the month's last days are here. Months that were missed
// follow, one in each pass, so that every netting batch is of one month. The first
// partner with an error ends it; the next pass goes on.
func Statements(ctx context.Context, o *office.Office) error {
	last := o.Date.Month().Add(-1)
	if o.Calendar.WorkingDays(last.Last(), o.Date) < o.Rules.StatementWD { // too early for it
		last = last.Add(-1)
	}
	var stated map[string]calendar.Month
	if err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		stated, err = tx.LastStatements()
		return err
	}); err != nil {
		return err
	}
	for _, p := range o.Parties {
		if p.Role != office.RolePartner || stated[p.Code] >= last && o.Partners[p.Code].Settlement != exchange.SettleNetted {
			continue
		}
		err := o.Do(ctx, office.By{Actor: "process"}, func(d *office.Desk) error {
			return statement(d, p, stated[p.Code], last)
		})
		if err != nil {
			return fmt.Errorf("statement for %s: %w", p.Code, err)
		}
	}
	return nil
}

// statement makes the next statement that a partner has not had, behind the month stated
// (none: 0) and up to the month last; when there is none, it states what has changed of
// earlier ones. That the month was stated is recorded in the same transaction, so that it
// is stated once.
func statement(d *office.Desk, p office.Party, stated, last calendar.Month) error {
	netted := d.Partners[p.Code].Settlement == exchange.SettleNetted
	if netted {
		if pending, err := statementPending(d, p.Code); err != nil || pending {
			return err
		}
	}
	month := last
	if stated != 0 {
		month = stated.Add(1)
	}
	if month <= last {
		if first, err := d.Tx.BeginStatement(p.Code, month); err != nil || !first {
			return err
		}
		// Every partner is reconciled with; only some settle by netting.
		if err := reconciliation(d, p.Code, month); err != nil || !netted {
			return err
		}
		return nettingStatement(d, p.Code, month)
	}
	if netted {
		return nettingChanges(d, p.Code, stated)
	}
	return nil
}

// reconciliation queues a Q (FILES.md) for every case that is open or moved since the
// month began; those that ended before have been compared already. Of several current
// forms the last one is named.
func reconciliation(d *office.Desk, partner string, month calendar.Month) error {
	count := d.Counting("cases stated to "+partner, 0)
	cases := office.Walk(func(visit func(exchange.Case) error) error {
		return d.Tx.EachCase(store.CaseFilter{Partner: partner}, func(c exchange.Case) error {
			count()
			if c.LetterNo == "" || (c.State.Final(c.Side) && c.StateSince < month.First()) {
				return nil
			}
			return visit(c)
		})
	})
	ahead := func(page []exchange.Case) error {
		var forms store.Ahead
		for _, c := range page {
			forms.Forms = append(forms.Forms, c.No)
		}
		return d.Tx.ReadAhead(forms)
	}
	return office.InPages(d.Tx, cases, ahead, func(c exchange.Case) error {
		rec := formats.Reconciliation{LetterNo: c.LetterNo, State: statedState(c), LastEventOn: c.StateSince}
		forms, err := d.Tx.FormsByCase(c.No)
		if err != nil {
			return err
		}
		for _, f := range forms {
			if f.Current {
				rec.FormNo, rec.FormVersion, rec.Amount = f.No, batch.Some(f.Version), office.SomeFen(f.Amount)
			}
		}
		return d.Send(partner, c.No, &rec)
	})
}

// statedState is what we state of a case. An annulment that is agreed counts as done:
// one side may have to wait for money that the other sends back.
func statedState(c exchange.Case) code.ReconciliationState {
	if c.Wish == exchange.WishVoid {
		return code.ReconcileVoid
	}
	return sharedState(c)
}

// sharedState is a case's state in the words that both sides share (SPEC 3); a held case
// has the state that it was held in.
func sharedState(c exchange.Case) code.ReconciliationState {
	switch s := c.Effective(); s {
	case exchange.Applied, exchange.Returned, exchange.Refused: // applied for again after a decline: the old place knows only that
		return code.ReconcileDeclined
	case exchange.Confirmed:
		return code.ReconcileCompleted
	case exchange.Ended, exchange.Liquidated:
		return code.ReconcileAccepted
	case exchange.PostingState:
		return code.ReconcileAnswered
	default:
		return code.ReconciliationState(s)
	}
}

// Reconcile compares what the partner states of a case (a Q) with what we have, and opens
// or closes the difference. The two sides see a change a few days apart, so a difference
// counts only when neither has moved for the limit of a query (Rules.QueryWD). The
// record is accepted either way: that we differ is no fault of it. Only a letter that is
// not the sender's is refused.
func Reconcile(d *office.Desk, q *formats.Reconciliation) (office.Outcome, error) {
	c, err := d.CaseOfEitherSide(q.LetterNo)
	if err != nil {
		return office.Outcome{}, err
	}
	if c == nil {
		if d.Calendar.WorkingDays(q.LastEventOn, d.Date) < d.Rules.QueryWD {
			return office.Accepted(), nil // its letter may still be on the way
		}
		return office.Accepted(), d.RecordDifference("reconciliation", d.File.Party, "", code.Text(q.LetterNo), code.Phrase{}, code.Say("stated", string(q.State), ""))
	}
	if c.Partner != d.File.Party {
		return office.Refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	ours, theirs, err := compareState(c, q)
	if err != nil {
		return office.Outcome{}, err
	}
	if ours == theirs {
		return office.Accepted(), d.CloseDifference("reconciliation", c.Partner, code.Text(q.LetterNo))
	}
	if d.Calendar.WorkingDays(max(c.StateSince, q.LastEventOn), d.Date) < d.Rules.QueryWD {
		return office.Accepted(), nil
	}
	if err := d.RecordDifference("reconciliation", c.Partner, c.No, code.Text(q.LetterNo), ours, theirs); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), c.Note("reconciliation_differs", code.Say("differs", ours, theirs), nil)
}

// compareState returns what both sides believe of a case in words that differ where they
// do, and both "" when they agree: its state and, when it has forms here, the form that
// was named. While an annulment is under way the partner may already call it void.
func compareState(c *office.Case, q *formats.Reconciliation) (ours, theirs code.Phrase, err error) {
	state := sharedState(c.Case)
	annulling := c.Wish == exchange.WishProposed || c.Wish == exchange.WishAsked || c.Wish == exchange.WishVoid
	if !agree(state, q.State) && (!annulling || q.State != code.ReconcileVoid) {
		ours, theirs = code.Say("stated", string(statedState(c.Case)), ""), code.Say("stated", string(q.State), "")
	}
	forms, err := c.Forms()
	if err != nil || q.FormNo == "" || len(forms) == 0 {
		return ours, theirs, err
	}
	mine, named := code.Say("no-such-form"), code.Say("form-version", q.FormNo, q.FormVersion.Value, q.Amount.Value)
	for _, f := range forms {
		if f.Current && f.No == q.FormNo {
			mine = code.Say("form-version", f.No, f.Version, f.Amount)
		}
	}
	if mine != named {
		ours, theirs = code.Say("stated", ours.Arg(0), mine), code.Say("stated", theirs.Arg(0), named)
	}
	return ours, theirs, nil
}

// agree reports whether two shared states can stand on the two sides at once: a record of
// the other side may still be on its way from one state to the next.
func agree(ours, theirs code.ReconciliationState) bool {
	pair := map[code.ReconciliationState]code.ReconciliationState{
		code.ReconcileRequested:    code.ReconcileAccepted,
		code.ReconcileAccepted:     code.ReconcileRequested,
		code.ReconcileAnswered:     code.ReconcileRelationDone,
		code.ReconcileRelationDone: code.ReconcileAnswered,
	}
	return ours == theirs || pair[ours] == theirs
}
