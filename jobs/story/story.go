// Package story answers questions: what a number names, the whole story of a
// case, payment, entry or file, the paragraph that is read out on the phone,
// lists, exports and figures.
//
// It promises to tell only what the store holds, persons masked where they
// must be, and the same words everywhere. It reads; what it writes is about
// backups alone.
package story

import (
	"encoding/json"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
)

// Outline is what a case's own row tells.
type Outline struct {
	exchange.Case
	State       Code
	PartnerName string `show:"-"` // the word of Partner
	Reason      string // why it is held, declined, refused or returned, in words
	Todo        string // what staff can do about it
	Turn        *Turn  // nil: nobody's
	Limit       *Due   // the legal limit that runs; nil: none does
}

// Case is everything known about one case: where it stands, whose turn it
// is and until when, every version and part of it, every file that carried
// it, and what happened, in order. ID numbers are whole: a story is for staff.
type Case struct {
	Outline
	Because  string // what was written about a decline or refusal
	Letters  []exchange.Letter
	Forms    []exchange.Form
	Parts    []exchange.Remittance
	Payments []Paid
	Advices  []exchange.Advice
	Entries  []exchange.BankEntry `show:"bank_entries"`
	Postings []exchange.Posting
	Queries  []exchange.Query
	Payees   []exchange.Payee
	Files    []ListedFile
	Events   []Event
	Reply    string // what to say on the phone, in Chinese
}

// Turn says whose turn it is, for what, and until when: so many working
// days from the day on which the case came to stand there.
type Turn struct {
	Key         string         // of the limit in the configuration
	Owner       exchange.Owner `show:",owner"`
	Wait        string
	Since       calendar.Date
	WD          int
	Due         calendar.Date
	Provisional bool
	Left        int // working days; negative: overdue
}

// Due is the legal limit, and how it was counted. While a hold stops its
// clock there is no due date.
type Due struct {
	Clock       string `show:",clock"`
	Due         calendar.Date
	Stopped     bool
	Provisional bool
	Basis       string
	Left        int // working days
}

// Event is an event of the journal.
type Event struct {
	exchange.JournalEvent
	Technical bool            `show:"inner"` // a step of ours that no caller asks about (technicalEvents)
	Facts     json.RawMessage // null: none, or none that are JSON
}

// OfCase gathers everything about a case, as of the office's date. While the
// letter waits for review, the case is told as before the letter: the partner
// has nothing, so neither their turn nor their limit has begun.
func OfCase(o *office.Office, tx *store.Tx, c exchange.Case) (*Case, error) {
	s := &Case{Outline: OutlineOf(o, c)}
	t := caseReader{o, tx, c, s}
	if err := t.read(); err != nil {
		return nil, err
	}
	explainFromJournal(o, s)
	unsent, err := t.letterInReview()
	if err != nil {
		return nil, err
	}
	if unsent {
		c = beforeLetter(o, c, s)
	}
	s.Reply = reply(o, c, s)
	return s, nil
}

// letterInReview tells whether the letter for whose answer a case waits has
// not left yet, because officers review its batch.
func (t caseReader) letterInReview() (bool, error) {
	if t.c.Side != exchange.In || t.c.State != exchange.Requested {
		return false, nil
	}
	made, err := t.tx.OutgoingByCase(t.c.No)
	if err != nil {
		return false, err
	}
	for _, o := range slices.Backward(made) {
		if o.Kind != formats.KindLetter {
			continue
		}
		if o.FileID == 0 {
			return outbox.ReviewOf(t.Office, o.Kind) != exchange.ReviewNone, nil
		}
		f, err := t.tx.File(o.FileID)
		return f.State == exchange.FileReview, err
	}
	return false, nil
}

// beforeLetter tells whose turn a case is whose letter waits for review, and
// by which limit: ours, as before the letter. It returns the case as it is
// spoken of.
func beforeLetter(o *office.Office, c exchange.Case, s *Case) exchange.Case {
	s.State.Word = o.Say("联系函待审核", "letter in review")
	c.State = exchange.Accepted
	if s.Turn = turn(o, c); s.Turn != nil {
		s.Turn.Wait = o.Say("审核并发出联系函", "the letter to be reviewed and sent")
	}
	s.Limit = nil
	if c.LetterVersion == 1 { // the limit of a next one has not begun
		c.SetDue(o.Profiles[c.Profile], o.Calendar)
		s.Limit = limit(o, c)
	}
	return c
}

// OutlineOf is the part of a story that the case's own row tells: it reads nothing
// else, so that lists can afford it.
func OutlineOf(o *office.Office, c exchange.Case) Outline {
	lang, state := o.CodeLang(), string(c.State)
	s := Outline{Case: c, State: Code{state, Word(o, "state-"+string(c.Side), state)}, PartnerName: o.PartyName(c.Partner), Turn: turn(o, c), Limit: limit(o, c)}
	switch {
	case c.State == exchange.Held:
		s.Reason, s.Todo = c.Hold.Word(lang), c.Hold.Todo(lang)
		if !c.HoldText.IsZero() {
			s.Reason += o.Say("：", ": ") + o.Words(c.HoldText)
		}
	case c.Decline != "" && (c.State == exchange.Declined || c.State == exchange.Refused):
		s.Reason, s.Todo = c.Decline.Word(lang), c.Decline.Todo(lang)
	}
	return s
}

