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
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
)

// Case is everything known about one case: where it stands, whose turn it
// is and until when, every version and part of it, every file that carried
// it, and what happened, in order. Every code has its word beside it, in the
// agency's language. ID numbers are whole: a story is for staff.
type Case struct {
	CaseNo      string        `json:"case_no"`
	Side        exchange.Side `json:"side"`
	SideWord    string        `json:"side_word"`
	Partner     string        `json:"partner"`
	PartnerName string        `json:"partner_name"`
	Profile     string        `json:"profile"`
	Person      Person        `json:"person"`

	State     string `json:"state"`
	StateWord string `json:"state_word"`
	HeldFrom  string `json:"held_from,omitempty"`
	Form      string `json:"form"`
	FormWord  string `json:"form_word"`
	Money     string `json:"money"`
	MoneyWord string `json:"money_word"`
	Code      string `json:"code,omitempty"`    // of the hold or the decline
	Reason    string `json:"reason,omitempty"`  // in words
	Because   string `json:"because,omitempty"` // what was written about a decline or refusal
	Todo      string `json:"todo,omitempty"`    // what staff can do about it
	Wish      string `json:"wish,omitempty"`    // a cancellation or annulment under way
	WishWord  string `json:"wish_word,omitempty"`

	Turn  *Turn `json:"turn"`  // null: nobody's
	Limit *Due  `json:"limit"` // the legal limit that runs; null: none does

	ApplicationNo      string        `json:"application_no,omitempty"`
	ApplicationVersion int           `json:"application_version,omitempty"`
	LetterNo           string        `json:"letter_no,omitempty"`
	LetterVersion      int           `json:"letter_version,omitempty"`
	CertificateNo      string        `json:"certificate_no,omitempty"`
	OpenedOn           calendar.Date `json:"opened_on"`
	AcceptedOn         calendar.Date `json:"accepted_on"`
	LetterOn           calendar.Date `json:"letter_on"`
	FormOn             calendar.Date `json:"form_on"`
	MoneyOn            calendar.Date `json:"money_on"`
	ClosedOn           calendar.Date `json:"closed_on"`

	Letters  []LetterRow  `json:"letters"`
	Forms    []FormRow    `json:"forms"`
	Parts    []PartRow    `json:"parts"`
	Payments []PaymentRow `json:"payments"`
	Advices  []AdviceRow  `json:"advices"`
	Entries  []EntryRow   `json:"bank_entries"`
	Postings []PostingRow `json:"postings"`
	Queries  []QueryRow   `json:"queries"`
	Payees   []PayeeRow   `json:"payees"`
	Files    []FileRow    `json:"files"`
	Events   []Event      `json:"events"`

	Reply string `json:"reply"` // what to say on the phone, in Chinese
}

// Person is who the case is about.
type Person struct {
	IDType     string `json:"id_type"`
	IDNo       string `json:"id_no"`
	Name       string `json:"name"`
	Phone      string `json:"phone,omitempty"`
	PersonalNo string `json:"personal_no,omitempty"`
}

// Turn says whose turn it is, for what, and until when: so many working
// days from the day on which the case came to stand there.
type Turn struct {
	Key         string        `json:"key"` // of the limit in the configuration
	Owner       string        `json:"owner"`
	OwnerWord   string        `json:"owner_word"`
	Wait        string        `json:"wait"`
	Since       calendar.Date `json:"since"`
	WD          int           `json:"wd"`
	Due         calendar.Date `json:"due"`
	Provisional bool          `json:"provisional"`
	Left        int           `json:"left"` // working days; negative: overdue
}

// Due is the legal limit, and how it was counted. While a hold stops its
// clock there is no due date.
type Due struct {
	Clock       string        `json:"clock"`
	Due         calendar.Date `json:"due"`
	Stopped     bool          `json:"stopped,omitempty"`
	Provisional bool          `json:"provisional"`
	Basis       string        `json:"basis"`
	Left        int           `json:"left"` // working days
}

// Event is an event of the journal.
type Event struct {
	N         int             `json:"n"`
	On        calendar.Date   `json:"on"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"`
	ActorWord string          `json:"actor_word"`
	What      string          `json:"what"`
	WhatWord  string          `json:"what_word"`
	Why       code.Phrase     `json:"why,omitzero"`
	WhyWord   string          `json:"said,omitempty"`  // why, in words
	Technical bool            `json:"inner,omitempty"` // a step of ours that no caller asks about (technicalEvents)
	FileID    int64           `json:"file_id,omitempty"`
	Facts     json.RawMessage `json:"facts,omitempty"`
}

