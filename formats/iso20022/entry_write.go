package iso20022

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"carryover/exchange/money"
)

const (
	notificationRoot = "BkToCstmrDbtCdtNtfctn"
	statementRoot    = "BkToCstmrStmt"
)

// EntryWriter writes a notification or a statement of one account.
type EntryWriter struct {
	encoder
	head       Statement
	root, list string
	balanced   bool
	booked     money.Fen
}

// NewNotificationWriter begins a camt.054: debits and credits of an account
// as they happened.
func NewNotificationWriter(w io.Writer, head Statement) (*EntryWriter, error) {
	e := &EntryWriter{encoder: encoder{w: w}, head: head, root: notificationRoot, list: "Ntfctn"}
	return e.begin(NotificationName)
}

// NewStatementWriter begins a camt.053: the whole day of an account. The
// balances stand before the entries, so the head states them; Close
// compares.
func NewStatementWriter(w io.Writer, head Statement) (*EntryWriter, error) {
	if head.Opening.Date == 0 || head.Closing.Date == 0 {
		return nil, errors.New("statement: a balance without a date")
	}
	e := &EntryWriter{encoder: encoder{w: w}, head: head, root: statementRoot, list: "Stmt", balanced: true}
	return e.begin(StatementName)
}

func (e *EntryWriter) begin(name string) (*EntryWriter, error) {
	if e.head.Created.IsZero() {
		return nil, fmt.Errorf("%s: no time of creation", name)
	}
	e.start(name, e.root)
	e.open("GrpHdr")
	e.text("MsgId", e.head.MsgID, maxID)
	e.moment("CreDtTm", e.head.Created)
	e.close("GrpHdr")
	e.line()
	e.open(e.list)
	e.text("Id", e.head.ID, maxID)
	e.moment("CreDtTm", e.head.Created)
	e.ownAccount()
	if e.balanced {
		e.balance("OPBD", e.head.Opening)
		e.balance("CLBD", e.head.Closing)
	}
	e.line()
	if e.err != nil {
		return nil, fmt.Errorf("%s: %w", name, e.err)
	}
	return e, nil
}

func (e *EntryWriter) ownAccount() {
	a := e.head.Account
	e.open("Acct", "Id", "Othr")
	e.text("Id", a.Number, maxAccount)
	e.close("Othr", "Id")
	e.fixed("Ccy", currency)
	if a.Name != "" {
		e.party("Ownr", a.Name)
	}
	if a.CNAPS != "" || a.Bank != "" {
		e.bank("Svcr", a)
	}
	e.close("Acct")
}

func (e *EntryWriter) balance(code string, b Balance) {
	e.open("Bal", "Tp", "CdOrPrtry")
	e.fixed("Cd", code)
	e.close("CdOrPrtry", "Tp")
	amount, credit := b.Amount, true
	if amount < 0 {
		amount, credit = -amount, false
	}
	e.sum("Amt", amount)
	e.direction(credit)
	e.date("Dt", b.Date)
	e.close("Bal")
}

// Write adds a payment as an entry of its own; Part and Parts are 1 or 0.
func (e *EntryWriter) Write(n Entry) error {
	if n.Part > 1 || n.Parts > 1 {
		e.fail(errors.New("entry: a part of a batch; use WriteBatch"))
	}
	return e.WriteBatch([]Entry{n})
}

// WriteBatch adds one booking of several payments; reference, direction,
// status and dates are those of the first.
func (e *EntryWriter) WriteBatch(parts []Entry) error {
	if e.err != nil {
		return e.err
	}
	if len(parts) == 0 {
		e.fail(errors.New("entry: nothing in it"))
		return e.err
	}
	first := parts[0]
	var booked money.Fen
	for _, p := range parts {
		var err error
		if booked, err = booked.Add(p.Amount); err != nil {
			e.fail(err)
		}
		if p.Credit != first.Credit {
			e.fail(errors.New("credits and debits in one booking"))
		}
	}
	e.entryHead(first, booked)
	if len(parts) == 1 && first.PmtInfID != "" && first.EndToEndID == "" {
		e.lump(first)
	} else {
		e.open("NtryDtls")
		for _, p := range parts {
			e.details(p)
		}
		e.close("NtryDtls")
	}
	e.close("Ntry")
	e.line()
	e.count(first, booked)
	e.flush(flushAt)
	if e.err != nil {
		e.err = fmt.Errorf("entry %s %s: %w", first.Ref, first.EndToEndID, e.err)
	}
	return e.err
}

