package calendar

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Dates from 1000 to 9999 that the Gregorian calendar has, and no others, by
// every way in.
func TestDatesAreThoseOfTheCalendar(t *testing.T) {
	for _, year := range []int{0, 999, 1000, 1582, 1900, 1999, 2000, 2023, 2024, 2100, 9999, 10000} {
		for month := range 14 {
			for day := range 33 {
				real := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
				exists := year >= 1000 && year <= 9999 && int(real.Month()) == month && real.Day() == day
				d, err := NewDate(year, month, day)
				text := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				read, errRead := ParseDate(text)
				if !exists {
					if !errors.Is(err, ErrSyntax) || d != 0 || !errors.Is(errRead, ErrSyntax) {
						t.Errorf("%s: %s, %v; read as %s, %v", text, d, err, read, errRead)
					}
					continue
				}
				if err != nil || errRead != nil || read != d || d.String() != text || d != DateOf(real) {
					t.Errorf("%s: %s, %v; read as %s, %v", text, d, err, read, errRead)
				}
				if d.Year() != year || d.MonthOfYear() != month || d.Day() != day || d.Weekday() != real.Weekday() || d.Compact() != real.Format("20060102") {
					t.Errorf("%s: %d %d %d %s %s", text, d.Year(), d.MonthOfYear(), d.Day(), d.Weekday(), d.Compact())
				}
			}
		}
	}
}

func TestMonthsAreThoseOfTheCalendar(t *testing.T) {
	for _, year := range []int{0, 999, 1000, 1999, 2024, 9999} {
		for month := range 14 {
			text := fmt.Sprintf("%04d-%02d", year, month)
			m, err := ParseMonth(text)
			if exists := year >= 1000 && month >= 1 && month <= 12; !exists {
				if !errors.Is(err, ErrSyntax) || m != 0 {
					t.Errorf("%s is read as %s, %v", text, m, err)
				}
				continue
			}
			last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
			if err != nil || m.String() != text || m.Year() != year || m.MonthOfYear() != month || m.Last() != DateOf(last) || m.Last().Month() != m {
				t.Errorf("%s is %s (%d, %d) to %s, %v", text, m, m.Year(), m.MonthOfYear(), m.Last(), err)
			}
			if first := last.AddDate(0, 0, 1-last.Day()); m.First() != DateOf(first) {
				t.Errorf("%s begins on %s", m, m.First())
			}
		}
	}
}

func TestTextThatIsNoDate(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-1-1", "2026-01-1", "2026-01-011", "2026/01-01", "2026-01/01", "x026-01-01", "2026-x1-01", "2026-01-0x", "2026-01-0/", "２０２６-01-01"} {
		if d, err := ParseDate(s); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q is read as %s", s, d)
		}
	}
	for _, s := range []string{"", "2026", "2026-1", "2026-011", "2026/01", "x026-01", "2026-x1", "2026-0:"} {
		if m, err := ParseMonth(s); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q is read as %s", s, m)
		}
	}
}

// Days and months count as those of the standard library do.
func TestCountingAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate().Draw(t, "date"), rapid.IntRange(-4000, 4000).Draw(t, "days")
		later := d.AddDays(n)
		if later != DateOf(d.Time(time.UTC).AddDate(0, 0, n)) || later.Sub(d) != n || d.Sub(later) != -n {
			t.Fatalf("%s and %d days: %s, which is %d later", d, n, later, later.Sub(d))
		}
		m, k := d.Month(), rapid.IntRange(-300, 300).Draw(t, "months")
		real := time.Date(m.Year(), time.Month(m.MonthOfYear()+k), 1, 0, 0, 0, 0, time.UTC)
		if got := m.Add(k); got.First() != DateOf(real) || got.Sub(m) != k || m.Sub(got) != -k {
			t.Fatalf("%s and %d months: %s, which is %d later", m, k, got, got.Sub(m))
		}
	})
}

// A date or month comes back from text and from a database as it went there;
// none is the empty text.
func TestDatesAreKept(t *testing.T) {
	for _, want := range []Date{0, 10000101, 20240229, 99991231} {
		text, err := want.MarshalText()
		if err != nil || string(text) != want.String() {
			t.Errorf("%d is written as %s, %v", want, text, err)
		}
		value, err := want.Value()
		for _, from := range []any{value, []byte(want.String())} {
			got := Date(20200101)
			if err2 := got.Scan(from); err != nil || err2 != nil || got != want {
				t.Errorf("%d comes back as %d: %v, %v", want, got, err, err2)
			}
		}
	}
	for _, want := range []Month{0, 100001, 202402, 999912} {
		text, err := want.MarshalText()
		if err != nil || string(text) != want.String() {
			t.Errorf("%d is written as %s, %v", want, text, err)
		}
		value, err := want.Value()
		for _, from := range []any{value, []byte(want.String())} {
			got := Month(202001)
			if err2 := got.Scan(from); err != nil || err2 != nil || got != want {
				t.Errorf("%d comes back as %d: %v, %v", want, got, err, err2)
			}
		}
	}
	d, m := Date(20200101), Month(202001)
	if err := errors.Join(d.Scan(nil), m.Scan(nil)); err != nil || d != 0 || m != 0 {
		t.Errorf("nothing comes back as %s, %s, %v", d, m, err)
	}
	if d.Scan(20260101) == nil || m.Scan(1.5) == nil || d.Scan("2026-13-01") == nil || m.Scan("2026-13") == nil {
		t.Error("what is no date is taken")
	}
}
