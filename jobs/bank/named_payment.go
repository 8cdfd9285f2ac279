package bank

import (
	"carryover/exchange"
	"carryover/formats/iso20022"
	"carryover/jobs/office"
)

// ourPayment finds the payment of ours that a credit names: by its EndToEndId, or, of
// one that says that it is a return, by what its text names; nil when there is none.
func ourPayment(d *office.Desk, e exchange.BankEntry) (*exchange.Payment, error) {
	p, err := d.Tx.Payment(e.EndToEnd)
	if err == nil {
		return &p, nil
	}
	if !office.IsNotFound(err) || !tellsReturn(d.Office, e) {
		return nil, office.IgnoreNotFound(err)
	}
	return namedPayment(d, e, func(p exchange.Payment) bool { return p.ReturnRef == "" })
}

// namedPayment finds the payment that an entry's text names: by its reference,
// a lump sum's too, else by the letter number and the exact amount; nil when
// there is none. keep says which of several attempts and parts it may be; one
// that was ordered after the bank's day is none of them, an earlier attempt may
// be. Of equal parts, to two heirs, it is the one whose payee has the entry's
// counterparty account.
func namedPayment(d *office.Desk, e exchange.BankEntry, keep func(exchange.Payment) bool) (named *exchange.Payment, err error) {
	if ref := lumpRef(e); ref != "" {
		p, err := d.Tx.Payment(ref)
		if err != nil || p.Amount != e.Amount || !keep(p) {
			return nil, office.IgnoreNotFound(err)
		}
		return &p, nil
	}
	letterNo, _ := iso20022.ParseRemittance(e.Said())
	if letterNo == "" {
		return nil, nil
	}
	c, err := d.CaseByLetter(exchange.Out, letterNo)
	if office.IsNotFound(err) {
		return namedRefund(d, letterNo, e, keep)
	}
	if err != nil {
		return nil, err
	}
	list, err := d.Tx.PaymentsByCase(c.No)
	if err != nil {
		return nil, err
	}
	for i := range list {
		p := &list[i]
		// A lump sum is named by its reference alone, never by one letter of it.
		if p.Lump || p.Amount != e.Amount || p.ValueOn > e.BookedOn || !bankHadIt(p.Track) || !keep(*p) {
			continue
		}
		if named == nil || betterMatch(*p, *named, e) {
			named = p
		}
	}
	return named, nil
}

// bankHadIt reports whether the bank has or had a payment, one that it refused or
// returned too.
func bankHadIt(t exchange.MoneyTrack) bool {
	return t.Place() != exchange.PlaceHere && t.Place() != exchange.PlaceNone
}

// betterMatch reports whether an entry is rather about p than about q: first by
// the payee's account, then the one that has not come back, then the later
// attempt.
func betterMatch(p, q exchange.Payment, e exchange.BankEntry) bool {
	if mine, other := p.Payee.No == e.CounterAcct, q.Payee.No == e.CounterAcct; mine != other {
		return mine
	}
	if mine, other := p.Track != exchange.MoneyReturned, q.Track != exchange.MoneyReturned; mine != other {
		return mine
	}
	return p.ValueOn > q.ValueOn
}

// namedRefund is namedPayment for a letter of ours: the only payments about
// one are those that give back what came for it.
func namedRefund(d *office.Desk, letterNo string, e exchange.BankEntry, keep func(exchange.Payment) bool) (*exchange.Payment, error) {
	c, err := d.CaseByLetter(exchange.In, letterNo)
	if err != nil {
		return nil, office.IgnoreNotFound(err)
	}
	list, err := d.Tx.RefundsByCase(c.No)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Amount != e.Amount || f.Ref == "" {
			continue
		}
		p, err := d.Tx.Payment(f.Ref)
		if err == nil && p.ValueOn <= e.BookedOn && keep(p) {
			return &p, nil
		}
		if office.IgnoreNotFound(err) != nil {
			return nil, err
		}
	}
	return nil, nil
}
