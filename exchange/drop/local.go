package drop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"syscall"

	"carryover/exchange/atomicfile"
)

// OpenLocal opens the drop in a folder of this machine. The root and the four
// folders must exist (MakeLocal makes them) and must be folders, not links; from
// then on nothing outside the root can be reached, whatever is done to it.
func OpenLocal(root string, p Paths, opt Options) (Drop, error) {
	opt = opt.withDefaults()
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("open drop: %w", err)
	}
	h := &local{root: r, mode: cmp.Or(opt.Mode, 0o600), dirs: make(map[string]*os.Root)}
	d, err := newFolders(h, p, opt)
	if err == nil {
		err = h.openAll(d.dirs)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open drop %s: %w", root, err), h.close())
	}
	return d, nil
}

// MakeLocal makes the folders of a local drop, the root included, with mode 0700.
// Folders that exist are left as they are.
func MakeLocal(root string, p Paths) error {
	dirs, err := p.resolve()
	if err != nil {
		return fmt.Errorf("make drop: %w", err)
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return fmt.Errorf("make drop: %w", err)
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return fmt.Errorf("make drop: %w", err)
	}
	for _, f := range Folders() {
		if err := r.MkdirAll(dirs[f], 0o700); err != nil {
			return errors.Join(fmt.Errorf("make drop: %w", err), r.Close())
		}
	}
	return r.Close()
}

// local is the host on this machine. Every folder is opened once as a root of its
// own, so that a name is looked up in that folder and nowhere else.
type local struct {
	root *os.Root
	mode fs.FileMode
	dirs map[string]*os.Root

	once sync.Once
	err  error
}

// openAll opens the folders; Taken is the other side's to make, and may be
// missing.
func (l *local) openAll(dirs map[Folder]string) error {
	if d, ok := dirs[Taken]; ok {
		if _, err := l.root.Lstat(d); errors.Is(err, fs.ErrNotExist) {
			delete(dirs, Taken)
		}
	}
	for _, f := range append(Folders(), Taken) {
		d, ok := dirs[f]
		if !ok {
			continue
		}
		for p := d; p != "."; p = path.Dir(p) {
			fi, err := l.root.Lstat(p)
			if err != nil {
				return err
			}
			if !fi.IsDir() {
				return fmt.Errorf("folder %s: it is %s", p, kindOf(fi.Mode()))
			}
		}
		r, err := l.root.OpenRoot(d)
		if err != nil {
			return err
		}
		l.dirs[d] = r
	}
	return nil
}

// in returns the folder of a path and the name in it.
func (l *local) in(p string) (*os.Root, string, error) {
	r, ok := l.dirs[path.Dir(p)]
	if !ok {
		return nil, "", fmt.Errorf("%s: not in a folder of the drop", p)
	}
	return r, path.Base(p), nil
}

func (l *local) list(ctx context.Context, dir string, limit int) ([]item, bool, error) {
	f, err := l.dirs[dir].Open(".")
	if err != nil {
		return nil, false, plainError(err)
	}
	defer f.Close()
	var items []item
	for {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		entries, err := f.ReadDir(1024)
		for _, e := range entries {
			if len(items) == limit {
				return items, true, nil
			}
			fi, err := l.dirs[dir].Lstat(e.Name())
			if errors.Is(err, fs.ErrNotExist) {
				continue // gone since
			}
			if err != nil {
				return nil, false, plainError(err)
			}
			items = append(items, item{e.Name(), fi.Size(), fi.ModTime(), fi.Mode()})
		}
		if err == io.EOF {
			return items, false, nil
		}
		if err != nil {
			return nil, false, plainError(err)
		}
	}
}

func (l *local) lstat(ctx context.Context, p string) (item, error) {
	r, name, err := l.in(p)
	if err != nil {
		return item{}, err
	}
	if err := ctx.Err(); err != nil {
		return item{}, err
	}
	fi, err := r.Lstat(name)
	if err != nil {
		return item{}, plainError(err)
	}
	return item{name, fi.Size(), fi.ModTime(), fi.Mode()}, nil
}

func (l *local) open(ctx context.Context, p string) (source, error) {
	r, name, err := l.in(p)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	seen, err := r.Lstat(name)
	if err != nil {
		return nil, plainError(err)
	}
	if !seen.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s", ErrOdd, kindOf(seen.Mode()))
	}
	// Not to wait for ever if it became a pipe since.
	f, err := r.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, plainError(err)
	}
	opened, err := f.Stat()
	if err == nil && !os.SameFile(seen, opened) {
		err = fmt.Errorf("%w: replaced while it was opened", ErrChanged)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &localSource{f}, nil
}

func (l *local) create(ctx context.Context, p string) (sink, error) {
	r, name, err := l.in(p)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := r.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, l.mode)
	if err != nil {
		return nil, plainError(err)
	}
	if err := f.Chmod(l.mode); err != nil { // against the umask
		return nil, errors.Join(plainError(err), f.Close(), r.Remove(name))
	}
	return &localFile{f}, nil
}

func (l *local) canPublish(bool) error { return nil }

func (l *local) publish(ctx context.Context, temp, name string, _ bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir, from, err := l.in(temp)
	if err != nil {
		return err
	}
	_, to, err := l.in(name)
	if err != nil {
		return err
	}
	if err := rename(dir, from, to); err != nil {
		return plainError(err)
	}
	return plainError(atomicfile.SyncDir(dir.Open, "."))
}

// move needs no flush: what a power cut undoes is taken in again and recognised.
func (l *local) move(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return plainError(rename(l.root, from, to))
}

// rename links the file under its new name, which fails when that is taken, and removes
// the old one. File systems without hard links get a rename.
func rename(r *os.Root, from, to string) error {
	err := r.Link(from, to)
	switch {
	case err == nil:
		return r.Remove(from)
	case errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist):
		return err
	}
	return r.Rename(from, to)
}

func (l *local) remove(ctx context.Context, p string) error {
	r, name, err := l.in(p)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return plainError(r.Remove(name))
}

func (l *local) posixRename() bool { return true }
func (l *local) oneAtATime() bool  { return false }
func (l *local) readOnce() bool    { return false }
func (l *local) foundShort()       {}

func (l *local) close() error {
	l.once.Do(func() {
		for _, r := range l.dirs {
			l.err = errors.Join(l.err, r.Close())
		}
		l.err = errors.Join(l.err, l.root.Close())
	})
	return l.err
}

// plainError takes this machine's path out of an error: the caller names the path
// below the root.
func plainError(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return ErrClosed
	}
	var inPath *fs.PathError
	var inLink *os.LinkError
	switch {
	case errors.As(err, &inPath):
		return inPath.Err
	case errors.As(err, &inLink):
		return inLink.Err
	}
	return err
}
