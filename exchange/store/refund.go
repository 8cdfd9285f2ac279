package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
)

const refundColumns = "letter_no, part, case_no, entry_key, partner, amount, track, attempts, ref, since, doc"

var (
	insertRefund = insertInto("refunds", refundColumns) + " RETURNING id"
	updateRefund = "UPDATE refunds SET track = $2, attempts = $3, ref = $4, since = $5, doc = $6 WHERE id = $1 AND track = $7 AND attempts = $8"
	selectRefund = "SELECT id, " + refundColumns + " FROM refunds "
)

// refundDoc is what of a refund is only read together with it.
type refundDoc struct {
	Payee   exchange.Account `json:"payee"`
	Reason  string           `json:"reason,omitempty"`
	Officer string           `json:"officer,omitempty"`
}

func refundText(r *exchange.Refund) (string, error) {
	doc, err := json.Marshal(&refundDoc{Payee: r.Payee, Reason: r.Reason, Officer: r.Officer})
	return string(doc), err
}

func scanRefund(row row, r *exchange.Refund) error {
	var doc []byte
	if err := row.Scan(&r.ID, &r.LetterNo, &r.Part, optional[string]{&r.CaseNo}, optional[string]{&r.EntryKey}, &r.Partner, (*int64)(&r.Amount),
		(*string)(&r.Track), &r.Attempts, &r.Ref, &r.Since, &doc); err != nil {
		return err
	}
	var d refundDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("refund %d: %w", r.ID, err)
	}
	r.Payee, r.Reason, r.Officer = d.Payee, d.Reason, d.Officer
	return nil
}

// InsertRefund stores a refund and gives it its ID.
func (tx *Tx) InsertRefund(r *exchange.Refund) error {
	doc, err := refundText(r)
	if err != nil {
		return fmt.Errorf("refund: %w", err)
	}
	r.ID, err = tx.number("refund", insertRefund, r.LetterNo, int64(r.Part), ref(r.CaseNo), ref(r.EntryKey), r.Partner, int64(r.Amount), string(r.Track),
		int64(r.Attempts), r.Ref, r.Since.String(), doc)
	return err
}

// UpdateRefund changes a refund that still has before's track and attempts,
// else ErrStale. What it pays back never changes.
func (tx *Tx) UpdateRefund(before, after exchange.Refund) error {
	doc, err := refundText(&after)
	if err != nil {
		return fmt.Errorf("refund %d: %w", after.ID, err)
	}
	return tx.change(fmt.Sprintf("refund %d", after.ID), updateRefund, after.ID, string(after.Track), int64(after.Attempts), after.Ref,
		after.Since.String(), doc, string(before.Track), int64(before.Attempts))
}

// RefundByRef returns the refund whose current attempt has an EndToEndId.
func (tx *Tx) RefundByRef(ref string) (exchange.Refund, error) {
	return one(tx, "refund "+ref, scanRefund, selectRefund+"WHERE ref = $1 AND ref <> ''", ref)
}

// RefundsByTrack returns the refunds on a track, oldest first.
func (tx *Tx) RefundsByTrack(track exchange.MoneyTrack) ([]exchange.Refund, error) {
	return many(tx, "refunds", scanRefund, selectRefund+"WHERE track = $1 ORDER BY id", string(track))
}

// RefundsByCase returns the refunds of a case's money, oldest first.
func (tx *Tx) RefundsByCase(caseNo string) ([]exchange.Refund, error) {
	return many(tx, "refunds of case "+caseNo, scanRefund, selectRefund+"WHERE case_no = $1 ORDER BY id", caseNo)
}

// RefundsByEntry returns the refunds of a bank entry without a case.
func (tx *Tx) RefundsByEntry(key string) ([]exchange.Refund, error) {
	return many(tx, "refunds of entry "+key, scanRefund, selectRefund+"WHERE entry_key = $1 AND case_no IS NULL ORDER BY id", key)
}

// RefundAttempts counts the payments that were made for refunds of a part, so
// that the next one has a number of its own.
func (tx *Tx) RefundAttempts(letterNo string, part int) (int, error) {
	prefix := fmt.Sprintf("%s-R%d-", letterNo, part)
	n, err := tx.number("attempts of refunds", "SELECT count(*) FROM payments WHERE ref >= $1 AND ref < $2", prefix, prefix+":")
	return int(n), err
}
