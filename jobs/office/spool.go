package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/atomicfile"
	"carryover/exchange/spool"
	"carryover/exchange/store"
)

// SpoolFile is a file being written into the spool: a temporary file of this machine
// first, hashed on the way, its own name once it is whole, in the transaction that
// records it. It ends with Discard; what a crash leaves before is removed by Sweep.
type SpoolFile struct {
	office *Office
	File   *atomicfile.File
	hash   hash.Hash
	Size   int64 // bytes written
}

// NewSpoolFile begins a file of the spool; what it is (in, out, review) only tells the
// fault tests its creation apart.
func (o *Office) NewSpoolFile(what string) (*SpoolFile, error) {
	var f *atomicfile.File
	err := o.CallOutside("spool.create", what, func() (err error) {
		f, err = o.Spool.Create()
		return err
	})
	if err != nil {
		if f != nil {
			f.Discard()
		}
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &SpoolFile{office: o, File: f, hash: sha256.New()}, nil
}

// Write appends to the file and to its hash.
func (s *SpoolFile) Write(p []byte) (int, error) {
	n, err := s.File.Write(p)
	s.hash.Write(p[:n])
	s.Size += int64(n)
	return n, err
}

// SHA256 is the SHA-256 of what was written, lower-case hex.
func (s *SpoolFile) SHA256() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// Keep gives the file its name, over an older file of that name, in the transaction
// that records it, so that a power cut takes neither back: the drop is emptied once the
// spool has the only copy.
func (s *SpoolFile) Keep(tx *store.Tx, name string) error {
	return s.named(name, func() error { return s.office.Spool.Keep(tx, s.File, name) })
}

// Prepare does what of Keep needs no transaction, before it: nobody waits for the disk
// while a transaction holds the others up.
func (s *SpoolFile) Prepare(name string) error {
	return s.named(name, func() error { return s.office.Spool.Prepare(s.File, name) })
}

// named calls what gives the file its name, with each step told to Outside.
func (s *SpoolFile) named(name string, do func() error) error {
	s.File.Around = func(step string, do func() error) error { return s.office.CallOutside("spool."+step, name, do) }
	if err := do(); err != nil {
		return fmt.Errorf("spool %s: %w", name, err)
	}
	return nil
}

// WriteSpool writes a file of the spool, whole or not at all, over an older one of its
// name, and returns its SHA-256 (lower-case hex) and size.
func (o *Office) WriteSpool(tx *store.Tx, name string, write func(io.Writer) error) (sha string, size int64, err error) {
	s, err := o.NewSpoolFile("out")
	if err != nil {
		return "", 0, err
	}
	defer s.Discard()
	if err := write(s); err != nil {
		return "", 0, err
	}
	return s.SHA256(), s.Size, s.Keep(tx, name)
}

// Discard closes the file and removes what is temporary of it; with nil it does nothing,
// so that it can be deferred.
func (s *SpoolFile) Discard() {
	if s != nil {
		s.File.Discard()
	}
}

// Rehash reads the whole temporary file again for its hash and size: Write does not see
// what went into the File itself, such as a workbook, or was rewound by a drop.
func (s *SpoolFile) Rehash() error {
	if _, err := s.File.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.hash.Reset()
	n, err := io.Copy(s.hash, s.File)
	s.Size = n
	return err
}

// OpenSpoolIn opens a file of the spool as a transaction sees it; fs.ErrNotExist when it
// is gone. It outlives the transaction.
func (o *Office) OpenSpoolIn(tx *store.Tx, name string) (*spool.File, error) {
	var f *spool.File
	err := o.CallOutside("spool.open", name, func() (err error) {
		f, err = o.Spool.Open(tx, name)
		return err
	})
	if err != nil && f != nil {
		f.Close()
	}
	return f, err
}

// OpenSpool is OpenSpoolIn outside of a transaction.
func (o *Office) OpenSpool(ctx context.Context, name string) (*spool.File, error) {
	var f *spool.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		f, err = o.OpenSpoolIn(tx, name)
		return err
	})
	if err != nil && f != nil {
		f.Close()
	}
	return f, err
}

// Sweep removes the temporary files that killed passes and commands left in the spool
// and among the reports; those that somebody is writing stay.
func (o *Office) Sweep() error {
	return errors.Join(o.Spool.Sweep(), atomicfile.Sweep(o.Reports))
}

// SpoolSum is the SHA-256 (lower-case hex) and size of a file of the spool, read in
// full.
func (o *Office) SpoolSum(tx *store.Tx, name string) (sha string, size int64, err error) {
	f, err := o.OpenSpoolIn(tx, name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, fmt.Errorf("spool %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// ErrSpool is returned for a file whose bytes in the spool are not those that
// were recorded.
var ErrSpool = errors.New("the bytes in the spool are not those that were recorded")

// Intact is nil when a file's bytes in the spool are those that were recorded;
// ErrSpool when they are gone or others. It is asked before bytes count for money or
// carry a signature: the spool is where others may write to.
func (o *Office) Intact(tx *store.Tx, f exchange.File) error {
	content, err := o.OpenIntact(tx, f)
	if err != nil {
		return err
	}
	return content.Close()
}

// OpenIntact opens a file and reads it once: ErrSpool as Intact. It stands at its
// beginning, and outlives the transaction. Where files lie in a folder their bytes can
// still be exchanged under the reader: who reads them again hashes them again.
func (o *Office) OpenIntact(tx *store.Tx, f exchange.File) (*spool.File, error) {
	content, err := o.OpenSpoolIn(tx, f.Spool)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is gone", ErrSpool, f.Spool)
	}
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	size, err := io.Copy(h, content)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if sha := hex.EncodeToString(h.Sum(nil)); err == nil && (sha != f.StoredSHA || size != f.Size) {
		err = fmt.Errorf("%w: %s has %d bytes and SHA-256 %s", ErrSpool, f.Spool, size, sha)
	}
	if err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return content, nil
}
