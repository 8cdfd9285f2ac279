package store

import (
	"errors"
	"fmt"
	"strings"

	"carryover/exchange/calendar"
)

const (
	// nextCounter also takes the row's lock on PostgreSQL until the commit.
	nextCounter = "INSERT INTO counters (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1 RETURNING n"
	setCounter  = "UPDATE counters SET n = $2 WHERE name = $1 AND n <= $2"
	// nextNumber is nextCounter for numbers of a day, $2: the first of them comes behind those that
	// were lost with the store, $3 for each time that it was taken back on that day or after it.
	nextNumber = "INSERT INTO counters (name, n) VALUES ($1, 1 + $3 * (SELECT COALESCE(CAST(sum(n) AS BIGINT), 0) FROM counters" +
		" WHERE name >= $2 AND name < '" + restoredNext + "')) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1 RETURNING n"
	moveNumbers  = "UPDATE counters SET n = n + CASE WHEN name LIKE 'number:L%' THEN CAST($1 AS BIGINT) ELSE CAST($2 AS BIGINT) END WHERE name LIKE 'number:%'"
	addToCounter = "INSERT INTO counters (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = counters.n + excluded.n"
	moveCounter  = "INSERT INTO counters (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n WHERE counters.n < excluded.n"
	// A counter of this name and a day counts how often the store was taken back on it.
	restoredPrefix, restoredNext = "restored:", "restored;"
)

// How far numbers are moved on, of six digits and of four, when a store is taken back: further
// than a day uses them up.
const (
	movedNumber = 100_000
	movedLump   = 1_000
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
	return tx.draw(prefix+area, on, 6, lastNumber, movedNumber)
}

// NextLump issues the EndToEndId of a lump sum: L, payer, receiver, yyyymmdd,
// four digits.
func (tx *Tx) NextLump(payer, receiver string, on calendar.Date) (string, error) {
	return tx.draw("L"+payer+receiver, on, 4, lastLump, movedLump)
}

func (tx *Tx) draw(stem string, on calendar.Date, digits int, last, moved int64) (string, error) {
	stem += on.Compact()
	name := "number:" + stem
	n, drawn := tx.numbers[name]
	if drawn {
		n++
	} else {
		var err error
		if n, err = tx.number("number "+stem, nextNumber, name, restoredPrefix+on.Compact(), moved); err != nil {
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
	return tx.number("sequence "+kind, nextCounter, sequencePrefix+sender+":"+receiver+":"+kind)
}

// MoveNumbers moves the numbers of all days up to one on, those too of which none was issued yet:
// what stores that are lost have issued behind this one, so many times, is never issued again.
func (tx *Tx) MoveNumbers(upTo calendar.Date, times int) error {
	n := int64(times)
	return errors.Join(tx.any("numbers", moveNumbers, n*movedLump, n*movedNumber), tx.any("numbers", addToCounter, restoredPrefix+upTo.Compact(), n))
}

// Sequence is how far the sequence of a sender, receiver and kind is drawn.
type Sequence struct {
	Sender, Receiver, Kind string
	Last                   int64
}

const sequencePrefix, checkpointCounter = "sequence:", "checkpoints"

// Sequences returns all of them, by name.
func (tx *Tx) Sequences() ([]Sequence, error) {
	return many(tx, "sequences", func(r row, s *Sequence) error {
		var name string
		err := r.Scan(&name, &s.Last)
		if parts := strings.Split(name, ":"); len(parts) == 4 {
			s.Sender, s.Receiver, s.Kind = parts[1], parts[2], parts[3]
		}
		return err
	}, "SELECT name, n FROM counters WHERE name >= '"+sequencePrefix+"' AND name < 'sequence;' ORDER BY name")
}

// MoveSequence draws a sequence up to its last; one that is as far stays.
func (tx *Tx) MoveSequence(s Sequence) error {
	return tx.any("sequence "+s.Kind, moveCounter, sequencePrefix+s.Sender+":"+s.Receiver+":"+s.Kind, s.Last)
}

// MoveCheckpoints lets the numbers of checkpoints go on behind one.
func (tx *Tx) MoveCheckpoints(last int64) error {
	return tx.any("checkpoints", moveCounter, checkpointCounter, last)
}
