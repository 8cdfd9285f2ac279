package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/samples"
)

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
var stagesIn = []string{"answered", "posting", "relation_done", "completed"}

// bringTo brings a case at the new place to a stage.
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
		for _, stage := range stagesIn {
			if profile == "2016" && stage == "relation_done" || profile == "2021" && stage == "answered" {
				continue
			}
			for _, later := range []string{"months", "money", "both", "supplement", "supplement without money"} {
				t.Run(strings.Join([]string{profile, stage, later}, " "), func(t *testing.T) {
					o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.Profile = profile }))
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
						o.leaveNotification(creditEntry("C-more", more, remittanceText(l, p), l.LetterNo+"-2-1"))
					}
					o.passUntil(exchange.In, p, "completed/posted/posted")
					o.requireCredited(p, first, next)
					o.requireNoDifferences()
				})
			}
		}
	}
}

func TestFormThatFitsNoLetterIsRefused(t *testing.T) {
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

// anySlice is a list of records as put wants it.
func anySlice[T any](list []*T) (out []any) {
	for _, x := range list {
		out = append(out, x)
	}
	return out
}

// extraMoney is what a later form brings above the first, in fen.
func extraMoney(later string) money.Fen {
	if later == "money" || later == "both" || later == "supplement" {
		return 4321
	}
	return 0
}

// laterForm is a corrected or supplementing form of the kind named.
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

// requireCredited checks that what the core has credited in the end is what the
// forms in force say, and that a completion told the partner so, once.
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

func TestCorrectionToLessMoney(t *testing.T) {
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

func TestCorrectionToPaidToPerson(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l, _ := bringTo(o, p, "answered")
	o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.Version, f.Nature, f.Money = 2, code.NatureCorrected, code.PaidToPerson }))
	o.pass()
	o.pass()
	o.requireState(exchange.In, p, "completed/posted/not_due")
}

func TestOverlappingMonthsAreNotCredited(t *testing.T) {
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

func TestRegistryChangeSendsSupplementOrCorrection(t *testing.T) {
	for name, c := range map[string]struct {
		stays  func(*formats.RegistryRecord)
		more   money.Fen
		nature code.Nature
	}{
		"more months": {func(r *formats.RegistryRecord) {
			last := r.Stays[len(r.Stays)-1].To
			r.Stays = append(r.Stays, stay(us, last.Add(1), last.Add(2), code.StayBackpaid))
		}, 0, code.NatureSupplement},
		"more money": {func(*formats.RegistryRecord) {}, 12345, code.NatureSupplement},
		"both": {func(r *formats.RegistryRecord) {
			last := r.Stays[len(r.Stays)-1].To
			r.Stays = append(r.Stays, stay(us, last.Add(1), last.Add(2), code.StayBackpaid))
		}, 777, code.NatureSupplement},
		"other months": {func(r *formats.RegistryRecord) {
			r.Stays[0].To = r.Stays[0].To.Add(-2)
			r.Stays[0].Months -= 2
		}, 0, code.NatureCorrected},
		"other months, more money": {func(r *formats.RegistryRecord) {
			r.Stays[0].To = r.Stays[0].To.Add(-2)
			r.Stays[0].Months -= 2
		}, 500, code.NatureCorrected},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			first := o.payLetter(p, 1)
			o.acceptAll(them)
			o.put(them, formats.KindCompletion, completion(first, code.OutcomeCompleted, 20260302))
			o.pass()
			o.requireState(exchange.Out, p, "confirmed/delivered/settled")
			take[formats.Advice](o, them, formats.KindAdvice)
			o.skipDays(3)
			o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
				r.Status, r.StoppedOn, r.Principal, r.Interest = code.RegistryEnded, p.StoppedOn, c.more, 0
				c.stays(r)
			}))
			o.balance[p.PersonalNo] = c.more
			o.pass()
			o.pass()
			f := requireOne[formats.Form](o, them, formats.KindForm)
			if f.Nature != c.nature || (f.Nature == code.NatureCorrected) != (f.FormNo == first.FormNo) {
				t.Errorf("%s form %s, the first was %s", f.Nature, f.FormNo, first.FormNo)
			}
			want := c.more
			if f.Nature == code.NatureCorrected {
				want += first.Amount
			}
			if f.Amount != want {
				t.Errorf("form over %s instead of %s", f.Amount, want)
			}
			if f.Nature == code.NatureSupplement && (c.more == 0) != (f.Money == code.Zero) {
				t.Errorf("money %s", f.Money)
			}
			if c.more > 0 {
				if len(o.orders) != 1 || o.orders[0].Amount != c.more || o.orders[0].EndToEndID != letterNo(them, 1)+"-2-1" {
					t.Fatalf("ordered %+v", o.orders)
				}
				if f.PaymentRef != letterNo(them, 1)+"-2-1" {
					t.Errorf("payment_ref %s", f.PaymentRef)
				}
			}
			o.debitAll()
			o.pass()
			o.acceptAll(them)
			o.put(them, formats.KindCompletion, completion(f, code.OutcomeCompleted, 20260306))
			o.pass()
			o.requireState(exchange.Out, p, "confirmed/delivered/settled")
			o.requireNoDifferences()
		})
	}
}
