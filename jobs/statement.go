package jobs

import (
	"context"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
)

// Statements queues, once a month, what is compared with every partner: the
// reconciliation of open and lately moved cases, and the netting statement of
// the month that has ended (an empty one too).
func (e *Env) Statements(ctx context.Context) error {
	month := e.Date.Month().Add(-1)
	for _, p := range e.Parties {
		if p.Role != RolePartner {
			continue
		}
		if err := e.statement(ctx, p, month); err != nil {
			return fmt.Errorf("statement for %s: %w", p.Code, err)
		}
	}
	return nil
}

func (e *Env) statement(ctx context.Context, p Party, month calendar.Month) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		first, err := tx.BeginStatement(p.Code, month)
		if err != nil || !first {
			return err
		}
		d := &desk{Env: e, tx: tx, actor: "process"}
		if err := d.reconciliation(p.Code, month); err != nil {
			return err
		}
		if e.Partners[p.Code].Settlement != exchange.SettleNetted {
			return nil
		}
		return d.nettingStatement(p.Code, month)
	})
}

// reconciliation queues a Q for every case that is open or moved since the
// month began.
func (d *desk) reconciliation(partner string, month calendar.Month) error {
	return d.tx.EachCase(store.CaseFilter{Partner: partner}, func(c exchange.Case) error {
		if c.LetterNo == "" || (c.State.Final(c.Side) && c.StateSince < month.First()) {
			return nil
		}
		rec := formats.Reconciliation{LetterNo: c.LetterNo, State: sharedState(c), LastEventOn: c.StateSince}
		forms, err := d.tx.FormsByCase(c.No)
		if err != nil {
			return err
		}
		for _, f := range forms {
			if f.Current {
				rec.FormNo, rec.FormVersion, rec.Amount = f.No, batch.Some(f.Version), some(f.Amount)
			}
		}
		return d.send(partner, c.No, &rec)
	})
}

// sharedState is a case's state in the words that both sides share (SPEC 3).
func sharedState(c exchange.Case) code.ReconciliationState {
	switch s := c.Effective(); s {
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

// reconcile compares what the partner believes with what we do. The two
// sides see a change a few days apart, so a difference counts only when
// neither has moved for the limit of a query.
func (d *desk) reconcile(q *formats.Reconciliation) (outcome, error) {
	c, err := d.queried(q.LetterNo)
	if err != nil {
		return outcome{}, err
	}
	if c == nil {
		return accepted(), d.difference("reconciliation", d.file.Party, "", q.LetterNo, "", string(q.State))
	}
	if c.Partner != d.file.Party {
		return refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	settled := max(c.StateSince, q.LastEventOn)
	if d.Calendar.WorkingDays(settled, d.Date) < d.queryWD() || agree(sharedState(c.Case), q.State) {
		return accepted(), nil
	}
	ours := string(sharedState(c.Case))
	if err := d.difference("reconciliation", c.Partner, c.No, q.LetterNo, ours, string(q.State)); err != nil {
		return outcome{}, err
	}
	return accepted(), c.note("reconciliation_differs", "ours "+ours+", theirs "+string(q.State), nil)
}

// agree reports whether two shared states can stand on the two sides at once.
func agree(ours, theirs code.ReconciliationState) bool {
	pair := map[code.ReconciliationState]code.ReconciliationState{
		code.ReconcileRequested:    code.ReconcileAccepted,
		code.ReconcileAccepted:     code.ReconcileRequested,
		code.ReconcileAnswered:     code.ReconcileRelationDone,
		code.ReconcileRelationDone: code.ReconcileAnswered,
	}
	return ours == theirs || pair[ours] == theirs
}

// nettingStatement queues what a month's NETTED forms add up to, as we see it.
func (d *desk) nettingStatement(partner string, month calendar.Month) error {
	lines, err := d.tx.NettedForms(partner, month)
	if err != nil {
		return err
	}
	for _, l := range lines {
		l.Source = NettingOurs
		if err := d.tx.PutNettingLine(l); err != nil {
			return err
		}
		rec := formats.Netting{Month: month, Direction: code.Direction(l.Direction), LetterNo: l.LetterNo, FormNo: l.FormNo, Amount: l.Amount}
		if err := d.send(partner, "", &rec); err != nil {
			return err
		}
	}
	if len(lines) == 0 {
		if err := d.tx.InsertOutgoing(exchange.Outgoing{Party: partner, Kind: formats.KindNetting, Rows: []byte{}}); err != nil {
			return err
		}
	}
	return d.compareNetting(partner, month)
}

// Sources of a netting line.
const (
	NettingOurs   = "ours"
	NettingTheirs = "theirs"
)

// netting stores a line of the partner's statement.
func (d *desk) netting(j *formats.Netting) (outcome, error) {
	if d.Partners[d.file.Party].Settlement != exchange.SettleNetted {
		return refused(code.NotAllowedInState, "month", "未约定轧差结算 / netting is not agreed"), nil
	}
	return accepted(), d.tx.PutNettingLine(exchange.NettingLine{
		Month: j.Month, Partner: d.file.Party, Source: NettingTheirs, Direction: string(j.Direction), LetterNo: j.LetterNo, FormNo: j.FormNo, Amount: j.Amount,
	})
}

// compareNetting compares both statements of a month to the fen: what one
// sends, the other receives.
func (d *desk) compareNetting(partner string, month calendar.Month) error {
	ours, err := d.tx.NettingLines(month, partner, NettingOurs)
	if err != nil {
		return err
	}
	theirs, err := d.tx.NettingLines(month, partner, NettingTheirs)
	if err != nil || len(theirs) == 0 || len(ours) == 0 {
		return err
	}
	mirror := map[string]string{"in": "out", "out": "in"}
	key := func(l exchange.NettingLine, direction string) string { return direction + " " + l.FormNo }
	have := map[string]exchange.NettingLine{}
	for _, l := range ours {
		have[key(l, l.Direction)] = l
	}
	for _, l := range theirs {
		k := key(l, mirror[l.Direction])
		if mine, ok := have[k]; !ok || mine.Amount != l.Amount {
			if err := d.difference("netting", partner, "", k, mine.Amount.String(), l.Amount.String()); err != nil {
				return err
			}
		}
		delete(have, k)
	}
	for k, l := range have {
		if err := d.difference("netting", partner, "", k, l.Amount.String(), "0.00"); err != nil {
			return err
		}
	}
	return nil
}
