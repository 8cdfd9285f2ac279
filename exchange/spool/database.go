package spool

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
)

// database is the spool of a shared store: the parts of a file are written by the
// transaction that records it. It is opened as a copy, made from one snapshot, in memory
// when it is one part, else in the scratch folder: so it can be read anywhere, stays what
// it was, and holds no connection while a drop or an officer takes its time.
type database struct {
	store   *store.Store
	scratch string
}

func (s database) Create() (*atomicfile.File, error) { return atomicfile.Temp(s.scratch) }

func (s database) Prepare(*atomicfile.File, string) error { return nil }

func (s database) Keep(tx *store.Tx, f *atomicfile.File, name string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return putParts(tx, io.NewSectionReader(f, 0, info.Size()), name, f.Step)
}

// putParts writes the parts of a file, each as a step.
func putParts(tx *store.Tx, from *io.SectionReader, name string, step func(string, func() error) error) error {
	part := make([]byte, min(store.SpoolPart, from.Size()))
	for n, rest := 0, from.Size(); ; n++ {
		some := part[:min(rest, store.SpoolPart)]
		if _, err := io.ReadFull(from, some); err != nil {
			return err
		}
		rest -= int64(len(some))
		if err := step("part", func() error { return tx.PutSpoolPart(name, n, some, rest == 0) }); err != nil || rest == 0 {
			return err
		}
	}
}

func (s database) Open(tx *store.Tx, name string) (*File, error) {
	part, last, err := tx.SpoolPart(name, 0)
	if err != nil {
		return nil, missing(name, err)
	}
	if last {
		return &File{io.NewSectionReader(bytes.NewReader(part), 0, int64(len(part))), func() error { return nil }}, nil
	}
	f, err := atomicfile.Temp(s.scratch)
	if err != nil {
		return nil, err
	}
	size, err := copyParts(tx, f, name, part)
	if err != nil {
		f.Discard()
		return nil, err
	}
	return &File{io.NewSectionReader(f, 0, size), func() error { f.Discard(); return nil }}, nil
}

// copyParts copies a file, the first part of which is read, and returns its size.
func copyParts(tx *store.Tx, to io.Writer, name string, part []byte) (size int64, err error) {
	last := false
	for n := 1; ; n++ {
		if _, err := to.Write(part); err != nil {
			return 0, err
		}
		if size += int64(len(part)); last {
			return size, nil
		}
		if part, last, err = tx.SpoolPart(name, n); err != nil {
			return 0, err
		}
	}
}

// missing makes fs.ErrNotExist of the store's error for a file that is not there.
func missing(name string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return err
}

func (s database) Size(tx *store.Tx, name string) (int64, error) {
	size, err := tx.SpoolSize(name)
	return size, missing(name, err)
}

func (s database) Names(func(string)) error { return nil }

func (s database) Sweep() error { return atomicfile.Sweep(s.scratch) }

func (s database) LockPasses(ctx context.Context) (context.Context, func() error, error) {
	held, unlock, err := s.store.LockPasses(ctx)
	if err != nil {
		return nil, nil, lockFault(err)
	}
	return held, unlock, nil
}
