package jobs

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/ledger"
)

// paymentCourse ties an entry that nobody could name a payment for to the one
// that an officer found: a debit settles it, a credit is that it came back.
func (d *desk) paymentCourse(e exchange.BankEntry, x exchange.Decision) (course, error) {
	if e.State != exchange.EntryUnmatched {
		return course{}, cannot("该笔流水已有归属", "the entry is tied already")
	}
	p, err := d.tx.Payment(x.Args["payment"])
	if notFound(err) {
		return course{}, cannot("没有付款 "+x.Args["payment"], "there is no such payment")
	}
	if err != nil {
		return course{}, err
	}
	switch {
	case p.Amount != e.Amount:
		return course{}, cannot("该笔流水为 "+e.Amount.String()+" 元，该笔付款为 "+p.Amount.String()+" 元", "the entry is of "+e.Amount.String()+", the payment of "+p.Amount.String())
	case e.BookedOn < p.ValueOn:
		return course{}, cannot("该笔付款制单于 "+p.ValueOn.String()+"，晚于流水日期", "the payment was ordered on "+p.ValueOn.String()+", after the bank's day")
	case e.Credit:
		return d.cameBackCourse(e, p)
	}
	return d.debitCourse(e, p)
}

// debitCourse settles a payment by a debit.
func (d *desk) debitCourse(e exchange.BankEntry, p exchange.Payment) (course, error) {
	may := []exchange.MoneyTrack{exchange.MoneySubmitted, exchange.MoneyUnknown, exchange.MoneyReturned}
	if p.BankRef != "" || e.Reversal || !slices.Contains(may, p.Track) {
		return course{}, cannot("该笔付款不在等待扣款："+d.moneyWord(p)+" "+p.BankRef, "the payment does not wait for a debit: "+string(p.Track)+" "+p.BankRef)
	}
	way := course{caseNo: caseOfPayment(p), comesTo: []string{d.sayf("%s 由该笔流水支付：%s", "%s was paid by the entry: %s", p.Ref, p.Amount)}}
	way.take = func() error {
		if err := d.closeAbout("money", e.Key); err != nil {
			return err
		}
		if err := d.settle(p, debitRef(e)); err != nil {
			return err
		}
		return d.matched(e, "", 0)
	}
	return way, nil
}

// cameBackCourse takes a credit as a payment come back. It was received as
// money that belongs to nobody.
func (d *desk) cameBackCourse(e exchange.BankEntry, p exchange.Payment) (course, error) {
	if p.Track != exchange.MoneySettled || p.ReturnRef != "" {
		return course{}, cannot("该笔付款没有付出，或已退回："+d.moneyWord(p), "the payment is not out of the bank: "+string(p.Track))
	}
	way := course{caseNo: caseOfPayment(p), comesTo: []string{d.sayf("%s 已由该笔流水退回：%s", "%s came back by the entry: %s", p.Ref, p.Amount)}}
	way.take = func() error {
		received := ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount)
		if err := d.book(ledger.Reverse(received, int(d.Date), "a payment of ours")); err != nil {
			return err
		}
		for _, kind := range []string{"money", "proposal"} {
			if err := d.closeAbout(kind, e.Key); err != nil {
				return err
			}
		}
		if err := d.comeBack(p, e, returnWords(e.ReturnCode)); err != nil {
			return err
		}
		return d.tied(e, exchange.EntryReturned, "", 0)
	}
	return way, nil
}

// moneyWord is where a payment stands, as staff read it.
func (d *desk) moneyWord(p exchange.Payment) string {
	return exchange.TermOf(exchange.MoneyTerms(exchange.Out), string(p.Track)).Chinese
}

// caseOfPayment is the case that a payment is for; "" for several.
func caseOfPayment(p exchange.Payment) string {
	if len(p.Items) != 1 {
		return ""
	}
	return p.Items[0].CaseNo
}
