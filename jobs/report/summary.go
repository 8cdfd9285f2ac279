package report

import (
	"fmt"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Summary is what the first sheet shows besides the night itself.
type Summary struct {
	Tally    *Tally
	Proofs   []Proof
	Audit    []string // what is known of the store outside the machine, findings about it
	Warnings []string // seals off, gaps, what did not come: in words, in the night's language
	Trend    []Day    // up to 30 days, the oldest first; may be empty
}

// Proof is the ledger's equation with one partner, or over all.
type Proof struct {
	Partner string // "" over all
	Side    exchange.Side
	ledger.Proof
}

// Day is a point of the trend.
type Day struct {
	Date                    calendar.Date
	Opened, Completed, Open int
}

func (n Night) summary() workbook.Sheet {
	s := workbook.Sheet{
		Name:  n.say("汇总", "Summary"),
		Title: n.say("医保关系转移接续日报", "Carryover nightly report"),
		Note:  n.note(),
	}
	add := func(b workbook.Block) int {
		s.Blocks = append(s.Blocks, b)
		return len(s.Blocks) - 1
	}
	if len(n.Summary.Warnings) > 0 {
		s.Warning = true
		add(n.lines(n.say("警示", "Warnings"), n.Summary.Warnings, workbook.Bad))
	}
	add(n.todoBlock())
	add(n.proofs())
	if len(n.Summary.Audit) > 0 {
		add(n.lines(n.say("存储核验", "Proof of the store"), n.Summary.Audit, workbook.Plain))
	}
	if t := n.Summary.Tally; t != nil {
		add(n.keyFigures(t))
		add(n.states(t))
		add(n.onTime(t))
		add(n.waiting(t))
		block := add(n.ageing(t))
		s.Charts = append(s.Charts, workbook.Chart{
			Title: n.say("剩余工作日分布", "Working days left"), Kind: workbook.Bars, Block: block, Series: []int{1},
		})
	}
	if len(n.Summary.Trend) > 0 {
		block := add(n.trend())
		s.Charts = append([]workbook.Chart{{
			Title: n.say("近三十日趋势", "The last thirty days"), Kind: workbook.Lines, Block: block, Series: []int{1, 2, 3},
		}}, s.Charts...)
	}
	return s
}

// lines are texts, a row each.
func (n Night) lines(title string, lines []string, tone workbook.Tone) workbook.Block {
	b := workbook.Block{Title: title, Wide: true, Columns: []workbook.Column{{}}}
	for _, line := range lines {
		b.Rows = append(b.Rows, []any{workbook.Toned{Value: line, Tone: tone}})
	}
	return b
}

// proofs shows the equation of the ledger, term by term.
func (n Night) proofs() workbook.Block {
	amount := func(zh, en string) workbook.Column {
		return workbook.Column{Title: n.say(zh, en), Kind: workbook.Money}
	}
	b := workbook.Block{
		Title: n.say("资金平衡：清算 = 已入账 + 支付个人 + 轧差 + 不划转 + 在途 + 差额（元）",
			"Proof: liquidated = credited + paid to person + netted + not moved + in transit + difference"),
		Columns: []workbook.Column{
			{Title: n.say("对方经办机构", "partner")},
			{Title: n.say("方向", "side"), Kind: workbook.Middle},
			amount("清算", "liquidated"), amount("已入账", "credited"), amount("支付个人", "paid to person"),
			amount("轧差", "netted"), amount("不划转", "not moved"), amount("在途", "in transit"), amount("差额", "difference"),
		},
	}
	for _, p := range n.Summary.Proofs {
		partner := n.partner(p.Partner)
		if p.Partner == "" {
			partner = n.say("合计", "total")
		}
		b.Rows = append(b.Rows, []any{
			partner, n.word(exchange.SideTerms(), string(p.Side)), p.Liquidated, p.Credited, p.PaidToPerson,
			p.Netted, p.NotMoved, p.InTransit, proven(p.Difference),
		})
	}
	return b
}

// proven is green at zero and red otherwise.
func proven(difference money.Fen) workbook.Toned {
	if difference == 0 {
		return workbook.Toned{Value: difference, Tone: workbook.Good}
	}
	return workbook.Toned{Value: difference, Tone: workbook.Bad}
}

func (n Night) keyFigures(t *Tally) workbook.Block {
	b := n.perSide(n.say("关键指标", "Key figures"))
	row := func(zh, en string, figures map[exchange.Side]int, tone workbook.Tone) {
		cells := []any{n.say(zh, en)}
		for _, side := range []exchange.Side{exchange.In, exchange.Out} {
			var v any = figures[side]
			if figures[side] > 0 && tone != workbook.Plain {
				v = workbook.Toned{Value: v, Tone: tone}
			}
			cells = append(cells, v)
		}
		b.Rows = append(b.Rows, append(cells, figures[exchange.In]+figures[exchange.Out]))
	}
	row("在办", "open", t.Open, workbook.Plain)
	row("当日新办", "opened today", t.Opened, workbook.Plain)
	row("当日办结", "closed today", t.Closed, workbook.Plain)
	row("超过法定时限", "past the legal limit", t.Overdue, workbook.Bad)
	return b
}

func (n Night) perSide(title string) workbook.Block {
	count := func(zh, en string) workbook.Column {
		return workbook.Column{Title: n.say(zh, en), Kind: workbook.Count}
	}
	return workbook.Block{Title: title, Columns: []workbook.Column{
		{Title: n.say("项目", "figure")}, count("转入", "in"), count("转出", "out"), count("合计", "total"),
	}}
}

// states counts the cases by state, both directions side by side under the
// word that staff see for it.
func (n Night) states(t *Tally) workbook.Block {
	b := workbook.Block{Title: n.say("办件状态", "Cases by state"), Columns: []workbook.Column{
		{Title: n.say("状态", "state")}, {Title: n.say("方向", "side"), Kind: workbook.Middle}, {Title: n.say("件数", "cases"), Kind: workbook.Count},
	}}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		for _, term := range exchange.StateTerms(side) {
			if have := t.States[side][exchange.State(term.Code)]; have > 0 {
				b.Rows = append(b.Rows, []any{term.Word(n.say("zh", "en")), n.word(exchange.SideTerms(), string(side)), have})
			}
		}
	}
	return b
}

