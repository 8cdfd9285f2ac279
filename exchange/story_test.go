package exchange_test

import (
	"strings"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/code"
)

// TestStories lets cases live as SPEC 2 and 3 tell: what happens, and the
// states they come to stand in.
func TestStories(t *testing.T) {
	for _, v := range []struct {
		name   string
		side   Side
		events string
		states string
	}{
		{
			"2016, to the end", In,
			"audit_passed letter_issued form_arrived postings_asked all_posted",
			"accepted requested answered posting completed",
		},
		{
			"2021, the relation before the account", In,
			"audit_passed letter_issued form_arrived postings_asked months_done postings_asked all_posted",
			"accepted requested answered posting relation_done relation_done completed",
		},
		{
			"refused", In,
			"audit_refused", "refused",
		},
		{
			"returned, supplemented, refused", In,
			"audit_returned supplemented audit_refused", "returned applied refused",
		},
		{
			"declined, a new version of the application", In,
			"audit_passed letter_issued decline_arrived supplemented audit_passed letter_issued form_arrived",
			"accepted requested declined applied accepted requested answered",
		},
		{
			"declined, an officer writes again", In,
			"audit_passed letter_issued decline_arrived letter_issued form_arrived",
			"accepted requested declined requested answered",
		},
		{
			"the account changes, whatever has come", In,
			"audit_passed letter_issued letter_issued form_arrived letter_issued postings_asked letter_issued months_done letter_issued all_posted letter_issued",
			"accepted requested requested answered answered posting posting relation_done relation_done completed completed",
		},
		{
			"corrections reopen what was done", In,
			"audit_passed letter_issued form_arrived form_arrived postings_asked form_arrived postings_asked months_done form_arrived months_done form_arrived all_posted form_arrived",
			"accepted requested answered answered posting answered posting relation_done answered relation_done answered completed answered",
		},
		{"cancelled at once", In, "cancelled", "cancelled"},
		{"cancelled when returned", In, "audit_returned cancelled", "returned cancelled"},
		{"cancelled before the letter", In, "audit_passed cancelled", "accepted cancelled"},
		{"cancelled, the old place agreeing", In, "audit_passed letter_issued cancelled", "accepted requested cancelled"},
		{"cancelled after a decline", In, "audit_passed letter_issued decline_arrived cancelled", "accepted requested declined cancelled"},
		{"annulled before the form", In, "audit_passed letter_issued voided", "accepted requested void"},
		{"annulled after completion", In, "audit_passed letter_issued form_arrived postings_asked all_posted voided", "accepted requested answered posting completed void"},
		{
			"held, the form comes meanwhile", In,
			"audit_passed letter_issued held form_arrived postings_asked resumed", "accepted requested held held held posting",
		},
		{"held, cancelled", In, "audit_passed letter_issued held cancelled", "accepted requested held cancelled"},
		{"held, annulled", In, "audit_passed letter_issued form_arrived held voided", "accepted requested answered held void"},

		{
			"transferred out", Out,
			"letter_accepted end_done debit_done form_sent completion_arrived",
			"accepted ended liquidated answered confirmed",
		},
		{
			"declined and reopened", Out,
			"letter_declined letter_reopened letter_declined letter_reopened letter_accepted", "declined requested declined requested accepted",
		},
		{
			"a supplement before the completion", Out,
			"letter_accepted end_done debit_done form_sent supplement_started debit_done form_sent completion_arrived",
			"accepted ended liquidated answered accepted liquidated answered confirmed",
		},
		{
			"a supplement after it", Out,
			"letter_accepted end_done debit_done form_sent completion_arrived supplement_started debit_done form_sent completion_arrived",
			"accepted ended liquidated answered confirmed accepted liquidated answered confirmed",
		},
		{
			"a version of the form without a debit", Out,
			"letter_accepted end_done debit_done form_sent completion_arrived form_sent completion_arrived",
			"accepted ended liquidated answered confirmed answered confirmed",
		},
		{
			"a refused form goes out again during a supplement", Out,
			"letter_accepted end_done debit_done form_sent supplement_started form_sent debit_done form_sent",
			"accepted ended liquidated answered accepted accepted liquidated answered",
		},
		{"cancelled in time", Out, "cancelled", "cancelled"},
		{"cancelled after a decline", Out, "letter_declined cancelled", "declined cancelled"},
		{"cancelled while held", Out, "held cancelled", "held cancelled"},
		{"annulled at once", Out, "letter_accepted voided", "accepted void"},
		{"annulled after the end", Out, "letter_accepted end_done voided", "accepted ended void"},
		{"annulled after the debit", Out, "letter_accepted end_done debit_done voided", "accepted ended liquidated void"},
		{"annulled after the answer", Out, "letter_accepted end_done debit_done form_sent voided", "accepted ended liquidated answered void"},
		{"annulled after the completion", Out, "letter_accepted end_done debit_done form_sent completion_arrived voided", "accepted ended liquidated answered confirmed void"},
		{
			"held by the core, which goes on", Out,
			"letter_accepted held end_done debit_done resumed form_sent", "accepted held held held liquidated answered",
		},
	} {
		c := newModel(v.side).c
		var states []string
		for _, on := range strings.Fields(v.events) {
			if err := happen(&c, Happening(on)); err != nil {
				t.Errorf("%s: %v", v.name, err)
			}
			states = append(states, string(c.State))
		}
		if got := strings.Join(states, " "); got != v.states {
			t.Errorf("%s:\n%s, want\n%s", v.name, got, v.states)
		}
	}
}

// happen lets something happen to a case, a hold and its end as well.
func happen(c *Case, on Happening) error {
	switch on {
	case Hold:
		return c.Suspend("officers-decision", code.Phrase{}, Profile{}, 20260302)
	case Resume:
		return c.Unsuspend(20260302)
	}
	return c.Apply(on, 20260302)
}

// After acceptance nobody cancels alone, and nothing is annulled before.
func TestCancelOrVoid(t *testing.T) {
	after := map[Side][]State{
		In:  {Answered, PostingState, RelationDone, Completed},
		Out: {Accepted, Ended, Liquidated, Answered, Confirmed},
	}
	for side, states := range after {
		for _, s := range states {
			if _, err := at(side, s).Next(CancelAgreed); err == nil {
				t.Errorf("%s %s can be cancelled", side, s)
			}
			if _, err := at(side, s).Next(VoidCompleted); err != nil {
				t.Errorf("%s %s cannot be annulled: %v", side, s, err)
			}
		}
	}
	for side, states := range map[Side][]State{In: {Applied, Returned, Accepted, Declined, Refused, Cancelled}, Out: {Requested, Declined, Cancelled}} {
		for _, s := range states {
			if _, err := at(side, s).Next(VoidCompleted); err == nil {
				t.Errorf("%s %s can be annulled", side, s)
			}
		}
	}
}
