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
	return Micros(*m.at), nil
}

// Scan implements sql.Scanner.
func (m Moment) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("cannot read an instant from %T", src)
	}
	*m.at = Instant(n)
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
	return Ref(*o.to), nil
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

// Bit is how yes and no are stored.
func Bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Micros is how instants are stored: microseconds since 1970; the zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Instant reads what Micros wrote, in UTC.
func Instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// Ref is how a reference to another row is stored: nothing is NULL.
func Ref[T string | int64](v T) any {
	var none T
	if v == none {
		return nil
	}
	return v
}

// Stored is the value of a column where a pointer to it is; of types that are not listed the
// pointer, which says itself how it is stored.
func Stored(to any) any {
	switch v := to.(type) {
	case *string:
		return *v
	case *int:
		return int64(*v)
	case *int64:
		return *v
	case *bool:
		return Bit(*v)
	case *[]byte:
		return *v
	}
	return to
}
