package paper

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/signing"
	"carryover/jobs/story"
)

// opinion is how an application was decided, for the box on its form.
func (p printer) opinion(c exchange.Case) (string, calendar.Date, error) {
	switch c.Effective() {
	case exchange.Applied:
		return "", 0, nil
	case exchange.Returned:
		text, on, err := p.said(c, exchange.AuditReturned)
		return "□同意受理　■退回补正　□不予受理\n" + text, on, err
	case exchange.Refused:
		text, on, err := p.said(c, exchange.AuditRefused)
		return "□同意受理　□退回补正　■不予受理\n" + text, on, err
	}
	return "■同意受理　□退回补正　□不予受理", c.AcceptedOn, nil
}

// said is what was told at the latest happening of a kind, and when.
func (p printer) said(c exchange.Case, what exchange.Happening) (text string, on calendar.Date, err error) {
	events, err := p.tx.JournalOf(c.No)
	for _, v := range events {
		if v.What == string(what) {
			text, on = v.Why, v.On
		}
	}
	return text, on, err
}

func (p printer) returned() ([]document, error) {
	return p.toApplicant("application returned for supplement", exchange.AuditReturned, report.Office.ReturnPaper)
}

func (p printer) refused() ([]document, error) {
	return p.toApplicant("refused application", exchange.AuditRefused, report.Office.RefusalPaper)
}

func (p printer) toApplicant(name string, what exchange.Happening, paper func(report.Office, report.Reply) []workbook.Paper) ([]document, error) {
	c, err := p.oneCase(name, func(c exchange.Case) (bool, error) {
		_, on, err := p.said(c, what)
		return on != 0, err
	})
	if err != nil {
		return nil, err
	}
	a, err := p.judged(c, what)
	if err != nil {
		return nil, err
	}
	r := report.Reply{Person: a.Person, ApplicationNo: a.No, AppliedOn: a.AppliedOn, From: a.From, To: a.To}
	if a.Applicant == string(code.ByEmployer) {
		r.Employer = a.EmployerName
	}
	if r.Text, r.On, err = p.said(c, what); err != nil {
		return nil, err
	}
	r.Todo = "请按上述要求补充或更正后重新提交申请。"
	if what == exchange.AuditRefused {
		r.Reason, r.Todo = c.Decline.Word(code.Chinese), story.MustDo(c, &story.Case{PartnerName: p.PartyName(c.Partner)})
	}
	o, err := p.office(c.Profile)
	return []document{{a.No, c.No, paper(o, r)}}, err
}

// judged is the version of a case's application that its latest happening of a
// kind was about: those that came later each supplemented it.
func (p printer) judged(c exchange.Case, what exchange.Happening) (a exchange.Application, err error) {
	list, err := p.tx.Applications(c.ApplicationSender, c.ApplicationNo)
	if err != nil {
		return a, err
	}
	list = slices.DeleteFunc(list, func(a exchange.Application) bool { return a.CaseNo != c.No })
	events, err := p.tx.JournalOf(c.No)
	if err != nil {
		return a, err
	}
	n := len(list) - 1
	for _, v := range slices.Backward(events) {
		switch v.What {
		case string(exchange.Supplemented):
			n--
		case string(what):
			if n < 0 {
				return a, fmt.Errorf("case %s: supplemented more often than its application has versions", c.No)
			}
			return list[n], nil
		}
	}
	return a, p.nothing("application of that kind")
}

func (p printer) declined() ([]document, error) {
	c, err := p.oneCase("decline of ours", func(c exchange.Case) (bool, error) {
		list, err := p.declines(c)
		return len(list) > 0, err
	})
	if err != nil {
		return nil, err
	}
	list, err := p.declines(c)
	if err != nil {
		return nil, err
	}
	d := list[len(list)-1]
	for _, other := range list {
		if other.LetterVersion == p.ask.Version {
			d = other
		}
	}
	if p.ask.Version != 0 && d.LetterVersion != p.ask.Version {
		return nil, p.nothing(fmt.Sprintf("decline of version %d of the letter", p.ask.Version))
	}
	r, err := p.declineReply(c, d)
	if err != nil {
		return nil, err
	}
	o, err := p.office(c.Profile)
	return []document{{c.LetterNo, c.No, o.DeclinePaper(r)}}, err
}

