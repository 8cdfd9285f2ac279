package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
)

func TestTwoPlacesAskAtOnce(t *testing.T) {
	for _, end := range []string{"first goes on", "first is cancelled"} {
		t.Run(end, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			frozen := func(r *formats.RegistryRecord) { r.Status = code.RegistryFrozen }
			o.put(core, formats.KindRegistry, o.insured(p, frozen))
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			o.put(others, formats.KindLetter, o.letter(others, 1, p))
			o.pass()
			for _, c := range o.casesBy(exchange.Out, p) {
				if c.State != exchange.Held {
					t.Errorf("the letter of %s stands at %s", c.Partner, c.State)
				}
			}
			winner, loser := them, others
			if end == "first is cancelled" {
				winner, loser = others, ""
				o.put(them, formats.KindCancellation, cancellationOf(letterNo(them, 1), code.PhaseCancel))
			}
			o.skipDays(1)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.passes(3)
			requireOne[formats.Form](o, winner, formats.KindForm)
			if loser != "" {
				if d := requireOne[formats.Decline](o, loser, formats.KindForm); d.Code != code.DeclineOtherPlaceFirst {
					t.Errorf("declined as %s", d.Code)
				}
			}
		})
	}
}

func TestHeirsPaymentComesBack(t *testing.T) {
	o := newOffice(t)
	p, heir := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.put(core, formats.KindPayee, payeeOf(p, letterNo(them, 1), heir, "1/1"))
	o.pass()
	o.pass()
	paid := o.orders[0]
	o.debitAll()
	o.pass()
	o.leaveNotification(returnEntry(paid))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/returned payee-missing")
	if n := len(take[formats.Query](o, them, formats.KindQuery)); n != 0 {
		t.Error("the partner was asked about an heir's account")
	}
	other := payeeOf(p, letterNo(them, 1), heir, "1/1")
	other.AccountNo = "000299999"
	o.put(core, formats.KindPayee, other)
	o.pass()
	if len(o.orders) != 1 || o.orders[0].Creditor.Number != "000299999" || o.orders[0].EndToEndID == paid.EndToEndID {
		t.Fatalf("ordered %+v", o.orders)
	}
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "declined/none/settled")
	o.requireNoDifferences()
}

func TestPayeeBeforeTheDebit(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status = code.RegistryDeceased }), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.slow = true
	o.pass()
	o.put(core, formats.KindPayee, payeeOf(p, letterNo(them, 1), leaver(us, 2), "1/2"), payeeOf(p, letterNo(them, 1), leaver(us, 3), "1/2"))
	wrong := o.put(core, formats.KindPayee, payeeOf(q, letterNo(them, 1), q, "1/1"), payeeOf(q, letterNo(them, 9), q, "1/1"))
	o.pass()
	o.requireReceipt(core, wrong, "partly", letterNo(them, 1)+" refused person-differs", letterNo(them, 9)+" refused unknown-letter")
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	o.pass()
	o.pass()
	if len(o.orders) != 2 || o.orders[0].Amount+o.orders[1].Amount != p.Total() {
		t.Errorf("ordered %+v", o.orders)
	}
}

func TestOlderExtractChangesNothing(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.putAs(core, formats.KindRegistry, 2, "", o.insured(p))
	o.pass()
	old := o.insured(p, func(r *formats.RegistryRecord) { r.Status, r.StoppedOn, r.AsOf = code.RegistryActive, 0, 20260201 })
	o.putAs(core, formats.KindRegistry, 1, "", old)
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.requireState(exchange.Out, p, "accepted/none/not_due")
}

func TestHolderOfTheAccountDiffers(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	wrong := receiving(them)
	wrong.Holder += "分户"
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p, toAccount(wrong)))
	o.pass()
	o.requireState(exchange.Out, p, "held/none/not_due account-not-registered")
}

func TestUpgradedIDAndMiddleDot(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	p.Name = "阿卜杜·买买提"
	o.put(core, formats.KindRegistry, o.insured(p))
	l := o.letter(them, 1, p)
	l.Person.Name = "阿卜杜•买买提"
	if strings.HasPrefix(p.IDNo[6:], "19") {
		l.Person.IDNo = p.IDNo[:6] + p.IDNo[8:17]
	}
	o.put(them, formats.KindLetter, l)
	o.pass()
	o.pass()
	requireOne[formats.Form](o, them, formats.KindForm)
}

