// Package paper prints forms for people from the store: application, letter,
// information form, certificate, refusals, payment notices, and all that was
// sent to a partner on a day, to be posted.
//
// It promises that a form is printed as it was sent, with the officers who
// approved it, and that nothing is written over. A form that is printed here
// is paper; the information form between agencies is transfer's.
package paper

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// PrintAsk says which form is to be printed.
type PrintAsk struct {
	Kind    string // of PaperKinds
	ID      string // of the document itself, of its case, or anything that names the case
	Version int    // 0: the current one
	Profile string // "": that of the case
}

// Printed is a form ready to print, or several of one case.
type Printed struct {
	Kind  string
	No    string // of the document
	Case  string // its case; "": it has none
	Pages int
	Book  workbook.Book
}

// PaperKinds lists the forms that can be printed, by the names of print's subcommands.
func PaperKinds() []exchange.Term {
	var terms []exchange.Term
	for _, k := range paperKinds() {
		terms = append(terms, k.Term)
	}
	return terms
}

// paperKind is a form that can be printed, and where the record for it is found.
type paperKind struct {
	exchange.Term
	find func(printer) ([]document, error)
}

func paperKinds() []paperKind {
	return []paperKind{
		{exchange.Term{Code: "certificate", Chinese: "参保凭证", English: "certificate of participation"}, printer.certificate},
		{exchange.Term{Code: "application", Chinese: "申请表", English: "application"}, printer.application},
		{exchange.Term{Code: "letter", Chinese: "联系函", English: "contact letter"}, printer.letter},
		{exchange.Term{Code: "form", Chinese: "信息表", English: "information form"}, printer.form},
		{exchange.Term{Code: "return", Chinese: "补正通知书", English: "application returned for supplement"}, printer.returned},
		{exchange.Term{Code: "refusal", Chinese: "不予受理通知书", English: "application refused"}, printer.refused},
		{exchange.Term{Code: "decline", Chinese: "不予转出告知书", English: "transfer declined by the old place"}, printer.declined},
		{exchange.Term{Code: "payment-notice", Chinese: "个人账户金转出通知书", English: "notice to finance to pay the balance"}, printer.paymentNotice},
	}
}

// document is a document with its pages.
type document struct {
	no, caseNo string
	pages      []workbook.Paper
}

// printer finds the records of one form.
type printer struct {
	*office.Office
	tx  *store.Tx
	ask PrintAsk
}

// Print makes the workbook of a form. Several documents of one case, such as
// a form and its supplement, are pages of one workbook.
func Print(o *office.Office, tx *store.Tx, ask PrintAsk) (Printed, error) {
	ask.ID = strings.TrimSpace(ask.ID)
	for _, k := range paperKinds() {
		if k.Code != ask.Kind {
			continue
		}
		docs, err := k.find(printer{o, tx, ask})
		if err != nil {
			return Printed{}, fmt.Errorf("print %s: %w", k.Code, err)
		}
		out := Printed{Kind: k.Code, No: docs[0].no, Case: docs[0].caseNo}
		var prints []report.Print
		for i, d := range docs {
			name := k.Chinese
			if i > 0 {
				name += fmt.Sprint(i + 1)
			}
			prints = append(prints, report.Print{Name: name, Pages: d.pages})
			out.Pages += len(d.pages)
		}
		out.Book = report.Office{Agency: o.Agency}.PaperBook(k.Chinese+" "+out.No, o.Now().In(o.Agency.Zone), prints...)
		return out, nil
	}
	return Printed{}, fmt.Errorf("no form is called %q", ask.Kind)
}

// office is what the forms say of us, under a profile: the asked one, else
// that of a case, else of a partner.
func (p printer) office(profile string) (report.Office, error) {
	if p.ask.Profile != "" {
		profile = p.ask.Profile
	}
	rules, ok := p.Profiles[profile]
	if !ok {
		return report.Office{}, fmt.Errorf("no rule profile is called %q", profile)
	}
	return letterhead(p.Office, rules), nil
}

