package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs"
	"carryover/jobs/office"
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
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "confirmed/sent/settled")
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

func TestAccountNotRegistered(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, toAccount(secondAccount(them))))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	register(o, secondAccount(them))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	if got := o.orders[0].Creditor.Number; got != secondAccount(them).No {
		t.Errorf("paid to %s", got)
	}
}

// register adds an account of the partner's to the configuration.
func register(o *testOffice, a exchange.Account) {
	with(them, func(p *exchange.Partner) { p.Accounts = append(p.Accounts, a) })(o.env)
}

func TestDeclines(t *testing.T) {
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
			o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2)))
			o.pass()
			o.pass()
			f := requireOne[formats.Form](o, them, formats.KindForm)
			if f.LetterVersion != 2 {
				t.Errorf("form for letter version %d", f.LetterVersion)
			}
		})
	}
}

func TestOtherPlaceFirst(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.put(others, formats.KindLetter, o.letter(others, 1, p))
	o.pass()
	d := requireOne[formats.Decline](o, others, formats.KindForm)
	if d.Code != code.DeclineOtherPlaceFirst {
		t.Errorf("declined as %s", d.Code)
	}
}

func TestCorePostsWhileTheFullExtractForgetsThePerson(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.skipDays(1)
	o.sequence[core+formats.KindRegistry]++
	o.putAs(core, formats.KindRegistry, o.sequence[core+formats.KindRegistry], "full", o.insured(leaver(us, 1)))
	o.pass()
	f := requireOne[formats.Form](o, them, formats.KindForm)
	if f.Amount != p.Total() {
		t.Errorf("form over %s", f.Amount)
	}
	// And now the person is not in the registry for others.
	o.put(others, formats.KindLetter, o.letter(others, 5, p))
	o.pass()
	for _, c := range o.casesBy(exchange.Out, p) {
		if c.Partner == others && c.State != exchange.Held && c.State != exchange.Declined {
			t.Errorf("the second letter stands at %s", c.State)
		}
	}
}

func TestFullAndDelta(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	put := func(extent string, records ...any) {
		o.sequence[core+formats.KindRegistry]++
		o.putAs(core, formats.KindRegistry, o.sequence[core+formats.KindRegistry], extent, records...)
		o.pass()
	}
	put("full", o.insured(p), o.insured(q))
	o.skipDays(1)
	put("", o.insured(p)) // delta: q stays
	o.put(them, formats.KindLetter, o.letter(them, 1, q))
	o.pass()
	o.requireState(exchange.Out, q, "accepted/none/not_due")
	o.skipDays(1)
	put("full", o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 2, p))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due awaiting-registry")
}

func TestNotFoundIsProposed(t *testing.T) {
	for _, n := range []int{1, 25} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			o := newOffice(t)
			var letters []any
			for i := range n {
				letters = append(letters, o.letter(them, i, leaver(us, i+1)))
			}
			o.put(them, formats.KindLetter, letters...)
			o.pass()
			o.skipDays(10)
			o.putAs(core, formats.KindRegistry, 1, "full", o.insured(leaver(us, 0)))
			o.pass()
			open := o.openDifferences()
			if len(open) != 1 || n == 1 && !strings.Contains(open[0], letterNo(them, 0)) || n > 1 && !strings.Contains(open[0], "registry") {
				t.Errorf("proposed %q", open)
			}
			o.requireState(exchange.Out, leaver(us, 1), "held/none/not_due awaiting-registry")
			if n > 1 {
				return
			}
			// The person turns up after all.
			o.sequence[core+formats.KindRegistry] = 1
			o.put(core, formats.KindRegistry, o.insured(leaver(us, 1)))
			o.pass()
			o.pass()
			o.requireState(exchange.Out, leaver(us, 1), "answered/sent/submitted")
			o.requireNoDifferences()
		})
	}
}

func TestAccountChangesBeforeThePayment(t *testing.T) {
	o := newOffice(t, at(bank, func(p *office.Party) {}))
	p, q := leaver(us, 0), leaver(us, 1)
	register(o, secondAccount(them))
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	// Accepted, not paid yet.
	o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2), toAccount(secondAccount(them))))
	o.pass()
	for _, t2 := range o.orders {
		want := receiving(them).No
		if strings.HasPrefix(t2.EndToEndID, letterNo(them, 1)) {
			want = secondAccount(them).No
		}
		if t2.Creditor.Number != want {
			t.Errorf("%s paid to %s", t2.EndToEndID, t2.Creditor.Number)
		}
	}
	// Submitted: refused.
	name := o.put(them, formats.KindLetter, o.letter(them, 1, p, version(3)))
	o.pass()
	o.requireReceipt(them, name, "partly", letterNo(them, 1)+" refused not-allowed-in-state")
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
}

