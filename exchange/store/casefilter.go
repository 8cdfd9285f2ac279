package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store/sqltext"
)

// CaseFilter says which cases to list; zero fields do not restrict. Cases are
// listed by case number, those after After, at most Limit (0: all).
type CaseFilter struct {
	Side        exchange.Side
	Partner     string
	States      []exchange.State
	OpenOnly    bool // without the final states, as State.Final has them
	FormTracks  []exchange.FormTrack
	MoneyTracks []exchange.MoneyTrack
	Holds       []code.Hold
	Wishes      []exchange.Wish
	PersonalNo  string
	IDKey       string
	Unsettled   bool      // somebody has the turn: open, or ended with money or forms under way
	Ended       Ended     // Unsettled, and a limit ended
	Pressing    *Pressing // Unsettled, and may press; nil does not restrict
	After       string
	Limit       int
}

// Ended selects cases of which a limit, that of the law or of whoever has the turn, ended
// on a date from From on and before Before; the zero Ended does not restrict.
type Ended struct{ From, Before calendar.Date }

// Pressing selects cases that may press on a date: a limit ended before it, or they are on
// hold for one of the reasons, or a difference or a query about them is open.
type Pressing struct {
	On    calendar.Date
	Holds []code.Hold
}

// addLimits adds what the filter says of the limits of whoever has the turn.
func (f *CaseFilter) addLimits(c *sqltext.Conditions) {
	if e := f.Ended; e != (Ended{}) {
		c.Args = append(c.Args, e.From.String(), e.Before.String())
		from, before := sqltext.Arg(len(c.Args)-1), sqltext.Arg(len(c.Args))
		c.Parts = append(c.Parts, fmt.Sprintf("(due >= %[1]s AND due < %[2]s OR turn_due >= %[1]s AND turn_due < %[2]s)", from, before))
	}
	if p := f.Pressing; p != nil {
		either := sqltext.Conditions{Args: append(c.Args, p.On.String())}
		on := sqltext.Arg(len(either.Args))
		either.Parts = []string{
			"due <> '' AND due < " + on, "turn_due < " + on,
			"case_no IN (SELECT case_no FROM differences WHERE closed = 0)", "case_no IN (SELECT case_no FROM queries WHERE state = 'open')",
		}
		sqltext.AddAny(&either, "hold", p.Holds)
		c.Args = either.Args
		c.Parts = append(c.Parts, "("+strings.Join(either.Parts, " OR ")+")")
	}
	if f.Unsettled || f.Ended != (Ended{}) || f.Pressing != nil {
		c.Parts = append(c.Parts, "turn_due <> ''")
	}
}

// query is the condition of the filter, its values behind the args so far.
func (f CaseFilter) query(args ...any) (string, []any) {
	c := sqltext.Conditions{Args: args}
	c.Add("side =", string(f.Side))
	c.Add("partner =", f.Partner)
	c.Add("personal_no =", f.PersonalNo)
	c.Add("id_key =", f.IDKey)
	sqltext.AddAny(&c, "state", f.States)
	sqltext.AddAny(&c, "form_track", f.FormTracks)
	sqltext.AddAny(&c, "money_track", f.MoneyTracks)
	sqltext.AddAny(&c, "hold", f.Holds)
	sqltext.AddAny(&c, "wish", f.Wishes)
	if f.OpenOnly {
		c.Parts = append(c.Parts, openCases)
	}
	f.addLimits(&c)
	c.After("case_no", f.After)
	return c.Query("case_no", f.Limit)
}

// openCases is the condition for cases in a state that is not final.
var openCases = func() string {
	var sides []string
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		var open []string
		for _, t := range exchange.StateTerms(side) {
			if !exchange.State(t.Code).Final(side) {
				open = append(open, "'"+t.Code+"'")
			}
		}
		sides = append(sides, "side = '"+string(side)+"' AND state IN ("+strings.Join(open, ", ")+")")
	}
	return "(" + strings.Join(sides, " OR ") + ")"
}()

