package drop_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/sftp"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

// quirky is a server whose handlers are replaced one by one; nil leaves one as it is.
type quirky struct {
	sftp.Handlers
	read    func(r *sftp.Request, f io.ReaderAt) io.ReaderAt
	write   func(r *sftp.Request, f io.WriterAt) io.WriterAt
	command func(r *sftp.Request) error
	renamed func(r *sftp.Request) error // in place of posix-rename
	lstat   func(r *sftp.Request) error
	list    func(l sftp.ListerAt) sftp.ListerAt
}

func (q *quirky) wrap(_ string, h sftp.Handlers) sftp.Handlers {
	q.Handlers = h
	return sftp.Handlers{FileGet: q, FilePut: q, FileCmd: q, FileList: q}
}

func (q *quirky) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	f, err := q.FileGet.Fileread(r)
	if err == nil && q.read != nil {
		return struct {
			io.ReaderAt
			io.Closer
		}{q.read(r, f), f.(io.Closer)}, nil
	}
	return f, err
}

func (q *quirky) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	f, err := q.FilePut.Filewrite(r)
	if err == nil && q.write != nil {
		return struct {
			io.WriterAt
			io.Closer
		}{q.write(r, f), f.(io.Closer)}, nil
	}
	return f, err
}

func (q *quirky) Filecmd(r *sftp.Request) error {
	if q.command != nil {
		if err := q.command(r); err != nil {
			return err
		}
	}
	return q.FileCmd.Filecmd(r)
}

func (q *quirky) PosixRename(r *sftp.Request) error {
	if q.renamed != nil {
		return q.renamed(r)
	}
	return q.FileCmd.(sftp.PosixRenameFileCmder).PosixRename(r)
}

func (q *quirky) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	l, err := q.FileList.Filelist(r)
	if err == nil && q.list != nil && r.Method == "List" {
		return q.list(l), nil
	}
	return l, err
}

func (q *quirky) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	if q.lstat != nil {
		if err := q.lstat(r); err != nil {
			return nil, err
		}
	}
	return q.FileList.(sftp.LstatFileLister).Lstat(r)
}

type (
	readAt  func(p []byte, off int64) (int, error)
	writeAt func(p []byte, off int64) (int, error)
)

func (f readAt) ReadAt(p []byte, off int64) (int, error)   { return f(p, off) }
func (f writeAt) WriteAt(p []byte, off int64) (int, error) { return f(p, off) }

// serve starts a quirky server.
func serve(t *testing.T, q *quirky) (c drop.SFTP, root string) {
	t.Helper()
	c, root, _ = droptest.Server(t, q.wrap)
	return c, root
}

func placed(t *testing.T, d drop.Drop, root string, content []byte) drop.Entry {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, "in", "a.csv"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := d.Stat(t.Context(), drop.In, "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func names(t *testing.T, root, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, dir))
	if err != nil {
		t.Fatal(err)
	}
	var l []string
	for _, e := range entries {
		if !e.IsDir() {
			l = append(l, e.Name())
		}
	}
	return strings.Join(l, " ")
}

// TestShortAnswers: answers shorter than what was asked for lose nothing.
func TestShortAnswers(t *testing.T) {
	c, root := serve(t, &quirky{read: func(_ *sftp.Request, f io.ReaderAt) io.ReaderAt {
		return readAt(func(p []byte, off int64) (int, error) { return f.ReadAt(p[:min(len(p), 1000)], off) })
	}})
	d := dial(t, c, drop.Options{})
	want := droptest.Content(300_000, 1)
	var got bytes.Buffer
	if _, err := d.Get(t.Context(), drop.In, placed(t, d, root, want), &got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%d of %d bytes, error %v", got.Len(), len(want), err)
	}
}

// inOrder ends the file for whoever reads ahead.
func inOrder(_ *sftp.Request, f io.ReaderAt) io.ReaderAt {
	var mu sync.Mutex
	var next int64
	return readAt(func(p []byte, off int64) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		if off != next {
			return 0, io.EOF
		}
		n, err := f.ReadAt(p, off)
		next += int64(n)
		return n, err
	})
}