func TestLumpSumsKeepTheCap(t *testing.T) {
	o := newOffice(t, with(them, func(p *exchange.Partner) { p.LumpSum = true }))
	var records, letters []any
	var total, largest money.Fen
	for i := range 4 {
		p := leaver(us, i)
		records, letters = append(records, o.insured(p)), append(letters, o.letter(them, i, p))
		total, largest = total+p.Total(), max(largest, p.Total())
	}
	o.env.Agency.PaymentCap = largest + 1
	o.put(core, formats.KindRegistry, records...)
	o.put(them, formats.KindLetter, letters...)
	o.pass()
	o.pass()
	var ordered money.Fen
	for _, x := range o.orders {
		if x.Amount > o.env.Agency.PaymentCap {
			t.Errorf("a lump sum of %s, the cap is %s", x.Amount, o.env.Agency.PaymentCap)
		}
		ordered += x.Amount
	}
	if ordered != total {
		t.Errorf("%s ordered of %s", ordered, total)
	}
}

func TestContactMayChangeButNothingElse(t *testing.T) {
	for name, change := range map[string]func(*formats.Letter){
		"household":   func(l *formats.Letter) { l.Household = code.HouseholdOther },
		"scheme":      func(l *formats.Letter) { l.SchemeTo = code.SchemeResident },
		"certificate": func(l *formats.Letter) { l.CertificateNo = "C9" },
		"enrolled":    func(l *formats.Letter) { l.EnrolledFrom = l.EnrolledFrom.Add(1) },
		"contact": func(l *formats.Letter) {
			l.To.Contact, l.To.ContactPhone, l.Remark = "另一人", "12345", "改联系人"
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.slow = true
			p := leaver(us, 0)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			o.pass()
			o.skipDays(1)
			file := o.put(them, formats.KindLetter, o.letter(them, 1, p, version(2), change))
			o.pass()
			want := "refused not-allowed-in-state"
			if name == "contact" {
				want = "accepted"
			}
			if v := o.verdicts(them, file); len(v) != 2 || v[1] != letterNo(them, 1)+" "+want {
				t.Errorf("told %q", v)
			}
			o.requireState(exchange.Out, p, "accepted/none/not_due")
		})
	}
}

// TestApplicationNumbersPerSender: a number is its sender's own. Versions,
// cancellations and what is said again find the right one.
func TestApplicationNumbersPerSender(t *testing.T) {
	o := newOffice(t)
	p, q, r := leaver(them, 0), leaver(them, 1), leaver(them, 2)
	same := func(a *formats.Application) { a.ApplicationNo = "A-1" }
	short := func(a *formats.Application) { a.ApplicationNo, a.Materials = "A-1", "other" }
	relayed := func(a *formats.Application) { a.ApplicationNo, a.LodgedAt = "A-1", code.LodgedOld }
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q), o.newcomer(r))
	o.put(portal, formats.KindApplication, o.application(p, same))
	counter := o.put(core, formats.KindApplication, o.application(q, short))
	theirs := o.put(them, formats.KindApplication, o.application(r, relayed))
	o.pass()
	o.requireReceipt(core, counter, "accepted", "A-1 accepted")
	o.requireReceipt(them, theirs, "accepted", "A-1 accepted")
	o.requireState(exchange.In, p, "requested/none/none")
	o.requireState(exchange.In, q, "returned/none/none")
	o.requireState(exchange.In, r, "requested/none/none")

	// The same again is a duplicate, of each by itself.
	again := o.put(core, formats.KindApplication, o.application(q, short))
	o.pass()
	o.requireReceipt(core, again, "partly", "A-1 refused duplicate-earlier")

	// q mends it at the portal, where A-1 is p's.
	mended := o.put(portal, formats.KindApplication, o.application(q, same, func(a *formats.Application) { a.Version = 2 }))
	o.pass()
	o.requireReceipt(portal, mended, "accepted", "A-1 accepted")
	o.requireState(exchange.In, q, "requested/none/none")
	if c := o.caseBy(exchange.In, q); c.ApplicationVersion != 2 || c.ApplicationSender != core {
		t.Errorf("version %d of %s", c.ApplicationVersion, c.ApplicationSender)
	}

	// A third place mends nobody's application.
	wrong := o.put(others, formats.KindApplication, o.application(q, relayed, func(a *formats.Application) { a.Version = 3 }))
	o.pass()
	o.requireReceipt(others, wrong, "partly", "A-1 refused wrong-agency")

	// The portal cancels its own.
	o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: "A-1", Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
	o.pass()
	if c := o.caseBy(exchange.In, p); c.Wish != exchange.WishCancel {
		t.Errorf("p wishes %q", c.Wish)
	}
	if c := o.caseBy(exchange.In, q); c.Wish != exchange.WishNone {
		t.Errorf("q wishes %q", c.Wish)
	}
}

