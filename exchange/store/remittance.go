package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/money"
)

const remittanceColumns = "case_no, part, side, letter_no, form_no, amount, received, track, pay_to, attempts, ref, since, doc"

var (
	insertRemittance = insertInto("remittances", remittanceColumns)
	updateRemittance = "UPDATE remittances SET " + setAll(remittanceColumns) +
		" WHERE case_no = $1 AND part = $2 AND track = $14 AND attempts = $15 AND received = $16"
	selectRemittance = "SELECT " + remittanceColumns + " FROM remittances "
)

// remittanceDoc is what of a remittance is only read together with it.
type remittanceDoc struct {
	Payee   exchange.Account `json:"payee"`
	PayeeID string           `json:"payee_id,omitempty"`
	Reason  string           `json:"reason,omitempty"`
}

func remittanceArgs(m *exchange.Remittance) ([]any, error) {
	doc, err := json.Marshal(&remittanceDoc{Payee: m.Payee, PayeeID: m.PayeeID, Reason: m.Reason})
	if err != nil {
		return nil, err
	}
	return []any{
		m.CaseNo, int64(m.Part), string(m.Side), m.LetterNo, m.FormNo, int64(m.Amount), int64(m.Received), string(m.Track), m.To,
		int64(m.Attempts), m.Ref, m.Since.String(), string(doc),
	}, nil
}

func scanRemittance(r row, m *exchange.Remittance) error {
	var doc []byte
	if err := r.Scan(
		&m.CaseNo, &m.Part, (*string)(&m.Side), &m.LetterNo, &m.FormNo, (*int64)(&m.Amount), (*int64)(&m.Received), (*string)(&m.Track), &m.To,
		&m.Attempts, &m.Ref, &m.Since, &doc,
	); err != nil {
		return err
	}
	var d remittanceDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return err
	}
	m.Payee, m.PayeeID, m.Reason = d.Payee, d.PayeeID, d.Reason
	return nil
}

func remittanceName(caseNo string, part int) string {
	return fmt.Sprintf("remittance %s part %d", caseNo, part)
}

// InsertRemittance stores a part of the money of a case.
func (tx *Tx) InsertRemittance(m exchange.Remittance) error {
	args, err := remittanceArgs(&m)
	if err != nil {
		return fmt.Errorf("%s: %w", remittanceName(m.CaseNo, m.Part), err)
	}
	return tx.run(remittanceName(m.CaseNo, m.Part), insertRemittance, args...)
}

// Remittance returns a part of the money of a case.
func (tx *Tx) Remittance(caseNo string, part int) (exchange.Remittance, error) {
	return one(tx, remittanceName(caseNo, part), scanRemittance, selectRemittance+"WHERE case_no = $1 AND part = $2", caseNo, int64(part))
}

// RemittancesByCase returns all parts of a case, part 1 first.
func (tx *Tx) RemittancesByCase(caseNo string) ([]exchange.Remittance, error) {
	return many(tx, "remittances of case "+caseNo, scanRemittance, selectRemittance+"WHERE case_no = $1 ORDER BY part", caseNo)
}

// ExpectedParts returns parts of exactly an amount for which no money has come
// yet, at most limit, by case number and part.
func (tx *Tx) ExpectedParts(amount money.Fen, limit int) ([]exchange.Remittance, error) {
	return many(tx, "expected parts", scanRemittance,
		selectRemittance+"WHERE track = 'none' AND amount = $1 ORDER BY case_no, part"+atMost(limit), int64(amount))
}

// UpdateRemittance changes a part that still has before's track, attempts
// and received sum, else ErrStale.
func (tx *Tx) UpdateRemittance(before, after exchange.Remittance) error {
	args, err := remittanceArgs(&after)
	if err != nil {
		return fmt.Errorf("%s: %w", remittanceName(after.CaseNo, after.Part), err)
	}
	return tx.change(remittanceName(after.CaseNo, after.Part), updateRemittance,
		append(args, string(before.Track), int64(before.Attempts), int64(before.Received))...)
}

// EachRemittance calls fn for every part on a track, by case number and
// part, page by page, so that fn may use the transaction.
func (tx *Tx) EachRemittance(side exchange.Side, track exchange.MoneyTrack, fn func(exchange.Remittance) error) error {
	return pages(func(last *exchange.Remittance) ([]exchange.Remittance, error) {
		if last == nil {
			last = &exchange.Remittance{}
		}
		return tx.RemittancesAfter(side, track, *last, pageSize)
	}, fn)
}

// RemittancesAfter returns at most limit parts on a track, those behind last
// by case number and part; the zero Remittance is before the first.
func (tx *Tx) RemittancesAfter(side exchange.Side, track exchange.MoneyTrack, last exchange.Remittance, limit int) ([]exchange.Remittance, error) {
	return many(tx, "remittances", scanRemittance, selectRemittance+
		"WHERE side = $1 AND "+is("track", track)+" AND (case_no, part) > ($2, $3) ORDER BY case_no, part"+atMost(limit),
		string(side), last.CaseNo, int64(last.Part))
}
