package paper

import (
	"carryover/exchange"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// certificate is a certificate of participation that we issued. It has no case
// and so no partner: the profile is the usual one.
func (p printer) certificate() ([]document, error) {
	cert, err := p.findCertificate()
	if err != nil {
		return nil, err
	}
	o, err := p.letterheadFor(usualProfile(p.Office))
	if err != nil {
		return nil, err
	}
	s, o, err := p.certificateSheet(cert, o)
	return []document{{cert.No, "", o.CertificatePaper(s)}}, err
}

// certificateSheet adds to a certificate what else was sent with it, and the
// officers who approved its batch; before it is in a batch, what the registry
// says. So a certificate that was handed out is printed as it was, whatever the
// registry says since.
func (p printer) certificateSheet(cert exchange.Certificate, o report.Office) (report.CertificateSheet, report.Office, error) {
	s := report.CertificateSheet{Certificate: cert}
	sent, err := p.tx.CertificateSent(cert.No)
	if office.IsNotFound(err) {
		r, err := p.tx.RegistryByNo(cert.PersonalNo)
		s.Household, s.Scheme, s.AccountOpened = r.Household, r.Scheme, r.AccountOpened
		return s, o, office.IgnoreNotFound(err)
	}
	if err != nil {
		return s, o, err
	}
	rec, err := office.ParseOutgoing(sent)
	if err != nil {
		return s, o, err
	}
	if made, ok := rec.(*formats.Certificate); ok {
		s.Household, s.Scheme, s.AccountOpened = string(made.Household), string(made.Scheme), made.AccountOpened
	}
	o, err = p.withReviewers(o, sent.FileID)
	return s, o, err
}

// findCertificate finds a certificate that we issued: by its number, or the valid
// one of the person whom the ID names, with a case or without.
func (p printer) findCertificate() (exchange.Certificate, error) {
	cert, err := p.tx.Certificate(p.upper())
	if !office.IsNotFound(err) {
		return cert, err
	}
	found, err := story.Find(p.Office, p.tx, p.req.ID)
	if err != nil {
		return cert, err
	}
	if len(found.Certificates) > 0 {
		return found.Certificates[0], nil
	}
	for _, c := range found.Cases {
		if c.Side != exchange.Out || c.PersonalNo == "" {
			continue
		}
		cert, err := p.tx.CertificateByPerson(c.PersonalNo)
		if !office.IsNotFound(err) {
			return cert, err
		}
	}
	return cert, p.notFound("certificate that we issued")
}
