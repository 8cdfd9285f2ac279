package exchange

import (
	"errors"
	"fmt"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
)

// Move changes the case's state by a happening, or returns ErrNotAllowed.
// What happens to a held case moves the state it will return to; only a
// cancellation or annulment ends it where it is.
func (c *Case) Move(on Happening, day calendar.Date) error {
	if c.State == Held && on != Resume && on != CancelAgreed && on != VoidCompleted {
		left := *c
		left.State = c.HeldFrom
		to, err := left.Next(on)
		if err != nil {
			return err
		}
		c.HeldFrom = to
		return nil
	}
	to, err := c.Next(on)
	if err != nil {
		return err
	}
	if to != c.State {
		c.StateSince = day
	}
	c.State = to
	if to == Cancelled || to == Void {
		c.HeldFrom, c.Hold, c.HoldText, c.Wish = "", "", "", WishNone
	}
	if to.Final(c.Side) {
		c.ClosedOn = day
	} else {
		c.ClosedOn = 0
	}
	return nil
}

// Suspend holds the case for a reason; a case held already only changes its reason.
func (c *Case) Suspend(why code.Hold, text string, p Profile, day calendar.Date) error {
	if c.State == Held {
		c.Hold, c.HoldText = why, text
		return nil
	}
	from := c.State
	if err := c.Move(Hold, day); err != nil {
		return err
	}
	c.HeldFrom, c.Hold, c.HoldText, c.HeldOn = from, why, text, day
	if contains(p.StopsClock, why) {
		c.Stopped = append(c.Stopped, Span{From: day.AddDays(1)})
	}
	return nil
}

// Release lets a held case return to the state it left.
func (c *Case) Release(day calendar.Date) error {
	if err := c.Move(Resume, day); err != nil {
		return err
	}
	if n := len(c.Stopped); n > 0 && c.Stopped[n-1].To == 0 {
		c.Stopped[n-1].To = day
	}
	c.HeldFrom, c.Hold, c.HoldText, c.HeldOn = "", "", "", 0
	return nil
}

// Effective is the state of the case, or for a held one the state it left.
func (c Case) Effective() State {
	if c.State == Held {
		return c.HeldFrom
	}
	return c.State
}

// SetTracks gives the case the tracks of its least advanced form and part.
func (c *Case) SetTracks(forms []FormTrack, monies []MoneyTrack, day calendar.Date) {
	if f := LeastForm(c.Side, forms); f != c.FormTrack {
		c.FormTrack, c.FormSince = f, day
	}
	if m := LeastMoney(c.Side, monies); m != c.MoneyTrack {
		c.MoneyTrack, c.MoneySince = m, day
	}
}

// ErrInvariant is a case that must not be stored: the mistake is ours, not
// that of the record being worked.
var ErrInvariant = errors.New("invariant broken")

// Check says whether the case may be stored as it is: its three columns
// stand together, and it has what its state needs.
func (c Case) Check() error {
	if !c.Allowed() {
		return fmt.Errorf("case %s: %s/%s/%s may not stand together: %w", c.No, c.State, c.FormTrack, c.MoneyTrack, ErrInvariant)
	}
	if (c.State == Held) != (c.HeldFrom != "") {
		return fmt.Errorf("case %s: held and the state it left disagree: %w", c.No, ErrInvariant)
	}
	return nil
}
