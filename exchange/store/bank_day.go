package store

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// signedAmount is what a row of bank_entries changes a balance by.
const signedAmount = "CASE WHEN e.credit = 1 THEN e.amount ELSE -e.amount END"

var (
	dayRows = keep("bank_days", func(d *exchange.BankDay) []field {
		return []field{
			at("account", &d.Account), at("day", &d.Day), at("page", &d.Page), at("from_day", &d.From), at("opening", (*int64)(&d.Opening)), at("closing", (*int64)(&d.Closing)),
			at("entries", &d.Entries), at("credits", (*int64)(&d.Credits)), at("debits", (*int64)(&d.Debits)), at("state", &d.State), at("file_id", &d.FileID),
		}
	}, func(d *exchange.BankDay) []field {
		return []field{at("faults,omitempty", &d.Faults), at("other,omitempty", &d.Other)}
	})
	updateDay = dayRows.update("account = $1 AND day = $2 AND page = $3 AND state = $13")
	lineRows  = keep("bank_lines", func(l *exchange.BankLine) []field {
		return []field{at("account", &l.Account), at("booking", &l.Booking), at("day", &l.Day), at("page", &l.Page), at("amount", (*int64)(&l.Amount))}
	}, func(l *exchange.BankLine) []field { return []field{at("text,omitempty", &l.Text)} })
	// unexplained are the lines of a page that no entries of ours make up.
	unexplained = `AS l WHERE account = $1 AND day = $2 AND page = $3 AND amount <> COALESCE((
		SELECT SUM(` + signedAmount + `) FROM bank_entries e WHERE e.account = l.account AND e.booking = l.booking), 0) ORDER BY booking`
	// absent are entries of ours of some days that no statement has.
	absent = `WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3 AND NOT EXISTS (
		SELECT 1 FROM bank_lines l WHERE l.account = bank_entries.account AND l.booking = bank_entries.booking) ORDER BY booked_on, entry_key`
	dayBefore = "WHERE account = $1 AND (day < $2 OR day = $2 AND page < $3) ORDER BY day DESC, page DESC LIMIT 1"
	doubtDays = "UPDATE bank_days SET state = 'differs' WHERE account = $1 AND from_day <= $3 AND day >= $2 AND state = 'proved'"
	booked    = `SELECT CAST(COALESCE(SUM(` + signedAmount + `), 0) AS BIGINT) FROM bank_entries e WHERE e.account = $1 AND e.booked_on >= $2 AND e.booked_on <= $3`
)

// InsertBankDay stores what the bank states of an account and day. Its lines
// follow by InsertBankLine.
func (tx *Tx) InsertBankDay(d exchange.BankDay) error {
	return dayRows.add(tx, fmt.Sprintf("bank day %s %s", d.Account, d.Day), &d)
}

// InsertBankLine stores a booking of a bank day.
func (tx *Tx) InsertBankLine(l exchange.BankLine) error {
	return lineRows.add(tx, "bank line "+l.Booking, &l)
}

// DeleteBankLines removes the lines of a bank day that a fuller statement of
// the same day replaces.
func (tx *Tx) DeleteBankLines(d exchange.BankDay) error {
	return tx.any(fmt.Sprintf("bank lines of %s %s", d.Account, d.Day),
		"DELETE FROM bank_lines WHERE account = $1 AND day = $2 AND page = $3", d.Account, d.Day.String(), int64(d.Page))
}

// BankDay returns a bank day.
func (tx *Tx) BankDay(account string, day calendar.Date, page int) (exchange.BankDay, error) {
	return dayRows.one(tx, fmt.Sprintf("bank day %s %s", account, day), "WHERE account = $1 AND day = $2 AND page = $3", account, day.String(), int64(page))
}

// BankDayBefore returns the day, or the page of the same day, right before one.
func (tx *Tx) BankDayBefore(d exchange.BankDay) (exchange.BankDay, error) {
	return dayRows.one(tx, fmt.Sprintf("bank day before %s %s", d.Account, d.Day), dayBefore, d.Account, d.Day.String(), int64(d.Page))
}

// BankDays returns an account's days since one, in order.
func (tx *Tx) BankDays(account string, since calendar.Date) ([]exchange.BankDay, error) {
	return dayRows.many(tx, "bank days of "+account, "WHERE account = $1 AND day >= $2 ORDER BY day, page", account, since.String())
}

// BankDaysToProve returns the days that are not proved.
func (tx *Tx) BankDaysToProve() ([]exchange.BankDay, error) {
	return dayRows.many(tx, "bank days to prove", "WHERE state = 'differs' ORDER BY account, day, page")
}

// UpdateBankDay changes a day that is still in before's state, else ErrStale.
func (tx *Tx) UpdateBankDay(before, after exchange.BankDay) error {
	return tx.change(fmt.Sprintf("bank day %s %s", after.Account, after.Day), updateDay, dayRows.args(&after, before.State)...)
}

// DoubtBankDays takes the proof from the days of an account that some days
// touch, so that it is made again.
func (tx *Tx) DoubtBankDays(account string, from, to calendar.Date) error {
	return tx.any("bank days of "+account, doubtDays, account, from.String(), to.String())
}

// BankLines returns the bookings that a bank day states.
func (tx *Tx) BankLines(d exchange.BankDay) ([]exchange.BankLine, error) {
	return lineRows.many(tx, "bank lines", "WHERE account = $1 AND day = $2 AND page = $3 ORDER BY booking", d.Account, d.Day.String(), int64(d.Page))
}

// UnexplainedLines returns those that no entry was booked for, or entries over
// another sum.
func (tx *Tx) UnexplainedLines(d exchange.BankDay) ([]exchange.BankLine, error) {
	return lineRows.many(tx, "unexplained bank lines", unexplained, d.Account, d.Day.String(), int64(d.Page))
}

// AbsentEntries returns the entries booked on the days of a statement that no
// statement of the account has.
func (tx *Tx) AbsentEntries(d exchange.BankDay) ([]exchange.BankEntry, error) {
	return entryRows.many(tx, "entries absent from statements", absent, d.Account, d.From.String(), d.Day.String())
}

// BookedSum is what the entries booked on some days change the balance by.
func (tx *Tx) BookedSum(account string, from, to calendar.Date) (money.Fen, error) {
	n, err := tx.number("bank entries of "+account, booked, account, from.String(), to.String())
	return money.Fen(n), err
}
