package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Jobs are the jobs of a pass in the order in which they run.
func Jobs() []string { return []string{"pull", "process", "remit", "report", "push"} }

func (v *validator) schedule() {
	v.pass("schedule.light", v.c.Settings.Schedule.Light)
	v.pass("schedule.nightly", v.c.Settings.Schedule.Nightly)
}

func (v *validator) pass(key string, p Pass) {
	for i, spec := range *p.Cron {
		if _, err := ParseCron(spec, v.zone); err != nil {
			v.add(fmt.Sprintf("%s.cron[%d]", key, i), "", "%v", err)
		}
	}
	v.oneOf(key+".days", p.Days, DaysWorking, DaysAll)
	v.length(key+".window", p.Window, time.Minute, 24*time.Hour)
	last := -1
	for i, job := range p.Jobs {
		k := fmt.Sprintf("%s.jobs[%d]", key, i)
		v.oneOf(k, job, Jobs()...)
		at := slices.Index(Jobs(), job)
		if at >= 0 && at <= last {
			v.add(k, "the order is "+strings.Join(Jobs(), ", "), "%q stands twice or too late", job)
		}
		last = max(last, at)
	}
}

// ParseCron reads a standard cron line of five fields, in a time zone. Lines
// that name a zone of their own, that name no fields (@daily), or that never
// come true (0 0 31 2 *) are errors.
func ParseCron(spec string, zone *time.Location) (cron.Schedule, error) {
	if strings.Contains(spec, "TZ=") {
		return nil, fmt.Errorf("%q names a time zone; agency.time_zone is the one that counts", spec)
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	s, err := parser.Parse(spec)
	if err != nil {
		return nil, fmt.Errorf("%q is not minute hour day month weekday, like 0 2 * * *: %w", spec, err)
	}
	if fields, ok := s.(*cron.SpecSchedule); ok {
		fields.Location = zone
	}
	// Any year does: cron looks five years ahead, and one of five has a 29 February
	// from 2024 on.
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, zone)).IsZero() {
		return nil, fmt.Errorf("%q never comes true", spec)
	}
	return s, nil
}