// Cases lists cases.
func (tx *Tx) Cases(f CaseFilter) ([]exchange.Case, error) {
	text, args := f.query()
	return caseRows.many(tx, "cases", text, args...)
}

// EachCase calls fn for every case of a filter, page by page, so that fn may
// use the transaction; f.Limit bounds the whole. A change of fn's to the state
// of a case that is still to come may not be seen.
func (tx *Tx) EachCase(f CaseFilter, fn func(exchange.Case) error) error {
	streams := f.byState()
	size := max(pageSize/max(len(streams), 1), leastPage)
	if f.Limit > 0 {
		size = min(size, f.Limit)
	}
	if err := tx.fillAll(streams, size); err != nil {
		return err
	}
	for n := 0; f.Limit == 0 || n < f.Limit; n++ {
		next, err := tx.nextCase(streams, size)
		if next == nil || err != nil {
			return err
		}
		c := next.page[0]
		next.page, next.After = next.page[1:], c.No
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

// fillAll fills several streams with one statement: most states have no case, and
// a walk finds that out more often than anything else.
func (tx *Tx) fillAll(streams []*caseStream, size int) error {
	if len(streams) < 2 {
		return nil
	}
	text, args := firstPages(streams, size)
	cases, err := caseRows.many(tx, "cases", text, args...)
	for _, s := range streams {
		for _, c := range cases {
			if c.Side == s.Side && c.State == s.States[0] {
				s.page = append(s.page, c)
			}
		}
		s.ended = len(s.page) < size
	}
	return err
}

// firstPages is the condition for the first cases of every stream, size of each.
func firstPages(streams []*caseStream, size int) (text string, args []any) {
	pages := make([]string, len(streams))
	for i, s := range streams {
		var where string
		s.Limit = size
		where, args = s.query(args...)
		pages[i] = "SELECT case_no FROM (SELECT case_no FROM cases " + where + ") AS page" + strconv.Itoa(i)
	}
	return "WHERE case_no IN (" + strings.Join(pages, " UNION ALL ") + ") ORDER BY case_no", args
}

// nextCase is the stream whose next case is the first of all, or nil.
func (tx *Tx) nextCase(streams []*caseStream, size int) (next *caseStream, err error) {
	for _, s := range streams {
		if err := s.fill(tx, size); err != nil {
			return nil, err
		}
		if len(s.page) > 0 && (next == nil || s.page[0].No < next.page[0].No) {
			next = s
		}
	}
	return next, nil
}

// leastPage is how many cases a stream reads at a time at least.
const leastPage = 50

// caseStream is the cases of one state, in the order of the index. Several are
// merged: a page of all states at once would be answered by sorting everything
// that fits, again for every page.
type caseStream struct {
	CaseFilter
	page  []exchange.Case // read, and not taken yet
	ended bool
}

// fill reads the page behind the last case that was taken, which was the last of
// all streams then: one that has got this state since is not taken again.
func (s *caseStream) fill(tx *Tx, size int) (err error) {
	if len(s.page) > 0 || s.ended {
		return nil
	}
	s.Limit = size
	s.page, err = tx.Cases(s.CaseFilter)
	s.ended = len(s.page) < size
	return err
}

// byState divides a filter into one for each state that it leaves, unless it
// leaves all, or asks for a person.
func (f CaseFilter) byState() (streams []*caseStream) {
	if f.IDKey != "" || f.PersonalNo != "" || f.Side == "" && len(f.States) == 0 && !f.OpenOnly && !f.Unsettled {
		return []*caseStream{{CaseFilter: f}}
	}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		for _, t := range exchange.StateTerms(side) {
			state := exchange.State(t.Code)
			if f.Side != "" && f.Side != side || len(f.States) > 0 && !slices.Contains(f.States, state) || f.OpenOnly && state.Final(side) {
				continue
			}
			one := f
			one.Side, one.States, one.OpenOnly = side, []exchange.State{state}, false
			streams = append(streams, &caseStream{CaseFilter: one})
		}
	}
	return streams
}
