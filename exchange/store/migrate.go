package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// The schema text, one file per version. A version that was ever delivered
// is never edited; the next one changes it.
//
//go:embed schema/00001_exchange.sql
var schema1 string

//go:embed schema/00002_phrases.sql
var schema2 string

// appendOnly are the tables that only grow.
var appendOnly = []string{"journal", "checkpoints", "ledger_entries", "ledger_postings"}

// purgeOnly is the one change of a journal row that schema 1 allows: payload and
// salt are removed, everything else stays. SAME is the engine's comparison
// that treats NULL as a value.
const purgeOnly = "NEW.payload IS NULL AND NEW.salt IS NULL AND NEW.id SAME OLD.id AND NEW.chain SAME OLD.chain AND NEW.n SAME OLD.n" +
	" AND NEW.at SAME OLD.at AND NEW.on_date SAME OLD.on_date AND NEW.actor SAME OLD.actor AND NEW.what SAME OLD.what AND NEW.why SAME OLD.why" +
	" AND NEW.file_id SAME OLD.file_id AND NEW.digest SAME OLD.digest AND NEW.hash SAME OLD.hash"

func (s *Store) migrations() []*goose.Migration {
	run := func(text string, rows ...func(context.Context, *sql.Tx) error) *goose.GoFunc {
		return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, text)
			for _, change := range rows {
				if err == nil {
					err = change(ctx, tx)
				}
			}
			return err
		}}
	}
	journal := s.eng.guardJournal(purgeOnly + " AND NEW.coded SAME OLD.coded")
	return []*goose.Migration{
		goose.NewGoMigration(1, run(s.eng.fill(schema1)+s.eng.guards()), nil),
		goose.NewGoMigration(2, run(s.eng.fill(schema2)+journal, s.differencesToPhrases, s.holdsToPhrases, s.limitsToPhrases), nil),
	}
}

func (s *Store) provider() (*goose.Provider, error) {
	return goose.NewProvider(s.eng.dialect(), s.writers.db, nil,
		goose.WithGoMigrations(s.migrations()...), goose.WithDisableGlobalRegistry(true))
}

// Migrate brings the schema to the version that this program works with. It
// does nothing when it is there already, and refuses a newer one.
func (s *Store) Migrate(ctx context.Context) error {
	have, want, err := s.Version(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("version %d is newer than %d: %w", have, want, ErrSchema)
	}
	p, err := s.provider()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil && !errors.Is(err, goose.ErrNoNextVersion) {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Version is the schema version that the store has (0: empty) and the one
// that this program works with.
func (s *Store) Version(ctx context.Context) (have, want int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, fmt.Errorf("schema version: %w", err)
	}
	if have, err = p.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("schema version: %w", err)
	}
	return have, int64(len(s.migrations())), nil
}
