package calendar

// Span is a stretch of days, both ends included, on which a clock stood
// still. To may be none: the clock stands still to this day.
type Span struct{ From, To Date }

// holds reports whether a day lies in the span.
func (s Span) holds(d Date) bool { return d >= s.From && (s.To == 0 || d <= s.To) }

// DueOptions say how a limit is counted; the zero value is the law's way.
type DueOptions struct {
	FromSameDay bool   // day 0 counts as the first day when it is worked (count_from_next_day: no)
	Stopped     []Span // days that do not count
}

// Due is the day at whose close a limit ends, and how sure it is.
type Due struct {
	// Date is the last day, a working day; none while the clock stands still.
	Date Date
	// Provisional says that the count crossed a day that no published notice
	// settles: Date is an estimate by the ordinary week, to be shown as such
	// and counted again when the notice is out.
	Provisional bool
	// Left is the number of working days that remained when the clock was
	// stopped; 0 when Date is given.
	Left int
}

// Due counts a limit of n working days from day 0 (the day of receipt): it
// ends at the close of the nth working day. With n below 1 the limit ends on
// day 0.
func (c *Calendar) Due(day0 Date, n int, opt DueOptions) Due {
	due := Due{Left: n}
	o := ordinal(day0)
	if n < 1 {
		return Due{Date: day0, Provisional: c.at(o)&settled == 0}
	}
	if !opt.FromSameDay {
		o++
	}
	for ; ; o++ {
		d := dateAt(o)
		open, still := standing(opt.Stopped, d)
		if open {
			return due
		}
		bits := c.at(o)
		due.Provisional = due.Provisional || bits&settled == 0
		if still || bits&worked == 0 {
			continue
		}
		if due.Left--; due.Left == 0 {
			due.Date = d
			return due
		}
	}
}

// standing reports whether the clock stands still on a day, and whether for good.
func standing(spans []Span, d Date) (open, still bool) {
	for _, s := range spans {
		if s.holds(d) {
			still = true
			open = open || s.To == 0
		}
	}
	return open, still
}
