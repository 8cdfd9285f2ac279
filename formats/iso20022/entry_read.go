package iso20022

import (
	"io"
	"slices"
	"strconv"

	"carryover/exchange/money"
)

// keptStatements bounds how many accounts one message may speak of.
const keptStatements = 10_000

type entryReader struct {
	*scanner
	list      string // Ntfctn or Stmt
	balanced  bool
	msg       Statement   // what the message says of itself
	all       []Statement // finished ones
	now       Statement
	interim   []Balance
	closings  []Balance // CLBD: a bank may tell several
	other     bool      // the account is in another currency
	foreign   bool      // an entry of the account is
	passed    int       // accounts that are
	stated    summary   // as the bank counts
	sums      summary   // as read: bookings, of whatever status
	begun     bool      // an entry of the account was met
	count     int
	each      func(*Statement, Entry) error
	directing []string
	statuses  []string
}

// ReadNotification reads a camt.054. A message may speak of several
// accounts; each is called with the head of the account concerned, whose
// identity and account are known by then. Entries that are not Booked are
// handed over too.
func ReadNotification(r io.Reader, limits Limits, each func(*Statement, Entry) error) ([]Statement, Faults, error) {
	return readEntries(&entryReader{scanner: newScanner(r, limits), list: "Ntfctn", each: each}, NotificationName, notificationRoot)
}

// ReadStatement reads a camt.053. Opening and closing balance are required,
// and that opening balance and booked entries make the closing one.
func ReadStatement(r io.Reader, limits Limits, each func(*Statement, Entry) error) ([]Statement, Faults, error) {
	return readEntries(&entryReader{scanner: newScanner(r, limits), list: "Stmt", balanced: true, each: each}, StatementName, statementRoot)
}

func readEntries(e *entryReader, name, root string) ([]Statement, Faults, error) {
	e.directing, e.statuses = []string{"CRDT", "DBIT"}, entryStatuses()
	err := e.message(name, root, func(child string) error {
		e.record = 0
		switch child {
		case "GrpHdr":
			return e.children(e.group)
		case e.list:
			return e.statement()
		}
		return e.skip()
	})
	e.record = 0
	if err == nil && len(e.all)+e.passed == 0 {
		e.faultAt(root+"/"+e.list, Missing, "speaks of no account")
	}
	return e.all, e.faults, ended(err)
}

func (e *entryReader) group(name string) error {
	switch name {
	case "MsgId":
		return e.text(&e.msg.MsgID, maxID)
	case "CreDtTm":
		return e.moment(&e.msg.Created)
	}
	return e.skip()
}

func (e *entryReader) statement() error {
	if len(e.all) == keptStatements {
		return e.stop(TooLarge, "too many accounts")
	}
	e.now = Statement{MsgID: e.msg.MsgID, Created: e.msg.Created}
	e.interim, e.closings, e.stated, e.sums, e.begun, e.other, e.foreign = nil, nil, summary{}, summary{}, false, false, false
	if err := e.children(e.part); err != nil {
		return err
	}
	e.record = 0
	if !e.begun {
		e.headComplete()
	}
	if e.other {
		e.passed++
		return nil
	}
	if !e.foreign {
		e.compareSums()
	}
	if e.balanced {
		e.prove()
	}
	e.all = append(e.all, e.now)
	return nil
}

func (e *entryReader) part(name string) error {
	switch name {
	case "Id":
		return e.text(&e.now.ID, maxID)
	case "StmtPgntn", "NtfctnPgntn":
		return e.children(e.page)
	case "Acct":
		return e.children(e.ownAccount)
	case "Bal":
		return e.balance()
	case "TxsSummry":
		return e.children(e.summary)
	case "Ntry":
		if e.other {
			return e.skip()
		}
		return e.entry()
	}
	return e.skip()
}

func (e *entryReader) page(name string) error {
	switch name {
	case "PgNb":
		return e.number(&e.now.Page)
	case "LastPgInd":
		return e.flag(&e.now.Last)
	}
	return e.skip()
}

