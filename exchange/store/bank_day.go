package store

import (
	"fmt"
	"slices"

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
		return []field{at("faults,omitempty", &d.Faults), at("other,omitempty", &d.Other), at("others,omitempty", &d.Others), at("others_sum,omitempty", &d.OthersSum)}
	})
	updateDay  = dayRows.update("account = $1 AND day = $2 AND page = $3 AND state = $13")
	statedRows = keep("stated_bookings", func(l *exchange.StatedBooking) []field {
		return []field{
			at("account", &l.Account), at("day", &l.Day), at("page", &l.Page), at("n", &l.N), at("booked_on", &l.BookedOn), at("ref", &l.Ref), at("amount", (*int64)(&l.Amount)),
		}
	}, func(l *exchange.StatedBooking) []field { return []field{at("text,omitempty", &l.Text)} })
	uneven = `SELECT booked_on, ref, total, CAST(SUM(n) AS BIGINT), CAST(SUM(here) AS BIGINT), ` + sumOf("ours") + ` FROM (
		SELECT booked_on, ref, amount AS total, 1 AS n, CASE WHEN day = $4 AND page = $5 THEN 1 ELSE 0 END AS here, 0 AS ours
			FROM stated_bookings WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3
		UNION ALL SELECT booked_on, ref, total, 0, 0, ` + signedAmount + `
			FROM bank_entries AS e WHERE account = $1 AND booked_on >= $2 AND booked_on <= $3 AND state NOT IN ('doubtful', 'repeat')
		) AS bookings GROUP BY booked_on, ref, total HAVING ` + wholeSum("n * total - ours") + ` <> 0 ORDER BY booked_on, ref, total`
	statedOn = "SELECT MIN(on_day), MAX(on_day) FROM (SELECT booked_on AS on_day FROM stated_bookings WHERE account = $1 AND day = $2 AND page = $3" +
		" UNION ALL SELECT CAST($4 AS TEXT) UNION ALL SELECT CAST($2 AS TEXT)) AS days"
	dayBefore = "WHERE account = $1 AND (day < $2 OR day = $2 AND page < $3) ORDER BY day DESC, page DESC LIMIT 1"
	doubtDays = "UPDATE bank_days SET state = 'differs' WHERE account = $1 AND from_day <= $3 AND day >= $2 AND state = 'proved'"
	coverDay  = "WHERE account = $1 AND from_day <= $2 AND day >= $2 ORDER BY day, page"
	bookedAs  = "SELECT COUNT(*) FROM bank_entries WHERE account = $1 AND booked_on = $2 AND ref = $3 AND total = $4 AND state NOT IN ('doubtful', 'repeat')"
	booked    = "bank_entries e WHERE e.account = $1 AND e.booked_on >= $2 AND e.booked_on <= $3 AND e.state NOT IN ('doubtful', 'repeat')"
)

// InsertBankDay stores what the bank states of an account and day. Its lines
// follow by InsertBankLine.
func (tx *Tx) InsertBankDay(d exchange.BankDay) error {
	return dayRows.add(tx, fmt.Sprintf("bank day %s %s", d.Account, d.Day), &d)
}

// InsertStatedBooking stores a booking that the statement of a day lists.
func (tx *Tx) InsertStatedBooking(l exchange.StatedBooking) error {
	return statedRows.add(tx, fmt.Sprintf("booking %d of %s %s", l.N, l.Account, l.Day), &l)
}

// DeleteStatedBookings removes what the statement of a day lists, when a fuller one of
// the same day replaces it.
func (tx *Tx) DeleteStatedBookings(d exchange.BankDay) error {
	return tx.any(fmt.Sprintf("bookings of %s %s", d.Account, d.Day),
		"DELETE FROM stated_bookings WHERE account = $1 AND day = $2 AND page = $3", d.Account, d.Day.String(), int64(d.Page))
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

// BankDaysOn returns what statements cover a day of an account.
func (tx *Tx) BankDaysOn(account string, on calendar.Date) ([]exchange.BankDay, error) {
	return dayRows.many(tx, "bank days of "+account, coverDay, account, on.String())
}

// StatedLike counts the bookings that statements list as an entry is, by account, day,
// number and amount, and the entries that were booked so, each part of a booking.
func (tx *Tx) StatedLike(e exchange.BankEntry) (stated, booked int, err error) {
	texts, err := tx.StatedTexts(e.Account, exchange.Uneven{BookedOn: e.BookedOn, Ref: e.Ref, Amount: e.Total})
	if err != nil {
		return 0, 0, err
	}
	n, err := tx.number("entries as "+e.Key, bookedAs, e.Account, e.BookedOn.String(), e.Ref, int64(e.Total))
	return len(texts), int(n), err
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

// StatedBookings returns what the statement of a day lists, in its order.
func (tx *Tx) StatedBookings(d exchange.BankDay) ([]exchange.StatedBooking, error) {
	return statedRows.many(tx, "stated bookings", "WHERE account = $1 AND day = $2 AND page = $3 ORDER BY n", d.Account, d.Day.String(), int64(d.Page))
}

// StatedTexts returns, in their order, the texts of the bookings that are alike, as all
// statements of the account list them.
func (tx *Tx) StatedTexts(account string, u exchange.Uneven) (texts []string, err error) {
	list, err := statedRows.many(tx, "stated bookings", "WHERE account = $1 AND booked_on = $2 AND ref = $3 AND amount = $4 ORDER BY day, page, n",
		account, u.BookedOn.String(), u.Ref, int64(u.Amount))
	for _, l := range list {
		texts = append(texts, l.Text)
	}
	return texts, err
}

// UnevenBookings returns the kinds of bookings, of those that a day's statement lists and
// those booked on its days, of which the statements list another sum than was booked.
func (tx *Tx) UnevenBookings(d exchange.BankDay) ([]exchange.Uneven, error) {
	span, err := one(tx, "days of stated bookings", func(r row, s *[2]calendar.Date) error { return r.Scan(&s[0], &s[1]) },
		statedOn, d.Account, d.Day.String(), int64(d.Page), d.From.String())
	if err != nil {
		return nil, err
	}
	list, err := many(tx, "uneven bookings", func(r row, u *exchange.Uneven) error {
		return scanSum(r, &u.Booked, &u.BookedOn, &u.Ref, (*int64)(&u.Amount), &u.Stated, &u.Here)
	}, uneven, d.Account, span[0].String(), span[1].String(), d.Day.String(), int64(d.Page))
	return slices.DeleteFunc(list, func(u exchange.Uneven) bool { return u.Here == 0 && (u.BookedOn < d.From || u.BookedOn > d.Day) }), err
}

// BookedSum is what the entries booked on some days change the balance by.
func (tx *Tx) BookedSum(account string, from, to calendar.Date) (money.Fen, error) {
	return tx.total("bank entries of "+account, signedAmount, booked, account, from.String(), to.String())
}
