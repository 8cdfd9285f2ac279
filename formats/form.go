package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Form is the information form of the old place (F): months, stays, balance.
type Form struct {
	FormNo         string
	Version        int
	Nature         code.Nature
	OfFormNo       string // of a supplement: the form it adds to
	LetterNo       string
	LetterVersion  int
	Echo           string
	Person         Person
	PersonalNo     string
	Scheme         code.Scheme
	EndedOn        calendar.Date
	FirstMonth     calendar.Month
	PaidTo         calendar.Month
	DeemedTo       calendar.Month
	AccountOpened  calendar.Month
	MonthsActual   int
	MonthsBackpaid int
	MonthsDeemed   int
	MonthsGap      batch.Maybe[int]
	ArrearsAmount  money.Fen
	Money          code.MoneyKind
	Principal      money.Fen
	Interest       money.Fen
	Amount         money.Fen
	PayerName      string
	PayerAccount   string
	PaymentRef     string
	Agency         AgencyBlock
	Remark         string
	IssuedOn       calendar.Date
	Clerk          string
	Checker        string
	Stays          []Stay
}

func formKind() *batch.Kind {
	return &batch.Kind{
		Name:      KindForm,
		Title:     batch.Words{ZH: "信息表", EN: "information form"},
		Flow:      batch.Words{ZH: "转出地 → 转入地", EN: "old → new agency"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{formRow(), declineRow()},
		Order:     orderForm,
		Signed:    true,
	}
}

// checkForm: the months stated are those of the stays, the amount is principal
// and interest, and agrees with what is done with the money.
func checkForm(r *Form, f *batch.Findings) {
	checkPerson(f, &r.Person)
	checkOrder(f, "first_month", r.FirstMonth, "paid_to", r.PaidTo)
	checkSender(f, "agency_code", r.Agency.Code)
	if checkStays(f, r.Stays) {
		n := countMonths(r.Stays)
		checkMonths(f, "months_actual", r.MonthsActual, n.actual)
		checkMonths(f, "months_backpaid", r.MonthsBackpaid, n.backpaid)
		checkMonths(f, "months_deemed", r.MonthsDeemed, n.deemed)
		if r.MonthsGap.Given {
			checkMonths(f, "months_gap", r.MonthsGap.Value, n.gap)
		}
	}
	if f.OK("principal", "interest", "amount") && r.Amount != money.Clamped(r.Principal, r.Interest) {
		f.Add("amount", code.Amount, textNotTheSum)
		return
	}
	if !f.OK("money", "amount") {
		return
	}
	if r.Money == code.Zero && r.Amount != 0 {
		f.Add("amount", code.Amount, "资金处理方式为 ZERO 时应为 0.00 / 0.00 when money is ZERO")
	}
	if r.Money == code.Remitted && r.Amount == 0 {
		f.Add("amount", code.Amount, "资金处理方式为 REMITTED 时不能为 0.00 / not 0.00 when money is REMITTED")
	}
}

func formRow() *batch.Row {
	type F = Form
	return batch.Layout[F]{
		Type:    "F",
		Title:   batch.Words{ZH: "信息表", EN: "information form"},
		Columns: batch.Columns(formHead(), formMonths(), formMoney(), formFoot()),
		No:      []string{"form_no"},
		Key:     []string{"form_no", "version"},
		Sum:     []string{"amount"},
		Check:   checkForm,
		Detail:  stayRows(func(f *F) *[]Stay { return &f.Stays }),
	}.Row()
}

func formHead() []batch.Column[Form] {
	type F = Form
	return batch.Columns(
		[]batch.Column[F]{
			batch.Number("form_no", "信息表编号", 32, batch.Required, func(f *F) *string { return &f.FormNo }).Hinted(hintFormIssued),
			batch.Int("version", "版本", 1, func(f *F) *int { return &f.Version }).Hinted(hintVersion),
			batch.List("nature", "信息表性质", code.Natures(), batch.Required, func(f *F) *string { return (*string)(&f.Nature) }),
			batch.Number("of_form_no", "所补充的信息表编号", 32, batch.Optional, func(f *F) *string { return &f.OfFormNo }).When(
				batch.Words{ZH: "信息表性质为补充", EN: "nature is supplement"},
				func(f *F) bool { return f.Nature == code.NatureSupplement }),
			batch.Number("letter_no", "联系函编号", 32, batch.Required, func(f *F) *string { return &f.LetterNo }).Hinted(hintLetterNo),
			batch.Int("letter_version", "联系函版本", 1, func(f *F) *int { return &f.LetterVersion }),
			echoColumn(func(f *F) *string { return &f.Echo }),
		},
		personColumns(func(f *F) *Person { return &f.Person }),
		[]batch.Column[F]{
			batch.Number("personal_no", "个人编号", 20, batch.Required, func(f *F) *string { return &f.PersonalNo }),
			batch.List("scheme", "险种", code.Schemes(), batch.Required, func(f *F) *string { return (*string)(&f.Scheme) }),
			batch.Date("ended_on", "终止参保日期", batch.Required, func(f *F) *calendar.Date { return &f.EndedOn }),
		},
	)
}

func formMonths() []batch.Column[Form] {
	type F = Form
	return []batch.Column[F]{
		batch.Month("first_month", "首次缴费月份", batch.Optional, func(f *F) *calendar.Month { return &f.FirstMonth }),
		batch.Month("paid_to", "缴费至月份", batch.Optional, func(f *F) *calendar.Month { return &f.PaidTo }),
		batch.Month("deemed_to", "视同缴费至月份", batch.Optional, func(f *F) *calendar.Month { return &f.DeemedTo }),
		batch.Month("account_opened", "个人账户建立月份", batch.Optional, func(f *F) *calendar.Month { return &f.AccountOpened }),
		batch.Int("months_actual", "实际缴费月数", 0, func(f *F) *int { return &f.MonthsActual }),
		batch.Int("months_backpaid", "补缴月数", 0, func(f *F) *int { return &f.MonthsBackpaid }),
		batch.Int("months_deemed", "视同缴费月数", 0, func(f *F) *int { return &f.MonthsDeemed }),
		batch.MaybeInt("months_gap", "中断月数", func(f *F) *batch.Maybe[int] { return &f.MonthsGap }),
		batch.Money("arrears_amount", "欠费金额", func(f *F) *money.Fen { return &f.ArrearsAmount }),
	}
}

func formMoney() []batch.Column[Form] {
	type F = Form
	remitting := batch.Words{ZH: "资金处理方式为 REMITTED", EN: "money is REMITTED"}
	remitted := func(f *F) bool { return f.Money == code.Remitted }
	return []batch.Column[F]{
		batch.List("money", "资金处理方式", code.MoneyKinds(), batch.Required, func(f *F) *string { return (*string)(&f.Money) }),
		batch.Money("principal", "个人账户本金", func(f *F) *money.Fen { return &f.Principal }),
		batch.Money("interest", "个人账户利息", func(f *F) *money.Fen { return &f.Interest }),
		batch.Money("amount", "转移金额", func(f *F) *money.Fen { return &f.Amount }).Hinted(hintSum),
		batch.Text("payer_name", "付款户名", 140, batch.Optional, func(f *F) *string { return &f.PayerName }).When(remitting, remitted),
		batch.Number("payer_account", "付款账号", 34, batch.Optional, func(f *F) *string { return &f.PayerAccount }).When(remitting, remitted),
		batch.Number("payment_ref", "付款编号", 35, batch.Optional, func(f *F) *string { return &f.PaymentRef }).When(remitting, remitted),
	}
}

func formFoot() []batch.Column[Form] {
	type F = Form
	return batch.Columns(
		agencyColumns("agency_", "转出地", func(f *F) *AgencyBlock { return &f.Agency }),
		[]batch.Column[F]{
			batch.Text("remark", "备注", 200, batch.Optional, func(f *F) *string { return &f.Remark }),
			batch.Date("issued_on", "出具日期", batch.Required, func(f *F) *calendar.Date { return &f.IssuedOn }),
			batch.Text("clerk", "经办人", 20, batch.Required, func(f *F) *string { return &f.Clerk }),
			batch.Text("checker", "复核人", 20, batch.Required, func(f *F) *string { return &f.Checker }),
		},
	)
}