func (n Night) onTime(t *Tally) workbook.Block {
	count := func(zh, en string) workbook.Column {
		return workbook.Column{Title: n.say(zh, en), Kind: workbook.Count}
	}
	b := workbook.Block{Title: n.say("按时率（在办及近三十日已答复、已办结）", "On time: open cases, and those answered or completed in thirty days"), Columns: []workbook.Column{
		{Title: n.say("对方经办机构", "partner")},
		count("转入在办", "open in"), count("转出在办", "open out"),
		count("有时限", "with a limit"), count("超期", "overdue"),
		{Title: n.say("在办按时率", "on time"), Kind: workbook.Percent},
		count("已答复办结", "done"), count("其中按时", "in time"),
		{Title: n.say("办结按时率", "done on time"), Kind: workbook.Percent},
	}}
	for _, party := range slices.Sorted(maps.Keys(t.Partners)) {
		p := t.Partners[party]
		var share any
		if rate, ok := p.OnTime(); ok {
			share = workbook.Ratio(rate)
		}
		var kept any
		if p.Done > 0 {
			kept = workbook.Ratio(float64(p.Kept) / float64(p.Done))
		}
		b.Rows = append(b.Rows, []any{n.partner(party), p.In, p.Out, p.Limited, late(p.Overdue), share, p.Done, p.Kept, kept})
	}
	return b
}

func late(cases int) any {
	if cases > 0 {
		return workbook.Toned{Value: cases, Tone: workbook.Bad}
	}
	return cases
}

func (n Night) waiting(t *Tally) workbook.Block {
	b := workbook.Block{Title: n.say("待办方", "Whose turn"), Columns: []workbook.Column{
		{Title: n.say("待办方", "owner")}, {Title: n.say("件数", "cases"), Kind: workbook.Count},
	}}
	for _, term := range exchange.OwnerTerms() {
		if have := t.Waiting[exchange.Owner(term.Code)]; have > 0 {
			b.Rows = append(b.Rows, []any{term.Word(n.say("zh", "en")), have})
		}
	}
	return b
}

func (n Night) ageing(t *Tally) workbook.Block {
	b := workbook.Block{Title: n.say("剩余工作日", "Working days left"), Columns: []workbook.Column{
		{Title: n.say("剩余工作日", "working days left")}, {Title: n.say("件数", "cases"), Kind: workbook.Count},
	}}
	from := 0
	for i, upTo := range ageing {
		b.Rows = append(b.Rows, []any{n.class(i, from, upTo), t.Ageing[i]})
		from = upTo + 1
	}
	return b
}

// class names a class of working days left.
func (n Night) class(i, from, upTo int) string {
	switch {
	case i == 0:
		return n.say("超期 5 日以上", "more than 5 late")
	case upTo < 0:
		return n.say("超期 1～5 日", "1 to 5 late")
	case upTo == 0:
		return n.say("当日到期", "due today")
	case i == len(ageing)-1:
		return fmt.Sprintf(n.say("%d 日以上", "%d and more"), from)
	}
	return fmt.Sprintf(n.say("%d～%d 日", "%d to %d"), from, upTo)
}

func (n Night) trend() workbook.Block {
	b := workbook.Block{Title: n.say("近三十日", "The last thirty days"), Columns: []workbook.Column{
		{Title: n.say("日期", "date"), Kind: workbook.Date},
		{Title: n.say("新办", "opened"), Kind: workbook.Count},
		{Title: n.say("办结", "completed"), Kind: workbook.Count},
		{Title: n.say("在办", "open"), Kind: workbook.Count},
	}}
	for _, d := range n.Summary.Trend {
		b.Rows = append(b.Rows, []any{d.Date, d.Opened, d.Completed, d.Open})
	}
	return b
}
