package report

import (
	"strconv"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// PaymentNotice asks for a transfer out of the personal account (个人账户金转出
// 通知书): finance or the bank carries it out. It is about one payment, or,
// with Listed, about all those of the list that goes with it.
type PaymentNotice struct {
	No     string // of the payment, or of the batch
	Payer  exchange.Account
	Payee  exchange.Account
	Amount money.Fen
	Count  int // transfers
	Text   string
	On     calendar.Date
	Listed bool

	Person   exchange.Person // of a payment for one person
	LetterNo string
	FormNo   string
	To       string // the new place; "": the person, or heirs
}

// PaymentPaper is the notice, to be signed and sealed.
func (o Office) PaymentPaper(n PaymentNotice) workbook.Paper {
	groups := append(o.paymentSubject(n), group[PaymentNotice]{"付款信息", [][]field[PaymentNotice]{
		{{"付款户名", 12, func(n PaymentNotice) string { return orDash(n.Payer.Holder) }}},
		{{"付款账号", 6, func(n PaymentNotice) string { return orDash(n.Payer.No) }}, {"联 行 号", 4, func(n PaymentNotice) string { return orDash(n.Payer.CNAPS) }}},
		{{"开户银行", 12, func(n PaymentNotice) string { return orDash(n.Payer.Bank) }}},
	}})
	if !n.Listed {
		groups = append(groups, group[PaymentNotice]{"收款信息", [][]field[PaymentNotice]{
			{{"收款户名", 12, func(n PaymentNotice) string { return orDash(n.Payee.Holder) }}},
			{{"收款账号", 6, func(n PaymentNotice) string { return orDash(n.Payee.No) }}, {"联 行 号", 4, func(n PaymentNotice) string { return orDash(n.Payee.CNAPS) }}},
			{{"开户银行", 12, func(n PaymentNotice) string { return orDash(n.Payee.Bank) }}},
		}})
	}
	groups = append(groups, group[PaymentNotice]{"转出金额", [][]field[PaymentNotice]{
		{{"金　　额\n（小写）", 6, func(n PaymentNotice) string { return yuan(n.Amount) }}, {"笔　　数", 4, func(n PaymentNotice) string { return strconv.Itoa(n.Count) }}},
		{{"金　　额\n（大写）", 12, func(n PaymentNotice) string { return capitals(n.Amount) }}},
		{{"附　　言", 12, func(n PaymentNotice) string { return orDash(n.Text) }}},
	}})
	asked := "　　请按下列信息将个人账户资金划转至收款账户，附言请照原文填写。"
	if n.Listed {
		asked = "　　请按所附付款清单逐笔划转，附言请照清单原文填写；办理后请将银行流水逐笔抄录返回。"
	}
	return paper(
		headed("基本医疗保险个人账户金转出通知书", "编号："+n.No, "制单日期："+day(n.On)),
		[]workbook.Line{whole(workbook.BoxLetter, asked, 40)},
		lay(groups, n),
		paymentSigns(o.Agency),
	)
}

// paymentSubject are the lines about the person, or about the batch.
func (o Office) paymentSubject(n PaymentNotice) []group[PaymentNotice] {
	if n.Listed {
		return nil
	}
	to := "参保人员本人（继承人）"
	if n.To != "" {
		to = o.place(n.To)
	}
	who := [][]field[PaymentNotice]{
		{{"姓　　名", 4, func(n PaymentNotice) string { return n.Person.Name }}, {"证件号码", 6, func(n PaymentNotice) string { return n.Person.IDNo }}},
		{{"联系函编号", 4, func(n PaymentNotice) string { return orDash(n.LetterNo) }}, {"信息表编号", 6, func(n PaymentNotice) string { return orDash(n.FormNo) }}},
		{{"转 入 地", 12, func(PaymentNotice) string { return to }}},
	}
	return []group[PaymentNotice]{{"转移人员信息", who}}
}

func paymentSigns(a exchange.Agency) []workbook.Line {
	box := func(text string, as workbook.BoxKind, cols int) workbook.Box {
		return workbook.Box{Text: text, As: as, Cols: cols}
	}
	return []workbook.Line{
		{Height: 28, Boxes: []workbook.Box{
			box("经办人", workbook.BoxLabel, 4), box("复核人", workbook.BoxLabel, 3), box("财务负责人", workbook.BoxLabel, 4), box("单位印章", workbook.BoxLabel, 4),
		}},
		{Height: 70, Boxes: []workbook.Box{
			box(a.Clerk, workbook.BoxMiddle, 4), box(a.Checker, workbook.BoxMiddle, 3), box("", workbook.BoxMiddle, 4), box("（盖章）", workbook.BoxSeal, 4),
		}},
		{Height: 26, Boxes: []workbook.Box{
			box("　　年　　月　　日", workbook.BoxMiddle, 4), box("　　年　　月　　日", workbook.BoxMiddle, 3), box("　　年　　月　　日", workbook.BoxMiddle, 4), box("　　年　　月　　日", workbook.BoxMiddle, 4),
		}},
	}
}