// The first part is paid for good; the second one came back because the
// account was closed meanwhile.
func TestAccountChangesForALaterPart(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	first := o.payLetter(p, 1)
	o.acceptAll(them)
	o.put(them, formats.KindCompletion, completion(first, code.OutcomeCompleted, 20260302))
	o.skipDays(3)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
		r.Status, r.StoppedOn, r.Principal, r.Interest = code.RegistryEnded, p.StoppedOn, 12345, 0
	}))
	o.balance[p.PersonalNo] = 12345
	o.pass()
	o.pass()
	second := o.orders[0]
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(second))
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/returned")
	register(o, secondAccount(them))
	name := o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2), toAccount(secondAccount(them))))
	o.pass()
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
	if len(o.orders) != 1 || o.orders[0].EndToEndID != letterNo(them, 1)+"-2-2" || o.orders[0].Creditor.Number != secondAccount(them).No {
		t.Errorf("ordered %+v", o.orders)
	}
}

func TestAccountChangesWhileThePaymentFileWaits(t *testing.T) {
	o := newOffice(t)
	closed := bankCloses(o)
	p, q := leaver(us, 0), leaver(us, 1)
	register(o, secondAccount(them))
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	*closed = true
	o.tryPass()
	o.requireState(exchange.Out, p, "answered/sent/released")
	o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2), toAccount(secondAccount(them))))
	o.tryPass()
	*closed = false
	o.pass()
	o.pass()
	if len(o.orders) != 2 {
		t.Fatalf("%d transfers were ordered", len(o.orders))
	}
	for _, x := range o.orders {
		if first := strings.HasPrefix(x.EndToEndID, letterNo(them, 1)); first != (x.Creditor.Number == secondAccount(them).No) || !strings.HasSuffix(x.EndToEndID, "-1-2") {
			t.Errorf("%s goes to %s", x.EndToEndID, x.Creditor.Number)
		}
	}
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.requireState(exchange.Out, q, "answered/sent/settled")
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n < 2 {
		t.Errorf("%d advices", n)
	}
}

// bankCloses lets the test shut the bank's drop.
func bankCloses(o *testOffice) *bool {
	closed := new(bool)
	at(bank, func(p *office.Party) { p.Open = shutWhile(p.Open, closed) })(o.env)
	return closed
}

func TestReturnedAndConfirmed(t *testing.T) {
	for _, changed := range []bool{false, true} {
		t.Run(fmt.Sprintf("account changed %v", changed), func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			register(o, secondAccount(them))
			o.payLetter(p, 1)
			o.leaveNotification(returnEntry(order{Transfer: iso20022.Transfer{EndToEndID: letterNo(them, 1) + "-1-1", Amount: p.Total()}}))
			o.nextNight()
			o.requireState(exchange.Out, p, "answered/sent/returned")
			z := requireOne[formats.Query](o, them, formats.KindQuery)
			if z.About != code.AboutAccount || z.Ours != receiving(them).No {
				t.Errorf("query %+v", *z)
			}
			account := receiving(them)
			answer := &formats.Query{QueryNo: "Z31010020260303000001", Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Text: "无误", AskedOn: 20260303, Echo: z.Echo}
			if changed {
				account = secondAccount(them)
				o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2), toAccount(account)))
			}
			answer.Ours = account.No
			o.put(them, formats.KindQuery, answer)
			o.pass()
			if len(o.orders) != 1 || o.orders[0].EndToEndID != letterNo(them, 1)+"-1-2" || o.orders[0].Creditor.Number != account.No {
				t.Fatalf("ordered %+v", o.orders)
			}
			o.debitAll()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/settled")
			ms := take[formats.Advice](o, them, formats.KindAdvice)
			if len(ms) != 2 || ms[1].PaymentRef != letterNo(them, 1)+"-1-2" {
				t.Errorf("%d advices", len(ms))
			}
			o.requireNoDifferences()
		})
	}
}
