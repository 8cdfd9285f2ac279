package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
)

func TestPlainPersonLeaves(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	f := o.payLetter(p, 1)
	if f.Amount != p.Total() || f.Money != code.Remitted || f.PaymentRef != letterNo(them, 1)+"-1-1" || f.Echo != "echo-1" {
		t.Errorf("form %+v", *f)
	}
	m := requireOne[formats.Advice](o, them, formats.KindAdvice)
	if m.PaymentRef != f.PaymentRef || m.Amount != f.Amount || m.FormNo != f.FormNo {
		t.Errorf("advice %+v", *m)
	}
	o.acceptAll(them)
	o.put(them, formats.KindCompletion, completion(f, code.OutcomeRelationDone, 20260302))
	o.pass()
	o.requireState(exchange.Out, p, "answered/delivered/settled")
	o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260302))
	o.pass()
	o.requireState(exchange.Out, p, "confirmed/delivered/settled")
	o.requireNoDifferences()
}

func TestCompletionOvertakesTheRelation(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	f := o.payLetter(p, 1)
	o.acceptAll(them)
	o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260303))
	o.pass()
	name := o.put(them, formats.KindCompletion, completion(f, code.OutcomeRelationDone, 20260302))
	o.pass()
	o.requireReceipt(them, name, "accepted", f.LetterNo+" accepted")
	o.requireState(exchange.Out, p, "confirmed/delivered/settled")
	o.view(func(tx *store.Tx) error {
		have, err := tx.Form(f.FormNo, f.Version)
		if have.LastCompletion != string(code.OutcomeCompleted) || have.Credited != f.Amount {
			t.Errorf("told %q, credited %s", have.LastCompletion, have.Credited)
		}
		return err
	})
}

func TestCompletionBeforeTheBankTells(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	f := o.answerLetter(p, 1)
	k := o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260302))
	o.pass()
	o.requireReceipt(them, k, "accepted", letterNo(them, 1)+" accepted")
	o.requireNoDifferences() // it is kept until the bank tells of the debit
	if got := o.balances(); strings.Contains(got, "out:credited") {
		t.Errorf("booked before the debit: %s", got)
	}
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "confirmed/sent/settled")
	if got := o.balances(); !strings.Contains(got, "out:credited") || strings.Contains(got, "out:settled") {
		t.Errorf("not booked with the debit: %s", got)
	}
	o.requireNoDifferences()
}

func TestHoldsOfALetterAndTheirEnds(t *testing.T) {
	status := func(s code.RegistryStatus) func(*formats.RegistryRecord) {
		return func(r *formats.RegistryRecord) { r.Status = s }
	}
	for name, c := range map[string]struct {
		before func(*formats.RegistryRecord) // nil: not in the registry
		env    func(*jobs.Env)
		hold   string
	}{
		"in hospital": {before: status(code.RegistryInHospital), hold: "in-hospital-or-frozen"},
		"frozen":      {before: status(code.RegistryFrozen), hold: "in-hospital-or-frozen"},
		"unknown":     {hold: "awaiting-registry"},
		"arrears": {before: func(r *formats.RegistryRecord) { r.ArrearsMonths.Value, r.ArrearsMonths.Given = 3, true }, hold: "arrears", env: func(e *jobs.Env) {
			p := e.Profiles["2016"]
			p.Arrears = exchange.ArrearsHold
			e.Profiles["2016"] = p
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if c.env != nil {
				c.env(o.env)
			}
			p := leaver(us, 0)
			if c.before != nil {
				o.put(core, formats.KindRegistry, o.insured(p, c.before))
			}
			name := o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
			o.requireState(exchange.Out, p, "held/none/not_due "+c.hold)
			o.nextNight()
			o.requireState(exchange.Out, p, "held/none/not_due "+c.hold)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.pass()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
		})
	}
}

func TestLetterIsDeclined(t *testing.T) {
	active := func(r *formats.RegistryRecord) { r.Status, r.StoppedOn = code.RegistryActive, 0 }
	for name, c := range map[string]struct {
		registry func(*formats.RegistryRecord)
		letter   func(*formats.Letter)
		env      func(*jobs.Env)
		code     code.Decline
	}{
		"still participating": {registry: active, code: code.DeclineStillParticipating},
		"ended":               {registry: func(r *formats.RegistryRecord) { r.Status = code.RegistryEnded }, code: code.DeclineAlreadyTransferred},
		"name":                {letter: func(l *formats.Letter) { l.Person.Name += "某" }, code: code.DeclineNameOrIDDiffers},
		"certificate":         {letter: func(l *formats.Letter) { l.CertificateNo = "C1" }, code: code.DeclineCertificateVoid},
		"arrears": {
			registry: func(r *formats.RegistryRecord) { r.ArrearsAmount.Value, r.ArrearsAmount.Given = 100, true }, code: code.DeclineArrears,
			env: func(e *jobs.Env) {
				p := e.Profiles["2016"]
				p.Arrears = exchange.ArrearsDecl
				e.Profiles["2016"] = p
			},
		},
		"retired in 2021": {registry: func(r *formats.RegistryRecord) { r.Status = code.RegistryRetired }, env: by2021, code: code.DeclineOutOfScope},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if c.env != nil {
				c.env(o.env)
			}
			p := leaver(us, 0)
			change := []func(*formats.RegistryRecord){}
			if c.registry != nil {
				change = append(change, c.registry)
			}
			l := o.letter(them, 1, p)
			if c.letter != nil {
				c.letter(l)
			}
			o.put(core, formats.KindRegistry, o.insured(p, change...))
			o.put(them, formats.KindLetter, l)
			o.pass()
			d := requireOne[formats.Decline](o, them, formats.KindForm)
			if d.Code != c.code || d.LetterVersion != 1 || d.Echo != "echo-1" {
				t.Errorf("declined as %+v", *d)
			}
			// Version 2 reopens it, and this time nothing is wrong.
			o.skipDays(1)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2)))
			o.pass()
			o.pass()
			f := requireOne[formats.Form](o, them, formats.KindForm)
			if f.LetterVersion != 2 {
				t.Errorf("form for letter version %d", f.LetterVersion)
			}
		})
	}
}