// TestCancelledByANumberOfOthers: whoever applied at the counter cancels by
// the portal, unless the number leaves open which one.
func TestCancelledByANumberOfOthers(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	number := func(no string) func(*formats.Application) {
		return func(a *formats.Application) { a.ApplicationNo, a.LodgedAt = no, code.LodgedOld }
	}
	cancelled := func(no string) string {
		return o.put(portal, formats.KindCancellation, &formats.Cancellation{ApplicationNo: no, Phase: code.PhaseCancel, Reason: "不转了", CancelledOn: 20260302})
	}
	o.put(core, formats.KindApplication, o.application(p, number("A-1")))
	o.pass()
	first := cancelled("A-1")
	o.pass()
	o.requireReceipt(portal, first, "accepted", "A-1 accepted")
	o.requireState(exchange.In, p, "cancelled/none/none")
	o.put(core, formats.KindApplication, o.application(p, number("A-2")))
	o.put(them, formats.KindApplication, o.application(q, number("A-2")))
	o.pass()
	second := cancelled("A-2")
	o.pass()
	o.requireReceipt(portal, second, "partly", "A-2 refused missing")
}

// TestRelayedNumbersOfTwoSenders: the new place sees us as the sender of what
// we relay, so that one number is relayed for one of our own senders only.
func TestRelayedNumbersOfTwoSenders(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	away := func(version int) func(*formats.Application) {
		return func(a *formats.Application) {
			a.ApplicationNo, a.Version, a.LodgedAt, a.FromAgency, a.ToAgency = "A-1", version, code.LodgedOld, us, them
		}
	}
	o.put(portal, formats.KindApplication, o.application(p, away(1)))
	o.pass()
	counter := o.put(core, formats.KindApplication, o.application(q, away(1)))
	second := o.put(portal, formats.KindApplication, o.application(p, away(2)))
	o.pass()
	o.requireReceipt(core, counter, "partly", "A-1 refused duplicate-earlier")
	o.requireReceipt(portal, second, "accepted", "A-1 accepted")
	if n := len(o.got[them+" "+formats.KindApplication]); n != 2 {
		t.Errorf("%d applications were relayed", n)
	}
	o.view(func(tx *store.Tx) error {
		found, err := o.env.Find(tx, "A-1")
		if len(found.Applications) != 1 || found.Applications[0].Version != 2 || found.Applications[0].To != them {
			t.Errorf("A-1 names %+v", found.Applications)
		}
		return err
	})
}

func TestManyRecordsGoOverSeveralTransactions(t *testing.T) {
	o := newOffice(t)
	const n = 1203
	var records []any
	for i := range n {
		p := leaver(us, 0)
		p.PersonalNo = fmt.Sprintf("%s%09d", us, i)
		records = append(records, o.insured(p))
	}
	file := o.put(core, formats.KindRegistry, records...)
	o.pass()
	if v := o.verdicts(core, file); len(v) != n+1 {
		t.Errorf("%d verdicts", len(v)-1)
	}
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: core})
		if len(files) != 1 || files[0].Accepted != n {
			t.Errorf("%+v", files)
		}
		return err
	})
}

func TestDueDates(t *testing.T) {
	o := newOffice(t, by2021)
	p, q := leaver(us, 0), leaver(them, 1)
	o.now = calendar.Date(20260930).Time(china).Add(10 * 3600e9)
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	if c := o.caseBy(exchange.Out, p); c.Due != 20261020 {
		t.Errorf("due %s (%s)", c.Due, c.DueBasis)
	}
	l := o.sendLetter(q)
	if c := o.caseBy(exchange.In, q); c.Due == 0 || !strings.Contains(c.DueBasis, "answer") {
		t.Errorf("due %s (%s)", c.Due, c.DueBasis)
	}
	o.put(them, formats.KindForm, o.form(q, l))
	o.slow = true
	o.pass()
	if c := o.caseBy(exchange.In, q); !strings.Contains(c.DueBasis, "months: 5 WD from 2026-09-30") {
		t.Errorf("due %s (%s)", c.Due, c.DueBasis)
	}
}

func TestVerdictsOnTwoVersionsOfAForm(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.payLetter(p, 1)
	first := o.latest(them, formats.KindForm)
	o.skipDays(1)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
		r.Status, r.Principal, r.Interest = code.RegistryEnded, 0, 0
		r.Stays[0].To, r.Stays[0].Months = r.Stays[0].To.Add(-2), r.Stays[0].Months-2
	}))
	o.balance[p.PersonalNo] = 0
	o.pass()
	o.pass()
	second := o.latest(them, formats.KindForm)
	o.leaveReceipt(first, "accepted", "")
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.leaveReceipt(second, "accepted", "")
	o.pass()
	o.requireState(exchange.Out, p, "answered/delivered/settled")
}
