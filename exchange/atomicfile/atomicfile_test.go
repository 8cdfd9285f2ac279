package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carryover/exchange/atomicfile"
)

// say writes a text, then returns err.
func say(text string, err error) func(*os.File) error {
	return func(f *os.File) error {
		_, werr := f.WriteString(text)
		return errors.Join(werr, err)
	}
}

// begin begins a file of that text.
func begin(t *testing.T, dir, text string) *atomicfile.File {
	t.Helper()
	f, err := atomicfile.Temp(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return f
}

// requireOnly makes sure that a folder holds one file, of one of those texts; none
// when there are no texts.
func requireOnly(t *testing.T, name string, texts ...string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) == 0 {
		if len(list) != 0 {
			t.Errorf("there lie %v", list)
		}
		return
	}
	if len(list) != 1 {
		t.Errorf("there lie %v", list)
	}
	text, err := os.ReadFile(name)
	if err != nil || !slices.Contains(texts, string(text)) {
		t.Errorf("%q, %v", text, err)
	}
}

// A file of that name is replaced; a new one is refused, before it is written and, if
// it came meanwhile, after.
func TestKeep(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"old", "new"} {
		if err := atomicfile.Replace(name, say(text, nil)); err != nil {
			t.Fatal(err)
		}
		requireOnly(t, name, text)
	}
	if err := atomicfile.Replace(name, say("half", fs.ErrInvalid)); !errors.Is(err, fs.ErrInvalid) {
		t.Error(err)
	}
	requireOnly(t, name, "new")
	if err := begin(t, filepath.Dir(name), "other").KeepNew(name); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	called := false
	err := atomicfile.Create(name, func(*os.File) error { called = true; return nil })
	if !errors.Is(err, fs.ErrExist) || called {
		t.Error(err, called)
	}
	requireOnly(t, name, "new")
}

// A file is for its owner only, and a failed one leaves nothing.
func TestCreate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	broken := errors.New("broken")
	if err := atomicfile.Create(name, say("half", broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
	requireOnly(t, name)
	if err := atomicfile.Create(name, say("whole", nil)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	requireOnly(t, name, "whole")
}

// Whichever step fails, before or after it is done, the old file stands or the new
// one; of a new one, nothing. No temporary file stays, and the next try succeeds.
func TestFaultAtEachStep(t *testing.T) {
	broken := errors.New("broken")
	for _, at := range []string{"sync:before", "sync:after", "rename:before", "rename:after", "folder:before", "folder:after"} {
		for _, verb := range []string{"Keep", "KeepNew"} {
			t.Run(verb+" "+at, func(t *testing.T) {
				name := filepath.Join(t.TempDir(), "x")
				stand := []string{}
				if verb == "Keep" {
					if err := begin(t, filepath.Dir(name), "old").Keep(name); err != nil {
						t.Fatal(err)
					}
					stand = []string{"old", "new"}
				}
				f := begin(t, filepath.Dir(name), "new")
				end := map[string]func(string) error{"Keep": f.Keep, "KeepNew": f.KeepNew}[verb]
				f.Around = func(step string, do func() error) error {
					if step+":before" == at {
						return broken
					}
					if err := do(); err != nil || step+":after" != at {
						return err
					}
					return broken
				}
				if err := end(name); !errors.Is(err, broken) {
					t.Fatal(err)
				}
				requireOnly(t, name, stand...)
				f = begin(t, filepath.Dir(name), "new")
				if err := map[string]func(string) error{"Keep": f.Keep, "KeepNew": f.KeepNew}[verb](name); err != nil {
					t.Fatal(err)
				}
				requireOnly(t, name, "new")
			})
		}
	}
}

// The bytes are on the disk before the name is, and the folder after it.
func TestOrderOfSteps(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	f := begin(t, filepath.Dir(name), "new")
	var steps []string
	f.Around = func(step string, do func() error) error {
		_, missing := os.Lstat(name)
		if stands := missing == nil; stands != (step == "folder") {
			t.Errorf("before %s: stands %v", step, stands)
		}
		steps = append(steps, step)
		return do()
	}
	if err := f.Keep(name); err != nil || !slices.Equal(steps, []string{"sync", "rename", "folder"}) {
		t.Error(steps, err)
	}
}

// A folder that cannot be opened is a fault, one that cannot be flushed is none.
func TestSyncDir(t *testing.T) {
	if err := atomicfile.SyncDir(os.Open, filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	pipe := func(string) (*os.File, error) { // what fsync refuses with EINVAL
		r, w, err := os.Pipe()
		if err == nil {
			w.Close()
		}
		return r, err
	}
	if err := atomicfile.SyncDir(pipe, "."); err != nil {
		t.Error(err)
	}
	closed := func(dir string) (*os.File, error) {
		f, err := os.Open(dir)
		if err == nil {
			f.Close()
		}
		return f, err
	}
	if err := atomicfile.SyncDir(closed, "."); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}
