package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/journal"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/sqltext"
)

// The rows that money depends on are answered for by the journal: each that is written leaves its
// digest in an event of a chain of its own, in the same transaction. Whoever changes, adds or deletes
// such a row beside the program is found by walking the chain.

// proof is how the journal answers for the rows of a table: by how many of its first columns a row
// is known, and in which chain it stands. The chain of a case is its number; of another kind, the kind
// with the values of columns behind it.
type proof[T any] struct {
	keys  int
	chain func(*T) string
	kind  string // "": that of a case
	by    string // the columns whose values name the chain; "": the kind alone does
	rest  string // which rows stand in the agency's chain, of a table of cases' rows; "": none
}

// proven are the tables that the journal answers for.
var proven []provenTable

// provenTable is one of them, whatever its type.
type provenTable struct {
	table string
	names []string
	keys  int
	kind  string
	where string // of rows of one chain; of a case's the column of its number
	nth   int    // which of names that column is
}

// prove lets the journal answer for the rows of a table.
func (k *kept[T]) prove(p proof[T]) *kept[T] {
	k.proof = &p
	t := provenTable{table: k.table, names: strings.Split(k.names, ", "), keys: p.keys, kind: p.kind, where: p.by}
	if p.kind == "" {
		t.nth = slices.Index(t.names, p.by)
	} else {
		t.where = "1 = 1"
		for i, column := range strings.FieldsFunc(p.by, func(r rune) bool { return r == ',' || r == ' ' }) {
			t.where += " AND " + column + " = " + sqltext.Arg(i+1)
		}
	}
	proven = append(proven, t)
	if p.rest != "" {
		t.kind, t.where = exchange.AgencyChain, p.rest
		proven = append(proven, t)
	}
	takenOver = append(takenOver, k.takeOver)
	return k
}

// provedRow is what an event says of a row: its chain, table, and columns, the first of which are
// its key. Their values are the first arguments of the write.
type provedRow struct {
	chain, table, names string
	keys                int
	before              pending.Write // with the values that it had; none: it is new
}

// proved is what an event says of a row, which was another before; nil: it is new.
func (k *kept[T]) proved(before, x *T) *provedRow {
	if k.proof == nil {
		return nil
	}
	r := &provedRow{chain: k.proof.chain(x), table: k.table, names: k.names, keys: k.proof.keys}
	if before != nil {
		r.before.Args = k.args(before)
	}
	return r
}

// proveRows writes the digests of rows among writes into the last event of their chain, and adds an
// event to a chain that has none; the digest alone of a row that was written already (InsertDecision)
// is no write.
func (tx *Tx) proveRows(writes []*unsent) []*unsent {
	lines := map[string]journal.Rows{}
	var chains []string
	for _, w := range writes {
		if w.row == nil {
			continue
		}
		if lines[w.row.chain] == nil {
			lines[w.row.chain] = journal.Rows{}
			chains = append(chains, w.row.chain)
		}
		names := strings.Split(w.row.names, ", ")
		lines[w.row.chain].Add(w.row.table, w.row.keys, names, w.Args[:len(names)], w.row.before.Args)
	}
	if len(chains) == 0 {
		return writes
	}
	kept := writes[:0]
	for i := len(writes) - 1; i >= 0; i-- {
		if e := writes[i].event; e != nil && lines[e.Chain] != nil {
			e.Proves = lines[e.Chain].String()
			delete(lines, e.Chain)
		}
	}
	for _, w := range writes {
		if w.Into != "" {
			kept = append(kept, w)
		}
	}
	for _, chain := range chains {
		if rows := lines[chain]; rows != nil {
			e := exchange.JournalEvent{Chain: chain, Actor: Actor, What: RowsWritten, Payload: []byte{}, Proves: rows.String()}
			if tx.when != nil {
				e.At, e.On = tx.when()
			}
			kept = append(kept, &unsent{Write: pending.Write{What: "journal of " + chain, Insert: insertEvent}, event: &e})
		}
	}
	return kept
}

// What the store journals by itself, as Actor: that rows were written with no other event of their
// chain, and, once, that rows of before the journal answered for them were taken over.
const (
	Actor         = "store"
	RowsWritten   = "rows_written"
	RowsTakenOver = "rows_taken_over"
)

// When says when the transaction's work is done, and on which business date, for what the store
// journals by itself; it is asked when the store does.
func (tx *Tx) When(when func() (time.Time, calendar.Date)) { tx.when = when }

// standings is what chains answer for, as it stands now.
func (tx *Tx) standings(chains []string) (map[string]journal.Standing, error) {
	now := make(map[string]journal.Standing, len(chains))
	var cases []string
	for _, chain := range chains {
		now[chain] = journal.Standing{Rows: journal.Rows{}}
		if kind, _, more := strings.Cut(chain, " "); !more && kind != exchange.AgencyChain {
			cases = append(cases, chain)
		}
	}
	for _, t := range proven {
		if t.kind == "" {
			err := sqltext.InLists(sqltext.AnyOf(cases), func(list []any) error {
				return tx.eachProven(t, t.where+" IN "+sqltext.ListOf(len(list), 0), list, func(values []any) journal.Rows { return now[textOf(values[t.nth])].Rows })
			})
			if err != nil {
				return nil, err
			}
			continue
		}
		for _, chain := range chains {
			words := strings.Split(chain, " ")
			if words[0] != t.kind || len(words)-1 != strings.Count(t.where, "$") {
				continue
			}
			if err := tx.eachProven(t, t.where, sqltext.AnyOf(words[1:]), func([]any) journal.Rows { return now[chain].Rows }); err != nil {
				return nil, err
			}
		}
	}
	err := sqltext.InLists(sqltext.AnyOf(chains), func(list []any) error {
		return tx.each(func(r row) error {
			var chain string
			var h head
			err := r.Scan(&chain, &h.n, &h.hash)
			now[chain] = journal.Standing{Rows: now[chain].Rows, N: h.n, Hash: h.hash}
			return err
		}, "SELECT chain, n, hash FROM heads WHERE chain IN "+sqltext.ListOf(len(list), 0), list...)
	})
	return now, err
}

