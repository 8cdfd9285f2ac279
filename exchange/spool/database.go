package spool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
)

// database is the spool of a shared store: the parts of a file are written by the
// transaction that records it. It is opened as a copy in the scratch folder, made from
// one snapshot: so it can be read anywhere, stays what it was, and holds no connection
// while a drop or an officer takes its time.
type database struct {
	store   *store.Store
	scratch string
}

func (s database) Create() (*atomicfile.File, error) { return atomicfile.Temp(s.scratch) }

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
	n := 0
	for rest := from.Size(); rest > 0 || n == 0; n++ {
		some := part[:min(rest, store.SpoolPart)]
		if _, err := io.ReadFull(from, some); err != nil {
			return err
		}
		if err := step("part", func() error { return tx.PutSpoolPart(name, n, some) }); err != nil {
			return err
		}
		rest -= int64(len(some))
	}
	return tx.EndSpoolFile(name, n)
}

func (s database) Open(tx *store.Tx, name string) (*File, error) {
	parts, size, err := find(tx, name)
	if err != nil {
		return nil, err
	}
	f, err := atomicfile.Temp(s.scratch)
	if err != nil {
		return nil, err
	}
	if err := copyParts(tx, f, name, parts, size); err != nil {
		f.Discard()
		return nil, err
	}
	return &File{io.NewSectionReader(f, 0, size), func() error { f.Discard(); return nil }}, nil
}

// copyParts copies a file of so many parts and bytes.
func copyParts(tx *store.Tx, to io.Writer, name string, parts int, size int64) error {
	for n := range parts {
		part, err := tx.SpoolPart(name, n)
		if err != nil {
			return err
		}
		if _, err := to.Write(part); err != nil {
			return err
		}
		size -= int64(len(part))
	}
	if size != 0 {
		return fmt.Errorf("spool %s: its parts are not those of one file", name)
	}
	return nil
}

// find returns how many parts and bytes a file has; fs.ErrNotExist when there is none.
func find(tx *store.Tx, name string) (parts int, size int64, err error) {
	parts, size, err = tx.SpoolFile(name)
	if errors.Is(err, store.ErrNotFound) {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return parts, size, err
}

func (s database) Size(tx *store.Tx, name string) (int64, error) {
	_, size, err := find(tx, name)
	return size, err
}

func (s database) Sweep() error { return atomicfile.Sweep(s.scratch) }

func (s database) LockPasses(ctx context.Context) (context.Context, func() error, error) {
	held, unlock, err := s.store.LockPasses(ctx)
	if err != nil {
		return nil, nil, lockFault(err)
	}
	return held, unlock, nil
}
