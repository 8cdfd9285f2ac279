package office

import (
	"carryover/exchange"
)

// SignedAmount is the amount of a bank entry in yuan as staff read it: with + for
// a credit, - for a debit.
func SignedAmount(e exchange.BankEntry) string {
	if e.Credit {
		return "+" + e.Amount.String()
	}
	return "-" + e.Amount.String()
}

// SetEntryState stores a bank entry in another state, matched to a part of a
// case, or to none ("" and 0). The update is conditional: when the row is not as
// e has it, somebody else changed it, and it fails.
func (d *Desk) SetEntryState(e exchange.BankEntry, state, caseNo string, part int) error {
	before := e
	e.State, e.CaseNo, e.Part = state, caseNo, part
	return d.Tx.UpdateBankEntry(before, e)
}
