// Package engine is what differs between SQLite and PostgreSQL: connections with
// their prepared statements, locks, errors, and the schema with its migrations. What
// a row is, and when it is written, is store's, which alone uses it.
package engine

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/pressly/goose/v3"
)

// Open chooses the engine by an address: a file path (SQLite), or postgres://….
// Nothing is connected yet.
func Open(dsn string) (Engine, error) {
	switch {
	case dsn == "":
		return nil, errors.New("open store: no file path or postgres:// address given")
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return &postgresEngine{dsn: dsn}, nil
	default:
		return &sqliteEngine{path: dsn}, nil
	}
}

// Statement is what is sent: a text with $1 … and the values of those, as a driver
// takes them.
type Statement struct {
	Text string
	Args []any
}

// Engine is what differs between SQLite and PostgreSQL. Both pass the same
// suite (onEngines in engines_test.go).
type Engine interface {
	// Open connects; writers and readers may be the same pool.
	Open(ctx context.Context) (writers, readers *Pool, err error)
	// WriteOptions and ReadOptions are those of Tx and View.
	WriteOptions() *sql.TxOptions
	ReadOptions() *sql.TxOptions
	// Statements is the context that single statements run with; begin and
	// the methods of Tx have checked ctx already.
	Statements(ctx context.Context) context.Context
	// Conflict reports whether running the transaction again may succeed.
	Conflict(err error) bool
	// Violates reports whether a constraint of the schema refused the row.
	Violates(err error) bool
	// marks writes the placeholders $1, $2 … of a statement as the engine reads
	// them fastest.
	marks(text string) string
	// fill puts the engine's own words into the schema text.
	fill(schema string) string
	// Guards makes the tables of the journal and the ledger append-only.
	Guards() string
	// guardJournal puts another condition under which a row of the journal may be
	// changed in place of the one of guards.
	guardJournal(allowed string) string
	// LockRow ends a query of one row that the transaction is going to work: others
	// that want to work it wait, and then read what this one left.
	LockRow() string
	// LockChains is the statement, around rows of one value, that takes the right to
	// append to chains of the journal until the transaction ends; none when the
	// write transaction has it anyway.
	LockChains() (before, behind string)
	// JoinJournal makes lockJournal of others wait until the transaction ends.
	JoinJournal() string
	// LockJournal keeps all others from appending until the transaction ends.
	LockJournal() string
	// SchemaParts is the query of what keeps rows as they should be, in an order: name and text of
	// each table, constraint and trigger. The first has no name: how the engine writes the others.
	SchemaParts() string
	// NextEntries issues numbers of ledger entries, $1 of them.
	NextEntries() string
	// Send runs statements of one transaction in their order, in one go where the
	// database is reached over a network, and returns how many rows each has changed,
	// up to the first that fails.
	Send(ctx context.Context, c *Conn, list []Statement) (changed []int64, err error)
	// guardPlaces keeps balances on their title's side of zero.
	guardPlaces() string
	// recheck puts a list of allowed values in the place of the one before.
	recheck(ctx context.Context, tx *sql.Tx, c check) error
	// dialect is goose's name of the engine.
	dialect() goose.Dialect
	// Shared reports whether several machines may work on the store.
	Shared() bool
	// LockPasses takes the lock of a shared store; see Store.LockPasses.
	LockPasses(ctx context.Context) (held context.Context, unlock func() error, err error)
	// Backup writes a copy of the whole store to a file.
	Backup(ctx context.Context, readers *Pool, path string) error
}
