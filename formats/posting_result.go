package formats

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/batch"
)

// PostingResult is the core's answer to one posting (P). The amounts of a B
// that is done are the liquidated balance.
type PostingResult struct {
	PostingNo    string
	CaseNo       string
	Row          code.PostingRow
	Result       code.PostingResult
	Code         string // the core's own reason code
	Text         string
	DoneOn       calendar.Date
	Principal    batch.Maybe[money.Fen]
	Interest     batch.Maybe[money.Fen]
	Amount       batch.Maybe[money.Fen]
	Months       batch.Maybe[int]
	BalanceAfter batch.Maybe[money.Fen]
	Echo         string
}

func postingResultKind() *batch.Kind {
	type P = PostingResult
	row := batch.Layout[P]{
		Type:  "P",
		Title: batch.Words{ZH: "记账结果", EN: "posting result"},
		Columns: []batch.Column[P]{
			batch.Number("posting_no", "指令编号", 32, batch.Required, func(p *P) *string { return &p.PostingNo }),
			batch.Number("case_no", "办件编号", 32, batch.Required, func(p *P) *string { return &p.CaseNo }),
			batch.List("row", "指令行类型", code.PostingRows(), batch.Required, func(p *P) *string { return (*string)(&p.Row) }),
			batch.List("result", "结果", code.PostingResults(), batch.Required, func(p *P) *string { return (*string)(&p.Result) }),
			batch.Text("code", "业务系统原因代码", 40, batch.Optional, func(p *P) *string { return &p.Code }),
			batch.Text("text", "说明", 500, batch.Optional, func(p *P) *string { return &p.Text }),
			batch.Date("done_on", "办理日期", batch.Required, func(p *P) *calendar.Date { return &p.DoneOn }),
			batch.MaybeMoney("principal", "本金", func(p *P) *batch.Maybe[money.Fen] { return &p.Principal }),
			batch.MaybeMoney("interest", "利息", func(p *P) *batch.Maybe[money.Fen] { return &p.Interest }),
			batch.MaybeMoney("amount", "金额", func(p *P) *batch.Maybe[money.Fen] { return &p.Amount }),
			batch.MaybeInt("months", "月数", func(p *P) *batch.Maybe[int] { return &p.Months }),
			batch.MaybeMoney("balance_after", "记账后余额", func(p *P) *batch.Maybe[money.Fen] { return &p.BalanceAfter }),
			echoColumn(func(p *P) *string { return &p.Echo }),
		},
		No:  []string{"posting_no"},
		Key: []string{"posting_no"},
		Sum: []string{"amount"},
		Check: func(p *P, f *batch.Findings) {
			checkSum(f, p.Principal, p.Interest, p.Amount)
			moved := p.Result == code.ResultDone && (p.Row == code.PostingDebit || p.Row == code.PostingCredit)
			if moved && !p.Amount.Given && f.OK("amount", "row", "result") {
				f.Add("amount", code.Missing, "B、N 办理成功时必填 / required of a B or N that is done")
			}
		},
	}
	return &batch.Kind{
		Name:      KindPostingResult,
		Title:     batch.Words{ZH: "记账结果", EN: "posting result"},
		Flow:      batch.Words{ZH: "业务系统 → 经办机构", EN: "core → agency"},
		Senders:   []batch.Role{batch.Core},
		Receivers: []batch.Role{batch.Agency},
		Rows:      []*batch.Row{row.Row()},
		Order:     orderOther,
	}
}
