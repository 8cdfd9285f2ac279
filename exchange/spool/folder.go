package spool

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
)

// folder is a spool of one machine. A file has its name, and is on the disk, before the
// transaction ends: what a crash leaves in between is nobody's, and is written over
// under the same name.
type folder struct{ dir string }

// Folder is the spool in a folder, whatever store it belongs to: for copies and tests.
// Open says whether they belong together.
func Folder(dir string) Spool { return folder{dir} }

func (s folder) Create() (*atomicfile.File, error) { return atomicfile.Temp(s.dir) }

func (s folder) Prepare(f *atomicfile.File, name string) error {
	return f.Keep(filepath.Join(s.dir, name))
}

func (s folder) Keep(_ *store.Tx, f *atomicfile.File, name string) error { return s.Prepare(f, name) }

func (s folder) Open(_ *store.Tx, name string) (*File, error) {
	f, err := os.Open(filepath.Join(s.dir, name))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &File{io.NewSectionReader(f, 0, info.Size()), f.Close}, nil
}

func (s folder) Size(_ *store.Tx, name string) (int64, error) {
	info, err := os.Stat(filepath.Join(s.dir, name))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (s folder) Names(fn func(string)) (err error) {
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	for {
		names, err := dir.Readdirnames(1000)
		for _, name := range names {
			if !strings.HasPrefix(name, ".") {
				fn(name)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s folder) Sweep() error { return atomicfile.Sweep(s.dir) }

func (s folder) LockPasses(ctx context.Context) (context.Context, func() error, error) {
	f, err := os.OpenFile(filepath.Join(s.dir, ".pass.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, lockFault(err)
	}
	// Where there are no locks, two passes at once do no harm to cases or money (every
	// change is conditional), but the one that comes late ends with an error.
	if err := atomicfile.TryLock(f); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, nil, errors.Join(lockFault(err), f.Close())
	}
	return ctx, f.Close, nil // closing ends the lock; its file stays
}

// over is a spool that is written to, over one that is only read.
type over struct {
	folder
	below Spool
}

// Over is a spool in a folder that reads from the one below what it has not itself:
// that of a copy, which must not change the one that counts.
func Over(dir string, below Spool) Spool { return over{folder{dir}, below} }

func (s over) Open(tx *store.Tx, name string) (*File, error) {
	f, err := s.folder.Open(tx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return s.below.Open(tx, name)
	}
	return f, err
}

func (s over) Size(tx *store.Tx, name string) (int64, error) {
	size, err := s.folder.Size(tx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return s.below.Size(tx, name)
	}
	return size, err
}
