package report

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// formColumns has no subtotals: a later version replaces what an earlier one
// says, so the rows do not add up.
func formColumns() []column[Form] {
	text, middle, date, count, money := workbook.Text, workbook.Middle, workbook.Date, workbook.Count, workbook.Money
	return []column[Form]{
		{"信息表号", "form", text, false, func(_ Night, f Form) any { return f.No }},
		{"版本", "version", count, false, func(_ Night, f Form) any { return f.Version }},
		{"性质", "nature", middle, false, func(n Night, f Form) any { return code.Nature(f.Nature).Word(n.Lang) }},
		{"现行", "current", middle, false, func(n Night, f Form) any { return n.yes(f.Current) }},
		{"方向", "side", middle, false, func(n Night, f Form) any { return n.word(exchange.SideTerms(), string(f.Side)) }},
		{"对方经办机构", "partner", text, false, func(n Night, f Form) any { return n.partner(f.Case.Partner) }},
		{"姓名", "name", text, false, func(_ Night, f Form) any { return f.Person.Name }},
		{"证件号码", "ID number", text, false, func(n Night, f Form) any { return n.id(f.Person.IDNo) }},
		{"信息表状态", "track", middle, false, func(n Night, f Form) any { return formTracks(n, f.Side, f.Track) }},
		{"资金状态", "money track", middle, false, func(n Night, f Form) any { return moneyTracks(n, f.Side, f.Case.MoneyTrack) }},
		{"出具日期", "issued", date, false, func(_ Night, f Form) any { return f.IssuedOn }},
		{"收到日期", "received", date, false, receivedOn},
		{"实缴月数", "months paid", count, false, func(_ Night, f Form) any { return f.Actual }},
		{"补缴月数", "months back-paid", count, false, func(_ Night, f Form) any { return f.Backpaid }},
		{"视同月数", "months deemed", count, false, func(_ Night, f Form) any { return f.Deemed }},
		{"间断月数", "months of gap", count, false, func(_ Night, f Form) any { return f.Gap }},
		{"资金处理", "money", middle, false, func(n Night, f Form) any { return code.MoneyKind(f.Money).Word(n.Lang) }},
		{"本金（元）", "principal", money, false, func(_ Night, f Form) any { return f.Principal }},
		{"利息（元）", "interest", money, false, func(_ Night, f Form) any { return f.Interest }},
		{"金额（元）", "amount", money, false, func(_ Night, f Form) any { return f.Amount }},
		{"已入账月数", "months credited", count, false, posted(func(f Form) any { return f.MonthsCredited })},
		{"重复月数", "months overlapping", count, false, posted(func(f Form) any { return f.MonthsOverlapping })},
		{"已入账金额（元）", "credited", money, false, posted(func(f Form) any { return f.Credited })},
		{"划款编号", "payment", text, false, func(_ Night, f Form) any { return f.PaymentRef }},
		{"联系函号", "letter", text, false, func(_ Night, f Form) any { return f.LetterNo }},
		{"办件编号", "case", text, false, func(_ Night, f Form) any { return f.CaseNo }},
		{"经办", "clerk", middle, false, func(_ Night, f Form) any { return f.Clerk }},
		{"复核", "checker", middle, false, func(_ Night, f Form) any { return f.Checker }},
	}
}

// posted leaves a cell empty until our core has booked the form.
func posted(value func(Form) any) func(Night, Form) any {
	return func(_ Night, f Form) any {
		if f.PostedOn == 0 {
			return nil
		}
		return value(f)
	}
}

func receivedOn(_ Night, f Form) any {
	if f.Side == exchange.Out {
		return nil
	}
	return f.ReceivedOn
}
