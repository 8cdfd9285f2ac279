package report

import (
	"strconv"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// FormSheet is an information form (信息表) and what of its letter stands on it.
type FormSheet struct {
	Form      exchange.Form
	From      string // the old place
	To        string // the new place
	Household string
	Payee     exchange.Account // to which the balance goes, when it is remitted
}

// FormPaper is the information form (信息表); stays that do not fit follow on
// further pages.
func (o Office) FormPaper(s FormSheet) []workbook.Paper {
	f, t := s.Form, o.titles()
	here, after := split(f.Stays)
	number := "编号：" + f.No
	pages := ""
	if len(after) > 0 {
		pages = "　（附续表）"
	}
	sign := func() []workbook.Line { return signing(f.Clerk, f.Checker, o.place(s.From), f.IssuedOn) }
	first := paper(
		headed(t.form, number+versionOf(f.Version)+pages, "联系函编号："+f.LetterNo),
		lay(o.formGroups(), s),
		o.stayTable("参保缴费经历", here, 1, len(after) == 0),
		sign(),
	)
	return append([]workbook.Paper{first}, o.continued(t.form, number, f.Person, after, sign)...)
}

func (o Office) formGroups() []group[FormSheet] {
	type S = FormSheet
	return []group[S]{
		{"参保人员信息", append(
			person(func(s S) exchange.Person { return s.Form.Person }, func(s S) string { return s.Household }),
			[]field[S]{
				{"个人编号", 4, func(s S) string { return s.Form.PersonalNo }},
				{"医疗保险\n类　　型", 6, func(s S) string { return schemeName(s.Form.Scheme) }},
			},
		)},
		{"转移信息", [][]field[S]{
			{{"转出地\n机构名称", 6, func(s S) string { return o.place(s.From) }}, {"行政区划\n代码", 4, func(s S) string { return s.From }}},
			{{"转入地\n机构名称", 6, func(s S) string { return o.place(s.To) }}, {"行政区划\n代码", 4, func(s S) string { return s.To }}},
			{{"信息表性质", 6, func(s S) string { return nature(s.Form) }}, {"终止参保\n日　　期", 4, func(s S) string { return day(s.Form.EndedOn) }}},
		}},
		{"缴费年限", [][]field[S]{
			{{"首次参保\n年　　月", 4, func(s S) string { return monthOf(s.Form.FirstMonth) }}, {"缴费截止\n年　　月", 6, func(s S) string { return monthOf(s.Form.PaidTo) }}},
			{
				{"实际缴费", 3, func(s S) string { return monthsOf(s.Form.Actual) }},
				{"补　　缴", 2, func(s S) string { return monthsOf(s.Form.Backpaid) }},
				{"视同缴费", 3, func(s S) string { return monthsOf(s.Form.Deemed) }},
			},
			{
				{"累计年限", 4, func(s S) string { return inYears(s.Form.Actual + s.Form.Backpaid + s.Form.Deemed) }},
				{"中断月数", 1, func(s S) string { return strconv.Itoa(s.Form.Gap) }},
				{"欠费金额", 3, func(s S) string { return yuan(s.Form.Arrears) }},
			},
		}},
		{"个人账户", [][]field[S]{
			{{"开户年月", 4, func(s S) string { return monthOf(s.Form.AccountOpened) }}, {"资金处理", 6, func(s S) string { return code.MoneyKind(s.Form.Money).Word(code.Chinese) }}},
			{{"本　　金", 4, func(s S) string { return yuan(s.Form.Principal) }}, {"利　　息", 6, func(s S) string { return yuan(s.Form.Interest) }}},
			{{"转移金额\n（小写）", 4, func(s S) string { return yuan(s.Form.Amount) }}, {"转移金额\n（大写）", 6, func(s S) string { return capitals(s.Form.Amount) }}},
			{{"付款户名", 6, func(s S) string { return orDash(s.Form.Payer.Holder) }}, {"付款账号", 4, func(s S) string { return orDash(s.Form.Payer.No) }}},
			{{"收款账户", 6, func(s S) string { return payeeLine(s) }}, {"付款编号", 4, func(s S) string { return orDash(s.Form.PaymentRef) }}},
			{{"备　　注", 12, func(s S) string { return orDash(s.Form.Remark) }}},
		}},
	}
}

func nature(f exchange.Form) string {
	word := code.Nature(f.Nature).Word(code.Chinese)
	if f.OfForm != "" {
		word += "（原表 " + f.OfForm + "）"
	}
	return word
}

func payeeLine(s FormSheet) string {
	if s.Form.Money != exchange.MoneyREMITTED || s.Payee.No == "" {
		return "—"
	}
	return s.Payee.Holder + "\n" + s.Payee.No
}
