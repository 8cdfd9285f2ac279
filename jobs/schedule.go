package jobs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Window is a scheduled start of a pass. Its run is known by jobs, business
// date and clock, so that it is made once, whoever wakes up how often: an
// hour that a time zone repeats holds one window, not two.
type Window struct {
	At      time.Time // in the agency's zone
	Steps   []string
	Length  time.Duration // how long after At it may be started, and the pass may take; 0: no end
	CatchUp bool          // a missed one is made later, under its own date
}

// Date is the window's business date: that of its start.
func (w Window) Date() calendar.Date { return calendar.DateOf(w.At) }

// Clock names the window within its date: 02:00.
func (w Window) Clock() string { return w.At.Format("15:04") }

// Pass is the pass that the window asks for.
func (w Window) Pass() Pass { return Pass{Steps: w.Steps, Window: w.Clock()} }

// job is the name under which the window's run is recorded: pull+process.
func (w Window) job() string { return strings.Join(w.Steps, "+") }

// open reports whether the window's time has come and is not over.
func (w Window) open(now time.Time) bool {
	return !w.At.After(now) && (w.Length <= 0 || now.Before(w.At.Add(w.Length)))
}

// Timetable gives the first window after an instant; ok is false when none
// is left.
type Timetable func(after time.Time) (w Window, ok bool)

// What is to be done about a window or an unfinished run.
const (
	DoStart   = "start"    // its time has come
	DoCatchUp = "catch up" // it was missed and is made now
	DoResume  = "resume"   // its run was cut short
	DoMiss    = "miss"     // it was missed: recorded, not made
	DoGiveUp  = "give up"  // its run was cut short too often, or too long ago
)

// Due is one thing to be done.
type Due struct {
	Do     string
	Window Window       // start, catch up, miss
	Run    exchange.Run // resume, give up
	Note   string       // why it was missed or given up
}

// String names what is to be done, for logs: "start 2026-03-02 02:00".
func (d Due) String() string {
	if d.Do == DoResume || d.Do == DoGiveUp {
		return fmt.Sprintf("%s %s %s %s", d.Do, d.Run.Date, d.Run.Window, d.Run.Job)
	}
	return fmt.Sprintf("%s %s %s %s", d.Do, d.Window.Date(), d.Window.Clock(), d.Window.job())
}

// maxAttempts is how often a run that is cut short is resumed: one that kills the
// program each time must not do so for ever.
const maxAttempts = 5

// maxWindows bounds the windows looked at, and the passes of one waking up: one a minute
// for two days.
const maxWindows = 2 * 24 * 60

// Busy is when the last pass of this process ran; zero for none.
type Busy struct{ From, To time.Time }

// Plan says what is due now: unfinished runs of yesterday and today are
// resumed, older ones given up (later passes have done their work); of the
// windows of yesterday and today that have no run, one that is open is
// started, the latest that can be caught up is, and the others are recorded as
// missed; those over before since (the agency's first run) are nobody's. runs
// are those of yesterday and later, and every unfinished one; no pass may be
// under way. The order is that in which it is to be done.
func Plan(now, since time.Time, zone *time.Location, table Timetable, runs []exchange.Run, busy Busy) []Due {
	now = now.In(zone)
	yesterday := calendar.DateOf(now).AddDays(-1)
	var plan []Due
	for _, r := range runs {
		if r.State == exchange.RunRunning {
			plan = append(plan, resumeOrGiveUp(r, yesterday))
		}
	}
	slices.SortStableFunc(plan, func(a, b Due) int { return a.Run.Started.Compare(b.Run.Started) })
	waiting := withoutRun(windows(now, yesterday.Time(zone), table), runs)
	waiting = slices.DeleteFunc(waiting, func(w Window) bool { return w.At.Before(since) && !w.open(now) })
	catchUp := -1 // the latest window that can be caught up: it does the work of the others
	for i, w := range waiting {
		if w.CatchUp && !w.open(now) {
			catchUp = i
		}
	}
	for i, w := range waiting {
		d := Due{Do: DoMiss, Window: w, Note: missedNote(w, busy)}
		switch {
		case w.open(now) && !openLater(waiting[i+1:], now):
			d.Do, d.Note = DoStart, ""
		case i == catchUp && !opensWith(waiting[i+1:], w, now):
			d.Do, d.Note = DoCatchUp, ""
		}
		plan = append(plan, d)
	}
	return plan
}

// resumeOrGiveUp says whether an unfinished run is resumed or given up.
func resumeOrGiveUp(r exchange.Run, yesterday calendar.Date) Due {
	switch {
	case r.Date < yesterday:
		return Due{Do: DoGiveUp, Run: r, Note: "cut short and not taken up again in time; later passes do its work"}
	case r.Attempts >= maxAttempts:
		return Due{Do: DoGiveUp, Run: r, Note: fmt.Sprintf("cut short %d times; later passes do its work", r.Attempts)}
	}
	return Due{Do: DoResume, Run: r}
}

// windows lists the windows from an instant to now, each once.
func windows(now, from time.Time, table Timetable) []Window {
	var all []Window
	seen := map[string]bool{}
	at := from.Add(-time.Nanosecond)
	for range maxWindows {
		w, ok := table(at)
		if !ok || w.At.After(now) {
			break
		}
		at = w.At
		if key := w.job() + " " + w.Date().String() + " " + w.Clock(); !seen[key] {
			seen[key] = true
			all = append(all, w)
		}
	}
	return all
}

// withoutRun are the windows that have no run in any state.
func withoutRun(all []Window, runs []exchange.Run) []Window {
	made := map[string]bool{}
	for _, r := range runs {
		made[r.Job+" "+r.Date.String()+" "+r.Window] = true
	}
	return slices.DeleteFunc(all, func(w Window) bool { return made[w.job()+" "+w.Date().String()+" "+w.Clock()] })
}

// openLater reports whether one of the later windows is open as well: of several that are
// open at once only the last is started.
func openLater(later []Window, now time.Time) bool {
	return slices.ContainsFunc(later, func(w Window) bool { return w.open(now) })
}

// opensWith reports whether a later window of the same jobs is open: it is about to start
// and does the work of the missed one.
func opensWith(later []Window, missed Window, now time.Time) bool {
	return slices.ContainsFunc(later, func(w Window) bool { return w.open(now) && w.job() == missed.job() })
}

// missedNote says why a window was missed: the pass before ran over it, or nobody was there.
func missedNote(w Window, busy Busy) string {
	if !busy.From.IsZero() && busy.From.Before(w.At) && w.At.Before(busy.To) {
		return "skipped: the pass that began at " + busy.From.In(w.At.Location()).Format("15:04") + " was still running"
	}
	return "missed: the scheduler was not running, or busy"
}
