package story

import (
	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/bank"
	"carryover/jobs/office"
)

// Entry is everything known about a booking of the bank that is matched to no
// case, or was asked about by its number.
type Entry struct {
	exchange.BankEntry
	Days       int       // working days since it was booked
	Case       *CaseRow  // nil: matched to none
	Candidates []CaseRow `show:"maybe"` // cases that expect just the amount of an unmatched credit
	Todo       string
}

// OfEntries tells of bookings of the bank, as of the office's date: the case that
// each is matched to, and of an unmatched credit which cases expect just that
// amount.
func OfEntries(o *office.Office, tx *store.Tx, list []exchange.BankEntry) (out []Entry, err error) {
	for _, b := range list {
		s := Entry{BankEntry: b, Days: o.Calendar.WorkingDays(b.BookedOn, o.Date)}
		if b.CaseNo != "" {
			c, err := caseRef(o, tx, b.CaseNo)
			if err != nil {
				return nil, err
			}
			s.Case = &c
		}
		if b.Credit && b.State == exchange.EntryUnmatched {
			if err := addCandidates(o, tx, b, &s); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// addCandidates adds the cases that expect the amount of an unmatched credit, at
// most as many as matching proposes (bank.ProposalsOf), and what to do.
func addCandidates(o *office.Office, tx *store.Tx, b exchange.BankEntry, s *Entry) error {
	parts, err := tx.ExpectedParts(b.Amount, bank.MaxProposals)
	if err != nil {
		return err
	}
	for _, p := range parts {
		c, err := caseRef(o, tx, p.CaseNo)
		if err != nil {
			return err
		}
		c.Part, c.Amount = p.Part, p.Amount
		s.Candidates = append(s.Candidates, c)
	}
	s.Todo = o.Sayf("查明是谁的款项：认领用 carryover decide %s match --case …，退还用 carryover decide %[1]s refund",
		"find out whose it is: carryover decide %s match --case …, or carryover decide %[1]s refund", b.Key)
	return nil
}
