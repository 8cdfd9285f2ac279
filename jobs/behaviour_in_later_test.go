package jobs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/samples"
)

func TestLateDeclineOfAnOlderVersion(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	// Our account changed, the partner asks: version 2 goes out before any answer.
	o.env.Agency.Accounts = []exchange.Account{secondAccount(us)}
	o.put(them, formats.KindQuery, &formats.Query{QueryNo: "Z31010020260302000001", LetterNo: l.LetterNo, About: code.AboutAccount, Text: "账户?", AskedOn: 20260302})
	o.pass()
	second := requireOne[formats.Letter](o, them, formats.KindLetter)
	if second.Version != 2 || second.AccountNo != secondAccount(us).No {
		t.Errorf("letter %+v", *second)
	}
	if z := requireOne[formats.Query](o, them, formats.KindQuery); z.Ours != secondAccount(us).No {
		t.Errorf("answer %+v", *z)
	}
	name := o.put(them, formats.KindForm, &formats.Decline{LetterNo: l.LetterNo, LetterVersion: 1, Code: code.DeclineOther, Text: "旧", DeclinedOn: 20260302})
	o.pass()
	o.requireReceipt(them, name, "accepted", l.LetterNo+" accepted")
	o.requireState(exchange.In, p, "requested/none/none")
}

func TestFormsThatDoNotFit(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	l, m := o.sendLetter(p), o.sendLetter(q)
	f := o.form(p, l)
	name := o.put(them, formats.KindForm,
		o.form(p, l, func(f *formats.Form) { f.Version, f.Nature = 2, code.NatureCorrected }),
		o.form(q, l, func(f *formats.Form) { f.FormNo = "F1" }),
		o.form(q, m, func(f *formats.Form) { f.FormNo, f.LetterVersion = "F2", 2 }),
		o.form(p, l, func(f *formats.Form) { f.FormNo, f.Nature, f.OfFormNo = "F3", code.NatureSupplement, "F9" }),
		f,
	)
	o.pass()
	o.requireReceipt(them, name, "partly", f.FormNo+" refused unknown-form", "F1 refused person-differs", "F2 refused unknown-letter", "F3 refused unknown-form", f.FormNo+" accepted")
	second := o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.FormNo = "F5" }),
		o.form(q, m, func(x *formats.Form) { x.FormNo = f.FormNo }), o.form(q, m))
	fromOther := o.put(others, formats.KindForm, o.form(q, m))
	o.pass()
	o.requireReceipt(them, second, "partly", "F5 refused not-allowed-in-state", f.FormNo+" refused duplicate-earlier", formNo(m)+" accepted")
	if v := o.verdicts(others, fromOther); len(v) == 0 || strings.Contains(strings.Join(v, " "), " accepted") {
		t.Errorf("a form from another agency: %q", v)
	}
	// With an open gap, what may still come is waited for.
	o.sequence[them+formats.KindForm]++
	waits := o.put(them, formats.KindForm, o.form(p, l, func(x *formats.Form) { x.FormNo, x.Nature, x.OfFormNo = "F6", code.NatureSupplement, "F7" }),
		o.form(p, l, func(x *formats.Form) { x.Version, x.Nature = 3, code.NatureCorrected }))
	o.pass()
	o.requireReceipt(them, waits, "accepted sequence-gap", "F6 held unknown-form", f.FormNo+" held unknown-form")
	o.putAs(them, formats.KindForm, o.sequence[them+formats.KindForm]-1, "", o.form(p, l, func(x *formats.Form) { x.Version, x.Nature = 2, code.NatureCorrected }))
	o.pass()
	o.requireReceipt(them, waits, "partly", "F6 refused unknown-form", f.FormNo+" accepted")
}

func TestDifferingFormIsCorrected(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.EndedOn = 20200101 }))
	o.pass()
	o.requireState(exchange.In, p, "held/differs/none officers-decision")
	o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.Version, f.Nature = 2, code.NatureCorrected }))
	o.creditArrives(l, p, p.Total())
	o.pass()
	o.pass()
	o.requireState(exchange.In, p, "completed/posted/posted")
}

// stages are where a case can stand when a later form comes.
var stages = []string{"answered", "posting", "relation_done", "completed"}

