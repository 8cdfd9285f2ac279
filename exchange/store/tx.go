package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store/engine"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

// Tx is a transaction of Store.Tx or Store.View, for one goroutine, valid
// until the function it was given to returns.
type Tx struct {
	ctx  context.Context // of the caller: checked before each statement
	sctx context.Context // statements run with it
	eng  engine.Engine
	pool *engine.Pool
	conn *engine.Conn
	sql  *sql.Tx
	lock string // behind a query of one case: see engine.lockRow; "" of one that only reads
	done bool   // committed
	lost bool   // the commit failed: the connection may still be in the transaction
	torn bool   // a statement has failed: only a savepoint can go on
	sent int    // how often something has left for the database that may change it

	counted func(Count) // nil: nobody counts
	count   Count

	waiting    waiting                           // not sent yet
	numbers    map[string]int64                  // counters drawn from in this transaction
	drawn      []counter                         // those, in the order of first use
	heads      map[string]head                   // last journal event of chains written here
	locked     int                               // chains that were locked to append to them
	joined     bool                              // checkpoints of others wait
	judged     judged                            // last record judged
	booked     map[ledger.Account]money.Fen      // not yet added to the balances
	known      map[source]map[asked]any          // what was read before it is asked for
	kept       []keptRow                         // of it, what holds rows that this transaction has written
	claimed    []asked                           // keys of claims among it that this transaction has taken
	savepoints int                               // depth of Savepoint
	when       func() (time.Time, calendar.Date) // its work is done; nil: nobody says
}

func (s *Store) begin(ctx context.Context, p *engine.Pool, o *sql.TxOptions) (*Tx, error) {
	sctx := s.eng.Statements(ctx)
	for {
		c, err := p.Get(ctx)
		if err != nil {
			return nil, fmt.Errorf("begin: %w", err)
		}
		t, err := c.BeginTx(sctx, o)
		if err == nil {
			return &Tx{ctx: ctx, sctx: sctx, eng: s.eng, pool: p, conn: c, sql: t, counted: s.counted, count: Count{Trips: 1}}, nil
		}
		// A connection that was kept may have died meanwhile; a fresh one tells the truth.
		again := !c.Fresh && ctx.Err() == nil
		if back := p.Put(c, false); !again {
			return nil, errors.Join(fmt.Errorf("begin: %w", err), back)
		}
	}
}

func (tx *Tx) commit() error {
	tx.count.Trips++
	if err := tx.sql.Commit(); err != nil {
		tx.lost = true
		return fmt.Errorf("commit: %w", err)
	}
	tx.done = true
	return nil
}

// end rolls back what is not committed and gives the connection back. A
// panic of the caller comes here too: its transaction is rolled back.
func (tx *Tx) end(err error) error {
	if tx.counted != nil {
		tx.counted(tx.count)
	}
	var back error
	if !tx.done {
		if back = tx.sql.Rollback(); errors.Is(back, sql.ErrTxDone) {
			back = nil // the context ended, or the commit failed: the driver has rolled back
		}
	}
	return errors.Join(err, back, tx.pool.Put(tx.conn, back == nil && !tx.lost && tx.ctx.Err() == nil))
}

// Savepoint runs fn so that its writes are undone when it fails, while the rest of
// the transaction goes on: one bad record does not take its file with it.
func (tx *Tx) Savepoint(fn func() error) error {
	tx.savepoints++
	defer func() { tx.savepoints-- }()
	name := fmt.Sprintf("sp%d", tx.savepoints)
	if err := tx.flushBalances(); err != nil {
		return err
	}
	claimed, drawn, locked, joined := len(tx.claimed), len(tx.drawn), tx.locked, tx.joined
	tx.count.Trips += 2
	if _, err := tx.sql.ExecContext(tx.sctx, "SAVEPOINT "+name); err != nil {
		return err
	}
	failed := fn()
	if failed == nil {
		failed = tx.send() // what the database refuses is fn's
	}
	if failed == nil {
		_, err := tx.sql.ExecContext(tx.sctx, "RELEASE SAVEPOINT "+name)
		return err
	}
	// What was remembered of rows written in fn is forgotten with them.
	tx.torn = false
	tx.known, tx.kept = nil, nil
	tx.waiting = waiting{}
	for _, c := range tx.drawn[drawn:] {
		delete(tx.numbers, c.name)
	}
	tx.drawn = tx.drawn[:drawn]
	clear(tx.heads)
	tx.locked, tx.joined = locked, joined // its locks are given back
	tx.judged = judged{}
	tx.claimed = tx.claimed[:claimed]
	clear(tx.booked)
	if _, err := tx.sql.ExecContext(tx.sctx, "ROLLBACK TO SAVEPOINT "+name); err != nil {
		return errors.Join(failed, err)
	}
	_, err := tx.sql.ExecContext(tx.sctx, "RELEASE SAVEPOINT "+name)
	return errors.Join(failed, err)
}

