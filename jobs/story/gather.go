package story

import (
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Stories are the whole stories of everything that an ID names: all that show
// tells, on the screen and as JSON.
type Stories struct {
	ID           string       `json:"id"`
	Cases        []*Case      `json:"cases"`
	Payments     []*Payment   `json:"payments"`
	Files        []*File      `json:"files"`
	Applications []Relayed    `json:"applications"`
	People       []InsuredRow `json:"people"`
	Entries      []Entry      `json:"bank_entries"`
	Waiting      []LookRow    `json:"waiting"` // a file of that name lies in a drop and is not taken in yet
	Similar      Similar      `json:"like"`    // when nothing is called so
}

// Similar are what has a part of a number, or a name: at most MaxSimilar of each.
type Similar struct {
	Cases []CaseRow `json:"cases"`
	Files []FileRow `json:"files"`
}

// Gather tells everything about what an ID names, as of the office's date. When
// nothing is called so it looks for what has the ID as a part (FindSimilar); a
// single similar case is told whole.
func Gather(o *office.Office, tx *store.Tx, id string) (*Stories, error) {
	out := &Stories{
		ID: id, Cases: []*Case{}, Payments: []*Payment{}, Files: []*File{}, Waiting: []LookRow{},
		Similar: Similar{Cases: []CaseRow{}, Files: []FileRow{}},
	}
	found, err := Find(o, tx, id)
	if err != nil {
		return nil, err
	}
	for _, c := range found.Cases {
		s, err := OfCase(o, tx, c)
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, s)
	}
	for _, p := range found.Payments {
		s, err := OfPayment(o, tx, p)
		if err != nil {
			return nil, err
		}
		out.Payments = append(out.Payments, s)
	}
	for _, f := range found.Files {
		s, err := OfFile(o, tx, f)
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, s)
	}
	return out, out.addRest(o, tx, found)
}

// addRest adds what is known beside cases, payments and files; and when nothing
// is found, what is like it.
func (s *Stories) addRest(o *office.Office, tx *store.Tx, found Found) (err error) {
	s.Applications, s.Waiting = RelayedOf(o, found.Applications), Waiting(o, found.Looks)
	if s.Entries, err = OfEntries(o, tx, found.Entries); err != nil {
		return err
	}
	if s.People, err = Insured(o, tx, found); err != nil || !found.Empty() {
		return err
	}
	if s.Similar.Cases, s.Similar.Files, err = FindSimilar(o, tx, s.ID); err != nil || len(s.Similar.Cases) != 1 || len(s.Similar.Files) > 0 {
		return err
	}
	return s.openSingle(o, tx)
}

// openSingle tells the whole story of the one case that has what was asked for as a
// part of a number, or as the name.
func (s *Stories) openSingle(o *office.Office, tx *store.Tx) error {
	c, err := tx.Case(s.Similar.Cases[0].CaseNo)
	if err != nil {
		return err
	}
	one, err := OfCase(o, tx, c)
	s.Cases, s.Similar.Cases = append(s.Cases, one), []CaseRow{}
	return err
}

// Empty reports whether nothing is called so; something may be like it.
func (s *Stories) Empty() bool {
	return len(s.Cases)+len(s.Payments)+len(s.Files)+len(s.Applications)+len(s.People)+len(s.Entries)+len(s.Waiting) == 0
}

// Replies are the paragraphs to read out on the phone: one per case, person,
// payment and file of which something can be told.
func (s *Stories) Replies() (texts []string) {
	add := func(text string) {
		if text != "" {
			texts = append(texts, text)
		}
	}
	for _, c := range s.Cases {
		add(c.Reply)
	}
	for _, p := range s.People {
		add(p.Reply)
	}
	for _, x := range s.Applications {
		add(x.Reply)
	}
	for _, p := range s.Payments {
		add(p.Reply)
	}
	for _, f := range s.Files {
		add(f.Reply)
	}
	for _, x := range s.Waiting {
		add(x.Reply)
	}
	return texts
}