// bringTo brings a person to a stage.
func bringTo(o *testOffice, p samples.Person, stage string) (*formats.Letter, *formats.Form) {
	o.tb.Helper()
	l := o.sendLetter(p)
	f := o.form(p, l)
	o.put(them, formats.KindForm, f)
	switch stage {
	case "posting":
		o.slow = true
		if o.env.Partners[them].Profile == "2016" {
			o.creditArrives(l, p, p.Total())
		}
		o.pass()
		o.requireState(exchange.In, p, "posting/checked/"+map[bool]string{true: "matched", false: "none"}[o.env.Partners[them].Profile == "2016"])
		return l, f
	case "completed":
		o.creditArrives(l, p, p.Total())
	}
	if stage == "answered" {
		o.slow = true
	}
	o.pass()
	o.slow = false
	o.pass()
	return l, f
}

func TestCorrectedAndSupplementedAtEveryStage(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		for _, stage := range stages {
			if profile == "2016" && stage == "relation_done" || profile == "2021" && stage == "answered" {
				continue
			}
			for _, later := range []string{"months", "money", "both", "supplement", "supplement without money"} {
				t.Run(strings.Join([]string{profile, stage, later}, " "), func(t *testing.T) {
					o := newOffice(t, with(them, func(p *exchange.Partner) { p.Profile = profile }))
					p := leaver(them, 0)
					l, first := bringTo(o, p, stage)
					next := laterForm(o, p, l, later)
					o.put(them, formats.KindForm, next)
					o.pass()
					if o.slow {
						o.slow = false
						o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
						o.pass()
					}
					o.pass()
					if stage != "completed" && (profile != "2016" || stage != "posting") {
						o.creditArrives(l, p, first.Amount)
					}
					if more := extraMoney(later); more > 0 {
						o.leaveNotification(creditEntry("C-more", more, text(l, p), l.LetterNo+"-2-1"))
					}
					o.passUntil(exchange.In, p, "completed/posted/posted")
					o.requireCredited(p, first, next)
					o.requireNoDifferences()
				})
			}
		}
	}
}

func anySlice[T any](list []*T) (out []any) {
	for _, x := range list {
		out = append(out, x)
	}
	return out
}

func extraMoney(later string) money.Fen {
	if later == "money" || later == "both" || later == "supplement" {
		return 4321
	}
	return 0
}

func laterForm(o *testOffice, p samples.Person, l *formats.Letter, later string) *formats.Form {
	return o.form(p, l, func(f *formats.Form) {
		last := &f.Stays[len(f.Stays)-1]
		switch later {
		case "months", "money", "both":
			f.Version, f.Nature = 2, code.NatureCorrected
			f.Principal += extraMoney(later)
			if later != "money" {
				last.To, last.Months = last.To.Add(-2), last.Months-2
			}
			if extraMoney(later) > 0 {
				f.PaymentRef = l.LetterNo + "-2-1"
			}
		default:
			f.FormNo, f.Nature, f.OfFormNo = "FS"+l.LetterNo, code.NatureSupplement, formNo(l)
			f.Stays = []formats.Stay{stay(them, f.Stays[0].From.Add(-3), f.Stays[0].From.Add(-1), code.StayBackpaid)}
			f.Principal, f.Interest, f.PaymentRef = extraMoney(later), 0, l.LetterNo+"-2-1"
			if extraMoney(later) == 0 {
				f.Money = code.Zero
			}
		}
	})
}

