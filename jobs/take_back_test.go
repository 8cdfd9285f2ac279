package jobs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/samples"
)

// requireRefused requires that a decision is refused with some words.
func (o *testOffice) requireUndecidable(err error, words string) {
	o.tb.Helper()
	if !errors.Is(err, exchange.ErrDecision) || !strings.Contains(fmt.Sprint(err), words) {
		o.tb.Errorf("not refused with %q: %v", words, err)
	}
}

// entry is a bank entry of ours.
func (o *testOffice) entry(ref string) (e exchange.BankEntry) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		list, err := tx.BankEntriesNumbered(ref)
		if err == nil && len(list) != 1 {
			err = fmt.Errorf("%d entries have the number %s", len(list), ref)
		}
		if err == nil {
			e = list[0]
		}
		return err
	})
	return e
}

// Money that names the wrong letter is taken back and matched to whose it is; the
// program does not give it to the first case again, and both end well.
func TestMatchTakenBack(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p, q := leaver(them, 0), leaver(them, 1)
	lp, lq := o.sendLetter(p), o.sendLetter(q)
	fp, fq := o.form(p, lp), o.form(q, lq)
	o.put(them, formats.KindForm, fp, fq)
	o.leaveNotification(creditEntry("W1", fq.Amount, lp.LetterNo, ""))
	o.pass()
	o.requireState(exchange.In, p, "held/checked/differs amount-differs")
	key := o.entry("W1").Key
	_, err := o.tryDecide(keys, "zhao.lei", exchange.ActTakeBack, key)
	o.requireUndecidable(err, "finance")
	o.decide(keys, "li.na", exchange.ActTakeBack, key)
	if e := o.entry("W1"); e.State != exchange.EntryUnmatched || e.CaseNo != "" || e.Part != 0 {
		t.Errorf("the entry is %+v", e)
	}
	c := o.caseBy(exchange.In, p)
	if c.State == exchange.Held || c.MoneyTrack != exchange.MoneyNone {
		t.Errorf("the case stands at %s/%s/%s", c.State, c.FormTrack, c.MoneyTrack)
	}
	o.requireJournaled(c.No, "money_taken_back", "已核实")
	o.requireNoDifferences()
	_, err = o.tryDecide(keys, "wang.min", exchange.ActTakeBack, key)
	o.requireUndecidable(err, "nothing was decided")
	// What makes the letter's credits due again does not give it back.
	o.put(them, formats.KindForm, o.form(p, lp, func(f *formats.Form) { f.Version, f.Nature, f.Remark = 2, code.NatureCorrected, "更正" }))
	o.pass()
	if e := o.entry("W1"); e.State != exchange.EntryUnmatched {
		t.Errorf("matched again to %s", e.CaseNo)
	}
	o.decide(keys, "li.na", exchange.ActMatch, key, "case="+lq.LetterNo)
	o.creditArrives(lp, p, fp.Amount)
	o.passUntil(exchange.In, p, "completed/posted/posted")
	o.requireState(exchange.In, q, "completed/posted/posted")
	_, err = o.tryDecide(keys, "wang.min", exchange.ActTakeBack, key)
	o.requireUndecidable(err, "the core was asked to credit it")
	o.requireNoDifferences()
}

