package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"carryover/exchange"
)

// spoolFile is a file being written into the spool: a temporary name first,
// hashed on the way, its own name once it is whole and on the disk.
type spoolFile struct {
	env  *Env
	file *os.File
	name string // of the temporary file
	hash hash.Hash
	size int64
}

func (e *Env) newSpoolFile(prefix string) (*spoolFile, error) {
	var f *os.File
	err := e.outside("spool.create", prefix, func() (err error) {
		f, err = os.CreateTemp(e.Spool, ".tmp-"+prefix+"-*")
		return err
	})
	if err != nil {
		if f != nil {
			f.Close()
			os.Remove(f.Name())
		}
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &spoolFile{env: e, file: f, name: f.Name(), hash: sha256.New()}, nil
}

// Write appends to the file and to its hash.
func (s *spoolFile) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.hash.Write(p[:n])
	s.size += int64(n)
	return n, err
}

// sum is the SHA-256 of what was written, lower-case hex.
func (s *spoolFile) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// keep flushes the file to the disk and gives it its name.
func (s *spoolFile) keep(name string) error {
	err := s.env.outside("spool.sync", name, s.file.Sync)
	if cerr := s.file.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = s.env.outside("spool.rename", name, func() error {
			return os.Rename(s.name, filepath.Join(s.env.Spool, name))
		})
	}
	if err != nil {
		os.Remove(s.name)
		return fmt.Errorf("spool %s: %w", name, err)
	}
	return nil
}

// drop forgets the file, if there is one.
func (s *spoolFile) drop() {
	if s == nil {
		return
	}
	s.file.Close()
	os.Remove(s.name)
}

// rehash reads the whole temporary file again for its hash: a drop may have
// rewound and rewritten it.
func (s *spoolFile) rehash() error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.hash.Reset()
	n, err := io.Copy(s.hash, s.file)
	s.size = n
	return err
}

// openSpool opens a file of the spool for reading.
func (e *Env) openSpool(name string) (*os.File, error) {
	var f *os.File
	err := e.outside("spool.open", name, func() (err error) {
		f, err = os.Open(filepath.Join(e.Spool, name))
		return err
	})
	if err != nil && f != nil {
		f.Close()
	}
	return f, err
}

// sweepSpool removes temporary files that an earlier run left behind.
func (e *Env) sweepSpool() error {
	var old []string
	for _, pattern := range []string{".tmp-*", ".workbook-*.tmp", ".rows-*.tmp"} {
		some, err := filepath.Glob(filepath.Join(e.Spool, pattern))
		if err != nil {
			return err
		}
		old = append(old, some...)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// spoolSum hashes a file of the spool.
func (e *Env) spoolSum(name string) (sha string, size int64, err error) {
	f, err := e.openSpool(name)
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

// errSpool is returned for a file whose bytes in the spool are not those that
// were recorded.
var errSpool = errors.New("the bytes in the spool are not those that were recorded")

// intact is nil when a file's bytes in the spool are those that were recorded;
// errSpool when they are gone or others.
func (e *Env) intact(f exchange.File) error {
	sha, size, err := e.spoolSum(f.Spool)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %s is gone", errSpool, f.Spool)
	case err != nil:
		return err
	case sha != f.StoredSHA || size != f.Size:
		return fmt.Errorf("%w: %s has %d bytes and SHA-256 %s", errSpool, f.Spool, size, sha)
	}
	return nil
}
