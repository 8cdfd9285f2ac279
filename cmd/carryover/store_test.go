package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestNewFile: an export appears whole or not at all, is for its owner only,
// and takes no other file's place.
func TestNewFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal.jsonl")
	say := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, werr := io.WriteString(w, text)
			return errors.Join(werr, err)
		}
	}
	if err := newFile(name, say("half", errors.New("the store went away"))); err == nil {
		t.Error("a failed export is an error")
	}
	if left, _ := os.ReadDir(filepath.Dir(name)); len(left) != 0 {
		t.Errorf("a failed export left %v", left)
	}
	if err := newFile(name, say("whole", nil)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 5 {
		t.Errorf("%v, %v", info, err)
	}
	if err := newFile(name, say("other", nil)); err == nil {
		t.Error("another file's place was taken")
	}
	if text, err := os.ReadFile(name); string(text) != "whole" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}