// letterhead is our office as printed forms name it, under a partner's profile.
func letterhead(o *office.Office, rules exchange.Profile) report.Office {
	return report.Office{Agency: o.Agency, Partners: o.Partners, Profile: rules, Area: o.AreaName}
}

// usualProfile is that of most partners: for what concerns none of them.
func usualProfile(o *office.Office) string {
	count := map[string]int{}
	best := ""
	for _, p := range o.Partners {
		count[p.Profile]++
	}
	for name, n := range count {
		if n > count[best] || n == count[best] && name > best {
			best = name
		}
	}
	return best
}

// nothing is the error for an ID that names no such document.
func (p printer) nothing(what string) error {
	return fmt.Errorf("%s names no %s here: check the number", identity.MaskIn(p.ask.ID), what)
}

// oneCase is the case that the ID names and the filter lets through.
func (p printer) oneCase(what string, fits func(exchange.Case) (bool, error)) (exchange.Case, error) {
	found, err := story.Find(p.Office, p.tx, p.ask.ID)
	if err != nil {
		return exchange.Case{}, err
	}
	var list []exchange.Case
	var numbers []string
	for _, c := range found.Cases {
		ok, err := fits(c)
		if err != nil {
			return exchange.Case{}, err
		}
		if ok {
			list, numbers = append(list, c), append(numbers, c.No)
		}
	}
	switch len(list) {
	case 0:
		return exchange.Case{}, p.nothing(what)
	case 1:
		return list[0], nil
	}
	return exchange.Case{}, fmt.Errorf("%s names several: give one of %s", identity.MaskIn(p.ask.ID), strings.Join(numbers, ", "))
}

// upper is the ID as our own numbers are written.
func (p printer) upper() string { return strings.ToUpper(p.ask.ID) }

// places are a case's old and new place.
func places(o *office.Office, c exchange.Case) (from, to string) {
	if c.Side == exchange.Out {
		return o.Agency.Code, c.Partner
	}
	return c.Partner, o.Agency.Code
}

func (p printer) letter() ([]document, error) {
	c, err := p.oneCase("contact letter", func(c exchange.Case) (bool, error) { return c.LetterVersion > 0, nil })
	if err != nil {
		return nil, err
	}
	version := p.ask.Version
	if version == 0 {
		version = c.LetterVersion
	}
	l, err := p.tx.Letter(c.LetterNo, version)
	if err != nil {
		return nil, err
	}
	o, err := p.office(c.Profile)
	if err != nil {
		return nil, err
	}
	sent, err := p.tx.OutgoingByCase(c.No)
	if err != nil {
		return nil, err
	}
	for _, s := range sent {
		if rec, err := office.ParseOutgoing(s); err != nil {
			return nil, err
		} else if made, ok := rec.(*formats.Letter); ok && made.Version == l.Version {
			o, err = p.signedFor(o, s.FileID)
			return []document{{l.No, c.No, o.LetterPaper(l)}}, err
		}
	}
	return []document{{l.No, c.No, o.LetterPaper(l)}}, nil
}

// signedFor is an office whose 经办 and 复核 are those who reviewed a batch that
// left, on papers that do not name them themselves.
func (p printer) signedFor(o report.Office, fileID int64) (report.Office, error) {
	if fileID == 0 {
		return o, nil
	}
	f, err := p.tx.File(fileID)
	if err != nil || f.State == exchange.FileReview {
		return o, err
	}
	said, err := p.tx.Reviews(fileID)
	o.Agency.Clerk, o.Agency.Checker = o.Agency.Names(exchange.Approvals(said))
	return o, err
}

