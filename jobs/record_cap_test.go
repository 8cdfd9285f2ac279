package jobs_test

import (
	"errors"
	"testing"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/formats"
)

// TestRecordCapAtTheOldPlace: what the core debited above the cap of a person goes into no
// form and no payment until a checker allows it.
func TestRecordCapAtTheOldPlace(t *testing.T) {
	for name, amount := range map[string]money.Fen{"at the cap": exchange.RecordCap, "above it": exchange.RecordCap + 1} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			p := leaver(us, 0)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.balance[p.PersonalNo] = amount
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			o.pass()
			if name == "at the cap" {
				o.requireState(exchange.Out, p, "answered/sent/submitted")
				return
			}
			o.requireState(exchange.Out, p, "held/none/not_due cap")
			no := o.caseBy(exchange.Out, p).No
			for who, sum := range map[string]string{"li.na": amount.String(), "wang.min": (amount - 1).String()} {
				if _, err := o.tryDecide(keys, who, exchange.ActAllowCap, no, "amount="+sum); err != nil && !errors.Is(err, exchange.ErrDecision) {
					t.Fatal(err)
				}
				o.pass()
				o.requireState(exchange.Out, p, "held/none/not_due cap")
			}
			o.decide(keys, "wang.min", exchange.ActAllowCap, no, "amount="+amount.String())
			o.pass()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
		})
	}
}

// TestRecordCapAtTheNewPlace: a form above the cap asks the core for nothing.
func TestRecordCapAtTheNewPlace(t *testing.T) {
	for name, raised := range map[string]bool{"allowed": false, "the cap is raised": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			keys := staffWithKeys(o)
			o.env.Agency.RecordCap = 100
			p := leaver(them, 0)
			l := o.sendLetter(p)
			f := o.form(p, l)
			o.put(them, formats.KindForm, f)
			o.leaveNotification(creditEntry("K1", f.Amount, f.LetterNo+" "+p.IDNo, ""))
			o.pass()
			o.requireState(exchange.In, p, "held/checked/matched cap")
			if raised {
				o.env.Agency.RecordCap = 0
				o.pass()
			} else {
				o.decide(keys, "wang.min", exchange.ActAllowCap, o.caseBy(exchange.In, p).No, "amount="+f.Amount.String())
			}
			o.passUntil(exchange.In, p, "completed/posted/posted")
			o.requireNoDifferences()
		})
	}
}
