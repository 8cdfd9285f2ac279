package store

import (
	"errors"
	"testing"

	"carryover/exchange"
)

// TestSchemaRefuses: a row that the schema refuses is told apart from a store
// that does not answer, and what else the transaction wrote stands.
func TestSchemaRefuses(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		line := exchange.NettingLine{Month: 202603, Partner: "310100", Source: "ours", Direction: "in", LetterNo: "1", FormNo: "F1", Amount: 5}
		write(t, s, func(tx *Tx) error {
			if err := tx.PutNettingLine(line); err != nil {
				return err
			}
			err := tx.Savepoint(func() error {
				line.Direction = "sideways"
				return tx.PutNettingLine(line)
			})
			if !errors.Is(err, ErrConstraint) {
				t.Errorf("the schema took it, or says %v", err)
			}
			return nil
		})
		view(t, s, func(tx *Tx) error {
			lines, err := tx.NettingLines(202603, "310100", "ours")
			if len(lines) != 1 {
				t.Errorf("%d lines", len(lines))
			}
			return err
		})
	})
}
