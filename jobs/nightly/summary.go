package nightly

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/audit"
	"carryover/jobs/office"
	"carryover/jobs/proof"
	"carryover/jobs/report"
)

// summarise counts the cases, proves the ledger, and says what to look at first.
// It needs the list of things to do, from which the warnings come.
func summarise(o *office.Office, tx *store.Tx, n *report.Night) error {
	s := &n.Summary
	s.Tally = report.NewTally(o.Date, o.Calendar, o.Turns, o.Profiles)
	trend := newTrend(o.Date)
	count := o.Counting("cases counted", 0)
	err := tx.EachCase(store.CaseFilter{}, func(c exchange.Case) error {
		count()
		s.Tally.Add(c)
		trend.add(c)
		return nil
	})
	if err != nil {
		return err
	}
	s.Trend = trend.days()
	s.Warnings = warnings(o, n.Todo)
	if s.Proofs, err = proof.Proofs(o, tx); err != nil {
		return err
	}
	stands, err := audit.ReadStanding(o, tx)
	s.Audit = stands.Words(o)
	return err
}

// mostWarnings is how many urgent things the Summary names one by one; the rest
// is a count, and To do has them all.
const mostWarnings = 12

// warnings lists what the Summary names first: what is urgent, up to
// mostWarnings of it, and every partner with whom nothing is signed.
func warnings(o *office.Office, list []exchange.Todo) (lines []string) {
	urgent := 0
	for _, t := range list {
		switch {
		case t.Kind == exchange.TodoUnsigned:
			lines = append(lines, t.What)
		case exchange.TodoKindOf(t.Kind).Urgency != exchange.Urgent:
		case urgent < mostWarnings:
			lines = append(lines, t.Line(o.Language()))
			urgent++
		default:
			urgent++
		}
	}
	if urgent > mostWarnings {
		lines = append(lines, o.Sayf("另有 %d 项紧急事项，见“待办”", "%d more that are urgent, see To do", urgent-mostWarnings))
	}
	return lines
}

// trend counts, day by day, what was opened, completed and open.
type trend struct {
	from             calendar.Date
	opened, finished map[calendar.Date]int
	before           int // open when the first day began
}

// newTrend begins a trend of the reportDays that end with today.
func newTrend(today calendar.Date) *trend {
	return &trend{from: today.AddDays(1 - reportDays), opened: map[calendar.Date]int{}, finished: map[calendar.Date]int{}}
}

// add counts a case. One that was closed before the first day counts nowhere; a
// final one without a closing day counts as open.
func (t *trend) add(c exchange.Case) {
	closed := c.State.Final(c.Side) && c.ClosedOn != 0
	switch {
	case closed && c.ClosedOn < t.from:
		return
	case c.OpenedOn < t.from:
		t.before++
	default:
		t.opened[c.OpenedOn]++
	}
	if closed {
		t.finished[c.ClosedOn]++
	}
}

// days lists the days of the trend, the first one first.
func (t *trend) days() []report.Day {
	var out []report.Day
	open := t.before
	for i := range reportDays {
		d := t.from.AddDays(i)
		open += t.opened[d] - t.finished[d]
		out = append(out, report.Day{Date: d, Opened: t.opened[d], Completed: t.finished[d], Open: open})
	}
	return out
}
