package bank

import (
	"errors"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// entryOf makes a bank entry of an entry of a message. Which entry it is, and so its key,
// identify finds out.
func entryOf(account string, n iso20022.Entry) exchange.BankEntry {
	b := exchange.BankEntry{
		Account: account, Ref: exchange.UsableRef(n.Ref), Credit: n.Credit, Amount: n.Amount, Total: n.Total, BookedOn: n.Booked, EndToEnd: n.EndToEndID,
		Counterpart: n.Counterparty.Name, CounterAcct: n.Counterparty.Number, Text: n.Text, Also: n.Also, Refs: n.Refs, Reversal: n.Reversal, Charge: n.Charge, Parts: max(n.Parts, 1),
	}
	if n.Returned {
		b.ReturnCode = ReturnReason(n.ReturnCode + " " + n.ReturnReason)
	}
	// Without an EndToEndId it may be about a whole payment file, which the bank
	// booked as one sum.
	if n.EndToEndID == "" && n.MsgID+n.PmtInfID != "" {
		b.Order = n.MsgID
		if b.Order == "" {
			b.Order = n.PmtInfID
		}
	}
	return b
}

// ReturnReason is why money came back; never empty, since an entry without a
// ReturnCode is no return.
func ReturnReason(s string) string {
	if s = strings.TrimSpace(s); s != "" {
		return s
	}
	return "退汇"
}

// takeEntry takes what a message or sheet tells: a new entry is booked, one that is known
// is told again and changes nothing, and one that may be either is kept in doubt until
// the day's statement or an officer ends it (SPEC 4).
func takeEntry(d *office.Desk, e exchange.BankEntry, t *tellings) error {
	of, err := identify(d, e, t)
	if err != nil || of.unequal {
		return err
	}
	if of.known != nil {
		t.meet(e, of.known.Key)
		return toldAgain(d, *of.known, e, of)
	}
	e.Key, e.SeenOn, e.State = e.KeyOf(of.next), d.Date, stateOf(e)
	if of.taken {
		e.EndToEnd = "" // the message tells that one and another, which it took for that one
	}
	t.meet(e, e.Key)
	if of.doubt == "" {
		return insertEntry(d, e)
	}
	d.Log.Warn("bank entry in doubt", "entry", e.Key, "repeats", of.doubt)
	e.State, e.Repeats = exchange.EntryDoubtful, of.doubt
	return d.Tx.InsertBankEntry(e)
}

// stateOf is the state in which an entry begins: what the bank books for itself (charges,
// interest) concerns no case. The day's proof needs it, the ledger of the balances does not.
func stateOf(e exchange.BankEntry) string {
	if e.Charge {
		return exchange.EntryOwn
	}
	return exchange.EntryUnmatched
}

func insertEntry(d *office.Desk, e exchange.BankEntry) error {
	if err := d.Tx.InsertBankEntry(e); err != nil {
		return err
	}
	return tryEntry(d, e)
}

// toldAgain takes what a message says of an entry that is known. A message that tells as
// many entries as there are with a doubtful one ends its doubt. What was not said before
// is added, and an unmatched credit matched by it.
func toldAgain(d *office.Desk, known, e exchange.BankEntry, of identified) error {
	after := known
	for _, f := range []struct {
		to  *string
		say string
	}{{&after.EndToEnd, e.EndToEnd}, {&after.Text, e.Text}, {&after.Also, e.Also}, {&after.Refs, e.Refs}, {&after.Counterpart, e.Counterpart}, {&after.CounterAcct, e.CounterAcct}, {&after.ReturnCode, e.ReturnCode}} {
		if *f.to == "" && of.alone && !of.taken {
			*f.to = f.say
		}
	}
	changed := after != known
	if changed {
		if err := d.Tx.UpdateBankEntry(known, after); err != nil {
			return err
		}
	}
	switch {
	case known.State == exchange.EntryDoubtful && of.sure:
		return EndDoubt(d, after)
	case changed && known.State == exchange.EntryUnmatched && known.Credit:
		return retryEntry(d, after)
	}
	return nil
}

// EndDoubt books a doubtful entry: it is another one than the one that it may repeat.
func EndDoubt(d *office.Desk, e exchange.BankEntry) error {
	after := e
	after.State, after.Repeats = stateOf(e), ""
	if err := d.Tx.UpdateBankEntry(e, after); err != nil {
		return err
	}
	return tryEntry(d, after)
}

// Repetition keeps a doubtful entry from ever being booked: it tells another one again.
func Repetition(d *office.Desk, e exchange.BankEntry, of string) error {
	after := e
	after.State, after.Repeats = exchange.EntryRepeat, of
	return d.Tx.UpdateBankEntry(e, after)
}

// tryEntry books an entry that is stored; one that is not allowed in its case's state
// stays unmatched, as a difference that somebody has to look at, and stops no other.
func tryEntry(d *office.Desk, b exchange.BankEntry) error {
	err := d.InSavepoint(func() error { return bookEntry(d, b) })
	if !isNotAllowed(err) {
		return err
	}
	d.Log.Error("bank entry not booked", "entry", b.Key, "err", err)
	return transfer.FlagUnmatched(d, b, "", code.Say("not-booked"), code.Say("does-not-fit", office.Clip(err.Error(), 200)))
}

// isNotAllowed reports whether the domain refuses what an entry would do to the
// case that it is for. Any other error is a fault of ours, and stops the file.
func isNotAllowed(err error) bool {
	return errors.Is(err, exchange.ErrNotAllowed) || errors.Is(err, exchange.ErrInvariant)
}

// bookEntry books one entry of our account, which is stored.
func bookEntry(d *office.Desk, e exchange.BankEntry) error {
	reason, err := otherByRule(d, e)
	switch {
	case e.State == exchange.EntryOwn || err != nil:
		return err
	case reason != "":
		return markOther(d, e, reason)
	case !e.Credit && e.Reversal:
		return reverseCredit(d, e)
	case !e.Credit:
		return bookDebit(d, e)
	}
	return bookCredit(d, e)
}

// bookCredit books money that came in: a payment of ours that came back, a
// refund, money for a case, or an unmatched credit. Returns are looked for
// first: their texts repeat our letter numbers, by which they would be matched as
// a remittance to us.
func bookCredit(d *office.Desk, e exchange.BankEntry) error {
	w, err := wholeFileOf(d, e)
	switch {
	case err != nil:
		return err
	case w.fits:
		return w.book(d, e)
	}
	if done, err := reversedBefore(d, e); done || err != nil {
		return err
	}
	p, err := ourPayment(d, e)
	switch {
	case err != nil:
		return err
	case p != nil:
		return bookReturn(d, e, *p)
	case w.ID != 0:
		if err := transfer.ReceiveUnmatched(d, e); err != nil {
			return err
		}
		return w.keep(d, e)
	}
	if done, err := payment.RefundToUs(d, e); done || err != nil {
		return err
	}
	// From here on it is in the ledger as unmatched; a match moves it to its case.
	if err := transfer.ReceiveUnmatched(d, e); err != nil {
		return err
	}
	if tellsReturn(d.Office, e) {
		return nil // money of ours that came back for an unknown payment: never a remittance to us
	}
	_, err = matchOrKeep(d, e)
	return err
}