// Before the form, of two credits, of a split one: what is left is compared anew.
func TestMatchTakenBackInPart(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p, q := leaver(them, 0), leaver(them, 1)
	lp, lq := o.sendLetter(p), o.sendLetter(q)
	fp, fq := o.form(p, lp), o.form(q, lq)
	o.leaveNotification(creditEntry("A1", fp.Amount, lp.LetterNo, ""), creditEntry("A2", 500, lp.LetterNo, ""), creditEntry("A3", 300, "两人", ""))
	o.pass()
	o.requireState(exchange.In, p, "requested/none/received")
	o.decide(keys, "li.na", exchange.ActSplit, o.entry("A3").Key, fmt.Sprintf("to=%s:1=%s,%s:1=%s", lp.LetterNo, "1.00", lq.LetterNo, "2.00"))
	o.requireState(exchange.In, q, "requested/none/received")
	o.decide(keys, "wang.min", exchange.ActTakeBack, o.entry("A3").Key)
	o.requireState(exchange.In, q, "requested/none/none")
	o.put(them, formats.KindForm, fp, fq)
	o.pass()
	o.requireState(exchange.In, p, "held/checked/differs amount-differs")
	// The case's row offers it for what came last.
	o.decide(keys, "li.na", exchange.ActTakeBack, lp.LetterNo)
	if e := o.entry("A2"); e.State != exchange.EntryUnmatched {
		t.Errorf("A2 is %+v", e)
	}
	o.passUntil(exchange.In, p, "completed/posted/posted")
	// Too much after all was posted: that, and only that, can be taken back.
	o.creditArrives(lp, p, fp.Amount)
	o.pass()
	o.requireState(exchange.In, p, "held/posted/differs amount-differs")
	_, err := o.tryDecide(keys, "li.na", exchange.ActTakeBack, lp.LetterNo, "entry="+o.entry("A2").Key)
	o.requireUndecidable(err, "not matched to the case")
	_, err = o.tryDecide(keys, "li.na", exchange.ActTakeBack, lp.LetterNo)
	o.requireUndecidable(err, "a reason of its own") // else it would pass for the one of before
	o.decide(keys, "wang.min", exchange.ActTakeBack, lp.LetterNo)
	o.requireState(exchange.In, p, "completed/posted/posted")
	_, err = o.tryDecide(keys, "li.na", exchange.ActTakeBack, o.entry("A1").Key)
	o.requireUndecidable(err, "the core was asked to credit it")
	o.unproved = true // A2 and A3 wait for their owners
}

// A part of which money is being paid back keeps its credit.
func TestMatchKeptForItsRefund(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.leaveNotification(creditEntry("R1", p.Total()+500, l.LetterNo, ""))
	o.pass()
	o.decide(keys, "li.na", exchange.ActRefund, l.LetterNo)
	_, err := o.tryDecide(keys, "li.na", exchange.ActTakeBack, o.entry("R1").Key)
	o.requireUndecidable(err, "cannot be taken back")
}

// What an officer allowed is taken back by the same role until the money has left.
func TestDecisionTakenBack(t *testing.T) {
	p := leaver(us, 0)
	o := newOffice(t, func(e *jobs.Env) { e.Agency.PaymentCap = p.Total() - 1 })
	keys := staffWithKeys(o)
	open := o.env.Parties[2].Open
	withParty(bank, func(b *office.Party) { b.Open = unreachableDrop })(o.env)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	_ = o.tryPass()
	_ = o.tryPass()
	o.requireState(exchange.Out, p, "held/sent/due cap")
	c := o.caseBy(exchange.Out, p)
	_, err := o.tryDecide(keys, "wang.min", exchange.ActTakeBack, c.No)
	o.requireUndecidable(err, "nothing was decided")
	allow := func() { o.decide(keys, "wang.min", exchange.ActAllowCap, c.No, "amount="+p.Total().String()) }
	allow()
	_ = o.tryPass()
	o.requireState(exchange.Out, p, "answered/sent/released")
	_, err = o.tryDecide(keys, "li.na", exchange.ActTakeBack, c.No)
	o.requireUndecidable(err, "checker")
	o.decide(keys, "wang.min", exchange.ActTakeBack, c.No)
	o.requireState(exchange.Out, p, "held/sent/due cap")
	withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
	o.pass()
	o.requireState(exchange.Out, p, "held/sent/due cap")
	if len(o.outgoing(exchange.FileVoid)) != 1 || len(o.orders) > 0 {
		t.Errorf("ordered %+v", o.orders)
	}
	_, err = o.tryDecide(keys, "wang.min", exchange.ActAllowCap, c.No, "amount="+p.Total().String())
	o.requireUndecidable(err, "a reason of its own")
	o.skipDays(1)
	allow()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	_, err = o.tryDecide(keys, "wang.min", exchange.ActTakeBack, c.No)
	o.requireUndecidable(err, "money has left")
}

