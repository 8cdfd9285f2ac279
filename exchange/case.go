// Package exchange is the domain of Carryover: cases, what may happen to
// them, what follows, what is owed by whom and when. It is pure: no I/O, no
// clock; time, calendar and configuration are parameters. The rules are
// those of the transfer procedures of 2016 and 2021 (README.md beside this
// file has the diagrams and the decisions).
//
// A field's tag show says how --json prints it: its key, and the list that its code
// is of (jobs/story.Worded). The store keeps fields by lists of its own.
package exchange

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Case is one person's transfer between two agencies, as one side sees it
// (办件). State, FormTrack and MoneyTrack change only through Move, Suspend,
// Unsuspend and SetTracks.
type Case struct {
	No         string     `show:"case_no"` // T + area + yyyymmdd + 6 digits
	Side       Side       `show:",direction"`
	Partner    string     `show:",party"` // the other agency's area code
	Profile    string     // name of the rule profile in force
	State      State      `show:",state-"`
	FormTrack  FormTrack  `show:"form,form-"`
	MoneyTrack MoneyTrack `show:"money,money-"`

	HeldFrom State         `show:",state-"` // the state a held case returns to
	Hold     code.Hold     `show:",hold"`
	HoldText code.Phrase   // what there is to say beside the reason
	HeldOn   calendar.Date // since when
	Stopped  []Span        // times in which a hold stopped the clock; the last may be open (To none)

	Person     Person
	Household  string
	SchemeFrom string
	SchemeTo   string
	PersonalNo string // at our place; from the registry

	ApplicationNo      string
	ApplicationSender  string // the party that sent it: its number is unique among those of its sender only
	ApplicationVersion int
	LetterNo           string
	LetterVersion      int
	CertificateNo      string
	Decline            code.Decline `show:",decline"` // why the old place declined, or why refused
	Wish               Wish         `show:",wish"`    // a cancellation or annulment under way

	OpenedOn   calendar.Date // application or first letter in
	AcceptedOn calendar.Date // audit passed / letter accepted
	LetterOn   calendar.Date // current letter version issued or received
	FormOn     calendar.Date // latest form in, or form out
	MoneyOn    calendar.Date // money matched, or payment submitted
	AnsweredOn calendar.Date // old place: form in the drop and payment submitted, for the current letter version
	ClosedOn   calendar.Date // came to stand in a final state
	StateSince calendar.Date
	FormSince  calendar.Date
	MoneySince calendar.Date

	Due            calendar.Date `show:"-"` // the legal limit that runs now; none: no limit runs
	DueProvisional bool          `show:"-"`
	TurnDue        calendar.Date `show:"-"` // the last day of whoever has the turn, provisional or not; none: nobody has it, or nobody says since when

	Rev int64 `show:"-"` // revision of the row; the store's conditional update checks it
}

// Wish is a cancellation or annulment that waits for the other side or the core.
type Wish string

// Wishes of a case.
const (
	WishNone     Wish = ""
	WishCancel   Wish = "cancel"       // X cancel sent, verdict awaited
	WishProposed Wish = "propose_void" // X propose_void sent, the partner's answer awaited
	WishAsked    Wish = "asked_void"   // X propose_void received, our officer's answer awaited
	WishVoid     Wish = "void"         // agreed; postings are being undone
)

// Letter is one version of a contact letter (联系函), sent or received.
type Letter struct {
	No            string `show:"letter_no"`
	Version       int
	CaseNo        string
	Side          Side          `show:",direction"` // of the case
	Date          calendar.Date `show:"letter_date"`
	AcceptedOn    calendar.Date
	CertificateNo string
	Person        Person
	Household     string
	SchemeFrom    string
	SchemeTo      string
	EnrolledFrom  calendar.Month
	OldPersonalNo string
	From          string `show:"from_agency,party"` // from_agency: the old place
	To            string `show:"to_agency,party"`   // code of the new place
	AccountMoves  bool
	Account       Account // receiving account
	Remark        string
	Echo          string        `show:"-"`
	ReceivedOn    calendar.Date // or issued on
}

