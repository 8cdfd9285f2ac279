package jobs

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
)

// refundToUs recognises a credit by which the new place sends money of ours
// back: by the EndToEndId of a refund, or by the number of a letter that asked
// us. It reopens the part it pays back; one that fits no part is left
// unmatched and named.
func (d *desk) refundToUs(e exchange.BankEntry) (bool, error) {
	letterNo, part, named := exchange.SplitRefund(e.EndToEnd)
	if !named {
		letterNo, _ = iso20022.ParseRemittance(e.Text)
	}
	if letterNo == "" {
		return false, nil
	}
	c, err := d.caseOf(exchange.Out, letterNo)
	if err != nil {
		return false, missing(err)
	}
	parts, err := d.tx.RemittancesByCase(c.No)
	if err != nil {
		return false, err
	}
	for _, r := range parts {
		if r.Track == exchange.MoneySettled && r.Amount == e.Amount && r.To == exchange.ToPartner && (!named || r.Part == part) {
			return true, c.refunded(e, r)
		}
	}
	return true, d.odd(e, c.Partner, "letter "+letterNo+": nothing settled of this amount", "refund of "+e.Amount.String())
}

// refunded takes a part back that the new place has paid back: it is as a
// returned payment, but paid again only by an officer's decision.
func (c *casework) refunded(e exchange.BankEntry, r exchange.Remittance) error {
	p, err := c.tx.Payment(r.Ref)
	if err != nil {
		return err
	}
	why, err := c.refundReason(e)
	if err != nil {
		return err
	}
	if _, err := c.unconfirm(r); err != nil {
		return err
	}
	if err := c.setMoney(&r, exchange.MoneyReturned, func(r *exchange.Remittance) { r.Reason = why }); err != nil {
		return err
	}
	if !p.Lump { // of a lump sum the others stay paid
		back := p
		back.Track, back.Reason = exchange.MoneyReturned, why
		if err := c.tx.UpdatePayment(p, back); err != nil {
			return err
		}
	}
	if err := c.book(ledger.Return(c.head(r.Ref), r.Amount)); err != nil {
		return err
	}
	if err := c.note("refund_received", why, map[string]any{"part": r.Part, "amount": e.Amount.String(), "entry": e.Key}); err != nil {
		return err
	}
	if err := c.retrack(); err != nil {
		return err
	}
	if err := c.afterTheirRefund(why); err != nil {
		return err
	}
	if err := c.save(); err != nil {
		return err
	}
	return c.tied(e, exchange.EntryReturned, c.No, r.Part)
}

// afterTheirRefund goes on with an annulment that waited for the money, or
// leaves it to an officer what becomes of it.
func (c *casework) afterTheirRefund(why string) error {
	if c.Wish == exchange.WishVoid {
		return c.continueVoid()
	}
	if _, err := c.Next(exchange.Hold); err != nil && c.State != exchange.Held {
		return nil // annulled: finance has the turn
	}
	return c.hold(code.HoldOfficersDecision, "对方退回已付款项："+why)
}

// refundReason is what the partner's advice says of its refund.
func (c *casework) refundReason(e exchange.BankEntry) (string, error) {
	advices, err := c.tx.AdvicesByLetter(c.LetterNo)
	for _, a := range advices {
		if a.Purpose == string(code.PurposeRefund) && a.Amount == e.Amount && (e.EndToEnd == "" || a.Ref == e.EndToEnd) {
			return plain("对方退款 "+a.Reason, 200), err
		}
	}
	return "对方退款", err
}

// unconfirm takes back what completions said of a part that is paid back:
// what they say more than the other parts of its form come to.
func (c *casework) unconfirm(r exchange.Remittance) (taken money.Fen, err error) {
	forms, err := c.versionsOf(r.FormNo)
	if err != nil {
		return 0, err
	}
	parts, err := c.tx.RemittancesByCase(c.No)
	if err != nil {
		return 0, err
	}
	taken = exchange.ConfirmedBy(forms)
	for _, other := range parts {
		if other.FormNo == r.FormNo && other.Part != r.Part && other.Track == exchange.MoneySettled && other.To == exchange.ToPartner {
			taken -= other.Amount
		}
	}
	if taken = min(taken, r.Amount); taken <= 0 {
		return 0, nil
	}
	if err := c.sentBack(forms, taken); err != nil {
		return 0, err
	}
	return taken, c.book(ledger.Reverse(ledger.Confirm(c.head(r.Ref), taken, taken), int(c.Date), "came back"))
}

// reconfirm gives a part that is paid again what completions said of it before
// it came back: they were never withdrawn, and are not sent a second time.
func (c *casework) reconfirm(r exchange.Remittance) error {
	forms, err := c.versionsOf(r.FormNo)
	if err != nil || r.To != exchange.ToPartner {
		return err
	}
	before, back := exchange.ConfirmedBy(forms), money.Fen(0)
	for _, f := range forms {
		back = max(back, f.SentBack)
	}
	if err := c.sentBack(forms, -min(back, r.Amount)); err != nil {
		return err
	}
	return c.confirm(r.FormNo, before)
}

// sentBack notes on the versions of a form what of their credit has come back,
// or below zero what is paid again.
func (c *casework) sentBack(forms []exchange.Form, amount money.Fen) error {
	for _, f := range forms {
		after := f
		after.SentBack = max(0, min(f.Credited, f.SentBack+amount))
		if after.SentBack == f.SentBack {
			continue
		}
		if err := c.tx.UpdateForm(f, after); err != nil {
			return err
		}
	}
	return nil
}

// moneyIsOut reports whether money of the case is at the bank or with the
// partner: an annulment waits until it is back.
func (c *casework) moneyIsOut() (bool, error) {
	parts, err := c.tx.RemittancesByCase(c.No)
	for _, r := range parts {
		switch r.Track {
		case exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneySettled:
			return c.Side == exchange.Out, err
		}
	}
	return false, err
}
