package paper

import (
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/formats"
	"carryover/formats/workbook"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// letter is a version of a case's contact letter, the current one unless another
// is asked for, with the officers of the batch that it left in.
func (p printer) letter() ([]document, error) {
	c, err := p.oneCase("contact letter", func(c exchange.Case) (bool, error) { return c.LetterVersion > 0, nil })
	if err != nil {
		return nil, err
	}
	version := p.req.Version
	if version == 0 {
		version = c.LetterVersion
	}
	l, err := p.tx.Letter(c.LetterNo, version)
	if err != nil {
		return nil, err
	}
	o, err := p.letterheadFor(c.Profile)
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
			o, err = p.withReviewers(o, s.FileID)
			return []document{{l.No, c.No, o.LetterPaper(l)}}, err
		}
	}
	return []document{{l.No, c.No, o.LetterPaper(l)}}, nil
}

// form is the information forms of a case: the current version of each, or the
// version asked for; of a form that is named by its number that one alone. Our
// own and those of the other place are printed alike.
func (p printer) form() ([]document, error) {
	c, err := p.oneCase("information form", func(c exchange.Case) (bool, error) {
		list, err := p.tx.FormsByCase(c.No)
		return len(list) > 0, err
	})
	if err != nil {
		return nil, err
	}
	o, err := p.letterheadFor(c.Profile)
	if err != nil {
		return nil, err
	}
	list, err := p.tx.FormsByCase(c.No)
	if err != nil {
		return nil, err
	}
	var docs []document
	for _, f := range list {
		// A case has several forms when it was supplemented.
		named := f.No == p.upper()
		others := slices.ContainsFunc(list, func(f exchange.Form) bool { return f.No == p.upper() })
		if others && !named || p.req.Version == 0 && !f.Current || p.req.Version != 0 && f.Version != p.req.Version {
			continue
		}
		pages, err := p.formPages(o, c, f)
		if err != nil {
			return nil, err
		}
		docs = append(docs, document{f.No, c.No, pages})
	}
	if len(docs) == 0 {
		return nil, p.notFound(fmt.Sprintf("information form of version %d", p.req.Version))
	}
	return docs, nil
}

// formPages lays out an information form. Household and payee stand in its letter;
// a form whose letter is not here is printed without them.
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
