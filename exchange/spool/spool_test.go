package spool_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"carryover/exchange/atomicfile"
	"carryover/exchange/drop/droptest"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/exchange/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(dies) != "" {
		die()
	}
	code := m.Run()
	if err := storetest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const agency = "310100"

var owner = spool.Owner{Agency: agency}

// place is where a spool lies: a store's address, and a folder.
type place struct {
	dsn, dir string
}

// engines are the stores of the two spools.
var engines = map[string]func(t testing.TB) place{
	"folder":   func(t testing.TB) place { return place{filepath.Join(t.TempDir(), "store.db"), t.TempDir()} },
	"database": func(t testing.TB) place { return place{storetest.NewDatabase(t), t.TempDir()} },
}

// onBoth runs a test on a new spool of each kind.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for name, at := range engines {
		t.Run(name, func(t *testing.T) { test(t, open(t, at(t))) })
	}
}

// world is an open spool with its store.
type world struct {
	place
	store *store.Store
	spool.Spool
}

func open(t testing.TB, at place) *world {
	t.Helper()
	w := &world{place: at, store: openStore(t, at.dsn)}
	var err error
	if w.Spool, err = spool.Open(t.Context(), w.store, owner, at.dir); err != nil {
		t.Fatal(err)
	}
	return w
}

func openStore(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// begin begins a file of that content.
func (w *world) begin(t testing.TB, content []byte) *atomicfile.File {
	t.Helper()
	f, err := w.Create()
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Discard)
	return f
}

// keep keeps a file in a transaction of its own; then, when there is something, is called
// in it.
func (w *world) keep(f *atomicfile.File, name string, then func(*store.Tx) error) error {
	return w.store.Tx(context.Background(), func(tx *store.Tx) error {
		err := w.Keep(tx, f, name)
		if err == nil && then != nil {
			err = then(tx)
		}
		return err
	})
}

// view calls fn in a snapshot.
func (w *world) view(t testing.TB, fn func(*store.Tx) error) {
	t.Helper()
	if err := w.store.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// content is all of a file as a transaction sees it.
func (w *world) content(tx *store.Tx, name string) ([]byte, error) {
	f, err := w.Open(tx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// require fails unless a file has a content; nil: unless there is none.
func (w *world) require(t testing.TB, name string, want []byte) {
	t.Helper()
	w.view(t, func(tx *store.Tx) error {
		got, err := w.content(tx, name)
		size, serr := w.Size(tx, name)
		switch {
		case want == nil && errors.Is(err, fs.ErrNotExist) && errors.Is(serr, fs.ErrNotExist):
		case want == nil:
			t.Errorf("%s is there: %v, %v", name, err, serr)
		case err != nil || serr != nil || !bytes.Equal(got, want) || size != int64(len(want)):
			t.Errorf("%s has %d bytes (%d), want %d: %v, %v", name, len(got), size, len(want), err, serr)
		}
		return nil
	})
}

// sizes are those around whole parts.
var sizes = []int{0, 1, store.SpoolPart - 1, store.SpoolPart, store.SpoolPart + 1, 2 * store.SpoolPart, 3*store.SpoolPart + 7}

// What was kept is there, byte for byte, in its own transaction already.
func TestKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i, n := range sizes {
			name, want := fmt.Sprintf("in-%d.csv", n), droptest.Content(n, uint64(i))
			w.require(t, name, nil)
			err := w.keep(w.begin(t, want), name, func(tx *store.Tx) error {
				got, err := w.content(tx, name)
				if !bytes.Equal(got, want) {
					t.Errorf("%d bytes in the transaction, want %d", len(got), n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			w.require(t, name, want)
		}
	})
}

// What is prepared is kept by the transaction, and not before where that can be seen.
func TestPrepared(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		want := droptest.Content(store.SpoolPart+1, 1)
		f := w.begin(t, want)
		if err := w.Prepare(f, "x"); err != nil {
			t.Fatal(err)
		}
		if w.store.Shared() {
			w.require(t, "x", nil)
		}
		if err := w.keep(f, "x", nil); err != nil {
			t.Fatal(err)
		}
		w.require(t, "x", want)
	})
}

// A file takes the place of an older one, longer or shorter; who reads the older one
// reads it to its end.
func TestReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i, n := range append(sizes, 5, 0) {
			old := droptest.Content(2*store.SpoolPart+5, 99)
			if err := w.keep(w.begin(t, old), "x", nil); err != nil {
				t.Fatal(err)
			}
			var reader *spool.File
			w.view(t, func(tx *store.Tx) (err error) {
				reader, err = w.Open(tx, "x")
				return err
			})
			want := droptest.Content(n, uint64(i))
			if err := w.keep(w.begin(t, want), "x", nil); err != nil {
				t.Fatal(err)
			}
			w.require(t, "x", want)
			if got, err := io.ReadAll(reader); err != nil || !bytes.Equal(got, old) {
				t.Errorf("the older file changed while it was read: %d bytes, %v", len(got), err)
			}
			if err := reader.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A file is read from wherever it is wanted.
func TestReadAnywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		content := droptest.Content(2*store.SpoolPart+100, 1)
		if err := w.keep(w.begin(t, content), "x", nil); err != nil {
			t.Fatal(err)
		}
		w.view(t, func(tx *store.Tx) error {
			f, err := w.Open(tx, "x")
			if err != nil {
				return err
			}
			defer f.Close()
			for _, at := range []int64{0, 1, store.SpoolPart - 3, store.SpoolPart, 2*store.SpoolPart + 90} {
				got := make([]byte, 10)
				if _, err := f.ReadAt(got, at); err != nil || !bytes.Equal(got, content[at:at+10]) {
					t.Errorf("at %d: %v", at, err)
				}
				if _, err := f.Seek(at-f.Size(), io.SeekEnd); err != nil {
					return err
				}
				if rest, err := io.ReadAll(f); err != nil || !bytes.Equal(rest, content[at:]) {
					t.Errorf("from %d: %d bytes, %v", at, len(rest), err)
				}
			}
			if _, err := f.ReadAt(make([]byte, 1), f.Size()); !errors.Is(err, io.EOF) {
				t.Errorf("behind the end: %v", err)
			}
			return nil
		})
	})
}

