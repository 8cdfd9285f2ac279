package exchange

import (
	"errors"
	"fmt"
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// Apply changes the case's state by a happening, or returns ErrNotAllowed and
// changes nothing. What happens to a held case moves the state it will return
// to; only a cancellation or annulment ends it where it is. A case is held by
// Suspend and let go by Unsuspend, not by Apply.
func (c *Case) Apply(on Happening, day calendar.Date) error {
	to, err := c.Next(on)
	if err != nil {
		return err
	}
	if on == Hold || on == Resume {
		return fmt.Errorf("%s is not a move: %w", on, ErrNotAllowed)
	}
	if to == Held {
		c.HeldFrom, _ = step(c.Side, c.HeldFrom, on)
		c.noteAnswer(day)
		return nil
	}
	if c.State == Held {
		c.endHold(day)
	}
	c.enter(to, day)
	if to == Cancelled || to == Void {
		c.Wish = WishNone
	}
	return nil
}

// enter lets the case come to stand in a state.
func (c *Case) enter(to State, day calendar.Date) {
	if to == c.State {
		return
	}
	c.State, c.StateSince, c.ClosedOn = to, day, 0
	if to.Final(c.Side) {
		c.ClosedOn = day
	}
	c.noteAnswer(day)
}

// Suspend holds the case for a reason of code.Holds, or returns
// ErrNotAllowed. A case held already only changes its reason. The clock
// stands still from the next day on while the profile's stops_clock names the
// reason.
func (c *Case) Suspend(why code.Hold, text code.Phrase, p Profile, day calendar.Date) error {
	if c.State != Held {
		if _, err := c.Next(Hold); err != nil {
			return err
		}
		c.HeldFrom, c.HeldOn = c.State, day
		c.enter(Held, day)
	}
	c.Hold, c.HoldText = why, text
	if slices.Contains(p.StopsClock, why) {
		c.stopClock(day)
	} else {
		c.startClock(day)
	}
	return nil
}

// Unsuspend lets a held case return to the state it left, or returns
// ErrNotAllowed. The clock runs again from the next day on.
func (c *Case) Unsuspend(day calendar.Date) error {
	to, err := c.Next(Resume)
	if err != nil {
		return err
	}
	c.endHold(day)
	c.enter(to, day)
	return nil
}

func (c *Case) endHold(day calendar.Date) {
	c.HeldFrom, c.Hold, c.HoldText, c.HeldOn = "", "", code.Phrase{}, 0
	c.startClock(day)
}

// stopped reports whether a hold has stopped the clock.
func (c Case) stopped() bool {
	n := len(c.Stopped)
	return n > 0 && c.Stopped[n-1].To == 0
}

func (c *Case) stopClock(day calendar.Date) {
	if !c.stopped() {
		c.Stopped = append(slices.Clone(c.Stopped), Span{From: day.AddDays(1)})
	}
}

// startClock ends the span in which the clock stood still; one of no days is
// not kept. The spans of a copy of the case stay as they are.
func (c *Case) startClock(day calendar.Date) {
	if !c.stopped() {
		return
	}
	spans := slices.Clone(c.Stopped)
	last := &spans[len(spans)-1]
	if last.To = day; last.To < last.From {
		spans = spans[:len(spans)-1]
	}
	c.Stopped = spans
}

// Effective is the state of the case, or for a held one the state it left.
func (c Case) Effective() State {
	if c.State == Held {
		return c.HeldFrom
	}
	return c.State
}

// SetTracks gives the case the tracks of its least advanced form (of those
// that no later version replaces) and part.
func (c *Case) SetTracks(forms []FormTrack, monies []MoneyTrack, day calendar.Date) {
	if f := LeastForm(c.Side, forms); f != c.FormTrack {
		c.FormTrack, c.FormSince = f, day
	}
	if m := LeastMoney(c.Side, monies); m != c.MoneyTrack {
		c.MoneyTrack, c.MoneySince = m, day
	}
	c.noteAnswer(day)
}

// noteAnswer records the day on which the old place met its limit: the form
// in the drop and the payment submitted (SPEC 2.12). A later version of the
// letter starts the limit again.
func (c *Case) noteAnswer(day calendar.Date) {
	if c.Side != Out || c.answered() {
		return
	}
	switch c.Effective() {
	case Answered, Confirmed:
	default:
		return
	}
	switch c.MoneyTrack {
	case MoneySubmitted, MoneySettled, MoneyReturned, MoneyNotDue:
		c.AnsweredOn = day
	}
}

// answered reports whether the old place has answered the current letter version.
func (c Case) answered() bool { return c.AnsweredOn != 0 && c.AnsweredOn >= c.LetterOn }

// ErrInvariant is a case that must not be stored: the mistake is ours, not
// that of the record being worked.
var ErrInvariant = errors.New("invariant broken")

// Check says whether the case may be stored as it is: its three columns
// stand together, and it has what its state needs.
func (c Case) Check() error {
	broken := func(what string) error { return fmt.Errorf("case %s: %s: %w", c.No, what, ErrInvariant) }
	switch {
	case !c.Allowed():
		return broken(fmt.Sprintf("%s/%s/%s may not stand together", c.State, c.FormTrack, c.MoneyTrack))
	case (c.State == Held) != (c.HeldFrom != ""):
		return broken("held and the state it left disagree")
	case (c.State == Held) != (c.Hold != ""):
		return broken("held and the reason disagree")
	case c.State != Held && c.stopped():
		return broken("a clock stands still, though nothing is held")
	case c.needsLetter() && (c.LetterNo == "" || c.LetterVersion < 1):
		return broken(fmt.Sprintf("%s without a letter", c.Effective()))
	}
	return nil
}

// needsLetter reports whether a case cannot stand where it stands without a letter.
func (c Case) needsLetter() bool {
	switch c.Effective() {
	case Applied, Returned, Refused, Accepted, Cancelled:
		return c.Side == Out
	}
	return true
}
