package jobs

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
)

// EntryStory is a booking of the bank, as somebody asks about it by its number.
type EntryStory struct {
	StoryEntry
	Account   string        `json:"account_no"`
	Ref       string        `json:"bank_ref,omitempty"`
	OtherNo   string        `json:"counterpart_account,omitempty"`
	StateWord string        `json:"state_word"`
	SeenOn    calendar.Date `json:"seen_on"`
	Days      int           `json:"days"` // working days since it was booked
	Case      *StoryCase    `json:"case"` // null: tied to none
	Maybe     []StoryCase   `json:"maybe"`
	Todo      string        `json:"todo,omitempty"`
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

// Entries tells of bookings of the bank: what each is tied to, and of a credit
// that nothing was found for which cases expect just that amount.
func (e *Env) Entries(tx *store.Tx, list []exchange.BankEntry) ([]EntryStory, error) {
	out := make([]EntryStory, 0, len(list))
	for _, b := range list {
		s := EntryStory{
			StoryEntry: StoryEntry{b.Key, b.BookedOn, b.Credit, yuan(b.Amount), b.Counterpart, b.Text, b.State},
			Account:    b.Account, Ref: b.Ref, OtherNo: b.CounterAcct, StateWord: e.word(entryTerms(), b.State), SeenOn: b.SeenOn,
			Days: e.Calendar.WorkingDays(b.BookedOn, e.Date), Maybe: []StoryCase{},
		}
		if b.CaseNo != "" {
			c, err := e.caseRef(tx, b.CaseNo)
			if err != nil {
				return nil, err
			}
			s.Case = &c
		}
		if b.Credit && b.State == exchange.EntryUnmatched {
			if err := e.maybe(tx, b, &s); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// maybe lists the cases that expect the amount of a credit.
func (e *Env) maybe(tx *store.Tx, b exchange.BankEntry, s *EntryStory) error {
	parts, err := tx.ExpectedParts(b.Amount, proposalsOf)
	if err != nil {
		return err
	}
	for _, p := range parts {
		c, err := e.caseRef(tx, p.CaseNo)
		if err != nil {
			return err
		}
		c.Part, c.Amount = p.Part, yuan(p.Amount)
		s.Maybe = append(s.Maybe, c)
	}
	s.Todo = e.sayf("查明是谁的款项：认领用 carryover decide %s match --case …，退还用 carryover decide %[1]s refund", "find out whose it is: carryover decide %s match --case …, or carryover decide %[1]s refund", b.Key)
	return nil
}
