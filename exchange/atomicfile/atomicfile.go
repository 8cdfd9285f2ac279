// Package atomicfile makes files that appear whole or not at all, and stay: each
// is written under a temporary name in the folder where it will lie, flushed, given
// its name, and then the folder is flushed too, without which a power cut takes the
// name back.
//
// Only a kill or a power cut leaves a temporary file behind, and Sweep removes it.
// Sweep never takes one that is still being written, whichever process does that:
// the writer holds a lock on it, which the system ends with the process. All files
// are readable by their owner alone.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// prefix begins every temporary name. Drops pass over names with a dot.
const prefix = ".tmp-"

// File is a file under a temporary name. It ends with Keep, KeepNew or Discard.
type File struct {
	*os.File
	// Around, when set, takes each step of Keep and KeepNew: "sync", "rename",
	// "folder". Tests let a step fail, before or after it is done.
	Around func(step string, do func() error) error
	ended  bool
	kept   string // under which path
}

// Temp begins a file in a folder.
func Temp(dir string) (*File, error) {
	for {
		f, err := os.CreateTemp(dir, prefix+"*")
		if err != nil {
			return nil, err
		}
		lock(f)
		if _, err := os.Lstat(f.Name()); !errors.Is(err, fs.ErrNotExist) {
			return &File{File: f}, nil
		}
		f.Close() // swept before it was locked
	}
}

// Create writes a new file: under its name stands what write wrote, or, on any
// error, nothing. fs.ErrExist when the name is taken, before anything is written.
func Create(path string, write func(*os.File) error) error {
	if err := free(path); err != nil {
		return err
	}
	return whole(path, write, (*File).KeepNew)
}

// Replace writes a file in place of an older one, which stands until all is written.
func Replace(path string, write func(*os.File) error) error { return whole(path, write, (*File).Keep) }

func whole(path string, write func(*os.File) error, keep func(*File, string) error) error {
	f, err := Temp(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := write(f.File); err != nil {
		return err
	}
	return keep(f, path)
}

// Keep ends the file under its name, a path in the same folder, in place of an
// older file. On an error there stands the older file or the new one, whole; only
// after nil does a power cut not take the new one back. Once more under the same path
// it does nothing.
func (f *File) Keep(path string) error {
	if f.kept == path {
		return nil
	}
	return f.keep(path, func() error { return os.Rename(f.Name(), path) })
}

// KeepNew ends the file under a name that is free; fs.ErrExist when it is not. On
// an error the name is as free as it was.
func (f *File) KeepNew(path string) error {
	ours := false
	err := f.keep(path, func() error {
		if err := free(path); err != nil {
			return err
		}
		err := os.Link(f.Name(), path) // refuses a name that is taken since, which rename would replace
		if err == nil {
			ours = true
			return os.Remove(f.Name())
		}
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		err = os.Rename(f.Name(), path) // no hard links on this file system: to have looked is the best there is
		ours = err == nil
		return err
	})
	if err != nil && ours {
		os.Remove(path)
	}
	return err
}

// keep flushes before the name is given: it must never stand for bytes that are not
// on the disk.
func (f *File) keep(path string, name func() error) error {
	defer f.Discard()
	if err := f.Step("sync", f.Sync); err != nil {
		return err
	}
	if !renamesOpen {
		if err := f.Close(); err != nil {
			return err
		}
	}
	if err := f.Step("rename", name); err != nil {
		return err
	}
	f.ended = true
	f.Close() // ends the lock, which must last until the temporary name is gone
	err := f.Step("folder", func() error { return SyncDir(os.Open, filepath.Dir(path)) })
	if err == nil {
		f.kept = path
	}
	return err
}

// Step takes a step of keeping the file, Around it if that is set.
func (f *File) Step(name string, do func() error) error {
	if f.Around == nil {
		return do()
	}
	return f.Around(name, do)
}

// Discard removes the file; after Keep and KeepNew, whatever they returned, it does
// nothing, so that it can be deferred.
func (f *File) Discard() {
	if f.ended {
		return
	}
	f.ended = true
	f.Close()
	os.Remove(f.Name())
}

// SyncDir makes what was named and removed in a folder last; open is os.Open, or that
// of the os.Root in which dir is. A file system that cannot flush a folder says so,
// and that is no error.
func SyncDir(open func(string) (*os.File, error), dir string) error {
	f, err := open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if !syncsFolders || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// Sweep removes the temporary files of a folder whose writers are dead. A folder that
// is not there has none. What cannot be removed does not keep the others; the errors
// come back joined.
func Sweep(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), prefix) && e.Type().IsRegular() {
			err = errors.Join(err, removeDead(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// removeDead removes a file that nobody has locked. Without locks nothing tells that,
// and it stays.
func removeDead(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err == nil {
		defer f.Close()
		if TryLock(f) != nil {
			return nil
		}
		err = os.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) { // kept or discarded meanwhile
		return nil
	}
	return err
}

// ErrLocked is returned for a lock that another has.
var ErrLocked = errors.New("locked by another process")

func free(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	return nil
}
