package bank

import (
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// bankEntryOf names an entry as SPEC 4 does: (account, AcctSvcrRef), else
// (account, booking date, sign, amount, EndToEndId, ordinal).
func bankEntryOf(account string, n iso20022.Entry, ordinals map[string]int) exchange.BankEntry {
	b := exchange.BankEntry{
		Account: account, Ref: n.Ref, Credit: n.Credit, Amount: n.Amount, BookedOn: n.Booked, EndToEnd: n.EndToEndID,
		Counterpart: n.Counterparty.Name, CounterAcct: n.Counterparty.Number, Text: n.Text, Reversal: n.Reversal, Parts: max(n.Parts, 1),
		State: exchange.EntryUnmatched,
	}
	part := ""
	if n.Parts > 1 {
		part = fmt.Sprintf("|%d", n.Part)
	}
	b.Key = entryKey(b, n.EndToEndID, part, ordinals)
	if n.Returned {
		b.ReturnCode = ReturnWords(n.ReturnCode + " " + n.ReturnReason)
	}
	if n.EndToEndID == "" && n.MsgID+n.PmtInfID != "" {
		b.Order = n.MsgID
		if b.Order == "" {
			b.Order = n.PmtInfID
		}
	}
	if n.Charge {
		b.State = exchange.EntryOwn
	}
	return b
}

// ReturnWords are why money came back, never empty.
func ReturnWords(s string) string {
	if s = strings.TrimSpace(s); s != "" {
		return s
	}
	return "退汇"
}

// entryKey is by what an entry is known when it comes again: the bank's number
// of it, else what it says; said tells it from others of its day and amount,
// and the ordinal from those that say the very same.
func entryKey(b exchange.BankEntry, said, part string, ordinals map[string]int) string {
	if b.Ref != "" {
		return b.Account + "|" + b.Ref + part
	}
	sign := "D"
	if b.Credit {
		sign = "C"
	}
	key := strings.Join([]string{b.Account, b.BookedOn.String(), sign, b.Amount.String(), said}, "|")
	ordinals[key]++
	return key + fmt.Sprintf("|%d", ordinals[key])
}

// tryEntry books an entry; one that does not fit where its case stands is kept
// unmatched, as a difference that somebody has to look at, and stops no other.
// In a hurry it comes back as an error, since nothing of it can be taken back
// alone.
func tryEntry(d *office.Desk, b exchange.BankEntry) error {
	alone, err := d.Apart(func() error { return bankEntry(d, b) })
	if !alone || !doesNotFit(err) {
		return err
	}
	d.Log.Error("bank entry not booked", "entry", b.Key, "err", err)
	b.State, b.SeenOn = exchange.EntryUnmatched, d.Date
	if err := d.Tx.InsertBankEntry(b); err != nil {
		return err
	}
	return transfer.FlagUnmatched(d, b, "", "not booked", office.Clip("does not fit: "+err.Error(), 200))
}

// doesNotFit reports whether the domain refuses what an entry would do to the
// case that it is for.
func doesNotFit(err error) bool {
	return errors.Is(err, exchange.ErrNotAllowed) || errors.Is(err, exchange.ErrInvariant)
}

// bankEntry books one entry of our account. One that is known already changes
// nothing, whatever it says the second time. What the bank books for itself
// (charges, interest) concerns no case: the day's proof needs it, the ledger of
// the balances does not.
func bankEntry(d *office.Desk, e exchange.BankEntry) error {
	if e.State == "" {
		e.State = exchange.EntryUnmatched
	}
	e.SeenOn = d.Date
	told, err := toldOtherwise(d, e)
	if err != nil || told {
		return err
	}
	switch err := d.Tx.InsertBankEntry(e); {
	case errors.Is(err, store.ErrDuplicate):
		return knownEntry(d, e)
	case err != nil:
		return err
	}
	switch {
	case e.State == exchange.EntryOwn:
		return nil
	case !e.Credit && e.Reversal:
		return takenBack(d, e)
	case !e.Credit:
		return debited(d, e)
	}
	return credited(d, e)
}

// toldOtherwise reports whether a booking was told before in another number of
// parts: first as one sum, say, and now with its transfers. What was booked
// then stands.
func toldOtherwise(d *office.Desk, e exchange.BankEntry) (bool, error) {
	if e.Ref == "" {
		return false, nil
	}
	before, err := d.Tx.BookingParts(e.Account, e.Ref)
	if err != nil || before == 0 || before == e.Parts {
		return false, err
	}
	d.Log.Warn("booking told again in other parts", "booking", e.Ref, "parts", e.Parts, "before", before)
	return true, nil
}

// credited books money that came in: a payment of ours that came back, money
// for a case, or money that nobody is known for yet.
func credited(d *office.Desk, e exchange.BankEntry) error {
	if e.Reversal && e.Order != "" {
		done, err := orderBooked(d, e)
		if done || err != nil {
			return err
		}
	}
	p, err := ourPayment(d, e)
	if err != nil {
		return err
	}
	if p != nil {
		return returned(d, e, *p)
	}
	if done, err := payment.RefundToUs(d, e); done || err != nil {
		return err
	}
	if err := transfer.ReceiveUnmatched(d, e); err != nil {
		return err
	}
	if done, err := takenBackBefore(d, e); done || err != nil {
		return err
	}
	if e.Reversal || e.ReturnCode != "" {
		return nil // money of ours that came back, and it is not known for what: never a remittance to us
	}
	return matchOrKeep(d, e)
}

// knownEntry compares an entry that comes again with what was booked.
func knownEntry(d *office.Desk, e exchange.BankEntry) error {
	known, err := d.Tx.BankEntry(e.Key)
	if err != nil || (known.Amount == e.Amount && known.Credit == e.Credit) {
		return err
	}
	return d.RecordDifference("money", "", "", e.Key, office.SignedAmount(known), office.SignedAmount(e))
}