// flush writes what the transaction has gathered, before it commits.
func (tx *Tx) flush() error {
	if err := tx.flushNumbers(); err != nil {
		return err
	}
	return tx.flushBalances()
}

// exec runs a statement at once and returns the number of rows it changed.
func (tx *Tx) exec(text string, args ...any) (int64, error) {
	s, err := tx.ready(text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(tx.sctx, args...)
	if err != nil {
		return 0, tx.named(err)
	}
	n, err := r.RowsAffected()
	if n > 0 {
		tx.wroteNow(text)
	}
	return n, err
}

// wroteNow notes that a statement that did not wait has changed rows.
func (tx *Tx) wroteNow(text string) {
	tx.sent++
	tx.count.Writes++
	tx.forgetAll(pending.TablesIn(text))
}

// now inserts a row at once and returns whether it was stored (1) or was there (0).
func (tx *Tx) now(i pending.Insert, args []any) (int64, error) {
	return tx.exec(i.Into+sqltext.ListOf(len(args), 0)+i.Behind, args...)
}

// ready is the prepared statement of a text, once the database knows what it asks
// about.
func (tx *Tx) ready(text string) (*sql.Stmt, error) {
	if err := tx.ctx.Err(); err != nil {
		return nil, err
	}
	s, err := tx.conn.Stmt(tx.sctx, tx.eng, text)
	if err != nil {
		return nil, err
	}
	tx.count.Trips++
	return s, tx.settle(pending.TablesIn(text))
}

// named says of a statement's error whether it is the schema that refused the row.
func (tx *Tx) named(err error) error {
	tx.torn = true
	if tx.eng.Violates(err) {
		return fmt.Errorf("%w: %w", ErrConstraint, err)
	}
	return err
}

// row is what a scan function reads from.
type row = shape.Row

// each calls take for every row, also for those that a change returns. The rows
// must not be many: the connection is busy until all are read, so take must not
// use the transaction.
func (tx *Tx) each(take func(row) error, text string, args ...any) (err error) {
	s, err := tx.ready(text)
	if err != nil {
		return err
	}
	if strings.HasPrefix(text, "SELECT") {
		tx.count.Reads++
	} else {
		tx.wroteNow(text)
	}
	rows, err := s.QueryContext(tx.sctx, args...)
	if err != nil {
		return tx.named(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.named(err)
	}
	return nil
}

// many reads all rows of a query.
func many[T any](tx *Tx, what string, scan func(row, *T) error, text string, args ...any) ([]T, error) {
	var all []T
	var x, none T
	err := tx.each(func(r row) error {
		x = none
		if err := scan(r, &x); err != nil {
			return err
		}
		all = append(all, x)
		return nil
	}, text, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return all, nil
}

// one reads the first row of a query, or returns ErrNotFound.
func one[T any](tx *Tx, what string, scan func(row, *T) error, text string, args ...any) (T, error) {
	all, err := many(tx, what, scan, text, args...)
	return firstOf(what, all, err)
}

// firstOf is the first of rows that could be read, or ErrNotFound.
func firstOf[T any](what string, rows []T, err error) (x T, _ error) {
	if err == nil && len(rows) == 0 {
		err = fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	if err != nil {
		return x, err
	}
	return rows[0], nil
}

// only are the rows that are meant.
func only[T any](rows []T, meant func(*T) bool) []T {
	return slices.DeleteFunc(rows, func(x T) bool { return !meant(&x) })
}

// number reads a query's single integer.
func (tx *Tx) number(what, text string, args ...any) (int64, error) {
	return one(tx, what, func(r row, n *int64) error { return r.Scan(n) }, text, args...)
}

// pageSize is how many rows are held in memory when a long list is walked.
const pageSize = 500

// pages walks a list page by page, so that take may use the transaction. next
// reads the page that follows the last row of the page before (at first a zero row).
func pages[T any](next func(last *T) ([]T, error), take func([]T) error) error {
	last := new(T)
	for {
		page, err := next(last)
		if err != nil {
			return err
		}
		if err := take(page); err != nil {
			return err
		}
		if len(page) < pageSize {
			return nil
		}
		last = &page[len(page)-1]
	}
}

// singly takes the rows of pages one by one.
func singly[T any](take func(T) error) func([]T) error {
	return func(page []T) error {
		for i := range page {
			if err := take(page[i]); err != nil {
				return err
			}
		}
		return nil
	}
}
