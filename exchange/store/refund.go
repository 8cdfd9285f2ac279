package store

import (
	"cmp"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/store/shape"
)

var (
	refundRows = keep("refunds", func(r *exchange.Refund) []field {
		return []field{
			at("id", &r.ID), at("letter_no", &r.LetterNo), at("part", &r.Part), at("case_no", shape.OptionalOf(&r.CaseNo)), at("entry_key", shape.OptionalOf(&r.EntryKey)),
			at("partner", &r.Partner), at("amount", (*int64)(&r.Amount)), at("track", (*string)(&r.Track)), at("attempts", &r.Attempts), at("ref", &r.Ref), at("since", &r.Since),
		}
	}, func(r *exchange.Refund) []field {
		return []field{at("payee", &r.Payee), at("reason,omitzero", &r.Reason), at("officer,omitempty", &r.Officer)}
	})
	insertRefund = refundRows.insert + " RETURNING id"
	updateRefund = "UPDATE refunds SET track = $2, attempts = $3, ref = $4, since = $5, doc = $6 WHERE id = $1 AND track = $7 AND attempts = $8"
)

// InsertRefund stores a refund and gives it its ID.
func (tx *Tx) InsertRefund(r *exchange.Refund) (err error) {
	r.ID, err = tx.number("refund", insertRefund, refundRows.args(r)...)
	return err
}

// UpdateRefund changes a refund that still has before's track and attempts,
// else ErrStale. What it pays back never changes.
func (tx *Tx) UpdateRefund(before, after exchange.Refund) error {
	return tx.change(fmt.Sprintf("refund %d", after.ID), updateRefund, after.ID, string(after.Track), int64(after.Attempts), after.Ref,
		after.Since.String(), refundRows.shape.Document(&after), string(before.Track), int64(before.Attempts))
}

// RefundByRef returns the refund whose current attempt has an EndToEndId.
func (tx *Tx) RefundByRef(ref string) (exchange.Refund, error) {
	return refundRows.one(tx, "refund "+ref, "WHERE ref = $1 AND ref <> ''", ref)
}

// RefundsByTrack returns the refunds on a track, oldest first.
func (tx *Tx) RefundsByTrack(track exchange.MoneyTrack) ([]exchange.Refund, error) {
	return refundRows.many(tx, "refunds", "WHERE track = $1 ORDER BY id", string(track))
}

var refundsByCase = byKey(refundRows, "case_no", func(a, b *exchange.Refund) int { return cmp.Compare(a.ID, b.ID) },
	func(f *exchange.Refund) any { return f.CaseNo })

// RefundsByCase returns the refunds of a case's money, oldest first.
func (tx *Tx) RefundsByCase(caseNo string) ([]exchange.Refund, error) {
	return refundsByCase.of(tx, "refunds of case "+caseNo, caseNo)
}

// RefundsByEntry returns the refunds of a bank entry without a case.
func (tx *Tx) RefundsByEntry(key string) ([]exchange.Refund, error) {
	return refundRows.many(tx, "refunds of entry "+key, "WHERE entry_key = $1 AND case_no IS NULL ORDER BY id", key)
}

// RefundAttempts counts the payments that were made for refunds of a part, so
// that the next one has a number of its own.
func (tx *Tx) RefundAttempts(letterNo string, part int) (int, error) {
	prefix := fmt.Sprintf("%s-R%d-", letterNo, part)
	n, err := tx.number("attempts of refunds", "SELECT count(*) FROM payments WHERE ref >= $1 AND ref < $2", prefix, prefix+":")
	return int(n), err
}
