package formats

import (
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
		batch.List("scheme", "险种", code.Schemes(), batch.Required, func(s *Stay) *code.Scheme { return &s.Scheme }),
		batch.Month("from_month", "起始月份", batch.Required, func(s *Stay) *calendar.Month { return &s.From }),
		batch.Month("to_month", "终止月份", batch.Required, func(s *Stay) *calendar.Month { return &s.To }),
		batch.Int("months", "月数", 1, func(s *Stay) *int { return &s.Months }),
		batch.List("kind", "缴费性质", code.StayKinds(), batch.Required, func(s *Stay) *code.StayKind { return &s.Kind }),
	}, at)
}
