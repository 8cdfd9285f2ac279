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
)

// The rows that money depends on are answered for by the journal: each that is written leaves its
// digest in an event of a chain of its own, in the same transaction. Whoever changes, adds or deletes
// such a row beside the program is found by walking the chain.

// proof is how the journal answers for the rows of a table: in which chain, by how many of its
// first columns a row is known, and which rows a chain has (where, with the words of the chain behind its
// first one as arguments; prefix is that first word, "" for the chain of a case or of the agency).
type proof[T any] struct {
	keys   int
	chain  func(*T) string
	prefix string
	where  string
	rest   string // which rows the agency's chain has of a table whose other rows are cases'; "": none
}

// proven are the tables that the journal answers for.
var proven []provenTable

// provenTable is one of them, whatever its type.
type provenTable struct {
	table, names, prefix, where string
	keys                        int
}

// prove lets the journal answer for the rows of a table.
func (k *kept[T]) prove(p proof[T]) *kept[T] {
	k.proof = &p
	proven = append(proven, provenTable{k.table, k.names, p.prefix, p.where, p.keys})
	if p.rest != "" {
		proven = append(proven, provenTable{k.table, k.names, agencyChain, p.rest, p.keys})
	}
	takenOver = append(takenOver, k.takeOver)
	return k
}

// provedRow is what an event says of a row: its chain, table, and columns, the first of which are
// its key. Their values are the first arguments of the write.
type provedRow struct {
	chain, table, names string
	keys                int
}

func (k *kept[T]) proved(x *T) *provedRow {
	if k.proof == nil {
		return nil
	}
	return &provedRow{k.proof.chain(x), k.table, k.names, k.proof.keys}
}

// proveRows writes the digests of rows among writes into the last event of their chain, and adds an
// event to a chain that has none; the digest alone of a row that was written already (InsertDecision)
// is no write.
func (tx *Tx) proveRows(writes []*unsent) []*unsent {
	lines := map[string]*journal.Rows{}
	var chains []string
	for _, w := range writes {
		if w.row == nil {
			continue
		}
		if lines[w.row.chain] == nil {
			lines[w.row.chain] = &journal.Rows{}
			chains = append(chains, w.row.chain)
		}
		names := strings.Split(w.row.names, ", ")
		lines[w.row.chain].Add(w.row.table, w.row.keys, names, w.Args[:len(names)])
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
			e := exchange.JournalEvent{Chain: chain, What: RowsWritten, Payload: []byte{}, Proves: rows.String()}
			if tx.by != nil {
				by := tx.by()
				e.At, e.On, e.Actor = by.At, by.On, by.Actor
			}
			kept = append(kept, &unsent{Write: pending.Write{What: "journal of " + chain, Insert: insertEvent}, event: &e})
		}
	}
	return kept
}

// RowsWritten is the event of rows that no other event of their chain was written with.
const RowsWritten = "rows_written"

// Stamp is when something is done, on which business date, and by whom.
type Stamp struct {
	At    time.Time
	On    calendar.Date
	Actor string
}

// By says whose work the transaction is, for what the store journals by itself; by is asked when it
// does.
func (tx *Tx) By(by func() Stamp) { tx.by = by }