func (p printer) form() ([]document, error) {
	c, err := p.oneCase("information form", func(c exchange.Case) (bool, error) {
		list, err := p.tx.FormsByCase(c.No)
		return len(list) > 0, err
	})
	if err != nil {
		return nil, err
	}
	o, err := p.office(c.Profile)
	if err != nil {
		return nil, err
	}
	list, err := p.tx.FormsByCase(c.No)
	if err != nil {
		return nil, err
	}
	var docs []document
	for _, f := range list {
		named := f.No == p.upper()
		others := slices.ContainsFunc(list, func(f exchange.Form) bool { return f.No == p.upper() })
		if others && !named || p.ask.Version == 0 && !f.Current || p.ask.Version != 0 && f.Version != p.ask.Version {
			continue
		}
		pages, err := p.formPages(o, c, f)
		if err != nil {
			return nil, err
		}
		docs = append(docs, document{f.No, c.No, pages})
	}
	if len(docs) == 0 {
		return nil, p.nothing(fmt.Sprintf("information form of version %d", p.ask.Version))
	}
	return docs, nil
}

func (p printer) formPages(o report.Office, c exchange.Case, f exchange.Form) ([]workbook.Paper, error) {
	s := report.FormSheet{Form: f, Household: c.Household}
	s.From, s.To = places(p.Office, c)
	l, err := p.tx.Letter(f.LetterNo, f.LetterVersion)
	if office.IgnoreNotFound(err) != nil {
		return nil, err
	}
	if err == nil {
		s.Household, s.Payee = l.Household, l.Account
	}
	return o.FormPaper(s), nil
}

func (p printer) certificate() ([]document, error) {
	cert, err := p.findCertificate()
	if err != nil {
		return nil, err
	}
	o, err := p.office(usualProfile(p.Office))
	if err != nil {
		return nil, err
	}
	s, o, err := p.certified(cert, o)
	return []document{{cert.No, "", o.CertificatePaper(s)}}, err
}

// certified adds to a certificate what else was sent with it, and who stands on
// it; before it is in a batch, what the registry says.
func (p printer) certified(cert exchange.Certificate, o report.Office) (report.CertificateSheet, report.Office, error) {
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
	o, err = p.signedFor(o, sent.FileID)
	return s, o, err
}

// findCertificate finds one that we issued: by its number, or the live one of
// the person whom the ID names.
func (p printer) findCertificate() (exchange.Certificate, error) {
	cert, err := p.tx.Certificate(p.upper())
	if !office.IsNotFound(err) {
		return cert, err
	}
	found, err := story.Find(p.Office, p.tx, p.ask.ID)
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
	return cert, p.nothing("certificate that we issued")
}

func (p printer) application() ([]document, error) {
	a, c, err := p.findApplication()
	if err != nil {
		return nil, err
	}
	profile := usualProfile(p.Office)
	s := report.ApplicationSheet{Application: a}
	if c != nil {
		profile = c.Profile
		if a.Version == c.ApplicationVersion {
			if s.Opinion, s.On, err = p.opinion(*c); err != nil {
				return nil, err
			}
		}
	}
	o, err := p.office(profile)
	return []document{{a.No, a.CaseNo, o.ApplicationPaper(s)}}, err
}

// findApplication finds the version asked for, and its case unless we relayed it.
func (p printer) findApplication() (a exchange.Application, c *exchange.Case, err error) {
	list, err := p.tx.LatestApplications(p.ask.ID)
	switch {
	case err != nil:
		return a, nil, err
	case len(list) > 1:
		return a, nil, fmt.Errorf("%d senders have an application %s: give the number of the case", len(list), p.ask.ID)
	case len(list) == 1:
		a = list[0]
	}
	if a.CaseNo != "" || a.No == "" {
		one, err := p.oneCase("application", func(c exchange.Case) (bool, error) { return c.ApplicationNo != "", nil })
		if err != nil {
			return a, nil, err
		}
		c = &one
		if a, err = p.tx.LatestApplication(one.ApplicationSender, one.ApplicationNo); err != nil {
			return a, nil, err
		}
	}
	if p.ask.Version != 0 {
		a, err = p.tx.Application(a.Sender, a.No, p.ask.Version)
	}
	return a, c, err
}
