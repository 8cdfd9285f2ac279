package exchange

import (
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// BankEntry is one booked entry of our account, known by Key: (account,
// AcctSvcrRef), else (account, booking date, sign, amount, EndToEndId or, of a
// keyed sheet, remark, ordinal).
type BankEntry struct {
	Key         string
	Account     string `show:"account_no"`
	Ref         string `show:"bank_ref"` // AcctSvcrRef
	Credit      bool
	Amount      money.Fen
	BookedOn    calendar.Date
	EndToEnd    string
	Counterpart string // name
	CounterAcct string `show:"counterpart_account"`
	Text        string
	ReturnCode  string // of a return: the code and the bank's words, never the remittance text
	Reversal    bool   // the bank takes an earlier booking back
	Order       string // message id of the payment file that was booked as one sum
	Parts       int    // of how many parts of one booking it is one
	State       string `show:",entry"`
	CaseNo      string
	Part        int
	SeenOn      calendar.Date
}

// States of a bank entry.
const (
	EntryUnmatched = "unmatched"
	EntryMatched   = "matched"
	EntryReturned  = "returned" // money of ours that came back: a return, or sent back by the new place
	EntryNetted    = "netted"   // the net sum of a month
	EntryOwn       = "own"      // the bank's own: charges, interest
	EntryReversed  = "reversed" // taken back by another entry, or that other one
	EntryRefund    = "refund"   // decided to be paid back
)

// Booking is what the bank calls the booking that the entry is, or is a part
// of; without a name the entry's key.
func (e BankEntry) Booking() string {
	if e.Ref != "" {
		return e.Ref
	}
	return e.Key
}

// Signed is the amount as it changes the balance.
func (e BankEntry) Signed() money.Fen {
	if e.Credit {
		return e.Amount
	}
	return -e.Amount
}

// BankDay is what the bank states of an account and day, by a camt.053 or by
// the balances of a keyed sheet: opening + credits - debits = closing. It books
// nothing; it proves, or does not, what was booked by notifications.
type BankDay struct {
	Account string
	Day     calendar.Date // of the closing balance
	Page    int           // of a statement in several messages; 0: it is whole
	From    calendar.Date // first day that it covers
	Opening money.Fen
	Closing money.Fen
	Entries int
	Credits money.Fen
	Debits  money.Fen
	State   string // proved | differs
	FileID  int64
	Faults  []BankFault // why it differs
	Other   []BankFault // a later statement of the same day that differs; stays
}

// States of a bank day.
const (
	DayProved  = "proved"
	DayDiffers = "differs"
)

// BankFault is one thing in which the bank's statement and what was booked differ.
type BankFault struct {
	Kind    string    `json:"kind"`
	Booking string    `json:"booking,omitempty"`
	Ours    money.Fen `json:"ours"`
	Theirs  money.Fen `json:"theirs"`
}

// Kinds of a BankFault.
const (
	FaultOpening     = "opening"     // opening is not the closing balance before
	FaultUnexplained = "unexplained" // stated, but not booked, or with another amount
	FaultAbsent      = "absent"      // booked, but not stated
	FaultRestated    = "restated"    // a later statement of the day says otherwise
)

// BankFaultTerms are the words for them.
func BankFaultTerms() []Term {
	return []Term{
		{FaultOpening, "期初余额与上一期末余额不符", "opening balance is not the closing balance before"},
		{FaultUnexplained, "对账单有、我方未记", "on the statement, not booked by us"},
		{FaultAbsent, "我方已记、对账单没有", "booked by us, not on the statement"},
		{FaultRestated, "同日另一份对账单内容不同", "another statement of the day differs"},
	}
}

// BankLine is one booking of a bank day: a batch is one.
type BankLine struct {
	Account string
	Day     calendar.Date
	Page    int
	Booking string    // as BankEntry.Booking
	Amount  money.Fen // credit above zero, debit below
	Text    string
}
