package jobs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// everyDay is a timetable: light passes on the half hours of the morning on
// working days, a nightly one at 02:00 every day, in a zone.
func everyDay(t *testing.T, zone *time.Location) Timetable {
	t.Helper()
	cal, err := calendar.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(after time.Time) (Window, bool) {
		for at := after.In(zone).Truncate(time.Minute); ; {
			at = at.Add(time.Minute)
			if !at.After(after) {
				continue
			}
			working, _ := cal.Working(calendar.DateOf(at))
			switch clock := at.Format("15:04"); {
			case clock == "02:00":
				return Window{At: at, Steps: Steps(), Length: 4 * time.Hour, CatchUp: true}, true
			case working && slices.Contains([]string{"08:00", "08:30", "09:00"}, clock):
				return Window{At: at, Steps: []string{"pull", "process", "remit", "push"}, Length: 25 * time.Minute}, true
			}
		}
	}
}

const (
	nightJob = "pull+process+remit+report+push"
	lightJob = "pull+process+remit+push"
)

// ranAt is a run of a job in a window.
func ranAt(job string, on calendar.Date, window, state string) exchange.Run {
	return exchange.Run{Job: job, Date: on, Window: window, State: state, Attempts: 1}
}

func TestPlan(t *testing.T) {
	zone := load(t, "Asia/Shanghai")
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, zone) }
	done := func(more ...exchange.Run) []exchange.Run { // Monday 2026-03-02, and the night after it
		return append(more,
			ranAt(nightJob, 20260302, "02:00", exchange.RunDone), ranAt(lightJob, 20260302, "08:00", exchange.RunDone),
			ranAt(lightJob, 20260302, "08:30", exchange.RunDone), ranAt(lightJob, 20260302, "09:00", exchange.RunDone))
	}
	night := func(state string) exchange.Run { return ranAt(nightJob, 20260303, "02:00", state) }
	morning := ranAt(lightJob, 20260303, "08:00", exchange.RunDone)
	often := night(exchange.RunRunning)
	often.Attempts = maxAttempts
	tests := []struct {
		name  string
		now   time.Time
		since time.Time
		runs  []exchange.Run
		busy  Busy
		want  []string
	}{
		{"nothing is due", at(3, 1, 59), time.Time{}, done(), Busy{}, nil},
		{"on the minute", at(3, 2, 0), time.Time{}, done(), Busy{}, []string{"start 2026-03-03 02:00"}},
		{"woken late, within the window", at(3, 5, 59), time.Time{}, done(), Busy{}, []string{"start 2026-03-03 02:00"}},
		{"the window is over: caught up", at(3, 6, 0), time.Time{}, done(), Busy{}, []string{"catch up 2026-03-03 02:00"}},
		{"made already", at(3, 3, 0), time.Time{}, done(night(exchange.RunDone)), Busy{}, nil},
		{"failed is made", at(3, 3, 0), time.Time{}, done(night(exchange.RunFailed)), Busy{}, nil},
		{
			"a missed light one is recorded, the open one started", at(3, 8, 40),
			time.Time{},
			done(night(exchange.RunDone)),
			Busy{},
			[]string{"miss 2026-03-03 08:00", "start 2026-03-03 08:30"},
		},
		{
			"missed for good", at(3, 12, 0),
			time.Time{},
			done(night(exchange.RunDone), morning),
			Busy{},
			[]string{"miss 2026-03-03 08:30", "miss 2026-03-03 09:00"},
		},
		{"missed was recorded", at(3, 8, 26), time.Time{}, done(night(exchange.RunDone), ranAt(lightJob, 20260303, "08:00", exchange.RunMissed)), Busy{}, nil},
		{
			"the pass before took too long", at(3, 8, 56),
			time.Time{},
			done(night(exchange.RunDone), morning),
			Busy{at(3, 8, 0), at(3, 8, 56)},
			[]string{"miss 2026-03-03 08:30: skipped: the pass that began at 08:00 was still running"},
		},
		{
			"cut short: resumed first", at(3, 8, 1),
			time.Time{},
			done(night(exchange.RunRunning)),
			Busy{},
			[]string{"resume 2026-03-03 02:00", "start 2026-03-03 08:00"},
		},
		{"cut short by hand: resumed", at(3, 1, 0), time.Time{}, done(ranAt("pull", 20260302, "m3", exchange.RunRunning)), Busy{}, []string{"resume 2026-03-02 m3"}},
		{"cut short a week ago: given up", at(3, 1, 0), time.Time{}, done(ranAt(nightJob, 20260223, "02:00", exchange.RunRunning)), Busy{}, []string{"give up 2026-02-23 02:00"}},
		{"cut short too often", at(3, 3, 0), time.Time{}, done(often), Busy{}, []string{"give up 2026-03-03 02:00"}},
		{"down since the night before last: the later night is made", at(3, 7, 0), time.Time{}, nil, Busy{}, []string{
			"miss 2026-03-02 02:00", "miss 2026-03-02 08:00", "miss 2026-03-02 08:30", "miss 2026-03-02 09:00", "catch up 2026-03-03 02:00",
		}},
		{"and none when one opens now", at(3, 2, 1), time.Time{}, nil, Busy{}, []string{
			"miss 2026-03-02 02:00", "miss 2026-03-02 08:00", "miss 2026-03-02 08:30", "miss 2026-03-02 09:00", "start 2026-03-03 02:00",
		}},
		{"the first start of all", at(3, 8, 10), at(3, 8, 10), nil, Busy{}, []string{"start 2026-03-03 08:00"}},
		{"no light pass on a Saturday", at(7, 12, 0), at(7, 0, 0), []exchange.Run{ranAt(nightJob, 20260307, "02:00", exchange.RunDone)}, Busy{}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := said(Plan(test.now, test.since, zone, everyDay(t, zone), test.runs, test.busy))
			if len(got) != len(test.want) {
				t.Fatalf("got %v, want %v", got, test.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], test.want[i]) {
					t.Errorf("got %s, want %s", got[i], test.want[i])
				}
			}
		})
	}
}

