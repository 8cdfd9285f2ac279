package formats

import (
	"fmt"
	"io"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// KindBankStatement is the kind of a hand-keyed 银行流水 sheet: it comes from
// offices whose fiscal account gives no files, and is no batch.
const KindBankStatement = "bank-statement"

// StatementHead says whose movements a sheet lists. Both facts may be left out:
// the account when we have only one, the opening balance when the first row's
// balance tells it.
type StatementHead struct {
	OwnAccount string
	Opening    batch.Maybe[money.Fen]

	begun   bool                   // a row was read
	last    batch.Maybe[money.Fen] // balance after the row before
	lastDay calendar.Date
}

// StatementLine is one movement, or a payment that failed, in the order in
// which the bank booked it.
type StatementLine struct {
	BookedOn     calendar.Date
	Side         code.BankSide
	Amount       money.Fen
	Counterparty string
	Account      string // the counterparty's
	Remark       string // as it stands on the bank's statement
	BankRef      string // the bank's own number; without it the line is known by what it says
	Status       code.BankStatus
	Balance      money.Fen // after this line
}

// Credit reports whether money came in.
func (l StatementLine) Credit() bool { return l.Side == code.BankCredit }

// Signed is what the line changes the balance by; nothing when it was not booked.
func (l StatementLine) Signed() money.Fen {
	switch {
	case l.Status == code.BankRejected:
		return 0
	case l.Credit():
		return l.Amount
	}
	return -l.Amount
}

// StatementTable is the layout of the sheet.
func StatementTable() *sheet.Table[StatementHead, StatementLine] {
	type H = StatementHead
	type L = StatementLine
	return &sheet.Table[H, L]{
		Name:  KindBankStatement,
		Title: batch.Words{ZH: "银行流水", EN: "bank statement"},
		Sheet: "银行流水",
		Head: []batch.Column[H]{
			batch.Number("own_account", "本方账号", 34, batch.Optional, func(h *H) *string { return &h.OwnAccount }),
			batch.MaybeMoney("opening", "期初余额", func(h *H) *batch.Maybe[money.Fen] { return &h.Opening }),
		},
		Columns: []batch.Column[L]{
			batch.Date("booked_on", "记账日期", batch.Required, func(l *L) *calendar.Date { return &l.BookedOn }),
			batch.List("debit_credit", "借贷", code.BankSides(), batch.Required, func(l *L) *string { return (*string)(&l.Side) }),
			batch.Money("amount", "金额", func(l *L) *money.Fen { return &l.Amount }),
			batch.Text("counterparty", "对方户名", 140, batch.Optional, func(l *L) *string { return &l.Counterparty }),
			batch.Number("account", "对方账号", 34, batch.Optional, func(l *L) *string { return &l.Account }),
			batch.Text("remark", "附言", 140, batch.Optional, func(l *L) *string { return &l.Remark }),
			batch.Number("bank_ref", "银行流水号", 35, batch.Optional, func(l *L) *string { return &l.BankRef }),
			batch.List("status", "状态", code.BankStatuses(), batch.Required, func(l *L) *string { return (*string)(&l.Status) }),
			batch.Money("balance", "余额", func(l *L) *money.Fen { return &l.Balance }),
		},
		Also: map[string]map[string]string{
			"debit_credit": {
				"D": string(code.BankDebit), "借方": string(code.BankDebit), "支出": string(code.BankDebit), "付": string(code.BankDebit), "DBIT": string(code.BankDebit),
				"C": string(code.BankCredit), "贷方": string(code.BankCredit), "收入": string(code.BankCredit), "收": string(code.BankCredit), "CRDT": string(code.BankCredit),
			},
			"status": {
				"已入账": string(code.BankBooked), "入账": string(code.BankBooked), "交易成功": string(code.BankBooked),
				"退回": string(code.BankReturned), "已退汇": string(code.BankReturned), "交易失败": string(code.BankRejected),
			},
		},
		Check: checkStatementLine,
	}
}

// checkStatementLine follows the balance from row to row. After a row that
// cannot be read it goes on from the next balance that is told.
func checkStatementLine(h *StatementHead, l *StatementLine, ok bool, f *batch.Findings) {
	if !ok {
		h.last.Given, h.begun = false, true
		return
	}
	checkStatus(l, f)
	if l.BookedOn < h.lastDay {
		f.Add("booked_on", code.ImpossibleDate, "应按记账先后排列，早于上一行 / rows stand in the order of booking; this is before the row above")
	}
	if !h.begun {
		if !h.Opening.Given {
			h.Opening = batch.Some(l.Balance - l.Signed())
		}
		h.last, h.begun = h.Opening, true
	}
	if want := money.Clamped(h.last.Value, l.Signed()); h.last.Given && want != l.Balance {
		f.Add("balance", code.Total, fmt.Sprintf("上一余额 %s，本行后应为 %s / after %s the balance should be %s", h.last.Value, want, h.last.Value, want))
	}
	h.last, h.lastDay = batch.Some(l.Balance), max(h.lastDay, l.BookedOn)
}

// checkStatus checks what a status means for a side.
func checkStatus(l *StatementLine, f *batch.Findings) {
	switch {
	case l.Amount == 0:
		f.Add("amount", code.Amount, "金额不能为零 / nothing was booked")
	case l.Status == code.BankReturned && !l.Credit():
		f.Add("status", code.UnknownCode, "退汇应记在退回款项的贷方行 / a return is the credit by which money comes back")
	case l.Status == code.BankRejected && l.Credit():
		f.Add("status", code.UnknownCode, "失败只用于付款（借方） / only a payment (debit) can be rejected")
	}
}

// Statement is a sheet as it was read.
type Statement = sheet.Keyed[StatementHead, StatementLine]

// ReadStatement reads a 银行流水 sheet. Its running balance is checked row by
// row; a sheet with a fault counts for nothing.
func ReadStatement(src io.Reader) (*Statement, error) { return StatementTable().Read(src, 0) }

// StatementTemplate writes an empty sheet to fill.
func StatementTemplate(to io.Writer, head StatementHead) error {
	return StatementTable().Write(to, head, nil,
		"怎样填写 / how to fill it in",
		"每行一笔，按银行记账先后排列；余额为该笔之后的余额。 One row per movement, in the order of booking; the balance is the one after it.",
		"借＝付出，贷＝收入（从银行看）。 借 (debit) is money out, 贷 (credit) money in.",
		"状态：成功＝已记账；退汇＝付出的款项被退回（贷方行）；失败＝银行未付款，余额不变（借方行）。 成功 booked; 退汇 a payment came back (credit); 失败 not paid, the balance stays (debit).",
		"附言请照银行回单逐字填写：其中的联系函号用来认领款项。 Copy the remark as the bank gives it: the letter number in it tells whose money it is.",
		"账号和流水号按文本填写，不要让表格软件改成科学计数。 Accounts and bank numbers are text.",
		"有几个账户时，每个账户一个文件，并填写本方账号。 One file per account; name the account at the top.",
	)
}
