package formats

import (
	"fmt"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Stay is a detail row: consecutive months paid in one place and scheme.
type Stay struct {
	Area   string
	Scheme code.Scheme
	From   calendar.Month
	To     calendar.Month
	Months int // the number of months From..To
	Kind   code.StayKind
}

func stayRows[R any](at func(*R) *[]Stay) *batch.Detail[R] {
	return batch.Details("S", batch.Words{ZH: "缴费时段", EN: "stay"}, []batch.Column[Stay]{
		batch.Area("area", "缴费地区划代码", batch.Required, func(s *Stay) *string { return &s.Area }),
		batch.List("scheme", "险种", code.Schemes(), batch.Required, func(s *Stay) *string { return (*string)(&s.Scheme) }),
		batch.Month("from_month", "起始月份", batch.Required, func(s *Stay) *calendar.Month { return &s.From }),
		batch.Month("to_month", "终止月份", batch.Required, func(s *Stay) *calendar.Month { return &s.To }),
		batch.Int("months", "月数", 1, func(s *Stay) *int { return &s.Months }).Hinted(hintMonths),
		batch.List("kind", "缴费性质", code.StayKinds(), batch.Required, func(s *Stay) *string { return (*string)(&s.Kind) }),
	}, at)
}

// checkStays checks each stay by itself and reports whether all are right.
func checkStays(f *batch.Findings, stays []Stay) bool {
	if !f.DetailsOK() {
		return false
	}
	ok := true
	for i := range stays {
		s := &stays[i]
		switch months := s.To.Sub(s.From) + 1; {
		case s.To < s.From:
			f.AddDetail(i, "to_month", code.ImpossibleDate, "终止月份早于起始月份 / to_month lies before from_month")
			ok = false
		case s.Months != months:
			f.AddDetail(i, "months", code.MonthsDoNotAddUp, fmt.Sprintf("起止之间为%d个月 / from and to make %d months", months, months))
			ok = false
		}
	}
	return ok
}

// monthCount is how many distinct months lie in stays: each month once,
// actual before back-paid before deemed.
type monthCount struct{ actual, backpaid, deemed, gap int }

func countMonths(stays []Stay) monthCount {
	if len(stays) == 0 {
		return monthCount{}
	}
	first, last := stays[0].From, stays[0].To
	for i := range stays {
		first, last = min(first, stays[i].From), max(last, stays[i].To)
	}
	var n monthCount
	counts := [...]struct {
		kind code.StayKind
		of   *int
	}{{"", &n.gap}, {code.StayDeemed, &n.deemed}, {code.StayBackpaid, &n.backpaid}, {code.StayActual, &n.actual}}
	months := make([]byte, last.Sub(first)+1) // index into counts, the strongest wins
	for rank := 1; rank < len(counts); rank++ {
		for i := range stays {
			if s := &stays[i]; s.Kind == counts[rank].kind {
				from, to := s.From.Sub(first), s.To.Sub(first)
				for j := from; j <= to; j++ {
					months[j] = byte(rank)
				}
			}
		}
	}
	for _, rank := range months {
		*counts[rank].of++
	}
	return n
}

// checkMonths compares a stated number of months with what the stays make.
func checkMonths(f *batch.Findings, field string, stated, counted int) {
	if f.OK(field) && stated != counted {
		f.Add(field, code.MonthsDoNotAddUp, fmt.Sprintf("按缴费时段应为%d个月 / the stays make %d months", counted, counted))
	}
}
