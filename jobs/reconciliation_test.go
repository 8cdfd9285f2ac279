package jobs_test

import (
	"os"
	"path/filepath"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
)

func TestReconciliation(t *testing.T) {
	o := newOffice(t)
	p, q, r := leaver(us, 0), leaver(them, 1), leaver(them, 2)
	f := o.payLetter(p, 1)
	l := o.sendLetter(q)
	m := o.sendLetter(r)
	// A declined application that comes back for a supplement stands in no shared word.
	o.put(them, formats.KindForm, &formats.Decline{LetterNo: m.LetterNo, LetterVersion: 1, Code: code.DeclineOther, Text: "其他", DeclinedOn: 20260302})
	o.pass()
	o.put(portal, formats.KindApplication, o.application(r, func(a *formats.Application) { a.Version, a.Materials = 2, "other" }))
	o.pass()
	o.requireState(exchange.In, r, "returned/none/none")
	o.skipDays(30)
	o.pass()
	states := map[string]*formats.Reconciliation{}
	for _, x := range take[formats.Reconciliation](o, them, formats.KindReconciliation) {
		states[x.LetterNo] = x
	}
	if x := states[f.LetterNo]; x == nil || x.State != code.ReconcileAnswered || x.FormNo != f.FormNo || x.Amount.Value != f.Amount {
		t.Errorf("Q of the answered case: %+v", x)
	}
	if x := states[l.LetterNo]; x == nil || x.State != code.ReconcileRequested {
		t.Errorf("Q of the requested case: %+v", x)
	}
	other := someAmount(f.Amount + 1)
	name := o.put(them, formats.KindReconciliation,
		&formats.Reconciliation{LetterNo: f.LetterNo, State: code.ReconcileAnswered, FormNo: f.FormNo, FormVersion: someOne(), Amount: other, LastEventOn: 20260303},
		&formats.Reconciliation{LetterNo: l.LetterNo, State: code.ReconcileCancelled, LastEventOn: 20260303},
		&formats.Reconciliation{LetterNo: letterNo(them, 99), State: code.ReconcileRequested, LastEventOn: 20260303},
	)
	o.pass()
	if v := o.verdicts(them, name); len(v) != 4 || v[0] != "accepted" {
		t.Errorf("the receipt says %q", v)
	}
	if len(o.openDifferences()) != 3 {
		t.Errorf("open: %q", o.openDifferences())
	}
	// When both say the same, nothing is said.
	o.put(them, formats.KindReconciliation, &formats.Reconciliation{
		LetterNo: f.LetterNo, State: code.ReconcileAnswered, FormNo: f.FormNo, FormVersion: someOne(), Amount: someAmount(f.Amount), LastEventOn: 20260303,
	})
	o.pass()
	if len(o.openDifferences()) != 2 {
		t.Errorf("open after agreeing: %q", o.openDifferences())
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

func TestReportOfUnmatchedMoneyIsWritten(t *testing.T) {
	o := newOffice(t)
	payTwo(o)
	o.leaveNotification(creditEntry("C9", 100, "", ""))
	o.pass()
	if _, err := o.env.Report(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(o.env.Reports, calendar.DateOf(o.now).String()+".xlsx")); err != nil {
		t.Error(err)
	}
}
