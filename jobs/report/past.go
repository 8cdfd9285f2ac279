package report

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Past is what a workbook as of the end of an earlier business date is made
// of. The Night's Date is that day, and its cases, letters, forms, files and
// runs are those of then: each case as the journal says it stood. What the
// store keeps only as it is now has no column here: tracks of form and money,
// limits, verdicts, counts of records.
type Past struct {
	Night    Night
	Open     map[exchange.Side]int // not in a final state
	Opened   map[exchange.Side]int // on the day
	Closed   map[exchange.Side]int // on the day
	States   map[exchange.Side]map[exchange.State]int
	Untold   []string // cases whose journal does not lead to their state of now: they are left out
	Balances []LedgerSum
}

// LedgerSum is what the ledger's entries up to the day come to on an account.
type LedgerSum struct {
	Account ledger.Account
	Amount  money.Fen
}

// AsOf is the workbook of an earlier business date.
func AsOf(p Past) workbook.Book {
	n := p.Night
	book := Nightly(n)
	book.Title = n.say("医保关系转移接续日报（回看）", "Carryover report as of then") + " " + n.Date.String()
	book.Sheets = []workbook.Sheet{
		p.summary(),
		sheet(n, n.say("办件", "Cases"), n.say("当日在办及近三十日办结的办件", "Cases open then, or closed in the thirty days before"), pastCaseColumns(), n.Cases),
		sheet(n, n.say("联系函", "Letters"), n.say("截至当日的联系函", "Contact letters up to then"), pastLetterColumns(), n.Letters),
		sheet(n, n.say("信息表", "Forms"), n.say("截至当日的信息表", "Information forms up to then"), pastFormColumns(), n.Forms),
		sheet(n, n.say("文件", "Files"), n.say("近三十日收发文件", "Files received and queued in the thirty days before"), pastFileColumns(), n.Files),
		sheet(n, n.say("运行记录", "Runs"), n.say("运行记录", "Runs"), runColumns(), n.Runs),
	}
	return book
}

// among keeps the columns of those English titles, in their order.
func among[T any](columns []column[T], titles ...string) (kept []column[T]) {
	for _, title := range titles {
		if i := slices.IndexFunc(columns, func(c column[T]) bool { return c.en == title }); i >= 0 {
			kept = append(kept, columns[i])
		}
	}
	return kept
}

func pastLetterColumns() []column[Letter] {
	return among(letterColumns(), "letter", "version", "side", "partner", "name", "ID number", "letter date", "received or issued",
		"WD unanswered", "state", "certificate", "account moves", "account holder", "account", "bank", "CNAPS", "case", "remark")
}

func pastFormColumns() []column[Form] {
	return among(formColumns(), "form", "version", "nature", "side", "partner", "name", "ID number", "issued", "received", "months paid",
		"months back-paid", "months deemed", "months of gap", "money", "principal", "interest", "amount", "payment", "letter", "case", "clerk", "checker")
}

func pastFileColumns() []column[exchange.File] {
	return among(fileColumns(), "file", "in or out", "party", "kind", "sequence", "business date", "fetched or queued", "total", "carrier", "bytes", "SHA-256")
}

func pastCaseColumns() []column[exchange.Case] {
	text, middle, date := workbook.Text, workbook.Middle, workbook.Date
	return []column[exchange.Case]{
		{"办件编号", "case", text, false, func(_ Night, c exchange.Case) any { return c.No }},
		{"方向", "side", middle, false, func(n Night, c exchange.Case) any { return n.word(exchange.SideTerms(), string(c.Side)) }},
		{"对方经办机构", "partner", text, false, func(n Night, c exchange.Case) any { return n.partner(c.Partner) }},
		{"姓名", "name", text, false, func(_ Night, c exchange.Case) any { return c.Person.Name }},
		{"证件号码", "ID number", text, false, func(n Night, c exchange.Case) any { return n.id(c.Person.IDNo) }},
		{"业务状态", "state", middle, false, func(n Night, c exchange.Case) any { return n.state(c) }},
		{"状态日期", "since", date, false, func(_ Night, c exchange.Case) any { return c.StateSince }},
		{"暂缓原因", "why held", text, false, func(n Night, c exchange.Case) any {
			if c.State != exchange.Held {
				return nil
			}
			return n.reason(c)
		}},
		{"立案日期", "opened", date, false, func(_ Night, c exchange.Case) any { return c.OpenedOn }},
		{"办结日期", "closed", date, false, func(_ Night, c exchange.Case) any { return c.ClosedOn }},
		{"联系函号", "letter", text, false, func(_ Night, c exchange.Case) any {
			if c.LetterVersion == 0 {
				return nil
			}
			return c.LetterNo
		}},
		{"申请编号", "application", text, false, func(_ Night, c exchange.Case) any { return c.ApplicationNo }},
	}
}

