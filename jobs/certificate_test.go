package jobs_test

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/formats"
)

func TestCertificateIsIssued(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	ask := func(n int, reason code.CertificateReason) string {
		return o.put(portal, formats.KindCertificateRequest, &formats.CertificateRequest{
			RequestNo: fmt.Sprint("G", n), RequestedOn: 20260302, Reason: reason, Applicant: code.ByPerson, PersonalNo: p.PersonalNo, Person: blockOf(p), Echo: fmt.Sprint("g", n),
		})
	}
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.Status, r.StoppedOn = code.RegistryActive, 0 }))
	name := ask(1, code.ReasonFirst)
	o.pass()
	o.requireReceipt(portal, name, "accepted", "G1 held still-participating")
	o.nextNight()
	if n := len(o.receipts(portal)); n != 1 {
		t.Errorf("%d receipts", n)
	}
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) { r.ArrearsMonths.Value, r.ArrearsMonths.Given = 2, true }))
	o.pass()
	o.requireReceipt(portal, name, "accepted", "G1 accepted")
	first := requireOne[formats.Certificate](o, portal, formats.KindCertificate)
	if first.Echo != "g1" || first.Balance != p.Total() {
		t.Errorf("certificate %+v", *first)
	}
	if ns := take[formats.Notice](o, portal, formats.KindNotice); len(ns) != 1 || ns[0].Milestone != code.MilestoneArrears {
		t.Errorf("notices %v", ns)
	}
	ask(2, code.ReasonLost)
	o.pass()
	second := requireOne[formats.Certificate](o, portal, formats.KindCertificate)
	if second.Replaces != first.CertificateNo || second.CertificateNo == first.CertificateNo || second.Balance != first.Balance {
		t.Errorf("reissued %+v", *second)
	}
	o.put(them, formats.KindLetter, o.letter(them, 1, p, func(l *formats.Letter) { l.CertificateNo = first.CertificateNo }))
	o.put(them, formats.KindQuery, &formats.Query{QueryNo: "Z31010020260302000001", CertificateNo: first.CertificateNo, About: code.AboutCertificate, Text: "有效吗", AskedOn: 20260302, Echo: "z1"})
	o.pass()
	if d := requireOne[formats.Decline](o, them, formats.KindForm); d.Code != code.DeclineCertificateVoid {
		t.Errorf("declined as %s", d.Code)
	}
	if z := requireOne[formats.Query](o, them, formats.KindQuery); z.Answers != "Z31010020260302000001" || z.Echo != "z1" || !strings.Contains(z.Text, second.CertificateNo) {
		t.Errorf("answer %+v", *z)
	}
	o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), func(l *formats.Letter) { l.CertificateNo = second.CertificateNo }))
	o.pass()
	o.pass()
	requireOne[formats.Form](o, them, formats.KindForm)
}
