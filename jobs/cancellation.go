package jobs

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

// cancellation works the phases of SPEC 2.11: cancel before the old place has
// accepted; afterwards an annulment that one proposes and the other agrees to.
func (d *desk) cancellation(x *formats.Cancellation) (outcome, error) {
	c, err := d.cancelled(x)
	if notFound(err) {
		return d.unknown(code.UnknownLetter, "letter_no")
	}
	if err != nil {
		return outcome{}, err
	}
	fromPortal := d.file.Party == d.Agency.Portal()
	if !fromPortal && c.Partner != d.file.Party {
		return refused(code.WrongAgency, "letter_no", "该联系函不属于贵机构 / not your letter"), nil
	}
	switch {
	case fromPortal && x.Phase == code.PhaseCancel:
		return d.cancelOurs(c, x)
	case fromPortal:
		return d.annul(c, x)
	case x.Phase == code.PhaseCancel:
		return d.cancelTheirs(c, x)
	}
	return d.annulTheirs(c, x)
}

// cancelled finds the case that a cancellation is about.
func (d *desk) cancelled(x *formats.Cancellation) (*casework, error) {
	if x.LetterNo == "" {
		found, err := d.tx.CaseByApplication(x.ApplicationNo)
		if err != nil {
			return nil, err
		}
		return d.open(found), nil
	}
	c, err := d.caseOf(exchange.Out, x.LetterNo)
	if notFound(err) {
		c, err = d.caseOf(exchange.In, x.LetterNo)
	}
	return c, err
}

// cancelOurs is the person's wish at the new place: at once before the letter
// is out, otherwise when the old place agrees.
func (d *desk) cancelOurs(c *casework, x *formats.Cancellation) (outcome, error) {
	if c.Side != exchange.In {
		return refused(code.NotAllowedInState, "letter_no", "只有转入地可以撤销 / only the new place cancels"), nil
	}
	switch c.Effective() {
	case exchange.Applied, exchange.Returned, exchange.Accepted, exchange.Declined:
		if err := c.cancelNow(x.Reason); err != nil {
			return outcome{}, err
		}
		return accepted(), c.save()
	case exchange.Requested:
	default:
		return refused(code.NotAllowedInState, "", "对方已答复，不能撤销，可协商作废 / too late to cancel; propose an annulment"), nil
	}
	if c.Wish != exchange.WishNone {
		return refused(code.NotAllowedInState, "", "已提出撤销 / already asked"), nil
	}
	c.Wish = exchange.WishCancel
	out := formats.Cancellation{LetterNo: c.LetterNo, Phase: code.PhaseCancel, Reason: x.Reason, CancelledOn: d.Date, Echo: c.No}
	if err := d.send(c.Partner, c.No, &out); err != nil {
		return outcome{}, err
	}
	if err := c.note("cancellation_asked", x.Reason, nil); err != nil {
		return outcome{}, err
	}
	return accepted(), c.save()
}

func (c *casework) cancelNow(reason string) error {
	if err := c.move(exchange.CancelAgreed, reason, nil); err != nil {
		return err
	}
	if c.Side == exchange.In {
		return c.notify(code.MilestoneCancelled, "", 0)
	}
	return nil
}

// cancelTheirs is the new place's cancellation at the old place.
func (d *desk) cancelTheirs(c *casework, x *formats.Cancellation) (outcome, error) {
	if c.Side != exchange.Out {
		return refused(code.NotAllowedInState, "letter_no", "只有转入地可以撤销 / only the new place cancels"), nil
	}
	switch c.Effective() {
	case exchange.Requested, exchange.Declined:
		if c.MoneyTrack != exchange.MoneyNotDue {
			break
		}
		if err := c.cancelNow(x.Reason); err != nil {
			return outcome{}, err
		}
		return accepted(), c.save()
	}
	return refused(code.NotAllowedInState, "", "已受理转出，不能撤销 / accepted already"), nil
}

// cancelVerdict is the old place's answer to our cancellation.
func (c *casework) cancelVerdict(v code.Verdict, text string) error {
	if c.Wish != exchange.WishCancel {
		return nil
	}
	c.Wish = exchange.WishNone
	if v == code.Accepted && c.Effective() == exchange.Requested {
		return c.cancelNow("对方同意撤销")
	}
	if err := c.note("cancellation_refused", text, nil); err != nil {
		return err
	}
	return c.notify(code.MilestoneDelayed, "原参保地已受理转出，无法撤销，转移将继续办理。", 0)
}

