package jobs_test

import (
	"errors"
	"slices"
	"testing"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/formats/iso20022"
)

// TestReturnNeedsEvidence: a credit that repeats the reference of our payment is its
// return only when it says so, and once the debit was seen. Any other waits for finance.
func TestReturnNeedsEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*iso20022.Entry)
		words  []string
		want   string
	}{
		"the reference alone":        {func(*iso20022.Entry) {}, nil, "settled"},
		"RtrInf with a code":         {func(e *iso20022.Entry) { e.Returned, e.ReturnCode = true, "AC01" }, nil, "returned"},
		"RtrInf without a code":      {func(e *iso20022.Entry) { e.Returned = true }, nil, "returned"},
		"a reversal":                 {func(e *iso20022.Entry) { e.Reversal = true }, nil, "returned"},
		"its text begins so":         {func(e *iso20022.Entry) { e.Text = "退 汇 " + e.Text }, nil, "returned"},
		"so, without the reference":  {func(e *iso20022.Entry) { e.Text, e.EndToEndID = "退回："+e.Text, "" }, nil, "returned"},
		"the word further on":        {func(e *iso20022.Entry) { e.Text += " 退汇" }, nil, "settled"},
		"a word of another bank":     {func(e *iso20022.Entry) { e.Text = "冲账 " + e.Text }, nil, "settled"},
		"a word of this bank":        {func(e *iso20022.Entry) { e.Text = "冲账 " + e.Text }, []string{"冲账"}, "returned"},
		"not a word of this bank":    {func(e *iso20022.Entry) { e.Text = "退款 " + e.Text }, []string{"冲账"}, "settled"},
		"a return of another amount": {func(e *iso20022.Entry) { e.Returned, e.Amount = true, e.Amount-1 }, nil, "settled"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.env.Agency.ReturnWords = c.words
			paid := payTwo(o)[0]
			o.debitAll()
			o.pass()
			e := debitEntry(paid.order)
			e.Ref, e.Credit = "R1", true
			c.change(&e)
			o.leaveNotification(e)
			o.pass()
			o.requireState(exchange.Out, paid.Person, "answered/sent/"+c.want)
			open, waits := len(o.openDifferences()), o.todoNumbers("到账待认领")
			if stays := c.want == "settled"; stays != (open == 1) || stays != (len(waits) == 1) {
				t.Errorf("%d open, waiting %q", open, waits)
			}
		})
	}
}

// TestMistakenCreditIsNoReturn: a partner pays with our reference. Nothing is paid again
// until finance has asked the bank; then it is a return, or whatever else it is.
func TestMistakenCreditIsNoReturn(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	people := payTwo(o)
	a, b := people[0], people[1]
	o.debitAll()
	o.pass()
	o.leaveNotification(creditEntry("K1", a.order.Amount, a.order.Text, a.order.EndToEndID))
	o.pass()
	o.requireState(exchange.Out, a.Person, "answered/sent/settled")
	if lies := o.balanceOf(ledger.InUnmatched); lies != a.order.Amount {
		t.Errorf("unmatched %s", lies)
	}
	todo := o.todoOf(exchange.TodoCredit)
	if len(todo) != 1 || todo[0].Due != 20260305 || !slices.ContainsFunc(todo[0].Decisions, func(r exchange.Rule) bool { return r.Action == exchange.ActIsReturn }) {
		t.Fatalf("to be done: %+v", todo)
	}
	for why, payment := range map[string]string{"another payment's sum": b.order.EndToEndID, "no payment": "31010020260302000999-1-1"} {
		if _, err := o.tryDecide(keys, "li.na", exchange.ActIsReturn, "K1", "payment="+payment); !errors.Is(err, exchange.ErrDecision) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := o.tryDecide(keys, "li.na", exchange.ActMatchPayment, "K1", "payment="+a.order.EndToEndID); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("match-payment about a credit: %v", err)
	}
	o.decide(keys, "li.na", exchange.ActIsReturn, "K1", "payment="+a.order.EndToEndID)
	o.requireState(exchange.Out, a.Person, "answered/sent/returned")
	if lies := o.balanceOf(ledger.InUnmatched); lies != 0 {
		t.Errorf("unmatched %s", lies)
	}
	o.requireNoDifferences()
}

// TestReturnToldLater: a credit of which a later message says that it is a return.
func TestReturnToldLater(t *testing.T) {
	o := newOffice(t)
	paid := payTwo(o)[0]
	o.debitAll()
	o.pass()
	e := returnEntry(paid.order)
	e.Returned, e.ReturnCode, e.ReturnReason = false, "", ""
	o.leaveNotification(e)
	o.pass()
	o.requireState(exchange.Out, paid.Person, "answered/sent/settled")
	o.leaveNotification(returnEntry(paid.order))
	o.pass()
	o.requireState(exchange.Out, paid.Person, "answered/sent/returned")
	o.requireNoDifferences()
}
