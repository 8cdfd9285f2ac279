package story

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// ProveBackup proves a backup as a restored store, in a folder of its own below
// beside, and journals in the store in use what it found; what is wrong with it
// stands in the Backup's Why. b is what ReadBackup says of the file.
func ProveBackup(ctx context.Context, used *store.Store, name, beside string, b Backup, now func() time.Time, zone *time.Location) (Backup, error) {
	// A fault is a finding, not an error: it is journaled, so that the figures show
	// that the latest backup cannot be relied on.
	found := office.RestoreTested
	if fault := proveCopy(ctx, used, name, beside, &b); fault != nil {
		found, b.Why = office.RestoreFailed, fault.Error()
	}
	b.At = now()
	b.On = calendar.DateOf(b.At.In(zone))
	if err := used.Tx(ctx, func(tx *store.Tx) error { return noteBackup(tx, found, b) }); err != nil {
		return b, fmt.Errorf("restore test: %w", err)
	}
	return b, nil
}

// proveCopy opens a copy of the copy in a folder of its own, as a restored
// store would be, and proves it; an older schema is migrated first, as a restore
// would. What is wrong with it is the error. It works on a copy, for a
// migration would change the backup.
func proveCopy(ctx context.Context, used *store.Store, name, beside string, b *Backup) (err error) {
	dir, err := os.MkdirTemp(beside, ".restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	trial, kept := filepath.Join(dir, storeInBackup), map[string]string{}
	paired, err := Unpack(name, trial, func(name string, content io.Reader) error {
		sum := sha256.New()
		_, err := io.Copy(sum, content)
		kept[name] = hex.EncodeToString(sum.Sum(nil))
		return err
	})
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{DSN: trial})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	have, want, err := s.Version(ctx)
	switch {
	case err != nil:
		return err
	case have == 0 || have > want:
		return fmt.Errorf("it has schema %d, this program works with %d", have, want)
	case have < want:
		if err := s.Migrate(ctx); err != nil {
			return err
		}
	}
	if b.Schema = have; paired {
		if err := proveSpool(ctx, s, kept); err != nil {
			return err
		}
	}
	return proveStore(ctx, s, used, b)
}

// proveStore proves journal, cases and ledger of a restored store, and that it
// is one of the store in use.
func proveStore(ctx context.Context, s, used *store.Store, b *Backup) error {
	v, err := Verify(ctx, s, nil)
	b.Events, b.Cases = v.Events, v.Cases
	switch {
	case err != nil:
		return err
	case v.FaultsTotal > 0:
		return fmt.Errorf("%d faults in its journal, the first: %s", v.FaultsTotal, v.Faults[0].What)
	case !v.OK:
		return fmt.Errorf("%d faults in its ledger, the first: %s", len(v.LedgerFaults), v.LedgerFaults[0])
	}
	return s.View(ctx, func(tx *store.Tx) error {
		last, err := tx.LastEvent()
		if err != nil {
			return fmt.Errorf("it holds no event: %w", err)
		}
		b.UpTo = last.At
		return used.View(ctx, func(live *store.Tx) error {
			same, err := CopyOf(live, last)
			if err == nil && !same {
				err = errors.New("it is not a copy of the store in use: its last event does not stand in this journal")
			}
			return err
		})
	})
}

// proveSpool reports the first file that the store names and that is not among those kept, by their
// SHA-256, or is another one. A name that was written over counts as it was last.
func proveSpool(ctx context.Context, s *store.Store, kept map[string]string) error {
	want := map[string]string{} // "": any bytes
	err := s.View(ctx, func(tx *store.Tx) error {
		for page := (store.FileFilter{Limit: 1000}); ; {
			files, err := tx.Files(page)
			for _, f := range files {
				if f.Spool != "" {
					want[f.Spool] = f.StoredSHA
				}
				if f.Signature != "" {
					want[f.Signature] = ""
				}
				page.AfterID = f.ID
			}
			if err != nil || len(files) < page.Limit {
				return err
			}
		}
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch sum, there := kept[name]; {
		case !there:
			return fmt.Errorf("the store names %s, which is not in it", name)
		case want[name] != "" && sum != want[name]:
			return fmt.Errorf("%s is not the file that the store names: SHA-256 %s, not %s", name, sum, want[name])
		}
	}
	return nil
}

// CopyOf reports whether a copy is one of this store: its last event stands in
// this journal, under the same hash.
func CopyOf(tx *store.Tx, last exchange.JournalEvent) (bool, error) {
	ours, err := tx.Event(last.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && bytes.Equal(ours.Hash, last.Hash), err
}
