package spool_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/spool"
	"carryover/exchange/store"
)

// requireRefused fails unless opening is refused with all those words, and Check says
// the same.
func requireRefused(t *testing.T, s *store.Store, code, dir string, words ...string) {
	t.Helper()
	requireOwnerRefused(t, s, spool.Owner{Agency: code}, dir, words...)
}

// requireOwnerRefused is requireRefused of any owner.
func requireOwnerRefused(t *testing.T, s *store.Store, of spool.Owner, dir string, words ...string) {
	t.Helper()
	_, err := spool.Open(t.Context(), s, of, dir)
	var refused *spool.Refused
	if !errors.As(err, &refused) || refused.Todo == "" {
		t.Fatalf("not refused: %v", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q is not said: %v", w, err)
		}
	}
	if checked := spool.Check(t.Context(), s, of, dir); checked == nil || checked.Error() != err.Error() {
		t.Errorf("Check says %v, Open %v", checked, err)
	}
}

// requireOpen fails unless a spool opens.
func requireOpen(t *testing.T, s *store.Store, dir string) {
	t.Helper()
	if err := spool.Check(t.Context(), s, owner, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := spool.Open(t.Context(), s, owner, dir); err != nil {
		t.Fatal(err)
	}
}

// record records a file in a store; its bytes are not looked for.
func record(t *testing.T, s *store.Store, name string, state exchange.FileState) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertFile(&exchange.File{Dir: exchange.In, Party: "320500", Name: name, State: state, Spool: name})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mark is what .spool-id of a folder says.
func mark(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".spool-id"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A store is opened with the spool that it was first opened with, wherever both lie.
func TestBound(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		record(t, w.store, "a", exchange.FileFetched)
		requireOpen(t, w.store, w.dir)
		if w.store.Shared() {
			requireOpen(t, openStore(t, w.dsn), t.TempDir()) // another machine
			return
		}
		moved := filepath.Join(t.TempDir(), "moved")
		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := errors.Join(os.Rename(w.dir, moved), w.store.Backup(t.Context(), copied)); err != nil {
			t.Fatal(err)
		}
		requireOpen(t, openStore(t, copied), moved)
	})
}

// Two agencies in one store: the second one is told.
func TestOtherAgency(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		requireRefused(t, w.store, "320500", w.dir, "the store is that of agency 310100, not of 320500", "store.dsn")
	})
}

// A store and a folder that do not belong together are told apart by name.
func TestOtherSpool(t *testing.T) {
	one, two := open(t, engines["folder"](t)), open(t, engines["folder"](t))
	a, b := strings.Fields(mark(t, one.dir)), strings.Fields(mark(t, two.dir))
	requireRefused(t, one.store, agency, two.dir, a[1], b[1], two.dir, "folders.spool")
	empty := t.TempDir()
	requireRefused(t, one.store, agency, empty, a[1], empty, "it is empty, or the spool was moved", "put the spool back")
	put(t, empty, ".spool-id", mark(t, one.dir)+"\n") // as it says
	requireOpen(t, one.store, empty)
	put(t, empty, ".spool-id", "310100")
	if _, err := spool.Open(t.Context(), one.store, owner, empty); err == nil || !strings.Contains(err.Error(), ".spool-id holds no area code and id") {
		t.Error(err)
	}
}

// A folder that is a spool is not taken for a new store's, unless it holds nothing: then
// it was its store's and nobody's since.
func TestNewStore(t *testing.T) {
	w := open(t, engines["folder"](t))
	requireOpen(t, openStore(t, filepath.Join(t.TempDir(), "new.db")), w.dir) // nothing lies there yet
	put(t, w.dir, "in-a", "x")
	fresh := openStore(t, filepath.Join(t.TempDir(), "new.db"))
	requireRefused(t, fresh, agency, w.dir, "the store is empty", strings.Fields(mark(t, w.dir))[1], "carryover restore")
	requireRefused(t, fresh, "320500", w.dir, "of agency 310100, not of 320500")
	record(t, fresh, "in-a", exchange.FileFetched) // a backup that is older than the binding
	requireOpen(t, fresh, w.dir)
	requireRefused(t, openStore(t, engines["database"](t).dsn), agency, w.dir, "of a store that is a file")
}

