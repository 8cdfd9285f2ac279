package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/jobs"
	"carryover/samples"
)

// takeMilestones are what a recipient was told since it was last asked.
func takeMilestones(o *testOffice, to code.Recipient) (list []string) {
	o.tb.Helper()
	for _, n := range take[formats.Notice](o, portal, formats.KindNotice) {
		if n.Recipient == to {
			list = append(list, string(n.Milestone))
		}
	}
	return list
}

func TestPlainPersonArrives(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		t.Run(profile, func(t *testing.T) {
			o := newOffice(t, with(them, func(p *exchange.Partner) { p.Profile = profile }))
			p := leaver(them, 0)
			l := o.sendLetter(p)
			o.requireState(exchange.In, p, "requested/none/none")
			f := o.form(p, l)
			o.put(them, formats.KindForm, f)
			o.pass()
			o.pass()
			if profile == "2021" {
				o.requireState(exchange.In, p, "relation_done/posted/none")
				k := requireOne[formats.Completion](o, them, formats.KindCompletion)
				if k.Outcome != code.OutcomeRelationDone || k.Credited != 0 || k.MonthsCredited != f.MonthsActual || k.Echo != l.Echo {
					t.Errorf("completion %+v", *k)
				}
			} else {
				o.requireState(exchange.In, p, "answered/checked/none")
			}
			o.creditArrives(l, p, p.Total())
			o.pass()
			o.pass()
			o.requireState(exchange.In, p, "completed/posted/posted")
			k := requireOne[formats.Completion](o, them, formats.KindCompletion)
			if k.Outcome != code.OutcomeCompleted || k.Credited != p.Total() || k.MonthsCredited != f.MonthsActual {
				t.Errorf("completion %+v", *k)
			}
			notices := take[formats.Notice](o, portal, formats.KindNotice)
			var got []string
			for _, n := range notices {
				got = append(got, string(n.Milestone))
				if n.Echo != "app-"+p.PersonalNo {
					t.Errorf("%s: echo %q", n.Milestone, n.Echo)
				}
			}
			want := []string{"accepted", "letter_sent", "form_received", "money_received", "completed"}
			if profile == "2021" {
				want = []string{"accepted", "letter_sent", "form_received", "relation_done", "money_received", "completed"}
			}
			if !slices.Equal(got, want) {
				t.Errorf("told %v", got)
			}
			o.requireNoDifferences()
		})
	}
}

func TestEmployerAndProxyAreTold(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p, func(a *formats.Application) {
		a.Applicant, a.EmployerCode, a.EmployerName = code.ByEmployer, "91320500MA1MXXXX00", "某公司"
		a.ProxyName, a.ProxyPhone, a.Materials = "代办人", "13800000000", "id;proxy"
	})
	notices := take[formats.Notice](o, portal, formats.KindNotice)
	count := map[code.Recipient]int{}
	for _, n := range notices {
		count[n.Recipient]++
	}
	if count[code.ToPerson] != 2 || count[code.ToEmployer] != 2 || count[code.ToProxy] != 2 {
		t.Errorf("told %v", count)
	}
	_ = l
}

func TestAudit(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*formats.Application)
		registry func(*formats.RegistryRecord)
		env      func(*jobs.Env)
		want     string
		told     string
	}{
		"no id":     {change: func(a *formats.Application) { a.Materials = "other" }, want: "returned/none/none", told: "returned"},
		"no proxy":  {change: func(a *formats.Application) { a.ProxyName, a.ProxyPhone = "代办人", "1" }, want: "returned/none/none", told: "returned"},
		"military":  {change: func(a *formats.Application) { a.Person.IDType, a.Person.IDNo = "02", "12345678" }, want: "refused/none/none", told: "refused"},
		"same area": {change: func(a *formats.Application) { a.FromAgency = "320506" }, want: "refused/none/none", told: "refused"},
		"retired": {
			registry: func(r *formats.RegistryRecord) { r.Status = code.RegistryRetired }, env: by2021, want: "refused/none/none", told: "refused",
		},
		"not here yet": {registry: func(r *formats.RegistryRecord) { r.Status, r.StoppedOn = code.RegistryStopped, 20260101 }, want: "held/none/none awaiting-registry"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if c.env != nil {
				c.env(o.env)
			}
			p := leaver(them, 0)
			a := o.application(p)
			if c.change != nil {
				c.change(a)
			}
			change := []func(*formats.RegistryRecord){}
			if c.registry != nil {
				change = append(change, c.registry)
			}
			o.put(core, formats.KindRegistry, o.newcomer(p, change...))
			file := o.put(portal, formats.KindApplication, a)
			o.pass()
			o.requireReceipt(portal, file, "accepted", a.ApplicationNo+" accepted")
			q := p
			q.IDNo = a.Person.IDNo
			o.requireState(exchange.In, q, c.want)
			if got := takeMilestones(o, code.ToPerson); c.told != "" && (len(got) != 1 || got[0] != c.told) {
				t.Errorf("told %v", got)
			}
			if !strings.HasPrefix(c.want, "returned") {
				return
			}
			o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Version, a.Materials = 2, "id;proxy" }))
			o.pass()
			o.requireState(exchange.In, p, "requested/none/none")
		})
	}
}

