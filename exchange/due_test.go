package exchange_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"carryover/config"
	. "carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// builtInCalendar is made of the notices that come with the program.
func builtInCalendar(t *testing.T) *calendar.Calendar {
	t.Helper()
	files, err := filepath.Glob("../config/data/holidays/20*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d notices: %v", len(files), err)
	}
	var notices []calendar.Notice
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := calendar.ParseNotice(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		notices = append(notices, n)
	}
	cal, err := calendar.New(notices, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// builtInProfiles are 2016 and 2021 as every configuration has them.
func builtInProfiles(t *testing.T) map[string]Profile {
	t.Helper()
	c, err := config.Parse("config.yaml", config.Example())
	if err != nil {
		t.Fatal(err)
	}
	return c.Profiles()
}

// SPEC 2.12's vectors, as due dates of the cases that they are about.
func TestVectorsOfWorkingDays(t *testing.T) {
	cal, profiles := builtInCalendar(t), builtInProfiles(t)
	for _, v := range []struct {
		profile string
		from    calendar.Date
		want    calendar.Date
		basis   string
	}{
		{"2016", 20260213, 20260312, "answer: 15 WD from 2026-02-13"},
		{"2021", 20250928, 20251017, "answer: 10 WD from 2025-09-28"},
		{"2016", 20260930, 20261027, "answer: 15 WD from 2026-09-30"},
	} {
		c := at(Out, Requested)
		c.LetterOn = v.from
		c.SetDue(profiles[v.profile], cal)
		if c.Due != v.want || c.DueProvisional || basis(c, profiles[v.profile], cal) != v.basis {
			t.Errorf("%s from %s: %s %v %q, want %s", v.profile, v.from, c.Due, c.DueProvisional, basis(c, profiles[v.profile], cal), v.want)
		}
	}
}

// TestClocks goes through a case's life and looks at the clock that runs.
func TestClocks(t *testing.T) {
	profiles := builtInProfiles(t)
	in := Case{Side: In, AcceptedOn: 20260302, LetterOn: 20260303, FormOn: 20260310, MoneyOn: 20260312}
	out := Case{Side: Out, LetterOn: 20260303, AcceptedOn: 20260304}
	none := Clock{}
	for _, v := range []struct {
		name       string
		c          Case
		state      State
		form       FormTrack
		money      MoneyTrack
		of16, of21 Clock
	}{
		{"applied", in, Applied, FormNone, MoneyNone, none, none},
		{"returned", in, Returned, FormNone, MoneyNone, none, none},
		{"accepted: the letter", in, Accepted, FormNone, MoneyNone, Clock{"letter", 20260302, 15}, Clock{"letter", 20260302, 1}},
		{"requested: the partner's answer", in, Requested, FormNone, MoneyNone, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"money before the form", in, Requested, FormNone, MoneyReceived, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"form, no money yet", in, Answered, FormChecked, MoneyNone, none, Clock{"months", 20260310, 5}},
		{"form differs", in, Answered, FormDiffers, MoneyNone, none, Clock{"months", 20260310, 5}},
		{"form and money", in, Answered, FormChecked, MoneyMatched, Clock{"close", 20260312, 15}, Clock{"months", 20260310, 5}},
		{"form, nothing due", in, PostingState, FormChecked, MoneyNotDue, Clock{"close", 20260312, 15}, Clock{"months", 20260310, 5}},
		{"months credited, no money", in, RelationDone, FormPosted, MoneyNone, none, none},
		{"months credited, money received only", in, RelationDone, FormPosted, MoneyReceived, none, none},
		{"months credited, money matched", in, RelationDone, FormPosted, MoneyMatched, Clock{"close", 20260312, 15}, Clock{"account", 20260312, 5}},
		{"correction of the amount", in, PostingState, FormPosted, MoneyMatched, Clock{"close", 20260312, 15}, Clock{"account", 20260312, 5}},
		{"completed", in, Completed, FormPosted, MoneyPosted, none, none},
		{"declined", in, Declined, FormNone, MoneyNone, none, none},
		{"cancelled", in, Cancelled, FormNone, MoneyNone, none, none},

		{"letter here", out, Requested, FormNone, MoneyNotDue, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"letter accepted", out, Accepted, FormNone, MoneyNotDue, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"ended", out, Ended, FormNone, MoneyNotDue, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"form queued", out, Liquidated, FormQueued, MoneyDue, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"form sent, payment not submitted", out, Answered, FormSent, MoneyReleased, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"form sent, payment's fate unknown", out, Answered, FormSent, MoneyUnknown, Clock{"answer", 20260303, 15}, Clock{"answer", 20260303, 10}},
		{"declined out", out, Declined, FormNone, MoneyNotDue, none, none},
		{"confirmed", out, Confirmed, FormDelivered, MoneySettled, none, none},
	} {
		c := v.c
		c.State, c.FormTrack, c.MoneyTrack = v.state, v.form, v.money
		for name, want := range map[string]Clock{"2016": v.of16, "2021": v.of21} {
			got, ok := c.RunningClock(profiles[name])
			if got != want || ok != (want != none) {
				t.Errorf("%s, %s: %v %v, want %v", v.name, name, got, ok, want)
			}
			held := c
			if held.Suspend(code.HoldQueryOpen, code.Phrase{}, profiles[name], 20260313) != nil {
				continue
			}
			if got, _ := held.RunningClock(profiles[name]); got != want {
				t.Errorf("%s held, %s: %v, want %v", v.name, name, got, want)
			}
		}
	}
}

// The closing clock of 2016 runs from the later of form and money.
func TestClosingRunsFromTheLater(t *testing.T) {
	p := builtInProfiles(t)["2016"]
	c := at(In, Answered)
	c.FormTrack, c.MoneyTrack, c.FormOn, c.MoneyOn = FormChecked, MoneyMatched, 20260310, 20260302
	if got, _ := c.RunningClock(p); got.From != 20260310 {
		t.Errorf("money first: from %s", got.From)
	}
	c.MoneyOn = 20260402
	if got, _ := c.RunningClock(p); got.From != 20260402 {
		t.Errorf("form first: from %s", got.From)
	}
	c.MoneyOn, c.MoneyTrack = 0, MoneyNotDue
	if got, _ := c.RunningClock(p); got.From != 20260310 {
		t.Errorf("nothing due: from %s", got.From)
	}
}

// The old place has met its limit when the form is in the drop and the
// payment submitted, in whichever order.
func TestTheOldPlaceHasAnswered(t *testing.T) {
	p := builtInProfiles(t)["2021"]
	issued := func() Case {
		c := at(Out, Liquidated)
		c.LetterOn = 20260302
		c.SetTracks([]FormTrack{FormQueued}, []MoneyTrack{MoneyDue}, 20260304)
		return c
	}
	running := func(c Case) bool { _, ok := c.RunningClock(p); return ok }

	c := issued() // the form first
	c.SetTracks([]FormTrack{FormSent}, []MoneyTrack{MoneyDue}, 20260305)
	_ = c.Apply(FormSentOut, 20260305)
	if !running(c) || c.AnsweredOn != 0 {
		t.Errorf("form out, money due: answered on %s", c.AnsweredOn)
	}
	for _, m := range []MoneyTrack{MoneyOrdered, MoneyReleased, MoneyUnknown} {
		if c.SetTracks([]FormTrack{FormSent}, []MoneyTrack{m}, 20260306); !running(c) {
			t.Errorf("form out, money %s: the limit is not met yet", m)
		}
	}
	c.SetTracks([]FormTrack{FormSent}, []MoneyTrack{MoneySubmitted}, 20260309)
	if running(c) || c.AnsweredOn != 20260309 {
		t.Errorf("form out, money submitted: answered on %s", c.AnsweredOn)
	}
	for _, m := range []MoneyTrack{MoneySettled, MoneyReturned, MoneyDue, MoneyOrdered} {
		if c.SetTracks([]FormTrack{FormDelivered}, []MoneyTrack{m}, 20260320); running(c) || c.AnsweredOn != 20260309 {
			t.Errorf("answered, then %s: answered on %s", m, c.AnsweredOn)
		}
	}
	// A later version of the letter starts the limit again.
	c.LetterOn, c.LetterVersion = 20260323, 2
	if clock, ok := c.RunningClock(p); !ok || clock.From != 20260323 {
		t.Errorf("letter version 2: %v %v", clock, ok)
	}
	c.SetTracks([]FormTrack{FormDelivered}, []MoneyTrack{MoneySubmitted}, 20260325)
	if running(c) || c.AnsweredOn != 20260325 {
		t.Errorf("paid to the new account: answered on %s", c.AnsweredOn)
	}

	c = issued() // the payment first
	c.SetTracks([]FormTrack{FormQueued}, []MoneyTrack{MoneySubmitted}, 20260305)
	if !running(c) || c.AnsweredOn != 0 {
		t.Errorf("money out, form queued: answered on %s", c.AnsweredOn)
	}
	_ = c.Apply(FormSentOut, 20260306)
	if running(c) || c.AnsweredOn != 20260306 {
		t.Errorf("money and form out: answered on %s", c.AnsweredOn)
	}

	c = issued() // nothing due
	c.SetTracks([]FormTrack{FormQueued}, nil, 20260305)
	_ = c.Suspend(code.HoldQueryOpen, code.Phrase{}, p, 20260305)
	_ = c.Apply(FormSentOut, 20260306)
	if running(c) || c.AnsweredOn != 20260306 || c.Effective() != Answered {
		t.Errorf("nothing due, held: answered on %s", c.AnsweredOn)
	}
}

// A supplement has no legal limit of its own: the letter's was met long ago.
func TestASupplementIsNotLate(t *testing.T) {
	p, cal := builtInProfiles(t)["2016"], builtInCalendar(t)
	c := at(Out, Confirmed)
	c.LetterOn, c.AnsweredOn = 20260105, 20260112
	c.SetTracks([]FormTrack{FormDelivered}, []MoneyTrack{MoneySettled}, 20260112)
	_ = c.Apply(SupplementStarted, 20260601)
	for _, step := range []func(){
		func() {},
		func() {
			_ = c.Apply(DebitDone, 20260602)
			c.SetTracks([]FormTrack{FormDelivered, FormQueued}, []MoneyTrack{MoneySettled, MoneyDue}, 20260602)
		},
		func() {
			_ = c.Apply(FormSentOut, 20260602)
			c.SetTracks([]FormTrack{FormDelivered, FormSent}, []MoneyTrack{MoneySettled, MoneyDue}, 20260602)
		},
	} {
		step()
		if c.SetDue(p, cal); c.Due != 0 {
			t.Errorf("%s: due %s, %s", c.State, c.Due, basis(c, p, cal))
		}
	}
}

// Reopened by letter version n+1, the limit starts again.
func TestAReopenedLetterStartsAgain(t *testing.T) {
	p, cal := builtInProfiles(t)["2021"], builtInCalendar(t)
	c := at(Out, Requested)
	c.LetterOn = 20260302
	_ = c.Apply(LetterDeclined, 20260304)
	if c.SetDue(p, cal); c.Due != 0 || basis(c, p, cal) != "" || c.ClosedOn != 20260304 {
		t.Errorf("declined: due %s %q, closed on %s", c.Due, basis(c, p, cal), c.ClosedOn)
	}
	_ = c.Apply(LetterReopened, 20260316)
	c.LetterOn, c.LetterVersion = 20260316, 2
	if c.SetDue(p, cal); c.Due != 20260330 || basis(c, p, cal) != "answer: 10 WD from 2026-03-16" || c.ClosedOn != 0 {
		t.Errorf("reopened: due %s %q, closed on %s", c.Due, basis(c, p, cal), c.ClosedOn)
	}
}

// Hold reasons of the profile stop the clock, others do not.
func TestStopsClock(t *testing.T) {
	p, cal := builtInProfiles(t)["2021"], builtInCalendar(t)
	letter := func() Case {
		c := at(Out, Requested)
		c.LetterOn = 20260302 // a Monday; no holidays until April
		return c
	}
	due := func(c *Case) calendar.Date { c.SetDue(p, cal); return c.Due }

	c := letter()
	if got := due(&c); got != 20260316 {
		t.Fatalf("without a hold: %s", got)
	}
	_ = c.Suspend(code.HoldPossibleDuplicate, code.Phrase{}, p, 20260304)
	if got := due(&c); got != 20260316 || len(c.Stopped) != 0 {
		t.Errorf("a reason that does not stop: %s, %v", got, c.Stopped)
	}
	_ = c.Unsuspend(20260309)
	if got := due(&c); got != 20260316 {
		t.Errorf("released: %s", got)
	}

	c = letter()
	_ = c.Suspend(code.HoldInHospitalOrFrozen, code.Phrase{}, p, 20260304) // two of ten days are over
	if got := due(&c); got != 0 || basis(c, p, cal) != "answer: 10 WD from 2026-03-02, stopped 1 times, stands still with 8 WD left" {
		t.Errorf("standing still: %s, %q", got, basis(c, p, cal))
	}
	_ = c.Unsuspend(20260309)
	if got := due(&c); got != 20260319 || c.Stopped[0] != (Span{From: 20260305, To: 20260309}) {
		t.Errorf("after three working days: %s, %v", got, c.Stopped)
	}
	_ = c.Suspend(code.HoldInHospitalOrFrozen, code.Phrase{}, p, 20260312)
	_ = c.Unsuspend(20260316)
	if got := due(&c); got != 20260323 || basis(c, p, cal) != "answer: 10 WD from 2026-03-02, stopped 2 times" {
		t.Errorf("held twice: %s, %q, %v", got, basis(c, p, cal), c.Stopped)
	}

	// A change of reason starts and stops the clock too; a copy made before keeps its spans.
	c = letter()
	_ = c.Suspend(code.HoldInHospitalOrFrozen, code.Phrase{}, p, 20260304)
	before := c
	_ = c.Suspend(code.HoldPossibleDuplicate, code.Phrase{}, p, 20260306)
	if got := due(&c); got != 20260318 || before.Stopped[0].To != 0 {
		t.Errorf("stopped, then not: %s, %v; copy %v", got, c.Stopped, before.Stopped)
	}
	_ = c.Suspend(code.HoldStillParticipating, code.Phrase{}, p, 20260309)
	if got := due(&c); got != 0 {
		t.Errorf("stopped again: %s, %v", got, c.Stopped)
	}
	_ = c.Unsuspend(20260310)
	if got := due(&c); got != 20260319 {
		t.Errorf("released: %s, %v", got, c.Stopped)
	}

	// Held and released on one day: nothing has stood still.
	c = letter()
	_ = c.Suspend(code.HoldInHospitalOrFrozen, code.Phrase{}, p, 20260304)
	_ = c.Unsuspend(20260304)
	if got := due(&c); got != 20260316 || len(c.Stopped) != 0 {
		t.Errorf("a hold of no day: %s, %v", got, c.Stopped)
	}

	// What stood still before the clock began does not count.
	c.Stopped = []Span{{From: 20260202, To: 20260227}}
	if got := due(&c); got != 20260316 || basis(c, p, cal) != "answer: 10 WD from 2026-03-02" {
		t.Errorf("an earlier stop: %s, %q", got, basis(c, p, cal))
	}
}

// A limit that reaches a year whose notice is not out is provisional.
func TestProvisional(t *testing.T) {
	p, cal := builtInProfiles(t)["2016"], builtInCalendar(t)
	c := at(Out, Requested)
	c.LetterOn = 20261215
	if c.SetDue(p, cal); c.Due == 0 || !c.DueProvisional {
		t.Errorf("across the new year: %s, provisional %v", c.Due, c.DueProvisional)
	}
	c.LetterOn = 20261201
	if c.SetDue(p, cal); c.Due != 20261222 || c.DueProvisional {
		t.Errorf("within the year: %s, provisional %v", c.Due, c.DueProvisional)
	}
	_ = c.Suspend(code.HoldArrears, code.Phrase{}, p, 20261203)
	if c.SetDue(p, cal); c.Due != 0 || c.DueProvisional {
		t.Errorf("standing still: %s, provisional %v", c.Due, c.DueProvisional)
	}
}

// count_from_next_day: no makes a worked day of receipt the first day.
func TestCountFromTheSameDay(t *testing.T) {
	p, cal := builtInProfiles(t)["2021"], builtInCalendar(t)
	p.CountFromNextDay = false
	c := at(Out, Requested)
	c.LetterOn = 20260302
	if c.SetDue(p, cal); c.Due != 20260313 {
		t.Errorf("due %s", c.Due)
	}
	c.LetterOn = 0
	if c.SetDue(p, cal); c.Due != 0 || basis(c, p, cal) != "" {
		t.Errorf("a clock without a beginning: %s %q", c.Due, basis(c, p, cal))
	}
}

// basis says how a case's limit is counted: "answer: 10 WD from 2026-03-02".
func basis(c Case, p Profile, cal *calendar.Calendar) string {
	limit := c.Limit(p, cal)
	if limit.From == 0 {
		return ""
	}
	text := fmt.Sprintf("%s: %d WD from %s", limit.Name, limit.WD, limit.From)
	if limit.Stopped > 0 {
		text += fmt.Sprintf(", stopped %d times", limit.Stopped)
	}
	if limit.Date == 0 {
		text += fmt.Sprintf(", stands still with %d WD left", limit.Left)
	}
	return text
}
