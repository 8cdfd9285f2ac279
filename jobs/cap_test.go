package jobs_test

import (
	"errors"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs"
)

func TestPaymentsOverTheCapAreHeld(t *testing.T) {
	o := newOffice(t)
	p, q, r := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.env.Agency.PaymentCap = max(p.Total(), q.Total())
	o.env.Agency.FileCap = o.env.Agency.PaymentCap + 1
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q), o.insured(r))
	o.balance[r.PersonalNo] = o.env.Agency.PaymentCap + 1
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q), o.letter(them, 3, r))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	o.requireState(exchange.Out, r, "held/sent/due cap")
	if o.orders[0].file == o.orders[1].file {
		t.Error("one payment file above the cap")
	}
	o.env.Agency.PaymentCap += 10 // the agency decided on a higher one
	o.env.Agency.FileCap += 10
	o.pass()
	o.requireState(exchange.Out, r, "answered/sent/submitted")
}

func TestLumpSumsKeepTheCap(t *testing.T) {
	o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	var records, letters []any
	var total, largest money.Fen
	for i := range 4 {
		p := leaver(us, i)
		records, letters = append(records, o.insured(p)), append(letters, o.letter(them, i, p))
		total, largest = total+p.Total(), max(largest, p.Total())
	}
	o.env.Agency.PaymentCap = largest + 1
	o.put(core, formats.KindRegistry, records...)
	o.put(them, formats.KindLetter, letters...)
	o.pass()
	o.pass()
	var ordered money.Fen
	for _, x := range o.orders {
		if x.Amount > o.env.Agency.PaymentCap {
			t.Errorf("a lump sum of %s, the cap is %s", x.Amount, o.env.Agency.PaymentCap)
		}
		ordered += x.Amount
	}
	if ordered != total {
		t.Errorf("%s ordered of %s", ordered, total)
	}
}

func TestCapAllowed(t *testing.T) {
	p := leaver(us, 0)
	o := newOffice(t, func(e *jobs.Env) { e.Agency.PaymentCap = p.Total() - 1 })
	keys := staffWithKeys(o)
	o.answerLetter(p, 1)
	c := o.caseBy(exchange.Out, p)
	if c.Hold != code.HoldCap {
		t.Fatalf("case stands at %s %s", c.State, c.Hold)
	}
	o.decide(keys, "wang.min", exchange.ActAllowCap, c.No, "amount=0.01")
	o.pass()
	o.requireState(exchange.Out, p, "held/sent/due cap")
	if _, err := o.tryDecide(keys, "li.na", exchange.ActAllowCap, c.No, "amount="+p.Total().String()); !errors.Is(err, exchange.ErrDecision) {
		t.Errorf("not a checker: %v", err)
	}
	o.decide(keys, "wang.min", exchange.ActAllowCap, c.No, "amount="+p.Total().String())
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

func TestPaymentsWaitWhileFundsAreClosed(t *testing.T) {
	o := newOffice(t)
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260305}}
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.requireState(exchange.Out, p, "answered/sent/due")
	told := 0
	for _, n := range take[formats.Notice](o, portal, formats.KindNotice) {
		if n.Milestone == code.MilestoneMoneyWaiting {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d notices that payments wait", told)
	}
	o.skipDays(4)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}
