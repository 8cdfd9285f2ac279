package office

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"weak"

	"carryover/exchange"
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
		if c := p.Value(); c != nil && (c.Fresh || !same(c.Before, c.Case)) {
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

// dossier is what belongs to a case and has rows of its own. Each list is read when
// it is first asked for, and every write goes through the desk, which keeps the list
// as the store has it.
type dossier struct {
	forms    list[exchange.Form]       // by number and version
	parts    list[exchange.Remittance] // by part
	postings list[exchange.Posting]    // by number
	letter   exchange.Letter           // the version last asked for
}

// list is rows of a case as the store has them, in its order.
type list[T any] struct {
	rows []T
	read bool
}

// put keeps a row that was stored: in the place of the one with its key, or between
// its neighbours.
func (l *list[T]) put(row T, order func(a, b T) int) {
	if !l.read {
		return
	}
	i, known := slices.BinarySearchFunc(l.rows, row, order)
	if known {
		l.rows[i] = row
	} else {
		l.rows = slices.Insert(l.rows, i, row)
	}
}

func byForm(a, b exchange.Form) int {
	return cmp.Or(cmp.Compare(a.No, b.No), cmp.Compare(a.Version, b.Version))
}

func byPart(a, b exchange.Remittance) int { return cmp.Compare(a.Part, b.Part) }

func byPosting(a, b exchange.Posting) int { return cmp.Compare(a.No, b.No) }

// read returns a list of the case, a copy for the caller to change. A case that is
// not the open one of its number any more (its savepoint was rolled back) keeps
// nothing, as it would not hear of what is written.
func read[T any](c *Case, l *list[T], rows func(caseNo string) ([]T, error)) ([]T, error) {
	if l.read && c.open.find(c.No) == c {
		return slices.Clone(l.rows), nil
	}
	all, err := rows(c.No)
	if err != nil {
		return nil, err
	}
	l.rows, l.read = all, true
	return slices.Clone(all), nil
}

// Forms are all versions of all forms of the case, by form and version.
func (c *Case) Forms() ([]exchange.Form, error) { return read(c, &c.forms, c.Tx.FormsByCase) }

// Parts are the parts of the case's money, part 1 first.
func (c *Case) Parts() ([]exchange.Remittance, error) {
	return read(c, &c.parts, c.Tx.RemittancesByCase)
}

// Postings are the postings of the case, by number.
func (c *Case) Postings() ([]exchange.Posting, error) {
	return read(c, &c.postings, c.Tx.PostingsByCase)
}

// Form is one version of a form of the case; store.ErrNotFound when it has none
// such.
func (c *Case) Form(no string, version int) (exchange.Form, error) {
	forms, err := c.Forms()
	return pick(forms, err, fmt.Sprintf("form %s version %d", no, version), func(f exchange.Form) bool { return f.No == no && f.Version == version })
}

// Part is one part of the case's money; store.ErrNotFound when it has none such.
func (c *Case) Part(part int) (exchange.Remittance, error) {
	parts, err := c.Parts()
	return pick(parts, err, fmt.Sprintf("part %d", part), func(r exchange.Remittance) bool { return r.Part == part })
}

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

// Letter is the version of the letter that the case stands on. A version is never
// written over.
func (c *Case) Letter() (exchange.Letter, error) {
	if c.letter.No == c.LetterNo && c.letter.Version == c.LetterVersion && c.open.find(c.No) == c {
		return c.letter, nil
	}
	l, err := c.Tx.Letter(c.LetterNo, c.LetterVersion)
	c.letter = l
	return l, err
}

// dossierOf is where rows of a case are kept: nowhere, when it is not open.
func (d *Desk) dossierOf(caseNo string) *dossier {
	if c := d.open.find(caseNo); c != nil {
		return &c.dossier
	}
	return &dossier{}
}

// InsertForm stores one version of a form; the one before is taken back first.
func (d *Desk) InsertForm(f exchange.Form) error {
	err := d.Tx.InsertForm(f)
	if err == nil {
		d.dossierOf(f.CaseNo).forms.put(f, byForm)
	}
	return err
}

// UpdateForm changes a version of a form; store.ErrStale when it is not as before.
func (d *Desk) UpdateForm(before, after exchange.Form) error {
	err := d.Tx.UpdateForm(before, after)
	if err == nil {
		d.dossierOf(after.CaseNo).forms.put(after, byForm)
	}
	return err
}

// InsertPart stores a part of the money of a case.
func (d *Desk) InsertPart(r exchange.Remittance) error {
	err := d.Tx.InsertRemittance(r)
	if err == nil {
		d.dossierOf(r.CaseNo).parts.put(r, byPart)
	}
	return err
}

// UpdatePart changes a part; store.ErrStale when it is not as before.
func (d *Desk) UpdatePart(before, after exchange.Remittance) error {
	err := d.Tx.UpdateRemittance(before, after)
	if err == nil {
		d.dossierOf(after.CaseNo).parts.put(after, byPart)
	}
	return err
}

// InsertPosting stores a posting.
func (d *Desk) InsertPosting(p exchange.Posting) error {
	err := d.Tx.InsertPosting(p)
	if err == nil {
		d.dossierOf(p.CaseNo).postings.put(p, byPosting)
	}
	return err
}

// UpdatePosting changes a posting; store.ErrStale when it is not as before.
func (d *Desk) UpdatePosting(before, after exchange.Posting) error {
	err := d.Tx.UpdatePosting(before, after)
	if err == nil {
		d.dossierOf(after.CaseNo).postings.put(after, byPosting)
	}
	return err
}
