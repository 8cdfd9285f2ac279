package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Posting asks the core to change its books: Row says E end participation,
// B debit the account, N credit the account, Y credit months (with stays) or
// U undo an earlier posting.
type Posting struct {
	Row         code.PostingRow
	PostingNo   string
	Undoes      string
	CaseNo      string
	PersonalNo  string
	IDType      code.IDType
	IDNo        string
	Name        string
	Scheme      code.Scheme
	Date        calendar.Date
	Principal   batch.Maybe[money.Fen]
	Interest    batch.Maybe[money.Fen]
	Amount      batch.Maybe[money.Fen]
	FormNo      string
	FormVersion batch.Maybe[int]
	Reason      string
	Echo        string
	Stays       []Stay // of Y only
}

func postingKind() *batch.Kind {
	return &batch.Kind{
		Name:      KindPosting,
		Title:     batch.Words{ZH: "记账指令", EN: "posting"},
		Flow:      batch.Words{ZH: "经办机构 → 业务系统", EN: "agency → core"},
		Senders:   []batch.Role{batch.Agency},
		Receivers: []batch.Role{batch.Core},
		Rows: []*batch.Row{
			postingRow(code.PostingEnd, batch.Words{ZH: "终止参保", EN: "end participation"}),
			postingRow(code.PostingDebit, batch.Words{ZH: "个人账户支出", EN: "debit the account"}),
			postingRow(code.PostingCredit, batch.Words{ZH: "个人账户收入", EN: "credit the account"}),
			postingRow(code.PostingMonths, batch.Words{ZH: "计入缴费月数", EN: "credit months"}),
			postingRow(code.PostingUndo, batch.Words{ZH: "冲销", EN: "undo"}),
		},
		Order: orderOther,
	}
}

func postingRow(typ code.PostingRow, title batch.Words) *batch.Row {
	type P = Posting
	layout := batch.Layout[P]{
		Type:    string(typ),
		Title:   title,
		Columns: postingColumns(),
		Tag: batch.Tag[P]{
			Set: func(p *P) { p.Row = typ },
			Has: func(p *P) bool { return p.Row == typ },
		},
		No:  []string{"posting_no"},
		Key: []string{"posting_no"},
		Check: func(p *P, f *batch.Findings) {
			if p.IDType != "" && p.IDNo != "" && f.OK("id_type", "id_no") {
				checkID(f, "id_no", p.IDType, p.IDNo)
			}
			checkSum(f, p.Principal, p.Interest, p.Amount)
			checkStays(f, p.Stays)
		},
	}
	switch typ {
	case code.PostingCredit:
		layout.Sum = []string{"amount"}
	case code.PostingMonths:
		layout.Detail = stayRows(func(p *P) *[]Stay { return &p.Stays })
	}
	return layout.Row()
}

func postingColumns() []batch.Column[Posting] {
	type P = Posting
	crediting := batch.Words{ZH: "行类型为 N 或 Y", EN: "the row is N or Y"}
	credits := func(p *P) bool { return p.Row == code.PostingCredit || p.Row == code.PostingMonths }
	return []batch.Column[P]{
		batch.Number("posting_no", "指令编号", 32, batch.Required, func(p *P) *string { return &p.PostingNo }),
		batch.Number("undoes", "所冲销的指令编号", 32, batch.Optional, func(p *P) *string { return &p.Undoes }).When(
			batch.Words{ZH: "行类型为 U", EN: "the row is U"},
			func(p *P) bool { return p.Row == code.PostingUndo }),
		batch.Number("case_no", "办件编号", 32, batch.Required, func(p *P) *string { return &p.CaseNo }),
		batch.Number("personal_no", "个人编号", 20, batch.Optional, func(p *P) *string { return &p.PersonalNo }),
		batch.List("id_type", "证件类型", code.IDTypes(), batch.Optional, func(p *P) *string { return (*string)(&p.IDType) }),
		batch.Number("id_no", "证件号码", 18, batch.Optional, func(p *P) *string { return &p.IDNo }),
		batch.Text("name", "姓名", 60, batch.Optional, func(p *P) *string { return &p.Name }),
		batch.List("scheme", "险种", code.Schemes(), batch.Required, func(p *P) *string { return (*string)(&p.Scheme) }),
		batch.Date("date", "生效日期", batch.Required, func(p *P) *calendar.Date { return &p.Date }),
		batch.MaybeMoney("principal", "本金", func(p *P) *batch.Maybe[money.Fen] { return &p.Principal }),
		batch.MaybeMoney("interest", "利息", func(p *P) *batch.Maybe[money.Fen] { return &p.Interest }),
		batch.MaybeMoney("amount", "金额", func(p *P) *batch.Maybe[money.Fen] { return &p.Amount }).When(
			batch.Words{ZH: "行类型为 N", EN: "the row is N"},
			func(p *P) bool { return p.Row == code.PostingCredit }),
		batch.Number("form_no", "信息表编号", 32, batch.Optional, func(p *P) *string { return &p.FormNo }).When(crediting, credits),
		batch.MaybeInt("form_version", "信息表版本", func(p *P) *batch.Maybe[int] { return &p.FormVersion }).When(crediting, credits),
		batch.Text("reason", "原因", 200, batch.Optional, func(p *P) *string { return &p.Reason }),
		echoColumn(func(p *P) *string { return &p.Echo }),
	}
}
