package jobs

import (
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/formats/iso20022"
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
		b.ReturnCode = returnWords(n.ReturnCode + " " + n.ReturnReason)
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

// returnWords are why money came back, never empty.
func returnWords(s string) string {
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
func (d *desk) tryEntry(b exchange.BankEntry) error {
	if d.hasty {
		return d.bankEntry(b)
	}
	err := d.tx.Part(func() error { return d.bankEntry(b) })
	if !doesNotFit(err) {
		return err
	}
	d.Log.Error("bank entry not booked", "entry", b.Key, "err", err)
	b.State, b.SeenOn = exchange.EntryUnmatched, d.Date
	if err := d.tx.InsertBankEntry(b); err != nil {
		return err
	}
	return d.odd(b, "", "not booked", clip("does not fit: "+err.Error(), 200))
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
func (d *desk) bankEntry(e exchange.BankEntry) error {
	if e.State == "" {
		e.State = exchange.EntryUnmatched
	}
	e.SeenOn = d.Date
	told, err := d.toldOtherwise(e)
	if err != nil || told {
		return err
	}
	switch err := d.tx.InsertBankEntry(e); {
	case errors.Is(err, store.ErrDuplicate):
		return d.knownEntry(e)
	case err != nil:
		return err
	}
	switch {
	case e.State == exchange.EntryOwn:
		return nil
	case !e.Credit && e.Reversal:
		return d.takenBack(e)
	case !e.Credit:
		return d.debited(e)
	}
	return d.credited(e)
}

// toldOtherwise reports whether a booking was told before in another number of
// parts: first as one sum, say, and now with its transfers. What was booked
// then stands.
func (d *desk) toldOtherwise(e exchange.BankEntry) (bool, error) {
	if e.Ref == "" {
		return false, nil
	}
	before, err := d.tx.BookingParts(e.Account, e.Ref)
	if err != nil || before == 0 || before == e.Parts {
		return false, err
	}
	d.Log.Warn("booking told again in other parts", "booking", e.Ref, "parts", e.Parts, "before", before)
	return true, nil
}

// credited books money that came in: a payment of ours that came back, money
// for a case, or money that nobody is known for yet.
func (d *desk) credited(e exchange.BankEntry) error {
	if e.Reversal && e.Order != "" {
		done, err := d.orderBooked(e)
		if done || err != nil {
			return err
		}
	}
	p, err := d.ourPayment(e)
	if err != nil {
		return err
	}
	if p != nil {
		return d.returned(e, *p)
	}
	if done, err := d.refundToUs(e); done || err != nil {
		return err
	}
	if err := d.receiveUnmatched(e); err != nil {
		return err
	}
	if done, err := d.takenBackBefore(e); done || err != nil {
		return err
	}
	if e.Reversal || e.ReturnCode != "" {
		return nil // money of ours that came back, and it is not known for what: never a remittance to us
	}
	return d.matchOrKeep(e)
}

// knownEntry compares an entry that comes again with what was booked.
func (d *desk) knownEntry(e exchange.BankEntry) error {
	known, err := d.tx.BankEntry(e.Key)
	if err != nil || (known.Amount == e.Amount && known.Credit == e.Credit) {
		return err
	}
	return d.difference("money", "", "", e.Key, signed(known), signed(e))
}

func signed(e exchange.BankEntry) string {
	if e.Credit {
		return "+" + e.Amount.String()
	}
	return "-" + e.Amount.String()
}

// receiveUnmatched books a credit that belongs to no case yet.
func (d *desk) receiveUnmatched(e exchange.BankEntry) error {
	return d.book(ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount))
}

// odd leaves an entry unmatched and names it for somebody to look at.
func (d *desk) odd(e exchange.BankEntry, partner, ours, theirs string) error {
	if e.Credit {
		if err := d.receiveUnmatched(e); err != nil {
			return err
		}
	}
	return d.difference("money", partner, "", e.Key, ours, theirs)
}
