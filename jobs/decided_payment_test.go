package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
)

// TestLumpSumsWithoutDecidedParts: of a lump sum a part about which an officer decided goes
// apart, so that the officer can release the others.
func TestLumpSumsWithoutDecidedParts(t *testing.T) {
	o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	w, l, z := wang(t), li(t), zhao(t)
	o.setDualRelease(w, l, z)
	p, q, r := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q), o.insured(r))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q), o.letter(them, 3, r))
	o.pass()
	o.journalActor(o.caseBy(exchange.Out, p).No, l)
	o.pass()
	decided, rest := o.decidedFiles(l)
	if decided.Total != p.Total() || rest.Total != q.Total()+r.Total() {
		t.Errorf("%s of %s decided about, %s of %s not", decided.Total, p.Total(), rest.Total, q.Total()+r.Total())
	}
}

// decidedOffice is an office of three with a letter to an account that was changed, which an
// officer of finance has confirmed, and one to the registered account: both are ordered.
func decidedOffice(t *testing.T) (o *testOffice, w, l, z *signer) {
	t.Helper()
	o = newOffice(t)
	w, l, z = wang(t), li(t), zhao(t)
	o.setDualRelease(w, l, z)
	o.pass() // takes the officers over
	p, q, r := leaver(us, 0), leaver(us, 1), leaver(us, 2)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q), o.insured(r))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	a := secondAccount(them)
	o.decide(map[string]*seal.Key{l.Name: l.key}, l.Name, exchange.ActConfirmAccount, o.caseBy(exchange.Out, p).No, "account="+a.No, "cnaps="+a.CNAPS)
	o.put(them, formats.KindLetter, o.letter(them, 2, q), o.letter(them, 3, r))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	o.requireState(exchange.Out, q, "answered/sent/ordered")
	return o, w, l, z
}

// release leaves the signatures of officers on a file and makes a pass.
func (o *testOffice) release(f exchange.File, signers ...*signer) {
	o.tb.Helper()
	for _, s := range signers {
		o.leaveSignature(s, f.Name, o.officerFile(s, f.Name))
	}
	o.pass()
}

// TestDecidedPaymentsHaveAFileOfTheirOwn: in an office of three, who confirmed an account
// releases all the rest.
func TestDecidedPaymentsHaveAFileOfTheirOwn(t *testing.T) {
	o, w, l, z := decidedOffice(t)
	decided, rest := o.decidedFiles(l)
	if decided.Records != 1 || rest.Records != 2 {
		t.Fatalf("%d payments about which %s decided, %d others", decided.Records, l.Name, rest.Records)
	}
	o.release(rest, w, l)
	o.requireState(exchange.Out, leaver(us, 1), "answered/sent/submitted")
	o.requireState(exchange.Out, leaver(us, 2), "answered/sent/submitted")
	o.release(decided, l)
	if a := string(o.officerFile(l, decided.Name+".li.qiang.sig.txt")); !strings.Contains(a, "作过决定") {
		t.Errorf("answer: %s", a)
	}
	o.requireState(exchange.Out, leaver(us, 0), "answered/sent/ordered")
	o.release(decided, w, z)
	o.requireState(exchange.Out, leaver(us, 0), "answered/sent/submitted")
	o.requireNoDifferences()
}

// decidedFiles are the payment files that wait: the one about whose payments an officer
// decided, and the one of all others.
func (o *testOffice) decidedFiles(s *signer) (decided, rest exchange.File) {
	o.tb.Helper()
	files := slices.DeleteFunc(o.outgoing(exchange.FilePrepared), func(f exchange.File) bool { return f.Kind != office.KindPayment })
	if len(files) != 2 {
		o.tb.Fatalf("%d payment files wait for signatures: %+v", len(files), files)
	}
	err := o.env.Store.View(o.tb.Context(), func(tx *store.Tx) error {
		list, err := tx.Deciders(files[0].ID)
		decided, rest = files[1], files[0]
		if len(list) > 0 {
			decided, rest = rest, decided
		}
		for _, x := range list {
			if x.Officer != s.Name {
				o.tb.Errorf("decided by %s", x.Officer)
			}
		}
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return decided, rest
}
