package iso20022

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// Payment is the head of a payment order: one debtor, one day, one list of
// transfers. The same MsgID stands for the message and for the list.
type Payment struct {
	MsgID     string    // unique for ever; at most 35 characters
	Created   time.Time // to the second, with its own zone
	Initiator string    // who orders
	Debtor    Account   // whose money it is; the bank by CNAPS, name or both
	Execution calendar.Date
	Transfers int       // how many there are
	Total     money.Fen // and what they sum up to
}

// Transfer is one payment of an order. Charges are the debtor's.
type Transfer struct {
	EndToEndID string // at most 35 characters; no two alike in one order
	Amount     money.Fen
	Creditor   Account
	Text       string // remittance text, at most 140 characters
}

const paymentRoot = "CstmrCdtTrfInitn"

// PaymentWriter writes a payment order, transfer by transfer.
type PaymentWriter struct {
	encoder
	head  Payment
	seen  map[[16]byte]struct{}
	count int
	total money.Fen // summed from the bytes written
}

// NewPaymentWriter begins an order. Number and sum stand before the
// transfers in the file, so the head states them; Close compares them with
// what was written.
func NewPaymentWriter(w io.Writer, head Payment) (*PaymentWriter, error) {
	p := &PaymentWriter{encoder: encoder{w: w}, head: head, seen: map[[16]byte]struct{}{}}
	if head.Transfers < 1 || head.Total <= 0 || head.Total > money.Max {
		return nil, fmt.Errorf("payment order: %d transfers of %s in all", head.Transfers, head.Total)
	}
	if head.Execution == 0 || head.Created.IsZero() {
		return nil, errors.New("payment order: no date of execution or creation")
	}
	p.start(PaymentName, paymentRoot)
	p.open("GrpHdr")
	p.text("MsgId", head.MsgID, maxID)
	p.moment("CreDtTm", head.Created)
	p.sums()
	p.party("InitgPty", head.Initiator)
	p.close("GrpHdr")
	p.line()
	p.list()
	if p.err != nil {
		return nil, fmt.Errorf("payment order: %w", p.err)
	}
	return p, nil
}

// list begins the only list of transfers.
func (p *PaymentWriter) list() {
	p.open("PmtInf")
	p.text("PmtInfId", p.head.MsgID, maxID)
	p.fixed("PmtMtd", "TRF")
	p.sums()
	p.date("ReqdExctnDt", p.head.Execution)
	p.party("Dbtr", p.head.Debtor.Name)
	p.account("DbtrAcct", p.head.Debtor.Number)
	p.bank("DbtrAgt", p.head.Debtor)
	p.fixed("ChrgBr", "DEBT")
	p.line()
}

func (p *PaymentWriter) sums() {
	p.fixed("NbOfTxs", strconv.Itoa(p.head.Transfers))
	p.fixed("CtrlSum", p.head.Total.String())
}

// Write adds a transfer. Its error names the EndToEndID.
func (p *PaymentWriter) Write(t Transfer) error {
	if p.err != nil {
		return p.err
	}
	id := [16]byte(sum256(t.EndToEndID))
	if _, twice := p.seen[id]; twice {
		p.fail(errors.New("stands twice in the order"))
	}
	p.seen[id] = struct{}{}

	p.open("CdtTrfTxInf", "PmtId")
	p.text("EndToEndId", t.EndToEndID, maxID)
	p.close("PmtId")
	p.open("Amt")
	from := len(p.buf)
	p.amount("InstdAmt", t.Amount)
	p.countWritten(p.buf[from:])
	p.close("Amt")
	p.bank("CdtrAgt", t.Creditor)
	p.party("Cdtr", t.Creditor.Name)
	p.account("CdtrAcct", t.Creditor.Number)
	p.open("RmtInf")
	p.text("Ustrd", t.Text, maxText)
	p.close("RmtInf", "CdtTrfTxInf")
	p.line()
	p.flush(flushAt)
	if p.err != nil {
		p.err = fmt.Errorf("transfer %s: %w", t.EndToEndID, p.err)
	}
	return p.err
}

// countWritten adds to the sums what the bytes of an amount element say,
// not what the record said.
func (p *PaymentWriter) countWritten(element []byte) {
	_, rest, _ := bytes.Cut(element, []byte{'>'})
	text, _, _ := bytes.Cut(rest, []byte{'<'})
	f, err := money.ParseBytes(text)
	if err == nil {
		p.total, err = p.total.Add(f)
	}
	if err != nil {
		p.fail(fmt.Errorf("InstdAmt: %w", err))
	}
	p.count++
}

// Close ends the message. It is an error when number or sum of the written
// transfers are not those of the head.
func (p *PaymentWriter) Close() error {
	if p.err == nil && (p.count != p.head.Transfers || p.total != p.head.Total) {
		p.fail(fmt.Errorf("payment order %s: %d transfers of %s written, head states %d of %s",
			p.head.MsgID, p.count, p.total, p.head.Transfers, p.head.Total))
	}
	if p.err != nil {
		return p.err
	}
	p.close("PmtInf")
	p.line()
	return p.finish(paymentRoot)
}

// sum256 shortens an identifier so that a million of them fit in memory.
func sum256(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:16]
}
