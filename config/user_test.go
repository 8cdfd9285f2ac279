package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever does not own the store, or the folders beside it, is told whose they are.
func TestCheckUser(t *testing.T) {
	c := folder(t, nil)
	me := os.Geteuid()
	if err := c.CheckUser(); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"", "carryover.db", "spool"} {
		if gone != "" {
			if err := os.RemoveAll(filepath.Join(c.Dir, gone)); err != nil {
				t.Fatal(err)
			}
		}
		err := c.checkUser(me + 4711)
		if err == nil || !strings.Contains(err.Error(), "belongs to "+userName(me)) || !strings.Contains(err.Error(), "this runs as #") ||
			!strings.Contains(err.Error(), "sudo -u "+userName(me)) || !strings.Contains(err.Error(), "runuser -u "+userName(me)) {
			t.Errorf("without %q: %v", gone, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(c.Dir, "reports")); err != nil {
		t.Fatal(err)
	}
	if err := c.checkUser(me + 4711); err != nil {
		t.Errorf("nothing is there: %v", err)
	}
	if got := userName(4_000_000); got != "#4000000" {
		t.Errorf("a user without a name is %q", got)
	}
}
