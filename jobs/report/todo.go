package report

import (
	"cmp"
	"fmt"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Todo is something that needs a person: a row of the sheet To do.
type Todo struct {
	Kind      string        // of TodoKinds
	No        string        // of the case, file, entry or month that it is about; may be empty
	CaseNo    string        // whose row on Deadlines it leads to; empty: to none
	Who       string        // person, partner or party
	What      string        // in words, in the night's language
	Do        string        // what to do about it; empty: what its kind says
	Amount    money.Fen     // 0: none
	Since     calendar.Date // may be 0
	Due       calendar.Date // by when; 0: at once
	Owner     exchange.Owner
	Workbooks []Workbook // decisions workbooks in which it can be decided
}

// Urgency is in which order things are done.
type Urgency int

// The urgencies.
const (
	Urgent Urgency = iota // money is stopped or at risk, or the law's limit is past
	Soon                  // somebody waits for us
	Later                 // to be known, or a partner's turn
)

// TodoKind is a row of the table of what needs a person.
type TodoKind struct {
	exchange.Term
	Urgency Urgency
	Owner   exchange.Owner // when the row itself names none
	Do, DoE string         // what to do, in both languages
}

// The kinds.
const (
	TodoProof      = "proof"
	TodoSettings   = "settings"
	TodoUnknown    = "unknown"
	TodoBankDay    = "bank-day"
	TodoLegal      = "legal"
	TodoSign       = "sign"
	TodoStatement  = "statement"
	TodoCredit     = "credit"
	TodoDebit      = "debit"
	TodoHeld       = "held"
	TodoFile       = "file"
	TodoReview     = "review"
	TodoMonth      = "month"
	TodoDifference = "difference"
	TodoMissing    = "missing"
	TodoRejected   = "rejected"
	TodoGap        = "gap"
	TodoAlone      = "alone"
	TodoQuery      = "query"
	TodoOverdue    = "overdue"
	TodoAwaited    = "awaited"
	TodoUnsigned   = "unsigned"
)

// TodoKinds is the table of what needs a person, the most urgent first.
func TodoKinds() []TodoKind {
	return slices.Concat(urgentTodos(), soonTodos(), laterTodos())
}

func urgentTodos() []TodoKind {
	finance, staff := exchange.OwnerFinance, exchange.OwnerStaff
	return []TodoKind{
		{
			exchange.Term{Code: TodoProof, Chinese: "资金不平", English: "ledger does not close"},
			Urgent, finance,
			"查明差额；查明之前不会放行任何付款。", "Find out why. No payment is released until it is explained.",
		},
		{
			exchange.Term{Code: TodoSettings, Chinese: "资金设置待签名", English: "money settings to be signed"},
			Urgent, finance,
			"核对改动，由两名人员（其中一名复核）签名；签名之前不会付款。", "Compare the change; two officers sign it, one of them a checker. No payment leaves before.",
		},
		{
			exchange.Term{Code: TodoUnknown, Chinese: "付款结果待查", English: "payment's fate unknown"},
			Urgent, finance,
			"向银行查明该付款文件是否收到，再作认定。", "Ask the bank whether it has the file, then say so by a decision.",
		},
		{
			exchange.Term{Code: TodoBankDay, Chinese: "日对账不符", English: "bank's day differs"},
			Urgent, finance,
			"按“对账”表逐笔核对，与银行查明差异。", "Compare the entries with the bank; see the sheet Reconciliation.",
		},
		{
			exchange.Term{Code: TodoLegal, Chinese: "超过法定时限", English: "past the legal limit"},
			Urgent, staff,
			"立即办理或催办，并告知当事人。", "Deal with it now, or press whoever has the turn.",
		},
	}
}

func soonTodos() []TodoKind {
	finance, staff, partner, bank := exchange.OwnerFinance, exchange.OwnerStaff, exchange.OwnerPartner, exchange.OwnerBank
	return []TodoKind{
		{
			exchange.Term{Code: TodoSign, Chinese: "付款待签名", English: "payment to be signed"},
			Soon, finance,
			"核对付款清单后签名放行。", "Compare the list, then sign.",
		},
		{
			exchange.Term{Code: TodoStatement, Chinese: "缺银行对账单", English: "statement missing"},
			Soon, bank,
			"向银行索取当日对账单。", "Ask the bank for the day's statement.",
		},
		{
			exchange.Term{Code: TodoReview, Chinese: "批次待审核", English: "batch to be reviewed"},
			Soon, staff,
			"批准发出，或退回。", "Approve it, or send it back.",
		},
		{exchange.Term{Code: TodoCredit, Chinese: "到账待认领", English: "credit to be matched"}, Soon, finance, "", ""},
		{exchange.Term{Code: TodoDebit, Chinese: "扣款待核对", English: "debit to be matched"}, Soon, finance, "", ""},
		{exchange.Term{Code: TodoHeld, Chinese: "办件待决定", English: "case to be decided"}, Soon, staff, "", ""},
		{exchange.Term{Code: TodoFile, Chinese: "文件待处理", English: "file to be decided"}, Soon, staff, "", ""},
		{exchange.Term{Code: TodoMonth, Chinese: "轧差待结算", English: "netting to be settled"}, Soon, finance, "", ""},
		{exchange.Term{Code: TodoDifference, Chinese: "差异待核", English: "difference"}, Soon, staff, "", ""},
		{
			exchange.Term{Code: TodoMissing, Chinese: "文件逾期未到", English: "file has not come"},
			Soon, partner,
			"电话询问对方，请其补送。", "Telephone, and ask for it.",
		},
		{
			exchange.Term{Code: TodoRejected, Chinese: "来文整批退回", English: "file rejected"},
			Soon, partner,
			"告知对方退回原因，请其改正后重新发送。", "Tell the sender why; the mended file may come under the same number.",
		},
		{
			exchange.Term{Code: TodoGap, Chinese: "批次缺号", English: "numbers missing"},
			Soon, partner,
			"请对方补送缺号的批次。", "Ask the sender for the missing batches.",
		},
		{
			exchange.Term{Code: TodoAlone, Chinese: "有签名无文件", English: "signature without file"},
			Soon, partner,
			"请对方补送签名所属的文件。", "Ask the sender for the file.",
		},
		{
			exchange.Term{Code: TodoQuery, Chinese: "查询逾期未复", English: "query not answered"},
			Soon, partner,
			"对方发来的请答复；我方发出的请催复。", "Answer it, or press the other side.",
		},
		{
			exchange.Term{Code: TodoOverdue, Chinese: "超过办理期限", English: "past our own limit"},
			Soon, staff,
			"办理或催办。", "Deal with it, or press whoever has the turn.",
		},
	}
}

func laterTodos() []TodoKind {
	staff, partner := exchange.OwnerStaff, exchange.OwnerPartner
	return []TodoKind{
		{
			exchange.Term{Code: TodoAwaited, Chinese: "文件将到期限", English: "file due soon"},
			Later, partner,
			"届时仍未到的，电话询问对方。", "Telephone if it does not come.",
		},
		{
			exchange.Term{Code: TodoUnsigned, Chinese: "未启用签名", English: "not signed"},
			Later, staff,
			"与对方约定启用签名（seal: signed）。", "Agree with the partner to sign (seal: signed).",
		},
	}
}

// TodoKindOf finds a kind.
func TodoKindOf(code string) TodoKind {
	for _, k := range TodoKinds() {
		if k.Code == code {
			return k
		}
	}
	return TodoKind{Term: exchange.Term{Code: code, Chinese: code, English: code}, Urgency: Soon}
}

// SortTodos brings what needs a person into the order in which it is done: by
// urgency, what is due first before what is due later or has no date, by kind.
func SortTodos(list []Todo) {
	place := map[string]int{}
	for i, k := range TodoKinds() {
		place[k.Code] = i
	}
	due := func(t Todo) calendar.Date {
		if t.Due == 0 {
			return 99991231
		}
		return t.Due
	}
	slices.SortStableFunc(list, func(a, b Todo) int {
		return cmp.Or(
			cmp.Compare(TodoKinds()[place[a.Kind]].Urgency, TodoKinds()[place[b.Kind]].Urgency),
			cmp.Compare(due(a), due(b)), cmp.Compare(place[a.Kind], place[b.Kind]), cmp.Compare(a.Since, b.Since), cmp.Compare(a.No, b.No))
	})
}

func urgencies() []exchange.Term {
	return []exchange.Term{
		{Code: "0", Chinese: "紧急", English: "urgent"},
		{Code: "1", Chinese: "尽快", English: "soon"},
		{Code: "2", Chinese: "提示", English: "to know"},
	}
}

func (n Night) urgency(t Todo) string {
	return n.word(urgencies(), fmt.Sprint(int(TodoKindOf(t.Kind).Urgency)))
}

func (n Night) todo() workbook.Sheet {
	columns := todoColumns()
	s := sheet(n, n.say("待办", "To do"), n.say("待办事项", "What needs a person"), columns, func(yield func(Todo, error) bool) {
		for _, t := range n.Todo {
			if !yield(t, nil) {
				return
			}
		}
	})
	s.Empty, s.Frozen = n.say("（没有待办事项）", "(nothing to do)"), 3
	s.Warning = len(n.Todo) > 0 && TodoKindOf(n.Todo[0].Kind).Urgency == Urgent
	// Wrapped, so that all of a row stands on one page of A4.
	wrapped := map[string]float64{"who": 20, "what is the matter": 34, "what to do": 26}
	for i, c := range columns {
		s.Columns[i].Width = wrapped[c.en]
		switch c.en {
		case "urgency":
			s.Rules = append(s.Rules,
				workbook.Rule{Column: i, Op: "=", Value: n.word(urgencies(), "0"), Tone: workbook.Bad, Row: true},
				workbook.Rule{Column: i, Op: "=", Value: n.word(urgencies(), "1"), Tone: workbook.Warn})
		case "WD left":
			s.Rules = append(s.Rules, workbook.Rule{Column: i, Op: "<", Value: 0, Tone: workbook.Bad})
		}
	}
	return s
}

func todoColumns() []column[Todo] {
	text, middle, date, count := workbook.Text, workbook.Middle, workbook.Date, workbook.Count
	return []column[Todo]{
		{"紧急程度", "urgency", middle, false, func(n Night, t Todo) any { return n.urgency(t) }},
		{"事项", "kind", middle, false, func(n Night, t Todo) any { return TodoKindOf(t.Kind).Word(n.say("zh", "en")) }},
		{"编号", "number", text, false, func(n Night, t Todo) any { return n.place(t) }},
		{"当事人或对方", "who", text, false, func(_ Night, t Todo) any { return t.Who }},
		{"情况", "what is the matter", text, false, func(_ Night, t Todo) any { return t.What }},
		{"怎么办", "what to do", text, false, func(n Night, t Todo) any {
			k := TodoKindOf(t.Kind)
			return cmp.Or(t.Do, n.say(k.Do, k.DoE))
		}},
		{"涉及金额（元）", "amount", workbook.Money, false, func(_ Night, t Todo) any {
			if t.Amount == 0 {
				return nil
			}
			return t.Amount
		}},
		{"起始日期", "since", date, false, func(_ Night, t Todo) any { return t.Since }},
		{"期限", "due", date, false, func(_ Night, t Todo) any { return t.Due }},
		{"剩余工作日", "WD left", count, false, func(n Night, t Todo) any { return n.left(t.Due) }},
		{"待办方", "whose turn", middle, false, func(n Night, t Todo) any { return n.word(exchange.OwnerTerms(), string(t.owner())) }},
		{"在哪里决定", "decided in", text, false, func(n Night, t Todo) any {
			words := ""
			for _, d := range t.Workbooks {
				words += n.say("决定表（"+d.Name+"） ", map[bool]string{true: "finance", false: "business"}[d.Signed]+" decisions ")
			}
			return words
		}},
	}
}

func (t Todo) owner() exchange.Owner { return cmp.Or(t.Owner, TodoKindOf(t.Kind).Owner) }

// place is a row's number, which leads to the case's row on Deadlines.
func (n Night) place(t Todo) any {
	row, ok := n.Places[t.CaseNo]
	if t.CaseNo == "" || !ok {
		return t.No
	}
	to := n.deadlines()
	return workbook.Link{Text: t.No, Sheet: to.Name, Cell: fmt.Sprintf("A%d", to.FirstRow()+row)}
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
	for _, k := range TodoKinds() {
		if counts[k.Code] == 0 {
			continue
		}
		var v any = counts[k.Code]
		if k.Urgency == Urgent {
			v = workbook.Toned{Value: v, Tone: workbook.Bad}
		}
		b.Rows = append(b.Rows, []any{k.Word(n.say("zh", "en")), n.urgency(Todo{Kind: k.Code}), v})
	}
	if len(b.Rows) == 0 {
		b.Rows = [][]any{{n.say("没有待办事项", "nothing to do"), nil, 0}}
	}
	return b
}
