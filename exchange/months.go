package exchange

import (
	"sort"

	"carryover/exchange/calendar"
)

// Months is what stays add up to, each month counted once: actual before
// back-paid before deemed; Gap the months between First and Last in no stay.
type Months struct {
	First, Last              calendar.Month
	Actual, Backpaid, Deemed int
	Gap                      int
}

// Total is the number of distinct months.
func (m Months) Total() int { return m.Actual + m.Backpaid + m.Deemed }

var kindRank = map[string]int{StayActual: 1, StayBackpaid: 2, StayDeemed: 3}

// CountMonths counts the distinct months of stays by kind.
func CountMonths(stays []Stay) Months {
	var m Months
	kinds := monthKinds(stays)
	for month, rank := range kinds {
		switch rank {
		case 1:
			m.Actual++
		case 2:
			m.Backpaid++
		default:
			m.Deemed++
		}
		if m.First == 0 || month < m.First {
			m.First = month
		}
		if month > m.Last {
			m.Last = month
		}
	}
	if m.First != 0 {
		m.Gap = m.Last.Sub(m.First) + 1 - m.Total()
	}
	return m
}

func monthKinds(stays []Stay) map[calendar.Month]int {
	kinds := make(map[calendar.Month]int)
	for _, s := range stays {
		rank := kindRank[s.Kind]
		for m := s.From; m <= s.To; m = m.Add(1) {
			if have, ok := kinds[m]; !ok || rank < have {
				kinds[m] = rank
			}
		}
	}
	return kinds
}

// CreditMonths returns what of a form's stays is new to a place with its own
// stays: each month at most once, in order, and how many months of the form
// were counted there already. Form months = months of the result + overlapping.
func CreditMonths(form, own []Stay) (credit []Stay, overlapping int) {
	taken := make(map[calendar.Month]bool)
	for m := range monthKinds(own) {
		taken[m] = true
	}
	seen := make(map[calendar.Month]bool)
	for _, s := range byPrecedence(form) {
		var open *Stay
		for m := s.From; m <= s.To; m = m.Add(1) {
			first := !seen[m]
			seen[m] = true
			if first && taken[m] {
				overlapping++
			}
			if !first || taken[m] {
				open = nil
				continue
			}
			if open == nil {
				credit = append(credit, Stay{Area: s.Area, Scheme: s.Scheme, From: m, To: m, Kind: s.Kind})
				open = &credit[len(credit)-1]
			}
			open.To = m
		}
	}
	sort.SliceStable(credit, func(i, j int) bool { return credit[i].From < credit[j].From })
	return credit, overlapping
}

// byPrecedence orders stays actual, back-paid, deemed, each by month.
func byPrecedence(stays []Stay) []Stay {
	out := append([]Stay(nil), stays...)
	sort.SliceStable(out, func(i, j int) bool {
		if a, b := kindRank[out[i].Kind], kindRank[out[j].Kind]; a != b {
			return a < b
		}
		return out[i].From < out[j].From
	})
	return out
}

// AddedStays returns the stays of now that were not in before, and whether
// every stay of before is still there unchanged. Stays that lengthened count
// as unchanged with the additional months added.
func AddedStays(before, now []Stay) (added []Stay, kept bool) {
	was, is := monthKinds(before), monthKinds(now)
	kept = true
	for m, rank := range was {
		if is[m] != rank {
			kept = false
		}
	}
	added, _ = CreditMonths(now, before)
	return added, kept
}