// lump names the order that was booked as one sum, without its transfers.
func (e *EntryWriter) lump(n Entry) {
	e.open("NtryDtls", "Btch")
	e.optional("MsgId", n.MsgID, maxID)
	e.text("PmtInfId", n.PmtInfID, maxID)
	if n.Transfers > 0 {
		e.fixed("NbOfTxs", strconv.Itoa(n.Transfers))
	}
	e.close("Btch", "NtryDtls")
}

func (e *EntryWriter) count(first Entry, booked money.Fen) {
	if first.Status != Booked {
		return
	}
	if !first.Credit {
		booked = -booked
	}
	var err error
	if e.booked, err = e.booked.Add(booked); err != nil {
		e.fail(err)
	}
}

func (e *EntryWriter) entryHead(n Entry, booked money.Fen) {
	e.open("Ntry")
	e.amount("Amt", booked)
	e.direction(n.Credit)
	if n.Reversal {
		e.fixed("RvslInd", "true")
	}
	e.open("Sts")
	e.text("Cd", n.Status, maxCode)
	e.close("Sts")
	if n.Status == Booked && n.Booked == 0 {
		e.fail(errors.New("booked without a date"))
	}
	e.date("BookgDt", n.Booked)
	e.date("ValDt", n.Value)
	e.optional("AcctSvcrRef", n.Ref, maxID)
	e.open("BkTxCd", "Domn")
	e.fixed("Cd", "PMNT")
	e.open("Fmly")
	if n.Credit {
		e.fixed("Cd", "RCDT")
	} else {
		e.fixed("Cd", "ICDT")
	}
	e.fixed("SubFmlyCd", subFamily(n))
	e.close("Fmly", "Domn", "BkTxCd")
}

// subFamily is the ISO bank transaction code: a domestic transfer, the return
// of one, or the bank's charge.
func subFamily(n Entry) string {
	switch {
	case n.Charge:
		return "CHRG"
	case n.Returned:
		return returnKind
	}
	return "DMCT"
}

func (e *EntryWriter) details(n Entry) {
	e.open("TxDtls")
	if n.MsgID != "" || n.EndToEndID != "" {
		e.open("Refs")
		e.optional("MsgId", n.MsgID, maxID)
		e.optional("EndToEndId", n.EndToEndID, maxID)
		e.close("Refs")
	}
	e.amount("Amt", n.Amount)
	e.direction(n.Credit)
	e.parties(n)
	if n.Text != "" {
		e.open("RmtInf")
		e.text("Ustrd", n.Text, maxText)
		e.close("RmtInf")
	}
	if n.Returned {
		e.open("RtrInf")
		if n.ReturnCode != "" {
			e.open("Rsn")
			e.text("Cd", n.ReturnCode, maxCode)
			e.close("Rsn")
		}
		e.optional("AddtlInf", n.ReturnReason, maxReason)
		e.close("RtrInf")
	}
	e.close("TxDtls")
}

// parties writes both sides. Those of a returned transfer are the original
// ones: who pays is who paid then.
func (e *EntryWriter) parties(n Entry) {
	payer, payee := e.head.Account, n.Counterparty
	if n.Credit != n.Returned {
		payer, payee = payee, payer
	}
	e.open("RltdPties")
	e.side("Dbtr", payer)
	e.side("Cdtr", payee)
	e.close("RltdPties")
	if hasBank(payer) || hasBank(payee) {
		e.open("RltdAgts")
		if hasBank(payer) {
			e.bank("DbtrAgt", payer)
		}
		if hasBank(payee) {
			e.bank("CdtrAgt", payee)
		}
		e.close("RltdAgts")
	}
}

func hasBank(a Account) bool { return a.Bank != "" || a.CNAPS != "" }

func (e *EntryWriter) side(name string, a Account) {
	if a.Name != "" {
		e.open(name)
		e.party("Pty", a.Name)
		e.close(name)
	}
	if a.Number != "" {
		e.account(name+"Acct", a.Number)
	}
}

// Close ends the message. A statement that does not add up is an error.
func (e *EntryWriter) Close() error {
	e.head.Booked = e.booked
	if e.balanced && e.err == nil {
		if err := e.head.Proves(); err != nil {
			e.fail(fmt.Errorf("statement %s: %w", e.head.ID, err))
		}
	}
	if e.err != nil {
		return e.err
	}
	e.close(e.list)
	e.line()
	return e.finish(e.root)
}
