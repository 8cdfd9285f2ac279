package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// RegistryRecord is what the core knows of one person on a day (R). With its
// stays it replaces whatever was known before.
type RegistryRecord struct {
	PersonalNo    string
	AsOf          calendar.Date
	Person        Person
	Household     code.Household
	Scheme        code.Scheme
	FirstMonth    calendar.Month
	PaidTo        calendar.Month
	Status        code.RegistryStatus
	StoppedOn     calendar.Date
	ArrearsMonths batch.Maybe[int]
	ArrearsAmount batch.Maybe[money.Fen]
	AccountOpened calendar.Month
	Principal     money.Fen
	Interest      money.Fen
	Echo          string
	Stays         []Stay
}

func registryKind() *batch.Kind {
	type R = RegistryRecord
	row := batch.Layout[R]{
		Type:  "R",
		Title: batch.Words{ZH: "参保信息", EN: "registry record"},
		Columns: batch.Columns(
			[]batch.Column[R]{
				batch.Number("personal_no", "个人编号", 20, batch.Required, func(r *R) *string { return &r.PersonalNo }),
				batch.Date("as_of", "数据日期", batch.Required, func(r *R) *calendar.Date { return &r.AsOf }),
			},
			personColumns(func(r *R) *Person { return &r.Person }),
			[]batch.Column[R]{
				batch.List("household", "户籍类别", code.Households(), batch.Optional, func(r *R) *string { return (*string)(&r.Household) }),
				batch.List("scheme", "险种", code.Schemes(), batch.Required, func(r *R) *string { return (*string)(&r.Scheme) }),
				batch.Month("first_month", "首次缴费月份", batch.Optional, func(r *R) *calendar.Month { return &r.FirstMonth }),
				batch.Month("paid_to", "缴费至月份", batch.Optional, func(r *R) *calendar.Month { return &r.PaidTo }),
				batch.List("status", "参保状态", code.RegistryStatuses(), batch.Required, func(r *R) *string { return (*string)(&r.Status) }),
				batch.Date("stopped_on", "停保日期", batch.Optional, func(r *R) *calendar.Date { return &r.StoppedOn }).When(
					batch.Words{ZH: "参保状态为停保或终止", EN: "status is stopped or ended"},
					func(r *R) bool { return r.Status == code.RegistryStopped || r.Status == code.RegistryEnded }),
				batch.MaybeInt("arrears_months", "欠费月数", func(r *R) *batch.Maybe[int] { return &r.ArrearsMonths }),
				batch.MaybeMoney("arrears_amount", "欠费金额", func(r *R) *batch.Maybe[money.Fen] { return &r.ArrearsAmount }),
				batch.Month("account_opened", "个人账户建立月份", batch.Optional, func(r *R) *calendar.Month { return &r.AccountOpened }),
				batch.Money("principal", "个人账户本金", func(r *R) *money.Fen { return &r.Principal }),
				batch.Money("interest", "个人账户利息", func(r *R) *money.Fen { return &r.Interest }),
				echoColumn(func(r *R) *string { return &r.Echo }),
			},
		),
		No:  []string{"personal_no"},
		Key: []string{"personal_no", "as_of"},
		Sum: []string{"principal", "interest"},
		Check: func(r *R, f *batch.Findings) {
			checkPerson(f, &r.Person)
			checkOrder(f, "first_month", r.FirstMonth, "paid_to", r.PaidTo)
			checkStays(f, r.Stays)
		},
		Detail: stayRows(func(r *R) *[]Stay { return &r.Stays }),
	}
	return &batch.Kind{
		Name:      KindRegistry,
		Title:     batch.Words{ZH: "参保信息", EN: "registry"},
		Flow:      batch.Words{ZH: "业务系统 → 经办机构", EN: "core → agency"},
		Senders:   []batch.Role{batch.Core},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOpening,
		Scoped:    true,
	}
}
