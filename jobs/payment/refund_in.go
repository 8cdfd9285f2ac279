package payment

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// RefundToUs recognises a credit by which the new place sends money of ours
// back: by the EndToEndId of a refund, or by the number of a letter that asked
// us. It reopens the part it pays back; one that fits no part is left unmatched,
// with a difference for somebody to look at. False, and nothing written, when the
// credit names neither: it is for the matching to place.
func RefundToUs(d *office.Desk, e exchange.BankEntry) (bool, error) {
	letterNo, part, named := exchange.SplitRefund(e.EndToEnd)
	if !named {
		letterNo, _ = iso20022.ParseRemittance(e.Text)
	}
	if letterNo == "" {
		return false, nil
	}
	c, err := d.CaseByLetter(exchange.Out, letterNo)
	if err != nil {
		return false, office.IgnoreNotFound(err)
	}
	parts, err := c.Parts()
	if err != nil {
		return false, err
	}
	// Only a whole part is taken back: a fraction could not be paid again as one.
	for _, r := range parts {
		if r.Track == exchange.MoneySettled && r.Amount == e.Amount && r.To == exchange.ToPartner && (!named || r.Part == part) {
			return true, takeBackPart(c, e, r)
		}
	}
	return true, transfer.FlagUnmatched(d, e, c.Partner, code.Say("nothing-settled", letterNo), code.Say("refund-of", e.Amount))
}

// takeBackPart takes a part back that the new place has refunded: it is like a
// returned payment, but the partner meant to send it back, so that no account is
// asked for and only an officer's decision pays it again. What completions said
// of the part is withdrawn first, while it still counts as settled.
func takeBackPart(c *office.Case, e exchange.BankEntry, r exchange.Remittance) error {
	p, err := c.Tx.Payment(r.Ref)
	if err != nil {
		return err
	}
	why, err := refundReason(c, e)
	if err != nil {
		return err
	}
	if _, err := transfer.Unconfirm(c, r); err != nil {
		return err
	}
	if err := c.SetMoney(&r, exchange.MoneyReturned, func(r *exchange.Remittance) { r.Reason = why }); err != nil {
		return err
	}
	if !p.Lump { // of a lump sum the others stay paid
		back := p
		back.Track, back.Reason, back.ReturnRef = exchange.MoneyReturned, why, e.Key // another credit is no return of it
		if err := c.Tx.UpdatePayment(p, back); err != nil {
			return err
		}
	}
	if err := c.Book(ledger.Return(c.LedgerHead(r.Ref), r.Amount)); err != nil {
		return err
	}
	if err := c.Note("refund_received", why, map[string]any{"part": r.Part, "amount": e.Amount.String(), "entry": e.Key}); err != nil {
		return err
	}
	if err := c.Retrack(); err != nil {
		return err
	}
	if err := afterRefundToUs(c, why); err != nil {
		return err
	}
	if err := c.Save(); err != nil {
		return err
	}
	return c.SetEntryState(e, exchange.EntryReturned, c.No, r.Part)
}

// afterRefundToUs continues an annulment that waited for the money, or holds the case.
func afterRefundToUs(c *office.Case, why code.Phrase) error {
	if c.Wish == exchange.WishVoid {
		return transfer.ContinueVoid(c)
	}
	if _, err := c.Next(exchange.Hold); err != nil && c.State != exchange.Held {
		return nil // a state that cannot be held, as void: finance has the turn
	}
	return c.PutOnHold(code.HoldOfficersDecision, code.Say("partner-refunded", why))
}

// refundReason is what the partner's advice says of its refund, on one line of
// at most 200 characters; a plain 对方退款 when no advice came (before it).
func refundReason(c *office.Case, e exchange.BankEntry) (code.Phrase, error) {
	advices, err := c.Tx.AdvicesByLetter(c.LetterNo)
	for _, a := range advices {
		if a.Purpose == string(code.PurposeRefund) && a.Amount == e.Amount && (e.EndToEnd == "" || a.Ref == e.EndToEnd) {
			return code.Say("refunded-by-partner", office.OneLine(a.Reason, 200)), err
		}
	}
	return code.Say("refunded-by-partner", ""), err
}
