package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Advice announces a remittance (M). A lump sum has one advice per person,
// all with the same payment_ref.
type Advice struct {
	PaymentRef string // the payment's EndToEndId
	Purpose    code.Purpose
	LetterNo   string
	FormNo     string
	PersonID   string
	Name       string
	Amount     money.Fen
	ValueDate  calendar.Date
	Reason     string
}

func adviceKind() *batch.Kind {
	type M = Advice
	row := batch.Layout[M]{
		Type:  "M",
		Title: batch.Words{ZH: "划转通知", EN: "remittance advice"},
		Columns: []batch.Column[M]{
			batch.Number("payment_ref", "付款编号", 35, batch.Required, func(m *M) *string { return &m.PaymentRef }),
			batch.List("purpose", "款项用途", code.Purposes(), batch.Required, func(m *M) *string { return (*string)(&m.Purpose) }),
			batch.Number("letter_no", "联系函编号", 32, batch.Required, func(m *M) *string { return &m.LetterNo }).Hinted(hintLetterNo),
			batch.Number("form_no", "信息表编号", 32, batch.Optional, func(m *M) *string { return &m.FormNo }).Hinted(hintFormNo),
			batch.Number("person_id", "证件号码", 18, batch.Required, func(m *M) *string { return &m.PersonID }),
			batch.Text("name", "姓名", 60, batch.Required, func(m *M) *string { return &m.Name }),
			batch.Money("amount", "金额", func(m *M) *money.Fen { return &m.Amount }),
			batch.Date("value_date", "付款日期", batch.Required, func(m *M) *calendar.Date { return &m.ValueDate }),
			batch.Text("reason", "说明", 200, batch.Optional, func(m *M) *string { return &m.Reason }),
		},
		No:  []string{"payment_ref"},
		Key: []string{"payment_ref", "letter_no"},
		Sum: []string{"amount"},
	}
	return &batch.Kind{
		Name:      KindAdvice,
		Title:     batch.Words{ZH: "划转通知", EN: "remittance advice"},
		Flow:      batch.Words{ZH: "经办机构之间，双向", EN: "between agencies, both ways"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderAdvice,
		Signed:    true,
	}
}