// OfCase gathers everything about a case, as of the office's date. While the
// letter waits for review, the case is told as before the letter: the partner
// has nothing, so neither their turn nor their limit has begun.
func OfCase(o *office.Office, tx *store.Tx, c exchange.Case) (*Case, error) {
	s := Outline(o, c)
	t := caseReader{o, tx, c, s}
	for _, part := range []func() error{
		t.letters, t.forms, t.parts, t.payments, t.advices, t.entries, t.postings, t.queries, t.payees, t.events, t.files,
	} {
		if err := part(); err != nil {
			return nil, err
		}
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
	s.StateWord = o.Say("联系函待审核", "letter in review")
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

// Outline is the part of a story that the case's own row tells: it reads nothing
// else, so that lists can afford it.
func Outline(o *office.Office, c exchange.Case) *Case {
	s := &Case{
		CaseNo: c.No, Side: c.Side, SideWord: o.Word(exchange.SideTerms(), string(c.Side)), Partner: c.Partner, PartnerName: o.PartyName(c.Partner),
		Profile: c.Profile,
		Person:  Person{c.Person.IDType, c.Person.IDNo, c.Person.Name, c.Person.Phone, c.PersonalNo},
		State:   string(c.State), StateWord: o.Word(exchange.StateTerms(c.Side), string(c.State)), HeldFrom: string(c.HeldFrom),
		Form: string(c.FormTrack), FormWord: o.Word(exchange.FormTerms(c.Side), string(c.FormTrack)),
		Money: string(c.MoneyTrack), MoneyWord: o.Word(exchange.MoneyTerms(c.Side), string(c.MoneyTrack)), Wish: string(c.Wish),
		WishWord:      wishWord(o, c.Wish),
		ApplicationNo: c.ApplicationNo, ApplicationVersion: c.ApplicationVersion, LetterNo: c.LetterNo, LetterVersion: c.LetterVersion,
		CertificateNo: c.CertificateNo, OpenedOn: c.OpenedOn, AcceptedOn: c.AcceptedOn, LetterOn: c.LetterOn, FormOn: c.FormOn,
		MoneyOn: c.MoneyOn, ClosedOn: c.ClosedOn,
		Turn: turn(o, c), Limit: limit(o, c),
	}
	explain(o, c, s)
	return s
}

// explain says why a case is held, declined or refused, and what to do.
func explain(o *office.Office, c exchange.Case, s *Case) {
	lang := o.CodeLang()
	switch {
	case c.State == exchange.Held:
		s.Code, s.Reason, s.Todo = string(c.Hold), c.Hold.Word(lang), c.Hold.Todo(lang)
		if !c.HoldText.IsZero() {
			s.Reason += o.Say("：", ": ") + o.Words(c.HoldText)
		}
	case c.Decline != "" && (c.State == exchange.Declined || c.State == exchange.Refused):
		s.Code, s.Reason, s.Todo = string(c.Decline), c.Decline.Word(lang), c.Decline.Todo(lang)
	}
}

// explainFromJournal adds what the journal says about a return, refusal or decline.
func explainFromJournal(o *office.Office, s *Case) {
	if s.State == string(exchange.Held) {
		return
	}
	for _, v := range s.Events {
		switch exchange.Happening(v.What) {
		case exchange.AuditReturned, exchange.AuditRefused, exchange.DeclineArrived, exchange.LetterDeclined:
		default:
			continue
		}
		switch {
		case s.State == string(exchange.Returned):
			s.Reason = o.Words(v.Why)
		case s.Code != "" && !v.Why.IsZero():
			s.Because = because(o, v.Why, s.Code)
			s.Reason = office.Join(o.Say("：", ": "), code.Declines().Word(s.Code, o.CodeLang()), s.Because)
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
		Key: t.Key, Owner: string(t.Owner), OwnerWord: o.Word(exchange.OwnerTerms(), string(t.Owner)), Wait: t.Wait.Word(o.Language()),
		Since: office.Since(c, t), WD: t.WD,
	}
	if due := o.TurnLimit(c, t); due.Date != 0 {
		out.Due, out.Provisional, out.Left = due.Date, due.Provisional, o.Calendar.Left(o.Date, due.Date)
	}
	return out
}

func wishWord(o *office.Office, w exchange.Wish) string {
	if w == exchange.WishNone {
		return ""
	}
	return o.Word(wishTerms(), string(w))
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
	}
}

// wishTerms are the wishes of a case with their words.
func wishTerms() []exchange.Term {
	return []exchange.Term{
		{Code: string(exchange.WishCancel), Chinese: "已申请撤销，待对方答复", English: "cancellation asked, the partner's answer awaited"},
		{Code: string(exchange.WishProposed), Chinese: "已提议作废，待对方答复", English: "annulment proposed, the partner's answer awaited"},
		{Code: string(exchange.WishAsked), Chinese: "对方提议作废，待本方决定", English: "the partner proposes an annulment, ours to decide"},
		{Code: string(exchange.WishVoid), Chinese: "双方同意作废，正在撤销记账", English: "annulment agreed, postings are being undone"},
	}
}

// caseRef is the row of a case that another story names by its number.
func caseRef(o *office.Office, tx *store.Tx, no string) (CaseRow, error) {
	c, err := tx.Case(no)
	if err != nil {
		return CaseRow{}, err
	}
	return Outline(o, c).Row(), nil
}

// Row is a case as the story of something else names it.
func (s *Case) Row() CaseRow {
	return CaseRow{
		CaseNo: s.CaseNo, Side: s.Side, SideWord: s.SideWord, Partner: s.Partner, PartnerName: s.PartnerName, LetterNo: s.LetterNo,
		Name: s.Person.Name, IDNo: s.Person.IDNo, State: s.State, StateWord: s.StateWord, FormWord: s.FormWord, MoneyWord: s.MoneyWord, Turn: s.Turn,
	}
}

// CaseRow is a case in the story of something else.
type CaseRow struct {
	CaseNo      string        `json:"case_no"`
	Side        exchange.Side `json:"side"`
	SideWord    string        `json:"side_word"`
	Partner     string        `json:"partner"`
	PartnerName string        `json:"partner_name"`
	LetterNo    string        `json:"letter_no,omitempty"`
	Name        string        `json:"name"`
	IDNo        string        `json:"id_no"`
	State       string        `json:"state"`
	StateWord   string        `json:"state_word"`
	FormWord    string        `json:"form_word"`
	MoneyWord   string        `json:"money_word"`
	Turn        *Turn         `json:"turn"`
	Part        int           `json:"part,omitempty"`   // of a payment: which part of the case's remittance
	Amount      string        `json:"amount,omitempty"` // of a payment: how much of it
}
