package droptest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"carryover/exchange/drop"
)

// sizes lie around the edges of blocks and of what is under way at once.
var sizes = []int{0, 1, 32<<10 - 1, 32 << 10, 32<<10 + 1, 252 << 10, 252<<10 + 1, 5<<20 + 7}

func getSizes(b *bench) {
	for _, n := range sizes {
		want := Content(n, 1)
		e := b.place(drop.In, fmt.Sprintf("%d.csv", n), want)
		var got bytes.Buffer
		m, err := b.d.Get(b.ctx(), drop.In, e, &got)
		b.ok(err)
		if m != int64(n) || !bytes.Equal(got.Bytes(), want) {
			b.Errorf("%d bytes: got %d (%d), same content %v", n, m, got.Len(), bytes.Equal(got.Bytes(), want))
		}
	}
}

func getChanged(b *bench) {
	e := b.place(drop.In, "a.csv", []byte("abc"))
	b.write(drop.In, "a.csv", []byte("abcd"))
	_, err := b.d.Get(b.ctx(), drop.In, e, io.Discard)
	b.fails("grown before", err, drop.ErrChanged)

	e = b.place(drop.In, "b.csv", []byte("abc"))
	later := epoch.Add(3600e9)
	b.ok(os.Chtimes(b.path(drop.In, "b.csv"), later, later))
	_, err = b.d.Get(b.ctx(), drop.In, e, io.Discard)
	b.fails("written again", err, drop.ErrChanged)

	e = b.place(drop.In, "c.csv", Content(1<<20, 2))
	_, err = b.d.Get(b.ctx(), drop.In, e, &onWrite{do: func() { b.write(drop.In, "c.csv", Content(1<<20+1, 2)) }})
	b.fails("grows while it is read", err, drop.ErrChanged)

	e = b.place(drop.In, "d.csv", Content(1<<20, 2))
	_, err = b.d.Get(b.ctx(), drop.In, e, &onWrite{do: func() { b.ok(os.Remove(b.path(drop.In, "d.csv"))) }})
	b.fails("removed while it is read", err, drop.ErrChanged)

	e = b.place(drop.In, "e.csv", []byte("abc"))
	b.ok(os.Remove(b.path(drop.In, "e.csv")))
	_, err = b.d.Get(b.ctx(), drop.In, e, io.Discard)
	b.fails("gone", err, fs.ErrNotExist)
}

// onWrite does something at the first write.
type onWrite struct {
	once sync.Once
	do   func()
}

// Write implements io.Writer.
func (w *onWrite) Write(p []byte) (int, error) {
	w.once.Do(w.do)
	return len(p), nil
}

func getOdd(b *bench) {
	b.place(drop.In, "a.csv", []byte("abc"))
	b.ok(os.Symlink("a.csv", b.path(drop.In, "link.csv")))
	b.ok(pipe(b.path(drop.In, "pipe.csv")))
	for _, n := range []string{"link.csv", "pipe.csv"} {
		_, err := b.d.Get(b.ctx(), drop.In, drop.Entry{Name: n, Size: 3, ModTime: epoch}, io.Discard)
		b.fails(n, err, drop.ErrOdd)
	}
}

var errDiskFull = errors.New("no space left here")

func getWriterFails(b *bench) {
	e := b.place(drop.In, "a.csv", Content(3<<20, 3))
	_, err := b.d.Get(b.ctx(), drop.In, e, &onWriteFail{})
	b.fails("disk full here", err, errDiskFull)
	// The session goes on.
	n, err := b.d.Get(b.ctx(), drop.In, e, io.Discard)
	b.ok(err)
	if n != e.Size {
		b.Errorf("got %d bytes of %d", n, e.Size)
	}
}

// onWriteFail takes some bytes and then no more.
type onWriteFail struct{ n int }

// Write implements io.Writer.
func (w *onWriteFail) Write(p []byte) (int, error) {
	if w.n += len(p); w.n > 1<<20 {
		return 0, errDiskFull
	}
	return len(p), nil
}

