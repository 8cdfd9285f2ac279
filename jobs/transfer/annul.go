package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/formats"
	"carryover/jobs/netting"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// Annul is our own side's part in an annulment (SPEC 2.11): to propose one, or
// to answer the partner's proposal; from the portal, or decided by an officer.
// The case must be at a point where both can still agree (Voidable), and no net
// sum that holds its money may be settled; to refuse a proposal is always allowed.
func Annul(d *office.Desk, c *office.Case, x *formats.Cancellation) (office.Outcome, error) {
	able, err := Voidable(c)
	if err != nil {
		return office.Outcome{}, err
	}
	settled, err := netSettled(c)
	if err != nil {
		return office.Outcome{}, err
	}
	if settled && x.Phase != code.PhaseRefuse {
		return refuseNetSettled(), nil
	}
	switch {
	case x.Phase == code.PhaseProposeVoid && c.Wish == exchange.WishNone && able:
		c.Wish = exchange.WishProposed
	case x.Phase == code.PhaseRefuse && c.Wish == exchange.WishAsked:
		c.Wish = exchange.WishNone
	case x.Phase == code.PhaseAgree && c.Wish == exchange.WishAsked && able:
	default:
		return refuseAnnulment(), nil
	}
	out := formats.Cancellation{LetterNo: c.LetterNo, Phase: x.Phase, Reason: x.Reason, CancelledOn: d.Date, Echo: c.No}
	if err := d.Send(c.Partner, c.No, &out); err != nil {
		return office.Outcome{}, err
	}
	if err := c.Note("void_"+string(x.Phase), code.Text(x.Reason), nil); err != nil {
		return office.Outcome{}, err
	}
	if x.Phase == code.PhaseAgree { // queued above: the partner begins when our record arrives
		if err := beginVoid(c); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), c.Save()
}

// annulByPartner is the partner's part in an annulment. Two proposals that cross
// are an agreement: both sides read the other's proposal as an answer to their
// own, and neither sends another record.
func annulByPartner(d *office.Desk, c *office.Case, x *formats.Cancellation) (office.Outcome, error) {
	able, err := Voidable(c)
	if err != nil {
		return office.Outcome{}, err
	}
	settled, err := netSettled(c)
	if err != nil {
		return office.Outcome{}, err
	}
	if settled && x.Phase != code.PhaseRefuse {
		return refuseNetSettled(), nil
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
		return refuseAnnulment(), nil
	}
	if err := c.Note("partner_"+string(x.Phase), code.Text(x.Reason), nil); err != nil {
		return office.Outcome{}, err
	}
	if agreed {
		if err := beginVoid(c); err != nil {
			return office.Outcome{}, err
		}
	}
	return office.Accepted(), c.Save()
}

// refuseNetSettled refuses an annulment because of netSettled.
func refuseNetSettled() office.Outcome {
	return office.Refused(code.NotAllowedInState, "phase",
		"该办件所在月份的轧差已结算，不能作废；如需退回，请另行协商 / the net sum of its month is settled: it cannot be annulled")
}

// refuseAnnulment refuses a phase of an annulment that the case is not at.
func refuseAnnulment() office.Outcome {
	return office.Refused(code.NotAllowedInState, "phase", "当前不能作废，或没有待答复的提议 / no annulment is possible, or none is to be answered")
}

// AnnulVerdict is the partner's verdict on our part in an annulment. Only a
// refusal matters: a refused proposal is off; a refused agreement is a difference
// for officers, as our side is undoing already what the partner keeps.
func AnnulVerdict(c *office.Case, phase code.Phase, v code.Verdict, why code.Phrase) error {
	if v != code.Refused {
		return nil
	}
	if phase == code.PhaseProposeVoid && c.Wish == exchange.WishProposed {
		c.Wish = exchange.WishNone
	}
	if phase == code.PhaseAgree {
		if err := c.RecordDifference("reconciliation", c.Partner, c.No, code.Text(c.LetterNo), code.Say("stated", string(code.ReconcileVoid), ""), why); err != nil {
			return err
		}
	}
	return c.Note("void_refused", code.Say("void-refused", string(phase), why), nil)
}

