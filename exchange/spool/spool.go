// Package spool keeps the bytes of every file that an agency has received and of all
// that it sends, under names that never change their meaning.
//
// There are two spools. A store that is a file has a folder beside it. A store that
// several machines share keeps the files itself, in parts, so that each machine reads
// what another has taken in; a folder is then only where files lie while they are
// written and read. Both promise: a file is there once the transaction that records it
// has ended well, whole; one that is open stays as it was opened; memory does not grow
// with the file. A spool belongs to one store of one agency, and another one is refused
// (Open).
package spool

import (
	"context"
	"errors"
	"fmt"
	"io"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
)

// Spool is where the files are.
type Spool interface {
	// Create begins a file; it ends with Discard, before which Keep may name it.
	Create() (*atomicfile.File, error)
	// Prepare does what of Keep needs no transaction, such as waiting for the disk. It may
	// come before Keep, where others would have to wait for that.
	Prepare(f *atomicfile.File, name string) error
	// Keep gives a file its name, in place of an older file of that name, in the
	// transaction that records it; tried again, the transaction keeps it again. When
	// the transaction fails, the name stands for the older file or this one, whole.
	// Its steps are told to f.Around.
	Keep(tx *store.Tx, f *atomicfile.File, name string) error
	// Open opens a file as the transaction sees it; fs.ErrNotExist when there is none.
	// It outlives the transaction.
	Open(tx *store.Tx, name string) (*File, error)
	// Size is a file's size in bytes; fs.ErrNotExist when there is none.
	Size(tx *store.Tx, name string) (int64, error)
	// Names calls fn for the name of every file that lies beside the store, in no order; for none
	// where the store keeps them itself.
	Names(fn func(name string)) error
	// Sweep removes what killed processes left while they wrote and read.
	Sweep() error
	// LockPasses takes the right to make passes for the agency; ErrLocked while another
	// process has it: nobody waits, a later pass does the work. It ends with the
	// process, so that none is ever stale. held ends with ctx, and when the right is
	// lost before unlock; its cause then says why.
	LockPasses(ctx context.Context) (held context.Context, unlock func() error, err error)
}

// ErrLocked is returned while another process of this agency makes a pass.
var ErrLocked = errors.New("another pass of this agency is under way (serve, or run by hand); it ends by itself")

// lockFault is the error for a lock that could not be taken.
func lockFault(err error) error {
	if errors.Is(err, atomicfile.ErrLocked) {
		err = ErrLocked
	}
	return fmt.Errorf("lock: %w", err)
}

// File is an open file of a spool. It is read as an *os.File is, and has a Size.
type File struct {
	*io.SectionReader
	end func() error
}

// Close ends the reading.
func (f *File) Close() error { return f.end() }
