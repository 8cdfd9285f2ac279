package report

import (
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/formats/workbook"
)

func (n Night) urgency(u exchange.Urgency) string { return u.Term().Word(n.say("zh", "en")) }

func (n Night) todo() workbook.Sheet {
	columns := todoColumns()
	s := sheet(n, n.say("待办", "To do"), n.say("待办事项", "What needs a person"), columns, func(yield func(exchange.Todo, error) bool) {
		for _, t := range n.Todo {
			if !yield(t, nil) {
				return
			}
		}
	})
	s.Empty, s.Frozen = n.say("（没有待办事项）", "(nothing to do)"), 3
	s.Warning = len(n.Todo) > 0 && exchange.TodoKindOf(n.Todo[0].Kind).Urgency == exchange.Urgent
	// Wrapped, so that all of a row stands on one page of A4.
	wrapped := map[string]float64{"who": 20, "what is the matter": 34, "what to do": 26}
	for i, c := range columns {
		s.Columns[i].Width = wrapped[c.en]
		switch c.en {
		case "urgency":
			s.Rules = append(s.Rules,
				workbook.Rule{Column: i, Op: "=", Value: n.urgency(exchange.Urgent), Tone: workbook.Bad, Row: true},
				workbook.Rule{Column: i, Op: "=", Value: n.urgency(exchange.Soon), Tone: workbook.Warn})
		case "WD left":
			s.Rules = append(s.Rules, workbook.Rule{Column: i, Op: "<", Value: 0, Tone: workbook.Bad})
		}
	}
	return s
}

func todoColumns() []column[exchange.Todo] {
	text, middle, date, count := workbook.Text, workbook.Middle, workbook.Date, workbook.Count
	return []column[exchange.Todo]{
		{"紧急程度", "urgency", middle, false, func(n Night, t exchange.Todo) any { return n.urgency(exchange.TodoKindOf(t.Kind).Urgency) }},
		{"事项", "kind", middle, false, func(n Night, t exchange.Todo) any { return exchange.TodoKindOf(t.Kind).Word(n.say("zh", "en")) }},
		{"编号", "number", text, false, func(n Night, t exchange.Todo) any { return n.place(t) }},
		{"当事人或对方", "who", text, false, func(_ Night, t exchange.Todo) any { return t.Who }},
		{"情况", "what is the matter", text, false, func(_ Night, t exchange.Todo) any { return t.What }},
		{"怎么办", "what to do", text, false, func(_ Night, t exchange.Todo) any { return t.Do }},
		{"涉及金额（元）", "amount", workbook.Money, false, func(_ Night, t exchange.Todo) any {
			if t.Amount == 0 {
				return nil
			}
			return t.Amount
		}},
		{"起始日期", "since", date, false, func(_ Night, t exchange.Todo) any { return t.Since }},
		{"期限", "due", date, false, func(_ Night, t exchange.Todo) any { return t.Due }},
		{"剩余工作日", "WD left", count, false, func(n Night, t exchange.Todo) any { return n.left(t.Due) }},
		{"待办方", "whose turn", middle, false, func(n Night, t exchange.Todo) any { return n.word(exchange.OwnerTerms(), string(t.Owner)) }},
		{"在哪里决定", "decided in", text, false, func(n Night, t exchange.Todo) any {
			words := ""
			for _, d := range Workbooks() {
				if d.holds(t) || slices.ContainsFunc(t.Also, d.holds) {
					words += n.say("决定表（"+d.Name+"） ", map[bool]string{true: "finance", false: "business"}[d.Signed]+" decisions ")
				}
			}
			return words
		}},
	}
}

// holds reports whether the workbook of some officer has a row about an item.
func (d Workbook) holds(t exchange.Todo) bool {
	return slices.ContainsFunc(t.Decisions, func(r exchange.Rule) bool { return r.Signed == d.Signed })
}

// place is what an item is called, which leads to the case's row on Deadlines.
func (n Night) place(t exchange.Todo) any {
	row, ok := n.Places[t.CaseNo]
	if t.CaseNo == "" || !ok {
		return t.Called()
	}
	to := n.deadlines()
	return workbook.Link{Text: t.Called(), Sheet: to.Name, Cell: fmt.Sprintf("A%d", to.FirstRow()+row)}
}

// todoBlock counts on the Summary what needs a person.
func (n Night) todoBlock() workbook.Block {
	b := workbook.Block{Title: n.say("待办事项（详见“待办”）", "To do, see the sheet To do"), Columns: []workbook.Column{
		{Title: n.say("事项", "kind")}, {Title: n.say("紧急程度", "urgency"), Kind: workbook.Middle}, {Title: n.say("数量", "how many"), Kind: workbook.Count},
	}}
	counts := map[string]int{}
	for _, t := range n.Todo {
		counts[t.Kind]++
	}
	for _, k := range exchange.TodoKinds() {
		if counts[k.Code] == 0 {
			continue
		}
		var v any = counts[k.Code]
		if k.Urgency == exchange.Urgent {
			v = workbook.Toned{Value: v, Tone: workbook.Bad}
		}
		b.Rows = append(b.Rows, []any{k.Word(n.say("zh", "en")), n.urgency(k.Urgency), v})
	}
	if len(b.Rows) == 0 {
		b.Rows = [][]any{{n.say("没有待办事项", "nothing to do"), nil, 0}}
	}
	return b
}