// A hold that an officer released is there again; an account that was confirmed is not.
func TestReleaseAndAccountTakenBack(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	c := o.caseBy(exchange.Out, p)
	a := secondAccount(them)
	open := o.env.Parties[2].Open
	withParty(bank, func(b *office.Party) { b.Open = unreachableDrop })(o.env)
	o.decide(keys, "li.na", exchange.ActConfirmAccount, c.No, "account="+a.No, "cnaps="+a.CNAPS)
	_ = o.tryPass()
	_ = o.tryPass()
	o.requireState(exchange.Out, p, "answered/sent/released")
	o.decide(keys, "wang.min", exchange.ActTakeBack, c.No)
	o.requireState(exchange.Out, p, "held/sent/due account-not-registered")
	o.skipDays(1)
	o.decide(keys, "li.na", exchange.ActConfirmAccount, c.No, "account="+a.No, "cnaps="+a.CNAPS)
	o.refuseRecord(o.latest(them, formats.KindForm), formNoOf(o, p))
	_ = o.tryPass()
	o.requireState(exchange.Out, p, "held/refused/due refused-by-partner")
	o.decide(keys, "zhao.lei", exchange.ActReleaseHold, c.No)
	_ = o.tryPass()
	o.decide(keys, "zhao.lei", exchange.ActTakeBack, c.No)
	if c := o.caseBy(exchange.Out, p); c.State != exchange.Held || c.Hold != code.HoldOfficersDecision {
		t.Errorf("the case stands at %s %s", c.State, c.Hold)
	}
	withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
	o.pass()
	if len(o.orders) > 0 {
		t.Errorf("ordered %+v", o.orders)
	}
	o.requireJournaled(c.No, "decided_take-back", "已核实")
}

// formNoOf is the number of the form that went out about a person.
func formNoOf(o *testOffice, p samples.Person) (no string) {
	o.view(func(tx *store.Tx) error {
		forms, err := tx.FormsByCase(o.caseBy(exchange.Out, p).No)
		if err == nil {
			no = forms[0].No
		}
		return err
	})
	return no
}

// What was matched while its case was held is reversed in the ledger.
func TestMatchedMoneyTakenBack(t *testing.T) {
	o := newOffice(t)
	keys := staffWithKeys(o)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.refuseRecord(o.latest(them, formats.KindLetter), l.LetterNo)
	o.pass()
	f := o.form(p, l)
	o.put(them, formats.KindForm, f)
	o.leaveNotification(creditEntry("H1", f.Amount, l.LetterNo, ""))
	o.pass()
	o.requireState(exchange.In, p, "held/checked/matched refused-by-partner")
	before := o.inLedger(p)
	o.decide(keys, "li.na", exchange.ActTakeBack, o.entry("H1").Key)
	o.requireState(exchange.In, p, "held/checked/none refused-by-partner")
	after := o.inLedger(p)
	if before[ledger.InMatched] != f.Amount || after[ledger.InMatched] != 0 || after[ledger.InReceivable] != f.Amount {
		t.Errorf("in the ledger %v, then %v", before, after)
	}
	o.pass()
	o.decide(keys, "li.na", exchange.ActMatch, o.entry("H1").Key, "case="+l.LetterNo)
	o.decide(keys, "zhao.lei", exchange.ActReleaseHold, l.LetterNo)
	o.passUntil(exchange.In, p, "completed/posted/posted")
	o.requireNoDifferences()
}

// inLedger is what lies in the ledger for a person's case as the new place, by title.
func (o *testOffice) inLedger(p samples.Person) map[ledger.Title]money.Fen {
	o.tb.Helper()
	sums := map[ledger.Title]money.Fen{}
	o.view(func(tx *store.Tx) error {
		entries, err := tx.LedgerOf(o.caseBy(exchange.In, p).No)
		for _, e := range entries {
			for _, x := range e.Postings {
				sums[x.Account.Title()] += x.Amount
			}
		}
		return err
	})
	return sums
}

// The row of a case whose money differs offers to take back what came last.
func TestMatchTakenBackByWorkbook(t *testing.T) {
	o := newOffice(t)
	clerk, finance, _ := staffWithFolders(o)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.leaveNotification(creditEntry("B1", 500, l.LetterNo, ""))
	o.passAndReport()
	c := o.caseBy(exchange.In, p)
	o.requireRowOf(finance, c.No, "撤回")
	if o.officerFile(clerk, o.workbookName("财务")) != nil {
		t.Error("the clerk has the workbook of finance")
	}
	form := o.openWorkbook(finance, o.workbookName("财务"))
	form.decide(c.No, "撤回")
	for i, want := range []string{"已接受", "此前已作"} {
		if v := verdict(o.handIn(finance, fmt.Sprintf("决定%d.xlsx", i), form.bytes(), finance), c.No); !strings.HasPrefix(v, want) {
			t.Errorf("%d: %q", i, v)
		}
	}
	if e := o.entry("B1"); e.State != exchange.EntryUnmatched {
		t.Errorf("the entry is %+v", e)
	}
	o.requireState(exchange.In, p, "answered/checked/none")
}