func (p Past) summary() workbook.Sheet {
	n := p.Night
	return workbook.Sheet{
		Name: n.say("汇总", "Summary"), Title: n.say("医保关系转移接续日报（回看）", "Carryover report as of then"), Note: n.note(), Warning: len(p.Untold) > 0,
		Blocks: []workbook.Block{p.limits(), p.figures(), p.states(), p.balances(), n.trend()},
		Charts: []workbook.Chart{{Title: n.say("当日前三十日趋势", "The thirty days before"), Kind: workbook.Lines, Block: 4, Series: []int{1, 2, 3}}},
	}
}

// limits says what a look back can tell and what it cannot.
func (p Past) limits() workbook.Block {
	n := p.Night
	b := workbook.Block{Title: n.say("本表的范围", "What this can tell"), Wide: true, Columns: []workbook.Column{{}}, Rows: [][]any{
		{n.say("截至上列业务日期终了时的情况：办件状态由办理记录逐件推算，台账余额由当日及以前的分录合计。",
			"As of the end of the business date above: states are followed through the journal case by case, balances are the sums of the entries up to that day.")},
		{n.say("信息表和资金的状态、时限、待办、文件的结论与回执、银行日对账只保存现状，不能回看，因此不列；当晚的情况见当日的工作簿。",
			"Tracks of form and money, limits, to-do, verdicts and receipts of files and the bank's days are kept as they are now only and are left out; what was known that night stands in that night's own workbook.")},
	}}
	for _, no := range p.Untold {
		b.Rows = append(b.Rows, []any{workbook.Toned{
			Value: n.say("无法推算、未列入的办件：", "left out, its journal does not lead to where it stands: ") + no, Tone: workbook.Bad,
		}})
	}
	return b
}

func (p Past) figures() workbook.Block {
	n := p.Night
	b := n.perSide(n.say("关键指标", "Key figures"))
	for _, r := range []struct {
		word    string
		figures map[exchange.Side]int
	}{
		{n.say("在办", "open"), p.Open}, {n.say("当日新办", "opened that day"), p.Opened}, {n.say("当日办结", "closed that day"), p.Closed},
	} {
		in, out := r.figures[exchange.In], r.figures[exchange.Out]
		b.Rows = append(b.Rows, []any{r.word, in, out, in + out})
	}
	return b
}

func (p Past) states() workbook.Block {
	return p.Night.states(&Tally{States: p.States})
}

func (p Past) balances() workbook.Block {
	n := p.Night
	b := workbook.Block{Title: n.say("台账余额（元）", "Balances of the ledger, yuan"), Columns: []workbook.Column{
		{Title: n.say("对方经办机构", "partner")}, {Title: n.say("科目", "account")}, {Title: n.say("余额", "balance"), Kind: workbook.Money},
	}}
	for _, x := range p.Balances {
		partner := n.partner(x.Account.Partner())
		if partner == "" {
			partner = n.say("尚不明确", "not known yet")
		}
		title := string(x.Account.Title())
		for _, h := range ledger.Chart() {
			if h.Title == x.Account.Title() {
				title = n.say(h.Chinese, h.English) + "（" + title + "）"
			}
		}
		b.Rows = append(b.Rows, []any{partner, title, x.Amount})
	}
	return b
}