// explainFromJournal adds what the journal says about a return, refusal or decline.
func explainFromJournal(o *office.Office, s *Case) {
	for _, v := range s.Events {
		switch exchange.Happening(v.What) {
		case exchange.AuditReturned, exchange.AuditRefused, exchange.DeclineArrived, exchange.LetterDeclined:
		default:
			continue
		}
		switch state := s.Case.State; {
		case state == exchange.Returned:
			s.Reason = o.Words(v.Why)
		case s.Decline != "" && (state == exchange.Declined || state == exchange.Refused) && !v.Why.IsZero():
			s.Because = because(o, v.Why, string(s.Decline))
			s.Reason = office.Join(o.Say("：", ": "), s.Decline.Word(o.CodeLang()), s.Because)
		}
	}
}

// because is what was said of a decline beside its code, which in prose of schema 1
// stands before it.
func because(o *office.Office, why code.Phrase, decline string) string {
	if why.Is("declined") {
		return o.Words(why.ArgPhrase(1))
	}
	return strings.TrimPrefix(o.Words(why), decline+": ")
}

// turn says whose turn a case is; nil when nothing is open.
func turn(o *office.Office, c exchange.Case) *Turn {
	t, ok := exchange.TurnOf(o.Turns, c)
	if !ok {
		return nil
	}
	out := &Turn{
		Key: t.Key, Owner: t.Owner, Wait: t.Wait.Word(o.Language()), Since: office.Since(c, t), WD: t.WD,
	}
	if due := o.TurnLimit(c, t); due.Date != 0 {
		out.Due, out.Provisional, out.Left = due.Date, due.Provisional, o.Calendar.Left(o.Date, due.Date)
	}
	return out
}

// limit is the legal limit that runs for a case; nil when none does.
func limit(o *office.Office, c exchange.Case) *Due {
	profile := o.Profiles[c.Profile]
	clock, ok := c.RunningClock(profile)
	if !ok || clock.From == 0 {
		return nil
	}
	d := &Due{Clock: clock.Name, Due: c.Due, Provisional: c.DueProvisional, Basis: limitBasis(o, c, clock)}
	if c.Due == 0 {
		d.Stopped = true
		d.Left = o.Calendar.Due(clock.From, clock.WD, calendar.DueOptions{FromSameDay: !profile.CountFromNextDay, Stopped: stoppedSpans(c, clock)}).Left
		return d
	}
	d.Left = o.Calendar.Left(o.Date, c.Due)
	return d
}

// limitBasis says how a legal limit was counted: from when, how many working
// days, and which days did not count, so that a due date can be checked by hand.
func limitBasis(o *office.Office, c exchange.Case, clock exchange.Clock) string {
	text := o.Sayf("%s：自 %s 起 %d 个工作日", "%s: from %s, %d working days", o.Word(exchange.ClockTerms(), clock.Name), clock.From, clock.WD)
	if c.Due == 0 {
		return text
	}
	stopped := stoppedSpans(c, clock)
	if len(stopped) == 0 {
		if off := c.Due.Sub(clock.From) - o.Calendar.WorkingDays(clock.From, c.Due); off > 0 {
			text += o.Sayf("，其间休息日 %d 天不计", ", not counting %d days off", off)
		}
		return text
	}
	for _, s := range stopped {
		text += o.Sayf("，%s 至 %s 停计", ", stopped from %s to %s", s.From, s.To)
	}
	return text
}

// stoppedSpans are the times in which a hold stopped a clock; To is 0 in one that
// still does.
func stoppedSpans(c exchange.Case, clock exchange.Clock) (list []calendar.Span) {
	for _, s := range c.Stopped {
		if s.To == 0 || s.To > clock.From {
			list = append(list, calendar.Span{From: s.From, To: s.To})
		}
	}
	return list
}

// technicalEvents are steps of ours: they stand in a case's story, but nobody asks
// about them on the phone, and the screen leaves them out.
func technicalEvents() []string {
	return []string{
		"posting_asked", "posting_done", "posting_undone", "payment_ordered", "money_due", "money_ordered", "money_released", "money_unknown",
		"form_issued", "form_delivered", "advice_received", "query_answer_received", "decline_of_older_letter",
		store.RowsWritten, store.RowsTakenOver,
	}
}

// CaseRow is a case in the story of something else.
type CaseRow struct {
	Outline
	Part   int       // of a payment: which part of the case's remittance
	Amount money.Fen // of a payment: how much of it
}

// caseRef is the row of a case that another story names by its number.
func caseRef(o *office.Office, tx *store.Tx, no string) (CaseRow, error) {
	c, err := tx.Case(no)
	return CaseRow{Outline: OutlineOf(o, c)}, err
}
