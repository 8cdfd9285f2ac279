package office

import (
	"errors"
	"fmt"
	"reflect"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/formats/batch"
)

// Case is a case being worked in a transaction: changed in memory, journaled as
// it changes, stored once by Save. Forms, parts and postings have rows of their
// own (Forms, Parts, Postings, Letter): the transaction remembers what was read and
// written of them.
type Case struct {
	*Desk
	exchange.Case
	Before exchange.Case         // the row as it was read: an update succeeds only over it
	Fresh  bool                  // begun in this transaction and not stored yet
	Lodged *exchange.Application // the version that is being worked, not stored yet

	later []func() error // writes that wait until a fresh case is stored
}

// OpenCase is a stored case at the desk, to be worked: the same for everybody who
// opens it, with what was changed of it and is not saved yet.
func (d *Desk) OpenCase(c exchange.Case) *Case {
	if open := d.open.find(c.No); open != nil {
		return d.open.hand(open)
	}
	return d.open.add(&Case{Desk: d, Case: c, Before: c})
}

// NewCase begins a new case under the next number of the day; c says side,
// partner and person. Nothing but the number is stored before Save.
func (d *Desk) NewCase(c exchange.Case) (*Case, error) {
	no, err := d.Tx.NextNumber("T", d.Agency.Code, d.Date)
	if err != nil {
		return nil, err
	}
	c.No = no
	c.OpenedOn, c.StateSince, c.FormSince, c.MoneySince = d.Date, d.Date, d.Date, d.Date
	c.Profile = d.Partners[c.Partner].Profile
	c.FormTrack = exchange.FormNone
	c.MoneyTrack = exchange.LeastMoney(c.Side, nil)
	return d.open.add(&Case{Desk: d, Case: c, Fresh: true}), nil
}

// CaseByLetter opens the case of a letter on a side; store.ErrNotFound when there
// is none.
func (d *Desk) CaseByLetter(side exchange.Side, letterNo string) (*Case, error) {
	c, err := d.Tx.CaseByLetter(side, letterNo)
	if err != nil {
		return nil, err
	}
	return d.OpenCase(c), nil
}

// CaseByNo opens the case of a number; store.ErrNotFound when there is none.
func (d *Desk) CaseByNo(no string) (*Case, error) {
	if open := d.open.find(no); open != nil {
		return d.open.hand(open), nil
	}
	c, err := d.Tx.Case(no)
	if err != nil {
		return nil, err
	}
	return d.OpenCase(c), nil
}

// CaseOfEitherSide finds the case of a letter on either side; nil when there is none.
func (d *Desk) CaseOfEitherSide(letterNo string) (*Case, error) {
	if letterNo == "" {
		return nil, nil
	}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		c, err := d.CaseByLetter(side, letterNo)
		if err == nil {
			return c, nil
		}
		if !IsNotFound(err) {
			return nil, err
		}
	}
	return nil, nil
}

// ApplicationInForce is the version of the application that counts.
func (c *Case) ApplicationInForce() (exchange.Application, error) {
	if c.Lodged != nil {
		return *c.Lodged, nil
	}
	return c.Tx.LatestApplication(c.ApplicationSender, c.ApplicationNo)
}

// RuleProfile is the profile of rules (limits, areas) by which the case is worked:
// that of its partner when it was opened.
func (c *Case) RuleProfile() exchange.Profile { return c.Profiles[c.Profile] }

// Move applies an event of the state machine (SPEC 3) and journals it; facts, when
// not nil, are kept as JSON. exchange.ErrNotAllowed when the state has no such way
// out: then nothing has changed.
func (c *Case) Move(on exchange.Happening, why code.Phrase, facts any) error {
	if err := c.Apply(on, c.Date); err != nil {
		return err
	}
	return c.Note(string(on), why, facts)
}

// PutOnHold holds the case and journals why. The same hold with the same text
// again is no event: what is tried every night must not fill the journal.
func (c *Case) PutOnHold(reason code.Hold, text code.Phrase) error {
	if c.State == exchange.Held && c.Hold == reason && c.HoldText == text {
		return nil
	}
	if err := c.Suspend(reason, text, c.RuleProfile(), c.Date); err != nil {
		return err
	}
	return c.Note(string(exchange.Hold), code.Say("held", string(reason), text), nil)
}

