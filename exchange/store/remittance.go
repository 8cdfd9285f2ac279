package store

import (
	"cmp"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/money"
	"carryover/exchange/store/sqltext"
)

var (
	remittanceRows = keep("remittances", func(m *exchange.Remittance) []field {
		return []field{
			at("case_no", &m.CaseNo), at("part", &m.Part), at("side", (*string)(&m.Side)), at("letter_no", &m.LetterNo), at("form_no", &m.FormNo),
			at("amount", (*int64)(&m.Amount)), at("received", (*int64)(&m.Received)), at("track", (*string)(&m.Track)), at("pay_to", &m.To),
			at("attempts", &m.Attempts), at("ref", &m.Ref), at("since", &m.Since),
		}
	}, func(m *exchange.Remittance) []field {
		return []field{at("payee", &m.Payee), at("payee_id,omitempty", &m.PayeeID), at("reason,omitzero", &m.Reason), at("again,omitempty", &m.Again)}
	}).prove(proof[exchange.Remittance]{keys: 2, chain: func(m *exchange.Remittance) string { return m.CaseNo }, by: "case_no"})
	updateRemittance = remittanceRows.update("case_no = $1 AND part = $2 AND track = $14 AND attempts = $15 AND received = $16")
	partsByCase      = byKey(remittanceRows, "case_no", func(a, b *exchange.Remittance) int { return cmp.Compare(a.Part, b.Part) },
		func(m *exchange.Remittance) any { return m.CaseNo }).kept()
)

func remittanceName(caseNo string, part int) string {
	return fmt.Sprintf("remittance %s part %d", caseNo, part)
}

// InsertRemittance stores a part of the money of a case.
func (tx *Tx) InsertRemittance(m exchange.Remittance) error {
	return remittanceRows.add(tx, remittanceName(m.CaseNo, m.Part), &m)
}

// Remittance returns a part of the money of a case.
func (tx *Tx) Remittance(caseNo string, part int) (exchange.Remittance, error) {
	all, err := tx.RemittancesByCase(caseNo)
	return firstOf(remittanceName(caseNo, part), only(all, func(m *exchange.Remittance) bool { return m.Part == part }), err)
}

// RemittancesByCase returns all parts of a case, part 1 first.
func (tx *Tx) RemittancesByCase(caseNo string) ([]exchange.Remittance, error) {
	return partsByCase.of(tx, "remittances of case "+caseNo, caseNo)
}

// ExpectedParts returns parts of exactly an amount for which no money has come
// yet, at most limit, by case number and part.
func (tx *Tx) ExpectedParts(amount money.Fen, limit int) ([]exchange.Remittance, error) {
	return remittanceRows.many(tx, "expected parts",
		"WHERE track = 'none' AND amount = $1 ORDER BY case_no, part"+sqltext.AtMost(limit), int64(amount))
}

// UpdateRemittance changes a part that still has before's track, attempts
// and received sum, else ErrStale.
func (tx *Tx) UpdateRemittance(before, after exchange.Remittance) error {
	return remittanceRows.change(tx, remittanceName(after.CaseNo, after.Part), updateRemittance, &before, &after,
		string(before.Track), int64(before.Attempts), int64(before.Received))
}

// EachRemittance calls fn for every part on a track, by case number and
// part, page by page, so that fn may use the transaction.
func (tx *Tx) EachRemittance(side exchange.Side, track exchange.MoneyTrack, fn func(exchange.Remittance) error) error {
	return pages(func(last *exchange.Remittance) ([]exchange.Remittance, error) {
		return tx.RemittancesAfter(side, track, *last, pageSize)
	}, singly(fn))
}

// RemittancesAfter returns at most limit parts on a track, those behind last
// by case number and part; the zero Remittance is before the first.
func (tx *Tx) RemittancesAfter(side exchange.Side, track exchange.MoneyTrack, last exchange.Remittance, limit int) ([]exchange.Remittance, error) {
	return remittanceRows.many(tx, "remittances", "WHERE side = $1 AND "+sqltext.Is("track", track)+" AND (case_no, part) > ($2, $3) ORDER BY case_no, part"+sqltext.AtMost(limit),
		string(side), last.CaseNo, int64(last.Part))
}
