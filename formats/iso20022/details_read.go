package iso20022

import (
	"slices"
	"strings"

	"carryover/exchange/money"
)

// detail is one payment inside a booking, before it is known which side is
// the other one.
type detail struct {
	ref, msgID, endToEndID string
	list                   string // PmtInfId
	amount                 money.Fen
	told                   money.Fen // in the details of the amount
	direction              string
	payer, payee           Account
	text                   string
	returned               bool
	code, reason           string
}

// booking is an entry with the payments in it.
type booking struct {
	entry     Entry
	direction string
	parts     []detail
	charges   money.Fen // included in the amount
	kind      string    // ISO's code of the sub-family
}

// ownKinds are ISO's sub-families of what a bank books for itself: charges,
// fees, commissions, taxes on them, interest.
func ownKinds() []string {
	return []string{"CHRG", "FEES", "COMM", "COME", "COMI", "COMT", "TAXE", "INTR"}
}

// returnKind is the sub-family of a returned transfer.
const returnKind = "RRTN"

// entry reads one booking and hands over its payments, when nothing is
// wrong with it.
func (e *entryReader) entry() error {
	if !e.begun {
		e.begun = true
		e.headComplete()
	}
	if e.count++; e.count > e.limits.Records {
		return e.stop(TooLarge, "too many entries")
	}
	e.record = e.count
	before := e.faults.Total
	var b booking
	if err := e.children(func(name string) error { return e.booking(&b, name) }); err != nil {
		return err
	}
	e.checkBooking(&b, e.faults.Total == before)
	if !b.whole() {
		b.join()
	}
	e.sums.add(b.entry)
	if b.entry.Status == Booked {
		e.now.Entries++
		if err := e.add(b.entry.Signed()); err != nil {
			return err
		}
	}
	if !e.sound(before) {
		return nil
	}
	return e.deliver(b)
}

func (e *entryReader) booking(b *booking, name string) error {
	n := &b.entry
	switch name {
	case "Amt":
		return e.amount(&n.Amount)
	case "CdtDbtInd":
		if err := e.code(&b.direction, e.directing); err != nil {
			return err
		}
		n.Credit = b.direction == "CRDT"
		return nil
	case "RvslInd":
		return e.flag(&n.Reversal)
	case "Sts":
		return e.within([]string{"Cd"}, func() error { return e.code(&n.Status, e.statuses) })
	case "BookgDt":
		return e.date(&n.Booked)
	case "ValDt":
		return e.date(&n.Value)
	case "AcctSvcrRef":
		return e.text(&n.Ref, maxID)
	case "BkTxCd":
		return e.within([]string{"Domn", "Fmly", "SubFmlyCd"}, func() error { return e.text(&b.kind, maxCode) })
	case "Chrgs":
		return e.within([]string{"Rcrd"}, func() error { return e.charge(b) })
	case "NtryDtls":
		return e.children(func(name string) error {
			switch name {
			case "Btch":
				return e.children(func(name string) error { return e.ordered(n, name) })
			case "TxDtls":
				return e.detail(b)
			}
			return e.skip()
		})
	}
	return e.skip()
}

// ordered reads which order was booked as one sum.
func (e *entryReader) ordered(n *Entry, name string) error {
	switch name {
	case "MsgId":
		return e.text(&n.MsgID, maxID)
	case "PmtInfId":
		return e.text(&n.PmtInfID, maxID)
	case "NbOfTxs":
		return e.number(&n.Transfers)
	}
	return e.skip()
}

// charge reads one of the charges of a booking; those that are not part of its
// amount are booked by themselves.
func (e *entryReader) charge(b *booking) error {
	var amount money.Fen
	var direction string
	included := false
	err := e.children(func(name string) error {
		switch name {
		case "Amt":
			return e.amount(&amount)
		case "CdtDbtInd":
			return e.code(&direction, e.directing)
		case "ChrgInclInd":
			return e.flag(&included)
		}
		return e.skip()
	})
	if err != nil || !included {
		return err
	}
	if direction == "CRDT" {
		amount = -amount
	}
	if b.charges, err = b.charges.Add(amount); err != nil {
		e.fault(Total, err.Error())
	}
	return nil
}

func (e *entryReader) detail(b *booking) error {
	if e.count+len(b.parts) > e.limits.Records {
		return e.stop(TooLarge, "too many payments in one booking")
	}
	var d detail
	if err := e.children(func(name string) error { return e.payment(&d, name) }); err != nil {
		return err
	}
	if d.amount == 0 {
		d.amount = d.told
	}
	b.parts = append(b.parts, d)
	return nil
}

func (e *entryReader) payment(d *detail, name string) error {
	switch name {
	case "Refs":
		return e.children(func(ref string) error {
			switch ref {
			case "MsgId":
				return e.text(&d.msgID, maxID)
			case "PmtInfId":
				return e.text(&d.list, maxID)
			case "EndToEndId":
				return e.text(&d.endToEndID, maxID)
			case "AcctSvcrRef":
				return e.text(&d.ref, maxID)
			}
			return e.skip()
		})
	case "Amt":
		return e.amount(&d.amount)
	case "AmtDtls":
		return e.within([]string{"TxAmt", "Amt"}, func() error { return e.amount(&d.told) })
	case "CdtDbtInd":
		return e.code(&d.direction, e.directing)
	case "RltdPties":
		return e.children(func(party string) error { return e.party(d, party) })
	case "RltdAgts":
		return e.children(func(agent string) error {
			switch agent {
			case "DbtrAgt":
				return e.bank(&d.payer)
			case "CdtrAgt":
				return e.bank(&d.payee)
			}
			return e.skip()
		})
	case "RmtInf":
		return e.within([]string{"Ustrd"}, func() error { return e.joined(&d.text, maxText) })
	case "RtrInf":
		d.returned = true
		return e.reason(&d.code, &d.reason)
	}
	return e.skip()
}

