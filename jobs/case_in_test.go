package jobs_test

import (
	"slices"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
)

func TestPlainPersonArrives(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		t.Run(profile, func(t *testing.T) {
			o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.Profile = profile }))
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

func limitOf(o *testOffice, c exchange.Case) exchange.Limit {
	return c.Limit(o.env.Profiles[c.Profile], o.env.Calendar)
}

func TestDueDatesOfACase(t *testing.T) {
	o := newOffice(t, by2021)
	p, q := leaver(us, 0), leaver(them, 1)
	o.now = calendar.Date(20260930).Time(china).Add(10 * 3600e9)
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	if c := o.caseBy(exchange.Out, p); c.Due != 20261020 {
		t.Errorf("due %s (%s)", c.Due, limitOf(o, c).Name)
	}
	l := o.sendLetter(q)
	if c := o.caseBy(exchange.In, q); c.Due == 0 || limitOf(o, c).Name != "answer" {
		t.Errorf("due %s (%s)", c.Due, limitOf(o, c).Name)
	}
	o.put(them, formats.KindForm, o.form(q, l))
	o.slow = true
	o.pass()
	if c := o.caseBy(exchange.In, q); limitOf(o, c).Clock != (exchange.Clock{Name: "months", From: 20260930, WD: 5}) {
		t.Errorf("due %s (%s)", c.Due, limitOf(o, c).Name)
	}
}
