package jobs_test

import (
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

func TestAnnulmentIsRefused(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.answerLetter(p, 1) // what becomes of its payment is not known yet
	name := o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseProposeVoid))
	ours := o.put(portal, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseProposeVoid))
	o.pass()
	o.requireReceipt(them, name, "partly", letterNo(them, 1)+" refused not-allowed-in-state")
	o.requireReceipt(portal, ours, "partly", letterNo(them, 1)+" refused not-allowed-in-state")
	// Nobody agrees to his own proposal, nor without one.
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
	o.answerLetter(q, 2)
	name = o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 2), code.PhaseAgree))
	o.pass()
	o.requireReceipt(them, name, "partly", letterNo(them, 2)+" refused not-allowed-in-state")
	o.put(portal, formats.KindCancellation, cancellationOf(letterNo(them, 2), code.PhaseProposeVoid))
	o.pass()
	ours = o.put(portal, formats.KindCancellation, cancellationOf(letterNo(them, 2), code.PhaseAgree))
	o.pass()
	o.requireReceipt(portal, ours, "partly", letterNo(them, 2)+" refused not-allowed-in-state")
	o.requireState(exchange.Out, q, "answered/sent/due")
	// The partner refuses, and everything goes on.
	o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 2), code.PhaseRefuse))
	o.env.Agency.FundsClosed = nil
	o.pass()
	o.pass()
	o.requireState(exchange.Out, q, "answered/sent/submitted")
}

func TestAnnulmentRefusedInAReceipt(t *testing.T) {
	o := newOffice(t)
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260301, To: 20261231}}
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.put(portal, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseProposeVoid))
	o.pass()
	o.leaveReceipt(o.latest(them, formats.KindCancellation), "refused", "not-allowed-in-state")
	o.pass()
	if c := o.caseBy(exchange.Out, p); c.Wish != exchange.WishNone {
		t.Errorf("the proposal still stands: %s", c.Wish)
	}
}
