package exchange

import (
	"errors"
	"fmt"
)

// Happening is what makes a column of a case change. Its name is the
// event's name in the journal.
type Happening string

// What can happen to a case's state.
const (
	// New place.
	AuditPassed    Happening = "audit_passed"    // the application is in order
	AuditReturned  Happening = "audit_returned"  // something is missing: returned for supplement
	AuditRefused   Happening = "audit_refused"   // out of scope
	Supplemented   Happening = "supplemented"    // application version n+1
	LetterIssued   Happening = "letter_issued"   // contact letter, first or next version
	FormArrived    Happening = "form_arrived"    // information form, original, corrected or supplement
	DeclineArrived Happening = "decline_arrived" // the old place said no
	PostingsAsked  Happening = "postings_asked"  // N, Y or U queued for the core
	MonthsDone     Happening = "months_done"     // 2021: months credited, account still open
	AllPosted      Happening = "all_posted"      // months and account credited by the core

	// Old place.
	LetterAccepted    Happening = "letter_accepted"    // E and B queued
	LetterDeclined    Happening = "letter_declined"    // D queued
	LetterReopened    Happening = "letter_reopened"    // letter version n+1 after a decline
	EndDone           Happening = "end_done"           // the core ended participation
	DebitDone         Happening = "debit_done"         // the core debited the account: liquidated
	FormSentOut       Happening = "form_sent"          // the form is in the drop
	SupplementStarted Happening = "supplement_started" // new months or balance after the end
	CompletionArrived Happening = "completion_arrived" // K completed

	// Both.
	Hold          Happening = "held"
	Resume        Happening = "resumed"
	CancelAgreed  Happening = "cancelled"
	VoidCompleted Happening = "voided"
)

// Step is one row of the table of states: in From, On leads to To.
type Step struct {
	Side Side
	From State
	On   Happening
	To   State
}

// Steps is the table of states for both sides, holds apart (see Move). A pair that is not
// listed is refused.
func Steps() []Step {
	return []Step{
		{In, Applied, AuditPassed, Accepted},
		{In, Applied, AuditReturned, Returned},
		{In, Applied, AuditRefused, Refused},
		{In, Returned, Supplemented, Applied},
		{In, Declined, Supplemented, Applied},
		{In, Accepted, LetterIssued, Requested},
		{In, Requested, LetterIssued, Requested},
		{In, Answered, LetterIssued, Answered},
		{In, PostingState, LetterIssued, PostingState},
		{In, RelationDone, LetterIssued, RelationDone},
		{In, Completed, LetterIssued, Completed},
		{In, Requested, DeclineArrived, Declined},
		{In, Requested, FormArrived, Answered},
		{In, Answered, FormArrived, Answered},
		{In, PostingState, FormArrived, Answered},
		{In, RelationDone, FormArrived, Answered},
		{In, Completed, FormArrived, Answered},
		{In, Answered, PostingsAsked, PostingState},
		{In, PostingState, PostingsAsked, PostingState},
		{In, RelationDone, PostingsAsked, RelationDone},
		{In, PostingState, MonthsDone, RelationDone},
		{In, Answered, MonthsDone, RelationDone}, // a correction that changes nothing booked
		{In, Answered, AllPosted, Completed},
		{In, PostingState, AllPosted, Completed},
		{In, RelationDone, AllPosted, Completed},
		{In, Applied, CancelAgreed, Cancelled},
		{In, Returned, CancelAgreed, Cancelled},
		{In, Accepted, CancelAgreed, Cancelled},
		{In, Requested, CancelAgreed, Cancelled},
		{In, Declined, CancelAgreed, Cancelled},
		{In, Held, CancelAgreed, Cancelled},
		{In, Requested, VoidCompleted, Void},
		{In, Answered, VoidCompleted, Void},
		{In, PostingState, VoidCompleted, Void},
		{In, RelationDone, VoidCompleted, Void},
		{In, Completed, VoidCompleted, Void},
		{In, Held, VoidCompleted, Void},

		{Out, Requested, LetterAccepted, Accepted},
		{Out, Requested, LetterDeclined, Declined},
		{Out, Declined, LetterReopened, Requested},
		{Out, Accepted, EndDone, Ended},
		{Out, Accepted, DebitDone, Liquidated}, // a supplement: B alone
		{Out, Ended, DebitDone, Liquidated},
		{Out, Liquidated, FormSentOut, Answered},
		{Out, Answered, FormSentOut, Answered},
		{Out, Confirmed, FormSentOut, Answered},
		{Out, Answered, SupplementStarted, Accepted},
		{Out, Confirmed, SupplementStarted, Accepted},
		{Out, Answered, CompletionArrived, Confirmed},
		{Out, Requested, CancelAgreed, Cancelled},
		{Out, Declined, CancelAgreed, Cancelled},
		{Out, Held, CancelAgreed, Cancelled},
		{Out, Accepted, VoidCompleted, Void},
		{Out, Ended, VoidCompleted, Void},
		{Out, Liquidated, VoidCompleted, Void},
		{Out, Answered, VoidCompleted, Void},
		{Out, Confirmed, VoidCompleted, Void},
		{Out, Held, VoidCompleted, Void},
	}
}

