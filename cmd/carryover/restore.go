package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"carryover/config"
	"carryover/exchange/atomicfile"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs/restore"
	"carryover/jobs/signing"
	"carryover/jobs/story"
)

func newRestoreCommand(a *app) *cobra.Command {
	var accept bool
	var evidence string
	c := &cobra.Command{
		Use:   "restore [FILE]",
		Short: "Bring up a store that lies behind what is around it, from a backup or as it stands",
		Long: `FILE is a backup of a SQLite store (carryover backup); it takes the place of the
store, which is kept beside it, and what is missing of its spool is put back. Without
FILE the store is taken as it stands: one on PostgreSQL that was restored from a
pg_dump, a copy, an empty one where there is no backup, or a false alarm.

Either way numbers and sequences go on behind all that may have been issued since,
payments that were not settled become unknown, payment files of ours that the
store does not know are taken up, and what the drops have in in/done is taken in
again, at once and by each pass until the list is signed. A list of all that, of
what to ask partners for, and of our numbers is written: no payment leaves until
one officer of finance and one of 复核 have signed it (carryover release). Core and
bank get a list of our numbers in their drops.

Where nobody signs (release: automatic) restore --accept --evidence E lets payments go
on, in the name of who answers for the agency. Exit code 3: the list waits.`,
		Example: `  carryover restore backups/2026-03-16.tar
  carryover restore`,
		Args: cobra.MaximumNArgs(1),
		RunE: runs(func(cmd *cobra.Command, args []string) error {
			if accept {
				return acceptRestored(cmd.Context(), a, args, evidence)
			}
			return bringUp(cmd.Context(), a, append(args, "")[0])
		}),
	}
	c.Flags().BoolVar(&accept, "accept", false, "let payments go on where nobody signs")
	c.Flags().StringVar(&evidence, "evidence", "", "what proves that nothing is paid twice")
	return c
}

