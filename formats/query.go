package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Query is a question of one agency to another, or the answer to one (Z).
type Query struct {
	QueryNo       string
	Answers       string // the query_no of the question
	LetterNo      string
	FormNo        string
	CertificateNo string
	About         code.About
	Ours          string // what the sender has
	Theirs        string // what the sender was told
	Text          string
	AskedOn       calendar.Date
	DueOn         calendar.Date
	Echo          string
}

func queryKind() *batch.Kind {
	type Z = Query
	row := batch.Layout[Z]{
		Type:  "Z",
		Title: batch.Words{ZH: "查询函", EN: "query"},
		Columns: []batch.Column[Z]{
			batch.Number("query_no", "查询编号", 32, batch.Required, func(z *Z) *string { return &z.QueryNo }),
			batch.Number("answers", "所答复的查询编号", 32, batch.Optional, func(z *Z) *string { return &z.Answers }),
			batch.Number("letter_no", "联系函编号", 32, batch.Optional, func(z *Z) *string { return &z.LetterNo }),
			batch.Number("form_no", "信息表编号", 32, batch.Optional, func(z *Z) *string { return &z.FormNo }),
			batch.Number("certificate_no", "参保凭证编号", 32, batch.Optional, func(z *Z) *string { return &z.CertificateNo }),
			batch.List("about", "查询事项", code.Abouts(), batch.Required, func(z *Z) *string { return (*string)(&z.About) }),
			batch.Text("ours", "我方记录", 200, batch.Optional, func(z *Z) *string { return &z.Ours }),
			batch.Text("theirs", "对方记录", 200, batch.Optional, func(z *Z) *string { return &z.Theirs }),
			batch.Text("text", "内容", 500, batch.Required, func(z *Z) *string { return &z.Text }),
			batch.Date("asked_on", "日期", batch.Required, func(z *Z) *calendar.Date { return &z.AskedOn }),
			batch.Date("due_on", "答复期限", batch.Optional, func(z *Z) *calendar.Date { return &z.DueOn }),
			echoColumn(func(z *Z) *string { return &z.Echo }),
		},
		No:  []string{"query_no"},
		Key: []string{"query_no"},
	}
	return &batch.Kind{
		Name:      KindQuery,
		Title:     batch.Words{ZH: "查询函", EN: "query"},
		Flow:      batch.Words{ZH: "经办机构之间，双向", EN: "between agencies, both ways"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
		Signable:  true,
	}
}
