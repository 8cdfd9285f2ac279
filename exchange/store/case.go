package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

const caseColumns = "case_no, side, partner, state, form_track, money_track, held_from, hold, wish, id_key, personal_no, application_no, application_sender, letter_no, opened_on, closed_on, due, rev, doc"

var (
	insertCase = insertInto("cases", caseColumns)
	updateCase = "UPDATE cases SET " + setAll(caseColumns) + caseAsRead
	// moveCase leaves alone what most changes leave alone, and its indexes.
	moveCase = "UPDATE cases SET state = $4, form_track = $5, money_track = $6, held_from = $7, hold = $8, wish = $9, closed_on = $16, due = $17, rev = $18, doc = $19" + caseAsRead +
		" AND side = $2 AND partner = $3 AND id_key = $10 AND personal_no = $11 AND application_no = $12 AND application_sender = $13 AND letter_no = $14 AND opened_on = $15"
	selectCase = "SELECT " + caseColumns + " FROM cases "
)

const caseAsRead = " WHERE case_no = $1 AND rev = $20 AND state = $21 AND form_track = $22 AND money_track = $23"

// caseDoc is what of a case is only read together with it.
type caseDoc struct {
	Profile            string          `json:"profile"`
	HoldText           string          `json:"hold_text,omitempty"`
	HeldOn             calendar.Date   `json:"held_on,omitempty"`
	Stopped            []spanDoc       `json:"stopped,omitempty"`
	Person             exchange.Person `json:"person"`
	NameKey            string          `json:"name_key"`
	Household          string          `json:"household,omitempty"`
	SchemeFrom         string          `json:"scheme_from,omitempty"`
	SchemeTo           string          `json:"scheme_to,omitempty"`
	ApplicationVersion int             `json:"application_version,omitempty"`
	LetterVersion      int             `json:"letter_version,omitempty"`
	CertificateNo      string          `json:"certificate_no,omitempty"`
	Decline            code.Decline    `json:"decline,omitempty"`
	AcceptedOn         calendar.Date   `json:"accepted_on,omitempty"`
	LetterOn           calendar.Date   `json:"letter_on,omitempty"`
	FormOn             calendar.Date   `json:"form_on,omitempty"`
	MoneyOn            calendar.Date   `json:"money_on,omitempty"`
	AnsweredOn         calendar.Date   `json:"answered_on,omitempty"`
	StateSince         calendar.Date   `json:"state_since,omitempty"`
	FormSince          calendar.Date   `json:"form_since,omitempty"`
	MoneySince         calendar.Date   `json:"money_since,omitempty"`
	DueProvisional     bool            `json:"due_provisional,omitempty"`
	DueBasis           string          `json:"due_basis,omitempty"`
}

type spanDoc struct {
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to,omitempty"`
}

func caseArgs(c *exchange.Case, rev int64) ([]any, error) {
	d := caseDoc{
		Profile: c.Profile, HoldText: c.HoldText, HeldOn: c.HeldOn, Person: c.Person, NameKey: c.Person.NameKey,
		Household: c.Household, SchemeFrom: c.SchemeFrom, SchemeTo: c.SchemeTo,
		ApplicationVersion: c.ApplicationVersion, LetterVersion: c.LetterVersion, CertificateNo: c.CertificateNo,
		Decline: c.Decline, AcceptedOn: c.AcceptedOn, LetterOn: c.LetterOn, FormOn: c.FormOn, MoneyOn: c.MoneyOn, AnsweredOn: c.AnsweredOn,
		StateSince: c.StateSince, FormSince: c.FormSince, MoneySince: c.MoneySince,
		DueProvisional: c.DueProvisional, DueBasis: c.DueBasis,
	}
	for _, s := range c.Stopped {
		d.Stopped = append(d.Stopped, spanDoc(s))
	}
	doc, err := json.Marshal(&d)
	if err != nil {
		return nil, err
	}
	return []any{
		c.No, string(c.Side), c.Partner, string(c.State), string(c.FormTrack), string(c.MoneyTrack), string(c.HeldFrom), string(c.Hold), string(c.Wish),
		c.Person.IDKey, c.PersonalNo, c.ApplicationNo, c.ApplicationSender, c.LetterNo, c.OpenedOn.String(), c.ClosedOn.String(), c.Due.String(), rev, string(doc),
	}, nil
}

func scanCase(r row, c *exchange.Case) error {
	var doc []byte
	if err := r.Scan(
		&c.No, (*string)(&c.Side), &c.Partner, (*string)(&c.State), (*string)(&c.FormTrack), (*string)(&c.MoneyTrack), (*string)(&c.HeldFrom), (*string)(&c.Hold), (*string)(&c.Wish),
		&c.Person.IDKey, &c.PersonalNo, &c.ApplicationNo, &c.ApplicationSender, &c.LetterNo, &c.OpenedOn, &c.ClosedOn, &c.Due, &c.Rev, &doc,
	); err != nil {
		return err
	}
	var d caseDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("case %s: %w", c.No, err)
	}
	key := c.Person.IDKey
	c.Person = d.Person
	c.Person.IDKey, c.Person.NameKey = key, d.NameKey
	c.Profile, c.HoldText, c.HeldOn, c.Household = d.Profile, d.HoldText, d.HeldOn, d.Household
	c.SchemeFrom, c.SchemeTo = d.SchemeFrom, d.SchemeTo
	c.ApplicationVersion, c.LetterVersion, c.CertificateNo, c.Decline = d.ApplicationVersion, d.LetterVersion, d.CertificateNo, d.Decline
	c.AcceptedOn, c.LetterOn, c.FormOn, c.MoneyOn, c.AnsweredOn = d.AcceptedOn, d.LetterOn, d.FormOn, d.MoneyOn, d.AnsweredOn
	c.StateSince, c.FormSince, c.MoneySince = d.StateSince, d.FormSince, d.MoneySince
	c.DueProvisional, c.DueBasis = d.DueProvisional, d.DueBasis
	for _, s := range d.Stopped {
		c.Stopped = append(c.Stopped, exchange.Span(s))
	}
	return nil
}

