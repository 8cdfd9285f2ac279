package store

import (
	"cmp"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store/sqltext"
)

const nettingColumns = "month, partner, source, direction, letter_no, form_no, amount"

var (
	putNetting = sqltext.InsertInto("netting_lines", nettingColumns) +
		" ON CONFLICT (month, partner, source, direction, letter_no, form_no) DO UPDATE SET amount = excluded.amount"
	selectNetting  = "SELECT " + nettingColumns + " FROM netting_lines "
	differenceRows = keep("differences", func(d *exchange.Difference) []field {
		return []field{
			at("id", &d.ID), at("kind", &d.Kind), at("partner", &d.Partner), at("case_no", &d.CaseNo), at("subject", &d.Subject),
			at("ours", &d.Ours), at("theirs", &d.Theirs), at("found_on", &d.FoundOn), at("closed", &d.Closed),
		}
	}, nil)
	// openDifference keeps the day on which the difference was first found.
	openDifference = differenceRows.insert +
		" ON CONFLICT (kind, subject, partner) WHERE closed = 0 DO UPDATE SET ours = excluded.ours, theirs = excluded.theirs, case_no = excluded.case_no"
)

// PutNettingLine stores a line of a monthly netting statement; the same line
// again replaces its amount.
func (tx *Tx) PutNettingLine(n exchange.NettingLine) error {
	return tx.run("netting line of "+n.LetterNo, putNetting, n.Month.String(), n.Partner, n.Source, n.Direction, n.LetterNo, n.FormNo, int64(n.Amount))
}

// NettingLines returns the lines of a month's statement; source is ours, theirs or tied.
func (tx *Tx) NettingLines(month calendar.Month, partner, source string) ([]exchange.NettingLine, error) {
	return many(tx, "netting lines of "+month.String(), func(r row, n *exchange.NettingLine) error {
		return r.Scan(&n.Month, &n.Partner, &n.Source, &n.Direction, &n.LetterNo, &n.FormNo, (*int64)(&n.Amount))
	}, selectNetting+"WHERE month = $1 AND partner = $2 AND source = $3 ORDER BY direction, letter_no, form_no", month.String(), partner, source)
}

// LastNetting is the latest month of which a partner's netting has lines of a
// source; none: 0.
func (tx *Tx) LastNetting(partner, source string) (calendar.Month, error) {
	months, err := many(tx, "netting months", func(r row, m *calendar.Month) error { return r.Scan(m) },
		"SELECT month FROM netting_lines WHERE partner = $1 AND source = $2 ORDER BY month DESC LIMIT 1", partner, source)
	if err != nil || len(months) == 0 {
		return 0, err
	}
	return months[0], nil
}

// OpenDifference records that the two sides do not agree about a subject.
// While it is open, the same kind, subject and partner is the same
// difference: only what each side says is taken over.
func (tx *Tx) OpenDifference(d exchange.Difference) error {
	return tx.run("difference about "+d.Subject.String(), openDifference, differenceRows.args(&d)...)
}

// CloseDifference ends an open difference, else ErrStale.
func (tx *Tx) CloseDifference(id int64) error {
	return tx.change(fmt.Sprintf("difference %d", id), "UPDATE differences SET closed = 1 WHERE id = $1 AND closed = 0", id)
}

// Difference reads a difference, open or closed.
func (tx *Tx) Difference(id int64) (exchange.Difference, error) {
	return differenceRows.one(tx, fmt.Sprintf("difference %d", id), "WHERE id = $1", id)
}

var openAbout = inScope(differenceRows, "kind = $1 AND closed = 0 AND subject", 1, func(a, b *exchange.Difference) int { return cmp.Compare(a.ID, b.ID) },
	func(d *exchange.Difference) asked { return asked{d.Kind, d.Subject.String()} })

// DifferencesAbout returns the open differences of a kind about a subject,
// with whatever partner.
func (tx *Tx) DifferencesAbout(kind string, subject code.Phrase) ([]exchange.Difference, error) {
	return openAbout.of(tx, "differences about "+subject.String(), subject.String(), kind)
}

// Differences returns the differences, oldest first.
func (tx *Tx) Differences(openOnly bool) ([]exchange.Difference, error) {
	if openOnly {
		return differenceRows.many(tx, "differences", "WHERE closed = 0 ORDER BY id")
	}
	return differenceRows.many(tx, "differences", "ORDER BY id")
}

// CloseDifferenceWith closes the open difference of a kind with a partner about a
// subject, if there is one.
func (tx *Tx) CloseDifferenceWith(kind, partner string, subject code.Phrase) error {
	return tx.any("difference about "+subject.String(),
		"UPDATE differences SET closed = 1 WHERE kind = $1 AND subject = $2 AND closed = 0 AND partner = $3", kind, subject.String(), partner)
}

// CloseDifferencesAbout closes the open differences of a kind about a subject.
func (tx *Tx) CloseDifferencesAbout(kind string, subject code.Phrase) error {
	return tx.any("differences about "+subject.String(),
		"UPDATE differences SET closed = 1 WHERE kind = $1 AND subject = $2 AND closed = 0", kind, subject.String())
}
