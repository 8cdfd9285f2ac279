package bank

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// bookDebit settles the payment that a debit names. A debit of another amount, a
// second one, or one that names no payment moves nothing and stays unmatched, as
// a difference: the ledger books only what we ordered.
func bookDebit(d *office.Desk, e exchange.BankEntry) error {
	if e.EndToEnd == "" && e.Order != "" {
		done, err := bookWholeFile(d, e)
		if done || err != nil {
			return err
		}
	}
	p, err := d.Tx.Payment(e.EndToEnd)
	if office.IsNotFound(err) {
		named, err := namedPayment(d, e, func(p exchange.Payment) bool { return p.BankRef == "" })
		if err != nil {
			return err
		}
		if named == nil {
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

// bookWholeFile settles, or records as returned, what is in a payment file that
// the bank booked as one sum: all of it, or all of it but what the bank had
// refused. done is false when the entry names no file of ours, or another sum.
// The file is walked twice, so that nothing of it is held in memory.
func bookWholeFile(d *office.Desk, e exchange.BankEntry) (done bool, err error) {
	sent, err := orderFile(d, e.Order)
	if err != nil {
		return false, office.IgnoreNotFound(err)
	}
	var all, accepted money.Fen // sums: of the file, and without what the bank refused
	count := d.Counting("payments added up", sent.Records)
	err = d.Tx.EachPaymentOf(sent.ID, func(p exchange.Payment) (err error) {
		count()
		if !concerns(p, e) {
			return nil
		}
		if err = all.Increase(p.Amount); err == nil && !refusedByBank(p) {
			err = accepted.Increase(p.Amount)
		}
		return err
	})
	withRefused := e.Amount != accepted
	if err != nil || e.Amount == 0 || withRefused && e.Amount != all {
		return false, err
	}
	err = d.WorkPaymentsOf(sent.ID, office.Beside{Forms: true}, func(p exchange.Payment) error {
		switch {
		case !concerns(p, e) || refusedByBank(p) && !withRefused:
			return nil
		case e.Credit:
			return RecordReturn(d, p, e, code.Text(ReturnReason(e.ReturnCode)))
		}
		return Settle(d, p, e.Key)
	})
	if err != nil {
		return false, err
	}
	if e.Credit {
		return true, d.SetEntryState(e, exchange.EntryReturned, "", 0)
	}
	return true, transfer.MarkMatched(d, e, "", 0)
}

// concerns reports whether an entry over a whole payment file can be about a
// payment in it: a debit about what was not debited, a credit about what was.
func concerns(p exchange.Payment, e exchange.BankEntry) bool {
	if e.Credit {
		return p.Track == exchange.MoneySettled
	}
	return p.BankRef == ""
}

// refusedByBank reports whether the bank said that it would not make a payment:
// it is returned though nothing came back.
func refusedByBank(p exchange.Payment) bool {
	return p.Track == exchange.MoneyReturned && p.ReturnRef == ""
}
