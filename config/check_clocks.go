package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// margin is how many working days the shortest path must leave of a limit.
const margin = 3

// waits is what a route waits for, one after the other; the first is the pass
// in which the limit begins to count.
type wait int

const (
	ourPass   wait = iota // the next pass that works what came and sends what follows
	coreReply             // the core's posting results
)

// route is the shortest way to meet a limit when nothing goes wrong.
type route struct {
	limit string
	wd    int
	waits []wait
}

// routesOf lists the ways of a profile (SPEC 2). The old place posts end and
// debit, then answers; the new place posts months or account, then closes.
func routesOf(p exchange.Profile) []route {
	posted := []wait{ourPass, coreReply, ourPass}
	list := []route{
		{"letter", p.LetterWD, []wait{ourPass}},
		{"answer", p.AnswerWD, posted},
	}
	if p.RelationDone() {
		return append(list, route{"months", p.MonthsWD, posted}, route{"account", p.AccountWD, posted})
	}
	return append(list, route{"close", p.CloseWD, posted})
}

// healthy is a whole case, both sides by our own clocks: application and
// letter, letter at the old place, its posting results, form, money, posting
// results, completion at the old place, receipt.
func healthy() []wait {
	return []wait{ourPass, ourPass, coreReply, ourPass, ourPass, ourPass, coreReply, ourPass, ourPass, ourPass}
}

// clocks adds up the timetable and the expected files along every route.
func (k *checker) clocks(cal *calendar.Calendar) {
	passes, err := k.c.Passes(cal)
	if err != nil {
		k.fault("schedule", "", "%v", err)
		return
	}
	if len(*k.c.Settings.Schedule.Nightly.Cron) == 0 {
		k.warn("schedule.nightly", "give it a time", "switched off: no reports, no proofs")
	}
	for _, job := range Jobs() {
		if _, ok := passes.with(job, k.now); !ok {
			k.fault("schedule", "add it to the jobs of a pass", "no pass does %s", job)
		}
	}
	w := walker{passes, k.c.Settings.Core, cal}
	for _, name := range k.profilesInUse() {
		for _, p := range routesOf(k.c.profiles[name]) {
			k.routeClock(w, name, p)
		}
	}
	if days, ok := w.longest(healthy(), k.now); ok {
		k.ok("schedule", "a healthy case takes 8 passes: %s at these clocks", wdWord(days))
	}
}

func (k *checker) routeClock(w walker, profile string, p route) {
	subject := fmt.Sprintf("schedule for profile %s, %s", profile, p.limit)
	days, ok := w.longest(p.waits, k.now)
	text := fmt.Sprintf("%s take %s of %d", strings.Join(words(p.waits), " + "), wdWord(days), p.wd)
	switch {
	case !ok:
		k.fault(subject, "", "the limit of %d WD is never met: no pass comes", p.wd)
	case days > max(0, p.wd-margin):
		k.fault(subject, "run passes more often, or let the core answer sooner", "%s: too slow, %d must be left", text, min(margin, p.wd))
	default:
		k.ok(subject, "%s", text)
	}
}

func words(waits []wait) (list []string) {
	for _, w := range waits {
		list = append(list, map[wait]string{ourPass: "pass", coreReply: "core's answer"}[w])
	}
	return list
}

func wdWord(days int) string { return fmt.Sprintf("%d WD", days) }

// profilesInUse lists the profiles that partners have.
func (k *checker) profilesInUse() []string {
	var names []string
	for _, p := range k.c.partners {
		if !slices.Contains(names, p.Profile) {
			names = append(names, p.Profile)
		}
	}
	slices.Sort(names)
	return names
}

// walker follows a route through time.
type walker struct {
	passes *Passes
	core   Party
	cal    *calendar.Calendar
}

// longest is how many working days a route takes at most, begun at any pass of
// the coming two weeks.
func (w walker) longest(waits []wait, now time.Time) (days int, ok bool) {
	for at := now; at.Before(now.AddDate(0, 0, 14)); {
		begin, found := w.passes.with("pull", at)
		if !found {
			return 0, false
		}
		end, found := w.follow(waits, begin)
		if !found {
			return 0, false
		}
		days = max(days, w.cal.WorkingDays(calendar.DateOf(begin), calendar.DateOf(end)))
		at = begin
	}
	return days, true
}

// follow is when a route ends that begins with the pass at begin.
func (w walker) follow(waits []wait, begin time.Time) (at time.Time, ok bool) {
	at = begin
	for i, next := range waits {
		switch {
		case next == coreReply:
			at = w.reply(at)
			continue
		case i > 0:
			if at, ok = w.passes.with("pull", at); !ok {
				return at, false
			}
		}
		if at, ok = w.sent(at); !ok {
			return at, false
		}
	}
	return at, true
}

// sent is when what a pass made leaves: in the same pass if it pushes, else
// with the next one that does.
func (w walker) sent(at time.Time) (time.Time, bool) {
	return w.passes.with("push", at.Add(-time.Second))
}

// reply is when the core's posting results are there: by the clock at which
// they are expected, the next time it comes; without one, at once.
func (w walker) reply(asked time.Time) time.Time {
	for _, e := range w.core.Expected {
		if e.Kind != "posting-result" {
			continue
		}
		clock, err := time.Parse("15:04", e.By)
		if err != nil {
			break
		}
		day := calendar.DateOf(asked)
		for {
			by := day.Time(asked.Location()).Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
			if working, _ := w.cal.Working(day); working && by.After(asked) {
				return by
			}
			day = day.AddDays(1)
		}
	}
	return asked
}
