package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// happenings are all that the tables know, but for hold and resume.
func happenings() []Happening {
	var all []Happening
	for _, s := range Steps() {
		if !slices.Contains(all, s.On) {
			all = append(all, s.On)
		}
	}
	return all
}

func statesOf(side Side) []State {
	var all []State
	for _, term := range StateTerms(side) {
		all = append(all, State(term.Code))
	}
	return all
}

func start(side Side) State {
	if side == In {
		return Applied
	}
	return Requested
}

// at is a case that stands in a state with tracks that allow every row.
func at(side Side, s State) Case {
	c := newModel(side).c
	c.State = s
	return c
}

// reach lists what can be reached from a state by the table, holds apart.
func reach(side Side, from State) map[State]bool {
	seen := map[State]bool{from: true}
	for queue := []State{from}; len(queue) > 0; queue = queue[1:] {
		for _, s := range Steps() {
			if s.Side == side && s.From == queue[0] && !seen[s.To] {
				seen[s.To] = true
				queue = append(queue, s.To)
			}
		}
	}
	return seen
}

func TestEveryStateIsReachedAndCanEnd(t *testing.T) {
	for _, side := range []Side{In, Out} {
		reached := reach(side, start(side))
		for _, s := range statesOf(side) {
			if s == Held {
				continue // TestHolds
			}
			if !reached[s] {
				t.Errorf("%s: nothing leads to %s", side, s)
			}
			ends := false
			for to := range reach(side, s) {
				ends = ends || to.Final(side)
			}
			if !ends {
				t.Errorf("%s: %s can never end", side, s)
			}
		}
	}
}

func TestStepsNameTheStatesOfTheirSide(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Steps() {
		states := statesOf(s.Side)
		if !slices.Contains(states, s.From) || !slices.Contains(states, s.To) || s.From == Held || s.To == Held {
			t.Errorf("%v names no state of its side", s)
		}
		if k := fmt.Sprint(s.Side, s.From, s.On); seen[k] {
			t.Errorf("%v stands twice", s)
		} else {
			seen[k] = true
		}
	}
}

// Every pair that is not listed is refused and changes nothing; every one
// that is listed leads where the table says.
func TestOnlyWhatIsListed(t *testing.T) {
	for _, side := range []Side{In, Out} {
		for _, from := range statesOf(side) {
			for _, on := range happenings() {
				var want State
				for _, s := range Steps() {
					if s.Side == side && s.From == from && s.On == on {
						want = s.To
					}
				}
				c := at(side, from)
				before := c
				err := c.Apply(on, 20260302)
				switch {
				case want == "" && !errors.Is(err, ErrNotAllowed):
					t.Errorf("%s %s: %s is not listed, but %v", side, from, on, err)
				case want == "" && fmt.Sprint(c) != fmt.Sprint(before):
					t.Errorf("%s %s: a refused %s changed the case", side, from, on)
				case want != "" && (err != nil || c.State != want):
					t.Errorf("%s %s: %s leads to %s (%v), want %s", side, from, on, c.State, err, want)
				}
			}
		}
	}
}

func TestTracksNameTheirSides(t *testing.T) {
	forms, monies := map[Side][]FormTrack{}, map[Side][]MoneyTrack{}
	for _, side := range []Side{In, Out} {
		for _, term := range FormTerms(side) {
			forms[side] = append(forms[side], FormTrack(term.Code))
		}
		for _, term := range MoneyTerms(side) {
			monies[side] = append(monies[side], MoneyTrack(term.Code))
		}
	}
	for _, s := range FormSteps() {
		for _, to := range s.To {
			if !slices.Contains(forms[s.Side], s.From) || !slices.Contains(forms[s.Side], to) || !CanForm(s.Side, s.From, to) || to == s.From {
				t.Errorf("form %v", s)
			}
		}
	}
	for _, s := range MoneySteps() {
		for _, to := range s.To {
			if !slices.Contains(monies[s.Side], s.From) || !slices.Contains(monies[s.Side], to) || !CanMoney(s.Side, s.From, to) || to == s.From {
				t.Errorf("money %v", s)
			}
		}
	}
	for _, no := range []bool{
		CanForm(In, FormNone, FormPosted), CanForm(Out, FormQueued, FormDelivered), CanForm(In, FormNone, FormQueued),
		CanMoney(Out, MoneyDue, MoneySubmitted), CanMoney(Out, MoneyOrdered, MoneySubmitted), CanMoney(Out, MoneySettled, MoneyDue),
		CanMoney(In, MoneyNone, MoneyPosted), CanMoney(In, MoneyReceived, MoneyPosted), CanMoney(Out, MoneyNone, MoneyReceived),
	} {
		if no {
			t.Error("a step that would skip a check is possible")
		}
	}
}

