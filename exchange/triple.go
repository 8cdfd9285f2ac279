package exchange

import "slices"

// Triples is a row of the table of allowed triples: in State, each of Forms
// with each of Monies. A state may have several rows. The SQL check of the
// cases table is made from it.
type Triples struct {
	Side   Side
	State  State
	Forms  []FormTrack
	Monies []MoneyTrack
}

// AllowedTriples is the table of allowed triples: what the tables of states
// and tracks can lead to, which a test proves, and nothing else.
func AllowedTriples() []Triples { return append(triplesIn(), triplesOut()...) }

func triplesIn() []Triples {
	noForm := []FormTrack{FormNone}
	form := []FormTrack{FormReceived, FormDiffers, FormChecked, FormPosted}
	posted := []FormTrack{FormPosted}
	// Money may come before its form, and be paid back before there is one.
	early := []MoneyTrack{MoneyNone, MoneyReceived, MoneyDiffers, MoneyNotDue}
	any := []MoneyTrack{MoneyNone, MoneyReceived, MoneyMatched, MoneyDiffers, MoneyNotDue, MoneyPosted}
	// The money of a supplement, too, may come before its form; a completed
	// case that is being annulled is matched again; an annulled one pays back.
	closed := []MoneyTrack{MoneyPosted, MoneyNotDue, MoneyReceived, MoneyDiffers, MoneyMatched}
	unposted := []MoneyTrack{MoneyNotDue, MoneyReceived, MoneyDiffers, MoneyMatched}
	return []Triples{
		{In, Applied, noForm, early},
		{In, Returned, noForm, early},
		{In, Refused, noForm, early},
		{In, Accepted, noForm, early},
		{In, Requested, noForm, early},
		{In, Answered, form, any},
		{In, PostingState, form, any},
		{In, RelationDone, posted, any},
		{In, Completed, posted, closed},
		{In, Declined, noForm, early},
		{In, Held, noForm, early},
		{In, Held, form, any},
		{In, Cancelled, noForm, early},
		{In, Void, noForm, early},
		{In, Void, form, unposted},
	}
}

func triplesOut() []Triples {
	noForm := []FormTrack{FormNone}
	issued := []FormTrack{FormQueued, FormSent, FormDelivered, FormRefused}
	nothing := []MoneyTrack{MoneyNotDue}
	any := []MoneyTrack{MoneyDue, MoneyOrdered, MoneyReleased, MoneySubmitted, MoneyUnknown, MoneySettled, MoneyReturned, MoneyNotDue}
	paid := []MoneyTrack{MoneyNotDue, MoneySettled, MoneyReturned}
	return []Triples{
		{Out, Requested, noForm, nothing},
		{Out, Held, noForm, any},
		{Out, Held, issued, any},
		{Out, Declined, noForm, any}, // deceased: the heirs are paid, no form
		{Out, Accepted, noForm, nothing},
		{Out, Accepted, issued, any}, // a supplement
		{Out, Ended, noForm, nothing},
		{Out, Liquidated, []FormTrack{FormQueued, FormRefused}, any},
		{Out, Answered, issued, any},
		{Out, Confirmed, []FormTrack{FormQueued, FormSent, FormDelivered}, any}, // queued: a corrected version
		{Out, Cancelled, noForm, nothing},
		{Out, Void, noForm, nothing},
		{Out, Void, issued, paid},
	}
}

// Allowed reports whether the three columns of a case may stand together.
func (c Case) Allowed() bool {
	for _, t := range triples {
		if t.Side == c.Side && t.State == c.State && slices.Contains(t.Forms, c.FormTrack) && slices.Contains(t.Monies, c.MoneyTrack) {
			return true
		}
	}
	return false
}
