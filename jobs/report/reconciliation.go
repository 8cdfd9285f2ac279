package report

import (
	"fmt"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Reconciliation is what the sheet of that name shows: what is open between
// us and each partner, and our accounts against the bank's statements.
type Reconciliation struct {
	Partners map[string]*Between
	Items    map[string][]Item // by ReconciliationKinds; at most MostItems of each
	Bank     []BankItem
}

// MostItems is how many rows of a kind the sheet lists: the sheets of letters,
// forms and remittances have them all.
const MostItems = 200

// Between is what is open with one partner.
type Between struct {
	Figures map[string]Figure // by ReconciliationKinds
	Out, In money.Fen         // netting that no net sum is matched to yet
}

// Figure is a number of cases and what they come to.
type Figure struct {
	Count int
	Sum   money.Fen
}

// Item is a row of a kind.
type Item struct {
	Partner  string
	Case     exchange.Case // the zero Case: of none
	No       string        // letter, payment or bank entry
	Who      string        // of an item without a case
	Expected money.Fen
	Arrived  money.Fen
	Since    calendar.Date
	Text     string
}

// The kinds of what is open.
const (
	OpenNoMoney   = "no-money"
	OpenNoForm    = "no-form"
	OpenDiffers   = "differs"
	OpenReturned  = "returned"
	OpenLump      = "lump"
	OpenUnmatched = "unmatched"
)

// ReconciliationKinds lists what can be open, with its words.
func ReconciliationKinds() []exchange.Term {
	return []exchange.Term{
		{Code: OpenNoMoney, Chinese: "有信息表未到账", English: "form without money"},
		{Code: OpenNoForm, Chinese: "有到账无信息表", English: "money without form"},
		{Code: OpenDiffers, Chinese: "金额不符", English: "amount differs"},
		{Code: OpenReturned, Chinese: "退汇", English: "returned"},
		{Code: OpenLump, Chinese: "合并付款在途", English: "lump sums under way"},
		{Code: OpenUnmatched, Chinese: "到账未认领", English: "credits of nobody"},
	}
}

// Add counts an item, and keeps it while there is room.
func (r *Reconciliation) Add(kind string, i Item, sum money.Fen) {
	if kind != OpenUnmatched {
		b := r.with(i.Partner)
		f := b.Figures[kind]
		f.Count++
		f.Sum = money.Clamped(f.Sum, sum)
		b.Figures[kind] = f
	}
	if r.Items == nil {
		r.Items = map[string][]Item{}
	}
	if len(r.Items[kind]) < MostItems+1 { // one more tells that there are more
		r.Items[kind] = append(r.Items[kind], i)
	}
}

// Netting sets what is to be netted with a partner.
func (r *Reconciliation) Netting(partner string, out, in money.Fen) {
	if out != 0 || in != 0 {
		b := r.with(partner)
		b.Out, b.In = out, in
	}
}

func (r *Reconciliation) with(partner string) *Between {
	if r.Partners == nil {
		r.Partners = map[string]*Between{}
	}
	b := r.Partners[partner]
	if b == nil {
		b = &Between{Figures: map[string]Figure{}}
		r.Partners[partner] = b
	}
	return b
}

func (n Night) reconciliation() workbook.Sheet {
	s := workbook.Sheet{
		Name:  n.say("对账", "Reconciliation"),
		Title: n.say("与对方经办机构、银行对账", "Reconciliation with partners and the bank"),
		Note:  n.note(),
	}
	s.Blocks = append(s.Blocks, n.between())
	for _, k := range ReconciliationKinds() {
		if items := n.Reconciliation.Items[k.Code]; len(items) > 0 {
			s.Blocks = append(s.Blocks, n.openItems(k, items))
		}
	}
	s.Blocks = append(s.Blocks, n.balances()...)
	if days := n.bankDays(); len(days.Rows) > 0 {
		s.Blocks = append(s.Blocks, days)
	}
	return s
}

// between is what is open with each partner, a row each, and the totals.
func (n Night) between() workbook.Block {
	b := workbook.Block{
		Title:   n.say("与各对方经办机构的未结事项（件数、金额）", "Open with each partner: number and sum"),
		Columns: []workbook.Column{{Title: n.say("对方经办机构", "partner")}},
	}
	var kinds []exchange.Term
	for _, k := range ReconciliationKinds() {
		if k.Code == OpenUnmatched {
			continue
		}
		kinds = append(kinds, k)
		word := k.Word(n.say("zh", "en"))
		b.Columns = append(b.Columns,
			workbook.Column{Title: word, Kind: workbook.Count},
			workbook.Column{Title: word + n.say("（元）", ", yuan"), Kind: workbook.Money})
	}
	b.Columns = append(b.Columns,
		workbook.Column{Title: n.say("轧差应付（元）", "netting, we owe"), Kind: workbook.Money},
		workbook.Column{Title: n.say("轧差应收（元）", "netting, owed to us"), Kind: workbook.Money})
	sums := make([]money.Fen, len(b.Columns))
	partners := slices.Sorted(maps.Keys(n.Reconciliation.Partners))
	for _, code := range partners {
		p := n.Reconciliation.Partners[code]
		row := []any{n.partner(code)}
		for _, k := range kinds {
			f := p.Figures[k.Code]
			row = append(row, f.Count, f.Sum)
		}
		row = append(row, p.Out, p.In)
		for i, v := range row {
			switch v := v.(type) {
			case int:
				sums[i] = money.Clamped(sums[i], money.Fen(v))
			case money.Fen:
				sums[i] = money.Clamped(sums[i], v)
			}
		}
		b.Rows = append(b.Rows, row)
	}
	if len(partners) == 0 {
		row := make([]any, len(b.Columns))
		row[0] = n.say("没有未结事项", "nothing is open")
		b.Rows = append(b.Rows, row)
		return b
	}
	total := []any{n.say("合计", "total")}
	for i, c := range b.Columns[1:] {
		var v any = sums[i+1]
		if c.Kind == workbook.Count {
			v = int(sums[i+1])
		}
		total = append(total, workbook.Sum{Above: len(partners), Value: v})
	}
	b.Rows = append(b.Rows, total)
	return b
}

// openItems lists what of a kind is open.
func (n Night) openItems(k exchange.Term, items []Item) workbook.Block {
	b := workbook.Block{Title: k.Word(n.say("zh", "en")), Columns: []workbook.Column{
		{Title: n.say("对方经办机构", "partner")},
		{Title: n.say("办件编号", "case")},
		{Title: n.say("编号", "number")},
		{Title: n.say("姓名或对方户名", "name")},
		{Title: n.say("证件号码", "ID number")},
		{Title: n.say("应划金额（元）", "expected"), Kind: workbook.Money},
		{Title: n.say("到账金额（元）", "received"), Kind: workbook.Money},
		{Title: n.say("差额（元）", "difference"), Kind: workbook.Money},
		{Title: n.say("起始日期", "since"), Kind: workbook.Date},
		{Title: n.say("已历工作日", "WD since"), Kind: workbook.Count},
		{Title: n.say("说明", "remark")},
	}}
	more := len(items) > MostItems
	if more {
		items = items[:MostItems]
	}
	var expected, arrived money.Fen
	for _, i := range items {
		expected, arrived = money.Clamped(expected, i.Expected), money.Clamped(arrived, i.Arrived)
		who, id := i.Who, ""
		if i.Case.No != "" {
			who, id = i.Case.Person.Name, n.id(i.Case.Person.IDNo)
		}
		b.Rows = append(b.Rows, []any{
			n.partner(i.Partner), i.Case.No, i.No, who, id, i.Expected, i.Arrived, i.Arrived - i.Expected, i.Since, n.since(i.Since), i.Text,
		})
	}
	at := len(b.Rows)
	b.Rows = append(b.Rows, []any{
		n.say("小计", "subtotal"), nil, nil, nil, nil,
		workbook.Sum{Above: at, Value: expected},
		workbook.Sum{Above: at, Value: arrived},
		workbook.Sum{Above: at, Value: arrived - expected},
		nil, nil, nil,
	})
	if more {
		b.Rows = append(b.Rows, []any{fmt.Sprintf(n.say("只列前 %d 笔，其余见“信息表”“资金划转”表", "the first %d; the others stand on Forms and Remittances"), MostItems), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil})
	}
	return b
}

// since counts the working days since a date.
func (n Night) since(on calendar.Date) any {
	if on == 0 || n.Calendar == nil {
		return nil
	}
	return n.Calendar.WorkingDays(on, n.Date)
}
