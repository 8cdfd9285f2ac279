package jobs

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
)

// Story is everything known about one case: where it stands, whose turn it
// is and until when, every version and part of it, every file that carried
// it, and what happened, in order. Every code has its word beside it, in the
// agency's language. ID numbers are whole: a story is for staff.
type Story struct {
	CaseNo      string        `json:"case_no"`
	Side        exchange.Side `json:"side"`
	SideWord    string        `json:"side_word"`
	Partner     string        `json:"partner"`
	PartnerName string        `json:"partner_name"`
	Profile     string        `json:"profile"`
	Person      StoryPerson   `json:"person"`

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

	Turn  *StoryTurn `json:"turn"`  // null: nobody's
	Limit *StoryDue  `json:"limit"` // the legal limit that runs; null: none does

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

	Letters  []StoryLetter  `json:"letters"`
	Forms    []StoryForm    `json:"forms"`
	Parts    []StoryPart    `json:"parts"`
	Payments []StoryPayment `json:"payments"`
	Advices  []StoryAdvice  `json:"advices"`
	Entries  []StoryEntry   `json:"bank_entries"`
	Postings []StoryPosting `json:"postings"`
	Queries  []StoryQuery   `json:"queries"`
	Payees   []StoryPayee   `json:"payees"`
	Files    []StoryFile    `json:"files"`
	Events   []StoryEvent   `json:"events"`

	Reply string `json:"reply"` // what to say on the phone, in Chinese
}

// StoryPerson is who the case is about.
type StoryPerson struct {
	IDType     string `json:"id_type"`
	IDNo       string `json:"id_no"`
	Name       string `json:"name"`
	Phone      string `json:"phone,omitempty"`
	PersonalNo string `json:"personal_no,omitempty"`
}

// StoryTurn says whose turn it is, for what, and until when: so many working
// days from the day on which the case came to stand there.
type StoryTurn struct {
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

// StoryDue is the legal limit, and how it was counted. While a hold stops its
// clock there is no due date.
type StoryDue struct {
	Clock       string        `json:"clock"`
	Due         calendar.Date `json:"due"`
	Stopped     bool          `json:"stopped,omitempty"`
	Provisional bool          `json:"provisional"`
	Basis       string        `json:"basis"`
	Left        int           `json:"left"` // working days
}

// StoryEvent is an event of the journal.
type StoryEvent struct {
	N        int             `json:"n"`
	On       calendar.Date   `json:"on"`
	At       time.Time       `json:"at"`
	Actor    string          `json:"actor"`
	ActorWho string          `json:"actor_word"`
	What     string          `json:"what"`
	WhatWord string          `json:"what_word"`
	Why      string          `json:"why,omitempty"`
	Said     string          `json:"said,omitempty"`  // why, in words
	Inner    bool            `json:"inner,omitempty"` // a step of the works that no caller asks about
	FileID   int64           `json:"file_id,omitempty"`
	Facts    json.RawMessage `json:"facts,omitempty"`
}

// Story gathers everything about a case, as of the Env's date.
func (e *Env) Story(tx *store.Tx, c exchange.Case) (*Story, error) {
	s := e.Outline(c)
	t := teller{e, tx, c, s}
	for _, part := range []func() error{
		t.letters, t.forms, t.parts, t.payments, t.advices, t.entries, t.postings, t.queries, t.payees, t.events, t.files,
	} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	e.explainBy(s)
	unsent, err := t.letterInReview()
	if err != nil {
		return nil, err
	}
	if unsent {
		c = e.beforeLetter(c, s)
	}
	s.Reply = e.reply(c, s)
	return s, nil
}

// letterInReview tells whether the letter for whose answer a case waits has
// not left yet, because officers review its batch.
func (t teller) letterInReview() (bool, error) {
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
			return t.reviewOf(o.Kind) != exchange.ReviewNone, nil
		}
		f, err := t.tx.File(o.FileID)
		return f.State == exchange.FileReview, err
	}
	return false, nil
}

// beforeLetter tells whose turn a case is whose letter waits for review, and
// by which limit: ours, as before the letter. It returns the case as it is
// spoken of.
func (e *Env) beforeLetter(c exchange.Case, s *Story) exchange.Case {
	s.StateWord = e.say("联系函待审核", "letter in review")
	c.State = exchange.Accepted
	if s.Turn = e.turn(c); s.Turn != nil {
		s.Turn.Wait = e.say("审核并发出联系函", "the letter to be reviewed and sent")
	}
	s.Limit = nil
	if c.LetterVersion == 1 { // the limit of a next one has not begun
		c.SetDue(e.Profiles[c.Profile], e.Calendar)
		s.Limit = e.limit(c)
	}
	return c
}

// Outline is the part of a story that the case's own row tells.
func (e *Env) Outline(c exchange.Case) *Story {
	s := &Story{
		CaseNo: c.No, Side: c.Side, SideWord: e.word(exchange.SideTerms(), string(c.Side)), Partner: c.Partner, PartnerName: e.partyName(c.Partner),
		Profile: c.Profile,
		Person:  StoryPerson{c.Person.IDType, c.Person.IDNo, c.Person.Name, c.Person.Phone, c.PersonalNo},
		State:   string(c.State), StateWord: e.word(exchange.StateTerms(c.Side), string(c.State)), HeldFrom: string(c.HeldFrom),
		Form: string(c.FormTrack), FormWord: e.word(exchange.FormTerms(c.Side), string(c.FormTrack)),
		Money: string(c.MoneyTrack), MoneyWord: e.word(exchange.MoneyTerms(c.Side), string(c.MoneyTrack)), Wish: string(c.Wish),
		WishWord:      e.wishWord(c.Wish),
		ApplicationNo: c.ApplicationNo, ApplicationVersion: c.ApplicationVersion, LetterNo: c.LetterNo, LetterVersion: c.LetterVersion,
		CertificateNo: c.CertificateNo, OpenedOn: c.OpenedOn, AcceptedOn: c.AcceptedOn, LetterOn: c.LetterOn, FormOn: c.FormOn,
		MoneyOn: c.MoneyOn, ClosedOn: c.ClosedOn,
		Turn: e.turn(c), Limit: e.limit(c),
	}
	e.explain(c, s)
	return s
}

