package exchange

import (
	"fmt"

	"carryover/exchange/calendar"
)

// Clock is the legal limit that runs for a case: so many working days from a day.
type Clock struct {
	Name string // letter | answer | close | months | account
	From calendar.Date
	WD   int
}

// RunningClock returns the limit of the profile that runs for the case now;
// ok is false when none does. New place: the letter from acceptance, then the
// partner's answer from the letter, then closing from the later of form and
// money (2021: months from the form, the account from the matched money). Old
// place: the answer from receipt of the current letter version, until the
// form is in the drop and the payment submitted; a supplement has no legal
// limit of its own. A held case keeps the clock of the state it left.
func (c Case) RunningClock(p Profile) (clock Clock, ok bool) {
	if c.Side == Out {
		return c.clockOut(p)
	}
	return c.clockIn(p)
}

func (c Case) clockOut(p Profile) (Clock, bool) {
	if c.answered() {
		return Clock{}, false
	}
	switch c.Effective() {
	case Requested, Accepted, Ended, Liquidated, Answered:
		return Clock{"answer", c.LetterOn, p.AnswerWD}, true
	}
	return Clock{}, false
}

func (c Case) clockIn(p Profile) (Clock, bool) {
	switch c.Effective() {
	case Accepted:
		return Clock{"letter", c.AcceptedOn, p.LetterWD}, true
	case Requested:
		return Clock{"answer", c.LetterOn, p.AnswerWD}, true
	case Answered, PostingState:
		if p.RelationDone() && c.FormTrack != FormPosted {
			return Clock{"months", c.FormOn, p.MonthsWD}, true
		}
		return c.clockMoney(p)
	case RelationDone:
		return c.clockMoney(p)
	}
	return Clock{}, false
}

// clockMoney runs once the money is here (or none is due).
func (c Case) clockMoney(p Profile) (Clock, bool) {
	switch c.MoneyTrack {
	case MoneyMatched, MoneyNotDue, MoneyPosted:
	default:
		return Clock{}, false
	}
	from := max(c.MoneyOn, c.FormOn)
	if p.RelationDone() {
		return Clock{"account", from, p.AccountWD}, true
	}
	return Clock{"close", from, p.CloseWD}, true
}

// SetDue computes the case's due date and whether it is provisional. Call it
// after every change. While the clock stands still there is no due date.
func (c *Case) SetDue(p Profile, cal *calendar.Calendar) {
	limit := c.Limit(p, cal)
	c.Due, c.DueProvisional = limit.Date, limit.Provisional && limit.Date != 0
}

// Limit is how a due date is counted.
type Limit struct {
	Clock            // none runs when its From is 0
	calendar.Due     // Date 0, with Left, while the clock stands still
	Stopped      int // how many times it stood still
}

// Limit counts the legal limit that runs for the case now.
func (c Case) Limit(p Profile, cal *calendar.Calendar) Limit {
	clock, ok := c.RunningClock(p)
	if !ok || clock.From == 0 {
		return Limit{}
	}
	due, stopped := c.dueOf(clock, p, cal)
	return Limit{clock, due, stopped}
}

// LimitKey names a limit of a case, so that the person is told once that it was
// missed: the clock or turn, its first day, and how often a hold has stopped it.
func LimitKey(caseNo, limit, from string, stopped int) string {
	return fmt.Sprintf("%s|%s|%s|%d", caseNo, limit, from, stopped)
}

// dueOf is when a clock of the case ends, and how many times it stood still.
func (c Case) dueOf(clock Clock, p Profile, cal *calendar.Calendar) (calendar.Due, int) {
	var stopped []calendar.Span
	for _, s := range c.Stopped {
		if s.To == 0 || s.To > clock.From {
			stopped = append(stopped, calendar.Span{From: s.From, To: s.To})
		}
	}
	return cal.Due(clock.From, clock.WD, calendar.DueOptions{FromSameDay: !p.CountFromNextDay, Stopped: stopped}), len(stopped)
}

// Kept tells, of a case whose part is done, whether it was done within the
// limit of the law: at the old place the answer to the current letter version,
// at the new place the completion. on is the day on which it was done; ok is
// false while it is not, and when the limit is provisional.
func (c Case) Kept(p Profile, cal *calendar.Calendar) (on calendar.Date, inTime, ok bool) {
	var clock Clock
	switch {
	case c.Side == Out && c.AnsweredOn != 0:
		clock, on = Clock{"answer", c.LetterOn, p.AnswerWD}, c.AnsweredOn
	case c.Side == Out && c.State == Declined:
		clock, on = Clock{"answer", c.LetterOn, p.AnswerWD}, c.StateSince
	case c.Side == In && c.State == Completed && p.RelationDone():
		clock, on = Clock{"account", max(c.MoneyOn, c.FormOn), p.AccountWD}, c.ClosedOn
	case c.Side == In && c.State == Completed:
		clock, on = Clock{"close", max(c.MoneyOn, c.FormOn), p.CloseWD}, c.ClosedOn
	default:
		return 0, false, false
	}
	if clock.From == 0 || on == 0 {
		return 0, false, false
	}
	due, _ := c.dueOf(clock, p, cal)
	return on, on <= due.Date, due.Date != 0 && !due.Provisional
}
