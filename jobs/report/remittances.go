package report

import (
	"carryover/exchange"
	"carryover/formats/workbook"
)

func remittanceColumns() []column[Remittance] {
	text, middle, date, count, money := workbook.Text, workbook.Middle, workbook.Date, workbook.Count, workbook.Money
	return []column[Remittance]{
		{"办件编号", "case", text, false, func(_ Night, r Remittance) any { return r.CaseNo }},
		{"笔次", "part", count, false, func(_ Night, r Remittance) any { return r.Part }},
		{"方向", "side", middle, false, func(n Night, r Remittance) any { return n.word(exchange.SideTerms(), string(r.Side)) }},
		{"对方经办机构", "partner", text, false, func(n Night, r Remittance) any { return n.partner(r.Case.Partner) }},
		{"姓名", "name", text, false, func(_ Night, r Remittance) any { return r.Case.Person.Name }},
		{"证件号码", "ID number", text, false, func(n Night, r Remittance) any { return n.id(r.Case.Person.IDNo) }},
		{"资金状态", "track", middle, false, func(n Night, r Remittance) any { return moneyTracks(n, r.Side, r.Track) }},
		{"状态日期", "since", date, false, func(_ Night, r Remittance) any { return r.Since }},
		{"应划金额（元）", "amount", money, true, func(_ Night, r Remittance) any { return r.Amount }},
		{"到账金额（元）", "received", money, true, func(_ Night, r Remittance) any { return arrived(r, r.Received) }},
		{"差额（元）", "difference", money, true, func(_ Night, r Remittance) any { return arrived(r, r.Received-r.Amount) }},
		{"收款方", "paid to", middle, false, func(n Night, r Remittance) any { return n.word(exchange.ReceiverTerms(), r.To) }},
		{"收款户名", "account holder", text, false, func(_ Night, r Remittance) any { return r.Payee.Holder }},
		{"收款账号", "account", text, false, func(_ Night, r Remittance) any { return r.Payee.No }},
		{"开户银行", "bank", text, false, func(_ Night, r Remittance) any { return r.Payee.Bank }},
		{"行号", "CNAPS", text, false, func(_ Night, r Remittance) any { return r.Payee.CNAPS }},
		{"划款编号", "payment", text, false, func(_ Night, r Remittance) any { return r.Ref }},
		{"划款次数", "attempts", count, false, func(_ Night, r Remittance) any { return r.Attempts }},
		{"放行签名人", "released by", text, false, func(_ Night, r Remittance) any { return r.ReleasedBy }},
		{"复核人", "checker", text, false, func(_ Night, r Remittance) any { return r.Checker }},
		{"放行时间", "released at", workbook.DateTime, false, func(n Night, r Remittance) any { return n.at(r.ReleasedAt) }},
		{"联系函号", "letter", text, false, func(_ Night, r Remittance) any { return r.LetterNo }},
		{"信息表号", "form", text, false, func(_ Night, r Remittance) any { return r.FormNo }},
		{"原因说明", "reason", text, false, func(n Night, r Remittance) any { return n.words(r.Reason) }},
	}
}

// arrived is a figure about money that came in; nothing of what we pay, or
// before anything came.
func arrived(r Remittance, figure any) any {
	if r.Side == exchange.Out || r.Received == 0 {
		return nil
	}
	return figure
}