// bringUp restores the store; with a name its backup takes its place first.
func bringUp(ctx context.Context, a *app, name string) (err error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	dsn, err := storeDSN(c)
	if err != nil {
		return err
	}
	if !isAddress(dsn) {
		if err := os.MkdirAll(filepath.Dir(dsn), 0o700); err != nil {
			return err
		}
	}
	from := ""
	if name != "" {
		if from = filepath.Base(name); isAddress(dsn) {
			return usageError{errors.New("FILE is for a SQLite store; restore the pg_dump into the database, then run carryover restore without FILE")}
		}
		aside, err := putBack(ctx, a.now(), c, dsn, name)
		if err != nil {
			return err
		}
		if aside != "" {
			fmt.Fprintf(a.err, "the store of before is kept as %s\n", aside)
		}
	}
	of := owner(c)
	of.Restoring = true
	ag, err := openConfigured(ctx, c, of, a.now, a.err)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	held, unlock, err := ag.env.Spool.LockPasses(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	done, err := restore.Restore(held, ag.env.Office, from)
	if err != nil {
		return err
	}
	return printRestored(a, ag, done)
}

func printRestored(a *app, ag *agency, done restore.Done) error {
	if a.json {
		doc := map[string]any{
			"restoration": done.N, "file": done.File.Name, "up_to": done.UpTo, "unknown": len(done.Unknown), "found": len(done.Found),
			"again": done.Again, "unseen": append([]string{}, done.Unseen...), "signed": done.SignedBy,
		}
		if err := a.printJSON(doc); err != nil {
			return err
		}
		return errPerson
	}
	fmt.Fprintf(a.out, "restoration %d, of what was known at %s\n", done.N, done.UpTo.In(ag.env.Agency.Zone).Format("2006-01-02 15:04:05"))
	fmt.Fprintf(a.out, "payments made unknown: %d; payment files found: %d; files to be taken in again: %d\n", len(done.Unknown), len(done.Found), done.Again)
	for _, text := range done.Unseen {
		fmt.Fprintf(a.out, "not looked at: %s\n", text)
	}
	todo := "to be signed by finance and 复核 / 待财务、复核签名: carryover release " + done.File.Name
	if !done.SignedBy {
		todo = "carryover restore --accept --evidence …, once it was compared with the bank / 与银行核对后"
	}
	fmt.Fprintf(a.out, "%s: no payment leaves before\n%s\n", done.File.Name, todo)
	return errPerson
}

// putBack puts a backup in place of the store and of what is missing of the spool, while no pass is
// made. aside is where the store of before is kept; "" when there was none.
func putBack(ctx context.Context, now time.Time, c *config.Config, dsn, backup string) (aside string, err error) {
	dir := c.Abs(c.Settings.Folders.Spool)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	_, unlock, err := spool.Folder(dir).LockPasses(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	fresh := dsn + ".restoring"
	if err := removeStore(fresh); err != nil {
		return "", err
	}
	b := putting{ctx: ctx, store: fresh, of: owner(c), dir: dir, unused: true}
	if err := spool.Folder(dir).Names(func(string) { b.unused = false }); err != nil {
		return "", err
	}
	if _, err = story.Unpack(backup, fresh, b.keep); err == nil {
		err = b.fits()
	}
	if err != nil {
		return "", errors.Join(usageError{fmt.Errorf("%s: %w", backup, err)}, removeStore(fresh))
	}
	if _, err := os.Stat(dsn); err == nil {
		aside = dsn + ".before-" + now.UTC().Format("20060102-150405")
		if err := moveStore(dsn, aside); err != nil {
			return "", err
		}
	}
	return aside, moveStore(fresh, dsn)
}

// putting is a backup that is being put back.
type putting struct {
	ctx    context.Context
	store  string // the store out of it, which comes first
	of     spool.Owner
	dir    string // of the spool
	unused bool   // there was no file in it
	fitted bool   // the store was looked at, before a file was put into the folder
}

// keep puts a file of its spool into the folder; what is there counts.
func (b *putting) keep(name string, content io.Reader) error {
	if err := b.fits(); err != nil {
		return err
	}
	put := atomicfile.Create
	if strings.HasPrefix(name, ".") && b.unused { // a folder that is new belongs to the store that is put back
		put = atomicfile.Replace
	}
	err := put(filepath.Join(b.dir, name), func(f *os.File) error {
		_, err := io.Copy(f, content)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// fits opens the store, brings it to this program's schema, and says why it is none of this agency or
// of this folder.
func (b *putting) fits() (err error) {
	if b.fitted {
		return nil
	}
	b.fitted = true
	s, err := store.Open(b.ctx, store.Options{DSN: b.store})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	have, want, err := s.Version(b.ctx)
	switch {
	case err != nil:
		return err
	case have == 0 || have > want:
		return fmt.Errorf("it has schema %d, this program works with %d", have, want)
	}
	if err := s.Migrate(b.ctx); err != nil {
		return err
	}
	dir := b.dir
	if b.of.Restoring = true; b.unused {
		dir += ".none" // whatever it was bound to meanwhile
	}
	return spool.Check(b.ctx, s, b.of, dir)
}

// storeFiles are the endings of a SQLite store's files.
var storeFiles = []string{"-wal", "-shm", ""}

// moveStore gives a store that nobody has open another name, the file itself last.
func moveStore(from, to string) error {
	for _, end := range storeFiles {
		if err := os.Rename(from+end, to+end); err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	return nil
}

func removeStore(name string) error {
	for _, end := range storeFiles {
		if err := os.Remove(name + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// acceptRestored lets payments go on where nobody signs.
func acceptRestored(ctx context.Context, a *app, args []string, evidence string) (err error) {
	if len(args) > 0 {
		return usageError{errors.New("restore --accept takes no FILE")}
	}
	ag, err := a.openToDecide(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ag.close()) }()
	if err := signing.Resume(ctx, ag.env.Office, evidence); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"accepted": true})
	}
	fmt.Fprintln(a.out, "payments go on / 恢复付款")
	return nil
}
