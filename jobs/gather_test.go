package jobs_test

import (
	"carryover/exchange"
	"carryover/exchange/store"
)

// gather is all that a walk over the rows of one thing comes by.
func gather[Of, T any](each func(Of, func(T) error) error, of Of) (all []T, err error) {
	err = each(of, func(row T) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

// unmatchedEntries are the bookings that belong to nobody yet.
func unmatchedEntries(tx *store.Tx) ([]exchange.BankEntry, error) {
	return gather((*store.Tx).EachUnmatchedEntry, tx)
}
