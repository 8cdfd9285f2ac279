package store

import (
	"carryover/exchange/calendar"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/sqltext"
)

// Swept is how far passes have come with what waits.
type Swept struct {
	Date     calendar.Date // limits that ended before it were looked at; none: no limits were
	Settings string        // digest of the settings by which all cases were looked at
	AbsentOn calendar.Date // on which people who are not in the registry were looked for; none: not since a whole registry came
}

// onceAgain locks a case that is listed already, so that who looks at it meanwhile sees
// what made it due, or lists it once more.
const onceAgain = " ON CONFLICT (case_no) DO UPDATE SET case_no = excluded.case_no"

// intoAgain inserts the cases that rows of values lead to, each once.
func intoAgain(order int, columns, from string) pending.Insert {
	return pending.Insert{
		Into: "INSERT INTO again (case_no) SELECT DISTINCT " + columns + " FROM (VALUES ", Behind: ") AS of " + from + onceAgain,
		Rows: true, Tables: pending.Table("again"), Order: order,
	}
}

var (
	lookAt = intoAgain(0, "column1", "WHERE true")
	// stirPeople: before all else, for the registry is about to say something else of a personal
	// number. The ID number that it had there loses its person.
	stirPeople = intoAgain(-1, "cases.case_no",
		"JOIN cases ON cases.id_key IN (column1, (SELECT id_key FROM registry WHERE personal_no = column2)) WHERE cases.state = 'held'")
	// stirRivals: the other cases of a person, behind all else: once a case of theirs has moved.
	stirRivals = intoAgain(1, "cases.case_no", "JOIN cases ON cases.id_key = column1 AND cases.case_no <> column2 WHERE cases.state = 'held'")
)

// LookAt lets a case be looked at again.
func (tx *Tx) LookAt(no string) error {
	return tx.later(pending.Write{What: "case " + no, Insert: lookAt, Args: []any{no}, Many: true})
}

// LookAgain lets the cases of a filter be looked at again.
func (tx *Tx) LookAgain(f CaseFilter) error {
	text, args := f.Query()
	return tx.any("cases to be looked at again", "INSERT INTO again (case_no) SELECT case_no FROM cases "+text+onceAgain, args...)
}

const casesAgain = "SELECT case_no FROM again WHERE case_no > $1 ORDER BY case_no"

// CasesAgain are the numbers of cases that are to be looked at again: those behind a
// number, at most limit.
func (tx *Tx) CasesAgain(after string, limit int) ([]string, error) {
	return many(tx, "cases to be looked at again", func(r row, no *string) error { return r.Scan(no) },
		casesAgain+sqltext.AtMost(limit), after)
}

// Looked takes cases out of those that are to be looked at again. Call it before they
// are read: what makes one due from then on waits for this transaction, and lists it
// once more.
func (tx *Tx) Looked(nos []string) error {
	for _, no := range nos {
		if err := tx.any("case "+no, "DELETE FROM again WHERE case_no = $1", no); err != nil {
			return err
		}
	}
	return tx.send()
}

// Waits is what waits for a pass beside new files.
type Waits struct {
	Any    bool // records, cases or credits are to be tried again, or days of the bank proved
	Absent bool // a proposal about somebody who is not in the registry has lost its reason
	Swept  Swept
}

const waits = "SELECT EXISTS (SELECT 1 FROM judgements WHERE verdict = 'held') OR EXISTS (SELECT 1 FROM again)" +
	" OR EXISTS (SELECT 1 FROM entry_marks WHERE again = 1) OR EXISTS (SELECT 1 FROM bank_days WHERE state = 'differs')," +
	" EXISTS (SELECT 1 FROM differences JOIN cases ON cases.case_no = differences.case_no WHERE differences.closed = 0 AND differences.kind = 'proposal'" +
	" AND differences.case_no <> '' AND NOT (cases.state = 'held' AND cases.hold = 'awaiting-registry'))," +
	" COALESCE(max(on_date), ''), COALESCE(max(settings), ''), COALESCE(max(absent_on), '') FROM swept"

// Waits is what waits, found by one statement over indexes.
func (tx *Tx) Waits() (Waits, error) {
	return one(tx, "what waits", func(r row, w *Waits) error {
		return r.Scan(&w.Any, &w.Absent, &w.Swept.Date, &w.Swept.Settings, &w.Swept.AbsentOn)
	}, waits)
}

const pays = "SELECT EXISTS (SELECT 1 FROM remittances WHERE side = 'out' AND track = 'due') OR EXISTS (SELECT 1 FROM refunds WHERE track = 'due')" +
	" OR EXISTS (SELECT 1 FROM payments WHERE track = 'ordered' AND file_id IS NULL) OR EXISTS (SELECT 1 FROM files WHERE state = 'prepared')"

// Pays reports whether money is due, is ordered and in no payment file, or waits in one
// for its release; by one statement over indexes.
func (tx *Tx) Pays() (bool, error) {
	return one(tx, "what is to be paid", func(r row, b *bool) error { return r.Scan(b) }, pays)
}

// PutSwept records how far passes have come.
func (tx *Tx) PutSwept(s Swept) error {
	return tx.run("swept", "INSERT INTO swept (one, on_date, settings, absent_on) VALUES (1, $1, $2, $3)"+
		" ON CONFLICT (one) DO UPDATE SET on_date = excluded.on_date, settings = excluded.settings, absent_on = excluded.absent_on",
		s.Date.String(), s.Settings, s.AbsentOn.String())
}
