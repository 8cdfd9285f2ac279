package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/jobs/office"
)

// ReceiveUnmatched books a bank credit that belongs to no case yet (暂收款). The
// partner stays open, even where the account hints at one.
func ReceiveUnmatched(d *office.Desk, e exchange.BankEntry) error {
	return d.Book(ledger.Receive(ledger.Head{Date: int(d.Date), Memo: e.Key}, e.Amount))
}

// FlagUnmatched leaves a bank entry unmatched and opens a difference about it for
// somebody to look at, with what we know (ours) and what the bank says (theirs).
// A credit is booked: the money is here, whosever it is. A debit is not, as
// nothing of ours says what it paid.
func FlagUnmatched(d *office.Desk, e exchange.BankEntry, partner string, ours, theirs code.Phrase) error {
	if e.Credit {
		if err := ReceiveUnmatched(d, e); err != nil {
			return err
		}
	}
	return d.RecordDifference("money", partner, "", code.Text(e.Key), ours, theirs)
}

// MarkMatched marks a bank entry as matched with a part of a case.
func MarkMatched(d *office.Desk, e exchange.BankEntry, caseNo string, part int) error {
	return d.SetEntryState(e, exchange.EntryMatched, caseNo, part)
}

// A credit that matched nothing keeps match keys: the letter, the person and the
// reference that it names. What makes one of them known (a letter issued, a form,
// an advice) marks the credits with that key as due for retry, and only those are
// matched again: however many wait, a pass looks at none of the others.

// LetterKey is the match key of a letter number. The first letter keeps the three
// kinds of keys apart in the store.
func LetterKey(letterNo string) string { return "L " + letterNo }

// PersonKey is the match key of a person, by identity.Key of the ID number.
func PersonKey(idKey string) string { return "I " + idKey }

// ReferenceKey is the match key of a payment_ref, which an advice makes known.
func ReferenceKey(ref string) string { return "R " + ref }

// Requeue marks the credits that name the letter or the person of a case as due
// for retry; the bank's next matching takes them up.
func Requeue(c *office.Case) error {
	if c.LetterNo != "" {
		if err := c.Tx.RequeueMatching(LetterKey(c.LetterNo)); err != nil {
			return err
		}
	}
	return c.Tx.RequeueMatching(PersonKey(c.Person.IDKey))
}
