package store

import (
	"fmt"

	"carryover/exchange/money"
)

// Liquidated is what the core's accepted posting results say it debited, by
// partner: the left side of the old place's proof, from outside the ledger.
func (tx *Tx) Liquidated() (map[string]money.Fen, error) {
	return tx.figures("liquidated", "c.partner", "p.amount", `postings p JOIN cases c ON c.case_no = p.case_no
		WHERE p.posting_row = 'B' AND p.state = 'done'`)
}

// Announced is what the current forms received say is transferred, by
// partner, those of annulled cases apart: the left side of the new place's proof, from outside the ledger.
func (tx *Tx) Announced() (map[string]money.Fen, error) {
	return tx.figures("announced", "c.partner", "f.amount", `forms f JOIN cases c ON c.case_no = f.case_no
		WHERE f.side = 'in' AND f.is_current = 1 AND c.state <> 'void'`)
}

// Credited is what the core's accepted posting results say it credited of
// money that a bank brought (what is NETTED apart), by partner: a figure of
// the new place's proof, from outside the ledger.
func (tx *Tx) Credited() (map[string]money.Fen, error) {
	return tx.figures("credited", "c.partner", "p.amount", `postings p JOIN cases c ON c.case_no = p.case_no
		JOIN forms f ON f.form_no = p.form_no AND f.version = p.form_version
		WHERE p.posting_row = 'N' AND p.state = 'done' AND f.money <> 'NETTED'`)
}

// Confirmed is what the partners' completions say they credited of what was
// remitted, by partner, less what they have sent back since, as
// exchange.ConfirmedBy counts it: a figure of the old place's proof, from outside
// the ledger.
func (tx *Tx) Confirmed() (map[string]money.Fen, error) {
	return tx.figures("confirmed", "c.partner", "f.amount", `(SELECT case_no,
			max(CASE WHEN told = 'completed' AND money = 'REMITTED' THEN credited - sent_back ELSE 0 END) * min(CASE WHEN told = 'void' THEN 0 ELSE 1 END) AS amount
			FROM forms WHERE side = 'out' GROUP BY case_no, form_no
		UNION ALL SELECT case_no, -early FROM forms WHERE side = 'out' AND early <> 0) AS f JOIN cases c ON c.case_no = f.case_no`)
}

// BankReceived is what the bank credited to us from others: all credits but
// the bank's own, what it took back, money of ours that came back, and net sums.
func (tx *Tx) BankReceived() (money.Fen, error) {
	return tx.total("credits", "amount", "bank_entries WHERE credit = 1 AND state IN ('unmatched', 'matched', 'refund')")
}

// BankDebited is what the bank debited for payments of ours, less what came back of them.
// What came back before the bank tells of its debit came early, and counts with that.
func (tx *Tx) BankDebited() (money.Fen, error) {
	debited, err := tx.total("debits", "CASE WHEN credit = 1 THEN -amount ELSE amount END", "bank_entries WHERE credit = 0 AND state = 'matched' OR credit = 1 AND state = 'returned'")
	if err != nil {
		return 0, err
	}
	undebited, err := paymentRows.many(tx, "returned payments", "WHERE track = 'returned' AND bank_ref = ''")
	for _, p := range undebited {
		if p.ReturnRef != "" {
			debited = money.Clamped(debited, p.Amount)
		}
	}
	return debited, err
}

// figures are the sums of an amount by a key, over rows.
func (tx *Tx) figures(what, key, amount, rows string, args ...any) (map[string]money.Fen, error) {
	out := map[string]money.Fen{}
	err := tx.each(func(r row) error {
		var of string
		var sum money.Fen
		err := scanSum(r, &sum, &of)
		out[of] = sum
		return err
	}, "SELECT "+key+", "+sumOf(amount)+" FROM "+rows+" GROUP BY "+key, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// total is the sum of an amount over rows.
func (tx *Tx) total(what, amount, rows string, args ...any) (money.Fen, error) {
	return one(tx, what, func(r row, f *money.Fen) error { return scanSum(r, f) }, "SELECT "+sumOf(amount)+" FROM "+rows, args...)
}

// sumOf is the SQL of a sum which no amounts make overflow in the database, in two
// integers that scanSum puts together, clamped. One that overflows would be an error there.
func sumOf(amount string) string {
	const sum = "CAST(COALESCE(SUM((%[1]s) / 1000000000), 0) AS BIGINT), CAST(COALESCE(SUM((%[1]s) %% 1000000000), 0) AS BIGINT)"
	return fmt.Sprintf(sum, amount)
}

// wholeSum is the SQL of a sum that overflows only where the result does: by what is
// added to it on the way it does not.
func wholeSum(amount string) string {
	return fmt.Sprintf("(SUM((%[1]s) / 1000000000) * 1000000000 + SUM((%[1]s) %% 1000000000))", amount)
}

// scanSum reads what stands before a sum, and the sum.
func scanSum(r row, sum *money.Fen, before ...any) error {
	var high, low int64
	err := r.Scan(append(before, &high, &low)...)
	*sum = money.Clamped(money.Fen(high).Times(1_000_000_000), money.Fen(low))
	return err
}
