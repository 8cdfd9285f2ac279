package story

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"carryover/exchange/atomicfile"
	"carryover/exchange/store"
)

// A backup is a tar of the store and, behind it, its spool: files of the spool are never removed, so
// that all which the store names are there once it is copied. Backups of before are the store alone.
const (
	storeInBackup = "carryover.db"
	spoolInBackup = "spool/"
	sqliteHead    = "SQLite format 3\x00"
)

// pack writes a backup of a store and the folder of its spool to a new file, readable by its owner
// only; what others wrote while they were killed is left out.
func pack(ctx context.Context, s *store.Store, name, spool string) (err error) {
	dir, err := os.MkdirTemp(filepath.Dir(name), ".backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, storeInBackup)
	if err := s.Backup(ctx, copied); err != nil {
		return err
	}
	return atomicfile.Create(name, func(f *os.File) error {
		w := tar.NewWriter(f)
		if err := packFile(w, storeInBackup, copied); err != nil {
			return err
		}
		list, err := os.ReadDir(spool)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, e := range list {
			if strings.HasPrefix(e.Name(), ".") && e.Name() != ".spool-id" || !e.Type().IsRegular() {
				continue
			}
			if err := errors.Join(ctx.Err(), packFile(w, spoolInBackup+e.Name(), filepath.Join(spool, e.Name()))); err != nil {
				return err
			}
		}
		return w.Close()
	})
}

// packFile adds a file as it is when it is opened: another that takes its name does not change it.
func packFile(w *tar.Writer, as, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	err = w.WriteHeader(&tar.Header{Name: as, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime(), Format: tar.FormatPAX})
	if err == nil {
		_, err = io.Copy(w, f)
	}
	return err
}

// Unpack writes the store of a backup to a new file, readable by its owner only, and hands each file
// of its spool to keep; paired is false for a backup of before, which has no spool.
func Unpack(backup, storeFile string, keep func(name string, content io.Reader) error) (paired bool, err error) {
	f, err := os.Open(backup)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, len(sqliteHead))
	if _, err := io.ReadFull(f, head); err != nil {
		return false, fmt.Errorf("it is no backup: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	if bytes.Equal(head, []byte(sqliteHead)) {
		return false, writeNew(storeFile, f)
	}
	r := tar.NewReader(f)
	h, err := r.Next()
	if err != nil || h.Name != storeInBackup {
		return false, errors.Join(errors.New("it is no backup"), err)
	}
	if err := writeNew(storeFile, r); err != nil {
		return true, err
	}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return true, err
		}
		name, ok := strings.CutPrefix(h.Name, spoolInBackup)
		if !ok || name == "" || name != filepath.Base(name) || h.Typeflag != tar.TypeReg {
			return true, fmt.Errorf("it holds %q, which is of no backup", h.Name)
		}
		if err := keep(name, r); err != nil {
			return true, fmt.Errorf("%s: %w", name, err)
		}
	}
}

func writeNew(name string, content io.Reader) error {
	return atomicfile.Create(name, func(f *os.File) error {
		_, err := io.Copy(f, content)
		return err
	})
}
