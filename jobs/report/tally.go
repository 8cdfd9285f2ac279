package report

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Tally counts cases, one after the other, for the Summary. It keeps figures
// only, no cases.
type Tally struct {
	turns    []exchange.Turn
	profiles map[string]exchange.Profile
	cal      *calendar.Calendar
	date     calendar.Date

	States   map[exchange.Side]map[exchange.State]int
	Opened   map[exchange.Side]int // on the business date
	Closed   map[exchange.Side]int
	Open     map[exchange.Side]int // somebody still has something to do
	Overdue  map[exchange.Side]int // past the legal limit
	Partners map[string]*PartnerTally
	Ageing   [len(ageing)]int // open cases with a limit, by working days left
	Waiting  map[exchange.Owner]int
}

// PartnerTally is what a Tally knows of one partner.
type PartnerTally struct {
	In, Out int // open cases
	Limited int // open cases for which a legal limit runs
	Overdue int // of those, past it
	Done    int // answered or completed in the last thirty days, with a limit
	Kept    int // of those, within it
}

// OnTime is the share of a partner's running limits that are kept; ok is
// false when none runs.
func (p PartnerTally) OnTime() (share float64, ok bool) {
	if p.Limited == 0 {
		return 0, false
	}
	return float64(p.Limited-p.Overdue) / float64(p.Limited), true
}

// keptDays is over how many days kept limits are counted.
const keptDays = 30

// ageing are the classes of working days left: up to that many.
var ageing = [...]int{-6, -1, 0, 2, 5, 10, 1 << 30}

// NewTally begins a count as of the end of a business date.
func NewTally(date calendar.Date, cal *calendar.Calendar, turns []exchange.Turn, profiles map[string]exchange.Profile) *Tally {
	return &Tally{
		turns: turns, profiles: profiles, cal: cal, date: date,
		States:   map[exchange.Side]map[exchange.State]int{exchange.In: {}, exchange.Out: {}},
		Opened:   map[exchange.Side]int{},
		Closed:   map[exchange.Side]int{},
		Open:     map[exchange.Side]int{},
		Overdue:  map[exchange.Side]int{},
		Partners: map[string]*PartnerTally{},
		Waiting:  map[exchange.Owner]int{},
	}
}

// Add counts a case.
func (t *Tally) Add(c exchange.Case) {
	t.States[c.Side][c.State]++
	if c.OpenedOn == t.date {
		t.Opened[c.Side]++
	}
	if c.ClosedOn == t.date && c.State.Final(c.Side) {
		t.Closed[c.Side]++
	}
	p := t.Partners[c.Partner]
	if p == nil {
		p = &PartnerTally{}
		t.Partners[c.Partner] = p
	}
	if on, inTime, ok := c.Kept(t.profiles[c.Profile], t.cal); ok && on > t.date.AddDays(-keptDays) {
		p.Done++
		if inTime {
			p.Kept++
		}
	}
	turn, waits := exchange.TurnOf(t.turns, c)
	if !waits && c.State.Final(c.Side) {
		return
	}
	t.Open[c.Side]++
	if c.Side == exchange.In {
		p.In++
	} else {
		p.Out++
	}
	if waits {
		t.Waiting[turn.Owner]++
	}
	t.limit(c, p)
}

// limit counts a case whose legal limit runs.
func (t *Tally) limit(c exchange.Case, p *PartnerTally) {
	if c.Due == 0 {
		return
	}
	p.Limited++
	if t.date > c.Due {
		p.Overdue++
		t.Overdue[c.Side]++
	}
	left := t.cal.Left(t.date, c.Due)
	if left == 0 && t.date > c.Due {
		left = -1 // past it, on days that are not worked
	}
	for i, upTo := range ageing {
		if left <= upTo {
			t.Ageing[i]++
			return
		}
	}
}
