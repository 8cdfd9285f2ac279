package transfer

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/jobs/office"
)

// ReceiveUnmatched books a credit that belongs to no case yet.
func ReceiveUnmatched(d *office.Desk, e exchange.BankEntry) error {
	return d.Book(ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount))
}

// FlagUnmatched leaves an entry unmatched and names it for somebody to look at.
func FlagUnmatched(d *office.Desk, e exchange.BankEntry, partner, ours, theirs string) error {
	if e.Credit {
		if err := ReceiveUnmatched(d, e); err != nil {
			return err
		}
	}
	return d.RecordDifference("money", partner, "", e.Key, ours, theirs)
}

// MarkMatched ties a bank entry.
func MarkMatched(d *office.Desk, e exchange.BankEntry, caseNo string, part int) error {
	return d.SetEntryState(e, exchange.EntryMatched, caseNo, part)
}

// A credit that nothing was found for keeps marks: the letter, the person and
// the reference that it names. What makes one of them known (a letter issued, a
// form, an advice) wakes the credits with that mark, and only those are tried
// again: however many wait, a pass looks at none of the others.

func LetterKey(letterNo string) string { return "L " + letterNo }

func PersonKey(idKey string) string { return "I " + idKey }

func ReferenceKey(ref string) string { return "R " + ref }

// Requeue lets the credits that wait for a case be tried again.
func Requeue(c *office.Case) error {
	if c.LetterNo != "" {
		if err := c.Tx.WakeMarked(LetterKey(c.LetterNo)); err != nil {
			return err
		}
	}
	return c.Tx.WakeMarked(PersonKey(c.Person.IDKey))
}

// ReportShortfall says of a part whose money differs who owes whom, for the list of what
// is to be done; a part whose money fits is taken off it.
func ReportShortfall(c *office.Case, r *exchange.Remittance) error {
	subject := fmt.Sprintf("%s-%d", c.LetterNo, r.Part)
	switch {
	case r.Received == 0 || r.Received == r.Amount:
		return c.CloseDifference("money", c.Partner, subject)
	case r.Received < r.Amount:
		return c.RecordDifference("money", c.Partner, c.No, subject, "form "+r.Amount.String(), fmt.Sprintf("received %s: they owe %s", r.Received, r.Amount-r.Received))
	}
	return c.RecordDifference("money", c.Partner, c.No, subject, "form "+r.Amount.String(), fmt.Sprintf("received %s: we owe %s", r.Received, r.Received-r.Amount))
}

// holdAmount holds a case whose money differs.
func holdAmount(c *office.Case, r *exchange.Remittance, text string) error {
	if err := ReportShortfall(c, r); err != nil {
		return err
	}
	return c.PutOnHold(code.HoldAmountDiffers, text)
}
