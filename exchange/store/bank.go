package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

const (
	adviceColumns = "ref, letter_no, side, partner, purpose, amount, value_on, doc"
	entryColumns  = "entry_key, account, booking, credit, amount, booked_on, state, case_no, part, doc"
)

var (
	insertAdvice = insertInto("advices", adviceColumns)
	selectAdvice = "SELECT " + adviceColumns + " FROM advices "
	insertEntry  = insertInto("bank_entries", entryColumns) + " ON CONFLICT (entry_key) DO NOTHING"
	updateEntry  = "UPDATE bank_entries SET " + setAll(entryColumns) + " WHERE entry_key = $1 AND state = $11"
	selectEntry  = "SELECT " + entryColumns + " FROM bank_entries "
)

// adviceDoc is what of an advice is only read together with it.
type adviceDoc struct {
	FormNo   string `json:"form_no,omitempty"`
	PersonID string `json:"person_id"`
	Name     string `json:"name"`
	Reason   string `json:"reason,omitempty"`
}

func scanAdvice(r row, a *exchange.Advice) error {
	var doc []byte
	if err := r.Scan(&a.Ref, &a.LetterNo, (*string)(&a.Side), &a.Partner, &a.Purpose, (*int64)(&a.Amount), &a.ValueOn, &doc); err != nil {
		return err
	}
	var d adviceDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("advice %s: %w", a.Ref, err)
	}
	a.FormNo, a.PersonID, a.Name, a.Reason = d.FormNo, d.PersonID, d.Name, d.Reason
	return nil
}

// InsertAdvice stores a remittance advice: one per payment reference, letter and side.
func (tx *Tx) InsertAdvice(a exchange.Advice) error {
	doc, err := json.Marshal(&adviceDoc{FormNo: a.FormNo, PersonID: a.PersonID, Name: a.Name, Reason: a.Reason})
	if err != nil {
		return fmt.Errorf("advice %s: %w", a.Ref, err)
	}
	return tx.run("advice "+a.Ref, insertAdvice, a.Ref, a.LetterNo, string(a.Side), a.Partner, a.Purpose, int64(a.Amount), a.ValueOn.String(), string(doc))
}

// Advices returns the advices of a payment reference: several for a lump sum.
func (tx *Tx) Advices(ref string) ([]exchange.Advice, error) {
	return many(tx, "advices "+ref, scanAdvice, selectAdvice+"WHERE ref = $1 ORDER BY letter_no, side", ref)
}

// AdvicesByLetter returns the advices about a letter.
func (tx *Tx) AdvicesByLetter(letterNo string) ([]exchange.Advice, error) {
	return many(tx, "advices of letter "+letterNo, scanAdvice, selectAdvice+"WHERE letter_no = $1 ORDER BY ref, side", letterNo)
}

// entryDoc is what of a bank entry is only read together with it.
type entryDoc struct {
	Ref         string        `json:"ref,omitempty"`
	EndToEnd    string        `json:"end_to_end,omitempty"`
	Counterpart string        `json:"counterpart,omitempty"`
	CounterAcct string        `json:"counter_account,omitempty"`
	Text        string        `json:"text,omitempty"`
	ReturnCode  string        `json:"return_code,omitempty"`
	Reversal    bool          `json:"reversal,omitempty"`
	Order       string        `json:"order,omitempty"`
	Parts       int           `json:"parts,omitempty"`
	SeenOn      calendar.Date `json:"seen_on,omitempty"`
}

func entryArgs(e *exchange.BankEntry) ([]any, error) {
	doc, err := json.Marshal(&entryDoc{
		Ref: e.Ref, EndToEnd: e.EndToEnd, Counterpart: e.Counterpart, CounterAcct: e.CounterAcct,
		Text: e.Text, ReturnCode: e.ReturnCode, Reversal: e.Reversal, Order: e.Order, Parts: e.Parts, SeenOn: e.SeenOn,
	})
	if err != nil {
		return nil, fmt.Errorf("bank entry %s: %w", e.Key, err)
	}
	return []any{e.Key, e.Account, e.Booking(), bit(e.Credit), int64(e.Amount), e.BookedOn.String(), e.State, ref(e.CaseNo), int64(e.Part), string(doc)}, nil
}

