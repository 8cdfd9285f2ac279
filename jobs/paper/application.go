package paper

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/jobs/report"
)

// application is an application form, with the decision in its box when it is
// the version that was decided. One that we relayed has no case here.
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
	o, err := p.letterheadFor(profile)
	return []document{{a.No, a.CaseNo, o.ApplicationPaper(s)}}, err
}

// findApplication finds the version asked for, and its case unless we relayed it;
// c is then nil. An application is named by its sender and number: where several
// senders use the same number, only a case's number says which is meant.
func (p printer) findApplication() (a exchange.Application, c *exchange.Case, err error) {
	list, err := p.tx.LatestApplications(p.req.ID)
	switch {
	case err != nil:
		return a, nil, err
	case len(list) > 1:
		return a, nil, fmt.Errorf("%d senders have an application %s: give the number of the case", len(list), p.req.ID)
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
	if p.req.Version != 0 {
		a, err = p.tx.Application(a.Sender, a.No, p.req.Version)
	}
	return a, c, err
}

// opinion is how an application was decided and when, as the box on its form has
// it, with one of three squares filled; empty while it is not decided. A hold
// decides nothing: what counts is the state that the case was held in.
func (p printer) opinion(c exchange.Case) (string, calendar.Date, error) {
	switch c.Effective() {
	case exchange.Applied:
		return "", 0, nil
	case exchange.Returned:
		text, on, err := p.journaled(c, exchange.AuditReturned)
		return "□同意受理　■退回补正　□不予受理\n" + text, on, err
	case exchange.Refused:
		text, on, err := p.journaled(c, exchange.AuditRefused)
		return "□同意受理　□退回补正　■不予受理\n" + text, on, err
	}
	return "■同意受理　□退回补正　□不予受理", c.AcceptedOn, nil
}
