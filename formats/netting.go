package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Netting is one line of a month's netting statement (J): what one form
// version added. A statement without lines is sent too.
type Netting struct {
	Month     calendar.Month // of the form version's issued_on
	Direction code.Direction // of the money, as the sender sees it
	LetterNo  string
	FormNo    string
	Amount    money.Fen
}

func nettingKind() *batch.Kind {
	type J = Netting
	row := batch.Layout[J]{
		Type:  "J",
		Title: batch.Words{ZH: "轧差清单", EN: "netting"},
		Columns: []batch.Column[J]{
			batch.Month("month", "所属月份", batch.Required, func(j *J) *calendar.Month { return &j.Month }),
			batch.List("direction", "资金方向", code.Directions(), batch.Required, func(j *J) *string { return (*string)(&j.Direction) }),
			batch.Number("letter_no", "联系函编号", 32, batch.Required, func(j *J) *string { return &j.LetterNo }),
			batch.Number("form_no", "信息表编号", 32, batch.Required, func(j *J) *string { return &j.FormNo }),
			batch.Money("amount", "金额", func(j *J) *money.Fen { return &j.Amount }),
		},
		No:  []string{"letter_no"},
		Key: []string{"month", "direction", "form_no", "amount"},
		Sum: []string{"amount"},
	}
	return &batch.Kind{
		Name:      KindNetting,
		Title:     batch.Words{ZH: "轧差清单", EN: "netting"},
		Flow:      batch.Words{ZH: "经办机构之间，双向，每月", EN: "between agencies, both ways, monthly"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
		Signed:    true,
	}
}
