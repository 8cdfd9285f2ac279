// Package casefilter is which cases a list has, as the condition of a query.
package casefilter

import (
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/store/sqltext"
)

// Filter says which cases to list; zero fields do not restrict. Cases are
// listed by case number, those after After, at most Limit (0: all).
type Filter struct {
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
func (f *Filter) addLimits(c *sqltext.Conditions) {
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

// Query is the condition of the filter, its values behind the args so far.
func (f Filter) Query(args ...any) (string, []any) {
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
		c.Parts = append(c.Parts, Open)
	}
	f.addLimits(&c)
	c.After("case_no", f.After)
	return c.Query("case_no", f.Limit)
}

// Open is the condition for cases in a state that is not final.
var Open = func() string {
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

// ByState divides a filter into one for each state that it leaves, unless it
// leaves all, or asks for a person.
func (f Filter) ByState() (list []Filter) {
	if f.IDKey != "" || f.PersonalNo != "" || f.Side == "" && len(f.States) == 0 && !f.OpenOnly && !f.Unsettled {
		return []Filter{f}
	}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		for _, t := range exchange.StateTerms(side) {
			state := exchange.State(t.Code)
			if f.Side != "" && f.Side != side || len(f.States) > 0 && !slices.Contains(f.States, state) || f.OpenOnly && state.Final(side) {
				continue
			}
			one := f
			one.Side, one.States, one.OpenOnly = side, []exchange.State{state}, false
			list = append(list, one)
		}
	}
	return list
}