// explain says why a case is held, declined or refused, and what to do.
func (e *Env) explain(c exchange.Case, s *Story) {
	lang := e.codeLang()
	switch {
	case c.State == exchange.Held:
		s.Code, s.Reason, s.Todo = string(c.Hold), c.Hold.Word(lang), c.Hold.Todo(lang)
		if c.HoldText != "" {
			s.Reason += e.say("：", ": ") + c.HoldText
		}
	case c.Decline != "" && (c.State == exchange.Declined || c.State == exchange.Refused):
		s.Code, s.Reason, s.Todo = string(c.Decline), c.Decline.Word(lang), c.Decline.Todo(lang)
	}
}

// explainBy adds what the journal says about a return, refusal or decline.
func (e *Env) explainBy(s *Story) {
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
			s.Reason = v.Why
		case s.Code != "" && v.Why != "":
			s.Because = strings.TrimPrefix(v.Why, s.Code+": ")
			s.Reason = join(e.say("：", ": "), code.Declines().Word(s.Code, e.codeLang()), s.Because)
		}
	}
}

// turn says whose turn a case is; nil when nothing is open.
func (e *Env) turn(c exchange.Case) *StoryTurn {
	t, ok := exchange.TurnOf(e.Turns, c)
	if !ok {
		return nil
	}
	out := &StoryTurn{
		Key: t.Key, Owner: string(t.Owner), OwnerWord: e.word(exchange.OwnerTerms(), string(t.Owner)), Wait: t.Wait.Word(e.lang()),
		Since: since(c, t), WD: t.WD,
	}
	if out.Since != 0 {
		due := e.Calendar.Due(out.Since, t.WD, calendar.DueOptions{})
		out.Due, out.Provisional, out.Left = due.Date, due.Provisional, e.Calendar.Left(e.Date, due.Date)
	}
	return out
}

func (e *Env) wishWord(w exchange.Wish) string {
	if w == exchange.WishNone {
		return ""
	}
	return e.word(wishTerms(), string(w))
}

// limit is the legal limit that runs for a case; nil when none does.
func (e *Env) limit(c exchange.Case) *StoryDue {
	profile := e.Profiles[c.Profile]
	clock, ok := c.RunningClock(profile)
	if !ok || clock.From == 0 {
		return nil
	}
	d := &StoryDue{Clock: clock.Name, Due: c.Due, Provisional: c.DueProvisional, Basis: e.counted(c, clock)}
	if c.Due == 0 {
		d.Stopped = true
		d.Left = e.Calendar.Due(clock.From, clock.WD, calendar.DueOptions{FromSameDay: !profile.CountFromNextDay, Stopped: stops(c, clock)}).Left
		return d
	}
	d.Left = e.Calendar.Left(e.Date, c.Due)
	return d
}

// counted says how a legal limit was counted: from when, how many working
// days, and which days did not count.
func (e *Env) counted(c exchange.Case, clock exchange.Clock) string {
	text := e.sayf("%s：自 %s 起 %d 个工作日", "%s: from %s, %d working days", e.word(exchange.ClockTerms(), clock.Name), clock.From, clock.WD)
	if c.Due == 0 {
		return text
	}
	stopped := stops(c, clock)
	if len(stopped) == 0 {
		if off := c.Due.Sub(clock.From) - e.Calendar.WorkingDays(clock.From, c.Due); off > 0 {
			text += e.sayf("，其间休息日 %d 天不计", ", not counting %d days off", off)
		}
		return text
	}
	for _, s := range stopped {
		text += e.sayf("，%s 至 %s 停计", ", stopped from %s to %s", s.From, s.To)
	}
	return text
}

// stops are the times in which a hold stopped a clock.
func stops(c exchange.Case, clock exchange.Clock) (list []calendar.Span) {
	for _, s := range c.Stopped {
		if s.To == 0 || s.To > clock.From {
			list = append(list, calendar.Span{From: s.From, To: s.To})
		}
	}
	return list
}

// lang is the language of what staff read: zh unless en is configured.
func (e *Env) lang() string {
	if e.Lang == string(code.English) {
		return e.Lang
	}
	return string(code.Chinese)
}

func (e *Env) codeLang() code.Lang { return code.Lang(e.lang()) }

// partyName is the name of a partner or of one of our own parties.
func (e *Env) partyName(party string) string {
	if p, ok := e.Partners[party]; ok && p.Name != "" {
		return p.Name
	}
	switch party {
	case e.Agency.Core():
		return e.say("业务系统", "core")
	case e.Agency.Portal():
		return e.say("服务门户", "portal")
	case e.Agency.Bank():
		return e.say("银行", "bank")
	}
	if name, ok := exchange.OfficerOf(party); ok {
		if o, known := e.Agency.Officer(name); known {
			return o.FullName
		}
		return name
	}
	return party
}

// yuan is an amount as it is written for people and programs.
func yuan(f money.Fen) string { return f.String() }
