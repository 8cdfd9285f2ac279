package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange"
)

// childDSN, when set, makes the test program a writer that commits case after
// case and says so on stdout, until it is killed.
const childDSN = "CARRYOVER_STORE_CHILD"

// TestChild is that writer; it does nothing when it is run as a test.
func TestChild(t *testing.T) {
	dsn := os.Getenv(childDSN)
	if dsn == "" {
		return
	}
	s := open(t, Options{DSN: dsn})
	for n := 1; ; n++ {
		write(t, s, func(tx *Tx) error {
			c := sampleCase(n)
			return steps(tx.InsertCase(&c), tx.Journal(event(c.No, "a")), tx.Journal(event("agency", "b")))
		})
		if _, err := fmt.Println("committed", n); err != nil {
			return
		}
	}
}

// TestKill: after kill -9 of a writer, what it said it had committed is
// there, what it had not is gone as a whole, and the next writer goes on.
func TestKill(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			dsn := e.dsn(t)
			s := openMigrated(t, Options{DSN: dsn})
			child := exec.Command(program, "-test.run=^TestChild$", "-test.v")
			child.Env = append(os.Environ(), childDSN+"="+dsn)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			said := 0
			lines := bufio.NewScanner(out)
			for said < 30 && lines.Scan() {
				if n, ok := strings.CutPrefix(lines.Text(), "committed "); ok {
					if said, err = strconv.Atoi(n); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, out); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := child.Wait(); !errors.As(err, &exit) {
				t.Fatalf("the writer was not killed: %v", err)
			}
			r, err := s.VerifyJournal(t.Context(), nil)
			if err != nil || !r.OK() || r.Cases < int64(said) || said < 30 || r.Events != 2*r.Cases {
				t.Errorf("%d commits were told: %+v, %v", said, r, err)
			}
			next := sampleCase(900)
			write(t, s, func(tx *Tx) error { return steps(tx.InsertCase(&next), tx.Journal(event("agency", "c"))) })
		})
	}
}

// TestBackup: a copy made while others write is a whole store; a file that is
// there already is never replaced.
func TestBackup(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := openMigrated(t, Options{DSN: e.dsn(t)})
			journaled(t, s, 20, 3)
			path := filepath.Join(t.TempDir(), "copy.db")
			err := s.Tx(t.Context(), func(tx *Tx) error { // a writer is under way
				c := sampleCase(21)
				return steps(tx.InsertCase(&c), said(e.backup, s.Backup(context.Background(), path)))
			})
			if err != nil {
				t.Fatal(err)
			}
			if e.backup != "" {
				return
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v %v", info, err)
			}
			r, err := open(t, Options{DSN: path}).VerifyJournal(t.Context(), nil)
			if err != nil || !r.OK() || r.Cases != 20 || r.Events != 60 {
				t.Errorf("%+v, %v", r, err)
			}
			if err := s.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
				t.Errorf("got %v, want that the file exists", err)
			}
			left, err := filepath.Glob(path + "?*")
			for _, f := range left {
				if !strings.HasSuffix(f, "-wal") && !strings.HasSuffix(f, "-shm") {
					t.Errorf("left behind: %s (%v)", f, err)
				}
			}
		})
	}
}

// said passes an error whose text is expected, and no error when none is.
func said(want string, err error) error {
	switch {
	case want == "" || err != nil && strings.Contains(err.Error(), want):
		if want != "" {
			return nil
		}
		return err
	default:
		return fmt.Errorf("got %w, want an error about %q", err, want)
	}
}

// TestVersion: an empty store has version 0, a migrated one ours, twice
// changes nothing, a newer one is refused.
func TestVersion(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := open(t, Options{DSN: e.dsn(t)})
			const versions = 13
			check := func(wantHave int64) {
				t.Helper()
				have, want, err := s.Version(t.Context())
				if err != nil || have != wantHave || want != versions {
					t.Errorf("version %d of %d, %v", have, want, err)
				}
			}
			check(0)
			for range 2 {
				if err := s.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				check(versions)
			}
			if err := raw(t, s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, $1)", true); err != nil {
				t.Fatal(err)
			}
			if err := s.Migrate(t.Context()); !errors.Is(err, ErrSchema) {
				t.Errorf("got %v, want ErrSchema", err)
			}
		})
	}
}

// TestOpen: a store that cannot be opened says so, and a new file is ours alone.
func TestOpen(t *testing.T) {
	for _, dsn := range []string{"", filepath.Join(t.TempDir(), "no", "folder", "x.db")} {
		if _, err := Open(t.Context(), Options{DSN: dsn}); err == nil {
			t.Errorf("%q was opened", dsn)
		}
	}
	path := filepath.Join(t.TempDir(), "a b?#%.db")
	s := openMigrated(t, Options{DSN: path})
	c := sampleCase(1)
	write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", suffix, info, err)
		}
	}
	if err := os.WriteFile(path+"2", []byte("this is no database, but long enough to look like a header of one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if bad, err := Open(t.Context(), Options{DSN: path + "2"}); err == nil {
		t.Error("a text file was opened", bad.Close())
	}
}

// TestTwoOpened: the same file opened twice, as by a run and a show; both
// write, one after the other.
func TestTwoOpened(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			dsn := e.dsn(t)
			stores := []*Store{openMigrated(t, Options{DSN: dsn}), open(t, Options{DSN: dsn})}
			done := make(chan error)
			for i, s := range stores {
				go func() {
					for n := range 20 {
						c := sampleCase(100*i + n)
						if err := s.Tx(context.Background(), func(tx *Tx) error {
							return steps(tx.InsertCase(&c), tx.Journal(exchange.JournalEvent{Chain: "agency", What: "x"}))
						}); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range stores {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			view(t, stores[0], func(tx *Tx) error {
				events, err := tx.JournalOf("agency")
				if len(events) != 40 {
					t.Errorf("%d events", len(events))
				}
				return err
			})
		})
	}
}

// TestSevered: connections that died while nobody used them cost nobody a
// transaction.
func TestSevered(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			dsn := e.dsn(t)
			other := openMigrated(t, Options{DSN: dsn})
			s, err := Open(t.Context(), Options{DSN: dsn})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { t.Log("closed:", s.Close()) }) // dead connections may complain
			insertCases(t, s, 1)
			if err := raw(t, other, e.sever); err != nil {
				t.Fatal(err)
			}
			c := sampleCase(2)
			write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
			view(t, s, func(tx *Tx) error { return same(t, "Case", c)(tx.Case(c.No)) })
		})
	}
}
