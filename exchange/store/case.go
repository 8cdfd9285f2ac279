package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/store/casefilter"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/sqltext"
)

var (
	caseRows = keep("cases", func(c *exchange.Case) []field {
		return []field{
			at("case_no", &c.No), at("side", (*string)(&c.Side)), at("partner", &c.Partner),
			at("state", (*string)(&c.State)), at("form_track", (*string)(&c.FormTrack)), at("money_track", (*string)(&c.MoneyTrack)),
			at("held_from", (*string)(&c.HeldFrom)), at("hold", (*string)(&c.Hold)), at("wish", (*string)(&c.Wish)),
			at("id_key", &c.Person.IDKey), at("personal_no", &c.PersonalNo), at("application_no", &c.ApplicationNo), at("application_sender", &c.ApplicationSender),
			at("letter_no", &c.LetterNo), at("opened_on", &c.OpenedOn), at("closed_on", &c.ClosedOn), at("due", &c.Due), at("turn_due", &c.TurnDue), at("rev", &c.Rev),
		}
	}, func(c *exchange.Case) []field {
		return []field{
			at("profile", &c.Profile), at("hold_text,omitzero", &c.HoldText), at("held_on,omitempty", &c.HeldOn), at("stopped,omitempty", &c.Stopped),
			at("person", &c.Person), at("name_key", &c.Person.NameKey), at("household,omitempty", &c.Household),
			at("scheme_from,omitempty", &c.SchemeFrom), at("scheme_to,omitempty", &c.SchemeTo), at("application_version,omitempty", &c.ApplicationVersion),
			at("letter_version,omitempty", &c.LetterVersion), at("certificate_no,omitempty", &c.CertificateNo), at("decline,omitempty", &c.Decline),
			at("accepted_on,omitempty", &c.AcceptedOn), at("letter_on,omitempty", &c.LetterOn), at("form_on,omitempty", &c.FormOn), at("money_on,omitempty", &c.MoneyOn),
			at("answered_on,omitempty", &c.AnsweredOn), at("state_since,omitempty", &c.StateSince), at("form_since,omitempty", &c.FormSince),
			at("money_since,omitempty", &c.MoneySince), at("due_provisional,omitempty", &c.DueProvisional),
		}
	})
	updateCase = caseUpdate(caseRows.names, "")
	// moveCase leaves alone what most changes leave alone, and its indexes.
	moveCase = caseUpdate("state, form_track, money_track, held_from, hold, wish, closed_on, due, turn_due, rev, doc",
		"side, partner, id_key, personal_no, application_no, application_sender, letter_no, opened_on")
)

// caseUpdate changes some columns of cases, many in one statement: PostgreSQL reads
// the check of the allowed triples anew for each statement, which takes longer than
// all the rest. Values come as texts, in the order of the columns, then what the row
// was read with: revision, state and tracks. Other columns must be the same.
func caseUpdate(columns, same string) pending.Insert {
	place := map[string]string{}
	for i, c := range strings.Split(caseRows.names, ", ") {
		place[c] = fmt.Sprint("column", i+1)
	}
	place["rev"] = "CAST(" + place["rev"] + " AS BIGINT)"
	n := len(place)
	text := "UPDATE cases SET " + sqltext.Assign(columns, func(c string, _ int) string { return place[c] }) + " FROM (VALUES "
	where := fmt.Sprintf(") AS moved WHERE case_no = column1 AND rev = CAST(column%d AS BIGINT) AND state = column%d AND form_track = column%d AND money_track = column%d", n+1, n+2, n+3, n+4)
	if same != "" {
		for _, c := range strings.Split(same, ", ") {
			where += " AND " + c + " = " + place[c]
		}
	}
	return pending.Insert{Into: text, Behind: where, Rows: true, Tables: caseRows.row.Tables}
}

var (
	caseByNo     = byKey(caseRows, "case_no", byCaseNo, func(c *exchange.Case) any { return c.No }).forWork()
	caseByLetter = byKey(caseRows, "letter_no <> '' AND letter_no", byCaseNo, func(c *exchange.Case) any { return c.LetterNo }).forWork()

	caseByApplication = byKey(caseRows, "application_no <> '' AND application_no", byCaseNo,
		func(c *exchange.Case) any { return c.ApplicationNo }).forWork()
	casesByPerson = byKey(caseRows, "id_key", byCaseNo, func(c *exchange.Case) any { return c.Person.IDKey })
)

func byCaseNo(a, b *exchange.Case) int { return strings.Compare(a.No, b.No) }

// movedCase is a change of a case that waits.
type movedCase struct{ before, after *exchange.Case } // before is nil: it is new

// InsertCase stores a new case.
func (tx *Tx) InsertCase(c *exchange.Case) error {
	caseRows.wrote(tx, nil, c)
	tx.remember(c.No, head{}) // nothing can have been journaled about it yet
	return tx.moveCase(nil, c)
}

// UpdateCase changes a case in one conditional update: the row must still
// have before's revision, state and tracks, else ErrStale. The revision is
// raised by one in the store and in after.
func (tx *Tx) UpdateCase(before exchange.Case, after *exchange.Case) error {
	caseRows.wrote(tx, &before, after)
	after.Rev = before.Rev + 1
	return tx.moveCase(&before, after)
}

