package store

import (
	"context"
	"fmt"

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
	if err := engine.Migrate(ctx, s.eng, s.writers.DB()); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return s.takeOver(ctx)
}

// Version is the schema version that the store has (0: empty) and the one
// that this program works with. A store counts as of the version before until all that
// belongs to the newest has been done.
func (s *Store) Version(ctx context.Context) (have, want int64, err error) {
	if have, want, err = engine.Version(ctx, s.eng, s.writers.DB()); err != nil {
		return 0, 0, fmt.Errorf("schema version: %w", err)
	}
	if have == want {
		untaken, err := s.untaken(ctx)
		if err != nil {
			return 0, 0, fmt.Errorf("schema version: %w", err)
		}
		if untaken {
			have--
		}
	}
	return have, want, nil
}
