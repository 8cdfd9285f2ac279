// Package calendar knows civil dates, months and the working days of the
// State Council's calendar.
//
// A Date has no time and no zone; a Month no day. Both are comparable with
// ==, < and >, usable as map keys, and their zero value means "not given".
package calendar

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Date is a civil date held as the number yyyymmdd; 0 means none.
type Date int32

// Month is a civil month held as the number yyyymm; 0 means none.
type Month int32

// ErrSyntax is returned for text that is not a date or month as written in
// files, or names a day that does not exist.
var ErrSyntax = errors.New("not a date")

// NewDate returns the date; impossible days (30 February) are an error.
func NewDate(year, month, day int) (Date, error) {
	if year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) {
		return 0, fmt.Errorf("%04d-%02d-%02d: %w", year, month, day, ErrSyntax)
	}
	return Date(year*10000 + month*100 + day), nil
}

// DaysIn returns the number of days of a month of the Gregorian calendar.
func DaysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// ParseDate reads yyyy-mm-dd, strictly.
func ParseDate(s string) (Date, error) { return parseDate(s) }

func parseDate[T string | []byte](s T) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, ErrSyntax
	}
	y, ok1 := digits(s, 0, 4)
	m, ok2 := digits(s, 5, 7)
	d, ok3 := digits(s, 8, 10)
	if !ok1 || !ok2 || !ok3 || y < 1000 || m < 1 || m > 12 || d < 1 || d > DaysIn(y, m) {
		return 0, ErrSyntax
	}
	return Date(y*10000 + m*100 + d), nil
}

// ParseMonth reads yyyy-mm, strictly.
func ParseMonth(s string) (Month, error) { return parseMonth(s) }

func parseMonth[T string | []byte](s T) (Month, error) {
	if len(s) != 7 || s[4] != '-' {
		return 0, ErrSyntax
	}
	y, ok1 := digits(s, 0, 4)
	m, ok2 := digits(s, 5, 7)
	if !ok1 || !ok2 || y < 1000 || m < 1 || m > 12 {
		return 0, ErrSyntax
	}
	return Month(y*100 + m), nil
}

func digits[T string | []byte](s T, from, to int) (n int, ok bool) {
	for i := from; i < to; i++ {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	return n, true
}

// DateOf is the civil date of an instant in that instant's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(y*10000 + int(m)*100 + d)
}

// Year, MonthOfYear and Day are the parts of a date.
func (d Date) Year() int        { return int(d) / 10000 }
func (d Date) MonthOfYear() int { return int(d) / 100 % 100 }
func (d Date) Day() int         { return int(d) % 100 }

// Month is the month that a date lies in.
func (d Date) Month() Month { return Month(d / 100) }

// Time is midnight at the start of the date in a zone.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(d.Year(), time.Month(d.MonthOfYear()), d.Day(), 0, 0, 0, 0, loc)
}

// AddDays is the date n days later (earlier for n < 0).
func (d Date) AddDays(n int) Date { return DateOf(d.Time(time.UTC).AddDate(0, 0, n)) }

// Sub is the number of days from e to d.
func (d Date) Sub(e Date) int {
	return int(d.Time(time.UTC).Sub(e.Time(time.UTC)) / (24 * time.Hour))
}

// Weekday is the day of the ordinary week.
func (d Date) Weekday() time.Weekday { return d.Time(time.UTC).Weekday() }

// String is yyyy-mm-dd, or "" for none.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return string(d.Append(nil))
}

// Append appends the text of String to b.
func (d Date) Append(b []byte) []byte {
	if d == 0 {
		return b
	}
	b = d.Month().Append(b)
	return append(b, '-', byte('0'+d/10%10), byte('0'+d%10))
}

// Compact is yyyymmdd, as numbers and file names carry it.
func (d Date) Compact() string { return fmt.Sprintf("%08d", int(d)) }

// Year and MonthOfYear are the parts of a month.
func (m Month) Year() int        { return int(m) / 100 }
func (m Month) MonthOfYear() int { return int(m) % 100 }

// Add is the month n months later (earlier for n < 0).
func (m Month) Add(n int) Month { return monthAt(m.index() + n) }

// Sub is the number of months from e to m: 2024-03 − 2023-12 = 3.
func (m Month) Sub(e Month) int { return m.index() - e.index() }

// First is the first day of the month, Last its last day.
func (m Month) First() Date { return Date(m)*100 + 1 }

// Last is the last day of the month.
func (m Month) Last() Date { return Date(m)*100 + Date(DaysIn(m.Year(), m.MonthOfYear())) }

func (m Month) index() int { return m.Year()*12 + m.MonthOfYear() - 1 }
func monthAt(i int) Month  { return Month(i/12*100 + i%12 + 1) }

// String is yyyy-mm, or "" for none.
func (m Month) String() string {
	if m == 0 {
		return ""
	}
	return string(m.Append(nil))
}

// Append appends the text of String to b.
func (m Month) Append(b []byte) []byte {
	if m == 0 {
		return b
	}
	y := m / 100
	return append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10),
		'-', byte('0'+m/10%10), byte('0'+m%10))
}

// MarshalText and UnmarshalText carry dates and months in JSON and YAML.
func (d Date) MarshalText() ([]byte, error) { return d.Append(nil), nil }

// UnmarshalText reads what MarshalText writes; empty text is no date.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d = 0
	if len(b) > 0 {
		*d, err = parseDate(b)
	}
	return err
}

// MarshalText writes yyyy-mm.
func (m Month) MarshalText() ([]byte, error) { return m.Append(nil), nil }

// UnmarshalText reads what MarshalText writes; empty text is no month.
func (m *Month) UnmarshalText(b []byte) (err error) {
	*m = 0
	if len(b) > 0 {
		*m, err = parseMonth(b)
	}
	return err
}

// Value stores a date as text yyyy-mm-dd, "" for none.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value stores.
func (d *Date) Scan(src any) error { return scanText(src, d.UnmarshalText) }

// Value stores a month as text yyyy-mm, "" for none.
func (m Month) Value() (driver.Value, error) { return m.String(), nil }

// Scan reads what Value stores.
func (m *Month) Scan(src any) error { return scanText(src, m.UnmarshalText) }

func scanText(src any, read func([]byte) error) error {
	switch s := src.(type) {
	case string:
		return read([]byte(s))
	case []byte:
		return read(s)
	case nil:
		return read(nil)
	}
	return fmt.Errorf("cannot read a date from %T", src)
}
