package exchange_test

import (
	"slices"
	"testing"

	. "carryover/exchange"
)

// Every track of money to others has its place, and what may leave it leads on.
func TestPlaces(t *testing.T) {
	want := map[Place][]MoneyTrack{
		PlaceHere: {MoneyDue, MoneyOrdered, MoneyReleased}, PlaceBank: {MoneyUnknown, MoneySubmitted}, PlaceGone: {MoneySettled},
		PlaceBack: {MoneyReturned}, PlaceNone: {MoneyNotDue},
	}
	n := 0
	for place, tracks := range want {
		got := TracksIn(place)
		slices.Sort(got)
		slices.Sort(tracks)
		if !slices.Equal(got, tracks) {
			t.Errorf("%q: %v, want %v", place, got, tracks)
		}
		n += len(got)
	}
	if n != len(MoneyTerms(Out)) {
		t.Errorf("%d tracks have a place, there are %d", n, len(MoneyTerms(Out)))
	}
}