// A transaction that fails leaves the older file or the new one, and one that is tried
// again keeps the same file again.
func TestTransactionFails(t *testing.T) {
	broken := errors.New("broken")
	onBoth(t, func(t *testing.T, w *world) {
		want := droptest.Content(store.SpoolPart+1, 1)
		f := w.begin(t, want)
		if err := w.keep(f, "x", func(*store.Tx) error { return broken }); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if w.store.Shared() {
			w.require(t, "x", nil)
		}
		if err := w.keep(f, "x", nil); err != nil {
			t.Fatal(err)
		}
		w.require(t, "x", want)
	})
}

// Whichever step fails, before or after it is done, the older file stands or the new
// one, and nothing temporary is left behind.
func TestStepFails(t *testing.T) {
	broken := errors.New("broken")
	onBoth(t, func(t *testing.T, w *world) {
		old, fresh := droptest.Content(10, 1), droptest.Content(2*store.SpoolPart, 2)
		first := w.begin(t, old)
		if err := w.keep(first, "x", nil); err != nil {
			t.Fatal(err)
		}
		first.Discard()
		steps := 0
		for fail := 1; ; fail++ {
			f := w.begin(t, fresh)
			at := 0
			f.Around = func(_ string, do func() error) error {
				if at++; at == fail {
					return broken
				}
				err := do()
				if at++; err == nil && at == fail {
					err = broken
				}
				return err
			}
			err := w.keep(f, "x", nil)
			f.Discard()
			if err == nil {
				break
			}
			if !errors.Is(err, broken) {
				t.Fatal(err)
			}
			steps++
			w.view(t, func(tx *store.Tx) error {
				got, err := w.content(tx, "x")
				if !bytes.Equal(got, old) && (w.store.Shared() || !bytes.Equal(got, fresh)) {
					t.Errorf("step %d: %d bytes", fail, len(got))
				}
				return err
			})
		}
		if steps < 4 {
			t.Errorf("%d steps", steps)
		}
		w.require(t, "x", fresh)
		w.requireTidy(t)
	})
}

// requireTidy fails when something temporary lies in the folder.
func (w *world) requireTidy(t testing.TB) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(w.dir, ".tmp-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Memory does not grow with the file.
func TestLargeFile(t *testing.T) {
	const size, most = 100 << 20, 24 << 20
	onBoth(t, func(t *testing.T, w *world) {
		var peak uint64
		measure := func() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
		f, err := w.Create()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Discard()
		block := droptest.Content(1<<20, 1)
		for range size / len(block) {
			if _, err := f.Write(block); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		f.Around = func(_ string, do func() error) error { defer measure(); return do() }
		if err := w.keep(f, "large", nil); err != nil {
			t.Fatal(err)
		}
		w.view(t, func(tx *store.Tx) error {
			f, err := w.Open(tx, "large")
			if err != nil {
				return err
			}
			defer f.Close()
			measure()
			got := make([]byte, len(block))
			for n := 0; n < size; n += len(got) {
				if _, err := io.ReadFull(f, got); err != nil || !bytes.Equal(got, block) {
					t.Fatalf("at %d: %v", n, err)
				}
			}
			measure()
			return nil
		})
		if peak > most {
			t.Errorf("%d MiB of heap for a file of %d MiB", peak>>20, size>>20)
		}
	})
}

// A copy reads what it has not from the spool below, and writes to itself alone.
func TestOver(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		if err := w.keep(w.begin(t, []byte("below")), "x", nil); err != nil {
			t.Fatal(err)
		}
		above := &world{place: w.place, store: w.store, Spool: spool.Over(t.TempDir(), w.Spool)}
		above.require(t, "x", []byte("below"))
		above.require(t, "y", nil)
		if err := above.keep(above.begin(t, []byte("above")), "x", nil); err != nil {
			t.Fatal(err)
		}
		above.require(t, "x", []byte("above"))
		w.require(t, "x", []byte("below"))
	})
}
