package story

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/bank"
	"carryover/jobs/office"
)

// Entry is everything known about a booking of the bank that is matched to no
// case, or was asked about by its number.
type Entry struct {
	EntryRow
	Account        string        `json:"account_no"`
	Ref            string        `json:"bank_ref,omitempty"`
	CounterAccount string        `json:"counterpart_account,omitempty"`
	StateWord      string        `json:"state_word"`
	SeenOn         calendar.Date `json:"seen_on"`
	Days           int           `json:"days"`  // working days since it was booked
	Case           *CaseRow      `json:"case"`  // null: matched to none
	Candidates     []CaseRow     `json:"maybe"` // cases that expect just the amount of an unmatched credit
	Todo           string        `json:"todo,omitempty"`
}

// entryTerms are the states of a bank entry with their words.
func entryTerms() []exchange.Term {
	return []exchange.Term{
		{Code: exchange.EntryUnmatched, Chinese: "待认领", English: "not matched"},
		{Code: exchange.EntryMatched, Chinese: "已核对", English: "matched"},
		{Code: exchange.EntryReturned, Chinese: "退回的款项", English: "came back"},
		{Code: exchange.EntryNetted, Chinese: "轧差结算", English: "net sum"},
		{Code: exchange.EntryOwn, Chinese: "银行收支", English: "the bank's own"},
		{Code: exchange.EntryReversed, Chinese: "已冲正", English: "reversed"},
		{Code: exchange.EntryRefund, Chinese: "决定退还", English: "to be paid back"},
	}
}

// OfEntries tells of bookings of the bank, as of the office's date: the case that
// each is matched to, and of an unmatched credit which cases expect just that
// amount.
func OfEntries(o *office.Office, tx *store.Tx, list []exchange.BankEntry) ([]Entry, error) {
	out := make([]Entry, 0, len(list))
	for _, b := range list {
		s := Entry{
			EntryRow: EntryRow{b.Key, b.BookedOn, b.Credit, b.Amount.String(), b.Counterpart, b.Text, b.State},
			Account:  b.Account, Ref: b.Ref, CounterAccount: b.CounterAcct, StateWord: o.Word(entryTerms(), b.State), SeenOn: b.SeenOn,
			Days: o.Calendar.WorkingDays(b.BookedOn, o.Date), Candidates: []CaseRow{},
		}
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
		c.Part, c.Amount = p.Part, p.Amount.String()
		s.Candidates = append(s.Candidates, c)
	}
	s.Todo = o.Sayf("查明是谁的款项：认领用 carryover decide %s match --case …，退还用 carryover decide %[1]s refund",
		"find out whose it is: carryover decide %s match --case …, or carryover decide %[1]s refund", b.Key)
	return nil
}
