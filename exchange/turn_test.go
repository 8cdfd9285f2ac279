package exchange_test

import (
	"fmt"
	"slices"
	"testing"

	. "carryover/exchange"
	"carryover/exchange/code"
)

// positions lists where a case can stand: every allowed triple, a held one
// for every reason.
func positions() []Case {
	var all []Case
	for _, row := range AllowedTriples() {
		for _, f := range row.Forms {
			for _, m := range row.Monies {
				c := Case{Side: row.Side, State: row.State, FormTrack: f, MoneyTrack: m}
				if row.State != Held {
					all = append(all, c)
					continue
				}
				for _, h := range append(holdCodes(), "") {
					c.Hold = h
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// open reports whether somebody still has something to do about a case: it is
// not final, or its money or form is still under way.
func open(c Case) bool {
	switch {
	case !c.State.Final(c.Side):
		return true
	case c.Side == In && c.State != Completed:
		return c.MoneyTrack == MoneyReceived || c.MoneyTrack == MoneyDiffers || c.MoneyTrack == MoneyMatched
	case c.Side == In:
		return c.MoneyTrack != MoneyPosted && c.MoneyTrack != MoneyNotDue
	case c.State == Void:
		return c.MoneyTrack == MoneyReturned
	case c.State == Confirmed && c.FormTrack != FormDelivered:
		return true
	}
	return c.MoneyTrack != MoneySettled && c.MoneyTrack != MoneyNotDue
}

// Every open position has an owner and a limit, every closed one has none.
func TestEveryOpenPositionHasAnOwner(t *testing.T) {
	owners := map[Owner]bool{}
	for _, term := range OwnerTerms() {
		owners[Owner(term.Code)] = true
	}
	n := 0
	for _, c := range positions() {
		turn, ok := TurnOf(Turns(), c)
		where := fmt.Sprintf("%s %s/%s/%s %s", c.Side, c.State, c.FormTrack, c.MoneyTrack, c.Hold)
		switch {
		case ok != open(c):
			t.Errorf("%s: has an owner: %v (%s), is open: %v", where, ok, turn.Key, open(c))
		case ok && (!owners[turn.Owner] || turn.WD < 1 || turn.Wait.Chinese == "" || turn.Wait.English == ""):
			t.Errorf("%s: %+v", where, turn)
		}
		if ok {
			n++
		}
	}
	t.Logf("%d open positions of %d", n, len(positions()))
}

// Keys are unique, no row is hidden by those before it, and each counts from
// a column that it is about.
func TestEveryTurnIsSomebodys(t *testing.T) {
	met := map[string]bool{}
	for _, c := range positions() {
		if turn, ok := TurnOf(Turns(), c); ok {
			met[turn.Key] = true
		}
	}
	seen := map[string]bool{}
	for _, turn := range Turns() {
		if seen[turn.Key] {
			t.Errorf("%s stands twice", turn.Key)
		}
		seen[turn.Key] = true
		if !met[turn.Key] {
			t.Errorf("%s is never anybody's turn", turn.Key)
		}
		if !slices.Contains([]string{"state", "form", "money"}, turn.Since) {
			t.Errorf("%s counts from %q", turn.Key, turn.Since)
		}
		for _, h := range turn.Holds {
			if !h.Known() || !slices.Equal(turn.States, []State{Held}) {
				t.Errorf("%s: hold %s", turn.Key, h)
			}
		}
	}
}

// The limits that SPEC 3 names, and whose turn it then is.
func TestLimitsOfTheSpecification(t *testing.T) {
	for _, v := range []struct {
		name  string
		c     Case
		owner Owner
		wd    int
	}{
		{"held", Case{Side: In, State: Held, FormTrack: FormNone, MoneyTrack: MoneyNone, Hold: code.HoldAwaitingRegistry}, OwnerStaff, 5},
		{"held until the person stops", Case{Side: Out, State: Held, FormTrack: FormNone, MoneyTrack: MoneyNotDue, Hold: code.HoldInHospitalOrFrozen}, OwnerPerson, 5},
		{"held until the partner answers", Case{Side: In, State: Held, FormTrack: FormChecked, MoneyTrack: MoneyNone, Hold: code.HoldQueryOpen}, OwnerPartner, 5},
		{"held for a difference", Case{Side: Out, State: Held, FormTrack: FormDelivered, MoneyTrack: MoneySettled, Hold: code.HoldAmountDiffers}, OwnerFinance, 5},
		{"payee missing", Case{Side: Out, State: Held, FormTrack: FormDelivered, MoneyTrack: MoneyDue, Hold: code.HoldPayeeMissing}, OwnerPerson, 20},
		{"prepared, unreleased", Case{Side: Out, State: Answered, FormTrack: FormDelivered, MoneyTrack: MoneyOrdered}, OwnerFinance, 2},
		{"unknown", Case{Side: Out, State: Answered, FormTrack: FormSent, MoneyTrack: MoneyUnknown}, OwnerFinance, 1},
		{"submitted, unsettled", Case{Side: Out, State: Answered, FormTrack: FormDelivered, MoneyTrack: MoneySubmitted}, OwnerBank, 3},
		{"confirmed, unsettled", Case{Side: Out, State: Confirmed, FormTrack: FormDelivered, MoneyTrack: MoneySubmitted}, OwnerBank, 3},
		{"debited, unpaid", Case{Side: Out, State: Answered, FormTrack: FormDelivered, MoneyTrack: MoneyDue}, OwnerFinance, 5},
		{"deceased, heirs unpaid", Case{Side: Out, State: Declined, FormTrack: FormNone, MoneyTrack: MoneyDue}, OwnerFinance, 5},
		{"form without money", Case{Side: In, State: RelationDone, FormTrack: FormPosted, MoneyTrack: MoneyNone}, OwnerPartner, 20},
		{"money without form", Case{Side: In, State: Requested, FormTrack: FormNone, MoneyTrack: MoneyReceived}, OwnerPartner, 10},
		{"money of a supplement without form", Case{Side: In, State: Completed, FormTrack: FormPosted, MoneyTrack: MoneyReceived}, OwnerPartner, 10},
		{"money of a declined case", Case{Side: In, State: Declined, FormTrack: FormNone, MoneyTrack: MoneyReceived}, OwnerFinance, 10},
		{"settled without completion", Case{Side: Out, State: Answered, FormTrack: FormDelivered, MoneyTrack: MoneySettled}, OwnerPartner, 25},
		{"nothing due, without completion", Case{Side: Out, State: Answered, FormTrack: FormDelivered, MoneyTrack: MoneyNotDue}, OwnerPartner, 25},
		{"returned", Case{Side: Out, State: Confirmed, FormTrack: FormDelivered, MoneyTrack: MoneyReturned}, OwnerPartner, 5},
		{"refused form", Case{Side: Out, State: Answered, FormTrack: FormRefused, MoneyTrack: MoneySettled}, OwnerStaff, 5},
		{"posting", Case{Side: In, State: PostingState, FormTrack: FormChecked, MoneyTrack: MoneyNone}, OwnerCore, 5},
	} {
		if !v.c.Allowed() {
			t.Errorf("%s is no position", v.name)
		}
		if turn, ok := TurnOf(Turns(), v.c); !ok || turn.Owner != v.owner || turn.WD != v.wd {
			t.Errorf("%s: %s has %d WD (%s), want %s %d", v.name, turn.Owner, turn.WD, turn.Key, v.owner, v.wd)
		}
	}
}
