package drop_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

// opener opens a drop on a root that stays, with steps.
type opener func(t *testing.T, step func(call, path string) error) drop.Drop

func openers(t *testing.T) map[string]func(t *testing.T) (opener, string) {
	return map[string]func(t *testing.T) (opener, string){
		"local": func(t *testing.T) (opener, string) {
			root := droptest.Folder(t)
			return func(t *testing.T, step func(call, path string) error) drop.Drop {
				d, err := drop.OpenLocal(root, drop.Paths{}, drop.Options{Step: step})
				if err != nil {
					t.Fatal(err)
				}
				return d
			}, root
		},
		"sftp": func(t *testing.T) (opener, string) {
			c, root, _ := droptest.Server(t, nil)
			return func(t *testing.T, step func(call, path string) error) drop.Drop {
				return dial(t, c, drop.Options{Step: step})
			}, root
		},
	}
}

// TestEveryCallFails lets every single call to the outside fail, before and after
// it took place, once alone and once with all that follow (as if the process
// had been killed), in the way of files out and in. What stands under a name is whole at
// all times, and a clean second run ends as if nothing had happened.
func TestEveryCallFails(t *testing.T) {
	for name, start := range openers(t) {
		t.Run(name, func(t *testing.T) {
			open, root := start(t)
			calls := 0
			if err := work(t, open, root, func(string, string) error { calls++; return nil }); err != nil {
				t.Fatal(err)
			}
			if calls < 40 {
				t.Fatalf("only %d calls were seen", calls)
			}
			for _, dead := range []bool{false, true} {
				for k := range calls {
					if testing.Short() && k%5 != 0 {
						continue
					}
					faultAt(t, start, k, dead)
				}
			}
		})
	}
}

func faultAt(t *testing.T, start func(t *testing.T) (opener, string), k int, dead bool) {
	t.Run(fmt.Sprintf("call %d, dead afterwards %v", k, dead), func(t *testing.T) {
		open, root := start(t)
		n, what := 0, ""
		err := work(t, open, root, func(call, path string) error {
			n++
			if n-1 == k {
				what = call + " " + path
			}
			if n-1 == k || dead && n-1 > k {
				return errLine
			}
			return nil
		})
		if err != nil && !errors.Is(err, errLine) {
			t.Errorf("%s: %v", what, err)
		}
		whole(t, root, what)
		if err := work(t, open, root, nil); err != nil {
			t.Errorf("%s: second run: %v", what, err)
		}
		finished(t, root, what)
	})
}

var errLine = errors.New("the line is down")

var (
	outgoing = droptest.Content(70_000, 1)
	incoming = droptest.Content(50_000, 2)
)

// work puts one file, takes in another one and removes a third, each if it is still
// to be done, and returns the first error.
func work(t *testing.T, open opener, root string, step func(call, path string) error) error {
	t.Helper()
	start := filepath.Join(root, "started")
	if _, err := os.Stat(start); err != nil {
		for _, n := range []string{"in/b.csv", "in/done/b.csv", "out/c.csv"} {
			content := incoming
			if n == "in/done/b.csv" {
				content = outgoing // the name is taken by another file
			}
			if err := os.WriteFile(filepath.Join(root, n), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(start, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := open(t, step)
	defer d.Close()
	return errors.Join(
		d.Put(t.Context(), drop.Out, "a.csv", bytes.NewReader(outgoing), int64(len(outgoing)), drop.PutOptions{ReadBack: true}),
		takeIn(t, d),
		takeBack(t, d),
	)
}

func takeIn(t *testing.T, d drop.Drop) error {
	l, err := d.List(t.Context(), drop.In)
	if err != nil {
		return err
	}
	for _, e := range l.Files {
		f, err := os.Create(filepath.Join(t.TempDir(), "got"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := d.Get(t.Context(), drop.In, e, f); err != nil {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, incoming) {
			t.Errorf("got %d bytes, error %v", len(got), err)
		}
		if err := d.Move(t.Context(), drop.In, e, drop.Done); err != nil {
			return err
		}
	}
	return nil
}

func takeBack(t *testing.T, d drop.Drop) error {
	l, err := d.List(t.Context(), drop.Out)
	if err != nil {
		return err
	}
	for _, e := range l.Files {
		if e.Name == "c.csv" {
			return d.Remove(t.Context(), drop.Out, e)
		}
	}
	return nil
}

// whole checks that nothing stands half written under its name.
func whole(t *testing.T, root, what string) {
	t.Helper()
	for name, want := range map[string][]byte{
		"out/a.csv": outgoing, "in/b.csv": incoming, "in/done/b.csv": outgoing, "in/done/b.csv.2": incoming,
	} {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err == nil && !bytes.Equal(got, want) {
			t.Errorf("%s: %s holds %d bytes that are not its own", what, name, len(got))
		}
	}
}

// finished checks how it must end.
func finished(t *testing.T, root, what string) {
	t.Helper()
	whole(t, root, what)
	for dir, want := range map[string]string{"out": "a.csv", "in": "", "in/done": "b.csv b.csv.2", "in/bad": ""} {
		if got := names(t, root, dir); got != want {
			t.Errorf("%s: %s holds %q in the end, want %q", what, dir, got, want)
		}
	}
}
