package scratch

import (
	"os"
	"testing"
)

// TestInMemory: tests find their folders where InMemory puts them, unless
// somebody has said where.
func TestInMemory(t *testing.T) {
	chosen := t.TempDir()
	t.Setenv("TMPDIR", chosen)
	if err := InMemory(); err != nil || os.TempDir() != chosen {
		t.Errorf("TMPDIR was named, and is %s now: %v", os.TempDir(), err)
	}
	t.Setenv("TMPDIR", "")
	want := os.TempDir()
	if folder := inMemory(); folder != "" {
		want = folder
	}
	if err := InMemory(); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "scratch-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if os.TempDir() != want {
		t.Errorf("temporary folders are made in %s, not in %s", os.TempDir(), want)
	}
}
