package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Certificate is the proof of participation that the old place issues (C).
type Certificate struct {
	CertificateNo  string
	Replaces       string // the certificate that this one makes void
	RequestNo      string
	PersonalNo     string
	Person         Person
	Household      code.Household
	Scheme         code.Scheme
	FirstMonth     calendar.Month
	LastMonth      calendar.Month
	MonthsActual   int
	MonthsBackpaid int
	MonthsDeemed   int
	ArrearsAmount  money.Fen
	AccountOpened  calendar.Month
	Balance        money.Fen
	Agency         AgencyBlock
	IssuedOn       calendar.Date
	Clerk          string
	Echo           string
	Stays          []Stay
}

// checkCertificate: the months stated are those of the stays.
func checkCertificate(c *Certificate, f *batch.Findings) {
	checkPerson(f, &c.Person)
	checkOrder(f, "first_month", c.FirstMonth, "last_month", c.LastMonth)
	checkSender(f, "agency_code", c.Agency.Code)
	if checkStays(f, c.Stays) {
		n := countMonths(c.Stays)
		checkMonths(f, "months_actual", c.MonthsActual, n.actual)
		checkMonths(f, "months_backpaid", c.MonthsBackpaid, n.backpaid)
		checkMonths(f, "months_deemed", c.MonthsDeemed, n.deemed)
	}
}

func certificateKind() *batch.Kind {
	type C = Certificate
	row := batch.Layout[C]{
		Type:  "C",
		Title: batch.Words{ZH: "参保凭证", EN: "certificate"},
		Columns: batch.Columns(
			[]batch.Column[C]{
				batch.Number("certificate_no", "参保凭证编号", 32, batch.Required, func(c *C) *string { return &c.CertificateNo }),
				batch.Number("replaces", "作废的原凭证编号", 32, batch.Optional, func(c *C) *string { return &c.Replaces }),
				batch.Number("request_no", "申请编号", 32, batch.Optional, func(c *C) *string { return &c.RequestNo }),
				batch.Number("personal_no", "个人编号", 20, batch.Required, func(c *C) *string { return &c.PersonalNo }),
			},
			personColumns(func(c *C) *Person { return &c.Person }),
			[]batch.Column[C]{
				batch.List("household", "户籍类别", code.Households(), batch.Optional, func(c *C) *string { return (*string)(&c.Household) }),
				batch.List("scheme", "险种", code.Schemes(), batch.Required, func(c *C) *string { return (*string)(&c.Scheme) }),
				batch.Month("first_month", "首次缴费月份", batch.Optional, func(c *C) *calendar.Month { return &c.FirstMonth }),
				batch.Month("last_month", "最后缴费月份", batch.Optional, func(c *C) *calendar.Month { return &c.LastMonth }),
				batch.Int("months_actual", "实际缴费月数", 0, func(c *C) *int { return &c.MonthsActual }),
				batch.Int("months_backpaid", "补缴月数", 0, func(c *C) *int { return &c.MonthsBackpaid }),
				batch.Int("months_deemed", "视同缴费月数", 0, func(c *C) *int { return &c.MonthsDeemed }),
				batch.Money("arrears_amount", "欠费金额", func(c *C) *money.Fen { return &c.ArrearsAmount }),
				batch.Month("account_opened", "个人账户建立月份", batch.Optional, func(c *C) *calendar.Month { return &c.AccountOpened }),
				batch.Money("balance", "个人账户余额", func(c *C) *money.Fen { return &c.Balance }),
			},
			agencyColumns("agency_", "经办机构", func(c *C) *AgencyBlock { return &c.Agency }),
			[]batch.Column[C]{
				batch.Date("issued_on", "开具日期", batch.Required, func(c *C) *calendar.Date { return &c.IssuedOn }),
				batch.Text("clerk", "经办人", 20, batch.Required, func(c *C) *string { return &c.Clerk }),
				echoColumn(func(c *C) *string { return &c.Echo }),
			},
		),
		No:     []string{"certificate_no"},
		Key:    []string{"certificate_no"},
		Sum:    []string{"balance"},
		Check:  checkCertificate,
		Detail: stayRows(func(c *C) *[]Stay { return &c.Stays }),
	}
	return &batch.Kind{
		Name:      KindCertificate,
		Title:     batch.Words{ZH: "参保凭证", EN: "certificate"},
		Flow:      batch.Words{ZH: "经办机构 → 业务系统、网厅", EN: "agency → core or portal"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Core, batch.Portal},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
	}
}
