package bank

import (
	"slices"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// KeepTakenBack keeps a credit that an officer took back from cases, with its match keys:
// what comes with one of them finds it. With none when they name one of those cases,
// which would get it again: then only an officer matches it.
func KeepTakenBack(d *office.Desk, e exchange.BankEntry, from []*office.Case) error {
	keys := matchKeys(e)
	for _, c := range from {
		if slices.Contains(keys, transfer.LetterKey(c.LetterNo)) || slices.Contains(keys, transfer.PersonKey(c.Person.IDKey)) {
			return nil
		}
	}
	return d.Tx.KeepMatchKeys(e.Key, keys)
}
