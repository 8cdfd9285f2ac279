package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/samples"
)

func TestMoneyBeforeTheForm(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		t.Run(profile, func(t *testing.T) {
			o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.Profile = profile }))
			p := leaver(them, 0)
			l := o.sendLetter(p)
			o.creditArrives(l, p, p.Total())
			o.pass()
			o.requireState(exchange.In, p, "requested/none/received")
			o.put(them, formats.KindForm, o.form(p, l))
			o.pass()
			o.pass()
			o.requireState(exchange.In, p, "completed/posted/posted")
			o.requireNoDifferences()
		})
	}
}

func TestTwoCreditsAndTooMuch(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.creditArrives(l, p, 100)
	o.pass()
	o.requireState(exchange.In, p, "held/checked/differs amount-differs")
	o.creditArrives(l, p, p.Total()-100)
	o.pass()
	o.pass()
	o.requireState(exchange.In, p, "completed/posted/posted")
	// The same sum once more is no duplicate, but too much.
	o.creditArrives(l, p, p.Total())
	o.pass()
	o.requireState(exchange.In, p, "held/posted/differs amount-differs")
}

func TestTooMuchBeforePosting(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.creditArrives(l, p, p.Total()+1)
	o.pass()
	o.requireState(exchange.In, p, "held/checked/differs amount-differs")
	// The old place corrects the form: it was right to pay so much.
	o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) {
		f.Version, f.Nature, f.Interest = 2, code.NatureCorrected, f.Interest+1
	}))
	o.pass()
	o.pass()
	o.requireState(exchange.In, p, "completed/posted/posted")
	o.requireNoDifferences()
}

func TestLumpSumArrives(t *testing.T) {
	for _, order := range []string{"advices first", "money first", "money before the forms"} {
		t.Run(order, func(t *testing.T) {
			o := newOffice(t)
			people := []samples.Person{leaver(them, 0), leaver(them, 1)}
			ref := "L" + them + us + "202603020001"
			var forms, advices []any
			var total money.Fen
			for _, p := range people {
				l := o.sendLetter(p)
				f := o.form(p, l)
				forms = append(forms, f)
				advices = append(advices, &formats.Advice{
					PaymentRef: ref, Purpose: code.PurposeTransfer, LetterNo: l.LetterNo, FormNo: f.FormNo, PersonID: p.IDNo, Name: p.Name, Amount: f.Amount, ValueDate: 20260302,
				})
				total += f.Amount
			}
			if order == "money before the forms" {
				o.put(them, formats.KindAdvice, advices...)
				o.leaveNotification(creditEntry("C1", total, ref+" 2人", ref))
				o.pass()
				o.put(them, formats.KindForm, forms...)
			} else {
				o.put(them, formats.KindForm, forms...)
				if order == "advices first" {
					o.put(them, formats.KindAdvice, advices...)
				}
				o.leaveNotification(creditEntry("C1", total, ref+" 2人", ref))
				o.pass()
				if order == "money first" {
					o.requireState(exchange.In, people[0], "answered/checked/none")
					o.put(them, formats.KindAdvice, advices...)
				}
			}
			o.passes(3)
			for _, p := range people {
				o.requireState(exchange.In, p, "completed/posted/posted")
			}
			o.requireNoDifferences()
		})
	}
}

