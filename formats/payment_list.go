package formats

import (
	"fmt"
	"io"

	"carryover/exchange/money"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// KindPaymentList is the kind of a 付款清单: what is to be paid, as a workbook
// for a bank that takes no files. It is no batch.
const KindPaymentList = "payment-list"

// PaymentLine is one transfer of a payment list.
type PaymentLine struct {
	OrderNo string // of the list: the message id that a pain.001 would have
	Ref     string // EndToEndId
	Payee   string
	Account string
	Bank    string
	CNAPS   string
	Amount  money.Fen
	Remark  string // to be repeated on the receiver's statement, and on ours
}

// PaymentTable is the layout of the list's sheet.
func PaymentTable() *sheet.Table[struct{}, PaymentLine] {
	type L = PaymentLine
	return &sheet.Table[struct{}, L]{
		Name:  KindPaymentList,
		Title: batch.Words{ZH: "付款清单", EN: "payment list"},
		Sheet: "付款清单",
		Rows:  100_000,
		Columns: []batch.Column[L]{
			batch.Number("order_no", "批次号", 35, batch.Required, func(l *L) *string { return &l.OrderNo }),
			batch.Number("end_to_end_id", "划款编号", 35, batch.Required, func(l *L) *string { return &l.Ref }),
			batch.Text("payee", "收款户名", 140, batch.Required, func(l *L) *string { return &l.Payee }),
			batch.Number("account_no", "收款账号", 34, batch.Required, func(l *L) *string { return &l.Account }),
			batch.Text("bank_name", "开户银行", 140, batch.Optional, func(l *L) *string { return &l.Bank }),
			batch.Number("cnaps", "行号", 12, batch.Optional, func(l *L) *string { return &l.CNAPS }).Hinted(hintCNAPS),
			batch.Money("amount", "金额", func(l *L) *money.Fen { return &l.Amount }),
			batch.Text("remark", "附言", 140, batch.Required, func(l *L) *string { return &l.Remark }),
		},
	}
}

// PaymentTitles are the titles of the list's columns, as they stand on the sheet.
func PaymentTitles() []string {
	t := PaymentTable()
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title + " " + c.Name
	}
	return titles
}

// ReadPaymentList reads a payment list: its lines, and their sum. A fault of
// its content is an error: we, and the bank's programs, read what we wrote.
func ReadPaymentList(src io.Reader) (lines []PaymentLine, total money.Fen, err error) {
	k, err := PaymentTable().Read(src, 256<<20)
	if err != nil {
		return nil, 0, err
	}
	if k.Refused() {
		f := k.Faults[0]
		return nil, 0, fmt.Errorf("payment list: row %d: %s: %s %s", f.Line, f.Field, f.Code, f.Text)
	}
	for _, r := range k.Rows {
		if total, err = total.Add(r.Value.Amount); err != nil {
			return nil, 0, err
		}
		lines = append(lines, r.Value)
	}
	return lines, total, nil
}
