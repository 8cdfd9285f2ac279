package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
)

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
			file := o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), change))
			o.pass()
			want := "refused not-allowed-in-state"
			if name == "contact" {
				want = "accepted"
			}
			if v := o.verdicts(them, file); len(v) != 2 || v[1] != letterNo(them, 1)+" "+want {
				t.Errorf("the receipt says %q", v)
			}
			o.requireState(exchange.Out, p, "accepted/none/not_due")
		})
	}
}

func TestLateDeclineOfAnOlderVersion(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	// Our account changed, the partner asks: version 2 goes out before any answer.
	o.env.Agency.Accounts = []exchange.Account{secondAccount(us)}
	o.put(them, formats.KindQuery, &formats.Query{QueryNo: "Z31010020260302000001", LetterNo: l.LetterNo, About: code.AboutAccount, Text: "账户?", AskedOn: 20260302})
	o.pass()
	second := requireOne[formats.Letter](o, them, formats.KindLetter)
	if second.Version != 2 || second.AccountNo != secondAccount(us).No {
		t.Errorf("letter %+v", *second)
	}
	if z := requireOne[formats.Query](o, them, formats.KindQuery); z.Ours != secondAccount(us).No {
		t.Errorf("answer %+v", *z)
	}
	name := o.put(them, formats.KindForm, &formats.Decline{LetterNo: l.LetterNo, LetterVersion: 1, Code: code.DeclineOther, Text: "旧", DeclinedOn: 20260302})
	o.pass()
	o.requireReceipt(them, name, "accepted", l.LetterNo+" accepted")
	o.requireState(exchange.In, p, "requested/none/none")
}

func TestLetterNumberOfAnotherShape(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	name := o.put(them, formats.KindLetter, o.letter(them, 1, p, func(l *formats.Letter) { l.LetterNo = "310100-2026-03-02-00000000000001" }), o.letter(them, 2, q))
	o.pass()
	o.pass()
	if v := o.verdicts(them, name); len(v) != 3 || !strings.HasSuffix(v[1], "refused malformed") {
		t.Errorf("the receipt says %q", v)
	}
	o.requireState(exchange.Out, q, "answered/sent/submitted")
}

func TestTwoPlacesAskForOnePerson(t *testing.T) {
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

func TestOtherPlaceFirst(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	o.put(others, formats.KindLetter, o.letter(others, 1, p))
	o.pass()
	d := requireOne[formats.Decline](o, others, formats.KindForm)
	if d.Code != code.DeclineOtherPlaceFirst {
		t.Errorf("declined as %s", d.Code)
	}
}
