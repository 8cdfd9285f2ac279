package courier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Missing is a file that a party should have left and did not.
type Missing struct {
	Party string
	Kind  string
	On    calendar.Date
	By    string // its clock, "03:00" in the agency's zone
}

// MissingFiles lists the expected files that did not come: today's, once their
// clock has passed, else those of the working day before. A file that came counts
// whatever became of it: one that was rejected is named as such.
func MissingFiles(o *office.Office, tx *store.Tx) ([]Missing, error) {
	var out []Missing
	for _, p := range o.Parties {
		for _, x := range p.Expected {
			day, ok := expectedDay(o, x.By)
			if !ok {
				continue
			}
			files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: p.Code, Kind: x.Kind, Since: day, Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(files) == 0 {
				out = append(out, Missing{p.Code, x.Kind, day, x.By})
			}
		}
	}
	return out, nil
}

// warnAhead is how long before its clock an expected file is named that has
// not come: time enough for a telephone call.
const warnAhead = 2 * time.Hour

// Awaited lists the files that are expected within warnAhead and have not come
// yet; none on a day off. Unlike MissingFiles it goes by the day that it is now,
// not by the business date.
func Awaited(o *office.Office, tx *store.Tx) ([]Missing, error) {
	var out []Missing
	now := o.Now().In(o.Agency.Zone)
	today := calendar.DateOf(now)
	if working, _ := o.Calendar.Working(today); !working {
		return nil, nil
	}
	for _, p := range o.Parties {
		for _, x := range p.Expected {
			clock, err := time.Parse("15:04", x.By)
			if err != nil {
				continue // the configuration's check names it
			}
			left := time.Duration(clock.Hour()-now.Hour())*time.Hour + time.Duration(clock.Minute()-now.Minute())*time.Minute
			if left <= 0 || left > warnAhead {
				continue
			}
			files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: p.Code, Kind: x.Kind, Since: today, Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(files) == 0 {
				out = append(out, Missing{p.Code, x.Kind, today, x.By})
			}
		}
	}
	return out, nil
}

// NoteAwaited names in a run's notes, once per file, what is expected soon.
func NoteAwaited(ctx context.Context, o *office.Office, run *exchange.Run) error {
	return o.Store.View(ctx, func(tx *store.Tx) error {
		awaited, err := Awaited(o, tx)
		for _, m := range awaited {
			note := fmt.Sprintf("%s: %s is expected by %s and has not come yet", m.Party, m.Kind, m.By)
			if slices.Contains(run.Notes, note) {
				continue
			}
			o.Log.Warn("expected file has not come yet", "party", m.Party, "kind", m.Kind, "by", m.By)
			run.Notes = append(run.Notes, note)
		}
		return err
	})
}

// expectedDay is the latest working day whose clock has passed; ok is false
// when the clock cannot be read, or when there is no working day among the last
// 14: no holiday is as long, so the calendar does not know the days.
func expectedDay(o *office.Office, by string) (calendar.Date, bool) {
	clock, err := time.Parse("15:04", by)
	if err != nil {
		return 0, false
	}
	now := o.Now().In(o.Agency.Zone)
	passed := now.Hour()*60+now.Minute() >= clock.Hour()*60+clock.Minute()
	if working, _ := o.Calendar.Working(o.Date); working && (passed || calendar.DateOf(now) > o.Date) {
		return o.Date, true
	}
	const longest = 14 // calendar days
	for d := o.Date.AddDays(-1); d >= o.Date.AddDays(-longest); d = d.AddDays(-1) {
		if working, _ := o.Calendar.Working(d); working {
			return d, true
		}
	}
	return 0, false
}