// A case is held in every state but those that have ended for good, keeps
// what it left, and returns there.
func TestHolds(t *testing.T) {
	for _, side := range []Side{In, Out} {
		for _, s := range statesOf(side) {
			c := at(side, s)
			err := c.Suspend(code.HoldOfficersDecision, code.Text("why"), Profile{}, 20260302)
			if s == Refused || s == Cancelled || s == Void {
				if !errors.Is(err, ErrNotAllowed) || c.State != s {
					t.Errorf("%s %s: held: %v", side, s, err)
				}
				continue
			}
			if s == Held {
				continue
			}
			if err != nil || c.State != Held || c.HeldFrom != s || c.Effective() != s || c.HeldOn != 20260302 || c.ClosedOn != 0 {
				t.Fatalf("%s %s: held: %v, %+v", side, s, err, c)
			}
			if err := c.Suspend(code.HoldQueryOpen, code.Text("another"), Profile{}, 20260304); err != nil || c.Hold != code.HoldQueryOpen || c.HeldFrom != s || c.HeldOn != 20260302 {
				t.Errorf("%s %s: another reason: %v, %+v", side, s, err, c)
			}
			if err := c.Unsuspend(20260305); err != nil || c.State != s || c.Hold != "" || !c.HoldText.IsZero() || c.HeldFrom != "" || c.HeldOn != 0 {
				t.Errorf("%s %s: released: %v, %+v", side, s, err, c)
			}
			if s.Final(side) != (c.ClosedOn == 20260305) {
				t.Errorf("%s %s: closed on %s", side, s, c.ClosedOn)
			}
			if err := c.Unsuspend(20260305); !errors.Is(err, ErrNotAllowed) {
				t.Errorf("%s %s: released twice: %v", side, s, err)
			}
		}
	}
}

func TestHoldAndResumeAreNotMoves(t *testing.T) {
	c := at(In, Requested)
	if err := c.Apply(Hold, 20260302); !errors.Is(err, ErrNotAllowed) || c.State != Requested {
		t.Errorf("move held: %v", err)
	}
	_ = c.Suspend(code.HoldQueryOpen, code.Phrase{}, Profile{}, 20260302)
	if err := c.Apply(Resume, 20260302); !errors.Is(err, ErrNotAllowed) || c.State != Held {
		t.Errorf("move resumed: %v", err)
	}
}

// What happens to a held case moves the state that it returns to; what that
// state does not list is refused; cancelled and void end the hold.
func TestWhatHappensToAHeldCase(t *testing.T) {
	for _, side := range []Side{In, Out} {
		for _, from := range statesOf(side) {
			for _, on := range happenings() {
				c, free := at(side, from), at(side, from)
				if from == Held || c.Suspend(code.HoldQueryOpen, code.Phrase{}, Profile{}, 20260302) != nil {
					continue
				}
				errHeld, errFree := c.Apply(on, 20260303), free.Apply(on, 20260303)
				if (errHeld == nil) != (errFree == nil) {
					t.Errorf("%s %s: %s: held %v, free %v", side, from, on, errHeld, errFree)
					continue
				}
				ended := errFree == nil && (free.State == Cancelled || free.State == Void)
				if c.Effective() != free.State || (c.State == Held) == ended || (c.Hold == "") != ended {
					t.Errorf("%s %s: %s leaves %s from %s, want %s", side, from, on, c.State, c.HeldFrom, free.State)
				}
			}
		}
	}
}

// Whose heirs are being paid is neither reopened nor cancelled.
func TestTheDeceasedStayDeclined(t *testing.T) {
	for _, on := range []Happening{LetterReopened, CancelAgreed} {
		c := at(Out, Declined)
		if _, err := c.Next(on); err != nil {
			t.Errorf("%s before anything is due: %v", on, err)
		}
		c.MoneyTrack = MoneyDue
		if _, err := c.Next(on); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("%s with money due: %v", on, err)
		}
	}
}

func TestCancelEndsAHoldAndItsClock(t *testing.T) {
	p := Profile{StopsClock: []code.Hold{code.HoldArrears}}
	c := at(Out, Requested)
	c.Wish = WishCancel
	_ = c.Suspend(code.HoldArrears, code.Text("欠费"), p, 20260302)
	if err := c.Apply(CancelAgreed, 20260304); err != nil {
		t.Fatal(err)
	}
	if c.State != Cancelled || c.HeldFrom != "" || c.Hold != "" || c.Wish != WishNone || c.ClosedOn != 20260304 || c.Stopped[0].To != 20260304 {
		t.Errorf("%+v", c)
	}
}

