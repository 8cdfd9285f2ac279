package report

import (
	"cmp"
	"fmt"
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

	File   string // name of the payment file that it goes with; "": in none yet
	SHA256 string // of that file; "": it is the file itself, whose list for signers says it
	Signed Signed // who signed so far

	Person   exchange.Person // of a payment for one person
	LetterNo string
	FormNo   string
	To       string // the new place; "": the person, or heirs

	People []PaidPerson // of a payment for several; they stand on pages of their own
}

// Signed are the full names of who signed for a payment, by the role with which they did;
// nobody is named before.
type Signed struct{ Clerk, Checker, Finance string }

// PaidPerson is what a payment for several persons has for one of them.
type PaidPerson struct {
	exchange.Person
	LetterNo string
	Amount   money.Fen
}

// How many persons stand on a page of a payment's list.
const paidLines = 26

// PaymentPapers are the notice of one payment and, of one for several persons,
// the list of these, whose sum must be the payment's.
func (o Office) PaymentPapers(n PaymentNotice) ([]workbook.Paper, error) {
	if len(n.People) == 0 {
		return []workbook.Paper{o.PaymentPaper(n)}, nil
	}
	sum := money.Fen(0)
	for _, p := range n.People {
		var err error
		if sum, err = sum.Add(p.Amount); err != nil {
			return nil, fmt.Errorf("payment %s: %w", n.No, err)
		}
	}
	if sum != n.Amount {
		return nil, fmt.Errorf("payment %s: %s, its persons have %s", n.No, n.Amount, sum)
	}
	n.Person = exchange.Person{Name: fmt.Sprintf("%s等%d人（见续表）", n.People[0].Name, len(n.People))}
	n.LetterNo, n.FormNo = "", ""
	out := []workbook.Paper{o.PaymentPaper(n)}
	pages := (len(n.People) + paidLines - 1) / paidLines
	for i := range pages {
		here := n.People[i*paidLines : min((i+1)*paidLines, len(n.People))]
		lines := [][]workbook.Line{
			headed(paymentTitle+"（续表）", "编号："+n.No, fmt.Sprintf("第%d页 共%d页", i+2, pages+1)), paidTable(here, i*paidLines+1),
		}
		if i == pages-1 {
			text := fmt.Sprintf("%d 人　%s（%s）", len(n.People), yuan(sum), capitals(sum))
			lines = append(lines, []workbook.Line{{Height: 34, Boxes: []workbook.Box{
				{Text: "合　　计", As: workbook.BoxLabel, Cols: 3}, {Text: text, As: workbook.BoxFact, Cols: paperCols - 3},
			}}})
		}
		out = append(out, paper(append(lines, paymentSigns(n.Signed))...))
	}
	return out, nil
}

// paidTable are the lines of some persons, the first being number from.
func paidTable(people []PaidPerson, from int) []workbook.Line {
	row := func(as, sum workbook.BoxKind, cells ...string) workbook.Line {
		var line workbook.Line
		for i, cols := range []int{1, 2, 4, 5, 3} {
			kind := as
			if i == 4 {
				kind = sum
			}
			line.Boxes = append(line.Boxes, workbook.Box{Text: cells[i], As: kind, Cols: cols})
		}
		return line
	}
	lines := []workbook.Line{row(workbook.BoxLabel, workbook.BoxLabel, "序号", "姓名", "证件号码", "联系函编号", "金额（元）")}
	for i, p := range people {
		lines = append(lines, row(workbook.BoxMiddle, workbook.BoxSum, strconv.Itoa(from+i), p.Name, p.IDNo, p.LetterNo, grouped(p.Amount)))
	}
	return lines
}

const paymentTitle = "基本医疗保险个人账户金转出通知书"

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
	if n.File != "" {
		groups = append(groups, group[PaymentNotice]{"付款文件", [][]field[PaymentNotice]{
			{{"文 件 名", 12, func(n PaymentNotice) string { return n.File }}},
			{{"文件摘要\n（SHA-256）", 12, func(n PaymentNotice) string { return cmp.Or(n.SHA256, "见同名放行清单（.txt）") }}},
		}})
	}
	asked := "　　请按下列信息将个人账户资金划转至收款账户，附言请照原文填写。"
	if n.Listed {
		asked = "　　请按所附付款清单逐笔划转，附言请照清单原文填写；办理后请将银行流水逐笔抄录返回。"
	}
	return paper(
		headed(paymentTitle, "编号："+n.No, "制单日期："+day(n.On)),
		[]workbook.Line{whole(workbook.BoxLetter, asked, 40)},
		lay(groups, n),
		paymentSigns(n.Signed),
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
		{{"姓　　名", 4, func(n PaymentNotice) string { return n.Person.Name }}, {"证件号码", 6, func(n PaymentNotice) string { return orDash(n.Person.IDNo) }}},
		{{"联系函编号", 4, func(n PaymentNotice) string { return orDash(n.LetterNo) }}, {"信息表编号", 6, func(n PaymentNotice) string { return orDash(n.FormNo) }}},
		{{"转 入 地", 12, func(PaymentNotice) string { return to }}},
	}
	return []group[PaymentNotice]{{"转移人员信息", who}}
}

func paymentSigns(by Signed) []workbook.Line {
	box := func(text string, as workbook.BoxKind, cols int) workbook.Box {
		return workbook.Box{Text: text, As: as, Cols: cols}
	}
	return []workbook.Line{
		{Height: 28, Boxes: []workbook.Box{
			box("经办人", workbook.BoxLabel, 4), box("复核人", workbook.BoxLabel, 3), box("财务负责人", workbook.BoxLabel, 4), box("单位印章", workbook.BoxLabel, 4),
		}},
		{Height: 70, Boxes: []workbook.Box{
			box(by.Clerk, workbook.BoxMiddle, 4), box(by.Checker, workbook.BoxMiddle, 3), box(by.Finance, workbook.BoxMiddle, 4), box("（盖章）", workbook.BoxSeal, 4),
		}},
		{Height: 26, Boxes: []workbook.Box{
			box("　　年　　月　　日", workbook.BoxMiddle, 4), box("　　年　　月　　日", workbook.BoxMiddle, 3), box("　　年　　月　　日", workbook.BoxMiddle, 4), box("　　年　　月　　日", workbook.BoxMiddle, 4),
		}},
	}
}
