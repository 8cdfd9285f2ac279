package exchange

import "carryover/exchange/money"

// CreditFacts is what decides which postings the new place asks of its core.
type CreditFacts struct {
	Together    bool // 2016: months and account in one go, once the money is here
	Forms       []Form
	Postings    []Posting
	Remittances []Remittance
}

// Ask is a posting to ask for: of Form, or the undoing of a posting.
type Ask struct {
	Row    string // N Y U
	Form   Form
	Undoes string
	Amount money.Fen // N: what is to be credited
}

// PlanCredits returns the postings that can be asked of the core now; none
// while an earlier one is unanswered. A form's next version undoes what of the
// earlier one it changes before it is credited anew.
func PlanCredits(f CreditFacts) []Ask {
	for _, p := range f.Postings {
		if p.State == PostingQueued {
			return nil
		}
	}
	if f.Together {
		for _, form := range f.Forms {
			if form.Current && !f.funded(form) {
				return nil
			}
		}
	}
	var asks []Ask
	for _, form := range f.Forms {
		if !form.Current || (form.Track != FormChecked && form.Track != FormPosted) {
			continue
		}
		asks = append(asks, f.planMonths(form)...)
		if f.funded(form) {
			asks = append(asks, f.planAccount(form)...)
		}
	}
	return asks
}

// NeedsCredit reports whether the core credits an account for a form.
func (f Form) NeedsCredit() bool { return f.Money == MoneyREMITTED || f.Money == MoneyNETTED }

// funded reports whether all money of a form is here, or none is due.
func (f CreditFacts) funded(form Form) bool {
	if form.Money != MoneyREMITTED {
		return true
	}
	found := false
	for _, r := range f.Remittances {
		if r.FormNo != form.No {
			continue
		}
		found = true
		if r.Track != MoneyMatched && r.Track != MoneyPosted {
			return false
		}
	}
	return found
}

func (f CreditFacts) planMonths(form Form) []Ask {
	if p, ok := f.done(PostMonths, form.No); ok {
		if p.FormVersion == form.Version || f.sameStays(form, p.FormVersion) {
			return nil
		}
		return []Ask{{Row: PostUndo, Form: form, Undoes: p.No}, {Row: PostMonths, Form: form}}
	}
	return []Ask{{Row: PostMonths, Form: form}}
}

func (f CreditFacts) planAccount(form Form) []Ask {
	p, ok := f.done(PostCredit, form.No)
	needs := form.NeedsCredit()
	switch {
	case ok && needs && p.Amount == form.Amount, !ok && !needs:
		return nil
	case ok && !needs:
		return []Ask{{Row: PostUndo, Form: form, Undoes: p.No}}
	case ok:
		return []Ask{{Row: PostUndo, Form: form, Undoes: p.No}, {Row: PostCredit, Form: form, Amount: form.Amount}}
	}
	return []Ask{{Row: PostCredit, Form: form, Amount: form.Amount}}
}

// done finds the posting of a row that stands for a form, of any version.
func (f CreditFacts) done(row, formNo string) (Posting, bool) {
	for _, p := range f.Postings {
		if p.Row == row && p.FormNo == formNo && p.State == PostingDone {
			return p, true
		}
	}
	return Posting{}, false
}

func (f CreditFacts) sameStays(form Form, version int) bool {
	for _, old := range f.Forms {
		if old.No == form.No && old.Version == version {
			added, kept := AddedStays(old.Stays, form.Stays)
			return kept && len(added) == 0
		}
	}
	return false
}

// MonthsPosted and AccountPosted report whether the core has booked what a
// form asks for.
func (f CreditFacts) MonthsPosted(form Form) bool {
	return len(f.planMonths(form)) == 0
}

// AccountPosted reports whether the account of a form is credited (or needs no credit).
func (f CreditFacts) AccountPosted(form Form) bool {
	return f.funded(form) && len(f.planAccount(form)) == 0
}

// Undoable lists the done postings of a case that an annulment must undo, latest first.
func Undoable(postings []Posting) []Posting {
	var out []Posting
	for i := len(postings) - 1; i >= 0; i-- {
		p := postings[i]
		if p.Row != PostUndo && p.State == PostingDone {
			out = append(out, p)
		}
	}
	return out
}
