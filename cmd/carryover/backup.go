package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"carryover/jobs/story"
)

func newBackupCommand(a *app) *cobra.Command {
	var verify bool
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "A consistent copy of store and spool while they are in use; with --verify, the test that it can be restored",
		Long: `Writes a consistent copy of a SQLite store and its spool as one tar, readable by
its owner only, while others go on working. FILE appears whole or not at all and is
never overwritten. It is not encrypted: it holds everything that both hold. A
PostgreSQL store is backed up with pg_dump, and has the files of the spool in it.

With --verify FILE is a copy that was made before. Its store is put where a restored
one would stand, beside the one in use, brought to this program's schema and
proved as audit verify does: journal, checkpoints, cases, ledger; its last
event must stand in the journal of the store in use, and every file that it names
must be in FILE as it was. FILE and the store stay as they are. Copies of the store
alone, of programs before, can be verified and restored, too.

Both are recorded in the journal; check --evidence tells of the last ones.`,
		Example: `  carryover backup backups/2026-03-16.tar
  carryover backup --verify backups/2026-03-16.tar`,
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

// backup copies store and spool to a new file and records that in the journal.
func (a *app) backup(ctx context.Context, name string) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return usageError{fmt.Errorf("%s is there already; name a new file", name)}
	}
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return usageError{fmt.Errorf("%s: there is no such folder", filepath.Dir(name))}
	}
	s, err := a.openStore(ctx, true) // of any schema: a copy is made before migrate
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	b, err := story.MakeBackup(ctx, s, name, c.Abs(c.Settings.Folders.Spool), a.now, c.Agency().Zone)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"file": name, "bytes": b.Bytes, "sha256": b.SHA256})
	}
	fmt.Fprintf(a.out, "%s: %d bytes, not encrypted\n", name, b.Bytes)
	return nil
}

// restoreTest proves a backup, and records it in the store in use, a failure too:
// check --evidence names it.
func (a *app) restoreTest(ctx context.Context, name string) (err error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	dsn, err := storeDSN(c)
	if err != nil {
		return err
	}
	if isAddress(dsn) {
		return usageError{errors.New("--verify is for copies of a SQLite store; restore a pg_dump into an empty database and run audit verify on that")}
	}
	b, err := story.ReadBackup(name) // before the store is opened: a wrong name is a wrong call
	if err != nil {
		return usageError{err}
	}
	s, err := a.openCurrentStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if b, err = story.ProveBackup(ctx, s, name, filepath.Dir(dsn), b, a.now, c.Agency().Zone); err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(b); err != nil {
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
