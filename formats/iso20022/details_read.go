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
	text, also, refs       string
	returned               bool
	code, reason           string
	foreign                bool // an amount in another currency was passed over
}

// booking is an entry with the payments in it.
type booking struct {
	entry     Entry
	direction string
	parts     []detail
	charges   money.Fen // included in the amount
	kind      string    // ISO's code of the sub-family
	orders    int       // lists of transfers that it names (Btch)
	foreign   bool      // in another currency
	status    string    // outside our list
	words     string    // of the whole booking
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
	if b.foreign || b.status != "" {
		e.passOver(&b)
		return nil
	}
	e.checkBooking(&b, e.faults.Total == before)
	if !b.whole() {
		b.join()
	}
	e.sums.add(b.entry)
	if b.entry.Amount == 0 {
		e.note(BadAmount, "nothing was booked")
		return nil
	}
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

// passOver passes over a booking that is no money of ours: in another currency, or of a status that we
// do not know. What the bank counts may count it.
func (e *entryReader) passOver(b *booking) {
	b.entry.Credit = b.direction == "CRDT"
	if b.foreign {
		e.foreign = true
		return
	}
	e.note(UnknownCode, "a booking with status "+quoted(b.status)+" is passed over")
	e.sums.add(b.entry)
}

func (e *entryReader) booking(b *booking, name string) error {
	n := &b.entry
	switch name {
	case "Amt":
		return e.amount(&n.Amount, &b.foreign)
	case "CdtDbtInd":
		if err := e.code(&b.direction, e.directing); err != nil {
			return err
		}
		n.Credit = b.direction == "CRDT"
		return nil
	case "RvslInd":
		return e.flag(&n.Reversal)
	case "Sts":
		return e.within([]string{"Cd"}, func() error { return e.listed(&n.Status, &b.status, e.statuses) })
	case "BookgDt":
		return e.date(&n.Booked)
	case "ValDt":
		return e.date(&n.Value)
	case "AcctSvcrRef":
		return e.text(&n.Ref, maxID)
	case "BkTxCd":
		return e.within([]string{"Domn", "Fmly", "SubFmlyCd"}, func() error { return e.text(&b.kind, maxCode) })
	case "AddtlNtryInf":
		return e.words(&b.words)
	case "Chrgs":
		return e.within([]string{"Rcrd"}, func() error { return e.charge(b) })
	case "NtryDtls":
		return e.children(func(name string) error {
			switch name {
			case "Btch":
				return e.batch(b)
			case "TxDtls":
				return e.detail(b)
			}
			return e.skip()
		})
	}
	return e.skip()
}

// batch reads which order was booked as one sum. Of several none is the booking's.
func (e *entryReader) batch(b *booking) error {
	var of Entry
	if err := e.children(func(name string) error { return e.ordered(&of, name) }); err != nil {
		return err
	}
	n := &b.entry
	if b.orders++; b.orders == 1 {
		n.MsgID, n.PmtInfID, n.Transfers = of.MsgID, of.PmtInfID, of.Transfers
		return nil
	}
	e.note(Duplicate, "a booking of several lists of transfers")
	if n.MsgID != of.MsgID {
		n.MsgID = ""
	}
	n.PmtInfID, n.Transfers = "", n.Transfers+of.Transfers
	return nil
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
	included, foreign := false, false
	err := e.children(func(name string) error {
		switch name {
		case "Amt":
			return e.amount(&amount, &foreign)
		case "CdtDbtInd":
			return e.code(&direction, e.directing)
		case "ChrgInclInd":
			return e.flag(&included)
		}
		return e.skip()
	})
	if err != nil || !included || foreign {
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
			case "InstrId", "TxId", "UETR":
				return e.words(&d.refs)
			}
			return e.skip()
		})
	case "Amt":
		return e.amount(&d.amount, &d.foreign)
	case "AmtDtls":
		return e.within([]string{"TxAmt", "Amt"}, func() error { return e.amount(&d.told, &d.foreign) })
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
		return e.children(func(name string) error { return e.remittance(d, name) })
	case "AddtlTxInf":
		return e.words(&d.also)
	case "RtrInf":
		d.returned = true
		return e.reason(&d.code, &d.reason)
	}
	return e.skip()
}

// remittance reads what a transfer says it is for: its text, and references of the creditor's.
func (e *entryReader) remittance(d *detail, name string) error {
	switch name {
	case "Ustrd":
		return e.joined(&d.text, maxText)
	case "Strd":
		return e.children(func(name string) error {
			switch name {
			case "CdtrRefInf":
				return e.within([]string{"Ref"}, func() error { return e.words(&d.also) })
			case "RfrdDocInf":
				return e.within([]string{"Nb"}, func() error { return e.words(&d.also) })
			case "AddtlRmtInf":
				return e.words(&d.also)
			}
			return e.skip()
		})
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
		one.also = strings.TrimSpace(one.also + " " + d.also)
		one.refs = strings.TrimSpace(one.refs + " " + d.refs)
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
		n.Amount, n.EndToEndID, n.Text, n.Also, n.Refs = d.amount, given(d.endToEndID), d.text, d.also, d.refs
		if len(b.parts) == 1 { // of several nobody knows which is meant
			n.Also = strings.TrimSpace(n.Also + " " + b.words)
		}
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