func TestRelayedApplication(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(us, 0)
	o.put(core, formats.KindRegistry, o.newcomer(p))
	// Lodged at the old place, relayed to us.
	o.put(them, formats.KindApplication, o.application(p, func(a *formats.Application) { a.LodgedAt = code.LodgedOld }))
	// Lodged with us, who are the old place: we relay it.
	name := o.put(portal, formats.KindApplication, o.application(q, func(a *formats.Application) {
		a.LodgedAt, a.FromAgency, a.ToAgency = code.LodgedOld, us, them
	}))
	// A partner relays what is not its own.
	wrong := o.put(others, formats.KindApplication, o.application(leaver(them, 1), func(a *formats.Application) { a.LodgedAt = code.LodgedOld }))
	o.pass()
	o.requireState(exchange.In, p, "requested/none/none")
	o.requireReceipt(portal, name, "accepted", "A-"+q.PersonalNo+" accepted")
	relayed := requireOne[formats.Application](o, them, formats.KindApplication)
	if relayed.ApplicationNo != "A-"+q.PersonalNo {
		t.Errorf("relayed %+v", *relayed)
	}
	if v := o.verdicts(others, wrong); len(v) != 2 || !strings.Contains(v[1], "refused wrong-agency") {
		t.Errorf("told %q", v)
	}
	// The new place does not take it: somebody has to know.
	o.leaveReceipt(o.latest(them, formats.KindApplication), "refused", "malformed")
	o.pass()
	if len(o.openDifferences()) == 0 {
		t.Error("nobody hears of the relayed application that was refused")
	}
}

func TestMoneyBeforeTheForm(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		t.Run(profile, func(t *testing.T) {
			o := newOffice(t, with(them, func(p *exchange.Partner) { p.Profile = profile }))
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

func TestMatching(t *testing.T) {
	for name, c := range map[string]struct {
		text func(*formats.Letter, samples.Person) string
		e2e  func(*formats.Letter) string
		want string
	}{
		"letter number": {text: func(l *formats.Letter, _ samples.Person) string { return "医保 " + l.LetterNo }, want: "completed/posted/posted"},
		"id and amount": {text: func(_ *formats.Letter, p samples.Person) string { return "转移 " + p.IDNo }, want: "completed/posted/posted"},
		"EndToEndId": {
			text: func(*formats.Letter, samples.Person) string { return "个账转移" }, e2e: func(l *formats.Letter) string { return l.LetterNo + "-1-1" },
			want: "completed/posted/posted",
		},
		"name and amount only": {text: func(_ *formats.Letter, p samples.Person) string { return p.Name }, want: "answered/checked/none"},
		"nothing":              {text: func(*formats.Letter, samples.Person) string { return "" }, want: "answered/checked/none"},
		"another's id": {
			text: func(l *formats.Letter, _ samples.Person) string { return l.LetterNo + " " + leaver(them, 5).IDNo }, want: "held/checked/none amount-differs",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(them, 0)
			l := o.sendLetter(p)
			o.put(them, formats.KindForm, o.form(p, l))
			o.pass()
			e2e := ""
			if c.e2e != nil {
				e2e = c.e2e(l)
			}
			o.leaveNotification(creditEntry("C1", p.Total(), c.text(l, p), e2e))
			o.pass()
			o.pass()
			o.requireState(exchange.In, p, c.want)
			o.nextNight()
			o.requireState(exchange.In, p, c.want)
		})
	}
}

func TestUnmatchedMoneyIsNamed(t *testing.T) {
	o := newOffice(t)
	o.leaveNotification(creditEntry("C1", 12345, "", ""))
	o.pass()
	o.skipDays(20)
	o.pass()
	texts, err := o.env.Attention(t.Context())
	if err != nil || len(texts) == 0 || !strings.Contains(strings.Join(texts, "\n"), "123.45") {
		t.Errorf("needs a person: %q %v", texts, err)
	}
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

func TestNothingComesByBank(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		for _, kind := range []code.MoneyKind{code.Netted, code.NotMoved, code.PaidToPerson, code.Zero} {
			t.Run(profile+" "+string(kind), func(t *testing.T) {
				o := newOffice(t, with(them, func(p *exchange.Partner) {
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

func TestDeclinedAndAskedAgain(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	d := func(version int) *formats.Decline {
		return &formats.Decline{LetterNo: l.LetterNo, LetterVersion: version, Echo: l.Echo, Code: code.DeclineStillParticipating, Text: "未停保", DeclinedOn: 20260302}
	}
	o.put(them, formats.KindForm, d(1))
	o.pass()
	o.requireState(exchange.In, p, "declined/none/none")
	again := o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Version = 2 }))
	o.pass()
	o.requireReceipt(portal, again, "accepted", "A-"+p.PersonalNo+" accepted")
	second := requireOne[formats.Letter](o, them, formats.KindLetter)
	if second.LetterNo != l.LetterNo || second.Version != 2 {
		t.Errorf("letter %s version %d", second.LetterNo, second.Version)
	}
	// A decline for the older version changes nothing, even if it comes under another text.
	old := d(1)
	old.Text = "另"
	name := o.put(them, formats.KindForm, old)
	o.pass()
	o.requireReceipt(them, name, "partly", l.LetterNo+" refused duplicate-earlier")
	o.requireState(exchange.In, p, "requested/none/none")
	o.put(them, formats.KindForm, o.form(p, second))
	o.pass()
	o.requireState(exchange.In, p, "answered/checked/none")
}
