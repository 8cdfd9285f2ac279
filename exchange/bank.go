package exchange

import (
	"strconv"
	"strings"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// BankEntry is one booked entry of our account: a payment in a booking, or the booking.
type BankEntry struct {
	Key         string // KnownAs and a number, see there
	Account     string `show:"account_no"`
	Ref         string `show:"bank_ref"` // AcctSvcrRef where it says anything, see UsableRef
	Credit      bool
	Amount      money.Fen
	Total       money.Fen `show:"-"` // what the whole booking changes the balance by
	BookedOn    calendar.Date
	EndToEnd    string
	Counterpart string // name
	CounterAcct string `show:"counterpart_account"`
	Text        string // the remittance text
	Also        string // what else the bank says of it: structured references, its own words
	Refs        string `show:"references"` // numbers of other programs, InstrId, TxId, UETR: weaker than EndToEnd
	ReturnCode  string // of a return: the code and the bank's words, never the remittance text
	Reversal    bool   // the bank takes an earlier booking back
	Charge      bool   `show:"-"` // the bank's own: charges, interest
	Order       string // message id of the payment file that was booked as one sum
	Parts       int    // of how many parts of one booking it is one
	State       string `show:",entry"`
	Repeats     string // key of the entry that a doubtful one may, and a repetition does, tell again
	Reason      string `show:",other"` // of an entry that is no transfer, of OtherReasons
	CaseNo      string
	Part        int
	SeenOn      calendar.Date
}

// Said is all that is said of an entry in words and numbers but its EndToEnd: in it what the entry is
// about is looked for. Which entry it is, Text alone says.
func (e BankEntry) Said() string {
	return strings.TrimSpace(strings.TrimSpace(e.Text+" "+e.Also) + " " + e.Refs)
}

// States of a bank entry.
const (
	EntryUnmatched = "unmatched"
	EntryMatched   = "matched"
	EntryReturned  = "returned" // money of ours that came back: a return, or sent back by the new place
	EntryNetted    = "netted"   // the net sum of a month
	EntryOwn       = "own"      // the bank's own: charges, interest
	EntryOther     = "other"    // no transfer: of another business, under a Reason
	EntryReversed  = "reversed" // taken back by another entry, or that other one
	EntryRefund    = "refund"   // decided to be paid back
	EntryDoubtful  = "doubtful" // perhaps a repetition: not booked
	EntryRepeat    = "repeat"   // a repetition: never booked
)

// OtherRule says which entries of our accounts are no transfers: those with a counterparty
// account (""; any) whose text contains a word ("": any), but for what names anything of
// ours.
type OtherRule struct {
	Account, Text, Reason string
}

// OtherTerms are the reasons for which an entry is no transfer.
func OtherTerms() []Term {
	return []Term{
		{"interest", "结息", "interest"},
		{"allocation", "财政拨款", "an allocation"},
		{"charge", "手续费", "a charge"},
		{"other", "其他业务", "other business"},
	}
}

// OtherReasons are their codes.
func OtherReasons() (codes []string) {
	for _, t := range OtherTerms() {
		codes = append(codes, t.Code)
	}
	return codes
}

// EntryStates are all of them.
func EntryStates() []string {
	return []string{
		EntryUnmatched, EntryMatched, EntryReturned, EntryNetted, EntryOwn, EntryOther, EntryReversed, EntryRefund, EntryDoubtful, EntryRepeat,
	}
}

// UsableRef is a bank's number of a booking, "" where it is one of the fillers that
// banks write when they have none: zeros, NONREF, NOTPROVIDED.
func UsableRef(ref string) string {
	if strings.Trim(ref, "0") == "" || strings.EqualFold(ref, "NONREF") || strings.EqualFold(ref, "NOTPROVIDED") {
		return ""
	}
	return ref
}

// KnownAs is what entries that may be one and the same have in common: the bank's
// number, account, day, sign and amount (SPEC 4). A number that others issue is never
// the whole identity: serials start anew each day, and a reversal repeats the number of
// what it reverses. Further entries of this kind are told apart by what else they say.
func (e BankEntry) KnownAs() string {
	return strings.Join([]string{e.Ref, e.Account, e.BookedOn.String(), e.sign() + e.Amount.String()}, "|")
}

// KeyOf is the key of the n-th entry (from 1) that is known as e is: words that can be
// given to a command as they are.
func (e BankEntry) KeyOf(n int) string {
	return strings.Join([]string{e.Account, e.BookedOn.String(), e.sign() + e.Amount.String(), e.Ref, strconv.Itoa(n)}, ":")
}

func (e BankEntry) sign() string {
	if e.Credit {
		return "C"
	}
	return "D"
}

// BankNumber is the bank's number in the key of an entry, or in what a payment of
// before keeps as its entry; the key itself where the bank gave none.
func BankNumber(key string) string {
	if parts := strings.Split(key, ":"); len(parts) >= 5 { // a bank's number may have colons
		if ref := strings.Join(parts[3:len(parts)-1], ":"); ref != "" {
			return ref
		}
	}
	return key
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
	// Of an account that is not ours alone: how many of its bookings are of others, and
	// their sum, credits less debits.
	Others    int
	OthersSum money.Fen
	Other     []BankFault // a later statement of the same day that differs; stays
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

// StatedBooking is a booking that a statement lists, the N-th (from 1) of its day and
// page. Several may be alike.
type StatedBooking struct {
	Account  string
	Day      calendar.Date
	Page     int
	N        int
	BookedOn calendar.Date
	Ref      string    // as of BankEntry
	Amount   money.Fen // credit above zero, debit below
	Text     string
}

// Uneven are the bookings of a day that are alike and of which the statements list
// another sum than was booked.
type Uneven struct {
	BookedOn calendar.Date
	Ref      string
	Amount   money.Fen // of one of them, as in StatedBooking
	Stated   int       // how many the statements list
	Here     int       // how many of those the one that is to be proved
	Booked   money.Fen // sum of our entries
}

// Sum is what the statements say: Amount times Stated, clamped.
func (u Uneven) Sum() money.Fen { return u.Amount.Times(u.Stated) }

// Name is what staff look for in the bank's list: its number, else day and amount.
func (u Uneven) Name() string {
	if u.Ref != "" {
		return u.Ref
	}
	return u.BookedOn.String() + " " + u.Amount.String()
}
