package jobs

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats"
)

// annul is our own side's part in an annulment: to propose one, or to answer
// the partner's proposal.
func (d *desk) annul(c *casework, x *formats.Cancellation) (outcome, error) {
	able, err := c.voidable()
	if err != nil {
		return outcome{}, err
	}
	switch {
	case x.Phase == code.PhaseProposeVoid && c.Wish == exchange.WishNone && able:
		c.Wish = exchange.WishProposed
	case x.Phase == code.PhaseRefuse && c.Wish == exchange.WishAsked:
		c.Wish = exchange.WishNone
	case x.Phase == code.PhaseAgree && c.Wish == exchange.WishAsked && able:
	default:
		return refused(code.NotAllowedInState, "phase", "当前不能作废，或没有待答复的提议 / no annulment is possible, or none is to be answered"), nil
	}
	out := formats.Cancellation{LetterNo: c.LetterNo, Phase: x.Phase, Reason: x.Reason, CancelledOn: d.Date, Echo: c.No}
	if err := d.send(c.Partner, c.No, &out); err != nil {
		return outcome{}, err
	}
	if err := c.note("void_"+string(x.Phase), x.Reason, nil); err != nil {
		return outcome{}, err
	}
	if x.Phase == code.PhaseAgree {
		if err := c.beginVoid(); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.save()
}

// annulTheirs is the partner's part in an annulment. Two proposals that cross
// are an agreement.
func (d *desk) annulTheirs(c *casework, x *formats.Cancellation) (outcome, error) {
	able, err := c.voidable()
	if err != nil {
		return outcome{}, err
	}
	agreed := false
	switch {
	case x.Phase == code.PhaseProposeVoid && c.Wish == exchange.WishNone && able:
		c.Wish = exchange.WishAsked // an officer answers
	case x.Phase == code.PhaseRefuse && c.Wish == exchange.WishProposed:
		c.Wish = exchange.WishNone
	case x.Phase != code.PhaseRefuse && c.Wish == exchange.WishProposed && able:
		agreed = true
	default:
		return refused(code.NotAllowedInState, "phase", "当前不能作废，或没有待答复的提议 / no annulment is possible, or none is to be answered"), nil
	}
	if err := c.note("partner_"+string(x.Phase), x.Reason, nil); err != nil {
		return outcome{}, err
	}
	if agreed {
		if err := c.beginVoid(); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.save()
}

// annulVerdict is the partner's verdict on our part in an annulment.
func (c *casework) annulVerdict(phase code.Phase, v code.Verdict, why string) error {
	if v != code.Refused {
		return nil
	}
	if phase == code.PhaseProposeVoid && c.Wish == exchange.WishProposed {
		c.Wish = exchange.WishNone
	}
	if phase == code.PhaseAgree {
		if err := c.difference("reconciliation", c.Partner, c.No, c.LetterNo, "void", why); err != nil {
			return err
		}
	}
	return c.note("void_refused", string(phase)+" "+why, nil)
}

// voidable reports whether a case can be annulled: it is past acceptance, no
// payment's outcome is open, and nobody but the partner, who sends it back,
// has money of ours.
func (c *casework) voidable() (bool, error) {
	if _, err := c.Next(exchange.VoidCompleted); err != nil {
		return false, nil
	}
	if c.Side == exchange.In {
		return true, nil
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	for _, r := range parts {
		switch r.Track {
		case exchange.MoneySubmitted, exchange.MoneyUnknown:
			return false, err
		case exchange.MoneySettled:
			if r.To == exchange.ToPerson {
				return false, err
			}
		}
	}
	return c.Effective() != exchange.Requested && c.Effective() != exchange.Declined, err
}

// beginVoid frees what has not left and asks the core to take every accepted
// posting back.
func (c *casework) beginVoid() error {
	if err := c.freeUnsent(); err != nil {
		return err
	}
	c.Wish = exchange.WishVoid
	return c.continueVoid()
}

// continueVoid asks for the undoing of what the core has done, once all money
// is back and it has answered everything that it was asked; and ends the case when nothing is
// left to undo.
func (c *casework) continueVoid() error {
	if out, err := c.moneyIsOut(); err != nil || out {
		return err // the partner sends it back
	}
	postings, err := c.tx.PostingsByCase(c.No)
	if err != nil {
		return err
	}
	for _, p := range postings {
		if p.State == exchange.PostingQueued {
			return nil
		}
	}
	undo := exchange.Undoable(postings)
	for _, p := range undo {
		u := exchange.Posting{Row: exchange.PostUndo, Undoes: p.No, FormNo: p.FormNo, FormVersion: p.FormVersion}
		if err := c.ask(u, nil, "双方同意作废"); err != nil {
			return err
		}
	}
	if len(undo) > 0 {
		return nil
	}
	return c.finishVoid()
}

// postedInVoid books a posting that the core answers while the case is being
// annulled: nothing follows from it but its undoing.
func (c *casework) postedInVoid(p exchange.Posting) error {
	var err error
	switch {
	case p.State == exchange.PostingRefused && p.Row == exchange.PostUndo:
		return c.refusedByCore(p)
	case p.State == exchange.PostingRefused:
	case p.Row == exchange.PostUndo:
		err = c.undone(p)
	case p.Row == exchange.PostDebit:
		err = c.book(ledger.Liquidate(c.head(p.No), p.Amount))
	case p.Row == exchange.PostCredit:
		err = c.credited(p)
	case p.Row == exchange.PostMonths:
		err = c.monthsCredited(p)
	}
	if err != nil {
		return err
	}
	return c.continueVoid()
}

// finishVoid ends the case: nothing is due any more, and what came by bank
// belongs to nobody until it is sent back.
func (c *casework) finishVoid() error {
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	for i := range parts {
		if err := c.voidPart(&parts[i]); err != nil {
			return err
		}
	}
	if c.Side == exchange.In {
		if err := c.withdrawAnnounced(); err != nil {
			return err
		}
	}
	if err := c.retrack(); err != nil {
		return err
	}
	if err := c.move(exchange.VoidCompleted, "双方同意作废", nil); err != nil {
		return err
	}
	if c.Side == exchange.Out {
		return nil
	}
	if err := c.tellVoid(); err != nil {
		return err
	}
	return c.notify(code.MilestoneCancelled, news{})
}

// voidPart ends a part of the remittance of an annulled case.
func (c *casework) voidPart(r *exchange.Remittance) error {
	if r.Received > 0 {
		if err := c.difference("money", c.Partner, c.No, c.LetterNo, "void", "received "+r.Received.String()+", to be sent back"); err != nil {
			return err
		}
	}
	switch r.Track {
	case exchange.MoneyReturned: // it is with us again, and so is the debit
		if err := c.setMoney(r, exchange.MoneyDue, nil); err != nil {
			return err
		}
		return c.setMoney(r, exchange.MoneyNotDue, nil)
	case exchange.MoneyDue, exchange.MoneyNone:
		return c.setMoney(r, exchange.MoneyNotDue, nil)
	case exchange.MoneyMatched:
		return c.setMoney(r, exchange.MoneyReceived, nil)
	}
	return nil
}

// tellVoid tells the old place that nothing of its forms stands here.
func (c *casework) tellVoid() error {
	forms, err := c.tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for _, f := range forms {
		if !f.Current || f.Told == string(code.OutcomeVoid) {
			continue
		}
		before := f
		f.Told, f.Credited, f.MonthsCredited, f.MonthsOverlapping = string(code.OutcomeVoid), 0, 0, 0
		if err := c.tx.UpdateForm(before, f); err != nil {
			return err
		}
		k := formats.Completion{LetterNo: f.LetterNo, FormNo: f.No, FormVersion: f.Version, Outcome: code.OutcomeVoid, CompletedOn: c.Date, Echo: f.Echo}
		if err := c.send(c.Partner, c.No, &k); err != nil {
			return err
		}
	}
	return nil
}

// lies is what lies under the titles for the case.
func (c *casework) lies() (map[ledger.Title]money.Fen, error) {
	entries, err := c.tx.LedgerOf(c.No)
	sums := map[ledger.Title]money.Fen{}
	for _, e := range entries {
		for _, p := range e.Postings {
			sums[p.Account.Title()] += p.Amount
		}
	}
	return sums, err
}

// backToDue takes back what became of liquidated money that did not leave, so
// that its debit can be taken back too.
func (c *casework) backToDue() error {
	at, err := c.lies()
	if err != nil {
		return err
	}
	reverse := func(e ledger.Entry) ledger.Entry { return ledger.Reverse(e, int(c.Date), "annulled") }
	for _, e := range []ledger.Entry{
		reverse(ledger.Net(c.head(c.LetterNo), at[ledger.OutNetting])),
		reverse(ledger.NotMove(c.head(c.LetterNo), at[ledger.OutNotMoved])),
		ledger.OrderAgain(c.head(c.LetterNo), at[ledger.OutReturned]),
		ledger.VoidOrder(c.head(c.LetterNo), at[ledger.OutReturned]),
	} {
		if err := c.book(e); err != nil {
			return err
		}
	}
	return nil
}

// withdrawAnnounced takes back what the forms of an annulled case announced;
// money that came lies among the unmatched again.
func (c *casework) withdrawAnnounced() error {
	at, err := c.lies()
	if err != nil {
		return err
	}
	head, came := c.head(c.LetterNo), at[ledger.InFulfilled]
	for _, e := range []ledger.Entry{
		ledger.Match(head, "", came, came),
		ledger.Announce(head, at[ledger.InReceivable]+came),
		ledger.AnnounceNetted(head, at[ledger.InNetting]),
		ledger.AnnounceNotMoved(head, at[ledger.InNotMoved]),
		ledger.AnnouncePaidToPerson(head, at[ledger.InPaidToPerson]),
	} {
		if err := c.book(ledger.Reverse(e, int(c.Date), "annulled")); err != nil {
			return err
		}
	}
	return nil
}