// TestLumpSumIsWholeOrWaits: one advice of a lump sum is no remittance to us, but of a
// refund. Nothing of the sum is booked for the others, and the credit waits.
func TestLumpSumIsWholeOrWaits(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(others, 1)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(others, formats.KindLetter, o.letter(others, 1, p)) // its number comes behind ours
	o.put(portal, formats.KindApplication, o.application(q, func(a *formats.Application) { a.FromAgency = others }))
	o.put(core, formats.KindRegistry, o.newcomer(q))
	o.passes(2)
	l := requireOne[formats.Letter](o, others, formats.KindLetter)
	f := o.form(q, l, func(f *formats.Form) { f.FormNo, f.Agency.Code = "F"+others+l.LetterNo[6:], others })
	ref := "L" + others + us + "202603020009"
	advice := func(purpose code.Purpose, letterNo, formNo string, p samples.Person, amount money.Fen) *formats.Advice {
		return &formats.Advice{
			PaymentRef: ref, Purpose: purpose, LetterNo: letterNo, FormNo: formNo, PersonID: p.IDNo, Name: p.Name, Amount: amount, ValueDate: 20260302,
		}
	}
	o.put(others, formats.KindForm, f)
	o.put(others, formats.KindAdvice, advice(code.PurposeTransfer, l.LetterNo, f.FormNo, q, f.Amount),
		advice(code.PurposeRefund, letterNo(others, 1), "I44010020260302000001", p, 500))
	o.leaveNotification(creditEntry("C1", f.Amount+500, ref, ref))
	o.pass()
	o.requireState(exchange.In, q, "answered/checked/none")
	o.creditArrives(l, q, f.Amount) // its own money, once
	o.passes(2)
	o.requireState(exchange.In, q, "completed/posted/posted")
}

func TestAdviceOfARefundStopsNothing(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	f := o.payLetter(p, 1)
	q := leaver(them, 1)
	l := o.sendLetter(q)
	ref := "L" + them + us + "202603020009"
	name := o.put(them, formats.KindForm, o.form(q, l))
	o.put(them, formats.KindAdvice, &formats.Advice{
		PaymentRef: ref, Purpose: code.PurposeRefund, LetterNo: f.LetterNo, FormNo: f.FormNo, PersonID: p.IDNo, Name: p.Name, Amount: 500, ValueDate: 20260302,
	})
	o.leaveNotification(creditEntry("C1", 500, ref, ref))
	o.creditArrives(l, q, q.Total())
	o.pass()
	o.requireReceipt(them, name, "accepted", formNo(l)+" accepted")
	o.pass()
	o.requireState(exchange.In, q, "completed/posted/posted")
}

func TestMoneyForACaseThatEnded(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	l := o.sendLetter(p)
	m := o.sendLetter(q)
	o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: "A-" + p.PersonalNo, Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
	o.pass()
	o.acceptAll(them)
	o.pass()
	o.requireState(exchange.In, p, "cancelled/none/none")
	o.put(them, formats.KindForm, o.form(q, m))
	o.creditArrives(l, p, 1000)
	o.creditArrives(m, q, q.Total())
	o.pass()
	o.pass()
	o.requireState(exchange.In, q, "completed/posted/posted")
	if len(o.openDifferences()) == 0 {
		t.Error("nobody hears of money for a cancelled case")
	}
}

func TestFormWithoutARemittance(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		for _, kind := range []code.MoneyKind{code.Netted, code.NotMoved, code.PaidToPerson, code.Zero} {
			t.Run(profile+" "+string(kind), func(t *testing.T) {
				o := newOffice(t, withPartner(them, func(p *exchange.Partner) {
					p.Profile = profile
					switch kind {
					case code.Netted:
						p.Settlement = exchange.SettleNetted
					case code.NotMoved:
						p.Settlement = exchange.SettleNotMoved
					}
				}))
				p := leaver(them, 0)
				l := o.sendLetter(p)
				o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) {
					if f.Money = kind; kind == code.Zero {
						f.Principal, f.Interest = 0, 0
					}
				}))
				o.pass()
				o.pass()
				o.requireState(exchange.In, p, "completed/posted/not_due")
				var rows []string
				for _, x := range take[formats.Posting](o, core, formats.KindPosting) {
					rows = append(rows, string(x.Row))
				}
				if want := map[bool]int{true: 2, false: 1}[kind == code.Netted]; len(rows) != want {
					t.Errorf("postings %v", rows)
				}
				ks := take[formats.Completion](o, them, formats.KindCompletion)
				if k := ks[len(ks)-1]; k.Outcome != code.OutcomeCompleted || (kind == code.Netted) != (k.Credited > 0) {
					t.Errorf("completion %+v", *k)
				}
				o.requireNoDifferences()
			})
		}
	}
}
