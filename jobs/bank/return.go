package bank

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// bookReturn takes the credit by which a payment of ours came back: its parts
// become payable again once the partner has confirmed or changed the account. A
// second return, or one of another amount, stays unmatched, as a difference.
func bookReturn(d *office.Desk, e exchange.BankEntry, p exchange.Payment) error {
	switch {
	case p.ReturnRef != "":
		return transfer.FlagUnmatched(d, e, p.Partner, code.Say("returned-before", p.Ref), code.Say("credit", e.Amount))
	case p.Amount != e.Amount:
		return transfer.FlagUnmatched(d, e, p.Partner, code.Say("payment-of", p.Ref, p.Amount), code.Say("returned-amount", e.Amount))
	}
	reason := code.Text(e.ReturnCode)
	if e.Reversal {
		reason = code.Say("bank-corrected") // the bank corrected its own debit, no payee refused it
	}
	if err := RecordReturn(d, p, e, reason); err != nil {
		return err
	}
	return d.SetEntryState(e, exchange.EntryReturned, "", 0)
}

// RecordReturn notes the credit of a payment and reopens its money track. One that
// the bank had refused before, and debited all the same, is whole again: its
// contradiction is closed. One that counts as returned already only gets the
// entry's reference: it was reopened by the bank's refusal.
func RecordReturn(d *office.Desk, p exchange.Payment, e exchange.BankEntry, reason code.Phrase) error {
	noted := p
	noted.ReturnRef = e.Key
	if err := d.Tx.CloseDifferencesAbout("money", code.Text(p.Ref)); err != nil {
		return err
	}
	if p.Track == exchange.MoneyReturned {
		return d.Tx.UpdatePayment(p, noted)
	}
	p.ReturnRef = noted.ReturnRef
	return transfer.PaymentFailed(d, p, reason, nil)
}
