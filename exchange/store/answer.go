package store

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
)

// FilesToAnswer returns the files that came in and have verdicts to tell: no
// receipt yet, or held records that were decided since. Receipts, the
// bank's messages and sheets and what officers leave are never answered with one.
func (tx *Tx) FilesToAnswer() ([]exchange.File, error) {
	return fileRows.many(tx, "files to answer",
		`WHERE id IN (SELECT id FROM files WHERE dir = 'in' AND receipt IS NULL AND state IN ('worked', 'rejected') AND kind NOT IN ('receipt', 'bank-statement', 'answer') AND carrier <> 'xml' AND party NOT LIKE 'officer:%'
		UNION SELECT file_id FROM judgements JOIN files ON files.id = file_id
			WHERE told = 0 AND dir = 'in' AND receipt IS NOT NULL AND state = 'worked' AND kind <> 'receipt')
		ORDER BY id`)
}

// OpenGaps are the kinds of which a sender has an open gap: a sequence below the
// highest that never came.
func (tx *Tx) OpenGaps(party string) ([]string, error) {
	return many(tx, "gaps of "+party, func(r row, kind *string) error { return r.Scan(kind) },
		`SELECT kind FROM files WHERE dir = 'in' AND party = $1 AND sequence > 0
		GROUP BY kind HAVING max(sequence) > count(DISTINCT sequence) ORDER BY kind`, party)
}

// OutgoingByRecord returns the records of a batch that carry a record_no.
func (tx *Tx) OutgoingByRecord(fileID int64, recordNo string) ([]exchange.Outgoing, error) {
	all, err := outgoingByRecord.of(tx, "outgoing record "+recordNo, recordNo)
	return only(all, func(o *exchange.Outgoing) bool { return o.FileID == fileID }), err
}

const sentCertificate = "WHERE record_no = $1 AND file_id IS NOT NULL AND kind = 'certificate' ORDER BY file_id"

// CertificateSent is the record by which a certificate was sent, or waits for
// review: [ErrNotFound] while it is in no batch.
func (tx *Tx) CertificateSent(no string) (exchange.Outgoing, error) {
	return outgoingRows.one(tx, "sent certificate "+no, sentCertificate, no)
}

// BeginStatement notes that a month's statements are made for a partner; first
// is false when they were made before.
func (tx *Tx) BeginStatement(partner string, month calendar.Month) (first bool, err error) {
	n, err := tx.exec("INSERT INTO statements (partner, month) VALUES ($1, $2) ON CONFLICT (partner, month) DO NOTHING", partner, month.String())
	return n == 1, err
}

// LastStatements are the latest months for which statements were made, by
// partner.
func (tx *Tx) LastStatements() (map[string]calendar.Month, error) {
	last := map[string]calendar.Month{}
	err := tx.each(func(r row) error {
		var partner string
		var month calendar.Month
		err := r.Scan(&partner, &month)
		last[partner] = month
		return err
	}, "SELECT partner, max(month) FROM statements GROUP BY partner")
	return last, err
}

// NettedForms returns what the NETTED form versions issued in a month add up
// to, each with what it added to the version before: our netting statement.
// The direction is that of the money as we see it.
func (tx *Tx) NettedForms(partner string, month calendar.Month) ([]exchange.NettingLine, error) {
	return many(tx, "netted forms", func(r row, l *exchange.NettingLine) error {
		l.Month, l.Partner = month, partner
		return scanSum(r, &l.Amount, &l.Direction, &l.LetterNo, &l.FormNo)
	}, "SELECT f.side, f.letter_no, f.form_no, "+sumOf("f.amount - COALESCE(old.amount, 0)")+` FROM forms f JOIN cases c ON c.case_no = f.case_no
		LEFT JOIN forms old ON old.form_no = f.form_no AND old.version = f.version - 1 AND old.money = 'NETTED'
		WHERE f.money = 'NETTED' AND c.state <> 'void' AND c.partner = $1 AND f.issued_on >= $2 AND f.issued_on <= $3
		GROUP BY f.side, f.letter_no, f.form_no ORDER BY f.form_no`, partner, month.First().String(), month.Last().String())
}