// FormStep and MoneyStep are rows of the tables of the two tracks: a form or
// a part of the remittance may go from From to each of To.
type FormStep struct {
	Side Side
	From FormTrack
	To   []FormTrack
}

// MoneyStep is a row of the table of the money track.
type MoneyStep struct {
	Side Side
	From MoneyTrack
	To   []MoneyTrack
}

// FormSteps is the table of the form track.
func FormSteps() []FormStep {
	return []FormStep{
		{In, FormNone, []FormTrack{FormReceived}},
		{In, FormReceived, []FormTrack{FormChecked, FormDiffers}},
		{In, FormDiffers, []FormTrack{FormChecked}},
		{In, FormChecked, []FormTrack{FormPosted, FormDiffers}},
		{Out, FormNone, []FormTrack{FormQueued}},
		{Out, FormQueued, []FormTrack{FormSent}},
		{Out, FormSent, []FormTrack{FormDelivered, FormRefused}},
		{Out, FormRefused, []FormTrack{FormQueued}},
	}
}

// MoneySteps is the table of the money track.
func MoneySteps() []MoneyStep {
	return []MoneyStep{
		{In, MoneyNone, []MoneyTrack{MoneyReceived, MoneyNotDue}},
		{In, MoneyReceived, []MoneyTrack{MoneyMatched, MoneyDiffers, MoneyNotDue}},
		{In, MoneyDiffers, []MoneyTrack{MoneyMatched, MoneyReceived, MoneyNotDue}},
		{In, MoneyMatched, []MoneyTrack{MoneyPosted, MoneyDiffers, MoneyReceived}},
		{In, MoneyPosted, []MoneyTrack{MoneyMatched, MoneyDiffers}},
		{In, MoneyNotDue, []MoneyTrack{MoneyNone, MoneyDiffers}},
		{Out, MoneyNotDue, []MoneyTrack{MoneyDue}},
		{Out, MoneyDue, []MoneyTrack{MoneyOrdered, MoneyNotDue}},
		{Out, MoneyOrdered, []MoneyTrack{MoneyReleased, MoneyDue}},
		{Out, MoneyReleased, []MoneyTrack{MoneySubmitted, MoneyUnknown, MoneyDue}},
		{Out, MoneyUnknown, []MoneyTrack{MoneySubmitted, MoneySettled, MoneyReturned, MoneyDue}},
		{Out, MoneySubmitted, []MoneyTrack{MoneySettled, MoneyReturned, MoneyUnknown}},
		{Out, MoneySettled, []MoneyTrack{MoneyReturned}},
		{Out, MoneyReturned, []MoneyTrack{MoneyDue}},
	}
}

// Triples is a row of the table of allowed triples: in State, each of Forms
// with each of Monies. The SQL check of the cases table is made from it.
type Triples struct {
	Side   Side
	State  State
	Forms  []FormTrack
	Monies []MoneyTrack
}

