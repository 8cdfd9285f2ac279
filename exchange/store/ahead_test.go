package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
)

// answers are what the reads that ReadAhead stands in for say.
type answers struct {
	Letters, Persons, Registry, Certificates string
}

func ask(t *testing.T, tx *Tx, a Ahead) (all answers) {
	t.Helper()
	say := func(to *string, value any, err error) {
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		*to += fmt.Sprintf("%+v %v\n", value, err)
	}
	for _, no := range a.Letters {
		c, err := tx.CaseByLetter(a.Side, no)
		say(&all.Letters, c, err)
	}
	for _, key := range a.IDKeys {
		cases, err := tx.CasesByPerson(key)
		say(&all.Persons, cases, err)
		registry, err := tx.RegistryByID(key)
		say(&all.Registry, registry, err)
	}
	for _, no := range a.Certificates {
		c, err := tx.Certificate(no)
		say(&all.Certificates, c, err)
	}
	return all
}

// aheadSample stores n cases, records and certificates, and names twice as many.
func aheadSample(t *testing.T, s *Store, n int) (a Ahead) {
	t.Helper()
	f := sampleFile(1)
	insertCases(t, s, n)
	a.Side = exchange.Out
	write(t, s, func(tx *Tx) error {
		if err := tx.InsertFile(&f); err != nil {
			return err
		}
		for i := 1; i <= 2*n; i++ {
			c := sampleCase(i)
			cert := exchange.Certificate{No: fmt.Sprintf("C%d", i), PersonalNo: fmt.Sprint(i), IssuedOn: 20260301}
			a.Letters, a.IDKeys, a.Certificates = append(a.Letters, c.LetterNo), append(a.IDKeys, c.Person.IDKey), append(a.Certificates, cert.No)
			if i > n {
				continue
			}
			p := exchange.RegistryPerson{PersonalNo: fmt.Sprint(i), AsOf: 20260301, Person: c.Person, Status: "active", FileID: f.ID, FileDate: 20260301}
			other := p
			other.PersonalNo += "b"
			if err := steps(tx.PutRegistry(other), tx.PutRegistry(p), tx.InsertCertificate(cert)); err != nil {
				return err
			}
		}
		return nil
	})
	return a
}

// TestReadAhead: what was read ahead is what would have been asked for, also
// after the transaction has written, or taken back, something that changes it.
func TestReadAhead(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const n = 300
		a := aheadSample(t, s, n)
		some := Ahead{Side: a.Side}
		for _, i := range []int{0, 1, n - 1, n, 2*n - 1} {
			some.Letters, some.IDKeys = append(some.Letters, a.Letters[i]), append(some.IDKeys, a.IDKeys[i])
			some.Certificates = append(some.Certificates, a.Certificates[i])
		}
		undone := errors.New("undone")
		fresh, moved := sampleCase(n+1), sampleCase(1)
		changes := map[string]func(tx *Tx) error{
			"nothing":         func(*Tx) error { return nil },
			"a case inserted": func(tx *Tx) error { c := fresh; return tx.InsertCase(&c) },
			"a case of another person": func(tx *Tx) error {
				before, err := tx.Case(moved.No)
				after := before
				after.Person.IDKey = fresh.Person.IDKey
				return steps(err, tx.UpdateCase(before, &after))
			},
			"a record put": func(tx *Tx) error {
				return tx.PutRegistry(exchange.RegistryPerson{PersonalNo: "new", AsOf: 20260302, Person: moved.Person, Status: "stopped", FileID: 1, FileDate: 20260302})
			},
			"records dropped": func(tx *Tx) error {
				if err := tx.PutRegistry(exchange.RegistryPerson{PersonalNo: "new", AsOf: 20260302, Person: moved.Person, Status: "stopped", FileID: 1, FileDate: 20260302}); err != nil {
					return err
				}
				_, err := tx.DropRegistryNotIn(2)
				return err
			},
			"a certificate void": func(tx *Tx) error { return tx.VoidCertificate("C1", "C2") },
			"a case taken back": func(tx *Tx) error {
				err := tx.Savepoint(func() error { c := fresh; return steps(tx.InsertCase(&c), undone) })
				if errors.Is(err, undone) {
					err = nil
				}
				return err
			},
		}
		for name, change := range changes {
			err := s.Tx(t.Context(), func(tx *Tx) error {
				if err := tx.ReadAhead(a); err != nil {
					return err
				}
				if len(tx.ahead.registry) != 2*n || len(tx.ahead.letters) != 2*n {
					t.Fatalf("%d records and %d letters were read ahead", len(tx.ahead.registry), len(tx.ahead.letters))
				}
				if err := change(tx); err != nil {
					return err
				}
				got := ask(t, tx, some)
				tx.ahead = ahead{}
				if diff := cmp.Diff(ask(t, tx, some), got); diff != "" {
					t.Errorf("%s (-asked +ahead): %s", name, diff)
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

// TestMarks: placeholders in their order become plain ones for SQLite.
func TestMarks(t *testing.T) {
	e := &sqliteEngine{}
	for text, want := range map[string]string{
		"SELECT 1":                 "SELECT 1",
		"VALUES ($1, $2, $3)":      "VALUES (?, ?, ?)",
		"a = $2 AND b = $1":        "a = $2 AND b = $1",
		"a = $1 OR b = $1":         "a = $1 OR b = $1",
		insertInto("t", "a, b, c"): "INSERT INTO t (a, b, c) VALUES (?, ?, ?)",
	} {
		if got := e.marks(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
