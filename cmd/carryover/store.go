package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"carryover/exchange/store"
)

func newMigrateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the store to the schema that this program works with",
		Long: `Brings the store to this program's schema; a store that has it stays as it is.
Make a backup first: there is no way back.`,
		Args: cobra.NoArgs,
		RunE: runs(func(cmd *cobra.Command, _ []string) error { return a.migrate(cmd.Context()) }),
	}
}

// openStore opens the configuration's store, whatever its schema.
func (a *app) openStore(ctx context.Context) (*store.Store, error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return nil, err
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return nil, usageError{err}
	}
	s, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return s, nil
}

// openUsedStore opens a store that must be there, whatever its schema.
func (a *app) openUsedStore(ctx context.Context) (*store.Store, error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return nil, err
	}
	dsn, err := c.StoreDSN()
	if err != nil {
		return nil, usageError{err}
	}
	if _, err := os.Stat(dsn); err != nil && !strings.Contains(dsn, "://") {
		return nil, usageError{fmt.Errorf("store: %w; the first run makes it", err)}
	}
	return a.openStore(ctx)
}

// openCurrentStore opens a store that must be there, with this program's schema.
func (a *app) openCurrentStore(ctx context.Context) (*store.Store, error) {
	s, err := a.openUsedStore(ctx)
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

func (a *app) migrate(ctx context.Context) (err error) {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	before, want, err := s.Version(ctx)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if before > want {
		return usageError{fmt.Errorf("the store has schema %d, this program only knows %d: use the newer program", before, want)}
	}
	if err := s.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if a.json {
		return a.print(map[string]int64{"before": before, "now": want})
	}
	if before == want {
		fmt.Fprintf(a.out, "schema %d: nothing to do\n", want)
		return nil
	}
	fmt.Fprintf(a.out, "schema %d → %d\n", before, want)
	return nil
}
