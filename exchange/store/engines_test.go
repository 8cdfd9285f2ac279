package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"carryover/exchange"
)

// testEngine is a row of the table of engines: every test of behaviour runs
// the same function over all of them.
type testEngine struct {
	name string
	// dsn is a new empty store's.
	dsn func(t testing.TB) string
	// unguard takes a trigger away.
	unguard string
	// sever ends the connections that others have.
	sever string
	// backup is what an error of Backup says; "" when the engine can.
	backup string
}

func testEngines() []testEngine {
	return append([]testEngine{{
		name:    "sqlite",
		dsn:     func(t testing.TB) string { return filepath.Join(t.TempDir(), "store.db") },
		unguard: "DROP TRIGGER %s",
		sever:   "SELECT 1",
	}}, serverEngines()...)
}

// onEngines runs a test on a migrated store of every engine.
func onEngines(t *testing.T, test func(t *testing.T, s *Store)) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) { test(t, openMigrated(t, Options{DSN: e.dsn(t)})) })
	}
}

func openMigrated(t testing.TB, o Options) *Store {
	t.Helper()
	s := open(t, o)
	if err := s.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// write runs fn in a transaction that must succeed, view in a snapshot.
func write(t testing.TB, s *Store, fn func(tx *Tx) error) {
	t.Helper()
	if err := s.Tx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *Store, fn func(tx *Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// raw runs a statement as somebody would who has the database open.
func raw(t testing.TB, s *Store, text string, args ...any) error {
	t.Helper()
	return s.Tx(context.Background(), func(tx *Tx) error {
		_, err := tx.sql.ExecContext(context.Background(), text, args...)
		return err
	})
}

// sampleCase is a transfer-out case just requested.
func sampleCase(n int) exchange.Case {
	return exchange.Case{
		No: fmt.Sprintf("T32050020260302%06d", n), Side: exchange.Out, Partner: "310100", Profile: "2021",
		State: exchange.Requested, FormTrack: exchange.FormNone, MoneyTrack: exchange.MoneyNotDue,
		LetterNo: fmt.Sprintf("31010020260302%06d", n), LetterVersion: 1, OpenedOn: 20260302,
		Person: exchange.Person{IDType: "01", IDNo: "11010519491231002X", Name: "张三", IDKey: fmt.Sprintf("11010519491231%04d", n), NameKey: "张三"},
	}
}

// sampleFile is a file that came in.
func sampleFile(n int) exchange.File {
	return exchange.File{
		Dir: exchange.In, Party: "310100", Kind: "contact-letter", Name: fmt.Sprintf("contact-letter_310100_320500_20260302_%06d.csv", n),
		Carrier: "csv", SHA256: fmt.Sprintf("%064x", n), Sequence: int64(n), State: exchange.FileFetched, Seen: 20260302,
	}
}

func insertCases(t testing.TB, s *Store, n int) {
	t.Helper()
	write(t, s, func(tx *Tx) error {
		for i := 1; i <= n; i++ {
			c := sampleCase(i)
			if err := tx.InsertCase(&c); err != nil {
				return err
			}
		}
		return nil
	})
}
