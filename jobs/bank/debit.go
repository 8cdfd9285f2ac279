package bank

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// bookDebit settles the payment that a debit names. A debit of another amount, a
// second one, or one that names no payment moves nothing and stays unmatched, as
// a difference: the ledger books only what we ordered.
func bookDebit(d *office.Desk, e exchange.BankEntry) error {
	w, err := wholeFileOf(d, e)
	if err != nil {
		return err
	}
	if w.fits {
		return w.book(d, e)
	}
	p, err := d.Tx.Payment(e.EndToEnd)
	if office.IsNotFound(err) {
		named, err := namedPayment(d, e, func(p exchange.Payment) bool { return p.BankRef == "" })
		if err != nil {
			return err
		}
		if named == nil {
			if payment.OfOurForm(d.Agency.Code, e.EndToEnd) { // until it is known again (payment.Adopt)
				if err := d.Tx.KeepMatchKeys(e.Key, []string{transfer.ReferenceKey(e.EndToEnd)}); err != nil {
					return err
				}
			}
			return transfer.FlagUnmatched(d, e, "", code.Phrase{}, code.Say("debit", e.Amount))
		}
		p = *named
	} else if err != nil {
		return err
	}
	switch {
	case p.Amount != e.Amount:
		return transfer.FlagUnmatched(d, e, p.Partner, code.Say("payment-of", p.Ref, p.Amount), code.Say("debit", e.Amount))
	case p.BankRef != "":
		return transfer.FlagUnmatched(d, e, p.Partner, code.Say("debited-before", p.Ref, p.BankRef), code.Say("debit", e.Amount))
	}
	if err := Settle(d, p, e.Key); err != nil {
		return err
	}
	return transfer.MarkMatched(d, e, "", 0)
}

// Settle notes the debit of a payment, bankRef, and moves its track to settled. One that
// has been returned already stays returned. The bank may state the two in either order:
// a return that waits for the debit is due for retry.
func Settle(d *office.Desk, p exchange.Payment, bankRef string) error {
	if err := d.Tx.RequeueMatching(transfer.ReferenceKey(p.Ref)); err != nil {
		return err
	}
	noted := p
	noted.BankRef = bankRef
	switch {
	case p.Track == exchange.MoneyReturned && p.ReturnRef != "":
		return d.Tx.UpdatePayment(p, noted)
	case p.Track == exchange.MoneyReturned:
		return settleRefused(d, p, noted)
	}
	return transfer.SetPayment(d, p, exchange.MoneySettled, func(p *exchange.Payment) { p.BankRef = bankRef })
}

// settleRefused takes the debit of a payment that the bank's report had refused.
// Money moved, so the debit counts; that the bank contradicts itself is named
// until the money comes back. A part that was ordered again since would be paid
// twice: its case is held, and nothing is paid again before the money is back.
func settleRefused(d *office.Desk, p, noted exchange.Payment) error {
	for _, item := range p.Items {
		c, r, err := d.PartOf(item.CaseNo, item.Part)
		if err != nil {
			return err
		}
		if r.Ref == p.Ref && r.Track == exchange.MoneyReturned {
			continue // not ordered again: SetPayment settles it with the payment
		}
		if err := c.PutOnHold(code.HoldAmountDiffers, code.Say("refused-but-debited", p.Ref)); err != nil {
			return err
		}
		if err := c.Save(); err != nil {
			return err
		}
	}
	if err := transfer.SetPayment(d, p, exchange.MoneySettled, func(p *exchange.Payment) { p.BankRef = noted.BankRef }); err != nil {
		return err
	}
	return d.RecordDifference("money", p.Partner, "", code.Text(p.Ref), code.Say("bank-refused", p.Reason), code.Say("debited-all-the-same", noted.BankRef))
}
