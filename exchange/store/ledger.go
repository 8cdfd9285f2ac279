package store

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

const (
	selectBooks = "SELECT e.id, e.entry_date, e.event, e.case_no, e.partner, e.memo, p.account, p.amount FROM ledger_entries e" +
		" JOIN ledger_postings p ON p.entry_id = e.id "
	selectBooked = selectBooks + "WHERE e.case_no = $1 ORDER BY e.id"
)

var (
	insertPost = pending.RowInto("ledger_postings", "entry_id, account, amount", "")
	insertBook = pending.RowInto("ledger_entries", "id, entry_date, event, case_no, partner, memo", "")
	// addBalance, around rows, returns the sums, which do not fit an integer if they
	// overflow.
	addBalance = [2]string{"INSERT INTO ledger_balances (account, amount) VALUES ", " ON CONFLICT (account)" +
		" DO UPDATE SET amount = ledger_balances.amount + excluded.amount RETURNING amount"}
)

// Book stores an entry that passes its Check. One that moves nothing is not kept.
func (tx *Tx) Book(e ledger.Entry) error {
	if e.Empty() {
		return nil
	}
	if err := e.Check(); err != nil {
		return err
	}
	e.Postings = slices.Clone(e.Postings)
	delete(tx.known[ledgers], asked{nil, e.CaseNo})
	w := unsent{Write: pending.Write{What: "ledger entry", Insert: insertBook}, entry: &e}
	w.Tables |= insertPost.Tables
	return tx.wait(w)
}

// numberEntries makes rows of the ledger entries among writes: the postings of each
// before itself.
func (tx *Tx) numberEntries(writes []*unsent) ([]*unsent, error) {
	var entries int64
	for _, w := range writes {
		if w.entry != nil {
			entries++
		}
	}
	if entries == 0 {
		return writes, nil
	}
	if err := tx.joinJournal(); err != nil { // else a checkpoint could hold a later number, and not this one
		return nil, err
	}
	ids, err := many(tx, "numbers of ledger entries", func(r row, n *int64) error { return r.Scan(n) }, tx.eng.NextEntries(), entries)
	if err != nil {
		return nil, err
	}
	rows := make([]*unsent, 0, len(writes)+3*len(ids))
	for _, w := range writes {
		if w.entry == nil {
			rows = append(rows, w)
			continue
		}
		e, id := w.entry, ids[0]
		ids = ids[1:]
		w.What, w.entry = fmt.Sprintf("ledger entry %d", id), nil
		for _, p := range e.Postings {
			rows = append(rows, &unsent{Write: pending.Write{What: w.What, Insert: insertPost, Args: []any{id, string(p.Account), int64(p.Amount)}}})
			if err := tx.addToBalance(p); err != nil {
				return nil, err
			}
		}
		w.Insert, w.Args = insertBook, []any{id, calendar.Date(e.Date).String(), string(e.Event), shape.Ref(e.CaseNo), e.Partner, e.Memo}
		rows = append(rows, w)
	}
	return rows, nil
}

// addToBalance adds a posting to what is to be added to the balances.
func (tx *Tx) addToBalance(p ledger.Posting) error {
	if tx.booked == nil {
		tx.booked = make(map[ledger.Account]money.Fen)
	}
	sum, err := tx.booked[p.Account].Add(p.Amount)
	if err != nil {
		return fmt.Errorf("account %s: %w", p.Account, err)
	}
	tx.booked[p.Account] = sum
	return nil
}

// flushBalances sends what waits, and adds what was booked to the balances, account
// by account in one order, so that two nodes do not wait for each other.
func (tx *Tx) flushBalances() error {
	if err := tx.send(); err != nil {
		return err
	}
	accounts := make([]ledger.Account, 0, len(tx.booked))
	for a := range tx.booked {
		accounts = append(accounts, a)
	}
	slices.Sort(accounts)
	for some := range slices.Chunk(accounts, pending.RowsAtOnce) {
		var args []any
		rows := make([]string, len(some))
		for i, a := range some {
			rows[i] = sqltext.ListOf(2, len(args))
			args = append(args, string(a), int64(tx.booked[a]))
		}
		err := tx.each(func(r row) error {
			var sum int64
			return r.Scan(&sum)
		}, addBalance[0]+strings.Join(rows, ", ")+addBalance[1], args...)
		if errors.Is(err, ErrConstraint) {
			return fmt.Errorf("balances: %w: %w", ledger.ErrPlace, err)
		}
		if err != nil {
			return fmt.Errorf("balances: %w", err)
		}
	}
	clear(tx.booked)
	return nil
}

// Balances returns what lies in each account of a partner, or ("") of all.
func (tx *Tx) Balances(partner string) (ledger.Balances, error) {
	all := ledger.Balances{}
	err := tx.EachLedgerAccount(func(a ledger.Account, amount money.Fen) error {
		if amount != 0 && (partner == "" || a.Partner() == partner) {
			all[a] = amount
		}
		return nil
	})
	return all, err
}

