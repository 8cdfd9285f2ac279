package story

import (
	"slices"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

func TestByUrgency(t *testing.T) {
	listed := func(no string, turn *Turn, limit *Due) ListedCase {
		return ListedCase{Outline: Outline{Case: exchange.Case{No: no}, Turn: turn, Limit: limit}}
	}
	legal := func(no string, due calendar.Date, left int) ListedCase {
		r := listed(no, nil, &Due{Due: due, Left: left})
		r.decide()
		return r
	}
	own := func(no string, due calendar.Date, left int) ListedCase {
		r := listed(no, &Turn{Due: due, Left: left}, nil)
		r.decide()
		return r
	}
	both := listed("own limit passed, the legal one has not", &Turn{Due: 20260409, Left: -2}, &Due{Due: 20260420, Left: 5})
	both.decide()
	want := []string{"legal, long over", "legal, over", "own, longest over", "own limit passed, the legal one has not", "legal, soon", "legal, later", "own, tomorrow", "stopped"}
	list := []ListedCase{
		listed("stopped", nil, &Due{Stopped: true, Left: 3}),
		own("own, tomorrow", 20260414, 1), legal("legal, later", 20260430, 9), both, legal("legal, soon", 20260415, 2),
		own("own, longest over", 20260301, -20), legal("legal, over", 20260410, -1), legal("legal, long over", 20260401, -6),
	}
	slices.SortStableFunc(list, byUrgency)
	for i, r := range list {
		if r.No != want[i] {
			t.Errorf("place %d: %s, want %s", i, r.No, want[i])
		}
	}
}