func getMany(b *bench) {
	var files []drop.Entry
	for i := range 40 {
		files = append(files, b.place(drop.In, fmt.Sprintf("%02d.csv", i), Content(40_000*(i%4)+i, uint64(i))))
	}
	b.ok(os.Remove(b.path(drop.In, "07.csv")))
	var mu sync.Mutex
	got := make(map[string]*closedBuffer)
	errs := drop.GetAll(b.ctx(), b.d, drop.In, files, 8, func(e drop.Entry) (io.WriteCloser, error) {
		if e.Name == "09.csv" {
			return nil, errDiskFull
		}
		mu.Lock()
		defer mu.Unlock()
		got[e.Name] = new(closedBuffer)
		return got[e.Name], nil
	})
	for i, e := range files {
		switch e.Name {
		case "07.csv":
			b.fails(e.Name, errs[i], fs.ErrNotExist)
		case "09.csv":
			b.fails(e.Name, errs[i], errDiskFull)
		default:
			b.ok(errs[i])
			if g := got[e.Name]; !g.closed || !bytes.Equal(g.Bytes(), Content(40_000*(i%4)+i, uint64(i))) {
				b.Errorf("%s: closed %v, %d of %d bytes", e.Name, g.closed, g.Len(), e.Size)
			}
		}
	}
}

type closedBuffer struct {
	bytes.Buffer
	closed bool
}

// Close implements io.Closer.
func (c *closedBuffer) Close() error { c.closed = true; return nil }

func putTwice(b *bench) {
	for _, opt := range []drop.PutOptions{{}, {ReadBack: true}, {PlainRename: true}} {
		name := fmt.Sprintf("%v-%v.csv", opt.ReadBack, opt.PlainRename)
		b.ok(b.put(drop.Out, name, []byte("content"), opt))
		b.holds(drop.Out, name, []byte("content"))
		before := b.entry(drop.Out, name)
		b.ok(b.put(drop.Out, name, []byte("content"), opt))
		if after := b.entry(drop.Out, name); !after.Same(before) {
			b.Errorf("the same content was written again: %v, was %v", after, before)
		}
		b.fails("other content", b.put(drop.Out, name, []byte("CONTENT"), opt), drop.ErrExists)
		b.fails("other size", b.put(drop.Out, name, []byte("con"), opt), drop.ErrExists)
		b.holds(drop.Out, name, []byte("content"))
	}
	b.hasNames(drop.Out, "false-false.csv", "true-false.csv", "false-true.csv")
}

func putSizes(b *bench) {
	for _, n := range sizes {
		name := fmt.Sprintf("%d.csv", n)
		want := Content(n, 4)
		b.ok(b.put(drop.Out, name, want, drop.PutOptions{ReadBack: n%2 == 0}))
		b.holds(drop.Out, name, want)
	}
	if len(b.names(drop.Out)) != len(sizes) {
		b.Errorf("left over: %q", b.names(drop.Out))
	}
}

func putNames(b *bench) {
	for _, n := range badNames() {
		b.fails(fmt.Sprintf("%q", n), b.put(drop.Out, n, []byte("x"), drop.PutOptions{}), drop.ErrName)
	}
	b.hasNames(drop.Out)
}

func putOdd(b *bench) {
	b.ok(os.Mkdir(b.path(drop.Out, "folder.csv"), 0o700))
	b.ok(os.Symlink("elsewhere.csv", b.path(drop.Out, "link.csv")))
	b.fails("folder", b.put(drop.Out, "folder.csv", []byte("x"), drop.PutOptions{}), drop.ErrExists)
	b.fails("link", b.put(drop.Out, "link.csv", []byte("x"), drop.PutOptions{}), drop.ErrExists)
	b.hasNames(drop.Out, "link.csv")
}

// putLeftovers: what a killed attempt of ours left is removed by the next one; what
// only looks like it stays.
func putLeftovers(b *bench) {
	ours := drop.TempName("a.csv")
	theirs := []string{".a.csv.part", ".a.csv.0123456789abcdef.part", "a.csv.part", drop.TempName("b.csv")}
	for _, n := range append(theirs, ours) {
		b.ok(os.WriteFile(b.path(drop.Out, n), []byte("half"), 0o600))
	}
	b.ok(b.put(drop.Out, "a.csv", []byte("whole"), drop.PutOptions{}))
	b.hasNames(drop.Out, append(theirs, "a.csv")...)
	b.holds(drop.Out, "a.csv", []byte("whole"))

	long := strings.Repeat("长", 85)
	b.ok(b.put(drop.Out, long, []byte("whole"), drop.PutOptions{}))
	b.holds(drop.Out, long, []byte("whole"))
}

func putShort(b *bench) {
	err := b.d.Put(b.ctx(), drop.Out, "a.csv", bytes.NewReader([]byte("abc")), 1<<20, drop.PutOptions{})
	b.fails("short source", err, drop.ErrShort)
	b.hasNames(drop.Out)
}

