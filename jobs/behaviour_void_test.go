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

// cancellationOf is a cancellation of a letter in a phase.
func cancellationOf(letterNo string, phase code.Phase) *formats.Cancellation {
	return &formats.Cancellation{LetterNo: letterNo, Phase: phase, Reason: "本人申请", CancelledOn: 20260302, Echo: "x"}
}

func TestCancelFromThePortal(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*testOffice, samples.Person)
		verdict string // of the record
		answer  string // of the partner, when it is asked
		want    string
		told    string
	}{
		"held": {
			prepare: func(o *testOffice, p samples.Person) { o.put(portal, formats.KindApplication, o.application(p)) },
			verdict: "accepted", want: "cancelled/none/none", told: "cancelled",
		},
		"returned": {
			prepare: func(o *testOffice, p samples.Person) {
				o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Materials = "other" }))
			},
			verdict: "accepted", want: "cancelled/none/none", told: "cancelled",
		},
		"letter out, agreed": {
			prepare: func(o *testOffice, p samples.Person) { o.sendLetter(p) }, verdict: "accepted", answer: "accepted", want: "cancelled/none/none", told: "cancelled",
		},
		"letter out, refused": {
			prepare: func(o *testOffice, p samples.Person) { o.sendLetter(p) }, verdict: "accepted", answer: "refused", want: "requested/none/none", told: "delayed",
		},
		"declined": {
			prepare: func(o *testOffice, p samples.Person) {
				l := o.sendLetter(p)
				o.put(them, formats.KindForm, &formats.Decline{LetterNo: l.LetterNo, LetterVersion: 1, Code: code.DeclineOther, Text: "其他", DeclinedOn: 20260302})
			},
			verdict: "accepted", answer: "accepted", want: "cancelled/none/none", told: "cancelled",
		},
		"answered": {
			prepare: func(o *testOffice, p samples.Person) {
				l := o.sendLetter(p)
				o.put(them, formats.KindForm, o.form(p, l))
			},
			verdict: "refused not-allowed-in-state", want: "answered/checked/none",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(them, 0)
			c.prepare(o, p)
			o.pass()
			takeMilestones(o, code.ToPerson)
			name := o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: "A-" + p.PersonalNo, Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
			o.pass()
			if v := o.verdicts(portal, name); len(v) != 2 || v[1] != "A-"+p.PersonalNo+" "+c.verdict {
				t.Errorf("told %q", v)
			}
			if c.answer != "" {
				o.leaveReceipt(o.latest(them, formats.KindCancellation), c.answer, map[bool]string{true: "not-allowed-in-state"}[c.answer == "refused"])
				o.pass()
			}
			o.requireState(exchange.In, p, c.want)
			if got := takeMilestones(o, code.ToPerson); c.told != "" && (len(got) != 1 || got[0] != c.told) {
				t.Errorf("the person was told %v", got)
			}
			o.requireNoDifferences()
		})
	}
}

func TestDeclinedWhileACancellationIsUnderWay(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: "A-" + p.PersonalNo, Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
	o.pass()
	o.put(them, formats.KindForm, &formats.Decline{LetterNo: l.LetterNo, LetterVersion: 1, Code: code.DeclineOther, Text: "其他", DeclinedOn: 20260302})
	o.pass()
	o.leaveReceipt(o.latest(them, formats.KindCancellation), "accepted", "")
	o.pass()
	o.requireState(exchange.In, p, "cancelled/none/none")
}

func TestCancelFromThePartner(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*testOffice, samples.Person)
		verdict string
		want    string
	}{
		"before the letter, in hand with it": {
			prepare: func(o *testOffice, p samples.Person) {
				o.put(core, formats.KindRegistry, o.insured(p))
				o.pass()
				o.put(them, formats.KindLetter, o.letter(them, 1, p))
			},
			verdict: "accepted", want: "cancelled/none/not_due",
		},
		"held": {
			prepare: func(o *testOffice, p samples.Person) {
				o.put(them, formats.KindLetter, o.letter(them, 1, p))
				o.pass()
			},
			verdict: "accepted", want: "cancelled/none/not_due",
		},
		"declined": {
			prepare: func(o *testOffice, p samples.Person) {
				o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status, r.StoppedOn = code.RegistryActive, 0 }))
				o.put(them, formats.KindLetter, o.letter(them, 1, p))
				o.pass()
			},
			verdict: "accepted", want: "cancelled/none/not_due",
		},
		"accepted": {
			prepare: func(o *testOffice, p samples.Person) {
				o.slow = true
				o.put(core, formats.KindRegistry, o.insured(p))
				o.put(them, formats.KindLetter, o.letter(them, 1, p))
				o.pass()
			},
			verdict: "refused not-allowed-in-state", want: "accepted/none/not_due",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			c.prepare(o, p)
			name := o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseCancel))
			o.pass()
			if v := o.verdicts(them, name); len(v) != 2 || v[1] != letterNo(them, 1)+" "+c.verdict {
				t.Errorf("told %q", v)
			}
			o.requireState(exchange.Out, p, c.want)
		})
	}
}

