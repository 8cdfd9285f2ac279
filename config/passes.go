package config

import (
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"carryover/exchange/calendar"
)

// Start is one start of a scheduled pass.
type Start struct {
	At     time.Time // in the agency's time zone; its date is the business date
	Name   string    // light | nightly
	Jobs   []string
	Window time.Duration // how long it may take
}

// Label names the window of a start, as runs carry it: 02:00.
func (s Start) Label() string { return s.At.Format("15:04") }

// Passes is the timetable: when which pass starts.
type Passes struct {
	lines []passLine
	cal   *calendar.Calendar
	zone  *time.Location
}

type passLine struct {
	cron cron.Schedule
	name string
	pass Pass
}

// Passes is the configuration's timetable by a calendar.
func (c *Config) Passes(cal *calendar.Calendar) (*Passes, error) {
	p := &Passes{cal: cal, zone: c.agency.Zone}
	for _, s := range []struct {
		name string
		pass Pass
	}{{"nightly", c.Settings.Schedule.Nightly}, {"light", c.Settings.Schedule.Light}} {
		for _, spec := range *s.pass.Cron {
			line, err := ParseCron(spec, p.zone)
			if err != nil {
				return nil, err
			}
			p.lines = append(p.lines, passLine{line, s.name, s.pass})
		}
	}
	return p, nil
}

// Next is the first start after an instant; ok is false when there is none
// within five years. When both passes start at once, the nightly one does.
func (p *Passes) Next(after time.Time) (next Start, ok bool) {
	for _, l := range p.lines {
		at, found := p.nextOf(l, after.In(p.zone))
		if found && (!ok || at.Before(next.At)) {
			next, ok = Start{at, l.name, l.pass.Jobs, l.pass.Window}, true
		}
	}
	return next, ok
}

// nextOf is a line's next start, working days minded. No closed stretch holds
// as many starts as it looks at: a line fires at most once a minute.
func (p *Passes) nextOf(l passLine, at time.Time) (time.Time, bool) {
	for range 24 * 60 * 366 {
		at = l.cron.Next(at)
		if at.IsZero() {
			return at, false
		}
		if l.pass.Days == DaysAll {
			return at, true
		}
		day := calendar.DateOf(at)
		if working, _ := p.cal.Working(day); working {
			return at, true
		}
		// Go on from the last minute of the day that is off.
		at = day.AddDays(1).Time(p.zone).Add(-time.Minute)
	}
	return time.Time{}, false
}

// with is the first start after an instant that does a job.
func (p *Passes) with(job string, after time.Time) (time.Time, bool) {
	doing := Passes{cal: p.cal, zone: p.zone}
	for _, l := range p.lines {
		if slices.Contains(l.pass.Jobs, job) {
			doing.lines = append(doing.lines, l)
		}
	}
	s, ok := doing.Next(after)
	return s.At, ok
}