// Voidable reports whether a case can be annulled: it is past acceptance, no
// payment's outcome is open, and nobody but the partner, who sends it back,
// has money of ours: what a person was paid cannot be asked back here.
func Voidable(c *office.Case) (bool, error) {
	if _, err := c.Next(exchange.VoidCompleted); err != nil {
		return false, nil
	}
	if c.Side == exchange.In {
		return true, nil // what came is sent back, what was posted is undone
	}
	parts, err := c.Parts()
	for _, r := range parts {
		if at := r.Track.Place(); at == exchange.PlaceBank || at == exchange.PlaceGone && r.To == exchange.ToPerson {
			return false, err
		}
	}
	return c.Effective() != exchange.Requested && c.Effective() != exchange.Declined, err
}

// netSettled reports whether money of the case is part of a net sum that is
// settled: a settled month stays as it is, since the net sum was paid outside and
// agreed to the fen. What a form's version added after the settlement is not
// settled yet, and is taken out of the month's next one.
func netSettled(c *office.Case) (bool, error) {
	forms, err := c.Forms() // by form and version
	if err != nil {
		return false, err
	}
	for i, f := range forms {
		if f.Money != exchange.MoneyNETTED {
			continue
		}
		added := f.Amount
		if i > 0 && forms[i-1].No == f.No && forms[i-1].Money == exchange.MoneyNETTED {
			added -= forms[i-1].Amount
		}
		out, in, settlements, err := netting.NetSums(c.Desk, c.Partner, f.IssuedOn.Month())
		if err != nil {
			return false, err
		}
		unsettled := out
		if c.Side == exchange.In {
			unsettled = in
		}
		if settlements > 0 && unsettled < added {
			return true, nil
		}
	}
	return false, nil
}

// beginVoid begins an agreed annulment: it voids payments that have not left, so
// that no money goes out while postings are undone, and asks the core to take
// every accepted posting back.
func beginVoid(c *office.Case) error {
	if err := freeUnsent(c); err != nil {
		return err
	}
	c.Wish = exchange.WishVoid
	return ContinueVoid(c)
}

// ContinueVoid asks for the reversal of what the core has done, once all money
// is back and the core has answered everything that it was asked; it ends the
// case when nothing is left to undo. It is called after each of these steps and
// does nothing while one is pending.
func ContinueVoid(c *office.Case) error {
	if out, err := moneyIsOut(c); err != nil || out {
		return err // the partner sends it back
	}
	postings, err := c.Postings()
	if err != nil {
		return err
	}
	for _, p := range postings {
		if p.State == exchange.PostingQueued {
			return nil // what comes of it may have to be undone too
		}
	}
	undo := exchange.Undoable(postings)
	for _, p := range undo {
		u := exchange.Posting{Row: exchange.PostUndo, Undoes: p.No, FormNo: p.FormNo, FormVersion: p.FormVersion}
		if err := requestPosting(c, u, nil, "双方同意作废"); err != nil {
			return err
		}
	}
	if len(undo) > 0 {
		return nil
	}
	return finishVoid(c)
}

// applyPostedInVoid books a posting that the core answers while the case is being
// annulled. The books have to say what the core did, but no form, payment or
// completion follows from it, only its reversal. A refused reversal holds the
// case; another refused posting has nothing to undo.
func applyPostedInVoid(c *office.Case, p exchange.Posting) error {
	var err error
	switch {
	case p.State == exchange.PostingRefused && p.Row == exchange.PostUndo:
		return RefusedByCore(c, p)
	case p.State == exchange.PostingRefused:
	case p.Row == exchange.PostUndo:
		err = applyUndo(c, p)
	case p.Row == exchange.PostDebit:
		err = c.Book(ledger.Liquidate(c.LedgerHead(p.No), p.Amount))
	case p.Row == exchange.PostCredit:
		err = applyCredit(c, p)
	case p.Row == exchange.PostMonths:
		err = applyMonths(c, p)
	}
	if err != nil {
		return err
	}
	return ContinueVoid(c)
}

// finishVoid ends the case as void: nothing is due any more, and what came by
// bank is unmatched until it is sent back. The new place sends the completions
// `void` and notifies the person; the old place sends nothing.
func finishVoid(c *office.Case) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	for i := range parts {
		if err := voidPart(c, &parts[i]); err != nil {
			return err
		}
	}
	if c.Side == exchange.In {
		if err := withdrawAnnounced(c); err != nil {
			return err
		}
	}
	if err := c.Retrack(); err != nil {
		return err
	}
	if err := c.Move(exchange.VoidCompleted, code.Say("both-annulled"), nil); err != nil {
		return err
	}
	if c.Side == exchange.Out {
		return nil
	}
	if err := sendVoidCompletions(c); err != nil {
		return err
	}
	return notice.Notify(c, code.MilestoneCancelled, notice.News{})
}