// LedgerOf returns the entries of a case, as booked. The postings of an entry
// come in the order of their accounts.
func (tx *Tx) LedgerOf(caseNo string) ([]ledger.Entry, error) {
	if known, isKnown := tx.known[ledgers][asked{nil, caseNo}]; isKnown {
		return slices.Clone(known.([]ledger.Entry)), nil
	}
	entries := []ledger.Entry{}
	err := tx.eachEntry(func(e ledger.Entry) error {
		slices.SortFunc(e.Postings, func(a, b ledger.Posting) int { return cmp.Compare(a.Account, b.Account) })
		entries = append(entries, e)
		return nil
	}, selectBooked, caseNo)
	return entries, err
}

// ledgers are the entries of cases.
var ledgers = &remembered{insertBook.Tables | insertPost.Tables}

// ledgerAhead reads the entries of cases ahead.
func (tx *Tx) ledgerAhead(caseNos []any) error {
	if len(caseNos) == 0 {
		return nil
	}
	all := make(map[asked]any, len(caseNos))
	for _, no := range caseNos {
		all[asked{nil, no}] = []ledger.Entry{}
	}
	err := sqltext.InLists(caseNos, func(list []any) error {
		return tx.eachEntry(func(e ledger.Entry) error {
			slices.SortFunc(e.Postings, func(a, b ledger.Posting) int { return cmp.Compare(a.Account, b.Account) })
			key := asked{nil, e.CaseNo}
			all[key] = append(all[key].([]ledger.Entry), e)
			return nil
		}, selectBooks+"WHERE e.case_no IN "+sqltext.ListOf(len(list), 0)+" ORDER BY e.id", list...)
	})
	if err == nil {
		maps.Copy(tx.knownTo(ledgers), all)
	}
	return err
}

// EachLedgerEntry calls fn for every entry, by date and then as booked: a
// pass that was caught up books under its own, earlier date. The entries are
// streamed, so fn must not use the transaction.
func (tx *Tx) EachLedgerEntry(fn func(ledger.Entry) error) error {
	return tx.eachEntry(fn, selectBooks+"ORDER BY e.entry_date, e.id, p.account")
}

// eachEntry calls fn for the entries of a query that has the postings of each
// together.
func (tx *Tx) eachEntry(fn func(ledger.Entry) error, text string, args ...any) error {
	var e ledger.Entry
	var last int64
	err := tx.each(func(r row) error {
		var next ledger.Entry
		var id int64
		var p ledger.Posting
		var on calendar.Date
		err := r.Scan(&id, &on, (*string)(&next.Event), shape.OptionalOf(&next.CaseNo), &next.Partner, &next.Memo,
			(*string)(&p.Account), (*int64)(&p.Amount))
		if err != nil {
			return err
		}
		next.Date = int(on)
		if id != last {
			if last != 0 {
				if err := fn(e); err != nil {
					return err
				}
			}
			e, last = next, id
		}
		e.Postings = append(e.Postings, p)
		return nil
	}, text, args...)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if last == 0 {
		return nil
	}
	return fn(e)
}

// EachLedgerAccount calls fn for every account that was ever booked to, in
// order, with what lies in it. fn must not use the transaction.
func (tx *Tx) EachLedgerAccount(fn func(ledger.Account, money.Fen) error) error {
	if err := tx.flushBalances(); err != nil {
		return err
	}
	err := tx.each(func(r row) error {
		var account string
		var amount int64
		if err := r.Scan(&account, &amount); err != nil {
			return err
		}
		return fn(ledger.Account(account), money.Fen(amount))
	}, "SELECT account, amount FROM ledger_balances ORDER BY account")
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	return nil
}

// LedgerFaults proves the ledger against itself: entries that do not sum to zero, accounts
// that are not the sum of their postings, cases of which more left a place than lay there.
func (tx *Tx) LedgerFaults() ([]string, error) {
	if err := tx.flushBalances(); err != nil {
		return nil, err
	}
	var all []string
	for _, text := range ledgerFaults {
		list, err := many(tx, "ledger", func(r row, s *string) error { return r.Scan(s) }, text)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

var ledgerFaults = []string{
	"SELECT 'entry ' || CAST(entry_id AS TEXT) || ' does not sum to zero' FROM ledger_postings GROUP BY entry_id HAVING " + wholeSum("amount") + " <> 0 ORDER BY entry_id LIMIT 1000",
	`SELECT 'account ' || account || ' is not the sum of its postings' FROM (
		SELECT account, amount FROM ledger_postings UNION ALL SELECT account, -amount FROM ledger_balances) AS both_sides
	GROUP BY account HAVING ` + wholeSum("amount") + ` <> 0 ORDER BY account LIMIT 1000`,
	`SELECT 'case ' || case_no || ' has ' || title || ' on the wrong side of zero' FROM (
		SELECT e.case_no, t.title, t.side, ` + wholeSum("p.amount") + ` AS amount FROM ledger_entries AS e JOIN ledger_postings AS p ON p.entry_id = e.id
		JOIN ledger_titles AS t ON t.title || ':' = substr(p.account, 1, length(t.title) + 1)
		WHERE e.case_no IS NOT NULL AND t.side <> 0 AND t.title NOT IN ('in:received', 'in:unmatched') GROUP BY e.case_no, t.title, t.side) AS cases
	WHERE side * amount < 0 ORDER BY case_no, title LIMIT 1000`,
}
