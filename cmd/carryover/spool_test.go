package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/exchange/store/storetest"
)

// onStore makes an agency's configuration name a store.
func onStore(t *testing.T, config, dsn string) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err == nil {
		err = os.WriteFile(config, bytes.Replace(text, []byte("dsn: store/carryover.db"), []byte("dsn: "+dsn), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// said runs a command, which must end with an exit code, and returns all that it says.
func said(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if exit := run(t.Context(), args, &out, &out); exit != want {
		t.Fatalf("%v: exit %d, want %d: %s", args, exit, want, out.String())
	}
	return out.String()
}

func requireSaid(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not said: %s", w, text)
		}
	}
}

// usedWithFolder is a PostgreSQL store as it was used with the folder of an agency's
// spool: it knows of a file that has come, whose bytes lie there.
func usedWithFolder(t *testing.T, config string) (dsn string) {
	t.Helper()
	dsn = storetest.NewDatabase(t)
	s, err := store.Open(t.Context(), store.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = s.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertFile(&exchange.File{
			Dir: exchange.In, Party: "320500c", Name: "a.csv", Kind: "registry", Carrier: "csv", State: exchange.FileFetched, Seen: 20260302, At: time.Unix(1, 0), Spool: "in-a.csv",
		})
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(filepath.Dir(config), "spool", "in-a.csv"), []byte("H,"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	onStore(t, config, dsn)
	return dsn
}

// A store on PostgreSQL that was used with a folder is worked with once migrate has taken
// the files in, from wherever they lie; another agency is told that the store is not its own.
func TestSpoolOnPostgreSQL(t *testing.T) {
	config, elsewhere := newAgency(t), newAgency(t)
	dsn := usedWithFolder(t, config)
	onStore(t, elsewhere, dsn)
	requireSaid(t, said(t, exitUsage, "-c", config, "run"), "they have not been taken into it yet", "run carryover migrate on the machine that has them")
	requireSaid(t, said(t, exitFailed, "-c", config, "check", "--connect", "--limits=false"), "spool: the store keeps its files itself", "→ run carryover migrate")
	requireSaid(t, said(t, exitUsage, "-c", elsewhere, "migrate"), "1 files that the store needs are not in the folder", "the first in-a.csv", "on the machine that has them")
	requireSaid(t, said(t, exitDone, "-c", config, "migrate"), "1 files of "+filepath.Join(filepath.Dir(config), "spool")+" are in the store now and may be deleted there")
	requireSaid(t, said(t, exitDone, "-c", config, "migrate"), "nothing to do")
	if err := os.Remove(filepath.Join(filepath.Dir(config), "spool", "in-a.csv")); err != nil {
		t.Fatal(err)
	}
	requireSaid(t, said(t, exitDone, "-c", elsewhere, "run", "process"), "file=a.csv code=wrong-envelope") // the other machine works it

	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(filepath.Dir(config), "other.yaml")
	if err := os.WriteFile(other, bytes.Replace(text, []byte("320500"), []byte("320200"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	requireSaid(t, said(t, exitUsage, "-c", other, "run"), "the store is that of agency 320500, not of 320200", "a store of its own for each agency")
}
