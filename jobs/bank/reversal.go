package bank

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/transfer"
)

// reverseCredit takes the reversal of a credit: the bank takes back money that it
// had booked to us. An unmatched credit is undone with it; a matched one has gone
// on with its case, perhaps to the core, so the case is held and an officer
// decides. A reversal of which no credit is found stays unmatched.
func reverseCredit(d *office.Desk, e exchange.BankEntry) error {
	c, err := reversedBy(d, e)
	switch {
	case err != nil:
		return err
	case c == nil || c.State != exchange.EntryUnmatched && c.CaseNo == "": // a lump sum, or a return: no one case to hold
		return transfer.FlagUnmatched(d, e, "", code.Phrase{}, code.Say("taken-back", e.Amount))
	case c.State == exchange.EntryUnmatched:
		return undoCredit(d, e, *c)
	}
	held, err := d.CaseByNo(c.CaseNo)
	if err != nil {
		return err
	}
	if err := held.PutOnHold(code.HoldAmountDiffers, code.Say("credit-taken-back", e.Amount)); err != nil {
		return err
	}
	if err := held.Save(); err != nil {
		return err
	}
	return transfer.FlagUnmatched(d, e, held.Partner, code.Say("noted", c.Key, held.No), code.Say("taken-back", e.Amount))
}

// reversedBy is the credit that a debit takes back: of those with the debit's number, or
// else of all that it may take back, the unmatched one of several that say the same; nil
// when there is none, or they say different things, so that an officer has to look.
func reversedBy(d *office.Desk, debit exchange.BankEntry) (*exchange.BankEntry, error) {
	credits, err := d.Tx.BankEntriesBooked(debit.Account, debit.BookedOn.AddDays(-reversalDays), debit.BookedOn)
	if err != nil {
		return nil, err
	}
	credits = slices.DeleteFunc(credits, func(c exchange.BankEntry) bool {
		return !isReversal(debit, c) || !slices.Contains([]string{exchange.EntryUnmatched, exchange.EntryMatched, exchange.EntryReturned}, c.State)
	})
	numbered := func(c exchange.BankEntry) bool { return debit.Ref != "" && c.Ref == debit.Ref }
	if slices.ContainsFunc(credits, numbered) {
		credits = slices.DeleteFunc(credits, func(c exchange.BankEntry) bool { return !numbered(c) })
	}
	var found *exchange.BankEntry
	for i, c := range credits {
		if found != nil && agreement(*found, c) < 0 {
			return nil, nil
		}
		if found == nil || c.State == exchange.EntryUnmatched && found.State != exchange.EntryUnmatched {
			found = &credits[i]
		}
	}
	return found, nil
}

// reversedBefore looks for a reversal that came before the credit that it takes
// back, as messages may, and undoes both; false when there is none.
func reversedBefore(d *office.Desk, e exchange.BankEntry) (bool, error) {
	debits, err := d.Tx.UnmatchedDebits(e.Account, e.Amount)
	if err != nil {
		return false, err
	}
	for _, x := range debits {
		if isReversal(x, e) && e.BookedOn >= x.BookedOn.AddDays(-reversalDays) && e.BookedOn <= x.BookedOn {
			return true, undoCredit(d, x, e)
		}
	}
	return false, nil
}

// reversalDays is for how many calendar days after a credit its reversal is looked for.
const reversalDays = 60

// isReversal reports whether a debit is the reversal of a credit: marked so by the
// bank, of the same amount, and with the same number of the bank's or the payer's, or,
// where the debit names none, the same text and counterparty account.
func isReversal(debit, credit exchange.BankEntry) bool {
	if !debit.Reversal || debit.Credit || !credit.Credit || debit.Amount != credit.Amount {
		return false
	}
	switch {
	case debit.Ref != "" && debit.Ref == credit.Ref:
		return true
	case debit.EndToEnd != "":
		return debit.EndToEnd == credit.EndToEnd
	}
	return debit.Text == credit.Text && debit.CounterAcct == credit.CounterAcct
}

// undoCredit undoes an unmatched credit by its reversal.
func undoCredit(d *office.Desk, debit, credit exchange.BankEntry) error {
	if err := d.Unreceive(credit, debit.Key); err != nil {
		return err
	}
	for _, e := range []exchange.BankEntry{debit, credit} {
		after := e
		after.State = exchange.EntryReversed
		if err := d.Tx.UpdateBankEntry(e, after); err != nil {
			return err
		}
	}
	return d.CloseAbout(debit)
}