// AllowedTriples is the table of allowed triples.
func AllowedTriples() []Triples {
	noForm := []FormTrack{FormNone}
	early := []MoneyTrack{MoneyNone, MoneyReceived, MoneyDiffers} // money may come before its form
	anyIn := []FormTrack{FormNone, FormReceived, FormDiffers, FormChecked, FormPosted}
	hereIn := anyIn[1:]
	moneyIn := []MoneyTrack{MoneyNone, MoneyReceived, MoneyMatched, MoneyDiffers, MoneyNotDue, MoneyPosted}
	anyOut := []FormTrack{FormNone, FormQueued, FormSent, FormDelivered, FormRefused}
	issued := anyOut[1:]
	nothing := []MoneyTrack{MoneyNotDue}
	moneyOut := []MoneyTrack{MoneyDue, MoneyOrdered, MoneyReleased, MoneySubmitted, MoneyUnknown, MoneySettled, MoneyReturned, MoneyNotDue}
	return []Triples{
		{In, Applied, noForm, early},
		{In, Returned, noForm, early},
		{In, Refused, noForm, early},
		{In, Accepted, noForm, early},
		{In, Requested, noForm, early},
		{In, Answered, hereIn, moneyIn},
		{In, PostingState, hereIn, moneyIn},
		{In, RelationDone, []FormTrack{FormPosted}, moneyIn},
		{In, Completed, []FormTrack{FormPosted}, []MoneyTrack{MoneyPosted, MoneyNotDue}},
		{In, Declined, noForm, early},
		{In, Held, anyIn, moneyIn},
		{In, Cancelled, noForm, early},
		{In, Void, anyIn, moneyIn},

		{Out, Requested, noForm, nothing},
		{Out, Held, anyOut, moneyOut},
		{Out, Declined, noForm, moneyOut}, // deceased: the heirs are paid, no form
		{Out, Accepted, anyOut, moneyOut}, // a supplement starts from forms already issued
		{Out, Ended, noForm, nothing},
		{Out, Liquidated, []FormTrack{FormQueued}, moneyOut},
		{Out, Answered, issued, moneyOut},
		{Out, Confirmed, []FormTrack{FormDelivered, FormSent}, moneyOut},
		{Out, Cancelled, noForm, nothing},
		{Out, Void, anyOut, moneyOut},
	}
}

// ErrNotAllowed is returned for a change that no table lists.
var ErrNotAllowed = errors.New("not allowed in this state")

// Next returns the state that follows, or ErrNotAllowed. Hold is possible
// in every state that is not final (and in declined Out cases never);
// Resume only from held, to the state that was left.
func (c Case) Next(on Happening) (State, error) {
	switch on {
	case Hold:
		if c.State == Held || c.State == Refused || c.State == Cancelled || c.State == Void {
			return "", fmt.Errorf("%s on %s %s: %w", on, c.Side, c.State, ErrNotAllowed)
		}
		return Held, nil
	case Resume:
		if c.State != Held {
			return "", fmt.Errorf("%s on %s %s: %w", on, c.Side, c.State, ErrNotAllowed)
		}
		return c.HeldFrom, nil
	}
	for _, s := range steps {
		if s.Side == c.Side && s.From == c.State && s.On == on {
			return s.To, nil
		}
	}
	return "", fmt.Errorf("%s on %s %s: %w", on, c.Side, c.State, ErrNotAllowed)
}

var steps = Steps()

// CanForm reports whether a form may go from one track to another.
func CanForm(side Side, from, to FormTrack) bool {
	for _, s := range FormSteps() {
		if s.Side == side && s.From == from {
			return contains(s.To, to)
		}
	}
	return false
}

// CanMoney reports whether a part of the remittance may go from one track to another.
func CanMoney(side Side, from, to MoneyTrack) bool {
	for _, s := range MoneySteps() {
		if s.Side == side && s.From == from {
			return contains(s.To, to)
		}
	}
	return false
}

// Allowed reports whether the three columns of a case may stand together.
func (c Case) Allowed() bool {
	for _, t := range triples {
		if t.Side == c.Side && t.State == c.State {
			return contains(t.Forms, c.FormTrack) && contains(t.Monies, c.MoneyTrack)
		}
	}
	return false
}

var triples = AllowedTriples()

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if y == x {
			return true
		}
	}
	return false
}