// said puts a plan into words.
func said(plan []Due) (out []string) {
	for _, d := range plan {
		switch d.Do {
		case DoResume, DoGiveUp:
			out = append(out, fmt.Sprintf("%s %s %s: %s", d.Do, d.Run.Date, d.Run.Window, d.Note))
		default:
			out = append(out, fmt.Sprintf("%s %s %s: %s", d.Do, d.Window.Date(), d.Window.Clock(), d.Note))
		}
	}
	return out
}

// TestPlanSwitchedOff: without a window nothing is started, but what was cut
// short is resumed.
func TestPlanSwitchedOff(t *testing.T) {
	zone := load(t, "Asia/Shanghai")
	none := func(time.Time) (Window, bool) { return Window{}, false }
	got := said(Plan(time.Date(2026, 3, 3, 3, 0, 0, 0, zone), time.Time{}, zone, none, []exchange.Run{ranAt("pull", 20260303, "m1", exchange.RunRunning)}, Busy{}))
	if len(got) != 1 || got[0] != "resume 2026-03-03 m1: " {
		t.Errorf("got %v", got)
	}
}

// TestPlanSummerTime: an hour that the zone skips holds no window, one that it
// repeats holds it once; the business date is that of the zone's clocks.
func TestPlanSummerTime(t *testing.T) {
	zone := load(t, "Europe/Berlin")
	table := func(after time.Time) (Window, bool) { // 02:30 every day, by the clock
		for at := after.In(zone).Truncate(time.Minute).Add(time.Minute); ; at = at.Add(time.Minute) {
			if at.Format("15:04") == "02:30" {
				return Window{At: at, Steps: Steps(), Length: time.Hour, CatchUp: true}, true
			}
		}
	}
	ran := func(on calendar.Date) []exchange.Run {
		return []exchange.Run{ranAt(nightJob, on, "02:30", exchange.RunDone)}
	}
	if got := said(Plan(time.Date(2026, 3, 29, 12, 0, 0, 0, zone), time.Time{}, zone, table, ran(20260328), Busy{})); len(got) != 0 {
		t.Errorf("skipped hour: %v", got)
	}
	first := time.Date(2026, 10, 25, 0, 35, 0, 0, time.UTC) // 02:35, summer time
	if got := said(Plan(first, time.Time{}, zone, table, ran(20261024), Busy{})); len(got) != 1 || got[0] != "start 2026-10-25 02:30: " {
		t.Errorf("repeated hour, first time: %v", got)
	}
	if got := said(Plan(first.Add(time.Hour), time.Time{}, zone, table, append(ran(20261024), ran(20261025)...), Busy{})); len(got) != 0 {
		t.Errorf("repeated hour, second time: %v", got)
	}
}

func load(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
