package iso20022

import (
	"fmt"
	"io"

	"carryover/exchange/money"
)

// paymentReader gathers what a payment order says about itself, twice: for
// the message and for its list of transfers.
type paymentReader struct {
	*scanner
	head Payment
	list struct {
		count int
		total money.Fen
	}
	lists  int
	seen   map[[16]byte]struct{}
	count  int
	total  money.Fen
	method string
	each   func(*Payment, Transfer) error
}

// ReadPayment reads a payment order with one list of transfers in CNY, as a
// bank does. The head is complete when each is called. Number and sum are
// compared with both statements of them.
func ReadPayment(r io.Reader, limits Limits, each func(*Payment, Transfer) error) (Payment, Faults, error) {
	p := &paymentReader{scanner: newScanner(r, limits), seen: map[[16]byte]struct{}{}, each: each}
	err := p.message(PaymentName, paymentRoot, func(name string) error {
		switch name {
		case "GrpHdr":
			return p.children(p.group)
		case "PmtInf":
			if p.lists++; p.lists > 1 {
				p.fault(Malformed, "more than one list of transfers")
				return p.skip()
			}
			return p.children(p.payment)
		}
		return p.skip()
	})
	p.record = 0
	if err == nil {
		p.prove()
	}
	return p.head, p.faults, ended(err)
}

func (p *paymentReader) group(name string) error {
	switch name {
	case "MsgId":
		return p.text(&p.head.MsgID, maxID)
	case "CreDtTm":
		return p.moment(&p.head.Created)
	case "NbOfTxs":
		return p.number(&p.head.Transfers)
	case "CtrlSum":
		return p.sum(&p.head.Total)
	case "InitgPty":
		return p.within([]string{"Nm"}, func() error { return p.text(&p.head.Initiator, maxName) })
	}
	return p.skip()
}

func (p *paymentReader) payment(name string) error {
	debtor := &p.head.Debtor
	switch name {
	case "PmtMtd":
		return p.code(&p.method, []string{"TRF"})
	case "NbOfTxs":
		return p.number(&p.list.count)
	case "CtrlSum":
		return p.sum(&p.list.total)
	case "ReqdExctnDt":
		return p.date(&p.head.Execution)
	case "Dbtr":
		return p.within([]string{"Nm"}, func() error { return p.text(&debtor.Name, maxName) })
	case "DbtrAcct":
		return p.accountNumber(&debtor.Number)
	case "DbtrAgt":
		return p.bank(debtor)
	case "CdtTrfTxInf":
		return p.transfer()
	}
	return p.skip()
}

func (p *paymentReader) transfer() error {
	if p.count == 0 {
		p.at(1, p.headComplete)
	}
	if p.count++; p.count > p.limits.Records {
		return p.stop(TooLarge, "too many transfers")
	}
	p.record = p.count
	before := p.faults.Total
	var t Transfer
	if err := p.children(func(name string) error { return p.element(&t, name) }); err != nil {
		return err
	}
	p.require("PmtId/EndToEndId", t.EndToEndID, "Cdtr/Nm", t.Creditor.Name, "CdtrAcct/Id", t.Creditor.Number)
	if t.Creditor.Bank == "" && t.Creditor.CNAPS == "" {
		p.faultAt("CdtrAgt", Missing, "the creditor's bank is not named")
	}
	if t.Amount <= 0 && before == p.faults.Total {
		p.faultAt("Amt/InstdAmt", BadAmount, "nothing to pay")
	}
	p.unique(t.EndToEndID)
	var err error
	if p.total, err = p.total.Add(t.Amount); err != nil {
		return p.stop(Total, err.Error())
	}
	if !p.sound(before) {
		return nil
	}
	return p.each(&p.head, t)
}

func (p *paymentReader) element(t *Transfer, name string) error {
	switch name {
	case "PmtId":
		return p.within([]string{"EndToEndId"}, func() error { return p.text(&t.EndToEndID, maxID) })
	case "Amt":
		return p.within([]string{"InstdAmt"}, func() error { return p.amount(&t.Amount, nil) })
	case "CdtrAgt":
		return p.bank(&t.Creditor)
	case "Cdtr":
		return p.within([]string{"Nm"}, func() error { return p.text(&t.Creditor.Name, maxName) })
	case "CdtrAcct":
		return p.accountNumber(&t.Creditor.Number)
	case "RmtInf":
		return p.within([]string{"Ustrd"}, func() error { return p.joined(&t.Text, maxText) })
	}
	return p.skip()
}

func (p *paymentReader) unique(endToEndID string) {
	id := [16]byte(sum256(endToEndID))
	if _, twice := p.seen[id]; twice && endToEndID != "" {
		p.faultAt("PmtId/EndToEndId", Duplicate, quoted(endToEndID))
	}
	p.seen[id] = struct{}{}
}

// headComplete records what the head lacks, once.
func (p *paymentReader) headComplete() {
	p.require("GrpHdr/MsgId", p.head.MsgID, "PmtInf/PmtMtd", p.method, "PmtInf/Dbtr/Nm", p.head.Debtor.Name,
		"PmtInf/DbtrAcct/Id", p.head.Debtor.Number, "PmtInf/ReqdExctnDt", p.head.Execution.String())
	if p.head.Created.IsZero() {
		p.faultAt("GrpHdr/CreDtTm", Missing, "required")
	}
}

// prove compares what was read with what the head and the list state; a
// control sum that is not stated proves nothing and is a fault in the head
// and allowed in the list.
func (p *paymentReader) prove() {
	p.path = append(p.path, paymentRoot)
	if p.count == 0 {
		p.headComplete()
		p.faultAt("PmtInf/CdtTrfTxInf", Missing, "no transfer")
	}
	p.compare("GrpHdr", p.head.Transfers, p.head.Total)
	if p.list.count != 0 {
		p.compare("PmtInf", p.list.count, p.total)
	}
	if p.list.total != 0 {
		p.compare("PmtInf", p.count, p.list.total)
	}
}

func (p *paymentReader) compare(where string, count int, total money.Fen) {
	if count != p.count {
		p.faultAt(where+"/NbOfTxs", Count, fmt.Sprintf("%d transfers, stated %d", p.count, count))
	}
	if total != p.total {
		p.faultAt(where+"/CtrlSum", Total, fmt.Sprintf("sum %s, stated %s", p.total, total))
	}
}
