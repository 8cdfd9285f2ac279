package exchange

import (
	"cmp"
	"slices"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/identity"
	"carryover/exchange/money"
)

// Agency is the office that runs this Carryover, as jobs need to know it.
type Agency struct {
	Code       string // 6-digit area code
	Name       string
	Address    string
	PostCode   string
	Contact    string
	Phone      string
	Accounts   []Account // our own receiving accounts
	Payer      Account   // the account we pay from
	Clerk      string    // 经办, the name on what is made without review
	Checker    string    // 复核, the configured responsible officer
	Zone       *time.Location
	Rehearsal  bool      // nothing is meant: what is dated so is the clock, and every paper says so
	PaymentCap money.Fen // above it a payment waits for an officer; 0: none
	FileCap    money.Fen // above it a payment file is divided; 0: none
	RecordCap  money.Fen // above it a form or a core's balance waits for an officer; 0: the default, see CapOfRecord
	NoticeCap  money.Fen // above it the list for signers names a payment first; 0: none
	// What is ordered on a business date to a partner, or to an account that is new
	// (NewAccount), waits for the next day or an officer above these; 0: none.
	PartnerDayCap, NewAccountDayCap money.Fen
	// BankByWorkbook: our bank gives and takes no messages. Payment files are
	// workbooks, and its movements come back in a keyed sheet.
	BankByWorkbook bool
	RemarkMax      int      // bytes of remittance text that the bank takes
	RemarkIn       string   // the charset in which it counts them: utf-8 or gb18030
	FundsClosed    []Span   // 年终封账: no payment is made on these dates
	Shared         []string // numbers of the accounts that others use, too
	Others         []OtherRule
	Recovery       []string  // public halves of the recovery keys, as an authorized_keys file has them
	ReturnWords    []string  // with which the text of a return begins; none: the default, see WordsOfReturn
	Officers       []Officer // who decide and sign
	NotFoundCap    int       // proposed not-found declines a night before all wait
}

// AccountNumbers are those of the agency's accounts, each once, the payer's first.
func (a Agency) AccountNumbers() (numbers []string) {
	for _, own := range append([]Account{a.Payer}, a.Accounts...) {
		if !slices.Contains(numbers, own.No) {
			numbers = append(numbers, own.No)
		}
	}
	return numbers
}

// Mark is what every workbook and paper of the agency says first: that it rehearses; "" when it does not.
func (a Agency) Mark() string {
	if a.Rehearsal {
		return "演练 / REHEARSAL"
	}
	return ""
}

// ReturnWords are the words with which a bank's text begins, by default, when it sends
// back what we paid.
func ReturnWords() []string { return []string{"退汇", "退回", "退款"} }

// WordsOfReturn are the words with which the text of a return begins at the agency's bank.
func (a Agency) WordsOfReturn() []string {
	if len(a.ReturnWords) == 0 {
		return ReturnWords()
	}
	return a.ReturnWords
}

// RecordCap is the most that is taken for one person's balance without an officer, by
// default: 200,000.00 yuan.
const RecordCap money.Fen = 20_000_000

// CapOfRecord is the agency's: there always is one.
func (a Agency) CapOfRecord() money.Fen {
	if a.RecordCap <= 0 {
		return RecordCap
	}
	return a.RecordCap
}

// Core, Portal, Bank and Audit name the agency's own parties (320500c, 320500p, 320500b, 320500a: the
// drop on another host in which checkpoints are kept).
func (a Agency) Core() string   { return a.Code + "c" }
func (a Agency) Portal() string { return a.Code + "p" }
func (a Agency) Bank() string   { return a.Code + "b" }
func (a Agency) Audit() string  { return a.Code + "a" }

// Span is a range of dates, both ends included.
type Span struct {
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to,omitempty"`
}

// Holds reports whether the span contains a date.
func (s Span) Holds(d calendar.Date) bool { return s.From <= d && d <= s.To }

// Account is a registered bank account (收款账户登记).
type Account struct {
	Holder    string
	Bank      string // name of the bank
	No        string `show:"account_no"`
	CNAPS     string
	ValidFrom calendar.Date
	ValidTo   calendar.Date // none: still valid
	Schemes   []string      // empty: all
}

