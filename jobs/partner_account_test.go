package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/samples"
)

func TestAccountNotRegistered(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(secondAccount(them))))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	registerAccount(o, secondAccount(them))
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	if got := o.orders[0].Creditor.Number; got != secondAccount(them).No {
		t.Errorf("paid to %s", got)
	}
}

// registerAccount adds an account of the partner's to the configuration.
func registerAccount(o *testOffice, a exchange.Account) {
	withPartner(them, func(p *exchange.Partner) { p.Accounts = append(p.Accounts, a) })(o.env)
}

func TestHolderOfTheAccountDiffers(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	wrong := receiving(them)
	wrong.Holder += "分户"
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(wrong)))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
}

func TestAccountChangesBeforeThePayment(t *testing.T) {
	o := newOffice(t, withParty(bank, func(p *office.Party) {}))
	p, q := leaver(us, 0), leaver(us, 1)
	registerAccount(o, secondAccount(them))
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	// Accepted, not paid yet.
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(secondAccount(them))))
	o.pass()
	for _, t2 := range o.orders {
		want := receiving(them).No
		if strings.HasPrefix(t2.EndToEndID, letterNo(them, 1)) {
			want = secondAccount(them).No
		}
		if t2.Creditor.Number != want {
			t.Errorf("%s paid to %s", t2.EndToEndID, t2.Creditor.Number)
		}
	}
	// Submitted: refused.
	name := o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(3)))
	o.pass()
	o.requireReceipt(them, name, "partly", letterNo(them, 1)+" refused not-allowed-in-state")
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
}

// The first part is paid for good; the second one came back because the
// account was closed meanwhile.
func TestAccountChangesForALaterPart(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	first := o.payLetter(p, 1)
	o.acceptAll(them)
	o.put(them, formats.KindCompletion, completion(first, code.OutcomeCompleted, 20260302))
	o.skipDays(3)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
		r.Status, r.StoppedOn, r.Principal, r.Interest = code.RegistryEnded, p.StoppedOn, 12345, 0
	}))
	o.balance[p.PersonalNo] = 12345
	o.pass()
	o.pass()
	second := o.orders[0]
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(second))
	o.stateDay()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/returned")
	registerAccount(o, secondAccount(them))
	name := o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(secondAccount(them))))
	o.pass()
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
	if len(o.orders) != 1 || o.orders[0].EndToEndID != letterNo(them, 1)+"-2-2" || o.orders[0].Creditor.Number != secondAccount(them).No {
		t.Errorf("ordered %+v", o.orders)
	}
}

func TestAccountChangesWhileThePaymentFileWaits(t *testing.T) {
	o := newOffice(t)
	closed := closableBank(o)
	p, q := leaver(us, 0), leaver(us, 1)
	registerAccount(o, secondAccount(them))
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	*closed = true
	o.tryPass()
	o.requireState(exchange.Out, p, "answered/sent/released")
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(secondAccount(them))))
	o.tryPass()
	*closed = false
	o.pass()
	o.pass()
	if len(o.orders) != 2 {
		t.Fatalf("%d transfers were ordered", len(o.orders))
	}
	for _, x := range o.orders {
		if first := strings.HasPrefix(x.EndToEndID, letterNo(them, 1)); first != (x.Creditor.Number == secondAccount(them).No) || !strings.HasSuffix(x.EndToEndID, "-1-2") {
			t.Errorf("%s goes to %s", x.EndToEndID, x.Creditor.Number)
		}
	}
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.requireState(exchange.Out, q, "answered/sent/settled")
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n < 2 {
		t.Errorf("%d advices", n)
	}
}

// closableBank lets the test shut the bank's drop.
func closableBank(o *testOffice) *bool {
	closed := new(bool)
	withParty(bank, func(p *office.Party) { p.Open = shutWhile(p.Open, closed) })(o.env)
	return closed
}

func TestRefusedFormVoidsAReleasedPayment(t *testing.T) {
	// A hold between release and upload voids the unsent file; the other case goes out anew.
	o := newOffice(t)
	closed := closableBank(o)
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, q))
	o.pass()
	*closed = true
	_ = o.tryPass()
	for _, f := range o.files {
		if f.party == them && f.header.Kind == formats.KindForm {
			o.refuseRecord(f, letterFormNo(f, letterNo(them, 1)))
		}
	}
	*closed = false
	o.pass()
	o.requireState(exchange.Out, p, "held/refused/due refused-by-partner")
	o.pass()
	o.requireState(exchange.Out, q, "answered/delivered/submitted")
	if len(o.orders) != 1 || !strings.HasPrefix(o.orders[0].EndToEndID, letterNo(them, 2)) {
		t.Errorf("paid %+v", o.orders)
	}
}