// TestEarlyEnd: a server that ends files early when blocks are asked for ahead is
// read block after block, remembered and reported once.
func TestEarlyEnd(t *testing.T) {
	c, root := serve(t, &quirky{read: inOrder})
	reported := 0
	c.OnShortRead = func() { reported++ }
	d := dial(t, c, drop.Options{})
	want := droptest.Content(3_000_000, 1)
	e := placed(t, d, root, want)
	for range 3 {
		f, err := os.Create(filepath.Join(t.TempDir(), "got"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("before"); err != nil {
			t.Fatal(err)
		}
		n, err := d.Get(t.Context(), drop.In, e, f)
		got, _ := os.ReadFile(f.Name())
		f.Close()
		if err != nil || n != e.Size || string(got) != "before"+string(want) {
			t.Fatalf("%d of %d bytes, %d in the file, error %v", n, e.Size, len(got), err)
		}
	}
	if reported != 1 {
		t.Errorf("reported %d times, want once", reported)
	}
}

// TestEarlyEndAlways: when nothing helps, or the writer cannot be rewound, the error
// is ErrShort.
func TestEarlyEndAlways(t *testing.T) {
	c, root := serve(t, &quirky{read: func(_ *sftp.Request, f io.ReaderAt) io.ReaderAt {
		return io.NewSectionReader(f, 0, 100_000)
	}})
	reported := 0
	c.OnShortRead = func() { reported++ }
	d := dial(t, c, drop.Options{})
	e := placed(t, d, root, droptest.Content(200_000, 1))
	if n, err := d.Get(t.Context(), drop.In, e, new(bytes.Buffer)); !errors.Is(err, drop.ErrShort) || n != 100_000 {
		t.Errorf("buffer: %d bytes, error %v", n, err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "got"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := d.Get(t.Context(), drop.In, e, f); !errors.Is(err, drop.ErrShort) || n != 100_000 {
		t.Errorf("file: %d bytes, error %v", n, err)
	}
	if reported != 0 {
		t.Error("reported as a quirk that can be helped")
	}
}

// TestReadOnce: a server that forgets a file once it was opened.
func TestReadOnce(t *testing.T) {
	var root string
	q := &quirky{read: func(r *sftp.Request, f io.ReaderAt) io.ReaderAt {
		os.Remove(filepath.Join(root, filepath.FromSlash(r.Filepath)))
		return f
	}}
	c, dir := serve(t, q)
	root = dir
	want := droptest.Content(100_000, 1)
	d := dial(t, c, drop.Options{})
	if _, err := d.Get(t.Context(), drop.In, placed(t, d, root, want), io.Discard); !errors.Is(err, drop.ErrChanged) {
		t.Errorf("not configured: %v", err)
	}
	c.ReadOnce = true
	d = dial(t, c, drop.Options{})
	var got bytes.Buffer
	if _, err := d.Get(t.Context(), drop.In, placed(t, d, root, want), &got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("configured: %d bytes, error %v", got.Len(), err)
	}
	if err := d.Put(t.Context(), drop.Out, "a.csv", bytes.NewReader(want), int64(len(want)), drop.PutOptions{ReadBack: true}); err != nil {
		t.Errorf("put: %v", err)
	}
	if left := names(t, root, "out"); left != "a.csv" {
		t.Errorf("left: %q", left)
	}
}

// TestBadUploads: whatever the server does with what we send, an upload that did not
// work is an error, and nothing stands under its name.
func TestBadUploads(t *testing.T) {
	discard := func(*sftp.Request, io.WriterAt) io.WriterAt {
		return writeAt(func(p []byte, _ int64) (int, error) { return len(p), nil })
	}
	fails := func(from int64, with error) func(*sftp.Request, io.WriterAt) io.WriterAt {
		return func(_ *sftp.Request, f io.WriterAt) io.WriterAt {
			return writeAt(func(p []byte, off int64) (int, error) {
				if off+int64(len(p)) > from {
					return 0, with
				}
				return f.WriteAt(p, off)
			})
		}
	}
	flips := func(_ *sftp.Request, f io.WriterAt) io.WriterAt {
		return writeAt(func(p []byte, off int64) (int, error) {
			q := bytes.Clone(p)
			q[len(q)/2] ^= 1
			return f.WriteAt(q, off)
		})
	}
	var folder string
	exchanges := func(r *sftp.Request) error {
		return errors.Join(os.Remove(filepath.Join(folder, r.Filepath)), os.WriteFile(filepath.Join(folder, r.Target), make([]byte, 10), 0o600))
	}
	tests := []struct {
		name string
		q    quirky
		size int
		want error // nil: any
	}{
		{"stores nothing", quirky{write: discard}, 1000, drop.ErrShort},
		{"loses the last packet", quirky{write: fails(90_000, nil)}, 100_000, drop.ErrShort},
		{"refuses the last packet", quirky{write: fails(90_000, sftp.ErrSSHFxFailure)}, 100_000, nil},
		{"refuses the only packet", quirky{write: fails(0, sftp.ErrSSHFxFailure)}, 10, nil},
		{"disk is full", quirky{write: fails(1<<20, sftp.ErrSSHFxFailure)}, 4 << 20, nil},
		{"permission lost", quirky{write: fails(0, sftp.ErrSSHFxPermissionDenied)}, 10, fs.ErrPermission},
		{"flips a bit", quirky{write: flips}, 5000, drop.ErrReadBack},
		{"refuses the rename", quirky{renamed: func(*sftp.Request) error { return sftp.ErrSSHFxFailure }}, 10, nil},
		{"pretends to rename", quirky{renamed: func(*sftp.Request) error { return nil }}, 10, nil},
		{"keeps other bytes under the name", quirky{renamed: exchanges}, 10, drop.ErrReadBack},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, root := serve(t, &test.q)
			folder = root
			d := dial(t, c, drop.Options{})
			content := droptest.Content(test.size, 1)
			err := d.Put(t.Context(), drop.Out, "a.csv", bytes.NewReader(content), int64(len(content)), drop.PutOptions{ReadBack: true})
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if left := names(t, root, "out"); left != "" && test.name != "keeps other bytes under the name" {
				t.Errorf("left: %s", left)
			}
			if _, err := d.List(t.Context(), drop.Out); err != nil {
				t.Errorf("the session ended: %v", err)
			}
		})
	}
}

// TestGoodUploads: what servers may do without harm.
func TestGoodUploads(t *testing.T) {
	var root string
	unsupported := func(*sftp.Request) error { return sftp.ErrSSHFxOpUnsupported }
	tests := []struct {
		name string
		q    quirky
		opt  drop.Options
		left string
	}{
		{"no lstat", quirky{lstat: unsupported}, drop.Options{}, "a.csv"},
		{"no setstat", quirky{command: unsupported}, drop.Options{Mode: 0o640}, "a.csv"},
		{"taken the instant it lands", quirky{renamed: func(r *sftp.Request) error {
			return os.Remove(filepath.Join(root, filepath.FromSlash(r.Filepath)))
		}}, drop.Options{}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var c drop.SFTP
			c, root = serve(t, &test.q)
			d := dial(t, c, test.opt)
			if err := d.Put(t.Context(), drop.Out, "a.csv", strings.NewReader("abc"), 3, drop.PutOptions{ReadBack: true}); err != nil {
				t.Error(err)
			}
			if left := names(t, root, "out"); left != test.left {
				t.Errorf("left: %q, want %q", left, test.left)
			}
		})
	}
}

type listAt func(to []fs.FileInfo, off int64) (int, error)

func (f listAt) ListAt(to []fs.FileInfo, off int64) (int, error) { return f(to, off) }

// TestEndlessListing: a listing without an end is broken off, and the session goes on.
func TestEndlessListing(t *testing.T) {
	endless := true
	c, root := serve(t, &quirky{list: func(l sftp.ListerAt) sftp.ListerAt {
		if !endless {
			return l
		}
		return listAt(func(to []fs.FileInfo, _ int64) (int, error) {
			fi, err := os.Stat(".")
			for i := range to {
				to[i] = fi
			}
			return len(to), err
		})
	}})
	d := dial(t, c, drop.Options{MaxNames: 100})
	if _, err := d.List(t.Context(), drop.In); !errors.Is(err, drop.ErrFlood) {
		t.Errorf("error %v, want ErrFlood", err)
	}
	endless = false
	e := placed(t, d, root, droptest.Content(20<<20, 1))
	if _, err := d.Get(t.Context(), drop.In, e, io.Discard); err != nil {
		t.Error(err)
	}
	if _, err := d.List(t.Context(), drop.In); err != nil {
		t.Error(err)
	}
}

// TestAnswerOfRenameLost: the line is cut after the rename took place; the next Put
// finds the file and is content.
func TestAnswerOfRenameLost(t *testing.T) {
	q := &quirky{}
	c, root, server := droptest.Server(t, q.wrap)
	q.renamed = func(r *sftp.Request) error {
		err := os.Rename(filepath.Join(root, r.Filepath), filepath.Join(root, r.Target))
		server.SetRefuse(true)
		return err
	}
	put := func(content string) error {
		d := dial(t, c, drop.Options{})
		defer d.Close()
		return d.Put(t.Context(), drop.Out, "a.csv", strings.NewReader(content), int64(len(content)), drop.PutOptions{})
	}
	if err := put("abc"); !errors.Is(err, drop.ErrLost) {
		t.Errorf("cut: %v, want ErrLost", err)
	}
	server.SetRefuse(false)
	if err := put("abc"); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := put("xyz"); !errors.Is(err, drop.ErrExists) {
		t.Errorf("other content: %v", err)
	}
	if left := names(t, root, "out"); left != "a.csv" {
		t.Errorf("left: %s", left)
	}
}

// TestNoPosixRename: the fallback is used where it is configured, not silently.
func TestNoPosixRename(t *testing.T) {
	if err := sftp.SetSFTPExtensions("hardlink@openssh.com"); err != nil {
		t.Fatal(err)
	}
	defer sftp.SetSFTPExtensions("hardlink@openssh.com", "posix-rename@openssh.com", "statvfs@openssh.com")
	c, root := serve(t, &quirky{})
	put := func(c drop.SFTP, name string, opt drop.PutOptions) error {
		return dial(t, c, drop.Options{}).Put(t.Context(), drop.Out, name, strings.NewReader("abc"), 3, opt)
	}
	if err := put(c, "a.csv", drop.PutOptions{}); !errors.Is(err, drop.ErrNoPosixRename) {
		t.Errorf("not configured: %v", err)
	}
	if err := put(c, "b.csv", drop.PutOptions{PlainRename: true}); err != nil {
		t.Errorf("for this file: %v", err)
	}
	c.PlainRename = true
	if err := put(c, "c.csv", drop.PutOptions{}); err != nil {
		t.Errorf("for this partner: %v", err)
	}
	if left := names(t, root, "out"); left != "b.csv c.csv" {
		t.Errorf("left: %s", left)
	}
	if a, err := dial(t, c, drop.Options{}).Probe(t.Context()); err != nil || a.PosixRename || !a.Rename || !a.Move {
		t.Errorf("abilities %+v, error %v", a, err)
	}
}

// TestMoveAcrossFileSystems: where files cannot be renamed from folder to folder,
// they are copied and read back before ours is removed.
func TestMoveAcrossFileSystems(t *testing.T) {
	q := &quirky{}
	c, root := serve(t, q)
	q.renamed = func(r *sftp.Request) error {
		if filepath.Dir(r.Filepath) != filepath.Dir(r.Target) {
			return sftp.ErrSSHFxFailure
		}
		return q.FileCmd.(sftp.PosixRenameFileCmder).PosixRename(r)
	}
	d := dial(t, c, drop.Options{})
	want := droptest.Content(400_000, 1)
	e := placed(t, d, root, want)
	if err := d.Move(t.Context(), drop.In, e, drop.Done); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(root, "in", "done", "a.csv")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d of %d bytes, error %v", len(got), len(want), err)
	}
	if left := names(t, root, "in") + names(t, root, "in/done"); left != "a.csv" {
		t.Errorf("left: %s", left)
	}
}
