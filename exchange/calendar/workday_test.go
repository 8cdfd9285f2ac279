package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The order in which notices are given decides nothing.
func TestOrderOfNoticesDecidesNothing(t *testing.T) {
	turned := notices(t)
	slices.Reverse(turned)
	c, err := New(turned, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := calendarOf(t)
	for d := Date(20221201); d < 20280201; d = d.AddDays(1) {
		w1, p1 := c.Working(d)
		if w2, p2 := want.Working(d); w1 != w2 || p1 != p2 {
			t.Fatalf("%s: working %v, published %v, want %v, %v", d, w1, p1, w2, p2)
		}
	}
}

// The table holds whole years from the first that is known to the last, and no more.
func TestTableIsOfWholeYears(t *testing.T) {
	for name, x := range map[string]struct {
		notices []Notice
		overlay []Day
		from    Date
		to      Date
	}{
		"notices":                          {notices(t), nil, 20220101, 20261231},
		"local days alone":                 {nil, []Day{{20240303, true, "停电"}}, 20240101, 20241231},
		"local days before and after":      {notices(t), []Day{{20210303, true, "停电"}, {20280303, true, "停电"}}, 20210101, 20281231},
		"a notice of the year before only": {[]Notice{{2024, nil, []Day{{20231230, true, "元旦"}}}}, nil, 20230101, 20241231},
	} {
		c, err := New(x.notices, x.overlay)
		if err != nil {
			t.Fatal(err)
		}
		if from, to := dateAt(c.base), dateAt(c.base+len(c.days)-1); from != x.from || to != x.to {
			t.Errorf("%s: a table from %s to %s, want %s to %s", name, from, to, x.from, x.to)
		}
	}
}

// A notice settles its whole year, though all its days lie in the one before.
func TestNoticeOfTheYearBefore(t *testing.T) {
	c, err := New([]Notice{{2024, nil, []Day{{20231230, false, "补班"}, {20231229, true, "元旦"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[Date][2]bool{
		20231229: {false, false}, 20231230: {true, false}, 20231231: {false, false},
		20240101: {true, true}, 20240106: {false, true}, 20241228: {false, true}, 20241230: {true, false},
	} {
		if w, p := c.Working(d); w != want[0] || p != want[1] {
			t.Errorf("%s: working %v, published %v", d, w, p)
		}
	}
}

// Counting over the edges of the table agrees with looking at each day.
func TestWorkingDaysOverTheEdges(t *testing.T) {
	none, err := New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*Calendar{"notices": calendarOf(t), "none": none} {
		for _, edge := range []Date{20220101, 20261231} {
			for before := -9; before <= 9; before++ {
				from, want := edge.AddDays(before), 0
				for to := from.AddDays(1); to < edge.AddDays(25); to = to.AddDays(1) {
					if w, _ := c.Working(to); w {
						want++
					}
					if c.WorkingDays(from, to) != want || c.WorkingDays(to, from) != -want {
						t.Fatalf("%s: %s to %s: %d, want %d", name, from, to, c.WorkingDays(from, to), want)
					}
				}
			}
		}
	}
	if n := none.WorkingDays(10000101, 99991231); n != weekdaysOf(10000101, 99991231) {
		t.Errorf("without notices %d weekdays", n)
	}
}

// weekdaysOf counts the Mondays to Fridays after from up to to, of whole weeks by arithmetic.
func weekdaysOf(from, to Date) int {
	weeks := to.Sub(from) / 7
	n := weeks * 5
	for d := from.AddDays(weeks * 7); d < to; {
		if d = d.AddDays(1); d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			n++
		}
	}
	return n
}

// Next and Prev are the nearest working days on either side.
func TestNextAndPrev(t *testing.T) {
	c := calendarOf(t)
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		next, prev := c.Next(d), c.Prev(d)
		if w, _ := c.Working(next); !w || next <= d || c.WorkingDays(d, next) != 1 {
			t.Fatalf("after %s comes %s", d, next)
		}
		if w, _ := c.Working(prev); !w || prev >= d || c.WorkingDays(prev, d.AddDays(-1)) != 0 {
			t.Fatalf("before %s comes %s", d, prev)
		}
	})
}

// A notice may move days of the years beside its own.
func TestYearsOfANotice(t *testing.T) {
	text := func(year int, date string) string {
		return fmt.Sprintf(`{"year":%d,"papers":["x"],"days":[{"name":"节","date":%q,"isOffDay":true}]}`, year, date)
	}
	for _, x := range []struct {
		year int
		date string
		want string // what the error says; empty: none
	}{
		{1949, "1949-10-01", "year 1949"},
		{1950, "1950-10-01", ""},
		{9998, "9998-10-01", ""},
		{9999, "9999-10-01", "year 9999"},
		{2026, "2024-12-31", "2024-12-31 is not a day of its year"},
		{2026, "2025-01-01", ""},
		{2026, "2027-12-31", ""},
		{2026, "2028-01-01", "2028-01-01 is not a day of its year"},
	} {
		n, err := ParseNotice([]byte(text(x.year, x.date)))
		if x.want == "" && (err != nil || n.Year != x.year || len(n.Days) != 1 || n.Days[0].Date.String() != x.date) {
			t.Errorf("%d %s: %+v, %v", x.year, x.date, n, err)
		}
		if x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%d %s: %v, want %q", x.year, x.date, err, x.want)
		}
	}
}

// Faults name the day by its place in the list, the first being 1, and none hides another.
func TestFaultsOfANotice(t *testing.T) {
	_, err := ParseNotice([]byte(`{"year":2026,"papers":[],"days":[{"name":"x","date":"2026-01-01","isOffDay":true},{"date":"2026-01-02","isOffDay":true},{"name":"x","date":"2026-01-01","isOffDay":true},{"name":"x","isOffDay":true}]}`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"day 2 lacks", "2026-01-01 stands twice", "day 4 lacks"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
