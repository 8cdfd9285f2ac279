package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	insertEntry = rowInto("bank_entries", entryRows.names, " ON CONFLICT (entry_key) DO NOTHING")
	updateEntry = entryRows.update("entry_key = $1 AND state = $11")
	entryByKey  = byKey(entryRows, "entry_key", byEntryKey, func(e *exchange.BankEntry) any { return e.Key })

	unmatchedDebits = inScope(entryRows, "account = $1 AND state = 'unmatched' AND credit = 0 AND amount", 1, byEntryKey,
		func(e *exchange.BankEntry) asked {
			if e.Credit || e.State != exchange.EntryUnmatched {
				return asked{} // in no answer
			}
			return asked{e.Account, int64(e.Amount)}
		})
	advicesByLetter = byKey(adviceRows, "letter_no", func(a, b *exchange.Advice) int {
		return cmp.Or(strings.Compare(a.Ref, b.Ref), strings.Compare(string(a.Side), string(b.Side)))
	}, func(a *exchange.Advice) any { return a.LetterNo })
)

func byEntryKey(a, b *exchange.BankEntry) int { return strings.Compare(a.Key, b.Key) }

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
	return advicesByLetter.of(tx, "advices of letter "+letterNo, letterNo)
}

// InsertBankEntry stores an entry of our account; ErrDuplicate when its key
// is known: the bank tells the same entry more than once.
func (tx *Tx) InsertBankEntry(e exchange.BankEntry) error {
	name := "bank entry " + e.Key
	known, isKnown := tx.known[entryByKey][asked{nil, e.Key}]
	if isKnown && len(known.([]exchange.BankEntry)) == 0 {
		entryRows.wrote(tx, nil, &e)
		tx.toldBooking(&e)
		return tx.later(unsent{what: name, insert: insertEntry, args: entryRows.args(&e), none: errTaken})
	}
	n, err := tx.now(insertEntry, entryRows.args(&e))
	if err == nil && n == 0 {
		err = ErrDuplicate
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// bookings are in how many parts bookings were told, by account and booking.
var bookings = &remembered{tableBits["bank_entries"]}

// toldBooking remembers of the first entry of a booking in how many parts it was told.
func (tx *Tx) toldBooking(e *exchange.BankEntry) {
	if known := tx.known[bookings]; known != nil {
		if key := (asked{e.Account, e.Booking()}); known[key] == 0 {
			known[key] = e.Parts
		}
	}
}

// bookingsAhead reads ahead in how many parts bookings of an account were told.
func (tx *Tx) bookingsAhead(account string, keys []any) error {
	if len(keys) == 0 {
		return nil
	}
	all := make(map[asked]any, len(keys))
	for _, key := range keys {
		all[asked{account, key}] = 0
	}
	err := inLists(keys, func(list []any) error {
		some, err := entryRows.many(tx, "bookings", firstOfBookings[0]+rowsOf(len(list), 1)+firstOfBookings[1], slices.Concat([]any{account}, list)...)
		for _, e := range some {
			all[asked{account, e.Booking()}] = e.Parts
		}
		return err
	})
	if err == nil {
		maps.Copy(tx.knownTo(bookings), all)
	}
	return err
}

// firstOfBookings finds an entry of each of some bookings, around rows of one value.
var firstOfBookings = [2]string{
	"WHERE entry_key IN (SELECT (SELECT entry_key FROM bank_entries WHERE account = $1 AND booking = column1 LIMIT 1) FROM (VALUES ", ") AS bookings)",
}

// BankEntry returns an entry by its key.
func (tx *Tx) BankEntry(key string) (exchange.BankEntry, error) {
	of, err := entryByKey.of(tx, "bank entry "+key, key)
	return firstOf("bank entry "+key, of, err)
}

// UpdateBankEntry changes an entry that is still in before's state, else ErrStale.
func (tx *Tx) UpdateBankEntry(before, after exchange.BankEntry) error {
	return entryRows.change(tx, "bank entry "+after.Key, updateEntry, &before, &after, before.State)
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
	}, singly(fn))
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
	if parts, known := tx.known[bookings][asked{account, booking}]; known {
		return parts.(int), nil
	}
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
	return unmatchedDebits.of(tx, "unmatched debits of "+account, int64(amount), account)
}
