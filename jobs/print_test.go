package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/paper"
	"carryover/samples"
)

// printForm is the text of a form, or why there is none.
func (o *testOffice) printForm(kind, id string) (string, error) {
	o.tb.Helper()
	var out paper.Printed
	err := o.env.Store.View(o.tb.Context(), func(tx *store.Tx) (err error) {
		out, err = o.env.Print(tx, paper.Request{Kind: kind, ID: id})
		return err
	})
	var text []string
	for _, s := range out.Book.Sheets {
		for _, l := range s.Paper.Lines {
			for _, b := range l.Boxes {
				text = append(text, b.Text)
			}
		}
	}
	return strings.Join(text, "\n"), err
}

// TestPrintReplyToApplicant: an application that was returned and one that was
// refused have their notice, by any number that names the case, and not the
// other one's; a returned one keeps it when it has been supplemented.
func TestPrintReplyToApplicant(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	back := o.application(p, func(a *formats.Application) { a.Materials = "other" })
	no := o.application(q, func(a *formats.Application) { a.Person.IDType, a.Person.IDNo = "02", "12345678" })
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q))
	o.put(portal, formats.KindApplication, back, no)
	o.pass()
	for _, c := range []struct {
		kind, other, title, why string
		a                       *formats.Application
	}{
		{"return", "refusal", "补正通知书", "有效身份证件", back},
		{"refusal", "return", "不予受理通知书", "军", no},
	} {
		text, err := o.printForm(c.kind, c.a.ApplicationNo)
		if err != nil {
			t.Errorf("print %s: %v", c.kind, err)
			continue
		}
		for _, want := range []string{c.title, c.a.ApplicationNo, c.a.Person.Name, "2026年3月2日", o.env.Agency.Name, c.why} {
			if !strings.Contains(text, want) {
				t.Errorf("print %s says no %q: %s", c.kind, want, text)
			}
		}
		if _, err := o.printForm(c.other, c.a.ApplicationNo); err == nil || !strings.Contains(err.Error(), "names no") {
			t.Errorf("print %s of the other: %v", c.other, err)
		}
	}
	before, _ := o.printForm("return", back.ApplicationNo)
	o.skipDays(1)
	o.put(portal, formats.KindApplication, o.application(p, func(a *formats.Application) { a.Version, a.Materials = 2, "id;proxy" }))
	o.pass()
	if after, err := o.printForm("return", back.ApplicationNo); err != nil || after != before {
		t.Errorf("after the supplement: %v, %s", err, after)
	}
}

// TestPrintLumpSum: the notice of a payment for several names each of them.
func TestPrintLumpSum(t *testing.T) {
	o := newOffice(t, withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
	people := []samples.Person{leaver(us, 0), leaver(us, 1)}
	for i, p := range people {
		o.put(core, formats.KindRegistry, o.insured(p))
		o.put(them, formats.KindLetter, o.letter(them, i, p))
	}
	o.pass()
	o.pass()
	lump := o.orders[0]
	text, err := o.printForm("payment-notice", lump.EndToEndID)
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{"等2人（见续表）", "转出通知书（续表）", lump.Amount.Capitals()}
	for i, p := range people {
		wanted = append(wanted, p.Name, p.IDNo, o.letter(them, i, p).LetterNo)
	}
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("the notice says no %q: %s", want, text)
		}
	}
}

// TestPrintReviewedCertificate: a certificate is printed as it was sent, with
// the officer who approved it, whatever the registry says later; before that
// with who is configured.
func TestPrintReviewedCertificate(t *testing.T) {
	o := newOffice(t, withReview(formats.KindCertificate, exchange.ReviewOne))
	clerk, _, _ := staffWithFolders(o)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(portal, formats.KindCertificateRequest, &formats.CertificateRequest{
		RequestNo: "G1", RequestedOn: 20260302, Reason: code.ReasonFirst, Applicant: code.ByPerson, PersonalNo: p.PersonalNo, Person: blockOf(p),
	})
	o.pass()
	asked := func(when string, household code.Household, name string) {
		t.Helper()
		text, err := o.printForm("certificate", p.IDNo)
		if err != nil || !strings.Contains(text, "\n"+household.Word(code.Chinese)+"\n") || !strings.Contains(text, "经办人\n"+name+"\n") {
			t.Errorf("%s: %v\n%s", when, err, text)
		}
	}
	asked("made", p.Household, "系统自动办理")
	o.passAndReport()
	asked("in review", p.Household, "系统自动办理")
	o.requireVerdict(o.decideSigned(clerk, o.batchInState(formats.KindCertificate, exchange.FileReview), exchange.ActApproveBatch), "")
	o.pass()
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Household = code.HouseholdOther }))
	o.pass()
	asked("sent, and the registry changed", p.Household, "赵蕾")
}
