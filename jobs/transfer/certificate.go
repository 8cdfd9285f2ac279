package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/notice"
	"carryover/jobs/office"
)

// CertificateRequest issues a certificate of participation, or reissues a lost
// one: same facts, new number, the old one void (SPEC 2.1). It is held while the
// registry does not know the person, or knows that participation goes on.
func CertificateRequest(d *office.Desk, g *formats.CertificateRequest) (office.Outcome, error) {
	r, err := d.Tx.RegistryByNo(g.PersonalNo)
	if office.IsNotFound(err) {
		return office.Held(string(code.HoldAwaitingRegistry), "登记信息中没有这个个人编号"), nil
	}
	if err != nil {
		return office.Outcome{}, err
	}
	p := personOf(g.Person)
	switch {
	case !p.Same(r.Person):
		return office.Refused(code.PersonDiffers, "id_no", "与登记信息不一致 / not as registered"), nil
	case r.Status == exchange.StatusActive:
		return office.Held(string(code.HoldStillParticipating), "尚未停保，停保后自动出具"), nil
	}
	cert := exchange.Certificate{RequestNo: g.RequestNo, PersonalNo: r.PersonalNo, Person: r.Person, IssuedOn: d.Date}
	old, err := d.Tx.CertificateByPerson(r.PersonalNo)
	if err != nil && !office.IsNotFound(err) {
		return office.Outcome{}, err
	}
	if err == nil {
		if g.Reason == code.ReasonFirst {
			return office.Refused(code.DuplicateEarlier, "reason", "已出具参保凭证，遗失请选补发 / issued already; ask for a lost one"), nil
		}
		cert.Replaces = old.No
	}
	if err := issueCertificate(d, &cert, old, r, g); err != nil {
		return office.Outcome{}, err
	}
	return office.Accepted(), nil
}

// issueCertificate stores and sends a certificate. A reissued one repeats stays,
// arrears and balance of the one it replaces, not the registry's of today: both
// must certify the same.
func issueCertificate(d *office.Desk, cert *exchange.Certificate, old exchange.Certificate, r exchange.RegistryPerson, g *formats.CertificateRequest) error {
	no, err := d.Tx.NextNumber("C", d.Agency.Code, d.Date)
	if err != nil {
		return err
	}
	cert.No = no
	facts := r
	if cert.Replaces != "" {
		facts.Stays, facts.Arrears = old.Stays, old.Arrears
		cert.Balance = old.Balance
	} else if cert.Balance, err = r.Balance(); err != nil {
		return err
	}
	m := exchange.CountMonths(facts.Stays)
	cert.Stays, cert.Arrears = facts.Stays, facts.Arrears
	cert.Actual, cert.Backpaid, cert.Deemed = m.Actual, m.Backpaid, m.Deemed
	if cert.Replaces != "" {
		// Before the new one is stored: a person has one valid certificate.
		if err := d.Tx.VoidCertificate(cert.Replaces, cert.No); err != nil {
			return err
		}
	}
	if err := d.Tx.InsertCertificate(*cert); err != nil {
		return err
	}
	rec := formats.Certificate{
		CertificateNo: cert.No, Replaces: cert.Replaces, RequestNo: g.RequestNo, PersonalNo: r.PersonalNo, Person: personRecord(r.Person),
		Household: code.Household(r.Household), Scheme: code.Scheme(r.Scheme), FirstMonth: m.First, LastMonth: m.Last,
		MonthsActual: m.Actual, MonthsBackpaid: m.Backpaid, MonthsDeemed: m.Deemed, ArrearsAmount: cert.Arrears,
		AccountOpened: r.AccountOpened, Balance: cert.Balance, Agency: agencyBlock(d.Office), IssuedOn: d.Date, Clerk: d.Agency.Clerk,
		Echo: g.Echo, Stays: stayRecords(cert.Stays),
	}
	if err := d.Send(d.File.Party, "", &rec); err != nil {
		return err
	}
	if err := remindArrears(d, r, g); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, "certificate_issued", code.Text(cert.No), map[string]string{"request_no": g.RequestNo, "replaces": cert.Replaces})
}

// remindArrears sends a person with arrears a notice of the amount along with the
// certificate. It is built here, as notice.Notify needs a case and there is none.
func remindArrears(d *office.Desk, r exchange.RegistryPerson, g *formats.CertificateRequest) error {
	if r.ArrearsMonths == 0 && r.Arrears == 0 {
		return nil
	}
	return d.Send(d.Agency.Portal(), "", &formats.Notice{
		Recipient: code.ToPerson, IDNo: r.Person.IDNo, Name: r.Person.Name, Phone: r.Person.Phone, Milestone: code.MilestoneArrears, Date: d.Date,
		Text: notice.NoticeText(d.Office, code.ToPerson, code.MilestoneArrears, r.Person.Name, "", notice.ArrearsNews(r, "")), Echo: g.Echo,
	})
}
