package config

import (
	"errors"

	"carryover/exchange/money"
)

// Yuan is an amount as the configuration writes it: yuan with two decimals.
type Yuan money.Fen

// Fen is the amount in fen.
func (y Yuan) Fen() money.Fen { return money.Fen(y) }

// MarshalText writes yuan with two decimals.
func (y Yuan) MarshalText() ([]byte, error) { return money.Fen(y).Append(nil), nil }

// UnmarshalText reads yuan with two decimals, as files state them.
func (y *Yuan) UnmarshalText(b []byte) error {
	f, err := money.ParseBytes(b)
	if err != nil {
		return errors.New("expects yuan with two decimals, like 500000.00")
	}
	*y = Yuan(f)
	return nil
}
