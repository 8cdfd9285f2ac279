package store

import (
	"errors"
	"fmt"

	"carryover/exchange/calendar"
)

const (
	// nextCounter also takes the row's lock on PostgreSQL until the commit.
	nextCounter = "INSERT INTO counters (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1 RETURNING n"
	setCounter  = "UPDATE counters SET n = $2 WHERE name = $1 AND n <= $2"
)

// lastNumber and lastLump are what six and four digits can count.
const (
	lastNumber = 999_999
	lastLump   = 9_999
)

// ErrExhausted is returned when a day's numbers are used up.
var ErrExhausted = errors.New("no numbers left for this day")

// NextNumber issues a number of FILES.md: prefix (T, F, C, P, Z; "" for a
// letter_no), the issuer's area code, yyyymmdd, six digits. A number that was
// committed is never issued again.
func (tx *Tx) NextNumber(prefix, area string, on calendar.Date) (string, error) {
	return tx.draw(prefix+area+on.Compact(), 6, lastNumber)
}

// NextLump issues the EndToEndId of a lump sum: L, payer, receiver, yyyymmdd,
// four digits.
func (tx *Tx) NextLump(payer, receiver string, on calendar.Date) (string, error) {
	return tx.draw("L"+payer+receiver+on.Compact(), 4, lastLump)
}

func (tx *Tx) draw(stem string, digits int, last int64) (string, error) {
	name := "number:" + stem
	n, drawn := tx.numbers[name]
	if drawn {
		n++
	} else {
		var err error
		if n, err = tx.number("number "+stem, nextCounter, name); err != nil {
			return "", err
		}
		if tx.numbers == nil {
			tx.numbers = make(map[string]int64)
		}
		tx.drawn = append(tx.drawn, counter{name, n})
	}
	if n > last {
		return "", fmt.Errorf("number %s: %w", stem, ErrExhausted)
	}
	tx.numbers[name] = n
	return fmt.Sprintf("%s%0*d", stem, digits, n), nil
}

// counter is one that was drawn from, and the first number of it.
type counter struct {
	name  string
	first int64
}

// flushNumbers stores how far the counters were drawn: the row is written
// twice per transaction at most, not once per number.
func (tx *Tx) flushNumbers() error {
	for _, c := range tx.drawn {
		if last := tx.numbers[c.name]; last > c.first {
			if err := tx.change("counter "+c.name, setCounter, c.name, last); err != nil {
				return err
			}
		}
	}
	return nil
}

// NextSequence issues the next sequence of a sender, receiver and kind, from
// 1 and without gaps: one that is rolled back is issued again.
func (tx *Tx) NextSequence(sender, receiver, kind string) (int64, error) {
	return tx.number("sequence "+kind, nextCounter, "sequence:"+sender+":"+receiver+":"+kind)
}
