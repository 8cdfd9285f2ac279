package jobs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/exchange/store/storetest"
	"carryover/jobs/office"
)

// newPostgresOffice is newOffice with a store on PostgreSQL, which keeps the files.
func newPostgresOffice(t *testing.T) *testOffice {
	t.Parallel()
	dsn := storetest.NewDatabase(t)
	migrate(t, dsn)
	return newOfficeOn(t, dsn)
}

// requireFilesInStore fails unless the store has all files that are recorded, as they
// were recorded, and the folder none.
func (o *testOffice) requireFilesInStore() {
	o.tb.Helper()
	err := o.env.Store.View(o.tb.(*testing.T).Context(), func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{})
		if err != nil || len(files) < 10 {
			o.tb.Errorf("%d files, %v", len(files), err)
		}
		for _, f := range files {
			if err := o.env.Intact(tx, f); err != nil {
				o.tb.Errorf("%s: %v", f.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		o.tb.Error(err)
	}
	if list := must(os.ReadDir(spoolFolder(o.env))); len(list) > 0 {
		o.tb.Errorf("left in the folder: %v", list)
	}
}

// People leave and arrive, with a store that keeps the files.
func TestFilesInTheStore(t *testing.T) {
	for name, story := range map[string]func(*testOffice, int, func(*testOffice, int, string)){"leave": manyLeave, "arrive": manyArrive} {
		t.Run(name, func(t *testing.T) {
			o := newPostgresOffice(t)
			story(o, 3, func(o *testOffice, _ int, _ string) { o.pass() })
			o.requireFilesInStore()
		})
	}
}

// Wherever a pass is cut short while it writes or reads files, the next one goes on, and
// all ends as if nothing had happened.
func TestFilesInTheStoreCutShort(t *testing.T) {
	cut := errors.New("the plug was pulled")
	for name, story := range map[string]func(*testOffice, int, func(*testOffice, int, string)){"leave": manyLeave, "arrive": manyArrive} {
		t.Run(name, func(t *testing.T) {
			o := newPostgresOffice(t)
			cuts := map[string]int{}
			story(o, 1, func(o *testOffice, _ int, what string) {
				for nth := 1; ; nth++ {
					seen := 0
					o.env.Outside = func(call, _ string) error {
						if seen++; seen != nth {
							return nil
						}
						cuts[call]++
						return cut
					}
					err := o.tryPass()
					o.env.Outside = nil
					if seen < nth {
						if err != nil {
							t.Fatalf("%s: %v", what, err)
						}
						return
					}
				}
			})
			for _, call := range []string{"spool.create:before", "spool.create:after", "spool.part:before", "spool.part:after", "spool.open:before", "spool.open:after"} {
				if cuts[call] == 0 {
					t.Errorf("never cut at %s: %v", call, cuts)
				}
			}
			o.requireFilesInStore()
		})
	}
}

// Two offices that are not the same one, on one store, are told so before they begin;
// two machines of one office make one pass at a time, each with the files of both.
func TestTwoOfficesOfOneStore(t *testing.T) {
	o := newPostgresOffice(t)
	s := o.env.Store
	_, err := spool.Open(t.Context(), s, spool.Owner{Agency: them}, t.TempDir())
	var refused *spool.Refused
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), us) || !strings.Contains(err.Error(), them) {
		t.Errorf("another agency: %v", err)
	}
	o.put(them, "contact-letter")
	o.pass()
	there, err := spool.Open(t.Context(), s, spool.Owner{Agency: us}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, unlock, err := o.env.Spool.LockPasses(t.Context()); err != nil {
		t.Error(err)
	} else {
		if _, _, err := there.LockPasses(t.Context()); !errors.Is(err, spool.ErrLocked) {
			t.Errorf("two passes at once: %v", err)
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}
	here := o.env.Spool
	o.env.Spool = placed{there, filepath.Dir(spoolFolder(o.env))}
	answers := o.outgoing(exchange.FileQueued, exchange.FileSent)
	if len(answers) == 0 {
		t.Error("no receipt")
	}
	for _, f := range answers {
		if err := o.env.View(t.Context(), func(d *office.Desk) error { return d.Intact(d.Tx, f) }); err != nil {
			t.Errorf("%s on the other machine: %v", f.Name, err)
		}
	}
	o.env.Spool = here
}
