package droptest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop"
)

// Open opens a fresh, empty drop with the default folders for one test and returns
// the folder of this machine that holds it.
type Open func(t *testing.T) (d drop.Drop, root string)

// ReadOnly is the test of the suite that root runs once more, as nobody.
const ReadOnly = "Put/folder is read-only"

// Run is the conformance suite: what every kind of drop does, but for tests that a kind
// cannot have here (without).
func Run(t *testing.T, open Open, without ...string) {
	tests := []struct {
		name string
		test func(*bench)
	}{
		{"List/sorted and without temporary names", listSorted},
		{"List/odd things", listOdd},
		{"List/names that look strange but are fine", listStrange},
		{"Get/sizes", getSizes},
		{"Get/changed", getChanged},
		{"Get/links and pipes", getOdd},
		{"Get/writer fails", getWriterFails},
		{"Get/many at once", getMany},
		{"Put/new, again, other", putTwice},
		{"Put/sizes", putSizes},
		{"Put/names", putNames},
		{"Put/something odd has the name", putOdd},
		{"Put/leftovers", putLeftovers},
		{"Put/our own file is short", putShort},
		{"Put/our own file is exchanged", putExchanged},
		{"Put/right before the rename", putNaming},
		{ReadOnly, putReadOnly},
		{"Put/many at once", putMany},
		{"Stat", stat},
		{"Move/and again", moveTwice},
		{"Move/name is taken", moveTaken},
		{"Move/changed", moveChanged},
		{"Remove", remove},
		{"Probe", probe},
		{"Clock", clock},
		{"Context/over", contextOver},
		{"Close", closing},
	}
	for _, test := range tests {
		if slices.Contains(without, test.name) {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			d, root := open(t)
			t.Cleanup(func() { _ = d.Close() })
			test.test(&bench{T: t, d: d, root: root})
		})
	}
}

// bench is one test at work.
type bench struct {
	*testing.T
	d    drop.Drop
	root string
}

// ctx bounds a single call generously.
func (b *bench) ctx() context.Context {
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	b.Cleanup(cancel)
	return ctx
}

func (b *bench) path(f drop.Folder, name string) string {
	return filepath.Join(b.root, filepath.FromSlash(f.String()), name)
}

// place makes a file behind the drop's back, with a time of writing of its own.
func (b *bench) place(f drop.Folder, name string, content []byte) drop.Entry {
	b.Helper()
	b.write(f, name, content)
	return b.entry(f, name)
}

// epoch is a time of writing in whole seconds, in the past.
var epoch = time.Date(2026, 3, 2, 4, 5, 6, 0, time.UTC)

func (b *bench) write(f drop.Folder, name string, content []byte) {
	b.Helper()
	p := b.path(f, name)
	b.ok(os.WriteFile(p, content, 0o600))
	b.ok(os.Chtimes(p, epoch, epoch))
}