// voidPart ends a part of the remittance of an annulled case. Money that came is
// reported as a difference: only an officer's refund sends it back.
func voidPart(c *office.Case, r *exchange.Remittance) error {
	if r.Received > 0 {
		if err := c.RecordDifference("money", c.Partner, c.No, code.Text(c.LetterNo), code.Say("stated", string(code.ReconcileVoid), ""), code.Say("to-send-back", r.Received)); err != nil {
			return err
		}
	}
	switch r.Track {
	case exchange.MoneyReturned: // it is with us again, and the debit is undone; the track leads by due
		if err := c.SetMoney(r, exchange.MoneyDue, nil); err != nil {
			return err
		}
		return c.SetMoney(r, exchange.MoneyNotDue, nil)
	case exchange.MoneyDue, exchange.MoneyNone:
		return c.SetMoney(r, exchange.MoneyNotDue, nil)
	case exchange.MoneyMatched:
		return c.SetMoney(r, exchange.MoneyReceived, nil)
	}
	return nil
}

// sendVoidCompletions sends the old place a completion `void` for every form in
// force: nothing of it is credited here any more. One that was sent already is
// not sent again.
func sendVoidCompletions(c *office.Case) error {
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	for _, f := range forms {
		if !f.Current || f.LastCompletion == string(code.OutcomeVoid) {
			continue
		}
		before := f
		f.LastCompletion, f.Credited, f.MonthsCredited, f.MonthsOverlapping = string(code.OutcomeVoid), 0, 0, 0
		if err := c.Tx.UpdateForm(before, f); err != nil {
			return err
		}
		k := formats.Completion{LetterNo: f.LetterNo, FormNo: f.No, FormVersion: f.Version, Outcome: code.OutcomeVoid, CompletedOn: c.Date, Echo: f.Echo}
		if err := c.SendOrHold(c.Partner, c.No, &k); err != nil {
			return err
		}
	}
	return nil
}

// backToDue books liquidated money that did not leave (netted, not moved,
// returned) back to due, so that its debit can be reversed: a title must never be
// below zero. Each entry is over the balance found, 0 is not booked.
func backToDue(c *office.Case) error {
	balances, err := c.Balances()
	if err != nil {
		return err
	}
	head := c.LedgerHead(c.LetterNo)
	reverse := func(e ledger.Entry) ledger.Entry { return ledger.Reverse(e, int(c.Date), "annulled") }
	for _, e := range []ledger.Entry{
		reverse(ledger.Net(head, balances[ledger.OutNetting])),
		reverse(ledger.NotMove(head, balances[ledger.OutNotMoved])),
		ledger.OrderAgain(head, balances[ledger.OutReturned]), // no event leads from returned to due directly
		ledger.VoidOrder(head, balances[ledger.OutReturned]),
	} {
		if err := c.Book(e); err != nil {
			return err
		}
	}
	return nil
}

// withdrawAnnounced reverses what the forms of an annulled case announced; money
// that came is unmatched again. The match is reversed first: then the receivable
// is whole, and can be reversed in one entry.
func withdrawAnnounced(c *office.Case) error {
	balances, err := c.Balances()
	if err != nil {
		return err
	}
	head, matched := c.LedgerHead(c.LetterNo), balances[ledger.InFulfilled]
	announced, err := balances[ledger.InReceivable].Add(matched)
	if err != nil {
		return err
	}
	for _, e := range []ledger.Entry{
		ledger.Match(head, "", matched, matched),
		ledger.Announce(head, announced),
		ledger.AnnounceNetted(head, balances[ledger.InNetting]),
		ledger.AnnounceNotMoved(head, balances[ledger.InNotMoved]),
		ledger.AnnouncePaidToPerson(head, balances[ledger.InPaidToPerson]),
	} {
		if err := c.Book(ledger.Reverse(e, int(c.Date), "annulled")); err != nil {
			return err
		}
	}
	return nil
}