// textOf is a text as the database has it.
func textOf(value any) string {
	if b, ok := value.([]byte); ok {
		return string(b)
	}
	s, _ := value.(string)
	return s
}

// eachProven adds rows of a table, as they stand, to those of their chains.
func (tx *Tx) eachProven(t provenTable, where string, args []any, to func(values []any) journal.Rows) error {
	err := tx.eachRaw(strings.Join(t.names, ", "), t.table, "WHERE "+where, args, func(values []any) error {
		to(values).Add(t.table, t.keys, t.names, values, nil)
		return nil
	})
	if err != nil {
		return fmt.Errorf("rows of %s: %w", t.table, err)
	}
	return nil
}

// countProven counts all rows that the journal answers for, and the chains of which the end is kept.
func (tx *Tx) countProven() (rows, heads int64, err error) {
	for i, t := range proven {
		if i > 0 && proven[i-1].table == t.table {
			continue
		}
		n, err := tx.number(t.table, "SELECT count(*) FROM "+t.table)
		if err != nil {
			return 0, 0, err
		}
		rows += n
	}
	heads, err = tx.number("heads", "SELECT count(*) FROM heads")
	return rows, heads, err
}

// ofDay is the chain of rows of a day, and of what else they have in common.
func ofDay(kind string, day calendar.Date, of ...string) string {
	return strings.Join(append(append([]string{kind}, of...), day.String()), " ")
}

// untaken reports whether rows are there of before the journal answered for them.
func (s *Store) untaken(ctx context.Context) (untaken bool, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		n, err := tx.number("rows of before", "SELECT 1 - taken_over FROM proofs")
		untaken = n > 0
		return err
	})
	return untaken, err
}

// takeOver writes the digests of rows of before, page by page; again after a crash. It ends with
// one event.
func (s *Store) takeOver(ctx context.Context) error {
	if untaken, err := s.untaken(ctx); err != nil || !untaken {
		return err
	}
	for _, t := range takenOver {
		if err := t(ctx, s); err != nil {
			return err
		}
	}
	return s.Tx(ctx, func(tx *Tx) error {
		if err := errors.Join(tx.whenLast(), tx.change("rows of before", "UPDATE proofs SET taken_over = 1 WHERE taken_over = 0")); err != nil {
			return err
		}
		at, on := tx.when()
		return tx.Journal(exchange.JournalEvent{Chain: exchange.AgencyChain, At: at, On: on, Actor: Actor, What: RowsTakenOver})
	})
}

// whenLast lets the transaction's work be done when the last event was: a migration has no clock.
func (tx *Tx) whenLast() error {
	last, err := tx.LastEvent()
	tx.When(func() (time.Time, calendar.Date) { return last.At, last.On })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// takenOver takes over the rows of each proven table.
var takenOver []func(context.Context, *Store) error

// takeOver takes over the rows of the table as they stand, a page in a transaction.
func (k *kept[T]) takeOver(ctx context.Context, s *Store) error {
	keys := strings.Join(strings.Split(k.names, ", ")[:k.proof.keys], ", ")
	order := "ORDER BY " + keys + sqltext.AtMost(pageSize)
	var last, next []any
	for {
		n := 0
		err := s.Tx(ctx, func(tx *Tx) error {
			page := order
			n = 0
			if last != nil {
				page = "WHERE (" + keys + ") > " + sqltext.ListOf(len(last), 0) + " " + order
			}
			rows, err := k.many(tx, k.table, page, last...)
			if err != nil {
				return err
			}
			if err := tx.whenLast(); err != nil {
				return err
			}
			var taken []unsent
			err = tx.eachRaw(k.names, k.table, page, last, func(values []any) error {
				taken = append(taken, unsent{Write: pending.Write{What: k.table, Args: slices.Clone(values)}, row: k.proved(nil, &rows[n])})
				n++
				return nil
			})
			for _, w := range taken {
				err = errors.Join(err, tx.wait(w))
			}
			if n > 0 {
				next = slices.Clone(taken[n-1].Args[:k.proof.keys])
			}
			return err
		})
		if err != nil || n < pageSize {
			return err
		}
		last = next
	}
}

// eachRaw calls fn for rows as the database has them: one value for each column.
func (tx *Tx) eachRaw(names, table, where string, args []any, fn func([]any) error) error {
	values := make([]any, strings.Count(names, ",")+1)
	to := make([]any, len(values))
	for i := range to {
		to[i] = &values[i]
	}
	return tx.each(func(r row) error {
		if err := r.Scan(to...); err != nil {
			return err
		}
		return fn(values)
	}, "SELECT "+names+" FROM "+table+" "+where, args...)
}
