package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever does not own the store is refused before anything is made, and told whose it is;
// check says so, too.
func TestAnotherUsersStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "320500")
	settings := filepath.Join(t.TempDir(), "settings.yaml")
	writeFile(t, settings, `
agency: {name: 苏州, checker: 王敏}
accounts:
  own: [{holder: a, bank: b, account_no: "1", cnaps: "102100099996"}]
  payer: {holder: a, bank: b, account_no: "1", cnaps: "102100099996"}
  release: automatic
partners: []
`)
	if exit, _, text := call(t, "init", "--from", settings, dir); exit != exitDone {
		t.Fatal(text)
	}
	path := filepath.Join(dir, "config.yaml")
	if exit, _, text := call(t, "-c", path, "list", "cases"); exit != exitDone {
		t.Fatal(text)
	}
	owner := "#4711"
	err := os.Chown(filepath.Join(dir, "store", "carryover.db"), 4711, -1)
	if errors.Is(err, fs.ErrPermission) { // only root may give files away: others are shown what is root's
		owner, err = "root", errors.Join(os.RemoveAll(filepath.Join(dir, "spool")), os.Symlink("/", filepath.Join(dir, "spool")))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"run", "run --dry-run", "serve", "list cases", "show 1", "report", "migrate", "audit verify", "backup x"} {
		if exit, _, text := call(t, append([]string{"-c", path}, strings.Fields(command)...)...); exit != exitUsage || !strings.Contains(text, "belongs to "+owner) || !strings.Contains(text, "sudo -u") {
			t.Errorf("%s ends with %d: %s", command, exit, text)
		}
	}
	if exit, out, _ := call(t, "-c", path, "check"); exit != exitFailed || !strings.Contains(out, "belongs to "+owner) {
		t.Errorf("check ends with %d: %s", exit, out)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "store", "carryover.db-*")); err != nil || len(left) > 0 {
		t.Errorf("left beside the store: %v, %v", left, err)
	}
}