func putReadOnly(b *bench) {
	if os.Geteuid() == 0 { // who may write everywhere
		asNobody(b)
		return
	}
	b.ok(os.Chmod(b.path(drop.Out, ""), 0o500))
	defer func() { b.ok(os.Chmod(b.path(drop.Out, ""), 0o700)) }()
	b.fails("read-only", b.put(drop.Out, "a.csv", []byte("x"), drop.PutOptions{}), fs.ErrPermission)
}

// asNobody runs the test that it is called from once more, as a user without any rights.
func asNobody(b *bench) {
	dir, err := os.MkdirTemp("", "carryover-nobody-")
	b.ok(err)
	defer func() { b.ok(os.RemoveAll(dir)) }()
	b.ok(errors.Join(os.Chmod(dir, 0o755), os.Mkdir(filepath.Join(dir, "tmp"), 0o777), os.Chmod(filepath.Join(dir, "tmp"), 0o777)))
	self, err := os.Executable()
	b.ok(err)
	program, err := os.ReadFile(self) // it may lie where nobody else may look
	b.ok(err)
	b.ok(os.WriteFile(filepath.Join(dir, "drop.test"), program, 0o755))
	names := strings.Split(b.Name(), "/")
	for i, n := range names {
		names[i] = "^" + regexp.QuoteMeta(n) + "$"
	}
	cmd := exec.Command(filepath.Join(dir, "drop.test"), "-test.v", "-test.run", strings.Join(names, "/"))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+filepath.Join(dir, "tmp"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+b.Name()+" ")) {
		b.Errorf("as nobody: %v\n%s", err, out)
	}
}

// nobody is a user and group that owns nothing.
const nobody = 65534

func putMany(b *bench) {
	var wg sync.WaitGroup
	errs := make([]error, 24)
	for i := range errs {
		wg.Go(func() {
			errs[i] = b.put(drop.Out, fmt.Sprintf("%02d.csv", i), Content(30_000*(i%5), uint64(i)), drop.PutOptions{ReadBack: i%2 == 0})
		})
	}
	wg.Wait()
	b.ok(errors.Join(errs...))
	for i := range errs {
		b.holds(drop.Out, fmt.Sprintf("%02d.csv", i), Content(30_000*(i%5), uint64(i)))
	}
	if len(b.names(drop.Out)) != len(errs) {
		b.Errorf("left over: %q", b.names(drop.Out))
	}
}

// changing is a source whose bytes are exchanged once the first were read.
type changing struct {
	bytes.Reader
	then []byte
}

// ReadAt implements io.ReaderAt.
func (c *changing) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Reader.ReadAt(p, off)
	c.Reset(c.then)
	return n, err
}

// putExchanged: what is sent is what was asked for, whatever the source held before and
// holds afterwards; nothing is named, and nobody is told that it will be.
func putExchanged(b *bench) {
	right, wrong := Content(600_000, 1), Content(600_000, 2)
	sum := sha256.Sum256(right)
	named := 0
	opt := drop.PutOptions{SHA256: hex.EncodeToString(sum[:]), Naming: func() error { named++; return nil }}
	for what, src := range map[string]io.ReaderAt{
		"other bytes":             bytes.NewReader(wrong),
		"exchanged while sending": &changing{Reader: *bytes.NewReader(right), then: wrong},
	} {
		b.fails(what, b.d.Put(b.ctx(), drop.Out, "a.csv", src, int64(len(right)), opt), drop.ErrSource)
	}
	b.hasNames(drop.Out)
	if named > 0 {
		b.Errorf("named %d times", named)
	}
	b.ok(b.put(drop.Out, "a.csv", right, opt))
	b.holds(drop.Out, "a.csv", right)
	b.ok(b.d.Put(b.ctx(), drop.Out, "a.csv", bytes.NewReader(wrong), int64(len(right)), opt)) // it stands there, and src is not asked
	if named != 2 {
		b.Errorf("named %d times", named)
	}
	opt.SHA256 = "0123"
	if err := b.put(drop.Out, "b.csv", right, opt); err == nil {
		b.Error("no SHA-256 was taken for one")
	}
}

// putNaming: right before the rename the whole content is there and the name is not; an
// error leaves nothing.
func putNaming(b *bench) {
	content := Content(100_000, 1)
	opt := drop.PutOptions{ReadBack: true, Naming: func() error {
		list := b.names(drop.Out)
		if len(list) != 1 || !drop.IsTemp(list[0]) {
			b.Errorf("in the folder: %q", list)
		} else {
			b.holds(drop.Out, list[0], content)
		}
		return errDiskFull
	}}
	b.fails("not named", b.put(drop.Out, "a.csv", content, opt), errDiskFull)
	b.hasNames(drop.Out)
}