// Several processes that open a new spool at once bind it once.
func TestBoundAtOnce(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			at := engine(t)
			openStore(t, at.dsn)
			const many = 4
			errs := make(chan error, many)
			for range many {
				s := openStore(t, at.dsn)
				go func() {
					_, err := spool.Open(context.Background(), s, owner, at.dir)
					errs <- err
				}()
			}
			for range many {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// unbound is a shared store as it was used with a folder, before stores kept files.
func unbound(t *testing.T, names ...string) (s *store.Store, dsn string) {
	t.Helper()
	dsn = engines["database"](t).dsn
	s = openStore(t, dsn)
	for _, name := range names {
		record(t, s, name, exchange.FileFetched)
	}
	return s, dsn
}

// The files of a folder are taken into a shared store, whole, and it is opened only then;
// done again, cut short in between, it goes on.
func TestTakeIn(t *testing.T) {
	s, dsn := unbound(t, "in-a", "in-b")
	dir, elsewhere := t.TempDir(), t.TempDir()
	large := strings.Repeat("x", store.SpoolPart+1)
	put(t, dir, "in-a", "a")
	put(t, dir, "out-c.txt", large)
	put(t, dir, ".pass.lock", "")
	put(t, elsewhere, "in-a", "another, which is not taken in place of the first")
	put(t, elsewhere, "in-b", "b")
	requireRefused(t, s, agency, t.TempDir(), "run carryover migrate on the machine that has them")

	taken, err := spool.TakeIn(t.Context(), s, owner, dir)
	var refused *spool.Refused
	if !errors.As(err, &refused) || taken != 2 || !strings.Contains(refused.Why, "1 files that the store needs are not in the folder "+dir+", the first in-b") {
		t.Fatalf("%d taken in: %v", taken, err)
	}
	requireRefused(t, s, agency, t.TempDir(), "have not been taken into it yet")
	for i, from := range []string{elsewhere, elsewhere, dir} {
		taken, err = spool.TakeIn(t.Context(), s, owner, from)
		if want := map[bool]int{true: 1}[i == 0]; err != nil || taken != want {
			t.Errorf("%d taken in, want %d: %v", taken, want, err)
		}
	}
	w := open(t, place{dsn, t.TempDir()})
	w.require(t, "in-a", []byte("a"))
	w.require(t, "in-b", []byte("b"))
	w.require(t, "out-c.txt", []byte(large))
	w.require(t, ".pass.lock", nil)
}

// What the schema says of parts, whoever writes them.
func TestPartsInTheSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		driver := map[bool]string{true: "pgx", false: "sqlite"}[w.store.Shared()]
		db, err := sql.Open(driver, w.dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for what, args := range map[string][]any{
			"too large":        {"a", 0, 1, make([]byte, store.SpoolPart+1)},
			"short":            {"a", 0, 0, []byte("x")},
			"empty behind one": {"a", 1, 1, []byte{}},
			"below 0":          {"a", -1, 1, []byte("x")},
			"without bytes":    {"a", 0, 1, nil},
		} {
			if _, err := db.ExecContext(t.Context(), "INSERT INTO spool_parts (name, n, is_last, bytes) VALUES ($1, $2, $3, $4)", args...); err == nil {
				t.Errorf("a part that is %s was taken", what)
			}
		}
		if _, err := db.ExecContext(t.Context(), "INSERT INTO bindings (one, agency, spool) VALUES (2, 'a', 'b')"); err == nil {
			t.Error("two bindings")
		}
	})
}

// A file of which a part is missing is not read as a shorter one.
func TestPartMissing(t *testing.T) {
	w := open(t, engines["database"](t))
	f := w.begin(t, make([]byte, 3*store.SpoolPart))
	if err := w.keep(f, "x", nil); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	db, err := sql.Open("pgx", w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, n := range []int{2, 1} {
		if _, err := db.ExecContext(t.Context(), "DELETE FROM spool_parts WHERE n = $1", n); err != nil {
			t.Fatal(err)
		}
		w.view(t, func(tx *store.Tx) error {
			if _, err := w.Open(tx, "x"); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "spool x part") {
				t.Errorf("without part %d: %v", n, err)
			}
			return nil
		})
	}
	w.requireTidy(t)
}

// A store is that of a rehearsal or of none, from the first time on, whichever engine.
func TestRehearsal(t *testing.T) {
	rehearses := spool.Owner{Agency: agency, Rehearsal: true}
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			meant, at := open(t, at(t)), at(t)
			requireOwnerRefused(t, meant.store, rehearses, meant.dir, "the configuration says rehearsal: true, and the store is none of a rehearsal")
			rehearsed := openStore(t, at.dsn)
			for range 2 {
				if _, err := spool.Open(t.Context(), rehearsed, rehearses, at.dir); err != nil {
					t.Fatal(err)
				}
			}
			requireOwnerRefused(t, rehearsed, owner, at.dir, "the store is that of a rehearsal", "name a new store under store.dsn")
		})
	}
}

// A store that was used before a rehearsal could be is none.
func TestRehearsalOfBefore(t *testing.T) {
	at := engines["folder"](t)
	s := openStore(t, at.dsn)
	record(t, s, "a", exchange.FileFetched)
	requireOwnerRefused(t, s, spool.Owner{Agency: agency, Rehearsal: true}, at.dir, "the store is none of a rehearsal")
	requireOpen(t, s, at.dir)
	at = engines["database"](t)
	shared := openStore(t, at.dsn)
	record(t, shared, "a", exchange.FileFetched)
	put(t, at.dir, "a", "x")
	var refused *spool.Refused
	if n, err := spool.TakeIn(t.Context(), shared, spool.Owner{Agency: agency, Rehearsal: true}, at.dir); !errors.As(err, &refused) || n != 0 {
		t.Errorf("taken in: %d, %v", n, err)
	}
}
