package store

import (
	"encoding/json"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

const (
	dayColumns  = "account, day, page, from_day, opening, closing, entries, credits, debits, state, file_id, doc"
	lineColumns = "account, booking, day, page, amount, doc"
	// signedAmount is what a row of bank_entries changes a balance by.
	signedAmount = "CASE WHEN e.credit = 1 THEN e.amount ELSE -e.amount END"
)

var (
	insertDay  = insertInto("bank_days", dayColumns)
	updateDay  = "UPDATE bank_days SET " + setAll(dayColumns) + " WHERE account = $1 AND day = $2 AND page = $3 AND state = $13"
	selectDay  = "SELECT " + dayColumns + " FROM bank_days "
	insertLine = insertInto("bank_lines", lineColumns)
	selectLine = "SELECT l.account, l.booking, l.day, l.page, l.amount, l.doc FROM bank_lines l "
	// unexplained are the lines of a page that no entries of ours make up.
	unexplained = selectLine + `WHERE l.account = $1 AND l.day = $2 AND l.page = $3 AND l.amount <> COALESCE((
		SELECT SUM(` + signedAmount + `) FROM bank_entries e WHERE e.account = l.account AND e.booking = l.booking), 0) ORDER BY l.booking`
	// absent are entries of ours of some days that no statement has.
	absent = selectEntry + `WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3 AND NOT EXISTS (
		SELECT 1 FROM bank_lines l WHERE l.account = bank_entries.account AND l.booking = bank_entries.booking) ORDER BY booked_on, entry_key`
	dayBefore = selectDay + "WHERE account = $1 AND (day < $2 OR day = $2 AND page < $3) ORDER BY day DESC, page DESC LIMIT 1"
	doubtDays = "UPDATE bank_days SET state = 'differs' WHERE account = $1 AND from_day <= $3 AND day >= $2 AND state = 'proved'"
	booked    = `SELECT CAST(COALESCE(SUM(` + signedAmount + `), 0) AS BIGINT) FROM bank_entries e WHERE e.account = $1 AND e.booked_on >= $2 AND e.booked_on <= $3`
)

type dayDoc struct {
	Faults []exchange.BankFault `json:"faults,omitempty"`
	Other  []exchange.BankFault `json:"other,omitempty"`
}

type lineDoc struct {
	Text string `json:"text,omitempty"`
}

func dayArgs(d *exchange.BankDay) ([]any, error) {
	doc, err := json.Marshal(&dayDoc{Faults: d.Faults, Other: d.Other})
	if err != nil {
		return nil, fmt.Errorf("bank day %s %s: %w", d.Account, d.Day, err)
	}
	return []any{
		d.Account, d.Day.String(), int64(d.Page), d.From.String(), int64(d.Opening), int64(d.Closing), int64(d.Entries), int64(d.Credits), int64(d.Debits),
		d.State, d.FileID, string(doc),
	}, nil
}

func scanDay(r row, d *exchange.BankDay) error {
	var doc []byte
	err := r.Scan(&d.Account, &d.Day, &d.Page, &d.From, (*int64)(&d.Opening), (*int64)(&d.Closing), &d.Entries, (*int64)(&d.Credits), (*int64)(&d.Debits),
		&d.State, &d.FileID, &doc)
	if err != nil {
		return err
	}
	var x dayDoc
	if err := json.Unmarshal(doc, &x); err != nil {
		return fmt.Errorf("bank day %s %s: %w", d.Account, d.Day, err)
	}
	d.Faults, d.Other = x.Faults, x.Other
	return nil
}

func scanLine(r row, l *exchange.BankLine) error {
	var doc []byte
	if err := r.Scan(&l.Account, &l.Booking, &l.Day, &l.Page, (*int64)(&l.Amount), &doc); err != nil {
		return err
	}
	var x lineDoc
	if err := json.Unmarshal(doc, &x); err != nil {
		return fmt.Errorf("bank line %s %s: %w", l.Account, l.Booking, err)
	}
	l.Text = x.Text
	return nil
}

// InsertBankDay stores what the bank states of an account and day. Its lines
// follow by InsertBankLine.
func (tx *Tx) InsertBankDay(d exchange.BankDay) error {
	args, err := dayArgs(&d)
	if err != nil {
		return err
	}
	return tx.run(fmt.Sprintf("bank day %s %s", d.Account, d.Day), insertDay, args...)
}

// InsertBankLine stores a booking of a bank day.
func (tx *Tx) InsertBankLine(l exchange.BankLine) error {
	doc, err := json.Marshal(&lineDoc{Text: l.Text})
	if err != nil {
		return fmt.Errorf("bank line %s %s: %w", l.Account, l.Booking, err)
	}
	return tx.run("bank line "+l.Booking, insertLine, l.Account, l.Booking, l.Day.String(), int64(l.Page), int64(l.Amount), string(doc))
}

// DeleteBankLines removes the lines of a bank day that a fuller statement of
// the same day replaces.
func (tx *Tx) DeleteBankLines(d exchange.BankDay) error {
	_, err := tx.exec("DELETE FROM bank_lines WHERE account = $1 AND day = $2 AND page = $3", d.Account, d.Day.String(), int64(d.Page))
	if err != nil {
		return fmt.Errorf("bank lines of %s %s: %w", d.Account, d.Day, err)
	}
	return nil
}

// BankDay returns a bank day.
func (tx *Tx) BankDay(account string, day calendar.Date, page int) (exchange.BankDay, error) {
	return one(tx, fmt.Sprintf("bank day %s %s", account, day), scanDay, selectDay+"WHERE account = $1 AND day = $2 AND page = $3", account, day.String(), int64(page))
}

// BankDayBefore returns the day, or the page of the same day, right before one.
func (tx *Tx) BankDayBefore(d exchange.BankDay) (exchange.BankDay, error) {
	return one(tx, fmt.Sprintf("bank day before %s %s", d.Account, d.Day), scanDay, dayBefore, d.Account, d.Day.String(), int64(d.Page))
}

// BankDays returns an account's days since one, in order.
func (tx *Tx) BankDays(account string, since calendar.Date) ([]exchange.BankDay, error) {
	return many(tx, "bank days of "+account, scanDay, selectDay+"WHERE account = $1 AND day >= $2 ORDER BY day, page", account, since.String())
}

// BankDaysToProve returns the days that are not proved.
func (tx *Tx) BankDaysToProve() ([]exchange.BankDay, error) {
	return many(tx, "bank days to prove", scanDay, selectDay+"WHERE state = 'differs' ORDER BY account, day, page")
}

// UpdateBankDay changes a day that is still in before's state, else ErrStale.
func (tx *Tx) UpdateBankDay(before, after exchange.BankDay) error {
	args, err := dayArgs(&after)
	if err != nil {
		return err
	}
	return tx.change(fmt.Sprintf("bank day %s %s", after.Account, after.Day), updateDay, append(args, before.State)...)
}

// DoubtBankDays takes the proof from the days of an account that some days
// touch, so that it is made again.
func (tx *Tx) DoubtBankDays(account string, from, to calendar.Date) error {
	if _, err := tx.exec(doubtDays, account, from.String(), to.String()); err != nil {
		return fmt.Errorf("bank days of %s: %w", account, err)
	}
	return nil
}

// BankLines returns the bookings that a bank day states.
func (tx *Tx) BankLines(d exchange.BankDay) ([]exchange.BankLine, error) {
	return many(tx, "bank lines", scanLine, selectLine+"WHERE l.account = $1 AND l.day = $2 AND l.page = $3 ORDER BY l.booking", d.Account, d.Day.String(), int64(d.Page))
}

// UnexplainedLines returns those that no entry was booked for, or entries over
// another sum.
func (tx *Tx) UnexplainedLines(d exchange.BankDay) ([]exchange.BankLine, error) {
	return many(tx, "unexplained bank lines", scanLine, unexplained, d.Account, d.Day.String(), int64(d.Page))
}

// AbsentEntries returns the entries booked on the days of a statement that no
// statement of the account has.
func (tx *Tx) AbsentEntries(d exchange.BankDay) ([]exchange.BankEntry, error) {
	return many(tx, "entries absent from statements", scanEntry, absent, d.Account, d.From.String(), d.Day.String())
}

// BookedSum is what the entries booked on some days change the balance by.
func (tx *Tx) BookedSum(account string, from, to calendar.Date) (money.Fen, error) {
	n, err := tx.number("bank entries of "+account, booked, account, from.String(), to.String())
	return money.Fen(n), err
}
