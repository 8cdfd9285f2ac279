// Package store keeps what an agency knows: cases and everything that hangs
// on them, files, the journal and the ledger, in SQLite (one machine) or
// PostgreSQL (several nodes).
//
// One schema and one SQL text serve both engines; what must differ stands in
// sqlite.go and postgres.go, each with its reason. The store fills exchange
// types and never normalises: text comes back byte for byte.
//
// All reading and writing happens in Store.Tx (write) or Store.View (one
// consistent snapshot, read only). A Tx belongs to one goroutine. Its methods
// return ErrNotFound for what is not there, and ErrStale when a conditional
// update hits no row: somebody else has changed it, and the transaction must
// not go on. README.md beside this file lists tables and constraints.
package store

import (
	"context"
	"errors"
	"fmt"

	"carryover/exchange/store/engine"
)

// Errors on which callers branch.
var (
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not in the store")
	// ErrStale: a conditional update found the row changed since it was read.
	ErrStale = errors.New("row changed since it was read")
	// ErrConstraint: the schema refuses the row.
	ErrConstraint = errors.New("refused by the schema")
	// ErrDuplicate: the row is there already (a bank entry, a finished run).
	ErrDuplicate = errors.New("already in the store")
	// ErrSchema: the store's schema is not the one this program works with.
	ErrSchema = errors.New("the store's schema does not fit this program")
)

// Options say which store to open.
type Options struct {
	// DSN is a file path (SQLite) or a postgres:// address (PostgreSQL).
	DSN string
	// BeforeCommit and AfterCommit are called around every commit of Tx: the
	// seam where tests let outside calls fail. An error before rolls back; an
	// error after is returned though the data is committed. Nil in production.
	BeforeCommit, AfterCommit func() error
	// Counted is told, at the end of every Tx and View, what the database was asked
	// in it. Nil in production.
	Counted func(Count)
}

// Count is what the database was asked.
type Count struct {
	Reads  int // statements that read
	Writes int // statements that changed a row
	Trips  int // times that it was waited for: one for what was sent together
}

// Store is an open store. Its methods may be called from several goroutines.
type Store struct {
	eng           engine.Engine
	writers       *engine.Pool
	readers       *engine.Pool
	before, after func() error
	counted       func(Count)
}

// Open opens a store; a SQLite file that is not there is made, mode 0600. The
// schema is not touched: see Migrate and Version.
func Open(ctx context.Context, o Options) (*Store, error) {
	eng, err := engine.Open(o.DSN)
	if err != nil {
		return nil, err
	}
	writers, readers, err := eng.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return &Store{eng: eng, writers: writers, readers: readers, before: o.BeforeCommit, after: o.AfterCommit, counted: o.Counted}, nil
}

// Close closes all connections. No transaction may be under way.
func (s *Store) Close() error {
	return errors.Join(s.writers.Close(), s.readers.Close())
}

// attempts bounds how often Tx runs fn again after a conflict that the
// engine itself reports (deadlock, serialization failure).
const attempts = 10

// Tx runs fn in one write transaction and commits it, or rolls all of it
// back when fn returns an error, which Tx then returns. On SQLite the write
// lock is taken at the start, so transactions run one after the other. On
// PostgreSQL fn is run again when the engine reports a deadlock: it must not
// change anything outside the store.
func (s *Store) Tx(ctx context.Context, fn func(*Tx) error) error {
	for i := 1; ; i++ {
		err := s.tx(ctx, fn)
		if err == nil || i == attempts || !errors.Is(err, errTaken) && !s.eng.Conflict(err) || ctx.Err() != nil {
			return err
		}
	}
}

func (s *Store) tx(ctx context.Context, fn func(*Tx) error) (err error) {
	tx, err := s.begin(ctx, s.writers, s.eng.WriteOptions())
	if err != nil {
		return err
	}
	tx.lock = s.eng.LockRow()
	defer func() { err = tx.end(err) }()
	if err = fn(tx); err != nil {
		return err
	}
	if err = tx.flush(); err != nil {
		return err
	}
	if s.before != nil {
		if err = s.before(); err != nil {
			return err
		}
	}
	if err = tx.commit(); err != nil {
		return err
	}
	if s.after != nil {
		return s.after()
	}
	return nil
}

// View runs fn in one read-only snapshot: what others commit meanwhile is
// not seen, and nobody's writing is held up.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) (err error) {
	tx, err := s.begin(ctx, s.readers, s.eng.ReadOptions())
	if err != nil {
		return err
	}
	defer func() { err = tx.end(err) }()
	if err = fn(tx); err != nil {
		return err
	}
	return tx.send() // the database refuses it
}

// Backup writes a consistent copy of the store to a new file while others go
// on reading and writing. The file appears whole or not at all.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.eng.Backup(ctx, s.readers, path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}
