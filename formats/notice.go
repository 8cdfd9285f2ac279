package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Notice tells a person, an employer or a proxy where a case stands and what
// to do next (N).
type Notice struct {
	Recipient     code.Recipient
	IDNo          string
	Name          string
	Phone         string
	EmployerCode  string
	EmployerName  string
	ApplicationNo string
	CaseNo        string // empty about a certificate
	Milestone     code.Milestone
	Date          calendar.Date
	Due           calendar.Date
	Text          string
	Echo          string
}

func noticeKind() *batch.Kind {
	type N = Notice
	row := batch.Layout[N]{
		Type:  "N",
		Title: batch.Words{ZH: "办理进度通知", EN: "notice"},
		Columns: []batch.Column[N]{
			batch.List("recipient", "通知对象", code.Recipients(), batch.Required, func(n *N) *string { return (*string)(&n.Recipient) }),
			batch.Number("id_no", "证件号码", 18, batch.Required, func(n *N) *string { return &n.IDNo }),
			batch.Text("name", "姓名", 60, batch.Required, func(n *N) *string { return &n.Name }),
			batch.Text("phone", "联系电话", 25, batch.Optional, func(n *N) *string { return &n.Phone }),
			batch.Number("employer_code", "单位统一社会信用代码", 18, batch.Optional, func(n *N) *string { return &n.EmployerCode }),
			batch.Text("employer_name", "单位名称", 100, batch.Optional, func(n *N) *string { return &n.EmployerName }),
			batch.Number("application_no", "申请编号", 32, batch.Optional, func(n *N) *string { return &n.ApplicationNo }),
			batch.Number("case_no", "办件编号", 32, batch.Optional, func(n *N) *string { return &n.CaseNo }).When(
				batch.Words{ZH: "通知涉及转移申请（有 application_no）", EN: "the notice is about an application (application_no is given), not a certificate"},
				func(n *N) bool { return n.ApplicationNo != "" }),
			batch.List("milestone", "进度", code.Milestones(), batch.Required, func(n *N) *string { return (*string)(&n.Milestone) }),
			batch.Date("date", "日期", batch.Required, func(n *N) *calendar.Date { return &n.Date }),
			batch.Date("due", "截止日期", batch.Optional, func(n *N) *calendar.Date { return &n.Due }),
			batch.Text("text", "通知内容", 500, batch.Required, func(n *N) *string { return &n.Text }),
			echoColumn(func(n *N) *string { return &n.Echo }),
		},
		No:       []string{"application_no", "case_no"},
		Key:      []string{"application_no", "case_no", "id_no", "recipient", "milestone", "date", "text"},
		PerBatch: true,
		Check:    func(n *N, f *batch.Findings) { checkEmployer(f, n.EmployerCode) },
	}
	return &batch.Kind{
		Name:      KindNotice,
		Title:     batch.Words{ZH: "办理进度通知", EN: "notice"},
		Flow:      batch.Words{ZH: "经办机构 → 网厅", EN: "agency → portal"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Portal},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
	}
}
