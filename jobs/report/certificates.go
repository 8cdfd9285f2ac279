package report

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Certificate is a certificate that we issued, or a request that has led to
// none yet.
type Certificate struct {
	exchange.Certificate
	Request *exchange.CertificateRequest // of a certificate that is not issued
}

func (c Certificate) person() exchange.Person {
	if c.Request != nil {
		return c.Request.Person
	}
	return c.Person
}

func certificateColumns() []column[Certificate] {
	text, middle, date, count, yuan := workbook.Text, workbook.Middle, workbook.Date, workbook.Count, workbook.Money
	issued := func(value func(Certificate) any) func(Night, Certificate) any {
		return func(_ Night, c Certificate) any {
			if c.Request != nil {
				return nil
			}
			return value(c)
		}
	}
	amount := func(value func(Certificate) money.Fen) func(Night, Certificate) any {
		return issued(func(c Certificate) any { return value(c) })
	}
	return []column[Certificate]{
		{"参保凭证号", "certificate", text, false, func(_ Night, c Certificate) any { return c.No }},
		{"状态", "state", middle, false, func(n Night, c Certificate) any {
			switch {
			case c.Request != nil:
				return workbook.Toned{Value: n.say("待出具", "not issued yet"), Tone: workbook.Warn}
			case c.ReplacedBy != "":
				return n.say("已作废", "void")
			}
			return n.say("有效", "valid")
		}},
		{"出具日期", "issued", date, false, func(_ Night, c Certificate) any { return c.IssuedOn }},
		{"姓名", "name", text, false, func(_ Night, c Certificate) any { return c.person().Name }},
		{"证件号码", "ID number", text, false, func(n Night, c Certificate) any { return n.id(c.person().IDNo) }},
		{"个人编号", "personal number", text, false, func(_ Night, c Certificate) any {
			if c.Request != nil {
				return c.Request.PersonalNo
			}
			return c.PersonalNo
		}},
		{"申请编号", "request", text, false, func(_ Night, c Certificate) any {
			if c.Request != nil {
				return c.Request.No
			}
			return c.RequestNo
		}},
		{"申请日期", "requested", date, false, func(_ Night, c Certificate) any {
			if c.Request != nil {
				return c.Request.RequestedOn
			}
			return calendar.Date(0)
		}},
		{"申请原因", "asked for", middle, false, func(n Night, c Certificate) any {
			if c.Request != nil {
				return code.CertificateReason(c.Request.Reason).Word(n.Lang)
			}
			if c.Replaces != "" {
				return code.CertificateReason("lost").Word(n.Lang)
			}
			return code.CertificateReason("first").Word(n.Lang)
		}},
		{"实缴月数", "months paid", count, false, issued(func(c Certificate) any { return c.Actual })},
		{"补缴月数", "months back-paid", count, false, issued(func(c Certificate) any { return c.Backpaid })},
		{"视同月数", "months deemed", count, false, issued(func(c Certificate) any { return c.Deemed })},
		{"个人账户余额（元）", "balance", yuan, false, amount(func(c Certificate) money.Fen { return c.Balance })},
		{"欠费金额（元）", "arrears", yuan, false, amount(func(c Certificate) money.Fen { return c.Arrears })},
		{"取代的凭证", "replaces", text, false, func(_ Night, c Certificate) any { return c.Replaces }},
		{"被取代为", "replaced by", text, false, func(_ Night, c Certificate) any { return c.ReplacedBy }},
	}
}
