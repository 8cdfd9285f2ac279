package decision

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/bank"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// paymentPlan plans to match an entry to the payment that an officer found: a debit
// settles it (match-payment), a credit is its return (is-return). Amount and dates must
// agree, for no officer's word makes a payment of another amount.
func paymentPlan(d *office.Desk, e exchange.BankEntry, x exchange.Decision) (office.Plan, error) {
	if e.State != exchange.EntryUnmatched {
		return office.Plan{}, office.Undecidable("该笔流水已有归属", "the entry is matched already")
	}
	switch {
	case e.Credit && x.Action != exchange.ActIsReturn:
		return office.Plan{}, office.Undecidable("该笔流水为进账，本方付款退回的用 is-return", "the entry is a credit: is-return says that a payment came back")
	case !e.Credit && x.Action != exchange.ActMatchPayment:
		return office.Plan{}, office.Undecidable("该笔流水为扣款，不是退汇", "the entry is a debit, and no return")
	}
	p, err := d.Tx.Payment(x.Args["payment"])
	if office.IsNotFound(err) {
		return office.Plan{}, office.Undecidable("没有付款 "+x.Args["payment"], "there is no such payment")
	}
	if err != nil {
		return office.Plan{}, err
	}
	switch {
	case p.Amount != e.Amount:
		return office.Plan{}, office.Undecidable("该笔流水为 "+e.Amount.String()+" 元，该笔付款为 "+p.Amount.String()+" 元",
			"the entry is of "+e.Amount.String()+", the payment of "+p.Amount.String())
	case e.BookedOn < p.ValueOn:
		return office.Plan{}, office.Undecidable("该笔付款制单于 "+p.ValueOn.String()+"，晚于流水日期",
			"the payment was ordered on "+p.ValueOn.String()+", after the bank's day")
	case e.Credit:
		return returnedPaymentPlan(d, e, p)
	}
	return debitPlan(d, e, p)
}

// debitPlan plans to settle a payment by a debit. A returned one may be settled
// too: its debit can come after the news of its return.
func debitPlan(d *office.Desk, e exchange.BankEntry, p exchange.Payment) (office.Plan, error) {
	if at := p.Track.Place(); p.BankRef != "" || e.Reversal || at != exchange.PlaceBank && at != exchange.PlaceBack {
		return office.Plan{}, office.Undecidable("该笔付款不在等待扣款："+trackWord(p)+" "+p.BankRef,
			"the payment does not wait for a debit: "+string(p.Track)+" "+p.BankRef)
	}
	plan := office.Plan{CaseNo: caseOfPayment(p), Effects: []string{
		d.Sayf("%s 由该笔流水支付：%s", "%s was paid by the entry: %s", p.Ref, p.Amount),
	}}
	plan.Apply = func() error {
		if err := d.Tx.CloseDifferencesAbout("money", code.Text(e.Key)); err != nil {
			return err
		}
		if err := bank.Settle(d, p, e.Key); err != nil {
			return err
		}
		return transfer.MarkMatched(d, e, "", 0)
	}
	return plan, nil
}

// returnedPaymentPlan plans to take a credit as the return of a settled payment: what
// the bank says of it proves nothing, and an officer has asked.
func returnedPaymentPlan(d *office.Desk, e exchange.BankEntry, p exchange.Payment) (office.Plan, error) {
	if p.Track != exchange.MoneySettled || p.BankRef == "" || p.ReturnRef != "" {
		return office.Plan{}, office.Undecidable("该笔付款没有付出，或已退回："+trackWord(p), "the payment is not out of the bank: "+string(p.Track))
	}
	plan := office.Plan{CaseNo: caseOfPayment(p), Effects: []string{d.Sayf("%s 已由该笔流水退回：%s", "%s came back by the entry: %s", p.Ref, p.Amount)}}
	plan.Apply = func() error { return bank.TakeReturn(d, e, p) }
	return plan, nil
}

// trackWord is a payment's money track in Chinese.
func trackWord(p exchange.Payment) string {
	return exchange.TermOf(exchange.MoneyTerms(exchange.Out), string(p.Track)).Chinese
}

// caseOfPayment is the case that a payment is for; "" for a lump sum or a refund.
func caseOfPayment(p exchange.Payment) string {
	if len(p.Items) != 1 {
		return ""
	}
	return p.Items[0].CaseNo
}
