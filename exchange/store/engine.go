package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// engine is what differs between SQLite and PostgreSQL. Both pass the same
// suite (onEngines in engines_test.go).
type engine interface {
	// open connects; writers and readers may be the same pool.
	open(ctx context.Context) (writers, readers *pool, err error)
	// writeOptions and readOptions are those of Tx and View.
	writeOptions() *sql.TxOptions
	readOptions() *sql.TxOptions
	// statements is the context that single statements run with; begin and
	// the methods of Tx have checked ctx already.
	statements(ctx context.Context) context.Context
	// conflict reports whether running the transaction again may succeed.
	conflict(err error) bool
	// violates reports whether a constraint of the schema refused the row.
	violates(err error) bool
	// marks writes the placeholders $1, $2 … of a statement as the engine reads
	// them fastest.
	marks(text string) string
	// fill puts the engine's own words into the schema text.
	fill(schema string) string
	// guards makes the tables of the journal and the ledger append-only.
	guards() string
	// guardJournal puts another condition under which a row of the journal may be
	// changed in place of the one of guards.
	guardJournal(allowed string) string
	// lockRow ends a query of one row that the transaction is going to work: others
	// that want to work it wait, and then read what this one left.
	lockRow() string
	// lockChains is the statement, around rows of one value, that takes the right to
	// append to chains of the journal until the transaction ends; none when the
	// write transaction has it anyway.
	lockChains() (before, behind string)
	// joinJournal makes lockJournal of others wait until the transaction ends.
	joinJournal() string
	// lockJournal keeps all others from appending until the transaction ends.
	lockJournal() string
	// nextEntries issues numbers of ledger entries, $1 of them.
	nextEntries() string
	// send runs statements of one transaction in their order, in one go where the
	// database is reached over a network, and returns how many rows each has changed,
	// up to the first that fails.
	send(ctx context.Context, c *conn, list []statement) (changed []int64, err error)
	// dialect is goose's name of the engine.
	dialect() goose.Dialect
	// backup writes a copy of the whole store to a file.
	backup(ctx context.Context, readers *pool, path string) error
}