func (e *entryReader) ownAccount(name string) error {
	a := &e.now.Account
	switch name {
	case "Id":
		return e.numberOf(&a.Number)
	case "Ccy":
		var ccy string
		err := e.text(&ccy, maxID)
		if e.other = ccy != "" && ccy != currency; e.other {
			e.note(UnknownCode, "an account in "+quoted(ccy)+" is passed over")
		}
		return err
	case "Ownr":
		return e.within([]string{"Nm"}, func() error { return e.text(&a.Name, maxName) })
	case "Svcr":
		return e.bank(a)
	}
	return e.skip()
}

// balance reads one of the balances of a statement; those that are not
// booked balances (available, forward) are passed over.
func (e *entryReader) balance() error {
	var kind, direction string
	var b Balance
	foreign := false
	err := e.children(func(name string) error {
		switch name {
		case "Tp":
			return e.within([]string{"CdOrPrtry", "Cd"}, func() error { return e.text(&kind, maxID) })
		case "Amt":
			return e.amount(&b.Amount, &foreign)
		case "CdtDbtInd":
			return e.code(&direction, e.directing)
		case "Dt":
			return e.date(&b.Date)
		}
		return e.skip()
	})
	if err != nil || foreign {
		return err
	}
	if !slices.Contains([]string{"OPBD", "PRCD", "CLBD", "ITBD"}, kind) {
		return nil
	}
	e.require("CdtDbtInd", direction, "Dt", b.Date.String())
	if b.Date == 0 {
		return nil
	}
	if direction == "DBIT" {
		b.Amount = -b.Amount
	}
	e.place(kind, b)
	return nil
}

// place puts a booked balance where it belongs. A closing balance of the day
// before stands for a missing opening one.
func (e *entryReader) place(kind string, b Balance) {
	switch kind {
	case "OPBD":
		e.now.Opening, e.now.From = b, b.Date
	case "PRCD":
		if e.now.Opening.Date == 0 {
			e.now.Opening, e.now.From = b, b.Date.AddDays(1)
		}
	case "CLBD":
		e.closings = append(e.closings, b)
		e.now.Closing = e.closings[0]
	case "ITBD":
		if len(e.interim) < 2 {
			e.interim = append(e.interim, b)
		}
	}
}

// prove demands both balances and that they are explained. On a page of a
// longer statement an interim balance stands for the one that is on another
// page.
func (e *entryReader) prove() {
	if e.now.Opening.Date == 0 && e.now.Page > 1 && len(e.interim) > 0 {
		e.now.Opening = e.interim[0]
	}
	if e.now.Closing.Date == 0 && e.now.Page > 0 && !e.now.Last && len(e.interim) > 0 {
		e.now.Closing = e.interim[len(e.interim)-1]
	}
	switch {
	case e.now.Opening.Date == 0:
		e.faultAt("Bal", Missing, "no opening balance (OPBD)")
	case e.now.Closing.Date == 0:
		e.faultAt("Bal", Missing, "no closing balance (CLBD)")
	default:
		e.close()
	}
}

// close takes of several closing balances the first that the entries explain; the others are noted.
func (e *entryReader) close() {
	first := e.now.Proves()
	for _, b := range e.closings {
		if first == nil {
			break
		}
		one := e.now
		if one.Closing = b; one.Proves() == nil {
			e.now, first = one, nil
		}
	}
	if first != nil {
		e.faultAt("Bal", Total, first.Error())
	} else if len(e.closings) > 1 {
		e.note(Duplicate, strconv.Itoa(len(e.closings))+" closing balances, "+e.now.Closing.Amount.String()+" counts")
	}
}

// headComplete records what the head of an account lacks.
func (e *entryReader) headComplete() {
	e.at(1, func() {
		e.require("GrpHdr/MsgId", e.msg.MsgID)
		if e.msg.Created.IsZero() {
			e.faultAt("GrpHdr/CreDtTm", Missing, "required")
		}
	})
	e.at(2, func() { e.require("Id", e.now.ID, "Acct/Id", e.now.Account.Number) })
}

// add counts a booking into the statement.
func (e *entryReader) add(amount money.Fen) error {
	var err error
	if e.now.Booked, err = e.now.Booked.Add(amount); err != nil {
		return e.stop(Total, err.Error())
	}
	return nil
}
