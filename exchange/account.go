package exchange

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Posting is one row that we asked the core to book: E end participation,
// B debit account, N credit account, Y credit months, U undo.
type Posting struct {
	No          string `show:"posting_no"` // P + area + yyyymmdd + 6 digits
	CaseNo      string
	Row         string `show:",posting"` // E B N Y U
	Undoes      string // U: the posting it undoes
	FormNo      string
	FormVersion int
	Part        int
	State       string `show:",posting-state"` // queued | done | refused | undone
	Principal   money.Fen
	Interest    money.Fen
	Amount      money.Fen // asked, then as the result states
	Months      int       // Y: as the result states
	Code        string    // refused: the core's code and words
	Text        string
	QueuedOn    calendar.Date
	DoneOn      calendar.Date
	Registry    string `show:"-"` // RegistryDigest of the person when it was asked
}

// Postings' rows and states.
const (
	PostEnd    = "E"
	PostDebit  = "B"
	PostCredit = "N"
	PostMonths = "Y"
	PostUndo   = "U"

	PostingQueued  = "queued"
	PostingDone    = "done"
	PostingRefused = "refused"
	PostingUndone  = "undone"
)

// Remittance is one part of the money of a case: part 1 the first
// remittance, 2… supplements and corrections.
type Remittance struct {
	CaseNo   string
	Part     int
	Side     Side `show:",direction"`
	LetterNo string
	FormNo   string
	Amount   money.Fen  // due (out), announced by the form (in)
	Received money.Fen  // in: booked by the bank so far
	Track    MoneyTrack `show:",money-"`
	To       string     `show:",receiver"` // partner | person: who is paid
	Payee    Account    // to whom, when to the person; else the letter's account
	PayeeID  string
	Attempts int    // attempts made so far, lump sums included
	Ref      string `show:"payment_ref"` // EndToEndId of the current attempt
	Since    calendar.Date
	Reason   code.Phrase // return code and words
	Again    string      `show:"-"` // the attempt, by its Ref, after which an officer let it be paid again
}

// Remittances go to the partner's account or, in the end, to the person or heirs.
const (
	ToPartner = "partner"
	ToPerson  = "person"
)

// Payment is one transfer of a payment file: an attempt at one part of a
// remittance, or a lump sum for several.
type Payment struct {
	Ref     string `show:"payment_ref"` // EndToEndId
	FileID  int64  // the outgoing pain.001 file; 0 while ordered
	Partner string `show:",party"`
	Purpose string `show:",purpose"` // transfer | supplement | refund
	Lump    bool
	Amount  money.Fen
	Payee   Account
	Text    string     // remittance text
	Track   MoneyTrack `show:",money-out"`
	ValueOn calendar.Date
	BankRef string // of its debit
	// ReturnRef is the credit by which it came back; none of one that the bank
	// refused, or that was not returned.
	ReturnRef string
	// RefusedAs is the row of a keyed bank sheet that refused it without
	// naming its reference.
	RefusedAs string
	RefusedOn calendar.Date `show:"-"` // when the bank refused it last
	Reason    code.Phrase
	Items     []PaymentItem `show:"-"`
}

// PaymentItem is what one payment carries for one case.
type PaymentItem struct {
	CaseNo string
	Part   int
	Amount money.Fen
}

// Advice is a remittance advice (M), sent or received.
type Advice struct {
	Ref      string `show:"payment_ref"` // payment_ref
	LetterNo string
	Side     Side   `show:",direction"` // In: received, about money coming to us
	Partner  string `show:",party"`
	Purpose  string `show:",purpose"`
	FormNo   string
	PersonID string
	Name     string
	Amount   money.Fen
	ValueOn  calendar.Date
	Reason   string
}

// Payee is who receives money that goes to the person or the heirs.
type Payee struct {
	CaseNo   string
	LetterNo string
	IDNo     string
	Relation string `show:",relation"` // self | heir | guardian
	Name     string
	PayeeID  string
	Account  Account
	ShareNum int
	ShareDen int
	Evidence string
	FromCore bool    `show:"-"` // the core gave the account; the portal does not replace it
	Rival    Account `show:"-"` // another one that the portal gave since; finance confirms which is paid
}

// Query is a question between agencies, ours or theirs, or its answer.
type Query struct {
	No       string `show:"query_no"`
	Answers  string
	Side     string `show:",query"` // sent | received
	Party    string `show:",party"`
	LetterNo string
	FormNo   string
	CertNo   string
	About    string `show:",about"`
	Ours     string
	Theirs   string
	Text     string
	AskedOn  calendar.Date
	DueOn    calendar.Date
	State    string `show:",query"` // open | answered | closed
	CaseNo   string
	Echo     string `show:"-"` // the asking side's own reference, repeated by the answer
}

// NettingLine is one line of a monthly netting statement.
type NettingLine struct {
	Month     calendar.Month
	Partner   string
	Source    string // ours | theirs | tied: settled by a bank entry or voucher
	Direction string // in | out, as the sender sees the money
	LetterNo  string
	FormNo    string
	Amount    money.Fen
}

// Difference is something on which the two sides do not agree (reconciliation, netting).
type Difference struct {
	ID      int64
	Kind    string // reconciliation | netting | money | file | proposal
	Partner string
	CaseNo  string
	Subject code.Phrase // what it is about; a number or name alone is a text
	Ours    code.Phrase
	Theirs  code.Phrase
	FoundOn calendar.Date
	Closed  bool
}

// NewAccountDays is for how many days after the first settled payment an account is new.
const NewAccountDays = 30

// NewAccount reports whether an account is new on a day: its first settled payment, first,
// is less than NewAccountDays before, or there is none (0).
func NewAccount(first, on calendar.Date) bool { return first == 0 || on.Sub(first) < NewAccountDays }
