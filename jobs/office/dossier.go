package office

import (
	"fmt"
	"maps"
	"slices"
	"weak"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
)

// openCases are the cases that are open at a desk, by number: while anybody holds
// one, whoever opens the same number gets the same. The latest are held here, too,
// so that what was read of them is there for the next step; not all of them, for a
// payment file's payments can be of more cases than memory should hold.
type openCases struct {
	all    map[string]weak.Pointer[Case]
	latest []*Case
	item   bool                 // an item is worked (InSavepoint)
	worked []weak.Pointer[Case] // handed out for it
}

// heldOpen is how many cases a desk holds by itself.
const heldOpen = 64

// find is the open case of a number, or nil.
func (o *openCases) find(no string) *Case { return o.all[no].Value() }

// hand gives an open case out; nil is given back as it is.
func (o *openCases) hand(c *Case) *Case {
	if c != nil && o.item {
		o.worked = append(o.worked, weak.Make(c))
	}
	return c
}

// endItem closes the cases that an item has left changed and unsaved: what it wanted
// and did not do, a refused record for one, is not for the next item to save.
func (o *openCases) endItem() {
	for _, p := range o.worked {
		if c := p.Value(); c != nil && (c.Fresh || !same(&c.Before, &c.Case)) {
			delete(o.all, c.No)
		}
	}
	o.item, o.worked = false, nil
}

// add opens a case.
func (o *openCases) add(c *Case) *Case {
	if len(o.latest) == heldOpen {
		o.latest = nil
		maps.DeleteFunc(o.all, func(_ string, p weak.Pointer[Case]) bool { return p.Value() == nil })
	}
	if o.all == nil {
		o.all = map[string]weak.Pointer[Case]{}
	}
	o.all[c.No] = weak.Make(c)
	o.latest = append(o.latest, c)
	return o.hand(c)
}

// Forms are all versions of all forms of the case, by form and version.
func (c *Case) Forms() ([]exchange.Form, error) { return c.Tx.FormsByCase(c.No) }

// Parts are the parts of the case's money, part 1 first.
func (c *Case) Parts() ([]exchange.Remittance, error) { return c.Tx.RemittancesByCase(c.No) }

// Postings are the postings of the case, by number.
func (c *Case) Postings() ([]exchange.Posting, error) { return c.Tx.PostingsByCase(c.No) }

// Form is one version of a form of the case; store.ErrNotFound when it has none
// such.
func (c *Case) Form(no string, version int) (exchange.Form, error) {
	forms, err := c.Forms()
	return pick(forms, err, fmt.Sprintf("form %s version %d", no, version), func(f exchange.Form) bool { return f.No == no && f.Version == version })
}

// Part is one part of the case's money; store.ErrNotFound when it has none such.
func (c *Case) Part(part int) (exchange.Remittance, error) { return c.Tx.Remittance(c.No, part) }

// PartOf opens the case of a part and returns both; store.ErrNotFound when one of
// them is not there.
func (d *Desk) PartOf(caseNo string, part int) (*Case, exchange.Remittance, error) {
	c, err := d.CaseByNo(caseNo)
	if err != nil {
		return nil, exchange.Remittance{}, err
	}
	r, err := c.Part(part)
	return c, r, err
}

// Posting is a posting of the case; store.ErrNotFound when it has none such.
func (c *Case) Posting(no string) (exchange.Posting, error) {
	postings, err := c.Postings()
	return pick(postings, err, "posting "+no, func(p exchange.Posting) bool { return p.No == no })
}

// pick is the row that is meant, if the rows could be read.
func pick[T any](rows []T, err error, what string, meant func(T) bool) (row T, _ error) {
	i := slices.IndexFunc(rows, meant)
	if err == nil && i < 0 {
		err = fmt.Errorf("%s: %w", what, store.ErrNotFound)
	}
	if err != nil {
		return row, err
	}
	return rows[i], nil
}

// Letter is the version of the letter that the case stands on.
func (c *Case) Letter() (exchange.Letter, error) { return c.Tx.Letter(c.LetterNo, c.LetterVersion) }

// Balances are the ledger's balances of a case in fen, by account title; a title that the
// case never touched is missing, which reads as 0.
func (c *Case) Balances() (map[ledger.Title]money.Fen, error) {
	entries, err := c.Tx.LedgerOf(c.No)
	sums := map[ledger.Title]money.Fen{}
	for _, e := range entries {
		for _, p := range e.Postings {
			sum, err := sums[p.Account.Title()].Add(p.Amount)
			if err != nil {
				return nil, err
			}
			sums[p.Account.Title()] = sum
		}
	}
	return sums, err
}
