package bank

import (
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/transfer"
)

// entryOf makes a bank entry of an entry of a message. Its key, by which it is
// idempotent, is that of SPEC 4: (account, AcctSvcrRef), else (account, booking
// date, sign, amount, EndToEndId, ordinal); ordinals counts the latter in a file.
func entryOf(account string, n iso20022.Entry, ordinals map[string]int) exchange.BankEntry {
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
	if n.Charge {
		b.State = exchange.EntryOwn
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

// entryKey is by what an entry is known when it comes again: the bank's number of
// it and the part; else account, day, sign, amount and text (an EndToEndId or a
// remark), with an ordinal for duplicates in the same file. The latter holds as
// long as the bank lists a day's equal entries in the same order again.
func entryKey(b exchange.BankEntry, text, part string, ordinals map[string]int) string {
	if b.Ref != "" {
		return b.Account + "|" + b.Ref + part
	}
	sign := "D"
	if b.Credit {
		sign = "C"
	}
	key := strings.Join([]string{b.Account, b.BookedOn.String(), sign, b.Amount.String(), text}, "|")
	ordinals[key]++
	return key + fmt.Sprintf("|%d", ordinals[key])
}

// tryEntry books an entry; one that is not allowed in its case's state is kept
// unmatched, as a difference that somebody has to look at, and stops no other.
func tryEntry(d *office.Desk, b exchange.BankEntry) error {
	err := d.InSavepoint(func() error { return bookEntry(d, b) })
	if !isNotAllowed(err) {
		return err
	}
	d.Log.Error("bank entry not booked", "entry", b.Key, "err", err)
	b.State, b.SeenOn = exchange.EntryUnmatched, d.Date
	if err := d.Tx.InsertBankEntry(b); err != nil {
		return err
	}
	return transfer.FlagUnmatched(d, b, "", code.Say("not-booked"), code.Say("does-not-fit", office.Clip(err.Error(), 200)))
}

// isNotAllowed reports whether the domain refuses what an entry would do to the
// case that it is for. Any other error is a fault of ours, and stops the file.
func isNotAllowed(err error) bool {
	return errors.Is(err, exchange.ErrNotAllowed) || errors.Is(err, exchange.ErrInvariant)
}

// bookEntry books one entry of our account. It is idempotent: one that is known
// already changes nothing, whatever it says the second time. What the bank books
// for itself (charges, interest) concerns no case: the day's proof needs it, the
// ledger of the balances does not.
func bookEntry(d *office.Desk, e exchange.BankEntry) error {
	if e.State == "" {
		e.State = exchange.EntryUnmatched
	}
	e.SeenOn = d.Date
	known, err := bookedInOtherParts(d, e)
	if err != nil || known {
		return err
	}
	// The row is inserted first: its unique key is what keeps a duplicate from
	// being booked, also when two processes read the same file.
	switch err := d.Tx.InsertBankEntry(e); {
	case errors.Is(err, store.ErrDuplicate):
		return compareKnown(d, e)
	case err != nil:
		return err
	}
	switch {
	case e.State == exchange.EntryOwn:
		return nil
	case !e.Credit && e.Reversal:
		return reverseCredit(d, e)
	case !e.Credit:
		return bookDebit(d, e)
	}
	return bookCredit(d, e)
}

// bookedInOtherParts reports whether a booking was stated before in another number
// of parts: first as one sum, say, and now with its transfers. What was booked
// first counts; its parts have other keys, so that both would be booked else.
func bookedInOtherParts(d *office.Desk, e exchange.BankEntry) (bool, error) {
	if e.Ref == "" {
		return false, nil
	}
	before, err := d.Tx.BookingParts(e.Account, e.Ref)
	if err != nil || before == 0 || before == e.Parts {
		return false, err
	}
	d.Log.Warn("booking stated again in other parts, the first counts", "booking", e.Ref, "parts", e.Parts, "before", before)
	return true, nil
}

// bookCredit books money that came in: a payment of ours that came back, a
// refund, money for a case, or an unmatched credit. Returns are looked for
// first: their texts repeat our letter numbers, by which they would be matched as
// a remittance to us.
func bookCredit(d *office.Desk, e exchange.BankEntry) error {
	if e.Reversal && e.Order != "" {
		done, err := bookWholeFile(d, e)
		if done || err != nil {
			return err
		}
	}
	p, err := ourPayment(d, e)
	if err != nil {
		return err
	}
	if p != nil {
		return bookReturn(d, e, *p)
	}
	if done, err := payment.RefundToUs(d, e); done || err != nil {
		return err
	}
	// From here on it is in the ledger as unmatched; a match moves it to its case.
	if err := transfer.ReceiveUnmatched(d, e); err != nil {
		return err
	}
	if done, err := reversedBefore(d, e); done || err != nil {
		return err
	}
	if e.Reversal || e.ReturnCode != "" {
		return nil // money of ours that came back for an unknown payment: never a remittance to us
	}
	_, err = matchOrKeep(d, e)
	return err
}

// compareKnown compares an entry that comes again with what was booked: another
// amount or sign under the same key is a difference, and changes nothing.
func compareKnown(d *office.Desk, e exchange.BankEntry) error {
	known, err := d.Tx.BankEntry(e.Key)
	if err != nil || (known.Amount == e.Amount && known.Credit == e.Credit) {
		return err
	}
	return d.RecordDifference("money", "", "", code.Text(e.Key), code.Text(office.SignedAmount(known)), code.Text(office.SignedAmount(e)))
}