// requireCredited checks that what the core stands with in the end is what the forms
// in force say, and that the partner was told so.
func (o *testOffice) requireCredited(p samples.Person, first, next *formats.Form) {
	o.tb.Helper()
	c := o.caseBy(exchange.In, p)
	var months int
	var credited money.Fen
	o.view(func(tx *store.Tx) error {
		postings, err := tx.PostingsByCase(c.No)
		for _, x := range postings {
			if x.State == exchange.PostingDone {
				months += x.Months
				if x.Row == exchange.PostCredit {
					credited += x.Amount
				}
			}
		}
		return err
	})
	forms := []*formats.Form{next}
	if next.Nature == code.NatureSupplement {
		forms = append(forms, first)
	}
	var wantMonths int
	var wantMoney money.Fen
	told := map[string]*formats.Completion{}
	once := map[string]bool{}
	for _, k := range take[formats.Completion](o, them, formats.KindCompletion) {
		key := fmt.Sprint(k.FormNo, k.FormVersion, k.Outcome)
		if once[key] {
			o.tb.Errorf("told twice: %s", key)
		}
		once[key] = true
		if k.Outcome == code.OutcomeCompleted {
			told[fmt.Sprint(k.FormNo, k.FormVersion)] = k
		}
	}
	for _, f := range forms {
		wantMonths += f.MonthsActual + f.MonthsBackpaid
		wantMoney += f.Amount
		k := told[fmt.Sprint(f.FormNo, f.Version)]
		if k == nil || k.Credited != f.Amount || k.MonthsCredited != f.MonthsActual+f.MonthsBackpaid {
			o.tb.Errorf("completion of %s version %d: %+v", f.FormNo, f.Version, k)
		}
	}
	if months != wantMonths || credited != wantMoney {
		o.tb.Errorf("%d months and %s credited in place of %d and %s", months, credited, wantMonths, wantMoney)
	}
}

func TestLessMoney(t *testing.T) {
	for _, stage := range []string{"answered", "completed"} {
		t.Run(stage, func(t *testing.T) {
			o := newOffice(t)
			o.unproved = true // a difference is what it is, tied to the held case
			p := leaver(them, 0)
			l, _ := bringTo(o, p, stage)
			o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.Version, f.Nature, f.Principal = 2, code.NatureCorrected, f.Principal-100 }))
			o.pass()
			if stage == "answered" {
				o.requireState(exchange.In, p, "answered/checked/none")
				o.creditArrives(l, p, p.Total()-100)
				o.pass()
				o.pass()
				o.requireState(exchange.In, p, "completed/posted/posted")
				o.unproved = false
				return
			}
			c := o.caseBy(exchange.In, p)
			if c.State != exchange.Held || c.Hold != code.HoldAmountDiffers {
				t.Errorf("case stands at %s %s", c.State, c.Hold)
			}
			o.passes(2)
			if _, err := o.env.Report(t.Context()); err != nil {
				t.Errorf("a difference tied to a held case is no fault of the run: %v", err)
			}
		})
	}
}

func TestNotRemittedAfterAll(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l, _ := bringTo(o, p, "answered")
	o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.Version, f.Nature, f.Money = 2, code.NatureCorrected, code.PaidToPerson }))
	o.pass()
	o.pass()
	o.requireState(exchange.In, p, "completed/posted/not_due")
}

func TestMonthsThatLap(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	last := p.Stays[len(p.Stays)-1].To
	o.put(core, formats.KindRegistry, o.newcomer(p, func(r *formats.RegistryRecord) {
		r.Stays = append([]formats.Stay{stay(us, last.Add(-1), last, code.StayActual)}, r.Stays...)
	}))
	o.put(portal, formats.KindApplication, o.application(p))
	o.pass()
	l := requireOne[formats.Letter](o, them, formats.KindLetter)
	f := o.form(p, l)
	o.put(them, formats.KindForm, f)
	o.creditArrives(l, p, p.Total())
	o.pass()
	o.pass()
	k := requireOne[formats.Completion](o, them, formats.KindCompletion)
	if k.MonthsOverlapping != 2 || k.MonthsCredited != f.MonthsActual-2 {
		t.Errorf("completion %+v", *k)
	}
}

func TestCoreRefuses(t *testing.T) {
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
			if c.Hold != code.HoldRefusedByCore || !strings.Contains(c.HoldText, "个人编号冻结") {
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

func TestCoreRefusesTheEnd(t *testing.T) {
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

func numbers(list []*formats.Posting) (out []string) {
	for _, p := range list {
		out = append(out, p.PostingNo)
	}
	return out
}

func TestCoreRefusesTheRecord(t *testing.T) {
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

func TestPartnerRefuses(t *testing.T) {
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

func TestPartnerAnswersWithOurNumber(t *testing.T) {
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

func TestSupplementForAnotherPersonIsRefused(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q))
	o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Materials = "other" }))
	o.pass()
	a := o.application(q, func(a *formats.Application) { a.ApplicationNo, a.Version = "A-"+p.PersonalNo, 2 })
	name := o.put(portal, formats.KindApplication, a)
	o.pass()
	o.requireReceipt(portal, name, "partly", a.ApplicationNo+" refused person-differs")
}