func (tx *Tx) moveCase(before, after *exchange.Case) error {
	next := *after
	next.Stopped = slices.Clone(after.Stopped)
	if stirs(before, after) {
		err := tx.later(pending.Write{What: "rivals of " + next.No, Insert: stirRivals, Args: []any{next.Person.IDKey, next.No}, Many: true})
		if err != nil {
			return err
		}
	}
	return tx.wait(unsent{Write: pending.Write{What: "case " + next.No, Insert: caseRows.row, None: ErrStale}, moved: &movedCase{before, &next}})
}

// stirs reports whether a change of a case matters to others of the same person: what
// exchange.JudgeLetter looks at of rivals.
func stirs(before, after *exchange.Case) bool {
	return after.Side == exchange.Out && (before == nil || before.Effective() != after.Effective() || before.FormTrack != after.FormTrack ||
		before.MoneyTrack != after.MoneyTrack || before.Partner != after.Partner)
}

// casesOnce writes each case once, as it is at last, and new ones first: rows that
// refer to a case come behind it, where SQLite need not look for them.
func casesOnce(writes []unsent) []*unsent {
	moves := map[string]*movedCase{}
	var fresh []*unsent
	others := make([]*unsent, 0, len(writes))
	for i := range writes {
		w := &writes[i]
		m := w.moved
		switch {
		case m == nil:
			others = append(others, w)
			continue
		case m.before == nil:
			fresh = append(fresh, w)
		case moves[m.after.No].leadsTo(m.before):
			moves[m.after.No].after = m.after
			continue
		default:
			others = append(others, w)
		}
		moves[m.after.No] = m
	}
	return append(fresh, others...)
}

// leadsTo reports whether a change leaves a case as another one expects it.
func (m *movedCase) leadsTo(c *exchange.Case) bool {
	return m != nil && m.after.Rev == c.Rev && m.after.State == c.State && m.after.FormTrack == c.FormTrack && m.after.MoneyTrack == c.MoneyTrack
}

// write is the change as it is sent.
func (m *movedCase) write(w *unsent) error {
	if m.before == nil {
		w.Args = caseRows.args(m.after)
	} else {
		w.Insert = updateCase
		if sameKeys(m.before, m.after) {
			w.Insert = moveCase
		}
		w.Args = caseRows.args(m.after, m.before.Rev, string(m.before.State), string(m.before.FormTrack), string(m.before.MoneyTrack))
	}
	err := w.Fix()
	for i, a := range w.Args {
		if n, ok := a.(int64); ok && m.before != nil {
			w.Args[i] = strconv.FormatInt(n, 10)
		}
	}
	return err
}

// sameKeys reports whether moveCase can make the change.
func sameKeys(a, b *exchange.Case) bool {
	return a.Side == b.Side && a.Partner == b.Partner && a.Person.IDKey == b.Person.IDKey && a.PersonalNo == b.PersonalNo &&
		a.ApplicationNo == b.ApplicationNo && a.ApplicationSender == b.ApplicationSender && a.LetterNo == b.LetterNo && a.OpenedOn == b.OpenedOn
}

// Case returns a case by its number. In a transaction that writes, others that
// read it one by one wait until this one has ended.
func (tx *Tx) Case(no string) (exchange.Case, error) {
	cases, err := caseByNo.of(tx, "case "+no, no)
	return firstOf("case "+no, cases, err)
}

// CaseByLetter returns our case of a letter: on one side there is at most one.
func (tx *Tx) CaseByLetter(side exchange.Side, letterNo string) (exchange.Case, error) {
	cases, err := caseByLetter.of(tx, "case of letter "+letterNo, letterNo)
	return firstOf("case of letter "+letterNo, only(cases, func(c *exchange.Case) bool { return c.Side == side }), err)
}

// CaseByApplication returns the transfer-in case that a sender's application opened.
func (tx *Tx) CaseByApplication(sender, applicationNo string) (exchange.Case, error) {
	cases, err := tx.CasesByApplication(applicationNo)
	return firstOf("case of application "+applicationNo, only(cases, func(c *exchange.Case) bool { return c.ApplicationSender == sender }), err)
}

// CasesByApplication returns the transfer-in cases that applications of a
// number opened, whoever sent them, by case number.
func (tx *Tx) CasesByApplication(applicationNo string) ([]exchange.Case, error) {
	return caseByApplication.of(tx, "cases of application "+applicationNo, applicationNo)
}

// CasesByPerson returns all cases of a person on both sides, by case number.
func (tx *Tx) CasesByPerson(idKey string) ([]exchange.Case, error) {
	return casesByPerson.of(tx, "cases of a person", idKey)
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

// OpenByPartner counts, by partner, the cases with a letter that are open, or of which money or forms are under way.
func (tx *Tx) OpenByPartner() (map[string]int, error) {
	open := map[string]int{}
	return open, tx.each(func(r row) error {
		var partner string
		var n int
		err := r.Scan(&partner, &n)
		open[partner] = n
		return err
	}, "SELECT partner, COUNT(*) FROM cases WHERE letter_no <> '' AND ("+casefilter.Open+" OR turn_due <> '') GROUP BY partner")
}