// rowsOfChain are the rows that a chain answers for as they stand now.
func (tx *Tx) rowsOfChain(chain string) (*journal.Rows, error) {
	now := &journal.Rows{}
	words := strings.Split(chain, " ")
	for _, t := range proven {
		args := anyOf(words[1:])
		if t.prefix == "" {
			args = []any{chain}
		}
		if t.prefix != "" && t.prefix != words[0] || t.prefix == "" && len(words) > 1 || strings.Count(t.where, "$") != len(args) {
			continue
		}
		names := strings.Split(t.names, ", ")
		err := tx.eachRaw(t.names, t.table, "WHERE "+t.where, args, func(values []any) error {
			now.Add(t.table, t.keys, names, values)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", t.table, chain, err)
		}
	}
	return now, nil
}

// agencyChain is the chain of what belongs to no case and no day.
const agencyChain = "agency"

// ofDay is the chain of rows of a day, and of what else they have in common.
func ofDay(kind string, day calendar.Date, of ...string) string {
	return strings.Join(append(append([]string{kind}, of...), day.String()), " ")
}

// takeOver writes the digests of rows that were there before the journal answered for them, page by
// page; again after a crash. It ends with one event.
func (s *Store) takeOver(ctx context.Context) error {
	pending := false
	err := s.View(ctx, func(tx *Tx) error {
		n, err := tx.number("rows of before", "SELECT 1 - taken_over FROM proofs")
		pending = n > 0
		return err
	})
	if err != nil || !pending {
		return err
	}
	for _, t := range takenOver {
		if err := t(ctx, s); err != nil {
			return err
		}
	}
	return s.Tx(ctx, func(tx *Tx) error {
		last, err := tx.LastEvent()
		if err != nil {
			return err
		}
		if err := tx.change("rows of before", "UPDATE proofs SET taken_over = 1 WHERE taken_over = 0"); err != nil {
			return err
		}
		return tx.Journal(exchange.JournalEvent{Chain: agencyChain, At: last.At, On: last.On, What: RowsTakenOver})
	})
}

// RowsTakenOver is the one event of a store whose rows are older than their digests.
const RowsTakenOver = "rows_taken_over"

// takenOver takes over the rows of each proven table.
var takenOver []func(context.Context, *Store) error

// takeOver takes over the rows of the table, a page in a transaction, as they stand.
func (k *kept[T]) takeOver(ctx context.Context, s *Store) error {
	names := strings.Split(k.names, ", ")
	order := "ORDER BY " + strings.Join(names[:k.proof.keys], ", ")
	for done := 0; ; done += pageSize {
		page := fmt.Sprintf("%s LIMIT %d OFFSET %d", order, pageSize, done)
		n := 0
		err := s.Tx(ctx, func(tx *Tx) error {
			rows, err := k.many(tx, k.table, page)
			if err != nil {
				return err
			}
			n = 0
			return tx.eachRaw(k.names, k.table, page, nil, func(values []any) error {
				n++
				return tx.wait(unsent{Write: pending.Write{What: k.table, Args: slices.Clone(values)}, row: k.proved(&rows[n-1])})
			})
		})
		if err != nil || n < pageSize {
			return err
		}
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

// chainRows compares, chain by chain, the rows that events were written with to those that stand
// now, and the end of the chain to its head.
type chainRows struct {
	tx      *Tx
	proof   *journal.Proof
	last    exchange.JournalEvent
	written journal.Rows
	rows    int64 // of all chains, as they stand
	chains  int64
}

// next takes the next event by chain and n.
func (c *chainRows) next(e *exchange.JournalEvent) error {
	if e.Chain != c.last.Chain {
		if err := c.compare(); err != nil {
			return err
		}
		c.written = journal.Rows{}
		c.chains++
	}
	c.written.Take(e.Proves)
	c.last = *e
	return nil
}

// compare ends a chain.
func (c *chainRows) compare() error {
	if c.last.N == 0 {
		return nil
	}
	now, err := c.tx.rowsOfChain(c.last.Chain)
	if err != nil {
		return err
	}
	c.rows += int64(now.Len())
	c.proof.Rows(c.last.Chain, c.last.N, c.written.Differ(now))
	h, err := one(c.tx, "head", func(r row, h *head) error { return r.Scan(&h.n, &h.hash) }, "SELECT n, hash FROM heads WHERE chain = $1", c.last.Chain)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	c.proof.Head(c.last.Chain, c.last.N, c.last.Hash, h.n, h.hash)
	return nil
}

// end ends the last chain, and looks for rows and heads that no chain has.
func (c *chainRows) end() error {
	if err := c.compare(); err != nil {
		return err
	}
	all := int64(0)
	for i, t := range proven {
		if i > 0 && proven[i-1].table == t.table {
			continue
		}
		n, err := c.tx.number(t.table, "SELECT count(*) FROM "+t.table)
		if err != nil {
			return err
		}
		all += n
	}
	heads, err := c.tx.number("heads", "SELECT count(*) FROM heads")
	c.proof.Strays(all-c.rows, heads-c.chains)
	return err
}
