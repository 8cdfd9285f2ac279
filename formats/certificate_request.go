package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// CertificateRequest asks the old place for a certificate of participation (G).
type CertificateRequest struct {
	RequestNo   string
	RequestedOn calendar.Date
	Reason      code.CertificateReason
	Applicant   code.Applicant
	PersonalNo  string
	Person      Person
	Echo        string
}

func certificateRequestKind() *batch.Kind {
	type G = CertificateRequest
	row := batch.Layout[G]{
		Type:  "G",
		Title: batch.Words{ZH: "参保凭证申请", EN: "certificate request"},
		Columns: batch.Columns(
			[]batch.Column[G]{
				batch.Number("request_no", "申请编号", 32, batch.Required, func(g *G) *string { return &g.RequestNo }),
				batch.Date("requested_on", "申请日期", batch.Required, func(g *G) *calendar.Date { return &g.RequestedOn }),
				batch.List("reason", "申请原因", code.CertificateReasons(), batch.Required, func(g *G) *string { return (*string)(&g.Reason) }),
				batch.List("applicant", "申请人", code.Applicants(), batch.Required, func(g *G) *string { return (*string)(&g.Applicant) }),
				batch.Number("personal_no", "个人编号", 20, batch.Required, func(g *G) *string { return &g.PersonalNo }),
			},
			personColumns(func(g *G) *Person { return &g.Person }),
			[]batch.Column[G]{echoColumn(func(g *G) *string { return &g.Echo })},
		),
		No:    []string{"request_no"},
		Key:   []string{"request_no"},
		Check: func(g *G, f *batch.Findings) { checkPerson(f, &g.Person) },
	}
	return &batch.Kind{
		Name:      KindCertificateRequest,
		Title:     batch.Words{ZH: "参保凭证申请", EN: "certificate request"},
		Flow:      batch.Words{ZH: "业务系统、网厅 → 经办机构", EN: "core or portal → agency"},
		Senders:   []batch.Role{batch.Core, batch.Portal},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOpening,
	}
}