// A state that stays is not closed anew.
func TestStayingIsNotClosingAgain(t *testing.T) {
	c := at(In, PostingState)
	_ = c.Apply(AllPosted, 20260302)
	if err := c.Apply(LetterIssued, 20260401); err != nil || c.ClosedOn != 20260302 || c.StateSince != 20260302 {
		t.Errorf("%v: closed on %s, since %s", err, c.ClosedOn, c.StateSince)
	}
	if err := c.Apply(FormArrived, 20260402); err != nil || c.ClosedOn != 0 {
		t.Errorf("%v: reopened, closed on %s", err, c.ClosedOn)
	}
}

func TestCheck(t *testing.T) {
	held := at(Out, Held)
	held.HeldFrom, held.Hold = Requested, code.HoldArrears
	for name, spoil := range map[string]func(*Case){
		"columns that cannot stand together": func(c *Case) { c.MoneyTrack = MoneyDue; c.State = Requested; c.HeldFrom, c.Hold = "", "" },
		"held from nowhere":                  func(c *Case) { c.HeldFrom = "" },
		"held without a reason":              func(c *Case) { c.Hold = "" },
		"a reason without a hold":            func(c *Case) { c.State, c.HeldFrom = Requested, "" },
		"a clock left standing":              func(c *Case) { c.State, c.HeldFrom, c.Hold = Requested, "", ""; c.Stopped = []Span{{From: 20260302}} },
		"no letter":                          func(c *Case) { c.LetterNo = "" },
		"no letter version":                  func(c *Case) { c.LetterVersion = 0 },
	} {
		c := held
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		spoil(&c)
		if err := c.Check(); !errors.Is(err, ErrInvariant) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A random life, with nonsense in between, keeps what a case promises.
func TestRandomLives(t *testing.T) {
	profiles := builtInProfiles(t)
	cal := builtInCalendar(t)
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(rapid.SampledFrom([]Side{In, Out}).Draw(t, "side"))
		p := profiles[rapid.SampledFrom([]string{"2016", "2021"}).Draw(t, "profile")]
		x := newExplorer()
		m.c.LetterOn, m.c.AcceptedOn, m.c.FormOn = x.day, x.day, x.day
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			x.day = x.day.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
			nonsense(t, m.c, x.day)
			changes := x.changes(m)
			if len(changes) == 0 {
				return
			}
			next := changes[rapid.IntRange(0, len(changes)-1).Draw(t, "change")]
			m = next.to
			if why := rapid.SampledFrom(append([]code.Hold{""}, holdCodes()...)).Draw(t, "reason"); why != "" && m.c.State == Held {
				_ = m.c.Suspend(why, code.Phrase{}, p, x.day)
			}
			m.c.SetDue(p, cal)
			promises(t, m.c, next.what, x.day)
		}
	})
}

// nonsense lets anything happen to a copy: it is refused, or leads to a state of the side.
func nonsense(t *rapid.T, c Case, day calendar.Date) {
	on := rapid.SampledFrom(append(happenings(), Hold, Resume, "", "nonsense")).Draw(t, "nonsense")
	before := fmt.Sprint(c)
	if err := c.Apply(on, day); err != nil {
		if !errors.Is(err, ErrNotAllowed) || fmt.Sprint(c) != before {
			t.Fatalf("%s: %v", on, err)
		}
		return
	}
	if !slices.Contains(statesOf(c.Side), c.Effective()) {
		t.Fatalf("%s leads to %s", on, c.Effective())
	}
}

func promises(t *rapid.T, c Case, what string, day calendar.Date) {
	if err := c.Check(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	turn, ok := TurnOf(Turns(), c)
	if !ok && !c.State.Final(c.Side) {
		t.Fatalf("%s: nobody has a turn at %s/%s/%s", what, c.State, c.FormTrack, c.MoneyTrack)
	}
	if ok && (turn.Owner == "" || turn.WD < 1) {
		t.Fatalf("%s: turn %v", what, turn)
	}
	if (c.ClosedOn != 0) != c.State.Final(c.Side) {
		t.Fatalf("%s: %s closed on %s", what, c.State, c.ClosedOn)
	}
	if c.StateSince > day || c.FormSince > day || c.MoneySince > day || c.AnsweredOn > day {
		t.Fatalf("%s: a date in the future: %+v", what, c)
	}
	for i, s := range c.Stopped {
		open := s.To == 0
		if open && i < len(c.Stopped)-1 || !open && s.To < s.From || i > 0 && s.From <= c.Stopped[i-1].To {
			t.Fatalf("%s: the clock stood still %v", what, c.Stopped)
		}
	}
	if c.Due != 0 && c.Due < c.LetterOn {
		t.Fatalf("%s: due %s", what, c.Due)
	}
}

func holdCodes() []code.Hold {
	var all []code.Hold
	for _, e := range code.Holds() {
		all = append(all, code.Hold(e.Code))
	}
	return all
}