func (b *bench) entry(f drop.Folder, name string) drop.Entry {
	b.Helper()
	e, err := b.d.Stat(b.ctx(), f, name)
	b.ok(err)
	return e
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// fails checks that err is want.
func (b *bench) fails(what string, err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// holds checks the content of a file.
func (b *bench) holds(f drop.Folder, name string, want []byte) {
	b.Helper()
	got, err := os.ReadFile(b.path(f, name))
	b.ok(err)
	if !bytes.Equal(got, want) {
		b.Errorf("%s/%s holds %d bytes %.40q, want %d bytes %.40q", f, name, len(got), got, len(want), want)
	}
}

// names lists a folder behind the drop's back, its own folders left out.
func (b *bench) names(f drop.Folder) []string {
	b.Helper()
	entries, err := os.ReadDir(b.path(f, ""))
	b.ok(err)
	names := []string{}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func (b *bench) hasNames(f drop.Folder, want ...string) {
	b.Helper()
	slices.Sort(want)
	if got := b.names(f); !slices.Equal(got, want) {
		b.Errorf("%s holds %q, want %q", f, got, want)
	}
}

func (b *bench) put(f drop.Folder, name string, content []byte, opt drop.PutOptions) error {
	return b.d.Put(b.ctx(), f, name, bytes.NewReader(content), int64(len(content)), opt)
}

// Content returns n bytes that look like nothing else and are the same each time.
func Content(n int, seed uint64) []byte {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	out := make([]byte, n)
	_, _ = rand.NewChaCha8(key).Read(out) // never fails
	return out
}

func listSorted(b *bench) {
	for _, n := range []string{"c.csv", "a.csv", "B.csv", "b.csv"} {
		b.place(drop.In, n, []byte(n))
	}
	for _, n := range []string{".hidden", "x.part", "x.FilePart", "x.TMP", "x.partial", "x.writing", ".a.csv.part"} {
		b.ok(os.WriteFile(b.path(drop.In, n), nil, 0o600))
	}
	l, err := b.d.List(b.ctx(), drop.In)
	b.ok(err)
	var got []string
	for _, e := range l.Files {
		got = append(got, e.Name)
		if e.Size != int64(len(e.Name)) || !e.ModTime.Equal(epoch) {
			b.Errorf("%s: entry %+v", e.Name, e)
		}
	}
	if want := []string{"B.csv", "a.csv", "b.csv", "c.csv"}; !slices.Equal(got, want) {
		b.Errorf("files %q, want %q", got, want)
	}
	if len(l.Odd) > 0 || l.Truncated {
		b.Errorf("odd %v, truncated %v", l.Odd, l.Truncated)
	}
}

func listOdd(b *bench) {
	b.ok(os.WriteFile(filepath.Join(b.root, "secret"), []byte("x"), 0o600))
	b.ok(os.Symlink("../secret", b.path(drop.In, "link.csv")))
	b.ok(os.Symlink("nowhere", b.path(drop.In, "dangling.csv")))
	b.ok(os.Mkdir(b.path(drop.In, "folder"), 0o700))
	b.ok(pipe(b.path(drop.In, "pipe.csv")))
	for _, n := range []string{"new\nline.csv", "tab\t.csv", "back\\slash.csv", "esc\x1b[2J.csv", "latin\xe9.csv", "turn\u202e.csv"} {
		b.ok(os.WriteFile(b.path(drop.In, n), nil, 0o600))
	}
	b.place(drop.In, "good.csv", []byte("good"))
	l, err := b.d.List(b.ctx(), drop.In)
	b.ok(err)
	if len(l.Files) != 1 || l.Files[0].Name != "good.csv" {
		b.Errorf("files %v, want good.csv alone", l.Files)
	}
	if len(l.Odd) != 10 {
		b.Errorf("%d odd things, want 10: %v", len(l.Odd), l.Odd)
	}
	for _, o := range l.Odd {
		if strings.ContainsAny(o.Name, "\n\t\x1b\u202e") || o.Why == "" {
			b.Errorf("odd %q is not safe to print, or without a reason: %q", o.Name, o.Why)
		}
	}
}

// strangeNames are allowed, whatever they look like.
func strangeNames() []string {
	return []string{
		"转移接续_320500_310100_0001.csv", "Zoe\u0308.csv", "Zo\u00eb.csv", "case.csv", "CASE.csv",
		"with space.csv", "-rf.csv", "~.csv", "$(reboot).csv", "a;b&c|d.csv", "*.csv", "[a].csv",
		strings.Repeat("长", 85), strings.Repeat("n", 255), "no-extension",
	}
}

func listStrange(b *bench) {
	want := len(strangeNames())
	for i, n := range strangeNames() {
		b.ok(b.put(drop.In, n, fmt.Appendf(nil, "%d", i), drop.PutOptions{}))
	}
	l, err := b.d.List(b.ctx(), drop.In)
	b.ok(err)
	if len(l.Files) != want || len(l.Odd) > 0 {
		b.Fatalf("%d files (odd: %v), want %d", len(l.Files), l.Odd, want)
	}
	for _, e := range l.Files {
		var got bytes.Buffer
		_, err := b.d.Get(b.ctx(), drop.In, e, &got)
		b.ok(err)
		b.holds(drop.In, e.Name, got.Bytes())
		b.ok(b.d.Move(b.ctx(), drop.In, e, drop.Done))
	}
	b.hasNames(drop.In)
}

func stat(b *bench) {
	want := b.place(drop.Out, "a.csv", []byte("abc"))
	if want.Name != "a.csv" || want.Size != 3 || !want.ModTime.Equal(epoch) {
		b.Errorf("entry %+v", want)
	}
	_, err := b.d.Stat(b.ctx(), drop.Out, "none.csv")
	b.fails("missing", err, fs.ErrNotExist)
	b.ok(os.Symlink("a.csv", b.path(drop.Out, "link.csv")))
	_, err = b.d.Stat(b.ctx(), drop.Out, "link.csv")
	b.fails("link", err, drop.ErrOdd)
	for _, n := range badNames() {
		_, err = b.d.Stat(b.ctx(), drop.Out, n)
		b.fails(fmt.Sprintf("%q", n), err, drop.ErrName)
	}
}

// badNames are refused by every method.
func badNames() []string {
	return []string{
		"", ".", "..", "../x", "a/b", "/etc/passwd", `a\b`, "a\x00b", "a\nb", "a\x7fb", "\xff.csv",
		".hidden", "x.part", "x.tmp", "x.Writing", strings.Repeat("n", 256), strings.Repeat("长", 86),
	}
}

func probe(b *bench) {
	a, err := b.d.Probe(b.ctx())
	b.ok(err)
	if !a.List || !a.Write || !a.Read || !a.Rename || !a.PosixRename || !a.Move || len(a.Faults) > 0 {
		b.Errorf("abilities %+v", a)
	}
	for _, f := range drop.Folders() {
		b.hasNames(f)
	}
	if os.Geteuid() == 0 {
		return // root may write everywhere
	}
	b.ok(os.Chmod(b.path(drop.Out, ""), 0o500))
	defer func() { b.ok(os.Chmod(b.path(drop.Out, ""), 0o700)) }()
	a, err = b.d.Probe(b.ctx())
	b.ok(err)
	if a.Write || !a.Move || len(a.Faults) != 1 || !errors.Is(a.Faults[0], fs.ErrPermission) {
		b.Errorf("abilities with a read-only out: %+v", a)
	}
}

// clock: the hosts of the suite are this machine, and some keep whole seconds.
func clock(b *bench) {
	before := time.Now().Add(-2 * time.Second)
	at, err := b.d.Clock(b.ctx())
	b.ok(err)
	if after := time.Now().Add(2 * time.Second); at.Before(before) || at.After(after) {
		b.Errorf("the clock says %s, between %s and %s", at, before, after)
	}
	b.hasNames(drop.Out)
	b.ok(os.RemoveAll(b.path(drop.Out, "")))
	_, err = b.d.Clock(b.ctx())
	b.fails("clock", err, fs.ErrNotExist)
}

func contextOver(b *bench) {
	e := b.place(drop.In, "a.csv", []byte("abc"))
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	_, err := b.d.List(ctx, drop.In)
	b.fails("list", err, context.Canceled)
	_, err = b.d.Get(ctx, drop.In, e, new(bytes.Buffer))
	b.fails("get", err, context.Canceled)
	_, err = b.d.Stat(ctx, drop.In, "a.csv")
	b.fails("stat", err, context.Canceled)
	b.fails("put", b.d.Put(ctx, drop.Out, "a.csv", bytes.NewReader(nil), 0, drop.PutOptions{}), context.Canceled)
	b.fails("move", b.d.Move(ctx, drop.In, e, drop.Done), context.Canceled)
	b.fails("remove", b.d.Remove(ctx, drop.In, e), context.Canceled)
	b.hasNames(drop.In, "a.csv")
	b.hasNames(drop.Out)
	// The session goes on.
	_, err = b.d.List(b.ctx(), drop.In)
	b.ok(err)
}

func closing(b *bench) {
	b.ok(b.d.Close())
	b.ok(b.d.Close())
	_, err := b.d.List(b.ctx(), drop.In)
	b.fails("list", err, drop.ErrClosed)
	_, err = b.d.Stat(b.ctx(), drop.In, "a.csv")
	b.fails("stat", err, drop.ErrClosed)
}
