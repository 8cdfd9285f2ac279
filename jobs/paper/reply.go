package paper

import (
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
	"carryover/jobs/story"
)

// journaled is the reason that the journal has for the latest happening of a
// kind, and its day; 0 when it never happened.
func (p printer) journaled(c exchange.Case, what exchange.Happening) (text string, on calendar.Date, err error) {
	events, err := p.tx.JournalOf(c.No)
	for _, v := range events {
		if v.What == string(what) {
			text, on = p.InChinese(v.Why), v.On
		}
	}
	return text, on, err
}

// returned is the notice that an application is returned for a supplement.
func (p printer) returned() ([]document, error) {
	return p.toApplicant("application returned for supplement", exchange.AuditReturned, report.Office.ReturnPaper)
}

// refused is the notice that an application is refused.
func (p printer) refused() ([]document, error) {
	return p.toApplicant("refused application", exchange.AuditRefused, report.Office.RefusalPaper)
}

// toApplicant is a notice to an applicant about an audit's latest outcome of a
// kind. It can be printed later too, when the application has been supplemented:
// it then names the version that it was about.
func (p printer) toApplicant(name string, what exchange.Happening, paper func(report.Office, report.Reply) []workbook.Paper) ([]document, error) {
	c, err := p.oneCase(name, func(c exchange.Case) (bool, error) {
		_, on, err := p.journaled(c, what)
		return on != 0, err
	})
	if err != nil {
		return nil, err
	}
	a, err := p.judgedVersion(c, what)
	if err != nil {
		return nil, err
	}
	r := report.Reply{Person: a.Person, ApplicationNo: a.No, AppliedOn: a.AppliedOn, From: a.From, To: a.To}
	if a.Applicant == string(code.ByEmployer) {
		r.Employer = a.EmployerName
	}
	if r.Text, r.On, err = p.journaled(c, what); err != nil {
		return nil, err
	}
	r.Todo = "请按上述要求补充或更正后重新提交申请。"
	if what == exchange.AuditRefused {
		r.Reason, r.Todo = c.Decline.Word(code.Chinese), story.MustDo(c, &story.Case{Outline: story.Outline{PartnerName: p.PartyName(c.Partner)}})
	}
	o, err := p.letterheadFor(c.Profile)
	return []document{{a.No, c.No, paper(o, r)}}, err
}

// judgedVersion is the version of a case's application that its latest happening
// of a kind was about. The journal does not name it: it is counted back from the
// newest, for each later version is one supplement in the journal.
func (p printer) judgedVersion(c exchange.Case, what exchange.Happening) (a exchange.Application, err error) {
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
	return a, p.notFound("application of that kind")
}

// declined is the notice that we declined a letter: of the letter's version asked
// for, else our latest.
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
		if other.LetterVersion == p.req.Version {
			d = other
		}
	}
	if p.req.Version != 0 && d.LetterVersion != p.req.Version {
		return nil, p.notFound(fmt.Sprintf("decline of version %d of the letter", p.req.Version))
	}
	r, err := p.declineReply(c, d)
	if err != nil {
		return nil, err
	}
	o, err := p.letterheadFor(c.Profile)
	return []document{{c.LetterNo, c.No, o.DeclinePaper(r)}}, err
}

// declines are the records with which we declined a case's letter, oldest first:
// one for each version declined, and none on the side that sends letters. They
// lie among the forms; their rows begin with D.
func (p printer) declines(c exchange.Case) (list []*formats.Decline, err error) {
	if c.Side != exchange.Out {
		return nil, nil
	}
	sent, err := p.tx.OutgoingByCase(c.No)
	if err != nil {
		return nil, err
	}
	for _, o := range sent {
		if !office.IsDecline(o) {
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

// declineReply is the notice of a decline, about the version of the letter that
// it declined.
func (p printer) declineReply(c exchange.Case, d *formats.Decline) (report.Reply, error) {
	l, err := p.tx.Letter(d.LetterNo, d.LetterVersion)
	if err != nil {
		return report.Reply{}, err
	}
	r := report.Reply{Person: l.Person, LetterNo: l.No, LetterVersion: l.Version, LetterDate: l.Date, Text: d.Text, On: d.DeclinedOn}.RefusedFor(d.Code)
	r.From, r.To = places(p.Office, c)
	return r, nil
}
