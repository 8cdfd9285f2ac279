package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Cancellation withdraws a transfer, or proposes, agrees to or refuses its
// being made void (X).
type Cancellation struct {
	ApplicationNo string
	LetterNo      string
	Phase         code.Phase
	Reason        string
	CancelledOn   calendar.Date
	Echo          string
}

func cancellationKind() *batch.Kind {
	type X = Cancellation
	row := batch.Layout[X]{
		Type:  "X",
		Title: batch.Words{ZH: "撤销通知", EN: "cancellation"},
		Columns: []batch.Column[X]{
			batch.Number("application_no", "申请编号", 32, batch.Optional, func(x *X) *string { return &x.ApplicationNo }),
			batch.Number("letter_no", "联系函编号", 32, batch.Optional, func(x *X) *string { return &x.LetterNo }).Hinted(hintLetterNo),
			batch.List("phase", "环节", code.Phases(), batch.Required, func(x *X) *string { return (*string)(&x.Phase) }),
			batch.Text("reason", "原因", 200, batch.Required, func(x *X) *string { return &x.Reason }),
			batch.Date("cancelled_on", "撤销日期", batch.Required, func(x *X) *calendar.Date { return &x.CancelledOn }),
			echoColumn(func(x *X) *string { return &x.Echo }),
		},
		No:  []string{"letter_no", "application_no"},
		Key: []string{"letter_no", "application_no", "phase"},
		Check: func(x *X, f *batch.Findings) {
			switch {
			case !f.OK("letter_no", "application_no", "phase") || x.LetterNo != "":
			case x.Phase != code.PhaseCancel:
				f.Add("letter_no", code.Missing, "协商作废须填联系函编号 / required for a voiding by agreement")
			case x.ApplicationNo == "":
				f.Add("letter_no", code.Missing, "联系函编号与申请编号至少填一项 / letter_no or application_no")
			}
		},
	}
	return &batch.Kind{
		Name:      KindCancellation,
		Title:     batch.Words{ZH: "撤销通知", EN: "cancellation"},
		Flow:      batch.Words{ZH: "网厅 → 经办机构；经办机构之间，双向", EN: "portal → agency; between agencies, both ways"},
		Senders:   []batch.Role{batch.Portal, batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderCancellation,
		Signed:    true,
	}
}
