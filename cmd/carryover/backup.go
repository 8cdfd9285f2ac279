package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/story"
)

func newBackupCommand(a *app) *cobra.Command {
	var verify bool
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "A consistent copy of the store while it is in use; with --verify, the test that it can be restored",
		Long: `Writes a consistent copy of a SQLite store, readable by its owner only, while
others go on working. FILE appears whole or not at all and is never
overwritten. It is not encrypted: it holds everything that the store holds. A
PostgreSQL store is backed up with pg_dump.

The spool is not in it: copy that folder afterwards, its files never change.

With --verify FILE is a copy that was made before. It is put where a restored
store would stand, beside the one in use, brought to this program's schema and
proved as audit verify does: journal, checkpoints, cases, ledger; and its last
event must stand in the journal of the store in use. FILE and the store stay
as they are.

Both are recorded in the journal; check --evidence tells of the last ones.`,
		Example: `  carryover backup backups/2026-03-16.db
  carryover backup --verify backups/2026-03-16.db`,
		Args: cobra.ExactArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			if verify {
				return a.restoreTest(cmd.Context(), args[0])
			}
			return a.backup(cmd.Context(), args[0])
		}),
	}
	c.Flags().BoolVar(&verify, "verify", false, "open a copy and prove it, instead of making one")
	return c
}

func (a *app) backup(ctx context.Context, name string) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return usageError{fmt.Errorf("%s is there already; name a new file", name)}
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return usageError{fmt.Errorf("%s: there is no such folder", filepath.Dir(name))}
	}
	s, err := a.openUsedStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	b, schema, err := a.backupNow(ctx, s, name)
	if err != nil {
		return err
	}
	if schema { // an older store is copied before it is migrated: it has no place for the event
		err = s.Tx(ctx, func(tx *store.Tx) error { return story.NoteBackup(tx, b) })
		if err != nil {
			return fmt.Errorf("%s is made, but not recorded: %w", name, err)
		}
	}
	if a.json {
		return a.print(map[string]any{"file": name, "bytes": b.Bytes, "sha256": b.SHA256})
	}
	fmt.Fprintf(a.out, "%s: %d bytes, not encrypted\n", name, b.Bytes)
	return nil
}

// backupNow copies the store; current says whether it has this program's schema.
func (a *app) backupNow(ctx context.Context, s *store.Store, name string) (b story.Backup, current bool, err error) {
	have, want, err := s.Version(ctx)
	if err != nil {
		return b, false, err
	}
	c, err := loadConfig(a.config)
	if err != nil {
		return b, false, err
	}
	at := a.now()
	if err := s.Backup(ctx, name); err != nil {
		return b, false, err
	}
	b = story.Backup{File: filepath.Base(name), Schema: have, UpTo: at, At: a.now(), On: calendar.DateOf(a.now().In(c.Agency().Zone))}
	b.SHA256, b.Bytes, err = hashFile(name)
	return b, have == want, err
}

// hashFile is the SHA-256 and the length of a file.
func hashFile(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// restoreTest proves a backup, and records it in the store in use.
func (a *app) restoreTest(ctx context.Context, name string) (err error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return usageError{err}
	}
	if strings.Contains(dsn, "://") {
		return usageError{errors.New("--verify is for copies of a SQLite store; restore a pg_dump into an empty database and run audit verify on that")}
	}
	b := story.Backup{File: filepath.Base(name)}
	if b.SHA256, b.Bytes, err = hashFile(name); err != nil {
		return usageError{err}
	}
	s, err := a.openCurrentStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if fault := a.proveCopy(ctx, s, name, filepath.Dir(dsn), &b); fault != nil {
		b.Why = fault.Error()
	}
	return a.tellRestoreTest(ctx, c, s, b)
}

// tellRestoreTest records and tells what a restore test found.
func (a *app) tellRestoreTest(ctx context.Context, c *config.Config, s *store.Store, b story.Backup) error {
	b.At = a.now()
	b.On = calendar.DateOf(b.At.In(c.Agency().Zone))
	if err := s.Tx(ctx, func(tx *store.Tx) error { return story.NoteRestoreTest(tx, b) }); err != nil {
		return fmt.Errorf("restore test: %w", err)
	}
	if a.json {
		if err := a.print(b); err != nil {
			return err
		}
	}
	if b.Why != "" {
		return fmt.Errorf("%s cannot be relied on: %s", b.File, b.Why)
	}
	if !a.json {
		fmt.Fprintf(a.out, "%s can be restored: %d events, %d cases, up to %s; recorded\n", b.File, b.Events, b.Cases, b.UpTo.In(c.Agency().Zone).Format("2006-01-02 15:04:05"))
	}
	return nil
}

// proveCopy opens a copy of the copy in a folder of its own, as a restored
// store would be, and proves it. What is wrong with it is the error.
func (a *app) proveCopy(ctx context.Context, used *store.Store, name, beside string, b *story.Backup) (err error) {
	dir, err := os.MkdirTemp(beside, ".restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	trial := filepath.Join(dir, "carryover.db")
	if err := copyFile(trial, name); err != nil {
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
	b.Schema = have
	return a.proveStore(ctx, s, used, b)
}

// proveStore proves journal, cases and ledger of a restored store, and that it
// is one of the store in use.
func (a *app) proveStore(ctx context.Context, s, used *store.Store, b *story.Backup) error {
	report, err := s.VerifyJournal(ctx, nil)
	if err != nil {
		return err
	}
	b.Events, b.Cases = report.Events, report.Cases
	if !report.OK() {
		return fmt.Errorf("%d faults in its journal, the first: %s", report.FaultsTotal, report.Faults[0].What)
	}
	err = s.View(ctx, func(tx *store.Tx) error {
		faults, err := tx.LedgerFaults()
		if err == nil && len(faults) > 0 {
			err = fmt.Errorf("%d faults in its ledger, the first: %s", len(faults), faults[0])
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.View(ctx, func(tx *store.Tx) error {
		last, err := tx.LastEvent()
		if err != nil {
			return fmt.Errorf("it holds no event: %w", err)
		}
		b.UpTo = last.At
		return used.View(ctx, func(live *store.Tx) error {
			same, err := story.CopyOf(live, last)
			if err == nil && !same {
				err = errors.New("it is not a copy of the store in use: its last event does not stand in this journal")
			}
			return err
		})
	})
}

// copyFile copies a file that only its owner reads.
func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