func (e *entryReader) party(d *detail, name string) error {
	switch name {
	case "Dbtr":
		return e.within([]string{"Pty", "Nm"}, func() error { return e.text(&d.payer.Name, maxName) })
	case "DbtrAcct":
		return e.accountNumber(&d.payer.Number)
	case "Cdtr":
		return e.within([]string{"Pty", "Nm"}, func() error { return e.text(&d.payee.Name, maxName) })
	case "CdtrAcct":
		return e.accountNumber(&d.payee.Number)
	}
	return e.skip()
}

// checkBooking demands what the ledger needs, and that the payments in a
// booking are of its direction and make its amount.
func (e *entryReader) checkBooking(b *booking, clean bool) {
	n := &b.entry
	e.require("CdtDbtInd", b.direction, "Sts/Cd", n.Status)
	if n.Status == Booked && n.Booked == 0 && clean {
		e.faultAt("BookgDt", Missing, "required for a booking")
	}
	if n.Amount == 0 && clean {
		e.faultAt("Amt", BadAmount, "nothing was booked")
	}
	if b.charges < 0 || (b.charges > 0 && b.charges >= n.Amount && b.direction == "DBIT") {
		e.faultAt("Chrgs", BadAmount, "charges of "+b.charges.String()+" in a booking of "+n.Amount.String())
		return
	}
	for i := range b.parts {
		d := &b.parts[i]
		if len(b.parts) == 1 && d.amount == 0 {
			d.amount = b.net() // told once, of the whole booking
		}
		if d.direction != "" && b.direction != "" && d.direction != b.direction {
			e.faultAt("NtryDtls/TxDtls/CdtDbtInd", Malformed, "not the booking's direction")
		}
	}
	if sum, err := b.sum(); err == nil && sum == n.Amount {
		b.charges = 0 // told, but the payments alone make the booking
	}
}

// sum is what the payments of a booking come to.
func (b *booking) sum() (sum money.Fen, err error) {
	for _, d := range b.parts {
		if sum, err = sum.Add(d.amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// whole reports whether the payments of a booking, each with an amount, add up to it.
func (b *booking) whole() bool {
	sum, err := b.sum()
	return len(b.parts) == 0 || err == nil && sum == b.net() && !slices.ContainsFunc(b.parts, func(d detail) bool { return d.amount == 0 })
}

// join makes one of payments whose amounts say nothing about the booking: it is the
// entry, and what it says is what they say together.
func (b *booking) join() {
	one := b.parts[0]
	one.amount = b.net()
	for _, d := range b.parts[1:] {
		one.endToEndID = ""
		one.text = strings.TrimSpace(one.text + " " + d.text)
		if other := d; other.payer != one.payer || other.payee != one.payee {
			one.payer, one.payee = Account{}, Account{}
		}
	}
	b.parts = []detail{one}
}

// net is what a booking is without the charges included in it.
func (b *booking) net() money.Fen {
	if b.direction == "DBIT" {
		return b.entry.Amount - b.charges
	}
	return money.Clamped(b.entry.Amount, b.charges)
}

// deliver hands over the payments of a booking, and then the charges in it;
// one without any details is itself the only one.
func (e *entryReader) deliver(b booking) error {
	if len(b.parts) == 0 {
		b.parts = []detail{{amount: b.net()}}
	}
	b.entry.Charge = slices.Contains(ownKinds(), b.kind)
	b.entry.Total = b.entry.Signed()
	parts := len(b.parts)
	if b.charges > 0 {
		parts++
	}
	for i, d := range b.parts {
		n := b.entry
		n.Part, n.Parts = i+1, parts
		n.Amount, n.EndToEndID, n.Text = d.amount, given(d.endToEndID), d.text
		n.MsgID, n.PmtInfID = orElse(d.msgID, n.MsgID), orElse(d.list, n.PmtInfID)
		n.Returned, n.ReturnCode, n.ReturnReason = d.returned || b.kind == returnKind, d.code, d.reason
		n.Ref = orElse(n.Ref, d.ref)
		n.Counterparty = other(d, n.Credit != n.Returned, e.now.Account.Number)
		if err := e.each(&e.now, n); err != nil {
			return err
		}
	}
	if b.charges == 0 {
		return nil
	}
	n := b.entry
	n.Part, n.Parts, n.Amount, n.Credit, n.Charge = parts, parts, b.charges, false, true
	return e.each(&e.now, n)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// given drops the scheme's words for an identifier that was not given.
func given(endToEndID string) string {
	if strings.EqualFold(endToEndID, "NOTPROVIDED") {
		return ""
	}
	return endToEndID
}

// other is the side that is not ours: by direction, unless that side's
// account is ours or it is not told at all.
func other(d detail, payer bool, own string) Account {
	first, second := d.payee, d.payer
	if payer {
		first, second = second, first
	}
	if (first.Number == own || first == Account{}) && second != (Account{}) && second.Number != own {
		return second
	}
	return first
}
