package report

import (
	"carryover/exchange"
	"carryover/formats/workbook"
)

func letterColumns() []column[Letter] {
	text, middle, date, count := workbook.Text, workbook.Middle, workbook.Date, workbook.Count
	return []column[Letter]{
		{"联系函号", "letter", text, false, func(_ Night, l Letter) any { return l.No }},
		{"版本", "version", count, false, func(_ Night, l Letter) any { return l.Version }},
		{"方向", "side", middle, false, func(n Night, l Letter) any { return n.word(exchange.SideTerms(), string(l.Side)) }},
		{"对方经办机构", "partner", text, false, func(n Night, l Letter) any { return n.partner(l.Case.Partner) }},
		{"姓名", "name", text, false, func(_ Night, l Letter) any { return l.Person.Name }},
		{"证件号码", "ID number", text, false, func(n Night, l Letter) any { return n.id(l.Person.IDNo) }},
		{"函件日期", "letter date", date, false, func(_ Night, l Letter) any { return l.Date }},
		{"收发日期", "received or issued", date, false, func(_ Night, l Letter) any { return l.ReceivedOn }},
		{"未答复工作日", "WD unanswered", count, false, unanswered},
		{"业务状态", "state", middle, false, func(n Night, l Letter) any { return n.state(l.Case) }},
		{"原因说明", "reason", text, false, func(n Night, l Letter) any { return n.reason(l.Case) }},
		{"参保凭证号", "certificate", text, false, func(_ Night, l Letter) any { return l.CertificateNo }},
		{"划转个人账户", "account moves", middle, false, func(n Night, l Letter) any { return n.yes(l.AccountMoves) }},
		{"收款户名", "account holder", text, false, func(_ Night, l Letter) any { return l.Account.Holder }},
		{"收款账号", "account", text, false, func(_ Night, l Letter) any { return l.Account.No }},
		{"开户银行", "bank", text, false, func(_ Night, l Letter) any { return l.Account.Bank }},
		{"行号", "CNAPS", text, false, func(_ Night, l Letter) any { return l.Account.CNAPS }},
		{"办件编号", "case", text, false, func(_ Night, l Letter) any { return l.CaseNo }},
		{"备注", "remark", text, false, func(_ Night, l Letter) any { return l.Remark }},
	}
}

// unanswered counts the working days that the current version of a letter
// has been without a form or a refusal.
func unanswered(n Night, l Letter) any {
	c := l.Case
	if c.FormOn != 0 || c.State.Final(c.Side) || l.Version != c.LetterVersion || l.ReceivedOn == 0 || n.Calendar == nil {
		return nil
	}
	if c.Side == exchange.In && c.State != exchange.Requested && c.State != exchange.Held {
		return nil
	}
	return n.Calendar.WorkingDays(l.ReceivedOn, n.Date)
}
