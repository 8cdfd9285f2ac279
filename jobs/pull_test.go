package jobs_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs"
	"carryover/jobs/office"
)

// setParty changes how a party's drop is used.
func setParty(e *jobs.Env, code string, change func(*office.Party)) {
	for i := range e.Parties {
		if e.Parties[i].Code == code {
			change(&e.Parties[i])
		}
	}
}

func inFiles(t *testing.T, e *jobs.Env) (list []exchange.File) {
	t.Helper()
	err := e.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Files(store.FileFilter{Dir: exchange.In})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A file that is left in the drop is taken in once, however fine the folder's
// clock; one written anew is another file.
func TestFileLeftInTheDrop(t *testing.T) {
	w := newWorld(t, t.TempDir())
	readOutside(t, w.stage()).turn(legOn(firstDay, oldCode).at)
	e := w.open(t, legOn(firstDay, oldCode))
	setParty(e, oldCode+"c", func(p *office.Party) { p.After = office.AfterLeave })
	path := onlyFile(t, filepath.Join(w.stage(), oldCode, "drops", "core", "in", "registry_*"))
	written := time.Date(2026, 3, 2, 1, 2, 3, 456_789_123, time.UTC)
	for i, want := range []int{1, 1, 2, 2} {
		if i%2 == 0 {
			if err := os.Chtimes(path, written, written.Add(time.Duration(i)*time.Microsecond)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := e.Pull(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := len(inFiles(t, e)); got != want {
			t.Errorf("after pull %d: %d files taken in, want %d", i+1, got, want)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func onlyFile(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) != 1 {
		t.Fatal(pattern, paths, err)
	}
	return paths[0]
}