// annul is our own side's part in an annulment: to propose one, or to answer
// the partner's proposal.
func (d *desk) annul(c *casework, x *formats.Cancellation) (outcome, error) {
	agreeing := x.Phase == code.PhaseAgree
	switch {
	case x.Phase == code.PhaseProposeVoid && c.Wish != exchange.WishNone,
		x.Phase != code.PhaseProposeVoid && c.Wish != exchange.WishProposed,
		!voidable(c.Case):
		return refused(code.NotAllowedInState, "phase", ""), nil
	}
	switch x.Phase {
	case code.PhaseProposeVoid:
		c.Wish = exchange.WishProposed
	case code.PhaseRefuse:
		c.Wish = exchange.WishNone
	}
	out := formats.Cancellation{LetterNo: c.LetterNo, Phase: x.Phase, Reason: x.Reason, CancelledOn: d.Date, Echo: c.No}
	if err := d.send(c.Partner, c.No, &out); err != nil {
		return outcome{}, err
	}
	if err := c.note("void_"+string(x.Phase), x.Reason, nil); err != nil {
		return outcome{}, err
	}
	if agreeing {
		if err := c.beginVoid(); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.save()
}

// annulTheirs is the partner's part in an annulment.
func (d *desk) annulTheirs(c *casework, x *formats.Cancellation) (outcome, error) {
	switch {
	case x.Phase == code.PhaseProposeVoid && c.Wish == exchange.WishNone && voidable(c.Case):
		c.Wish = exchange.WishProposed // an officer answers
	case x.Phase == code.PhaseRefuse && c.Wish == exchange.WishProposed:
		c.Wish = exchange.WishNone
	case x.Phase == code.PhaseAgree && c.Wish == exchange.WishProposed:
	default:
		return refused(code.NotAllowedInState, "phase", ""), nil
	}
	if err := c.note("partner_"+string(x.Phase), x.Reason, nil); err != nil {
		return outcome{}, err
	}
	if x.Phase == code.PhaseAgree {
		if err := c.beginVoid(); err != nil {
			return outcome{}, err
		}
	}
	return accepted(), c.save()
}

// voidable reports whether a case can be annulled: it is past acceptance, and
// no money is out of its hands.
func voidable(c exchange.Case) bool {
	if _, err := c.Next(exchange.VoidCompleted); err != nil {
		return false
	}
	switch c.MoneyTrack {
	case exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneySettled:
		return false
	}
	return true
}

// beginVoid asks the core to take every accepted posting back.
func (c *casework) beginVoid() error {
	c.Wish = exchange.WishVoid
	if _, err := c.freePayments(); err != nil {
		return err
	}
	postings, err := c.tx.PostingsByCase(c.No)
	if err != nil {
		return err
	}
	for _, p := range exchange.Undoable(postings) {
		u := exchange.Posting{Row: exchange.PostUndo, Undoes: p.No, FormNo: p.FormNo, FormVersion: p.FormVersion}
		if err := c.ask(u, nil, "双方同意作废"); err != nil {
			return err
		}
	}
	return c.finishVoid()
}

// finishVoid ends the case once nothing is left to undo.
func (c *casework) finishVoid() error {
	postings, err := c.tx.PostingsByCase(c.No)
	if err != nil {
		return err
	}
	for _, p := range postings {
		if p.State == exchange.PostingQueued || (p.State == exchange.PostingDone && p.Row != exchange.PostUndo) {
			return nil
		}
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return err
	}
	for i := range parts {
		if r := &parts[i]; r.Track == exchange.MoneyDue || r.Track == exchange.MoneyNone {
			if err := c.setMoney(r, exchange.MoneyNotDue, nil); err != nil {
				return err
			}
		}
	}
	if err := c.retrack(); err != nil {
		return err
	}
	if err := c.move(exchange.VoidCompleted, "双方同意作废", nil); err != nil {
		return err
	}
	if c.Side == exchange.In {
		return c.notify(code.MilestoneCancelled, "", 0)
	}
	return nil
}
