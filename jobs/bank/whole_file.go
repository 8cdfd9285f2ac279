package bank

import (
	"cmp"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// wholeFile is a payment file of ours that the bank booked as one sum, or took back as
// one, and how the sum of an entry agrees with what is in it.
type wholeFile struct {
	exchange.File           // no ID: the entry names none
	fits          bool      // all of it, or all of it but what the bank had refused
	withRefused   bool      // it fits with what the bank had refused
	sum           money.Fen // of what the entry can be about
	waitsFor      string    // of a reversal: the first payment that was not debited yet
}

// wholeFileOf finds the file that an entry is about, a debit or the reversal of one. The
// file is walked, and again when it is booked, so that nothing of it is held in memory.
func wholeFileOf(d *office.Desk, e exchange.BankEntry) (w wholeFile, err error) {
	if e.EndToEnd != "" || e.Order == "" || e.Credit && !e.Reversal {
		return w, nil
	}
	if w.File, err = orderFile(d, e.Order); err != nil {
		return wholeFile{}, office.IgnoreNotFound(err)
	}
	var accepted money.Fen // without what the bank refused
	count := d.Counting("payments added up", w.Records)
	err = d.Tx.EachPaymentOf(w.ID, func(p exchange.Payment) (err error) {
		count()
		if e.Credit && p.BankRef == "" && !refusedByBank(p) {
			w.waitsFor = cmp.Or(w.waitsFor, p.Ref)
		}
		if !concerns(p, e) {
			return nil
		}
		if err = w.sum.Increase(p.Amount); err == nil && !refusedByBank(p) {
			err = accepted.Increase(p.Amount)
		}
		return err
	})
	w.withRefused = e.Amount != accepted
	w.fits = e.Amount != 0 && (!w.withRefused || e.Amount == w.sum)
	return w, err
}

// book settles, or records as returned, what is in the file.
func (w wholeFile) book(d *office.Desk, e exchange.BankEntry) error {
	err := d.WorkPaymentsOf(w.ID, office.Beside{Forms: true}, func(p exchange.Payment) error {
		switch {
		case !concerns(p, e) || refusedByBank(p) && !w.withRefused:
			return nil
		case e.Credit:
			return RecordReturn(d, p, e, code.Text(ReturnReason(e.ReturnCode)))
		}
		return Settle(d, p, e.Key)
	})
	if err != nil {
		return err
	}
	if e.Credit {
		return d.SetEntryState(e, exchange.EntryReturned, "", 0)
	}
	return transfer.MarkMatched(d, e, "", 0)
}

// keep keeps a reversal that does not fit unmatched, as a difference: until a payment that
// was not debited yet is, which makes it due for retry, or an officer finds out about it.
func (w wholeFile) keep(d *office.Desk, e exchange.BankEntry) error {
	if err := d.Tx.DropMatchKeys(e.Key); err != nil {
		return err
	}
	ours := code.Say("payment-of", w.Name, w.sum)
	if w.waitsFor != "" {
		ours = code.Say("no-debit-yet", w.Name)
		if err := d.Tx.KeepMatchKeys(e.Key, []string{transfer.ReferenceKey(w.waitsFor)}); err != nil {
			return err
		}
	}
	return d.RecordDifference("money", "", "", code.Text(e.Key), ours, code.Say("returned-amount", e.Amount))
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
