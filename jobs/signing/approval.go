package signing

import (
	"carryover/exchange"
	"carryover/exchange/store"
)

// Approval is what is recorded of the money settings, for those who show it.
type Approval struct {
	Approved *exchange.MoneySettings // nil: none yet
	Signed   []exchange.Signature    // of the approved ones
	Waiting  *exchange.MoneySettings // a change that waits for signatures; nil: none
}

// ReadApproval reads which money settings count, by whom they were signed, and
// which change waits. Before the first run both are nil. The first settings ever have
// no signatures: they were recorded as they were found (FileID 0).
func ReadApproval(tx *store.Tx) (a Approval, err error) {
	a.Approved, a.Waiting, err = tx.CurrentMoneySettings()
	if err == nil && a.Approved != nil && a.Approved.FileID != 0 {
		a.Signed, err = tx.Signatures(a.Approved.FileID)
	}
	return a, err
}