// TestAnnulmentBeforeItsLetter: an annulment that is worked before its letter
// waits for it, and does not keep it from being judged.
func TestAnnulmentBeforeItsLetter(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	name := o.putAs(them, formats.KindCancellation, 2, "", cancellationOf(letterNo(them, 1), code.PhaseProposeVoid)) // the first is on its way
	o.pass()
	o.requireReceipt(them, name, "accepted sequence-gap", letterNo(them, 1)+" held unknown-letter")
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	if asked := take[formats.Posting](o, core, formats.KindPosting); len(asked) != 2 { // E and B
		t.Errorf("%d postings are asked for", len(asked))
	}
}

func TestCancelOfANeverSentLetter(t *testing.T) {
	o := newOffice(t)
	name := o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 99), code.PhaseCancel))
	o.pass()
	o.requireReceipt(them, name, "partly", letterNo(them, 99)+" refused unknown-letter")
}

// requireEmptyLedger proves that nothing is left of a case in the ledger.
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

func TestVoidAtTheOldPlace(t *testing.T) {
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

// bringLetterTo brings a person's letter to a stage without money being out; the
// core answers nothing more from there on.
func bringLetterTo(o *testOffice, p samples.Person, stage string) {
	o.tb.Helper()
	switch stage {
	case "netted":
		with(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNetted })(o.env)
	case "not_moved":
		with(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNotMoved })(o.env)
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
		closed := bankCloses(o)
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

// One side has undone everything, the other still waits for its core or its
// bank: in a reconciliation they agree.
func TestAnnulmentUnderWayIsReconciled(t *testing.T) {
	o := newOffice(t)
	f := o.answerLetter(leaver(us, 0), 1)
	said := func(state code.ReconciliationState) {
		o.put(them, formats.KindReconciliation, &formats.Reconciliation{LetterNo: f.LetterNo, State: state, LastEventOn: 20260303})
		o.pass()
	}
	o.debitAll()
	o.pass()
	o.skipDays(20)
	o.put(them, formats.KindCancellation, cancellationOf(f.LetterNo, code.PhaseProposeVoid))
	o.pass()
	said(code.ReconcileVoid)
	o.requireNoDifferences()
	o.put(portal, formats.KindCancellation, cancellationOf(f.LetterNo, code.PhaseAgree))
	o.pass()
	o.skipDays(20)
	o.pass()
	for _, state := range []code.ReconciliationState{code.ReconcileVoid, code.ReconcileAnswered} {
		said(state)
		o.requireNoDifferences()
	}
	stated := take[formats.Reconciliation](o, them, formats.KindReconciliation)
	if q := stated[len(stated)-1]; q.State != code.ReconcileVoid {
		t.Errorf("we state %s", q.State)
	}
	said(code.ReconcileDeclined)
	if open := o.openDifferences(); len(open) != 1 {
		t.Errorf("open: %q", open)
	}
}

func TestVoidAtTheNewPlace(t *testing.T) {
	for _, weAsk := range []bool{true, false} {
		for _, stage := range []string{"requested", "answered", "posting", "relation_done", "netted"} {
			t.Run(fmt.Sprintf("%s, we propose %v", stage, weAsk), func(t *testing.T) {
				o := newOffice(t, with(them, func(p *exchange.Partner) {
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
					with(them, func(p *exchange.Partner) { p.Settlement = exchange.SettleNetted })(o.env)
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

// requireNothingPosted checks that nothing that the core did for a case still stands.
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

func TestVoidWithMoneyHere(t *testing.T) {
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

// TestMoneyAfterTheEnd: money that comes when a case whose months were credited
// has been annulled is booked, posted nowhere, and waits to be paid back.
func TestMoneyAfterTheEnd(t *testing.T) {
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
