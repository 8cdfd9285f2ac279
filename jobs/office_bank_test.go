package jobs_test

import (
	"bytes"
	"fmt"
	"os"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/samples"
)

type order struct {
	file string // message id
	iso20022.Transfer
	debtor iso20022.Account
}

// noteOrders is the bank: it notes what it is to pay.
func (o *testOffice) noteOrders(content []byte) {
	o.tb.Helper()
	_, faults, err := iso20022.ReadPayment(bytes.NewReader(content), iso20022.Limits{}, func(p *iso20022.Payment, t iso20022.Transfer) error {
		o.orders = append(o.orders, order{p.MsgID, t, p.Debtor})
		return nil
	})
	if err != nil || faults.Total > 0 {
		o.tb.Fatalf("payment file: %v %v", faults.List, err)
	}
}

// notePaymentList is the bank's clerk: it notes what a payment list asks for.
func (o *testOffice) notePaymentList(content []byte) {
	o.tb.Helper()
	lines, _, err := formats.ReadPaymentList(bytes.NewReader(content))
	if err != nil {
		o.tb.Fatalf("payment list: %v", err)
	}
	for _, l := range lines {
		o.orders = append(o.orders, order{l.OrderNo, iso20022.Transfer{
			EndToEndID: l.Ref, Amount: l.Amount, Creditor: iso20022.Account{Name: l.Payee, Number: l.Account, Bank: l.Bank, CNAPS: l.CNAPS}, Text: l.Remark,
		}, iso20022.Account{}})
	}
	o.books = append(o.books, content)
}

// takeBankFile takes a file out of the bank's drop before we see it.
func (o *testOffice) takeBankFile(name string) string {
	o.tb.Helper()
	path := o.dropPath(bank, "in", name)
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	return string(content)
}

// transfer is a transfer of ours by its reference and amount.
func transfer(ref string, amount money.Fen) iso20022.Transfer {
	return iso20022.Transfer{EndToEndID: ref, Amount: amount}
}

// debitEntry is the debit of a transfer that was ordered.
func debitEntry(t order) iso20022.Entry {
	return iso20022.Entry{
		Ref: "D-" + t.EndToEndID, Part: 1, Parts: 1, Amount: t.Amount, Status: iso20022.Booked, MsgID: t.file, EndToEndID: t.EndToEndID,
		Counterparty: t.Creditor, Text: t.Text,
	}
}

// returnEntry is the credit by which the bank returns a transfer.
func returnEntry(t order) iso20022.Entry {
	e := debitEntry(t)
	e.Ref, e.Credit, e.Returned, e.ReturnCode, e.ReturnReason = "R-"+t.EndToEndID, true, true, "AC01", "账号不存在"
	return e
}

// creditEntry is money from a partner.
func creditEntry(ref string, amount money.Fen, text, endToEnd string) iso20022.Entry {
	p := samples.PlaceOf(them)
	return iso20022.Entry{
		Ref: ref, Part: 1, Parts: 1, Amount: amount, Credit: true, Status: iso20022.Booked, EndToEndID: endToEnd, Text: text,
		Counterparty: iso20022.Account{Name: p.AccountName, Number: p.AccountNo, Bank: p.BankName, CNAPS: p.CNAPS},
	}
}

// debitAll lets the bank debit everything that was ordered.
func (o *testOffice) debitAll() {
	o.tb.Helper()
	var entries []iso20022.Entry
	for _, t := range o.orders {
		entries = append(entries, debitEntry(t))
	}
	o.orders = nil
	o.leaveNotification(entries...)
}

// leaveNotification leaves a camt.054 with entries of our account.
func (o *testOffice) leaveNotification(entries ...iso20022.Entry) string {
	o.tb.Helper()
	o.messages++
	id := fmt.Sprintf("%sN%06d", us, o.messages)
	own := receiving(us)
	var b bytes.Buffer
	w, err := iso20022.NewNotificationWriter(&b, iso20022.Statement{
		MsgID: id, Created: o.now, ID: id, Account: iso20022.Account{Name: own.Holder, Number: own.No, Bank: own.Bank, CNAPS: own.CNAPS},
	})
	for _, e := range entries {
		if e.Booked == 0 {
			e.Booked, e.Value = calendar.DateOf(o.now), calendar.DateOf(o.now)
		}
		o.booked = append(o.booked, e)
		if err == nil {
			err = w.Write(e)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	name := "camt054_" + id + ".xml"
	o.leaveFile(bank, name, b.Bytes())
	return name
}

// leaveBatchBooking leaves a camt.054 with several transfers in one booking.
func (o *testOffice) leaveBatchBooking(ref string, entries ...iso20022.Entry) {
	o.tb.Helper()
	o.messages++
	id := fmt.Sprintf("%sN%06d", us, o.messages)
	var b bytes.Buffer
	w, err := iso20022.NewNotificationWriter(&b, iso20022.Statement{MsgID: id, Created: o.now, ID: id, Account: iso20022.Account{Number: receiving(us).No}})
	for i := range entries {
		entries[i].Ref, entries[i].Booked = ref, calendar.DateOf(o.now)
	}
	if err == nil {
		err = w.WriteBatch(entries)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.leaveFile(bank, "camt054_"+id+".xml", b.Bytes())
}

// leaveStatusReport leaves a pain.002 about a payment order.
func (o *testOffice) leaveStatusReport(head iso20022.StatusReport, transfers ...iso20022.TransferStatus) {
	o.tb.Helper()
	o.messages++
	head.MsgID, head.Created, head.OriginalName = fmt.Sprintf("%sS%06d", us, o.messages), o.now, iso20022.PaymentName
	var b bytes.Buffer
	w, err := iso20022.NewStatusWriter(&b, head)
	for _, t := range transfers {
		if err == nil {
			err = w.Write(t)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.leaveFile(bank, "pain002_"+head.MsgID+".xml", b.Bytes())
}

// stateDay leaves the statement of today: what the bank told of since the last one.
func (o *testOffice) stateDay() {
	o.tb.Helper()
	opening := o.stated
	for _, e := range o.booked {
		o.stated += e.Signed()
	}
	o.leaveStatement(calendar.DateOf(o.now), opening, o.booked...)
	o.booked = nil
}

// leaveStatement leaves the statement of a day: what is booked on it, from an
// opening balance.
func (o *testOffice) leaveStatement(on calendar.Date, opening money.Fen, entries ...iso20022.Entry) {
	o.tb.Helper()
	o.messages++
	id := fmt.Sprintf("%sT%06d", us, o.messages)
	own := receiving(us)
	closing := opening
	for i := range entries {
		if entries[i].Booked == 0 {
			entries[i].Booked = on
		}
		closing += entries[i].Signed()
	}
	var b bytes.Buffer
	w, err := iso20022.NewStatementWriter(&b, iso20022.Statement{
		MsgID: id, Created: o.now, ID: id, Account: iso20022.Account{Number: own.No},
		Opening: iso20022.Balance{Date: on, Amount: opening}, Closing: iso20022.Balance{Date: on, Amount: closing},
	})
	for _, e := range entries {
		if err == nil {
			err = w.Write(e)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.leaveFile(bank, "camt053_"+id+".xml", b.Bytes())
}
