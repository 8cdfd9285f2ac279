package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

func newMigrateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the store to the schema that this program works with",
		Long: `Brings the store to this program's schema; a store that has it stays as it is.
Make a backup first: there is no way back.

A store on PostgreSQL keeps the files of the spool itself. One that was used before
it did takes them in from the folder folders.spool; they stay there, too, and may be
deleted afterwards. Where it says that some are missing, run it again on the machine
that has them.`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.migrate(cmd.Context()) }),
	}
}

// ownedSince is the version of the schema from which on a store says whose it is.
const ownedSince = 5

// openStore opens the configuration's store, whatever its schema; another agency's is refused. A SQLite file
// that is missing is made, empty; with used it is a wrong call instead, for
// commands that would otherwise prove or copy an empty store without a word.
func (a *app) openStore(ctx context.Context, used bool) (*store.Store, error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return nil, err
	}
	dsn, err := storeDSN(c)
	if err != nil {
		return nil, err
	}
	if used && !isAddress(dsn) {
		if _, err := os.Stat(dsn); err != nil {
			return nil, usageError{fmt.Errorf("store: %w; the first run makes it", err)}
		}
	}
	s, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	have, want, err := s.Version(ctx)
	if err == nil && have >= ownedSince && have <= want {
		err = spool.Owned(ctx, s, owner(c))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: %w", err), s.Close())
	}
	return s, nil
}

// isAddress tells a PostgreSQL address from the file name of a SQLite store.
func isAddress(dsn string) bool { return strings.Contains(dsn, "://") }

// notMadeYet reports that a SQLite store's file is missing: opening would make
// it, which check may not.
func notMadeYet(dsn string) bool {
	_, err := os.Stat(dsn)
	return !isAddress(dsn) && errors.Is(err, fs.ErrNotExist)
}

// openCurrentStore opens a store that must be there, with this program's schema.
func (a *app) openCurrentStore(ctx context.Context) (*store.Store, error) {
	s, err := a.openStore(ctx, true)
	if err != nil {
		return nil, err
	}
	have, want, err := s.Version(ctx)
	if err == nil && have != want {
		err = usageError{fmt.Errorf("the store has schema %d, this program works with %d: see carryover migrate", have, want)}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// migrate brings a store to this program's schema; a newer one is a usageError.
func (a *app) migrate(ctx context.Context) (err error) {
	s, err := a.openStore(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	before, want, err := s.Version(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if before > want {
		return wrongVersion(before, want)
	}
	c, err := loadConfig(a.config)
	if err != nil {
		return err
	}
	dir, taken := c.Abs(c.Settings.Folders.Spool), 0
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err = spool.Alone(ctx, s, dir, waiting(office.NewLogger(a.err, c.Settings.Logs.Level, c.Settings.Logs.Format)), func(ctx context.Context) error {
		if err := s.Migrate(ctx); err != nil {
			return err
		}
		taken, err = spool.TakeIn(ctx, s, owner(c), dir)
		return err
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if a.json {
		return a.printJSON(map[string]int64{"before": before, "now": want, "taken_in": int64(taken)})
	}
	if before == want {
		fmt.Fprintf(a.out, "schema %d: nothing to do\n", want)
	} else {
		fmt.Fprintf(a.out, "schema %d → %d\n", before, want)
	}
	if taken > 0 {
		fmt.Fprintf(a.out, "%d files of %s are in the store now and may be deleted there\n", taken, dir)
	}
	return a.showNewForm(ctx, s)
}

// showNewForm prints the money settings where those that were approved have the form of an older
// program: their text is signed once anew.
func (a *app) showNewForm(ctx context.Context, s *store.Store) error {
	old := false
	err := s.View(ctx, func(tx *store.Tx) error {
		all, err := tx.MoneySettings()
		old = len(all) > 0 && all[len(all)-1].Form < exchange.SettingsForm
		return err
	})
	if err != nil || !old {
		return err
	}
	fmt.Fprintln(a.out, "the text of the money settings has a new form: the next run shows it to the officers, who sign it once; payments wait until then\n资金设置文本改版：下一次运行时交签名人员，签一次；签名前不付款")
	return a.withSettings(ctx, func(*agency) error { return nil })
}
