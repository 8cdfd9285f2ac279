package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/samples"
)

// cancellationOf is a cancellation of a letter in a phase.
func cancellationOf(letterNo string, phase code.Phase) *formats.Cancellation {
	return &formats.Cancellation{LetterNo: letterNo, Phase: phase, Reason: "本人申请", CancelledOn: 20260302, Echo: "x"}
}

func TestCancellationFromThePortal(t *testing.T) {
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
				t.Errorf("the receipt says %q", v)
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

func TestCancellationFromThePartner(t *testing.T) {
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
				t.Errorf("the receipt says %q", v)
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

func TestCancellationOfAnUnknownLetter(t *testing.T) {
	o := newOffice(t)
	name := o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 99), code.PhaseCancel))
	o.pass()
	o.requireReceipt(them, name, "partly", letterNo(them, 99)+" refused unknown-letter")
}
