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

// HappeningTerms lists what can happen with the words that staff read, the
// new place first, then the old place, then both.
func HappeningTerms() []Term {
	return []Term{
		{string(AuditPassed), "审核通过，受理", "application accepted"},
		{string(AuditReturned), "退回补正", "returned for supplement"},
		{string(AuditRefused), "不予受理", "application refused"},
		{string(Supplemented), "收到补正申请", "supplemented"},
		{string(LetterIssued), "发出联系函", "contact letter issued"},
		{string(FormArrived), "收到信息表", "information form received"},
		{string(DeclineArrived), "对方不予转出", "declined by the old place"},
		{string(PostingsAsked), "提请业务系统入账", "core asked to post"},
		{string(MonthsDone), "缴费年限已入账，关系办结", "months credited, relation done"},
		{string(AllPosted), "年限和个人账户均已入账，办结", "months and account credited, completed"},
		{string(LetterAccepted), "受理联系函", "letter accepted"},
		{string(LetterDeclined), "不予转出", "letter declined"},
		{string(LetterReopened), "收到新版联系函，重新办理", "next version of the letter, reopened"},
		{string(EndDone), "参保关系已终止", "participation ended"},
		{string(DebitDone), "个人账户已清算", "account liquidated"},
		{string(FormSentOut), "信息表已发出", "form sent"},
		{string(SupplementStarted), "开始补充转移", "supplement started"},
		{string(CompletionArrived), "对方已办结", "completed by the new place"},
		{string(Hold), "暂缓办理", "held"},
		{string(Resume), "恢复办理", "resumed"},
		{string(CancelAgreed), "已撤销", "cancelled"},
		{string(VoidCompleted), "已作废", "voided"},
	}
}

// Step is one row of the table of states: in From, On leads to To.
type Step struct {
	Side Side
	From State
	On   Happening
	To   State
}

// Steps is the table of states for both sides, holds apart: a case may be
// held in every state but those that have ended for good (see Next), and
// returns to the state it left. A pair that is not listed is refused.
func Steps() []Step {
	return []Step{
		{In, Applied, AuditPassed, Accepted},
		{In, Applied, AuditReturned, Returned},
		{In, Applied, AuditRefused, Refused},
		{In, Returned, Supplemented, Applied},
		{In, Declined, Supplemented, Applied},
		{In, Declined, LetterIssued, Requested}, // an officer writes again, nothing but the letter has changed
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
		{In, Requested, VoidCompleted, Void},
		{In, Answered, VoidCompleted, Void},
		{In, PostingState, VoidCompleted, Void},
		{In, RelationDone, VoidCompleted, Void},
		{In, Completed, VoidCompleted, Void},

		{Out, Requested, LetterAccepted, Accepted},
		{Out, Requested, LetterDeclined, Declined},
		{Out, Declined, LetterReopened, Requested},
		{Out, Accepted, EndDone, Ended},
		{Out, Accepted, DebitDone, Liquidated}, // a supplement: B alone
		{Out, Ended, DebitDone, Liquidated},
		{Out, Liquidated, FormSentOut, Answered},
		{Out, Accepted, FormSentOut, Accepted}, // one refused earlier goes out again while a supplement is under way
		{Out, Answered, FormSentOut, Answered},
		{Out, Confirmed, FormSentOut, Answered},
		{Out, Answered, SupplementStarted, Accepted},
		{Out, Confirmed, SupplementStarted, Accepted},
		{Out, Answered, CompletionArrived, Confirmed},
		{Out, Requested, CancelAgreed, Cancelled},
		{Out, Declined, CancelAgreed, Cancelled},
		{Out, Accepted, VoidCompleted, Void},
		{Out, Ended, VoidCompleted, Void},
		{Out, Liquidated, VoidCompleted, Void},
		{Out, Answered, VoidCompleted, Void},
		{Out, Confirmed, VoidCompleted, Void},
	}
}

// ErrNotAllowed is returned for a change that no table lists.
var ErrNotAllowed = errors.New("not allowed in this state")

// The tables, made once: they are read for every event.
var (
	steps      = Steps()
	formSteps  = FormSteps()
	moneySteps = MoneySteps()
	triples    = AllowedTriples()
)

// Next returns the state that follows, or ErrNotAllowed. What happens to a
// held case is judged by the state it left and leaves it held, but for a
// cancellation or annulment, which end it. A case may be held in every state
// but held, refused, cancelled and void: money can still go wrong after
// completed, confirmed and declined. Once the heirs of somebody who has died
// are being paid, a declined letter is neither reopened nor cancelled.
func (c Case) Next(on Happening) (State, error) {
	if to, ok := c.follow(on); ok {
		return to, nil
	}
	if c.State == Held {
		return "", fmt.Errorf("%s on %s %s (held): %w", on, c.Side, c.HeldFrom, ErrNotAllowed)
	}
	return "", fmt.Errorf("%s on %s %s: %w", on, c.Side, c.State, ErrNotAllowed)
}

func (c Case) follow(on Happening) (State, bool) {
	switch on {
	case Hold:
		return Held, c.State.holdable()
	case Resume:
		return c.HeldFrom, c.State == Held
	}
	if c.Side == Out && c.Effective() == Declined && c.MoneyTrack != MoneyNotDue {
		return "", false
	}
	to, ok := step(c.Side, c.Effective(), on)
	if c.State == Held && to != Cancelled && to != Void {
		return Held, ok
	}
	return to, ok
}

// step looks a pair up in the table of states.
func step(side Side, from State, on Happening) (State, bool) {
	for _, s := range steps {
		if s.Side == side && s.From == from && s.On == on {
			return s.To, true
		}
	}
	return "", false
}

func (s State) holdable() bool {
	switch s {
	case Held, Refused, Cancelled, Void:
		return false
	}
	return true
}