// declines are those that we sent for a case, by version of the letter.
func (p printer) declines(c exchange.Case) (list []*formats.Decline, err error) {
	if c.Side != exchange.Out {
		return nil, nil
	}
	sent, err := p.tx.OutgoingByCase(c.No)
	if err != nil {
		return nil, err
	}
	for _, o := range sent {
		if o.Kind != formats.KindForm || !strings.HasPrefix(string(o.Rows), "D,") {
			continue
		}
		d, err := office.ParseOutgoing(o)
		if err != nil {
			return nil, err
		}
		if d, ok := d.(*formats.Decline); ok {
			list = append(list, d)
		}
	}
	return list, nil
}

func (p printer) declineReply(c exchange.Case, d *formats.Decline) (report.Reply, error) {
	l, err := p.tx.Letter(d.LetterNo, d.LetterVersion)
	if err != nil {
		return report.Reply{}, err
	}
	r := report.Reply{Person: l.Person, LetterNo: l.No, LetterVersion: l.Version, LetterDate: l.Date, Text: d.Text, On: d.DeclinedOn}.RefusedFor(d.Code)
	r.From, r.To = places(p.Office, c)
	return r, nil
}

// paymentNotice is about one payment, by its reference; else the latest one
// of the case.
func (p printer) paymentNotice() ([]document, error) {
	pay, err := p.tx.Payment(p.upper())
	if office.IgnoreNotFound(err) != nil {
		return nil, err
	}
	if err != nil {
		c, err := p.oneCase("payment", func(c exchange.Case) (bool, error) {
			list, err := p.tx.PaymentsByCase(c.No)
			return len(list) > 0, err
		})
		if err != nil {
			return nil, err
		}
		list, err := p.tx.PaymentsByCase(c.No)
		if err != nil {
			return nil, err
		}
		pay = list[len(list)-1]
	}
	return p.noticeOf(pay)
}

func (p printer) noticeOf(pay exchange.Payment) ([]document, error) {
	n := report.PaymentNotice{
		No: pay.Ref, Payer: p.Agency.Payer, Payee: pay.Payee, Amount: pay.Amount, Count: 1, Text: pay.Text, On: p.Date, To: pay.Partner,
	}
	if pay.FileID != 0 {
		f, err := p.tx.File(pay.FileID)
		if err != nil {
			return nil, err
		}
		n.On = signing.MadeOn(p.Office, f)
	}
	if len(pay.Items) == 0 {
		return nil, errors.New("a refund to a partner has no case of its own: its payment file is its notice")
	}
	first, err := p.tx.Case(pay.Items[0].CaseNo)
	if err != nil {
		return nil, err
	}
	part, err := p.tx.Remittance(first.No, pay.Items[0].Part)
	if err != nil {
		return nil, err
	}
	n.Person, n.LetterNo, n.FormNo = first.Person, first.LetterNo, part.FormNo
	if part.To == exchange.ToPerson {
		n.To = ""
	}
	if len(pay.Items) > 1 {
		if n.People, err = p.paidPeople(pay); err != nil {
			return nil, err
		}
	}
	o, err := p.office(first.Profile)
	if err != nil {
		return nil, err
	}
	doc := document{no: pay.Ref, caseNo: first.No}
	doc.pages, err = o.PaymentPapers(n)
	return []document{doc}, err
}

// paidPeople are the persons whom a payment is for, in its own order.
func (p printer) paidPeople(pay exchange.Payment) ([]report.PaidPerson, error) {
	var list []report.PaidPerson
	for _, item := range pay.Items {
		c, err := p.tx.Case(item.CaseNo)
		if err != nil {
			return nil, err
		}
		list = append(list, report.PaidPerson{Person: c.Person, LetterNo: c.LetterNo, Amount: item.Amount})
	}
	return list, nil
}
