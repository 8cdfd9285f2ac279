package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

func TestNettedOrNotMovedIsNotPaid(t *testing.T) {
	for settlement, c := range map[string]struct {
		money code.MoneyKind
		want  string
	}{exchange.SettleNetted: {code.Netted, "answered/sent/not_due"}, exchange.SettleNotMoved: {code.NotMoved, "answered/sent/not_due"}} {
		t.Run(settlement, func(t *testing.T) {
			o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.Settlement = settlement }))
			p := leaver(us, 0)
			f := o.answerLetter(p, 1)
			if f.Money != c.money || f.Amount != p.Total() {
				t.Errorf("form %+v", *f)
			}
			o.requireState(exchange.Out, p, c.want)
			o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260302))
			o.pass()
			o.requireState(exchange.Out, p, "confirmed/sent/not_due")
			o.requireNoDifferences()
		})
	}
}

func TestFormWithoutMoneyIsNotPaid(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.balance[p.PersonalNo] = 0
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.pass()
	if f := requireOne[formats.Form](o, them, formats.KindForm); f.Money != code.Zero {
		t.Errorf("form says %s", f.Money)
	}
	o.requireState(exchange.Out, p, "answered/sent/not_due")
}
