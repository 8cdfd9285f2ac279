package office

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
)

// EntryCalled reads a bank entry by its key, or by the bank's number where one entry alone
// has it; ErrDecision where several have, store.ErrNotFound where none.
func (d *Desk) EntryCalled(text string) (exchange.BankEntry, error) {
	e, err := d.Tx.BankEntry(text)
	if !IsNotFound(err) || text == "" {
		return e, err
	}
	list, err := d.Tx.BankEntriesNumbered(text)
	switch {
	case err != nil:
		return e, err
	case len(list) == 0:
		return e, fmt.Errorf("bank entry %s: %w", text, store.ErrNotFound)
	case len(list) > 1:
		return e, Undecidable(fmt.Sprintf("有 %d 笔流水的流水号是 %s，请写明全称，如 %s", len(list), text, list[0].Key),
			fmt.Sprintf("%d entries have the number %s: name one by its key, %s for instance", len(list), text, list[0].Key))
	}
	return list[0], nil
}

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

// Unreceive takes an unmatched credit out of what is received from nobody: its money has
// another place (why), and would stand in the ledger twice. The ledger only grows: the
// entry that received it is reversed. Nothing is asked about the credit any more.
func (d *Desk) Unreceive(e exchange.BankEntry, why string) error {
	received := ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount)
	if err := d.Book(ledger.Reverse(received, int(d.Date), why)); err != nil {
		return err
	}
	return d.CloseAbout(e)
}

// CloseAbout ends what is asked about a bank entry: its differences, and by what it would
// be matched later.
func (d *Desk) CloseAbout(e exchange.BankEntry) error {
	for _, kind := range []string{"money", "proposal"} {
		if err := d.Tx.CloseDifferencesAbout(kind, code.Text(e.Key)); err != nil {
			return err
		}
	}
	return d.Tx.DropMatchKeys(e.Key)
}
