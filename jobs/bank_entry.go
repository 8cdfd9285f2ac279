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

// bankEntryOf names an entry as FILES.md does: (account, AcctSvcrRef), else
// (account, booking date, sign, amount, EndToEndId, ordinal).
func bankEntryOf(account string, n iso20022.Entry, ordinals map[string]int) exchange.BankEntry {
	sign := "D"
	if n.Credit {
		sign = "C"
	}
	key := account + "|" + n.Ref
	if n.Parts > 1 {
		key += fmt.Sprintf("|%d", n.Part)
	}
	if n.Ref == "" {
		key = strings.Join([]string{account, n.Booked.String(), sign, n.Amount.String(), n.EndToEndID}, "|")
		ordinals[key]++
		key += fmt.Sprintf("|%d", ordinals[key])
	}
	b := exchange.BankEntry{
		Key: key, Account: account, Ref: n.Ref, Credit: n.Credit, Amount: n.Amount, BookedOn: n.Booked, EndToEnd: n.EndToEndID,
		Counterpart: n.Counterparty.Name, CounterAcct: n.Counterparty.Number, Text: n.Text,
	}
	if n.Returned {
		b.ReturnCode = strings.TrimSpace(n.ReturnCode + " " + n.ReturnReason)
	}
	return b
}

// tryEntry books an entry; one that does not fit where its case stands is kept
// unmatched, as a difference that somebody has to look at, and stops no other.
func (d *desk) tryEntry(b exchange.BankEntry) error {
	err := d.tx.Part(func() error { return d.bankEntry(b) })
	if !errors.Is(err, exchange.ErrNotAllowed) && !errors.Is(err, exchange.ErrInvariant) {
		return err
	}
	d.Log.Error("bank entry not booked", "entry", b.Key, "err", err)
	b.State, b.SeenOn = exchange.EntryUnmatched, d.Date
	if err := d.tx.InsertBankEntry(b); err != nil {
		return err
	}
	return d.odd(b, "", "not booked", clip(err.Error(), 200))
}

// bankEntry books one entry of our account, as a camt.054 brings it. One that
// is known already changes nothing, whatever it says the second time.
func (d *desk) bankEntry(e exchange.BankEntry) error {
	e.State, e.SeenOn = exchange.EntryUnmatched, d.Date
	switch err := d.tx.InsertBankEntry(e); {
	case errors.Is(err, store.ErrDuplicate):
		return d.knownEntry(e)
	case err != nil:
		return err
	}
	if !e.Credit {
		return d.debited(e)
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
	_, err = d.matchEntry(e)
	return err
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

// ourPayment finds the payment of ours that came back with a credit: by its
// EndToEndId, or, of a return that has none, by the letter number in its text.
func (d *desk) ourPayment(e exchange.BankEntry) (*exchange.Payment, error) {
	p, err := d.tx.Payment(e.EndToEnd)
	if err == nil {
		return &p, nil
	}
	if !notFound(err) || e.ReturnCode == "" {
		return nil, missing(err)
	}
	letterNo, _ := iso20022.ParseRemittance(e.Text)
	c, err := d.caseOf(exchange.Out, letterNo)
	if err != nil {
		return nil, missing(err)
	}
	parts, err := d.tx.RemittancesByCase(c.No)
	if err != nil {
		return nil, err
	}
	for _, r := range parts {
		if r.Amount != e.Amount || (r.Track != exchange.MoneySubmitted && r.Track != exchange.MoneySettled && r.Track != exchange.MoneyUnknown) {
			continue
		}
		if p, err := d.tx.Payment(r.Ref); err == nil && !p.Lump {
			return &p, nil
		}
	}
	return nil, nil
}

// debited settles the payment that a debit names. A debit that comes after the
// same payment's return only completes the picture.
func (d *desk) debited(e exchange.BankEntry) error {
	p, err := d.tx.Payment(e.EndToEnd)
	if notFound(err) {
		return d.odd(e, "", "", "debit "+e.Amount.String())
	}
	if err != nil {
		return err
	}
	switch {
	case p.Amount != e.Amount:
		return d.odd(e, p.Partner, p.Ref+" "+p.Amount.String(), "debit "+e.Amount.String())
	case p.BankRef != "":
		return d.odd(e, p.Partner, p.Ref+" debited before, "+p.BankRef, "debit "+e.Amount.String())
	}
	before := p
	p.BankRef = debitRef(e)
	if p.Track == exchange.MoneyReturned {
		err = d.tx.UpdatePayment(before, p)
	} else {
		err = d.setPayment(before, exchange.MoneySettled, func(p *exchange.Payment) { p.BankRef = debitRef(e) })
	}
	if err != nil {
		return err
	}
	return d.matched(e, "", 0)
}

// debitRef names the debit of a payment; it is never empty.
func debitRef(e exchange.BankEntry) string {
	if e.Ref != "" {
		return e.Ref
	}
	return e.Key
}

// returned reopens the money track of a payment that came back, and asks the
// partner for its account.
func (d *desk) returned(e exchange.BankEntry, p exchange.Payment) error {
	switch {
	case p.Track == exchange.MoneyReturned:
		return d.odd(e, p.Partner, p.Ref+" returned before", "credit "+e.Amount.String())
	case p.Amount != e.Amount:
		return d.odd(e, p.Partner, p.Ref+" "+p.Amount.String(), "returned "+e.Amount.String())
	}
	return d.paymentFailed(p, e.ReturnCode, func() error { return d.matched(e, "", 0) })
}
