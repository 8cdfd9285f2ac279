package exchange_test

import (
	"testing"

	. "carryover/exchange"
	"carryover/exchange/calendar"
)

// Whether the law's limit was kept: by the old place with its answer or its
// decline, by the new one with the completion. March 2026 has no holidays.
func TestKept(t *testing.T) {
	cal := builtInCalendar(t)
	apart := Profile{AnswerWD: 10, AccountWD: 5, CountFromNextDay: true}
	together := Profile{AnswerWD: 10, AccountWD: 5, CloseWD: 15, CountFromNextDay: true}
	type verdict struct {
		on         calendar.Date
		inTime, ok bool
	}
	for _, v := range []struct {
		name string
		c    Case
		p    Profile
		want verdict
	}{
		{"answered on the last day", Case{Side: Out, State: Answered, LetterOn: 20260302, AnsweredOn: 20260316}, apart, verdict{20260316, true, true}},
		{"answered a day late", Case{Side: Out, State: Confirmed, LetterOn: 20260302, AnsweredOn: 20260317}, apart, verdict{20260317, false, true}},
		{"declined on the last day", Case{Side: Out, State: Declined, LetterOn: 20260302, StateSince: 20260316}, apart, verdict{20260316, true, true}},
		{"declined a day late", Case{Side: Out, State: Declined, LetterOn: 20260302, StateSince: 20260317}, apart, verdict{20260317, false, true}},
		{"not answered", Case{Side: Out, State: Requested, LetterOn: 20260302, StateSince: 20260302}, apart, verdict{}},
		{"answered, the letter's day unknown", Case{Side: Out, State: Answered, AnsweredOn: 20260316}, apart, verdict{}},
		{"closed within the account's limit", Case{Side: In, State: Completed, FormOn: 20260227, MoneyOn: 20260302, ClosedOn: 20260309}, apart, verdict{20260309, true, true}},
		{"closed after the account's limit", Case{Side: In, State: Completed, FormOn: 20260227, MoneyOn: 20260302, ClosedOn: 20260310}, apart, verdict{20260310, false, true}},
		{"closed within the limit from the form", Case{Side: In, State: Completed, FormOn: 20260302, MoneyOn: 20260227, ClosedOn: 20260323}, together, verdict{20260323, true, true}},
		{"closed after the limit", Case{Side: In, State: Completed, FormOn: 20260227, MoneyOn: 20260302, ClosedOn: 20260324}, together, verdict{20260324, false, true}},
		{"closed, no day known", Case{Side: In, State: Completed, FormOn: 20260302}, together, verdict{}},
		{"not closed", Case{Side: In, State: RelationDone, FormOn: 20260302, MoneyOn: 20260302, AnsweredOn: 20260303, StateSince: 20260303}, apart, verdict{}},
		{"declined to us", Case{Side: In, State: Declined, LetterOn: 20260302, StateSince: 20260303, ClosedOn: 20260303}, together, verdict{}},
		{"completed is no state of the old place", Case{Side: Out, State: Completed, FormOn: 20260302, ClosedOn: 20260303}, together, verdict{}},
		{"a hold gave four days more", Case{Side: Out, State: Answered, LetterOn: 20260302, AnsweredOn: 20260320, Stopped: []Span{{From: 20260303, To: 20260306}}}, apart, verdict{20260320, true, true}},
		{"the limit is provisional", Case{Side: Out, State: Answered, LetterOn: 20261225, AnsweredOn: 20261228}, apart, verdict{20261228, true, false}},
		{"the clock stands still", Case{Side: Out, State: Answered, LetterOn: 20260302, AnsweredOn: 20260304, Stopped: []Span{{From: 20260305}}}, apart, verdict{20260304, false, false}},
	} {
		on, inTime, ok := v.c.Kept(v.p, cal)
		if got := (verdict{on, inTime, ok}); got != v.want {
			t.Errorf("%s: %+v, want %+v", v.name, got, v.want)
		}
	}
}

// A stop that ended on the day the clock began is not part of the count.
func TestAStopBeforeTheFirstDay(t *testing.T) {
	p, cal := builtInProfiles(t)["2021"], builtInCalendar(t)
	c := at(Out, Requested)
	c.LetterOn, c.Stopped = 20260302, []Span{{From: 20260225, To: 20260302}}
	if c.SetDue(p, cal); c.Due != 20260316 || basis(c, p, cal) != "answer: 10 WD from 2026-03-02" {
		t.Errorf("ended on day 0: %s, %q", c.Due, basis(c, p, cal))
	}
	c.Stopped[0].To = 20260303
	if c.SetDue(p, cal); c.Due != 20260317 || basis(c, p, cal) != "answer: 10 WD from 2026-03-02, stopped 1 times" {
		t.Errorf("ended a day later: %s, %q", c.Due, basis(c, p, cal))
	}
}

// An answer on the day of the letter is one to that letter.
func TestAnsweredOnTheDayOfTheLetter(t *testing.T) {
	p := builtInProfiles(t)["2021"]
	c := at(Out, Answered)
	c.LetterOn, c.AnsweredOn = 20260302, 20260302
	if clock, ok := c.RunningClock(p); ok {
		t.Errorf("answered on the day: %+v runs", clock)
	}
	c.AnsweredOn = 20260227
	if clock, ok := c.RunningClock(p); !ok || clock.From != 20260302 {
		t.Errorf("an answer to the letter before: %+v, %v", clock, ok)
	}
}
