package story

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Backup is a copy of the store, as it stands in the journal as a payload: its
// JSON keys are those of the events backup_made and restore_tested.
type Backup struct {
	File   string    `json:"file"` // name without folders
	SHA256 string    `json:"sha256"`
	Bytes  int64     `json:"bytes"`
	Schema int64     `json:"schema"`
	Events int64     `json:"events,omitempty"` // tested: of the copy's journal
	Cases  int64     `json:"cases,omitempty"`
	UpTo   time.Time `json:"up_to"`         // the copy holds what happened until then
	Why    string    `json:"why,omitempty"` // a test that failed

	At time.Time     `json:"-"` // when it was made or tested
	On calendar.Date `json:"-"`
}

// noteBackup journals an event about a backup; why is its file's name, which a
// purge of payloads leaves.
func noteBackup(tx *store.Tx, what string, b Backup) error {
	facts, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return tx.Journal(exchange.JournalEvent{
		Chain: exchange.AgencyChain, At: b.At, On: b.On, Actor: office.ActorOperator, What: what, Why: code.Text(b.File), Payload: facts,
	})
}

// Backups are what the journal last says of backups; nil: nothing.
type Backups struct{ Made, Tested, Failed *Backup }

// LastBackups reads when the store was last copied, and when a copy was last
// opened and proved, or was found not to be what was written.
func LastBackups(tx *store.Tx) (last Backups, err error) {
	for what, into := range map[string]**Backup{office.BackupMade: &last.Made, office.RestoreTested: &last.Tested, office.RestoreFailed: &last.Failed} {
		v, err := tx.LastOf(exchange.AgencyChain, what)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return last, err
		}
		b := Backup{File: v.Why.Arg(0)}
		if v.Payload != nil { // a purge may have taken it
			if err := json.Unmarshal(v.Payload, &b); err != nil {
				return last, fmt.Errorf("backup: %w", err)
			}
		}
		b.At, b.On = v.At, v.On
		*into = &b
	}
	return last, nil
}

// MakeBackup copies a store and the folder of its spool into a new file and journals that. An older store,
// which is copied before it is migrated, has no place for the event. UpTo is
// read before the copy begins: what is written meanwhile may not be in it. An
// error after the copy leaves the file, which is whole but not journaled.
func MakeBackup(ctx context.Context, s *store.Store, name, spool string, now func() time.Time, zone *time.Location) (b Backup, err error) {
	have, want, err := s.Version(ctx)
	if err != nil {
		return b, err
	}
	upTo := now()
	if err := pack(ctx, s, name, spool); err != nil {
		return b, err
	}
	if b, err = ReadBackup(name); err != nil {
		return b, err
	}
	b.Schema, b.UpTo, b.At = have, upTo, now()
	b.On = calendar.DateOf(b.At.In(zone))
	if have != want {
		return b, nil
	}
	if err := s.Tx(ctx, func(tx *store.Tx) error { return noteBackup(tx, office.BackupMade, b) }); err != nil {
		return b, fmt.Errorf("%s is made and can be kept, but the journal does not name it: %w", name, err)
	}
	return b, nil
}

// ReadBackup is a backup's name, SHA-256 and length, as its file has them.
func ReadBackup(name string) (b Backup, err error) {
	b.File = filepath.Base(name)
	f, err := os.Open(name)
	if err != nil {
		return b, err
	}
	defer f.Close()
	h := sha256.New()
	b.Bytes, err = io.Copy(h, f)
	b.SHA256 = hex.EncodeToString(h.Sum(nil))
	return b, err
}
