package story

import (
	"slices"

	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Stories are the whole stories of everything that an ID names: all that show
// tells, on the screen and as JSON.
type Stories struct {
	ID           string
	Cases        []*Case
	Payments     []*Payment
	Files        []*File
	Applications []Relayed
	People       []Registered
	Entries      []Entry `show:"bank_entries"`
	Waiting      []Look  // a file of that name lies in a drop and is not taken in yet
	Similar      Similar `show:"like"` // when nothing is called so
}

// Similar are what has a part of a number, or a name: at most MaxSimilar of each.
type Similar struct {
	Cases []CaseRow
	Files []ListedFile
}

// Gather tells everything about what an ID names, as of the office's date. When
// nothing is called so it looks for what has the ID as a part (FindSimilar); a
// single similar case is told whole.
func Gather(o *office.Office, tx *store.Tx, id string) (*Stories, error) {
	out := &Stories{ID: id}
	found, err := Find(o, tx, id)
	if err != nil {
		return nil, err
	}
	if out.Cases, err = each(o, tx, found.Cases, OfCase); err != nil {
		return nil, err
	}
	if out.Payments, err = each(o, tx, found.Payments, OfPayment); err != nil {
		return nil, err
	}
	if out.Files, err = each(o, tx, found.Files, OfFile); err != nil {
		return nil, err
	}
	return out, out.addRest(o, tx, found)
}

// each tells of every one that was found.
func each[T, S any](o *office.Office, tx *store.Tx, found []T, of func(*office.Office, *store.Tx, T) (*S, error)) (out []*S, err error) {
	for _, x := range found {
		s, err := of(o, tx, x)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// addRest adds what is known beside cases, payments and files; and when nothing
// is found, what is like it.
func (s *Stories) addRest(o *office.Office, tx *store.Tx, found Found) (err error) {
	s.Applications, s.Waiting = RelayedOf(o, found.Applications), Waiting(o, found.Looks)
	if s.Entries, err = OfEntries(o, tx, found.Entries); err != nil {
		return err
	}
	if s.People, err = Insured(tx, found); err != nil || !found.Empty() {
		return err
	}
	if s.Similar.Cases, s.Similar.Files, err = FindSimilar(o, tx, s.ID); err != nil || len(s.Similar.Cases) != 1 || len(s.Similar.Files) > 0 {
		return err
	}
	one, err := OfCase(o, tx, s.Similar.Cases[0].Case)
	s.Cases, s.Similar.Cases = append(s.Cases, one), nil
	return err
}

// Empty reports whether nothing is called so; something may be like it.
func (s *Stories) Empty() bool {
	return len(s.Cases)+len(s.Payments)+len(s.Files)+len(s.Applications)+len(s.People)+len(s.Entries)+len(s.Waiting) == 0
}

// Replies are the paragraphs to read out on the phone: one per case, person,
// payment and file of which something can be told.
func (s *Stories) Replies() (texts []string) {
	for _, x := range s.Cases {
		texts = append(texts, x.Reply)
	}
	for _, x := range s.People {
		texts = append(texts, x.Reply)
	}
	for _, x := range s.Applications {
		texts = append(texts, x.Reply)
	}
	for _, x := range s.Payments {
		texts = append(texts, x.Reply)
	}
	for _, x := range s.Files {
		texts = append(texts, x.Reply)
	}
	for _, x := range s.Waiting {
		texts = append(texts, x.Reply)
	}
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}
