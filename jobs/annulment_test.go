package jobs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/samples"
)

func TestAnnulmentAtTheOldPlace(t *testing.T) {
	for _, weAsk := range []bool{true, false} {
		for _, stage := range []string{"accepted", "answered", "released", "returned", "netted", "not_moved", "corrected"} {
			t.Run(fmt.Sprintf("%s, we propose %v", stage, weAsk), func(t *testing.T) {
				o := newOffice(t)
				p := leaver(us, 0)
				bringLetterTo(o, p, stage)
				agreeToAnnul(o, letterNo(them, 1), weAsk)
				o.slow = false
				o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
				o.pass()
				o.passUntil(exchange.Out, p, "void")
				o.requireEmptyLedger()
				if len(o.orders) > 0 && stage != "returned" {
					t.Errorf("paid: %+v", o.orders)
				}
				o.requireNoDifferences()
			})
		}
	}
}

func TestAnnulmentAtTheNewPlace(t *testing.T) {
	for _, weAsk := range []bool{true, false} {
		for _, stage := range []string{"requested", "answered", "posting", "relation_done", "netted"} {
			t.Run(fmt.Sprintf("%s, we propose %v", stage, weAsk), func(t *testing.T) {
				o := newOffice(t, withPartner(them, func(p *exchange.Partner) {
					if p.Profile = "2021"; stage == "answered" {
						p.Profile = "2016"
					}
				}))
				p := leaver(them, 0)
				var l *formats.Letter
				switch stage {
				case "requested":
					l = o.sendLetter(p)
				case "netted":
					withPartner(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNetted })(o.env)
					l = o.sendLetter(p)
					o.put(them, formats.KindForm, o.form(p, l, func(f *formats.Form) { f.Money = code.Netted }))
					o.pass()
					o.pass()
					o.requireState(exchange.In, p, "completed/posted/not_due")
				default:
					l, _ = bringTo(o, p, stage)
				}
				agreeToAnnul(o, l.LetterNo, weAsk)
				if o.slow {
					o.slow = false
					o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
				}
				c := o.passUntil(exchange.In, p, "void")
				o.requireEmptyLedger()
				o.requireNothingPosted(c)
			})
		}
	}
}

func TestAnnulmentAfterTheMoneyCame(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l, _ := bringTo(o, p, "completed")
	o.requireState(exchange.In, p, "completed/posted/posted")
	agreeToAnnul(o, l.LetterNo, true)
	c := o.passUntil(exchange.In, p, "void")
	o.requireNothingPosted(c)
	if len(o.openDifferences()) == 0 {
		t.Error("nobody hears of the money that has to go back")
	}
}

// TestMoneyAfterTheAnnulment: money that comes when a case whose months were
// credited has been annulled is booked, posted nowhere, and waits to be paid
// back.
func TestMoneyAfterTheAnnulment(t *testing.T) {
	o := newOffice(t, by2021)
	p := leaver(them, 0)
	l, f := bringTo(o, p, "relation_done")
	agreeToAnnul(o, l.LetterNo, true)
	o.passUntil(exchange.In, p, "void/posted/not_due")
	o.creditArrives(l, p, f.Amount)
	o.pass()
	o.pass()
	o.requireState(exchange.In, p, "void/posted/differs")
	c := o.caseBy(exchange.In, p)
	o.requireNothingPosted(c)
	if open := o.openDifferences(); !slices.ContainsFunc(open, func(s string) bool { return strings.Contains(s, "void / credit "+f.Amount.String()) }) {
		t.Errorf("open: %q", open)
	}
}

// requireEmptyLedger requires that nothing is left of a case in the ledger.
func (o *testOffice) requireEmptyLedger() {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		b, err := tx.Balances("")
		for account, amount := range b {
			if t := account.Title(); t != ledger.InReceived && t != ledger.InUnmatched {
				o.tb.Errorf("%s holds %s after the annulment", account, amount)
			}
		}
		return err
	})
}

// bringLetterTo brings a person's letter to a stage without money being out; the
// core answers nothing more from there on.
func bringLetterTo(o *testOffice, p samples.Person, stage string) {
	o.tb.Helper()
	switch stage {
	case "netted":
		withPartner(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNetted })(o.env)
	case "not_moved":
		withPartner(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNotMoved })(o.env)
	case "answered":
		o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
	case "released", "corrected":
		o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20260302}}
	case "accepted":
		o.slow = true
	}
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	if stage == "accepted" {
		o.requireState(exchange.Out, p, "accepted/none/not_due")
		return
	}
	o.pass()
	switch stage {
	case "released":
		closed := closableBank(o)
		*closed = true
		o.skipDays(1)
		_ = o.tryPass()
		o.requireState(exchange.Out, p, "answered/sent/released")
		*closed = false
	case "returned":
		o.debitAll()
		o.pass()
		o.leaveNotification(returnEntry(order{Transfer: transfer(letterNo(them, 1)+"-1-1", p.Total())}))
		o.pass()
		o.requireState(exchange.Out, p, "answered/sent/returned")
	case "corrected":
		o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
		o.skipDays(1)
		o.balance[p.PersonalNo] = 55
		o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
			r.Status, r.Principal, r.Interest = code.RegistryEnded, 55, 0
			r.Stays[0].To, r.Stays[0].Months = r.Stays[0].To.Add(-2), r.Stays[0].Months-2
		}))
		o.balance[p.PersonalNo] = 55
		o.pass()
		o.pass()
		o.requireState(exchange.Out, p, "answered/sent/due")
	}
	take[formats.Posting](o, core, formats.KindPosting)
	o.slow = true
}

// agreeToAnnul lets one side propose an annulment and the other agree.
func agreeToAnnul(o *testOffice, letter string, weAsk bool) {
	o.tb.Helper()
	if weAsk {
		name := o.put(portal, formats.KindCancellation, cancellationOf(letter, code.PhaseProposeVoid))
		o.pass()
		o.requireReceipt(portal, name, "accepted", letter+" accepted")
		if x := requireOne[formats.Cancellation](o, them, formats.KindCancellation); x.Phase != code.PhaseProposeVoid {
			o.tb.Errorf("sent %+v", *x)
		}
		o.put(them, formats.KindCancellation, cancellationOf(letter, code.PhaseAgree))
		o.pass()
		return
	}
	name := o.put(them, formats.KindCancellation, cancellationOf(letter, code.PhaseProposeVoid))
	o.pass()
	o.requireReceipt(them, name, "accepted", letter+" accepted")
	o.put(portal, formats.KindCancellation, cancellationOf(letter, code.PhaseAgree))
	o.pass()
	if x := requireOne[formats.Cancellation](o, them, formats.KindCancellation); x.Phase != code.PhaseAgree {
		o.tb.Errorf("sent %+v", *x)
	}
}

// requireNothingPosted requires that every posting which the core did for a case
// is undone.
func (o *testOffice) requireNothingPosted(c exchange.Case) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		postings, err := tx.PostingsByCase(c.No)
		for _, p := range postings {
			if p.Row != exchange.PostUndo && (p.State == exchange.PostingDone || p.State == exchange.PostingQueued) {
				o.tb.Errorf("posting %s %s is %s", p.Row, p.No, p.State)
			}
		}
		return err
	})
}
