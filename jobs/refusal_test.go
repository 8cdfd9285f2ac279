package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

func TestCoreRefusesToCredit(t *testing.T) {
	for _, row := range []string{"Y", "N"} {
		t.Run(row, func(t *testing.T) {
			o := newOffice(t)
			o.refuse[row] = "个人编号冻结"
			p := leaver(them, 0)
			l := o.sendLetter(p)
			o.put(them, formats.KindForm, o.form(p, l))
			o.creditArrives(l, p, p.Total())
			o.pass()
			o.pass()
			c := o.caseBy(exchange.In, p)
			if c.Hold != code.HoldRefusedByCore || !strings.Contains(c.HoldText.String(), "个人编号冻结") {
				t.Errorf("held as %s %s", c.Hold, c.HoldText)
			}
			before := numbers(take[formats.Posting](o, core, formats.KindPosting))
			delete(o.refuse, row)
			o.skipDays(1)
			o.put(core, formats.KindRegistry, o.newcomer(p))
			o.pass()
			o.requireState(exchange.In, p, map[string]string{"Y": "held/checked/posted refused-by-core", "N": "held/posted/matched refused-by-core"}[row])
			if again := o.got[core+" "+formats.KindPosting]; len(again) > 0 {
				t.Errorf("asked again though nothing changed: %+v", again)
			}
			o.skipDays(1)
			o.put(core, formats.KindRegistry, o.newcomer(p, func(r *formats.RegistryRecord) { r.Person.Phone = "13900000000" }))
			o.pass()
			o.pass()
			o.requireState(exchange.In, p, "completed/posted/posted")
			for _, n := range numbers(take[formats.Posting](o, core, formats.KindPosting)) {
				if slices.Contains(before, n) {
					t.Errorf("%s was asked twice", n)
				}
			}
		})
	}
}

func TestCoreRefusesToEndTheInsurance(t *testing.T) {
	for _, row := range []string{"E", "B"} {
		t.Run(row, func(t *testing.T) {
			o := newOffice(t)
			o.refuse["B"] = "未终止"
			o.refuse[row] = "欠费"
			p := leaver(us, 0)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			o.pass()
			c := o.caseBy(exchange.Out, p)
			if c.Hold != code.HoldRefusedByCore {
				t.Errorf("held as %s %s", c.Hold, c.HoldText)
			}
			clear(o.refuse)
			take[formats.Posting](o, core, formats.KindPosting)
			o.skipDays(1)
			o.putAs(core, formats.KindRegistry, 2, "full", o.insured(p))
			o.pass()
			o.requireState(exchange.Out, p, "held/none/not_due refused-by-core")
			if again := take[formats.Posting](o, core, formats.KindPosting); len(again) > 0 {
				t.Errorf("the night's extract says the same, and the core was asked again: %v", numbers(again))
			}
			o.skipDays(1)
			o.putAs(core, formats.KindRegistry, 3, "full", o.insured(p, moreInterest))
			o.pass()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
		})
	}
}

// moreInterest is a record that says something else than insured.
func moreInterest(r *formats.RegistryRecord) { r.Interest++ }

// TestCoreRefusesWhatHasChangedMeanwhile: an extract is worked before the
// results that lie beside it. What it changed counts all the same, once.
func TestCoreRefusesWhatHasChangedMeanwhile(t *testing.T) {
	o := newOffice(t)
	o.refuse["E"], o.refuse["B"] = "欠费", "未终止"
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.skipDays(1)
	o.put(core, formats.KindRegistry, o.insured(p, moreInterest))
	o.pass()
	if asked := take[formats.Posting](o, core, formats.KindPosting); len(asked) != 4 {
		t.Errorf("the core was asked %d times", len(asked))
	}
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due refused-by-core")
	o.pass()
	if again := take[formats.Posting](o, core, formats.KindPosting); len(again) > 0 {
		t.Errorf("asked without end: %v", numbers(again))
	}
}

// numbers are the numbers of postings.
func numbers(list []*formats.Posting) (out []string) {
	for _, p := range list {
		out = append(out, p.PostingNo)
	}
	return out
}

func TestCoreRefusesAPostingInItsReceipt(t *testing.T) {
	o := newOffice(t)
	o.slow = true
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.leaveReceipt(o.latest(core, formats.KindPosting), "refused", "malformed")
	o.pass()
	c := o.caseBy(exchange.Out, p)
	if c.Hold != code.HoldRefusedByCore {
		t.Errorf("the core refused the rows and the case stands at %s %s", c.State, c.Hold)
	}
}

func TestPartnerRefusesLetterAndForm(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(us, 1)
	l := o.sendLetter(p)
	o.leaveReceipt(o.latest(them, formats.KindLetter), "refused", "person-differs")
	o.pass()
	o.requireState(exchange.In, p, "held/none/none refused-by-partner")
	_ = l
	o.answerLetter(q, 1)
	o.leaveReceipt(o.latest(them, formats.KindForm), "refused", "person-differs")
	o.pass()
	o.requireState(exchange.Out, q, "held/refused/submitted refused-by-partner")
}

func TestQueryAnsweredUnderOurNumberIsRefused(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.payLetter(p, 1)
	o.leaveNotification(returnEntry(order{Transfer: transfer(letterNo(them, 1)+"-1-1", p.Total())}))
	o.pass()
	z := requireOne[formats.Query](o, them, formats.KindQuery)
	name := o.put(them, formats.KindQuery, &formats.Query{QueryNo: z.QueryNo, Answers: z.QueryNo, LetterNo: z.LetterNo, About: z.About, Ours: z.Ours, Text: "无误", AskedOn: 20260303})
	o.pass()
	o.requireReceipt(them, name, "partly", z.QueryNo+" refused duplicate-earlier")
}
