package drop_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

func openLocal(t *testing.T, root string, p drop.Paths, opt drop.Options) drop.Drop {
	t.Helper()
	d, err := drop.OpenLocal(root, p, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestPaths(t *testing.T) {
	root := t.TempDir()
	p := drop.Paths{In: "to us/new", Out: "from-us", Done: "archive/done", Bad: "to us/bad"}
	if err := drop.MakeLocal(root, p); err != nil {
		t.Fatal(err)
	}
	d := openLocal(t, root, p, drop.Options{})
	if err := d.Put(t.Context(), drop.In, "a.csv", strings.NewReader("abc"), 3, drop.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	e, err := d.Stat(t.Context(), drop.In, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Move(t.Context(), drop.In, e, drop.Done); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(filepath.Join(root, "archive/done/a.csv"))
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", fi.Mode(), err)
	}
	if fi, err := os.Stat(filepath.Join(root, "to us")); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, error %v", fi.Mode(), err)
	}
	for _, bad := range []drop.Paths{{In: "../x"}, {Out: "/x"}, {In: "out"}, {Done: "a//b"}} {
		if err := drop.MakeLocal(root, bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// TestRootIsFolder: a partner's login may land right where the files are.
func TestRootIsFolder(t *testing.T) {
	c, root, _ := droptest.Server(t, nil)
	p := drop.Paths{In: ".", Out: "out", Done: "in/done", Bad: "in/bad"}
	c.Paths = p
	for name, d := range map[string]drop.Drop{"local": openLocal(t, root, p, drop.Options{}), "sftp": dial(t, c, drop.Options{})} {
		if err := d.Put(t.Context(), drop.In, "a.csv", strings.NewReader("abc"), 3, drop.PutOptions{}); err != nil {
			t.Fatal(name, err)
		}
		l, err := d.List(t.Context(), drop.In)
		if err != nil || len(l.Files) != 1 || len(l.Odd) != 0 {
			t.Fatalf("%s: %+v, error %v", name, l, err)
		}
		if err := d.Move(t.Context(), drop.In, l.Files[0], drop.Done); err != nil {
			t.Error(name, err)
		}
	}
}

// TestOutside: nothing leads out of the root.
func TestOutside(t *testing.T) {
	elsewhere := t.TempDir()
	for _, link := range []string{"in", "out", "in/done"} {
		root := droptest.Folder(t)
		p := filepath.Join(root, filepath.FromSlash(link))
		if err := os.RemoveAll(p); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, p); err != nil {
			t.Fatal(err)
		}
		if d, err := drop.OpenLocal(root, drop.Paths{}, drop.Options{}); err == nil {
			d.Close()
			t.Errorf("%s may be a link", link)
		}
	}
	if _, err := drop.OpenLocal(filepath.Join(elsewhere, "none"), drop.Paths{}, drop.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no root: %v", err)
	}
	if _, err := drop.OpenLocal(elsewhere, drop.Paths{}, drop.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folders: %v", err)
	}
}

// TestFolderReplaced: a folder that is replaced by a link to elsewhere while the drop
// is open is not followed.
func TestFolderReplaced(t *testing.T) {
	root, elsewhere := droptest.Folder(t), t.TempDir()
	d := openLocal(t, root, drop.Paths{}, drop.Options{})
	if err := os.Rename(filepath.Join(root, "out"), filepath.Join(root, "old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(root, "out")); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), drop.Out, "a.csv", strings.NewReader("abc"), 3, drop.PutOptions{}); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(elsewhere); len(left) > 0 {
		t.Errorf("left the root: %v", left)
	}
}

func TestMaxNames(t *testing.T) {
	c, root, _ := droptest.Server(t, nil)
	for i := range 250 {
		if err := os.WriteFile(filepath.Join(root, "in", fmt.Sprintf("%03d.csv", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, opt := range []drop.Options{{MaxNames: 100}, {}} {
		for name, d := range map[string]drop.Drop{"local": openLocal(t, root, drop.Paths{}, opt), "sftp": dial(t, c, opt)} {
			l, err := d.List(t.Context(), drop.In)
			if err != nil {
				t.Fatal(err)
			}
			if cut := opt.MaxNames > 0; l.Truncated != cut || cut && len(l.Files) > 100 || !cut && len(l.Files) != 250 {
				t.Errorf("%s, bound %d: %d files, truncated %v", name, opt.MaxNames, len(l.Files), l.Truncated)
			}
		}
	}
}

// TestManyNames lists a flooded folder.
func TestManyNames(t *testing.T) {
	c, root, _ := droptest.Server(t, nil)
	for i := range 4_000 {
		if err := os.WriteFile(filepath.Join(root, "in", fmt.Sprintf("%06d.csv", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, d := range map[string]drop.Drop{
		"local": openLocal(t, root, drop.Paths{}, drop.Options{}),
		"sftp":  dial(t, c, drop.Options{}),
	} {
		if l, err := d.List(t.Context(), drop.In); err != nil || len(l.Files) != 4_000 || l.Truncated {
			t.Errorf("%s: %d files, truncated %v, error %v", name, len(l.Files), l.Truncated, err)
		}
	}
}

// TestStrangeTimes: times of writing in the future or long ago are only compared.
func TestStrangeTimes(t *testing.T) {
	root := droptest.Folder(t)
	d := openLocal(t, root, drop.Paths{}, drop.Options{})
	for _, year := range []int{1970, 2000, 2100} {
		p := filepath.Join(root, "in", "a.csv")
		if err := os.WriteFile(p, []byte("abc"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(p, at, at); err != nil {
			t.Fatal(err)
		}
		e, err := d.Stat(t.Context(), drop.In, "a.csv")
		if err != nil || !e.ModTime.Equal(at) {
			t.Fatalf("%v, error %v", e, err)
		}
		if err := d.Remove(t.Context(), drop.In, e); err != nil {
			t.Error(err)
		}
	}
}