func scanEntry(r row, e *exchange.BankEntry) error {
	var doc []byte
	var credit int64
	var booking string // follows from the rest
	if err := r.Scan(&e.Key, &e.Account, &booking, &credit, (*int64)(&e.Amount), &e.BookedOn, &e.State, optional[string]{&e.CaseNo}, &e.Part, &doc); err != nil {
		return err
	}
	var d entryDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("bank entry %s: %w", e.Key, err)
	}
	e.Credit = credit == 1
	e.Ref, e.EndToEnd, e.Counterpart, e.CounterAcct = d.Ref, d.EndToEnd, d.Counterpart, d.CounterAcct
	e.Text, e.ReturnCode, e.Reversal, e.Order, e.Parts, e.SeenOn = d.Text, d.ReturnCode, d.Reversal, d.Order, d.Parts, d.SeenOn
	return nil
}

// InsertBankEntry stores an entry of our account; ErrDuplicate when its key
// is known: the bank tells the same entry more than once.
func (tx *Tx) InsertBankEntry(e exchange.BankEntry) error {
	args, err := entryArgs(&e)
	if err != nil {
		return err
	}
	n, err := tx.exec(insertEntry, args...)
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
	return one(tx, "bank entry "+key, scanEntry, selectEntry+"WHERE entry_key = $1", key)
}

// UpdateBankEntry changes an entry that is still in before's state, else ErrStale.
func (tx *Tx) UpdateBankEntry(before, after exchange.BankEntry) error {
	args, err := entryArgs(&after)
	if err != nil {
		return err
	}
	return tx.change("bank entry "+after.Key, updateEntry, append(args, before.State)...)
}

// EachUnmatchedEntry calls fn for every unmatched entry, by key, page by page,
// so that fn may use the transaction.
func (tx *Tx) EachUnmatchedEntry(fn func(exchange.BankEntry) error) error {
	return pages(func(last *exchange.BankEntry) ([]exchange.BankEntry, error) {
		if last == nil {
			last = &exchange.BankEntry{}
		}
		return many(tx, "unmatched bank entries", scanEntry,
			selectEntry+"WHERE state = 'unmatched' AND entry_key > $1 ORDER BY entry_key"+atMost(pageSize), last.Key)
	}, fn)
}

// BankEntriesByCase returns the entries tied to a case, as booked.
func (tx *Tx) BankEntriesByCase(caseNo string) ([]exchange.BankEntry, error) {
	return many(tx, "bank entries of case "+caseNo, scanEntry, selectEntry+"WHERE case_no = $1 ORDER BY booked_on, entry_key", caseNo)
}

// BankEntriesByBooking returns the entries that a booking of an account is made of.
func (tx *Tx) BankEntriesByBooking(account, booking string) ([]exchange.BankEntry, error) {
	return many(tx, "bank entries of booking "+booking, scanEntry, selectEntry+"WHERE account = $1 AND booking = $2 ORDER BY entry_key", account, booking)
}

// BookingParts is in how many parts a booking of an account was told, 0 for one
// that was not: all its entries say the same.
func (tx *Tx) BookingParts(account, booking string) (int, error) {
	some, err := many(tx, "bank entries of booking "+booking, scanEntry, selectEntry+"WHERE account = $1 AND booking = $2 LIMIT 1", account, booking)
	if err != nil || len(some) == 0 {
		return 0, err
	}
	return some[0].Parts, nil
}

// BankEntriesBooked returns an account's entries of some days, as booked.
func (tx *Tx) BankEntriesBooked(account string, from, to calendar.Date) ([]exchange.BankEntry, error) {
	return many(tx, "bank entries of "+account, scanEntry,
		selectEntry+"WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3 ORDER BY booked_on, entry_key", account, from.String(), to.String())
}

// UnmatchedDebits returns an account's debits over an amount that no payment
// was found for.
func (tx *Tx) UnmatchedDebits(account string, amount money.Fen) ([]exchange.BankEntry, error) {
	return many(tx, "unmatched debits of "+account, scanEntry,
		selectEntry+"WHERE account = $1 AND amount = $2 AND state = 'unmatched' AND credit = 0 ORDER BY entry_key", account, int64(amount))
}
