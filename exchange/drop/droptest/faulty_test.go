package droptest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/drop"
)

// TestFaulty: an error before keeps the operation from taking place, one after it
// does not.
func TestFaulty(t *testing.T) {
	root := Folder(t)
	inner, err := drop.OpenLocal(root, drop.Paths{}, drop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var fail string
	var seen []string
	errHook := errors.New("hook")
	d := Faulty(inner, func(op, name string) error {
		seen = append(seen, op+" "+name)
		if op == fail {
			return errHook
		}
		return nil
	})
	defer d.Close()
	put := func() error {
		return d.Put(t.Context(), drop.Out, "a.csv", strings.NewReader("abc"), 3, drop.PutOptions{})
	}
	stands := func() bool { _, err := os.Stat(filepath.Join(root, "out", "a.csv")); return err == nil }
	fail = "put:before"
	if err := put(); !errors.Is(err, errHook) || stands() {
		t.Errorf("before: error %v, stands %v", err, stands())
	}
	fail = "put:after"
	if err := put(); !errors.Is(err, errHook) || !stands() {
		t.Errorf("after: error %v, stands %v", err, stands())
	}
	fail = ""
	if err := put(); err != nil {
		t.Error(err)
	}
	e, err := d.Stat(t.Context(), drop.Out, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.List(t.Context(), drop.Out); err != nil {
		t.Error(err)
	}
	if err := d.Remove(t.Context(), drop.Out, e); err != nil || stands() {
		t.Errorf("remove: error %v, stands %v", err, stands())
	}
	want := []string{
		"put:before a.csv", "put:before a.csv", "put:after a.csv", "put:before a.csv", "put:after a.csv",
		"stat:before a.csv", "stat:after a.csv", "list:before out", "list:after out", "remove:before a.csv", "remove:after a.csv",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
}