// Resume ends a hold and journals it; a case that is not held stays as it is.
func (c *Case) Resume(why code.Phrase) error {
	if c.State != exchange.Held {
		return nil
	}
	if err := c.Unsuspend(c.Date); err != nil {
		return err
	}
	return c.Note(string(exchange.Resume), why, nil)
}

// Note adds an event to the case's journal.
func (c *Case) Note(what string, why code.Phrase, facts any) error {
	return c.OnceStored(func() error { return c.Journal(c.No, what, why, facts) })
}

// OnceStored writes a row that refers to the case: at once, or for a fresh case when
// Save has stored it. The database would take the rows in any order, but a
// row that refers to a case that is not there makes it look through every
// table that might when the case comes.
func (c *Case) OnceStored(write func() error) error {
	if c.Fresh {
		c.later = append(c.later, write)
		return nil
	}
	return write()
}

// Save stores the case as it is now: one insert, or one update that succeeds only
// while the row is still as it was read (store.ErrStale else). Its limits are
// computed anew first, and its invariants checked, so that no case is stored that
// breaks them.
func (c *Case) Save() error {
	c.SetDue(c.RuleProfile(), c.Calendar)
	c.TurnDue = 0
	if turn, ok := exchange.TurnOf(c.Turns, c.Case); ok {
		c.TurnDue = c.TurnLimit(c.Case, turn).Date
	}
	if err := c.Check(); err != nil {
		return err
	}
	switch {
	case c.Fresh:
		if err := c.saveFresh(); err != nil {
			return err
		}
	case same(&c.Before, &c.Case):
		return nil
	default:
		if err := c.Tx.UpdateCase(c.Before, &c.Case); err != nil {
			return fmt.Errorf("case %s: %w", c.No, err)
		}
		c.Before = c.Case
	}
	if ended := func(due calendar.Date) bool { return due != 0 && due < c.Date }; ended(c.Due) || ended(c.TurnDue) {
		return c.Tx.LookAt(c.No) // it has ended already: a later day does not find it
	}
	return nil
}

// saveFresh inserts the case, then what waited for it, in the order in which it
// was asked for.
func (c *Case) saveFresh() error {
	if err := c.Tx.InsertCase(&c.Case); err != nil {
		return err
	}
	c.Fresh, c.Before = false, c.Case
	for _, write := range c.later {
		if err := write(); err != nil {
			return err
		}
	}
	c.later = nil
	return nil
}

// same reports whether two cases hold the same. A case has a slice, and cannot be
// compared with ==.
func same(a, b *exchange.Case) bool { return reflect.DeepEqual(a, b) }

// Retrack computes the case's tracks of forms and money from its current forms and
// its parts. Call it after any of them has moved; it stores nothing.
func (c *Case) Retrack() error {
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	var ft []exchange.FormTrack
	for _, f := range forms {
		if f.Current {
			ft = append(ft, f.Track)
		}
	}
	return c.retrack(ft)
}

// RetrackMoney is Retrack where no form has moved: none is read.
func (c *Case) RetrackMoney() error { return c.retrack([]exchange.FormTrack{c.FormTrack}) }

func (c *Case) retrack(ft []exchange.FormTrack) error {
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	var mt []exchange.MoneyTrack
	for _, p := range parts {
		mt = append(mt, p.Track)
	}
	c.SetTracks(ft, mt, c.Date)
	return nil
}

// SendOrHold queues a record of the case. One with a character that the party's
// encoding cannot hold is not sent: the case waits for an officer and the record
// is named as a difference, so that the rest of the file it came from is worked.
func (c *Case) SendOrHold(party, caseNo string, rec any) error {
	o, err := c.Encode(party, caseNo, rec)
	if err == nil {
		return c.OnceStored(func() error { return c.Tx.InsertOutgoing(o) })
	}
	if !errors.Is(err, batch.ErrUnencodable) {
		return err
	}
	kind, _ := KindOf(rec)
	if _, err := c.Next(exchange.Hold); err == nil || c.State == exchange.Held {
		if err := c.PutOnHold(code.HoldOfficersDecision, code.Say("unencodable", kind.Name, party)); err != nil {
			return err
		}
	}
	return c.RecordDifference("file", party, caseNo, code.Say("record", kind.Name, kind.RecordNo(rec)), code.Say("not-sent"), code.Say("character-lacks"))
}

// LedgerHead begins a ledger entry about the case on the business date.
func (c *Case) LedgerHead(memo string) ledger.Head {
	return ledger.Head{Date: int(c.Date), CaseNo: c.No, Partner: c.Partner, Memo: memo}
}
