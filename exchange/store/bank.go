package store

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

var (
	adviceRows = keep("advices", func(a *exchange.Advice) []field {
		return []field{
			at("ref", &a.Ref), at("letter_no", &a.LetterNo), at("side", (*string)(&a.Side)), at("partner", &a.Partner), at("purpose", &a.Purpose),
			at("amount", (*int64)(&a.Amount)), at("value_on", &a.ValueOn),
		}
	}, func(a *exchange.Advice) []field {
		return []field{at("form_no,omitempty", &a.FormNo), at("person_id", &a.PersonID), at("name", &a.Name), at("reason,omitempty", &a.Reason)}
	})
	entryRows = keep("bank_entries", func(e *exchange.BankEntry) []field {
		return []field{
			at("entry_key", &e.Key), at("account", &e.Account), at("booking", derived(e.Booking())), at("credit", &e.Credit), at("amount", (*int64)(&e.Amount)),
			at("booked_on", &e.BookedOn), at("state", &e.State), at("case_no", optional[string]{&e.CaseNo}), at("part", &e.Part),
		}
	}, func(e *exchange.BankEntry) []field {
		return []field{
			at("ref,omitempty", &e.Ref), at("end_to_end,omitempty", &e.EndToEnd), at("counterpart,omitempty", &e.Counterpart),
			at("counter_account,omitempty", &e.CounterAcct), at("text,omitempty", &e.Text), at("return_code,omitempty", &e.ReturnCode),
			at("reversal,omitempty", &e.Reversal), at("order,omitempty", &e.Order), at("parts,omitempty", &e.Parts), at("seen_on,omitempty", &e.SeenOn),
		}
	})
	insertEntry = entryRows.insert + " ON CONFLICT (entry_key) DO NOTHING"
	updateEntry = entryRows.update("entry_key = $1 AND state = $11")
)

// InsertAdvice stores a remittance advice: one per payment reference, letter and side.
func (tx *Tx) InsertAdvice(a exchange.Advice) error {
	return adviceRows.add(tx, "advice "+a.Ref, &a)
}

// Advices returns the advices of a payment reference: several for a lump sum.
func (tx *Tx) Advices(ref string) ([]exchange.Advice, error) {
	return adviceRows.many(tx, "advices "+ref, "WHERE ref = $1 ORDER BY letter_no, side", ref)
}

// AdvicesByLetter returns the advices about a letter.
func (tx *Tx) AdvicesByLetter(letterNo string) ([]exchange.Advice, error) {
	return adviceRows.many(tx, "advices of letter "+letterNo, "WHERE letter_no = $1 ORDER BY ref, side", letterNo)
}

// InsertBankEntry stores an entry of our account; ErrDuplicate when its key
// is known: the bank tells the same entry more than once.
func (tx *Tx) InsertBankEntry(e exchange.BankEntry) error {
	n, err := tx.exec(insertEntry, entryRows.args(&e)...)
	if err == nil && n == 0 {
		err = ErrDuplicate
	}
	if err != nil {
		return fmt.Errorf("bank entry %s: %w", e.Key, err)
	}
	return nil
}

// BankEntry returns an entry by its key.
func (tx *Tx) BankEntry(key string) (exchange.BankEntry, error) {
	return entryRows.one(tx, "bank entry "+key, "WHERE entry_key = $1", key)
}

// UpdateBankEntry changes an entry that is still in before's state, else ErrStale.
func (tx *Tx) UpdateBankEntry(before, after exchange.BankEntry) error {
	return tx.change("bank entry "+after.Key, updateEntry, entryRows.args(&after, before.State)...)
}

// EachUnmatchedEntry calls fn for every unmatched entry, by key, page by page,
// so that fn may use the transaction.
func (tx *Tx) EachUnmatchedEntry(fn func(exchange.BankEntry) error) error {
	return pages(func(last *exchange.BankEntry) ([]exchange.BankEntry, error) {
		if last == nil {
			last = &exchange.BankEntry{}
		}
		return entryRows.many(tx, "unmatched bank entries",
			"WHERE state = 'unmatched' AND entry_key > $1 ORDER BY entry_key"+atMost(pageSize), last.Key)
	}, fn)
}

// BankEntriesByCase returns the entries tied to a case, as booked.
func (tx *Tx) BankEntriesByCase(caseNo string) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries of case "+caseNo, "WHERE case_no = $1 ORDER BY booked_on, entry_key", caseNo)
}

// BankEntriesByBooking returns the entries that a booking of an account is made of.
func (tx *Tx) BankEntriesByBooking(account, booking string) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries of booking "+booking, "WHERE account = $1 AND booking = $2 ORDER BY entry_key", account, booking)
}

// BookingParts is in how many parts a booking of an account was told, 0 for one
// that was not: all its entries say the same.
func (tx *Tx) BookingParts(account, booking string) (int, error) {
	some, err := entryRows.many(tx, "bank entries of booking "+booking, "WHERE account = $1 AND booking = $2 LIMIT 1", account, booking)
	if err != nil || len(some) == 0 {
		return 0, err
	}
	return some[0].Parts, nil
}

// BankEntriesBooked returns an account's entries of some days, as booked.
func (tx *Tx) BankEntriesBooked(account string, from, to calendar.Date) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries of "+account,
		"WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3 ORDER BY booked_on, entry_key", account, from.String(), to.String())
}

// UnmatchedDebits returns an account's debits over an amount that no payment
// was found for.
func (tx *Tx) UnmatchedDebits(account string, amount money.Fen) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "unmatched debits of "+account,
		"WHERE account = $1 AND amount = $2 AND state = 'unmatched' AND credit = 0 ORDER BY entry_key", account, int64(amount))
}
