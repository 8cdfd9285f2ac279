package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Reconciliation is what the sender believes of one open or lately closed
// case (Q); the receiver compares.
type Reconciliation struct {
	LetterNo    string
	State       code.ReconciliationState
	FormNo      string
	FormVersion batch.Maybe[int]
	Amount      batch.Maybe[money.Fen]
	LastEventOn calendar.Date
}

func reconciliationKind() *batch.Kind {
	type Q = Reconciliation
	row := batch.Layout[Q]{
		Type:  "Q",
		Title: batch.Words{ZH: "办件对账", EN: "reconciliation"},
		Columns: []batch.Column[Q]{
			batch.Number("letter_no", "联系函编号", 32, batch.Required, func(q *Q) *string { return &q.LetterNo }),
			batch.List("state", "办理状态", code.ReconciliationStates(), batch.Required, func(q *Q) *string { return (*string)(&q.State) }),
			batch.Number("form_no", "信息表编号", 32, batch.Optional, func(q *Q) *string { return &q.FormNo }),
			batch.MaybeInt("form_version", "信息表版本", func(q *Q) *batch.Maybe[int] { return &q.FormVersion }),
			batch.MaybeMoney("amount", "金额", func(q *Q) *batch.Maybe[money.Fen] { return &q.Amount }),
			batch.Date("last_event_on", "最近办理日期", batch.Required, func(q *Q) *calendar.Date { return &q.LastEventOn }),
		},
		No:       []string{"letter_no"},
		Key:      []string{"letter_no"},
		PerBatch: true,
		Sum:      []string{"amount"},
	}
	return &batch.Kind{
		Name:      KindReconciliation,
		Title:     batch.Words{ZH: "办件对账", EN: "reconciliation"},
		Flow:      batch.Words{ZH: "经办机构之间，双向，每月", EN: "between agencies, both ways, monthly"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
	}
}
