package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/iso20022"
)

const waitsForTheBank = "held/sent/due " + string(code.HoldPaymentReturned)

// refuse lets the bank refuse a payment by a pain.002.
func (o *testOffice) refusePayment(x order) {
	o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: x.file, Status: iso20022.Partly},
		iso20022.TransferStatus{EndToEndID: x.EndToEndID, Status: iso20022.Rejected, Reason: "AC01", Text: "账号不存在"})
}

// requireWait requires that finance is told by when the bank's statement should be here.
func (o *testOffice) requireWait(no string) {
	o.tb.Helper()
	for _, t := range o.todoList() {
		if t.No == no && t.Owner == exchange.OwnerFinance && t.Due == 20260305 {
			for _, r := range t.Decisions {
				if r.Action == exchange.ActPayAgain {
					return
				}
			}
		}
	}
	o.tb.Errorf("nobody is told that case %s waits for the bank: %+v", no, o.todoList())
}

// TestFurtherAttemptAfterAReturn: it waits until the credit by which the payment came back
// stands on the account's statement.
func TestFurtherAttemptAfterAReturn(t *testing.T) {
	for name, c := range map[string]struct {
		state func(o *testOffice, back iso20022.Entry)
		again bool
	}{
		"no statement":           {func(*testOffice, iso20022.Entry) {}, false},
		"a statement without it": {func(o *testOffice, _ iso20022.Entry) { o.booked = o.booked[:len(o.booked)-1]; o.stateDay() }, false},
		"of another amount": {func(o *testOffice, _ iso20022.Entry) {
			o.booked[len(o.booked)-1].Amount--
			o.stateDay()
		}, false},
		"the statement with it": {func(o *testOffice, _ iso20022.Entry) { o.stateDay() }, true},
		"with it, and something else that nobody told of": {func(o *testOffice, _ iso20022.Entry) {
			o.booked = append(o.booked, creditEntry("X", 100, "结息", ""))
			o.stateDay()
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			paid := payTwo(o)[0]
			o.debitAll()
			o.pass()
			back := returnEntry(paid.order)
			o.leaveNotification(back)
			c.state(o, back)
			o.pass()
			o.requireState(exchange.Out, paid.Person, "answered/sent/returned")
			o.confirmAccounts()
			o.pass()
			if c.again != (len(o.orders) == 1) {
				t.Errorf("ordered %+v", o.orders)
			}
			if !c.again {
				o.requireState(exchange.Out, paid.Person, waitsForTheBank)
				o.requireWait(o.caseBy(exchange.Out, paid.Person).No)
			}
		})
	}
}

// TestFurtherAttemptAfterARefusal: it waits until statements show every day since the
// payment was ordered up to the refusal, and no debit.
func TestFurtherAttemptAfterARefusal(t *testing.T) {
	for name, c := range map[string]struct {
		state func(o *testOffice, refused order)
		want  string
	}{
		"no statement": {func(*testOffice, order) {}, waitsForTheBank},
		"whole":        {func(o *testOffice, _ order) { o.stateDay() }, "answered/sent/submitted"},
		"the day before": {func(o *testOffice, _ order) {
			o.leaveStatement(firstDay.AddDays(-1), 0)
		}, waitsForTheBank},
		"a debit that nobody told of": {func(o *testOffice, x order) {
			o.booked = append(o.booked, debitEntry(x))
			o.stateDay()
		}, waitsForTheBank},
		"a debit that belongs to nobody": {func(o *testOffice, x order) {
			nameless := debitEntry(x)
			nameless.Ref, nameless.MsgID, nameless.EndToEndID, nameless.Text, nameless.Counterparty = "N", "", "", "批量业务", iso20022.Account{}
			o.leaveNotification(nameless)
			o.stateDay()
		}, waitsForTheBank},
		"the next day alone": {func(o *testOffice, _ order) {
			o.skipDays(1)
			o.stateDay()
		}, waitsForTheBank},
		"the days around it": {func(o *testOffice, _ order) {
			o.leaveStatement(firstDay.AddDays(-1), 0)
			o.skipDays(1)
			o.stateDay()
		}, "answered/sent/submitted"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			people := payTwo(o)
			refused := people[0]
			o.orders = nil
			o.refusePayment(refused.order)
			o.pass()
			o.requireState(exchange.Out, refused.Person, "answered/sent/returned")
			o.confirmAccounts()
			c.state(o, refused.order)
			o.pass()
			o.requireState(exchange.Out, refused.Person, c.want)
		})
	}
}

// TestOfficerPaysAgainBeforeTheStatement: finance has asked the bank.
func TestOfficerPaysAgainBeforeTheStatement(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	paid := payTwo(o)[0]
	o.debitAll()
	o.pass()
	no := o.caseBy(exchange.Out, paid.Person).No
	for attempt := range 2 { // what was decided once says nothing about the next return
		o.leaveNotification(returnEntry(paid.order))
		o.pass()
		o.confirmAccounts()
		o.pass()
		o.requireState(exchange.Out, paid.Person, waitsForTheBank)
		if attempt == 1 {
			break
		}
		o.decide(keys, "li.na", exchange.ActPayAgain, no)
		o.pass()
		o.requireState(exchange.Out, paid.Person, "answered/sent/submitted")
		paid.order = o.orders[0]
		o.debitAll()
		o.pass()
	}
	// The statement ends the wait by itself.
	o.stateDay()
	o.pass()
	o.requireState(exchange.Out, paid.Person, "answered/sent/submitted")
}