// letterFormNo is the number of the form for a letter in a batch of ours.
func letterFormNo(f gotFile, letter string) string {
	for _, r := range f.records {
		if form, ok := r.(*formats.Form); ok && form.LetterNo == letter {
			return form.FormNo
		}
	}
	return ""
}

// TestRegisteredAccount: number, CNAPS and holder are the registered ones in every version
// of a letter, but for widths and spaces; the bank is told what is registered. Another
// name of the bank is told to the partner and kept with the case, and stops nothing.
func TestRegisteredAccount(t *testing.T) {
	const paid, held = "answered/sent/submitted", " account-not-registered"
	for name, c := range map[string]struct {
		change func(*exchange.Account)
		right  bool
		warned string
	}{
		"as registered":       {change: func(*exchange.Account) {}, right: true},
		"another bank's name": {change: func(a *exchange.Account) { a.Bank = "建行" }, right: true, warned: "the bank is named 建行, it is registered as"},
		"widths and spaces":   {change: func(a *exchange.Account) { a.Holder = " " + a.Holder + "　" }, right: true},
		"another holder":      {change: func(a *exchange.Account) { a.Holder = "王小明" }},
		"another CNAPS":       {change: func(a *exchange.Account) { a.CNAPS = receiving(us).CNAPS }},
		"another number":      {change: func(a *exchange.Account) { a.No = receiving(us).No }},
	} {
		for version, told := range map[string]struct {
			came  func(*testOffice, samples.Person, exchange.Account) string
			where string // a case whose account is wrong waits
		}{
			"the first":         {firstAccount, "held/none/not_due"},
			"before acceptance": {accountBeforeAcceptance, "held/none/not_due"},
			"after acceptance":  {accountAfterAcceptance, "held/sent/due"},
		} {
			t.Run(name+" in "+version, func(t *testing.T) {
				o, p := newOffice(t), leaver(us, 0)
				account := secondAccount(them)
				registerAccount(o, account)
				c.change(&account)
				o.put(core, formats.KindRegistry, o.insured(p))
				letter := told.came(o, p, account)
				o.passes(2)
				o.requireReceipt(them, letter, "accepted", letterNo(them, 1)+" accepted")
				if got := o.verdictText(them, letter); !strings.Contains(got, c.warned) || c.warned == "" && got != "" {
					t.Errorf("the partner is told %q", got)
				}
				if c.warned != "" {
					o.requireJournaled(o.caseBy(exchange.Out, p).No, map[bool]string{true: "letter_changed", false: "letter_received"}[version == "after acceptance"], "建行")
				}
				if !c.right {
					o.requireState(exchange.Out, p, told.where+held)
					return
				}
				o.requireState(exchange.Out, p, paid)
				want := secondAccount(them)
				if got := o.orders[0].Creditor; got.Number != want.No || got.Name != want.Holder || got.Bank != want.Bank || got.CNAPS != want.CNAPS {
					t.Errorf("the bank is told %+v", got)
				}
			})
		}
	}
}

// firstAccount leaves a first letter that names an account; it returns the file's name.
func firstAccount(o *testOffice, p samples.Person, a exchange.Account) string {
	return o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(a)))
}

// accountBeforeAcceptance leaves it as the next version of a letter that waits.
func accountBeforeAcceptance(o *testOffice, p samples.Person, a exchange.Account) string {
	nobodys := receiving(us)
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withAccount(nobodys)))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
	return o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(a)))
}

// accountAfterAcceptance leaves it as the next version of a letter whose money is due.
func accountAfterAcceptance(o *testOffice, p samples.Person, a exchange.Account) string {
	o.env.Agency.FundsClosed = []exchange.Span{{From: 20260302, To: 20260302}}
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.passes(2)
	o.requireState(exchange.Out, p, "answered/sent/due")
	o.env.Agency.FundsClosed = nil
	return o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), withAccount(a)))
}
