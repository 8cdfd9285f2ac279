package calendar

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// Calendar knows which days are worked. It does not change after New, and may
// be used by many goroutines.
type Calendar struct {
	firstYear, lastYear int     // of the published notices; 0 when none is
	base                int     // ordinal of the first day of the table
	days                []uint8 // one per day from base
	count               []int32 // working days in days[:i]
}

// Bits of a day in the table.
const (
	worked  uint8 = 1 << iota
	settled       // by a published notice: nobody will change it any more
)

// New makes a calendar of the published notices and a place's own days, which
// win over them. Notices without days are not published and count as absent.
// The same year twice, a year missing between two others, notices that
// contradict each other and an overlay day given twice are errors, all
// reported.
func New(notices []Notice, overlay []Day) (*Calendar, error) {
	published := slices.DeleteFunc(slices.Clone(notices), func(n Notice) bool { return len(n.Days) == 0 })
	slices.SortFunc(published, func(a, b Notice) int { return a.Year - b.Year })
	var faults []error
	for i := 1; i < len(published); i++ {
		switch before, year := published[i-1].Year, published[i].Year; {
		case before == year:
			faults = append(faults, fmt.Errorf("calendar: notice %d is given twice", year))
		case before+1 != year:
			faults = append(faults, fmt.Errorf("calendar: notices between %d and %d are missing", before, year))
		}
	}
	off, err := merge(published, overlay)
	if err := errors.Join(append(faults, err)...); err != nil {
		return nil, err
	}
	c := &Calendar{count: []int32{0}}
	if len(published) > 0 {
		c.firstYear, c.lastYear = published[0].Year, published[len(published)-1].Year
	}
	c.fill(off)
	return c, nil
}

// merge says of each day that differs from the ordinary week whether it is off.
func merge(published []Notice, overlay []Day) (map[Date]bool, error) {
	var faults []error
	off := map[Date]bool{}
	for _, n := range published {
		for _, d := range n.Days {
			if was, twice := off[d.Date]; twice && was != d.Off {
				faults = append(faults, fmt.Errorf("calendar: notice %d contradicts an earlier one about %s", n.Year, d.Date))
			}
			off[d.Date] = d.Off
		}
	}
	local := map[Date]bool{}
	for _, d := range overlay {
		if d.Date == 0 {
			faults = append(faults, errors.New("calendar: a local day has no date"))
		} else if local[d.Date] {
			faults = append(faults, fmt.Errorf("calendar: local day %s is given twice", d.Date))
		}
		local[d.Date] = true
		off[d.Date] = d.Off
	}
	return off, errors.Join(faults...)
}

// fill makes the table, of whole years, around every day known.
func (c *Calendar) fill(off map[Date]bool) {
	if len(off) == 0 {
		return
	}
	from, to := 9999, 0
	for d := range off {
		from, to = min(from, d.Year()), max(to, d.Year())
	}
	if c.firstYear != 0 {
		from, to = min(from, c.firstYear), max(to, c.lastYear)
	}
	c.base = ordinal(Date(from*10000 + 101))
	c.days = make([]uint8, ordinal(Date(to*10000+1231))-c.base+1)
	c.count = make([]int32, len(c.days)+1)
	for i := range c.days {
		d := dateAt(c.base + i)
		if free, differs := off[d]; differs && !free || !differs && weekdayOf(c.base+i) {
			c.days[i] |= worked
		}
		if c.published(d) {
			c.days[i] |= settled
		}
		c.count[i+1] = c.count[i] + int32(c.days[i]&worked)
	}
}

// published reports whether the notices settle a day. The last three days of
// a year are settled by the next year's notice, which moved them in 2006,
// 2007, 2011, 2018 and 2022.
func (c *Calendar) published(d Date) bool {
	year := d.Year()
	if d%10000 >= 1229 {
		year++
	}
	return c.firstYear != 0 && d.Year() >= c.firstYear && year <= c.lastYear
}

// Digest is a SHA-256 of all days that the calendar knows: of two with the same one
// every limit ends on the same day.
func (c *Calendar) Digest() [sha256.Size]byte {
	return sha256.Sum256(append(fmt.Appendf(nil, "%d %d %d ", c.firstYear, c.lastYear, c.base), c.days...))
}

// Coverage is the first and the last year with a published notice; 0, 0 when
// there is none. The last three days of the last year are not settled yet.
func (c *Calendar) Coverage() (first, last int) { return c.firstYear, c.lastYear }

// Working reports whether a day is worked, and whether a published notice
// settles that. For a day that none settles, working is the ordinary week (or
// the overlay): an estimate, good for display, not for a promise.
func (c *Calendar) Working(d Date) (working, published bool) {
	bits := c.at(ordinal(d))
	return bits&worked != 0, bits&settled != 0
}

func (c *Calendar) at(o int) uint8 {
	if i := o - c.base; i >= 0 && i < len(c.days) {
		return c.days[i]
	}
	if weekdayOf(o) {
		return worked
	}
	return 0
}

// Next is the first working day after d, Prev the last one before it, by the
// same estimate as Working where no notice is published.
func (c *Calendar) Next(d Date) Date { return c.step(d, 1) }

// Prev is the last working day before d.
func (c *Calendar) Prev(d Date) Date { return c.step(d, -1) }

func (c *Calendar) step(d Date, by int) Date {
	o := ordinal(d) + by
	for c.at(o)&worked == 0 {
		o += by
	}
	return dateAt(o)
}

// WorkingDays is the number of working days after from, up to and including
// to; negative when to lies before from.
func (c *Calendar) WorkingDays(from, to Date) int {
	return c.until(ordinal(to)+1) - c.until(ordinal(from)+1)
}

// Left is the number of working days that remain on the morning after today:
// 0 on the due date itself (which still counts, to its close), negative once
// working days have passed since. A limit is missed when today > due.
func (c *Calendar) Left(today, due Date) int { return c.WorkingDays(today, due) }

// until counts the working days with an ordinal below o, from where it does not
// say: it is for differences.
func (c *Calendar) until(o int) int {
	end := c.base + len(c.days)
	inside := min(max(o, c.base), end) - c.base
	return weekdaysUntil(min(o, c.base)) + int(c.count[inside]) + weekdaysUntil(max(o, end))
}
