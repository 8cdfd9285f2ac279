package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Decline is the old place's answer that it does not transfer, and why (D).
// It travels in the batches of information forms.
type Decline struct {
	LetterNo      string
	LetterVersion int
	Echo          string
	Code          code.Decline
	Text          string
	DeclinedOn    calendar.Date
}

func declineRow() *batch.Row {
	type D = Decline
	return batch.Layout[D]{
		Type:  "D",
		Title: batch.Words{ZH: "不予转出通知", EN: "decline"},
		Columns: []batch.Column[D]{
			batch.Number("letter_no", "联系函编号", 32, batch.Required, func(d *D) *string { return &d.LetterNo }),
			batch.Int("letter_version", "联系函版本", 1, func(d *D) *int { return &d.LetterVersion }),
			echoColumn(func(d *D) *string { return &d.Echo }),
			batch.List("decline_code", "不予转出原因", code.Declines(), batch.Required, func(d *D) *string { return (*string)(&d.Code) }),
			batch.Text("text", "说明", 500, batch.Optional, func(d *D) *string { return &d.Text }),
			batch.Date("declined_on", "决定日期", batch.Required, func(d *D) *calendar.Date { return &d.DeclinedOn }),
		},
		No:  []string{"letter_no"},
		Key: []string{"letter_no", "letter_version"},
	}.Row()
}