// Form is one version of an information form (信息表), sent or received.
type Form struct {
	No            string `show:"form_no"`
	Version       int
	CaseNo        string
	Side          Side   `show:",direction"`
	Nature        string `show:",nature"` // original | corrected | supplement
	OfForm        string
	LetterNo      string
	LetterVersion int
	Track         FormTrack `show:",form-"`
	Current       bool      // no later version replaces it
	Person        Person
	PersonalNo    string
	Scheme        string
	EndedOn       calendar.Date
	FirstMonth    calendar.Month
	PaidTo        calendar.Month
	AccountOpened calendar.Month
	Actual        int // months, each counted once
	Backpaid      int
	Deemed        int
	Gap           int `show:"months_gap"`
	Arrears       money.Fen
	Money         string `show:",money-kind"` // REMITTED | NETTED | NOT_MOVED | PAID_TO_PERSON | ZERO
	Principal     money.Fen
	Interest      money.Fen
	Amount        money.Fen
	Part          int // the part of the remittance that it announces
	PaymentRef    string
	Payer         Account
	Remark        string
	IssuedOn      calendar.Date
	Clerk         string
	Checker       string
	Stays         []Stay
	Echo          string `show:"-"`
	ReceivedOn    calendar.Date

	// At the new place, after posting:
	MonthsCredited    int
	MonthsOverlapping int
	Credited          money.Fen
	PostedOn          calendar.Date
	SentBack          money.Fen // at the old place: what of Credited the new place has paid back since it said so
	Early             money.Fen // at the old place: what of Credited waits for the bank to tell of its debit, before it is booked
	LastCompletion    string    `show:"told"` // last completion sent or received for this version: "" | relation_done | completed | void
}

// Natures of a form and the money it announces.
const (
	NatureOriginal   = "original"
	NatureCorrected  = "corrected"
	NatureSupplement = "supplement"

	MoneyREMITTED     = "REMITTED"
	MoneyNETTED       = "NETTED"
	MoneyNOTMOVED     = "NOT_MOVED"
	MoneyPAIDTOPERSON = "PAID_TO_PERSON"
	MoneyZERO         = "ZERO"
)

// Application is one version of a request to transfer (申请表).
type Application struct {
	Sender        string `show:",party"`         // the party that sent it: core, portal or a partner that relayed it
	No            string `show:"application_no"` // the sender's own
	Version       int
	CaseNo        string
	LodgedAt      string // old | new
	AppliedOn     calendar.Date
	Applicant     string // person | employer
	EmployerCode  string
	EmployerName  string
	Person        Person
	Household     string
	SchemeFrom    string
	SchemeTo      string
	From          string `show:"from_agency,party"` // from_agency: the old place
	To            string `show:"to_agency,party"`
	OldPersonalNo string
	CertificateNo string
	EnrolledFrom  calendar.Month
	Materials     []string
	ProxyName     string
	ProxyPhone    string
	Echo          string `show:"-"`
	ReceivedOn    calendar.Date
}

// Certificate is a certificate of participation (参保凭证) that we issued.
type Certificate struct {
	No         string `show:"certificate_no"`
	Replaces   string
	ReplacedBy string // void when set
	RequestNo  string
	PersonalNo string
	Person     Person
	IssuedOn   calendar.Date
	Balance    money.Fen
	Arrears    money.Fen
	Actual     int
	Backpaid   int
	Deemed     int
	Stays      []Stay
}

// CertificateRequest waits for, or led to, a certificate.
type CertificateRequest struct {
	No            string
	FileID        int64
	RequestedOn   calendar.Date
	Reason        string // first | lost
	Applicant     string
	PersonalNo    string
	Person        Person
	Echo          string
	CertificateNo string // issued
}

// DebitedBy is what the core says that it debited from a person's account: what it has done
// of a case's postings; money.ErrOverflow when that is no amount.
func DebitedBy(postings []Posting) (sum money.Fen, err error) {
	for _, p := range postings {
		if p.Row == PostDebit && p.State == PostingDone && err == nil {
			err = sum.Increase(p.Amount)
		}
	}
	return sum, err
}

// EarlyOf is what of the completions of a form (its versions) is not booked yet.
func EarlyOf(forms []Form) (sum money.Fen) {
	for _, f := range forms {
		sum = max(sum, f.Early) // one version has it
	}
	return sum
}

// ConfirmedBy is what the new place's completions say it has credited of a form
// that was remitted, less what it has sent back since: of the version that says
// most, since each replaces the one before; nothing once it says that it is
// void. forms are all versions of one form_no, as the old place has them.
func ConfirmedBy(forms []Form) (most money.Fen) {
	for _, f := range forms {
		switch {
		case f.LastCompletion == string(code.OutcomeVoid):
			return 0
		case f.LastCompletion == string(code.OutcomeCompleted) && f.Money == MoneyREMITTED:
			most = max(most, f.Credited-f.SentBack)
		}
	}
	return most
}
