package store

import "carryover/exchange/money"

// Liquidated is what the core's accepted posting results say it debited, by
// partner: the left side of the old place's proof, from outside the ledger.
func (tx *Tx) Liquidated() (map[string]money.Fen, error) {
	return tx.figures("liquidated", `SELECT c.partner, sum(p.amount) FROM postings p JOIN cases c ON c.case_no = p.case_no
		WHERE p.posting_row = 'B' AND p.state = 'done' GROUP BY c.partner`)
}

// Announced is what the current forms received say is transferred, by
// partner, those of annulled cases apart: the left side of the new place's proof, from outside the ledger.
func (tx *Tx) Announced() (map[string]money.Fen, error) {
	return tx.figures("announced", `SELECT c.partner, sum(f.amount) FROM forms f JOIN cases c ON c.case_no = f.case_no
		WHERE f.side = 'in' AND f.is_current = 1 AND c.state <> 'void' GROUP BY c.partner`)
}

// Credited is what the core's accepted posting results say it credited of
// money that a bank brought (what is NETTED apart), by partner: a figure of
// the new place's proof, from outside the ledger.
func (tx *Tx) Credited() (map[string]money.Fen, error) {
	return tx.figures("credited", `SELECT c.partner, sum(p.amount) FROM postings p JOIN cases c ON c.case_no = p.case_no
		JOIN forms f ON f.form_no = p.form_no AND f.version = p.form_version
		WHERE p.posting_row = 'N' AND p.state = 'done' AND f.money <> 'NETTED' GROUP BY c.partner`)
}

// Confirmed is what the partners' completions say they credited of what was
// remitted, by partner, less what they have sent back since, as
// exchange.ConfirmedBy counts it: a figure of the old place's proof, from outside
// the ledger.
func (tx *Tx) Confirmed() (map[string]money.Fen, error) {
	return tx.figures("confirmed", `SELECT c.partner, sum(f.amount) FROM (SELECT case_no,
			max(CASE WHEN told = 'completed' AND money = 'REMITTED' THEN credited - sent_back ELSE 0 END) * min(CASE WHEN told = 'void' THEN 0 ELSE 1 END) - sum(early) AS amount
			FROM forms WHERE side = 'out' GROUP BY case_no, form_no) AS f JOIN cases c ON c.case_no = f.case_no GROUP BY c.partner`)
}

// BankReceived is what the bank credited to us from others: all credits but
// the bank's own, what it took back, money of ours that came back, and net sums.
func (tx *Tx) BankReceived() (money.Fen, error) {
	n, err := tx.number("credits", "SELECT COALESCE(sum(amount), 0) FROM bank_entries WHERE credit = 1 AND state IN ('unmatched', 'matched', 'refund')")
	return money.Fen(n), err
}

// BankDebited is what the bank debited for payments of ours, less what came back of them.
// What came back before the bank tells of its debit came early, and counts with that.
func (tx *Tx) BankDebited() (money.Fen, error) {
	n, err := tx.number("debits", "SELECT COALESCE(sum(CASE WHEN credit = 1 THEN -amount ELSE amount END), 0) FROM bank_entries"+
		" WHERE credit = 0 AND state = 'matched' OR credit = 1 AND state = 'returned'")
	if err != nil {
		return 0, err
	}
	debited := money.Fen(n)
	undebited, err := paymentRows.many(tx, "returned payments", "WHERE track = 'returned' AND bank_ref = ''")
	for _, p := range undebited {
		if p.ReturnRef != "" && err == nil {
			debited, err = debited.Add(p.Amount)
		}
	}
	return debited, err
}

func (tx *Tx) figures(what, text string) (map[string]money.Fen, error) {
	type figure struct {
		partner string
		amount  int64
	}
	list, err := many(tx, what, func(r row, f *figure) error { return r.Scan(&f.partner, &f.amount) }, text)
	out := make(map[string]money.Fen, len(list))
	for _, f := range list {
		out[f.partner] = money.Fen(f.amount)
	}
	return out, err
}
