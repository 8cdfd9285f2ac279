package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"carryover/exchange/store/engine"
)

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
	p, _, err := engine.Provider(s.eng, s.writers.DB())
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
	p, want, err := engine.Provider(s.eng, s.writers.DB())
	if err != nil {
		return 0, 0, fmt.Errorf("schema version: %w", err)
	}
	if have, err = p.GetDBVersion(ctx); err != nil {
		return 0, 0, fmt.Errorf("schema version: %w", err)
	}
	return have, want, nil
}