// InsertCase stores a new case.
func (tx *Tx) InsertCase(c *exchange.Case) error {
	args, err := caseArgs(c, c.Rev)
	if err != nil {
		return fmt.Errorf("case %s: %w", c.No, err)
	}
	tx.ahead.caseChanged(c)
	if err := tx.run("case "+c.No, insertCase, args...); err != nil {
		return err
	}
	tx.remember(c.No, head{}) // nothing can have been journaled about it yet
	return nil
}

// UpdateCase changes a case in one conditional update: the row must still
// have before's revision, state and tracks, else ErrStale. The revision is
// raised by one in the store and in after.
func (tx *Tx) UpdateCase(before exchange.Case, after *exchange.Case) error {
	args, err := caseArgs(after, before.Rev+1)
	if err != nil {
		return fmt.Errorf("case %s: %w", after.No, err)
	}
	args = append(args, before.Rev, string(before.State), string(before.FormTrack), string(before.MoneyTrack))
	text := updateCase
	if sameKeys(&before, after) {
		text = moveCase
	}
	tx.ahead.caseChanged(&before)
	tx.ahead.caseChanged(after)
	if err := tx.change("case "+after.No, text, args...); err != nil {
		return err
	}
	after.Rev = before.Rev + 1
	return nil
}

// sameKeys reports whether moveCase can make the change.
func sameKeys(a, b *exchange.Case) bool {
	return a.Side == b.Side && a.Partner == b.Partner && a.Person.IDKey == b.Person.IDKey && a.PersonalNo == b.PersonalNo &&
		a.ApplicationNo == b.ApplicationNo && a.ApplicationSender == b.ApplicationSender && a.LetterNo == b.LetterNo && a.OpenedOn == b.OpenedOn
}

// Case returns a case by its number.
func (tx *Tx) Case(no string) (exchange.Case, error) {
	return one(tx, "case "+no, scanCase, selectCase+"WHERE case_no = $1", no)
}

// CaseByLetter returns our case of a letter: on one side there is at most one.
func (tx *Tx) CaseByLetter(side exchange.Side, letterNo string) (exchange.Case, error) {
	if letterNo == "" {
		return exchange.Case{}, fmt.Errorf("case of no letter: %w", ErrNotFound)
	}
	if c, known, err := tx.ahead.caseByLetter(side, letterNo); known {
		return c, err
	}
	return one(tx, "case of letter "+letterNo, scanCase, selectCase+"WHERE letter_no = $1 AND letter_no <> '' AND side = $2", letterNo, string(side))
}

// CaseByApplication returns the transfer-in case that a sender's application opened.
func (tx *Tx) CaseByApplication(sender, applicationNo string) (exchange.Case, error) {
	if applicationNo == "" {
		return exchange.Case{}, fmt.Errorf("case of no application: %w", ErrNotFound)
	}
	return one(tx, "case of application "+applicationNo, scanCase,
		selectCase+"WHERE application_no = $1 AND application_no <> '' AND application_sender = $2", applicationNo, sender)
}

// CasesByApplication returns the transfer-in cases that applications of a
// number opened, whoever sent them, by case number.
func (tx *Tx) CasesByApplication(applicationNo string) ([]exchange.Case, error) {
	return many(tx, "cases of application "+applicationNo, scanCase,
		selectCase+"WHERE application_no = $1 AND application_no <> '' ORDER BY case_no", applicationNo)
}

// CasesByPerson returns all cases of a person on both sides, by case number.
func (tx *Tx) CasesByPerson(idKey string) ([]exchange.Case, error) {
	if cases, known := tx.ahead.persons[idKey]; known {
		return slices.Clone(cases), nil
	}
	return many(tx, "cases of a person", scanCase, selectCase+"WHERE id_key = $1 ORDER BY case_no", idKey)
}

// CountCases counts the cases by side and state.
func (tx *Tx) CountCases() (map[exchange.Side]map[exchange.State]int, error) {
	count := map[exchange.Side]map[exchange.State]int{exchange.In: {}, exchange.Out: {}}
	err := tx.each(func(r row) error {
		var side, state string
		var n int
		if err := r.Scan(&side, &state, &n); err != nil {
			return err
		}
		count[exchange.Side(side)][exchange.State(state)] = n
		return nil
	}, "SELECT side, state, count(*) FROM cases GROUP BY side, state")
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	return count, nil
}
