package office

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

// SpoolFile is a file being written into the spool: a temporary name first, hashed on
// the way, its own name once it is whole and on the disk. It ends with Keep or
// Discard; what a crash leaves between is removed by SweepSpool.
type SpoolFile struct {
	office *Office
	File   *os.File
	Name   string // path of the temporary file
	hash   hash.Hash
	Size   int64 // bytes written
}

// NewSpoolFile begins a file of the spool; prefix (in, out, review) only tells its
// temporary name apart.
func (o *Office) NewSpoolFile(prefix string) (*SpoolFile, error) {
	var f *os.File
	err := o.CallOutside("spool.create", prefix, func() (err error) {
		f, err = os.CreateTemp(o.Spool, ".tmp-"+prefix+"-*")
		return err
	})
	if err != nil {
		if f != nil {
			f.Close()
			os.Remove(f.Name())
		}
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &SpoolFile{office: o, File: f, Name: f.Name(), hash: sha256.New()}, nil
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

// Keep flushes the file to the disk, closes it and gives it its name, over an older
// file of that name. Flush before rename: after a power cut a name must not stand
// for bytes that are not there. On an error the temporary file is gone.
func (s *SpoolFile) Keep(name string) error {
	err := s.office.CallOutside("spool.sync", name, s.File.Sync)
	if cerr := s.File.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = s.office.CallOutside("spool.rename", name, func() error {
			return os.Rename(s.Name, filepath.Join(s.office.Spool, name))
		})
	}
	if err != nil {
		os.Remove(s.Name)
		return fmt.Errorf("spool %s: %w", name, err)
	}
	return nil
}

// Discard closes the file and removes it; after Keep, and with nil, it does nothing
// that matters, so that it can be deferred.
func (s *SpoolFile) Discard() {
	if s == nil {
		return
	}
	s.File.Close()
	os.Remove(s.Name)
}

// Rehash reads the whole temporary file again for its hash and size: a drop may have
// rewound and rewritten it, which Write does not see.
func (s *SpoolFile) Rehash() error {
	if _, err := s.File.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.hash.Reset()
	n, err := io.Copy(s.hash, s.File)
	s.Size = n
	return err
}

// OpenSpool opens a file of the spool for reading; fs.ErrNotExist when it is gone.
func (o *Office) OpenSpool(name string) (*os.File, error) {
	var f *os.File
	err := o.CallOutside("spool.open", name, func() (err error) {
		f, err = os.Open(filepath.Join(o.Spool, name))
		return err
	})
	if err != nil && f != nil {
		f.Close()
	}
	return f, err
}

// SweepSpool removes temporary files that an earlier run left behind. It is called
// when a pass begins and nothing of it is being written yet: files of a pass under way
// look the same.
func (o *Office) SweepSpool() error {
	var old []string
	for _, pattern := range []string{".tmp-*", ".workbook-*.tmp", ".rows-*.tmp"} {
		found, err := filepath.Glob(filepath.Join(o.Spool, pattern))
		if err != nil {
			return err
		}
		old = append(old, found...)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// SpoolSum is the SHA-256 (lower-case hex) and size of a file of the spool, read in
// full.
func (o *Office) SpoolSum(name string) (sha string, size int64, err error) {
	f, err := o.OpenSpool(name)
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
// carry a signature: the spool is a folder that others may write to.
func (o *Office) Intact(f exchange.File) error {
	sha, size, err := o.SpoolSum(f.Spool)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %s is gone", ErrSpool, f.Spool)
	case err != nil:
		return err
	case sha != f.StoredSHA || size != f.Size:
		return fmt.Errorf("%w: %s has %d bytes and SHA-256 %s", ErrSpool, f.Spool, size, sha)
	}
	return nil
}