// Is reports whether another writing of an account is this one: the same number, CNAPS and
// holder, but for widths and spaces. The name of the bank is a word of its CNAPS.
func (a Account) Is(b Account) bool {
	return a.No == b.No && a.CNAPS == b.CNAPS && identity.HolderKey(a.Holder) == identity.HolderKey(b.Holder)
}

// OtherBank is the name under which the bank of an account is registered, where the
// account is one of a list and says another; "" where it agrees or says none.
func OtherBank(list []Account, a Account) string {
	for _, b := range list {
		if b.Is(a) && a.Bank != "" && identity.HolderKey(a.Bank) != identity.HolderKey(b.Bank) {
			return b.Bank
		}
	}
	return ""
}

// ValidOn reports whether the account may receive money on each of the dates, for some scheme.
func (a Account) ValidOn(days ...calendar.Date) bool {
	for _, on := range days {
		if on < a.ValidFrom || a.ValidTo != 0 && on > a.ValidTo {
			return false
		}
	}
	return true
}

// Valid reports whether the account may receive money for a scheme on each of the dates.
func (a Account) Valid(scheme string, days ...calendar.Date) bool {
	if !a.ValidOn(days...) {
		return false
	}
	if len(a.Schemes) == 0 {
		return true
	}
	for _, s := range a.Schemes {
		if s == scheme {
			return true
		}
	}
	return false
}

// Partner is another agency and what was agreed with it.
type Partner struct {
	Code       string
	Name       string
	Profile    string
	Encoding   string // utf-8 | gb18030
	Carrier    string // csv | xlsx
	Settlement string // remitted | netted | not_moved
	LumpSum    bool
	Post       bool      // what it is sent is printed and posted too
	Seal       string    // signed | off
	Accounts   []Account // their registered receiving accounts
}

// Seals of a partner: whether what is promised on both sides is signed
// (formats.Kind.Signed names the kinds).
const (
	SealSigned = "signed"
	SealOff    = "off"
)

// Settlements of a partner.
const (
	SettleRemitted = "remitted"
	SettleNetted   = "netted"
	SettleNotMoved = "not_moved"
)

// Profile is a set of limits and choices (SPEC 2): data of the
// configuration, never constants in the code.
type Profile struct {
	Name             string
	LetterWD         int  // letter: working days from acceptance
	AnswerWD         int  // old place: from receipt of the current letter version
	CloseWD          int  // months, account and completion together, from the later of form and money; 0: apart
	MonthsWD         int  // months credited, from the form; used when CloseWD is 0
	AccountWD        int  // account credited, from the matched money; used when CloseWD is 0
	CountFromNextDay bool // day 0 is the day of receipt
	StopsClock       []code.Hold
	Arrears          string // inform | hold | decline
	NoCertificate    string // accept | hold
	Retirees         bool   // retirees are in scope
	NotFoundWD       int    // working days after a whole registry file until "not found" is proposed
}

// RelationDone reports whether the profile closes the relation before the account.
func (p Profile) RelationDone() bool { return p.CloseWD == 0 }

// Choices of a profile.
const (
	ArrearsInform = "inform"
	ArrearsHold   = "hold"
	ArrearsDecl   = "decline"
	NoCertAccept  = "accept"
	NoCertHold    = "hold"
)

// PartyName is the name of a partner, of an agency itself or of one of its own
// parties, in a language; of an officer's folder the officer's; the code itself when
// it is unknown.
func PartyName(a Agency, partners map[string]Partner, party, lang string) string {
	if p, ok := partners[party]; ok && p.Name != "" {
		return p.Name
	}
	switch party {
	case a.Code:
		return a.Name
	case a.Core():
		return Term{"", "业务系统", "core"}.Word(lang)
	case a.Portal():
		return Term{"", "服务门户", "portal"}.Word(lang)
	case a.Audit():
		return Term{"", "异机留存", "audit drop"}.Word(lang)
	case a.Bank():
		return Term{"", "银行", "bank"}.Word(lang)
	}
	name, ok := OfficerOf(party)
	if officer, known := a.Officer(name); ok && known {
		return officer.FullName
	}
	return cmp.Or(name, party)
}
