package demo

import (
	"context"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/identity"
	"carryover/exchange/store"
)

// evidence is what the end of the demo is proved from: a snapshot of each
// agency's store, and the books of the systems around them.
type evidence struct {
	d  *demo
	w  *world
	tx map[string]*store.Tx
}

// gather opens both stores and hands out the evidence.
func (d *demo) gather(ctx context.Context, judge func(*evidence) error) error {
	return d.openStores(ctx, d.w.agencies, &evidence{d, d.w, map[string]*store.Tx{}}, judge)
}

func (d *demo) openStores(ctx context.Context, rest []*agency, e *evidence, judge func(*evidence) error) (err error) {
	if len(rest) == 0 {
		return judge(e)
	}
	s, err := rest[0].openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.View(ctx, func(tx *store.Tx) error {
		e.tx[rest[0].code] = tx
		return d.openStores(ctx, rest[1:], e, judge)
	})
}

// cases are a person's cases at an agency on one side.
func (e *evidence) cases(agency string, side exchange.Side, p *person) ([]exchange.Case, error) {
	all, err := e.tx[agency].CasesByPerson(identity.Key(p.IDNo))
	var list []exchange.Case
	for _, c := range all {
		if c.Side == side {
			list = append(list, c)
		}
	}
	return list, err
}

// theCase is the person's only case on a side, with a partner if one is given.
func (e *evidence) theCase(agency string, side exchange.Side, p *person, partner string) (exchange.Case, error) {
	list, err := e.cases(agency, side, p)
	if err != nil {
		return exchange.Case{}, err
	}
	for _, c := range list {
		if partner == "" || c.Partner == partner {
			return c, nil
		}
	}
	return exchange.Case{}, fmt.Errorf("no %s case at %s", side, agency)
}

// event finds an event of a case's journal by its name and the code that its reason names first.
func (e *evidence) event(agency, caseNo, what, why string) (exchange.JournalEvent, error) {
	events, err := e.tx[agency].JournalOf(caseNo)
	if err != nil {
		return exchange.JournalEvent{}, err
	}
	for _, ev := range events {
		if ev.What == what && ev.Why.Arg(0) == why {
			return ev, nil
		}
	}
	return exchange.JournalEvent{}, fmt.Errorf("case %s: no event %s %s", caseNo, what, why)
}

// forms are the forms of a person's case on a side, all versions.
func (e *evidence) forms(agency string, side exchange.Side, p *person) (exchange.Case, []exchange.Form, error) {
	c, err := e.theCase(agency, side, p, "")
	if err != nil {
		return c, nil, err
	}
	forms, err := e.tx[agency].FormsByCase(c.No)
	if err == nil && len(forms) == 0 {
		err = fmt.Errorf("case %s has no form", c.No)
	}
	return c, forms, err
}

// form finds the first form of a person's In case that a test accepts.
func (e *evidence) form(p *person, is func(exchange.Form) bool) (exchange.Case, exchange.Form, error) {
	c, forms, err := e.forms(p.to, exchange.In, p)
	if err != nil {
		return c, exchange.Form{}, err
	}
	for _, f := range forms {
		if is(f) {
			return c, f, nil
		}
	}
	return c, exchange.Form{}, fmt.Errorf("case %s: no such form", c.No)
}

// file finds a file of a store that a test accepts.
func (e *evidence) file(agency string, filter store.FileFilter, is func(exchange.File) bool) (exchange.File, error) {
	files, err := e.tx[agency].Files(filter)
	if err != nil {
		return exchange.File{}, err
	}
	for _, f := range files {
		if is(f) {
			return f, nil
		}
	}
	return exchange.File{}, fmt.Errorf("%s: no such file", agency)
}

// outParts finds a person's Out case with the parts of its money.
func (e *evidence) outParts(p *person) (exchange.Case, []exchange.Remittance, error) {
	c, err := e.theCase(p.from, exchange.Out, p, "")
	if err != nil {
		return c, nil, err
	}
	parts, err := e.tx[p.from].RemittancesByCase(c.No)
	return c, parts, err
}
