// Package office is one agency at work, the kernel of the rooms of jobs: its
// settings, its ports (store, spool, drops, keys, clock, log) and its day
// (Office); one transaction, and on whose behalf it runs (Desk); and one case
// in it (Case), with the verbs that every room needs.
//
// It promises that a transaction is made in one place (Do, DoChunk, View),
// that a case is journaled as it changes and stored once, and that a file of
// the spool appears whole or not at all. It knows the verdict on a record and
// the words of the journal. It may not know what a letter, a payment or a
// decision means: that is for the rooms above, which take what they work on as
// a parameter and add no methods here.
package office

import (
	"errors"
	"log/slog"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/spool"
	"carryover/exchange/store"
)

// Office is everything that a run needs. It is made by cmd from the configuration and
// only read from then on, so that goroutines may share it.
type Office struct {
	Agency   exchange.Agency
	Profiles map[string]exchange.Profile
	Partners map[string]exchange.Partner
	Turns    []exchange.Turn
	Parties  []Party // core, portal, bank and partners, in the order they are visited
	Calendar *calendar.Calendar
	Area     func(code string) bool   // known area codes; nil: any
	AreaName func(code string) string // a place's whole name; nil: its code
	Rules    Rules

	Store *store.Store
	Spool spool.Spool // of received and composed files
	// Room is how many bytes may be fetched before the free space goes below the reserve; nil: any.
	Room    func() (int64, error)
	Reports string // folder of the workbooks
	Mark    string // file that says how far the store had come; "": it is not kept, and nothing is recognised
	Lang    string // zh | en, of reports
	MaskIDs bool   // ID numbers are masked in the nightly workbook

	// AllowedSigners reads the officers' public keys (an OpenSSH allowed_signers
	// file); nil: there are none.
	AllowedSigners func() (string, error)
	// SealKey is the key by which files for partners are signed on a day of the clock.
	SealKey func(on calendar.Date) (*seal.Key, error)
	// PartnerSigners are those who may sign for a partner, its area code being their principal.
	PartnerSigners func(partner string) (*seal.Signers, error)

	Now  func() time.Time // the instant, for the journal and for settling
	Date calendar.Date    // the business date of this run
	// Machine is the machine's own clock, which is compared with those of other hosts; nil: Now is given.
	Machine func() time.Time
	// Backdated: of a pass begun by hand for a day that was over (MovesMoney).
	Backdated bool
	Log       *slog.Logger

	// Progress, when set, is told how far long work has come, from several goroutines.
	Progress func(what string, done, total int)
	// Outside, when set, is called before and after every call to the outside
	// that no drop makes: files of the spool. An error it returns becomes the call's error.
	Outside func(call, name string) error
}

// On is the office on another business date; all else is the same, but in a
// rehearsal the clock, which then goes on from this time of that day. A pass and
// whoever asks meanwhile have a date each.
func (o *Office) On(day calendar.Date) *Office {
	then := *o
	then.Date = day
	if ahead := day.Sub(o.clockDay()); o.Agency.Rehearsal && ahead != 0 {
		then.Now = func() time.Time { return o.Now().In(o.Agency.Zone).AddDate(0, 0, ahead) }
	}
	return &then
}

// Today is the office on the day that it is now.
func (o *Office) Today() *Office { return o.On(o.clockDay()) }

// clockDay is the day that it is now where the agency is.
func (o *Office) clockDay() calendar.Date { return calendar.DateOf(o.Now().In(o.Agency.Zone)) }

// Days are the days by which funds, accounts and keys are judged: the business date,
// and the clock's where that is another. What is closed or ended on either waits.
func (o *Office) Days() []calendar.Date {
	if now := o.clockDay(); now != o.Date {
		return []calendar.Date{o.Date, now}
	}
	return []calendar.Date{o.Date}
}

// Instants are those at which an officer's key has to be valid: at, and the same time of
// the business date on where that is another day.
func (o *Office) Instants(at time.Time, on calendar.Date) []time.Time {
	at = at.In(o.Agency.Zone)
	if off := on.Sub(calendar.DateOf(at)); off != 0 {
		return []time.Time{at, at.AddDate(0, 0, off)}
	}
	return []time.Time{at}
}

// Past reports whether the business date is over.
func (o *Office) Past() bool { return o.Date < o.clockDay() }

// ErrBackdated is why no money moves in a pass that was begun by hand for a past day.
var ErrBackdated = errors.New("the pass was begun by hand for a day that is over: it makes, releases and sends no payment; run without --date does")

// ErrPayer is why no money moves while the account that it would leave from is not valid.
var ErrPayer = errors.New("the account that payments leave from is not valid today, or was not on the business date: register its successor under accounts.payer")

// MovesMoney reports whether payments may be made, released and sent; else ErrBackdated
// or ErrPayer.
func (o *Office) MovesMoney() error {
	switch {
	case o.Backdated:
		return ErrBackdated
	case !o.Agency.Payer.ValidOn(o.Days()...):
		return ErrPayer
	}
	return nil
}

// Rules are the agency-wide settings of the runs.
type Rules struct {
	ResendAfter      time.Duration              // without a receipt for so long a batch is sent again, the same bytes
	EscalateAfter    time.Duration              // and named as a difference; 0: never
	HeldNights       int                        // nights a record of an unknown letter waits for its sender's gap
	QueryWD          int                        // working days for the answer to a query
	StatementWD      int                        // working days after a month's end until its statements are made
	Parallel         int                        // parties at once; less than 1: one
	Companions       []string                   // endings of names of files that say something of another one: .ok
	LargestFile      int64                      // bytes of a batch; a larger one is not fetched. 0: any
	AutomaticRelease bool                       // payments are released without officers; else two of them sign
	Review           map[string]exchange.Review // of batches, by kind; a kind that is missing: none
	ReviewWD         int                        // working days for it
	NextRun          func(time.Time) time.Time  // start of the next pass after an instant; nil: no schedule
}

// CallOutside runs one call to the outside between its two reports to Outside. The
// crash tests stop a pass at each of them; an error before keeps the call from being
// made, one after comes back although it was made.
func (o *Office) CallOutside(call, name string, do func() error) error {
	if o.Outside == nil {
		return do()
	}
	if err := o.Outside(call+":before", name); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return o.Outside(call+":after", name)
}
