package shape

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"
)

// Moment is an instant in a column: microseconds since 1970, 0 for the zero time.
type Moment struct{ at *time.Time }

// MomentOf is where an instant is kept.
func MomentOf(at *time.Time) Moment { return Moment{at} }

// Value implements driver.Valuer.
func (m Moment) Value() (driver.Value, error) {
	if m.at.IsZero() {
		return int64(0), nil
	}
	return m.at.UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (m Moment) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("cannot read an instant from %T", src)
	}
	if *m.at = (time.Time{}); n != 0 {
		*m.at = time.UnixMicro(n).UTC()
	}
	return nil
}

// Derived is a column that follows from others: it is stored to be searched, and
// not read.
type Derived string

// Value implements driver.Valuer.
func (d Derived) Value() (driver.Value, error) { return string(d), nil }

// Scan implements sql.Scanner.
func (Derived) Scan(any) error { return nil }

// Optional is a reference in a column, NULL for the zero value.
type Optional[T string | int64] struct{ to *T }

// OptionalOf is where a reference is kept.
func OptionalOf[T string | int64](to *T) Optional[T] { return Optional[T]{to} }

// Value implements driver.Valuer.
func (o Optional[T]) Value() (driver.Value, error) {
	var none T
	if *o.to == none {
		return nil, nil
	}
	return *o.to, nil
}

// Scan implements sql.Scanner.
func (o Optional[T]) Scan(src any) error {
	var none T
	if src == nil {
		*o.to = none
		return nil
	}
	v, ok := src.(T)
	if !ok {
		return fmt.Errorf("cannot read a reference from %T", src)
	}
	*o.to = v
	return nil
}

// List is words in a column, divided by commas.
type List[T ~string] struct{ of *[]T }

// ListOf is where words are kept.
func ListOf[T ~string](of *[]T) List[T] { return List[T]{of} }

// Value implements driver.Valuer.
func (l List[T]) Value() (driver.Value, error) {
	texts := make([]string, len(*l.of))
	for i, word := range *l.of {
		texts[i] = string(word)
	}
	return strings.Join(texts, ","), nil
}

// Scan implements sql.Scanner.
func (l List[T]) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("cannot read words from %T", src)
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		*l.of = append(*l.of, T(word))
	}
	return nil
}
