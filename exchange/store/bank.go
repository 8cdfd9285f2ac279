package store

import (
	"cmp"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
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
			at("entry_key", &e.Key), at("account", &e.Account), at("known_as", shape.Derived(e.KnownAs())), at("ref", &e.Ref), at("credit", &e.Credit),
			at("amount", (*int64)(&e.Amount)), at("total", (*int64)(&e.Total)), at("booked_on", &e.BookedOn), at("state", &e.State),
			at("case_no", shape.OptionalOf(&e.CaseNo)), at("part", &e.Part),
		}
	}, func(e *exchange.BankEntry) []field {
		return []field{
			at("end_to_end,omitempty", &e.EndToEnd), at("counterpart,omitempty", &e.Counterpart),
			at("counter_account,omitempty", &e.CounterAcct), at("text,omitempty", &e.Text), at("return_code,omitempty", &e.ReturnCode),
			at("reversal,omitempty", &e.Reversal), at("charge,omitempty", &e.Charge), at("order,omitempty", &e.Order), at("parts,omitempty", &e.Parts),
			at("repeats,omitempty", &e.Repeats), at("reason,omitempty", &e.Reason), at("seen_on,omitempty", &e.SeenOn),
			at("also,omitempty", &e.Also), at("refs,omitempty", &e.Refs),
		}
	}).prove(proof[exchange.BankEntry]{
		keys: 1, chain: func(e *exchange.BankEntry) string { return ofDay("entries", e.BookedOn, e.Account) }, kind: "entries", by: "account, booked_on",
	})
	updateEntry = entryRows.update("entry_key = $1 AND state = $13")
	entriesAs   = byKey(entryRows, "known_as", byEntryKey, func(e *exchange.BankEntry) any { return e.KnownAs() }).kept()

	allUnmatchedDebits = "WHERE state = 'unmatched' AND credit = 0 ORDER BY account, amount, entry_key"
	unmatchedDebits    = inScope(entryRows, "account = $1 AND state = 'unmatched' AND credit = 0 AND amount", 1, byEntryKey,
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

// InsertBankEntry stores an entry of our account under a key of its own.
func (tx *Tx) InsertBankEntry(e exchange.BankEntry) error {
	return entryRows.add(tx, "bank entry "+e.Key, &e)
}

// BankEntriesKnownAs returns the entries that are known as one (BankEntry.KnownAs), by
// key.
func (tx *Tx) BankEntriesKnownAs(as string) ([]exchange.BankEntry, error) {
	return entriesAs.of(tx, "bank entries "+as, as)
}

// BankEntriesNumbered returns the entries to which the bank gave a number, by key.
func (tx *Tx) BankEntriesNumbered(ref string) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries "+ref, "WHERE known_as >= $1 AND known_as < $2 AND ref = $3 ORDER BY entry_key", ref+"|", ref+"}", ref)
}

// DoubtfulEntries returns the doubtful entries of some days, by account, day and key: an
// account's, or ("") all.
func (tx *Tx) DoubtfulEntries(account string, from, to calendar.Date) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "doubtful entries of "+account, "WHERE state = 'doubtful' AND (account = $1 OR $1 = '')"+
		" AND booked_on >= $2 AND booked_on <= $3 ORDER BY account, booked_on, entry_key", account, from.String(), to.String())
}

// BankEntry returns an entry by its key.
func (tx *Tx) BankEntry(key string) (exchange.BankEntry, error) {
	return entryRows.one(tx, "bank entry "+key, "WHERE entry_key = $1", key)
}

// UpdateBankEntry changes an entry that is still in before's state, else ErrStale.
func (tx *Tx) UpdateBankEntry(before, after exchange.BankEntry) error {
	return entryRows.change(tx, "bank entry "+after.Key, updateEntry, &before, &after, before.State)
}

// EachUnmatchedEntry calls fn for every unmatched entry, by key, page by page,
// so that fn may use the transaction.
func (tx *Tx) EachUnmatchedEntry(fn func(exchange.BankEntry) error) error {
	return pages(func(last *exchange.BankEntry) ([]exchange.BankEntry, error) {
		return entryRows.many(tx, "unmatched bank entries",
			"WHERE state = 'unmatched' AND entry_key > $1 ORDER BY entry_key"+sqltext.AtMost(pageSize), last.Key)
	}, singly(fn))
}

// BankEntriesByCase returns the entries tied to a case, as booked.
func (tx *Tx) BankEntriesByCase(caseNo string) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries of case "+caseNo, "WHERE case_no = $1 ORDER BY booked_on, entry_key", caseNo)
}

// BankEntriesBooked returns an account's entries of some days, as booked.
func (tx *Tx) BankEntriesBooked(account string, from, to calendar.Date) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "bank entries of "+account,
		"WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3 ORDER BY booked_on, entry_key", account, from.String(), to.String())
}

// AllUnmatchedDebits returns the debits of all accounts that no payment was found for, by key.
func (tx *Tx) AllUnmatchedDebits() ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "unmatched debits", allUnmatchedDebits)
}

// UnmatchedDebits returns an account's debits over an amount that no payment
// was found for.
func (tx *Tx) UnmatchedDebits(account string, amount money.Fen) ([]exchange.BankEntry, error) {
	return unmatchedDebits.of(tx, "unmatched debits of "+account, int64(amount), account)
}
