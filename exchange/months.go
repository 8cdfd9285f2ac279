package exchange

import (
	"cmp"
	"maps"
	"slices"

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

// rank is the precedence of a kind of stay: the lowest wins a month.
func rank(kind string) int {
	switch kind {
	case StayActual:
		return 1
	case StayBackpaid:
		return 2
	}
	return 3
}

// CountMonths counts the distinct months of stays by kind.
func CountMonths(stays []Stay) Months {
	var m Months
	for month, s := range byMonth(stays) {
		switch rank(s.Kind) {
		case 1:
			m.Actual++
		case 2:
			m.Backpaid++
		default:
			m.Deemed++
		}
		m.First = min(cmp.Or(m.First, month), month)
		m.Last = max(m.Last, month)
	}
	if m.First != 0 {
		m.Gap = m.Last.Sub(m.First) + 1 - m.Total()
	}
	return m
}

// monthStay is what one month counts as: where, in which scheme, of which kind.
type monthStay struct{ Area, Scheme, Kind string }

// byMonth lists the months of stays, each with the stay that counts for it.
func byMonth(stays []Stay) map[calendar.Month]monthStay {
	months := make(map[calendar.Month]monthStay)
	for _, s := range byPrecedence(stays) {
		for m := s.From; m <= s.To; m = m.Add(1) {
			if _, taken := months[m]; !taken {
				months[m] = monthStay{s.Area, s.Scheme, s.Kind}
			}
		}
	}
	return months
}

// CreditMonths returns what of a form's stays is new to a place with its own
// stays: each month once, in order, as few stays as can say so; and how many
// months of the form were counted there already. Months of the form = months
// of the result + overlapping.
func CreditMonths(form, own []Stay) (credit []Stay, overlapping int) {
	taken, months := byMonth(own), byMonth(form)
	for _, m := range slices.Sorted(maps.Keys(months)) {
		if _, counted := taken[m]; counted {
			overlapping++
			continue
		}
		s := months[m]
		if n := len(credit); n > 0 && credit[n-1].To.Add(1) == m && s == (monthStay{credit[n-1].Area, credit[n-1].Scheme, credit[n-1].Kind}) {
			credit[n-1].To = m
			continue
		}
		credit = append(credit, Stay{Area: s.Area, Scheme: s.Scheme, From: m, To: m, Kind: s.Kind})
	}
	return credit, overlapping
}

// byPrecedence orders stays actual, back-paid, deemed; each kind by month,
// then by place and scheme, so that the order in a file decides nothing.
func byPrecedence(stays []Stay) []Stay {
	out := slices.Clone(stays)
	slices.SortStableFunc(out, func(a, b Stay) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.From, b.From),
			cmp.Compare(a.Area, b.Area), cmp.Compare(a.Scheme, b.Scheme))
	})
	return out
}

// AddedStays returns the stays of now that were not in before, and whether
// every month of before still counts as it did: in the same place and scheme,
// of the same kind. A stay that has grown longer counts as kept, its further
// months as added.
func AddedStays(before, now []Stay) (added []Stay, kept bool) {
	is := byMonth(now)
	kept = true
	for m, was := range byMonth(before) {
		kept = kept && is[m] == was
	}
	added, _ = CreditMonths(now, before)
	return added, kept
}
