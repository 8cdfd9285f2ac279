package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// notices reads the notices that stand in testdata: 2023 to 2027, the last
// not published.
func notices(t testing.TB) []Notice {
	t.Helper()
	files, err := filepath.Glob("testdata/20*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d notices: %v", len(files), err)
	}
	var all []Notice
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := ParseNotice(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, n)
	}
	return all
}

func calendarOf(t testing.TB, overlay ...Day) *Calendar {
	t.Helper()
	c, err := New(notices(t), overlay)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDue(t *testing.T) {
	c := calendarOf(t)
	cases := []struct {
		day0        string
		n           int
		opt         DueOptions
		want        string
		provisional bool
	}{
		{day0: "2026-02-13", n: 15, want: "2026-03-12"},
		{day0: "2025-09-28", n: 10, want: "2025-10-17"},
		{day0: "2026-09-30", n: 15, want: "2026-10-27"},
		{day0: "2026-03-02", n: 1, want: "2026-03-03"},
		{day0: "2026-03-02", n: 1, opt: DueOptions{FromSameDay: true}, want: "2026-03-02"},
		{day0: "2026-03-07", n: 1, opt: DueOptions{FromSameDay: true}, want: "2026-03-09"},
		{day0: "2026-03-02", n: 0, want: "2026-03-02"},
		{day0: "2026-12-25", n: 1, want: "2026-12-28"},
		{day0: "2026-12-25", n: 2, want: "2026-12-29", provisional: true},
		{day0: "2026-12-25", n: 10, want: "2027-01-08", provisional: true},
		{day0: "2024-02-28", n: 1, want: "2024-02-29"},
		{day0: "2026-03-02", n: 3, opt: DueOptions{Stopped: []Span{{20260304, 20260306}}}, want: "2026-03-10"},
		{day0: "2026-03-02", n: 3, opt: DueOptions{Stopped: []Span{{20260304, 20260304}, {20260304, 20260306}, {20260401, 20260402}}}, want: "2026-03-10"},
		{day0: "2026-12-21", n: 2, opt: DueOptions{Stopped: []Span{{20261223, 20261231}}}, want: "2027-01-01", provisional: true},
	}
	for _, x := range cases {
		got := c.Due(date(t, x.day0), x.n, x.opt)
		if got.Date.String() != x.want || got.Provisional != x.provisional || got.Left != 0 {
			t.Errorf("%s + %d %v = %+v, want %s, provisional %v", x.day0, x.n, x.opt, got, x.want, x.provisional)
		}
	}
}

func TestDueWhileTheClockStandsStill(t *testing.T) {
	c := calendarOf(t)
	got := c.Due(date(t, "2026-03-02"), 5, DueOptions{Stopped: []Span{{From: 20260305}}})
	if (got != Due{Left: 3}) {
		t.Errorf("%+v, want 3 days left", got)
	}
	if got = c.Due(date(t, "2026-03-02"), 2, DueOptions{Stopped: []Span{{From: 20260305}}}); got.Date != 20260304 {
		t.Errorf("the limit ended before the clock was stopped: %+v", got)
	}
}

func TestDueWithoutNotices(t *testing.T) {
	c, err := New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Due(20260213, 15, DueOptions{}); !got.Provisional || got.Date != 20260306 {
		t.Errorf("%+v", got)
	}
	if w, published := c.Working(20260309); !w || published {
		t.Error("a day without notices is an estimate")
	}
}

func TestWorking(t *testing.T) {
	c := calendarOf(t)
	for s, want := range map[string][2]bool{
		"2026-01-01": {false, true}, "2026-01-04": {true, true}, "2026-02-14": {true, true},
		"2026-02-21": {false, true}, "2026-03-03": {true, true}, "2026-12-28": {true, true},
		"2026-12-31": {true, false}, "2027-01-01": {true, false}, "2025-12-31": {true, true},
		"2022-12-31": {false, false}, "1999-10-01": {true, false}, "2023-01-01": {false, true},
	} {
		w, published := c.Working(date(t, s))
		if w != want[0] || published != want[1] {
			t.Errorf("%s: working %v, published %v", s, w, published)
		}
	}
	if first, last := c.Coverage(); first != 2023 || last != 2026 {
		t.Errorf("coverage %d to %d", first, last)
	}
	if c.Next(20260213) != 20260214 || c.Next(20260214) != 20260224 || c.Prev(20260224) != 20260214 {
		t.Errorf("next %s %s prev %s", c.Next(20260213), c.Next(20260214), c.Prev(20260224))
	}
	if c.Left(20260302, 20260302) != 0 || c.Left(20260302, 20260309) != 5 || c.Left(20260309, 20260302) != -5 {
		t.Error("working days left")
	}
}

func TestOverlayWins(t *testing.T) {
	c := calendarOf(t, Day{20260303, true, "停电"}, Day{20260307, false, "补班"}, Day{20270104, true, "停办"})
	if w, _ := c.Working(20260303); w {
		t.Error("a local day off is worked")
	}
	if w, _ := c.Working(20260307); !w {
		t.Error("a local working Saturday is off")
	}
	if w, published := c.Working(20270104); w || published {
		t.Error("a local day in a year without notice")
	}
	if got := c.Due(20260302, 1, DueOptions{}); got.Date != 20260304 {
		t.Errorf("due %s", got.Date)
	}
}

func TestNewRefuses(t *testing.T) {
	day := func(d Date, off bool) []Day { return []Day{{d, off, "节"}} }
	cases := map[string]struct {
		notices []Notice
		overlay []Day
		want    string
	}{
		"twice":       {[]Notice{{2025, nil, day(20250101, true)}, {2025, nil, day(20250101, true)}}, nil, "2025 is given twice"},
		"gap":         {[]Notice{{2023, nil, day(20230101, true)}, {2025, nil, day(20250101, true)}}, nil, "between 2023 and 2025"},
		"contradicts": {[]Notice{{2023, nil, day(20231231, true)}, {2024, nil, day(20231231, false)}}, nil, "contradicts"},
		"overlay":     {nil, append(day(20250102, true), day(20250102, false)...), "2025-01-02 is given twice"},
		"no date":     {nil, day(0, true), "no date"},
	}
	for name, x := range cases {
		if _, err := New(x.notices, x.overlay); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
}

func TestParseNoticeRefuses(t *testing.T) {
	const head = `{"year":2026,"papers":[],"days":`
	for _, text := range []string{
		``, `{}`, `[]`, `{"year":2026,"papers":[],"days":[],"more":1}`, head + `[]} x`,
		head + `[{"name":"x","date":"2026-02-30","isOffDay":true}]}`,
		head + `[{"name":"x","date":"2026-02-03"}]}`,
		head + `[{"date":"2026-02-03","isOffDay":true}]}`,
		head + `[{"name":"x","isOffDay":true}]}`,
		head + `[{"name":"x","date":"2028-01-01","isOffDay":true}]}`,
		head + `[{"name":"x","date":"2026-01-01","isOffDay":true},{"name":"x","date":"2026-01-01","isOffDay":true}]}`,
	} {
		if n, err := ParseNotice([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", text, n)
		}
	}
}

func anyDate() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date { return dateAt(ordinal(20220101) + rapid.IntRange(0, 7*365).Draw(t, "day")) })
}

func TestDueProperties(t *testing.T) {
	c := calendarOf(t, Day{20260303, true, "停电"})
	rapid.Check(t, func(t *rapid.T) {
		day0, n := anyDate().Draw(t, "day 0"), rapid.IntRange(1, 60).Draw(t, "limit")
		a, b := c.Due(day0, n, DueOptions{}), c.Due(day0, n+1, DueOptions{})
		if w, _ := c.Working(a.Date); !w || a.Date <= day0 || b.Date != c.Next(a.Date) {
			t.Fatalf("%s + %d = %s, + 1 = %s", day0, n, a.Date, b.Date)
		}
		if a.Provisional && !b.Provisional {
			t.Fatalf("%s + %d is provisional, + 1 is not", day0, n)
		}
		if c.Left(day0, a.Date) != n || c.Left(a.Date, day0) != -n {
			t.Fatalf("%s + %d: left %d", day0, n, c.Left(day0, a.Date))
		}
		if later := c.Due(day0.AddDays(1), n, DueOptions{}); later.Date < a.Date {
			t.Fatalf("a day later is due earlier: %s, %s", later.Date, a.Date)
		}
		from := anyDate().Draw(t, "stopped from")
		span := Span{from, from.AddDays(rapid.IntRange(0, 40).Draw(t, "days"))}
		s := c.Due(day0, n, DueOptions{Stopped: []Span{span}})
		if s.Date < a.Date || span.holds(s.Date) {
			t.Fatalf("%s + %d stopped %v = %s, else %s", day0, n, span, s.Date, a.Date)
		}
	})
}

func TestWorkingDaysIsTheSumOfDays(t *testing.T) {
	c := calendarOf(t)
	rapid.Check(t, func(t *rapid.T) {
		from, days := anyDate().Draw(t, "from"), rapid.IntRange(0, 900).Draw(t, "days")
		want := 0
		for i := 1; i <= days; i++ {
			if w, _ := c.Working(from.AddDays(i)); w {
				want++
			}
		}
		if got := c.WorkingDays(from, from.AddDays(days)); got != want {
			t.Fatalf("%s and %d days: %d, want %d", from, days, got, want)
		}
	})
}

func TestOrdinals(t *testing.T) {
	day := time.Date(1599, 12, 31, 0, 0, 0, 0, time.UTC)
	for o := ordinal(DateOf(day)); day.Year() < 2402; o, day = o+1, day.AddDate(0, 0, 1) {
		d := DateOf(day)
		if ordinal(d) != o || dateAt(o) != d || weekdayOf(o) != (day.Weekday() != time.Saturday && day.Weekday() != time.Sunday) {
			t.Fatalf("%s: ordinal %d (want %d) is %s", d, ordinal(d), o, dateAt(o))
		}
	}
}

func FuzzParseNotice(f *testing.F) {
	for _, name := range []string{"testdata/2025.json", "testdata/2027.json"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"year":2026,"papers":[],"days":[{"name":"x","date":"2025-12-31","isOffDay":true}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseNotice(b)
		if err != nil {
			return
		}
		c, err := New([]Notice{n}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range n.Days {
			if w, _ := c.Working(d.Date); w == d.Off {
				t.Fatalf("%s: working %v, off %v", d.Date, w, d.Off)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-02-13", "2024-02-29", "2023-02-29", "0000-00-00", "2026-13-01", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && (d.String() != s || dateAt(ordinal(d)) != d) {
			t.Fatalf("%q is read as %s", s, d)
		}
		if m, err := ParseMonth(s); err == nil && m.String() != s {
			t.Fatalf("%q is read as %s", s, m)
		}
	})
}

func BenchmarkDue(b *testing.B) {
	c := calendarOf(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Due(20260213, 15, DueOptions{})
	}
}
