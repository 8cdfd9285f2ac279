package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"maps"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// Workbook is one of the two decisions workbooks: that of the decisions which
// need a signature (财务), and that of those which do not (业务).
type Workbook struct {
	Signed bool
	Name   string // in the names of files
}

// Workbooks are the decisions workbooks.
func Workbooks() []Workbook { return []Workbook{{false, "业务"}, {true, "财务"}} }

// Offers are those of an item's decisions that this workbook holds, for an officer
// with those roles: by whether they need a signature, and who may take them.
func (d Workbook) Offers(t exchange.Todo, roles []exchange.Role) (list []exchange.Rule) {
	for _, r := range t.Decisions {
		if r.Signed == d.Signed && slices.ContainsFunc(r.Roles, func(role exchange.Role) bool { return slices.Contains(roles, role) }) {
			list = append(list, r)
		}
	}
	return list
}

// Rows are the rows of this workbook for officers with those roles: the items of
// a list, each followed by the differences beside it, that offer them something.
func (d Workbook) Rows(list []exchange.Todo, roles []exchange.Role) iter.Seq[exchange.Todo] {
	return func(yield func(exchange.Todo) bool) {
		for _, t := range list {
			for _, row := range append([]exchange.Todo{t}, t.Also...) {
				if len(d.Offers(row, roles)) > 0 && !yield(row) {
					return
				}
			}
		}
	}
}

// tells are the arguments of what the rows offer: those for which the workbook needs
// a column. What a row's key says by itself (RowKey.Tell) is not among them.
func (d Workbook) tells(rows iter.Seq[exchange.Todo], roles []exchange.Role) map[string]bool {
	args := map[string]bool{}
	for t := range rows {
		for _, r := range d.Offers(t, roles) {
			for _, name := range r.Tells() {
				args[name] = name != "partner" && name != "day"
			}
		}
	}
	return args
}

// KeyOf is the hidden cell of a row: the day of the workbook, what the row is
// about, how that stood, and a sum over both and what the row shows. The sum
// is no secret: it finds a row whose cells were sorted apart from each other
// or written over, by mistake. What may be decided is looked up anew when the
// row comes back, so that nothing is gained by forging one.
func KeyOf(t exchange.Todo, agency string, on calendar.Date) string {
	stamp := short(t.Stamp)
	return strings.Join([]string{on.String(), string(t.About), stamp, rowSum(t.About, agency, on, stamp, shown(t)), t.No}, ".")
}

// shown are the locked cells that the key's sum covers, as ReadRow reads them.
func shown(t exchange.Todo) []string {
	amount := ""
	if t.Amount != 0 {
		amount = t.Amount.String()
	}
	return []string{strings.TrimSpace(workbook.CellText(t.No)), strings.TrimSpace(workbook.CellText(t.Who)), strings.TrimSpace(workbook.CellText(t.What)), amount}
}

// rowSum is the checksum of a row's key over its stamp and its locked cells.
func rowSum(about exchange.Subject, agency string, on calendar.Date, stamp string, shown []string) string {
	return short(strings.Join(append([]string{"row 1", agency, on.String(), string(about), stamp}, shown...), "\n"))
}

// short is the first six bytes of a text's SHA-256, enough against mistakes.
func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// Stands reports whether a row's subject is still in the state that its key was
// made for; false means that the row is out of date.
func (k RowKey) Stands(t exchange.Todo) bool { return k.Stamp == short(t.Stamp) }

// RowKey is a row's hidden cell, read.
type RowKey struct {
	On    calendar.Date
	About exchange.Subject
	No    string
	Stamp string
}

// Subject is what the row is about, as a decision names it.
func (k RowKey) Subject() string {
	if k.About == exchange.AboutMonth {
		month, _, _ := strings.Cut(k.No, " ")
		return month
	}
	return k.No
}

// Tell adds to the arguments of an action what the row itself says: its key, and the cells
// that it shows, of which the last is the amount.
func (k RowKey) Tell(action string, args map[string]string, shown []string) map[string]string {
	args = maps.Clone(args)
	switch _, behind, _ := strings.Cut(k.No, " "); k.About {
	case exchange.AboutMonth:
		args["partner"] = behind
	case exchange.AboutDay:
		args["day"] = behind
		if action == exchange.ActAllowCap {
			args["amount"] = cmp.Or(args["amount"], shown[len(shown)-1])
		}
	}
	return args
}

// ReadKey reads the hidden cell of a row that came back, and compares it with
// the locked cells beside it; ok is false when one of them was changed.
func ReadKey(agency, key string, shown []string) (k RowKey, ok bool) {
	parts := strings.SplitN(key, ".", 5)
	if len(parts) != 5 {
		return k, false
	}
	on, err := calendar.ParseDate(parts[0])
	if err != nil {
		return k, false
	}
	k = RowKey{On: on, About: exchange.Subject(parts[1]), Stamp: parts[2], No: parts[4]}
	sum := rowSum(k.About, agency, on, k.Stamp, shown)
	return k, sum == parts[3] && len(shown) > 0 && shown[0] == k.No
}

// Titles of the columns that are read when a decisions workbook comes back.
var (
	titleNo     = exchange.Term{Code: "no", Chinese: "编号", English: "number"}
	titleWho    = exchange.Term{Code: "who", Chinese: "当事人", English: "who"}
	titleWhat   = exchange.Term{Code: "what", Chinese: "情况", English: "what is the matter"}
	titleAmount = exchange.Term{Code: "sum", Chinese: "涉及金额", English: "sum"}
	titleAction = exchange.Term{Code: "action", Chinese: "决定", English: "decision"}
	titleReason = exchange.Term{Code: "reason", Chinese: "理由", English: "reason"}
	titleKey    = exchange.Term{Code: "key", Chinese: "行标识", English: "row key"}
)

// argTitle is the title of an argument's column.
func argTitle(a exchange.Term) exchange.Term {
	if a.Code == "amount" {
		return exchange.Term{Code: a.Code, Chinese: "准许金额", English: "amount allowed"}
	}
	english, _, _ := strings.Cut(a.English, ",")
	return exchange.Term{Code: a.Code, Chinese: a.Chinese, English: english}
}

// DecisionTitles are the titles that a decisions workbook of a language must
// have, whether signed or not.
func DecisionTitles(lang string) (list []string) {
	for _, t := range []exchange.Term{titleNo, titleWho, titleWhat, titleAmount, titleAction, titleReason, titleKey} {
		list = append(list, t.Word(lang))
	}
	return list
}

// Row is a row of a decisions workbook as it came back.
type Row struct {
	Line   int
	Key    string
	Shown  []string
	Action string
	Reason string
	Args   map[string]string
	Added  bool // nothing but what somebody wrote: no row of ours
}

// ReadRow takes a filled row apart.
func ReadRow(r workbook.FilledRow, lang string) Row {
	amount := r.Text(titleAmount.Word(lang))
	if f, err := Yuan(amount); err == nil {
		amount = f.String()
	}
	d := Row{
		Line: r.Line, Key: r.Text(titleKey.Word(lang)), Action: r.Text(titleAction.Word(lang)), Reason: r.Text(titleReason.Word(lang)),
		Shown: []string{r.Text(titleNo.Word(lang)), r.Text(titleWho.Word(lang)), r.Text(titleWhat.Word(lang)), amount},
		Args:  map[string]string{},
	}
	for _, a := range exchange.Arguments() {
		if v := normaliseArg(a.Code, r.Text(argTitle(a).Word(lang))); v != "" {
			d.Args[a.Code] = v
		}
	}
	d.Added = d.Key == ""
	return d
}

// normaliseArg is an argument as a keyboard that writes Chinese leaves it, normalised.
func normaliseArg(name, text string) string {
	switch name {
	case "holder", "bank", "code", "entry":
		return text
	case "amount":
		if f, err := Yuan(text); err == nil {
			return f.String()
		}
	}
	return halfWidth(text)
}

// Yuan reads an amount as a cell holds it: with or without separators, cents
// and full-width digits.
func Yuan(text string) (money.Fen, error) {
	text = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", "元", "", " ", "").Replace(halfWidth(text))
	switch point := strings.IndexByte(text, '.'); {
	case point < 0:
		text += ".00"
	case point == len(text)-2:
		text += "0"
	}
	return money.Parse(text)
}

// halfWidth turns full-width digits, letters and signs into plain ones.
func halfWidth(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, text)
}

// Decisions is a decisions workbook for officers with those roles, of the items
// of a list that offer them something, with a column for each argument asked for.
func Decisions(n Night, d Workbook, roles []exchange.Role, items []exchange.Todo) workbook.Book {
	rows := d.Rows(items, roles)
	title := n.say("待决定事项（业务）", "Decisions: business")
	if d.Signed {
		title = n.say("待决定事项（财务）", "Decisions: finance")
	}
	list := sheet(n, n.say("待决定", "Decisions"), title, decisionColumns(n, d, roles, d.tells(rows, roles)), sound(rows))
	list.Protect, list.Frozen = true, 2
	list.NotAmong = n.say("请从下拉清单中选择，或留空。", "Choose from the list, or leave the cell empty.")
	list.Note = n.say("在黄色单元格中选择决定、写明理由；其余单元格已锁定。填写方法见“填写说明”。　", "Choose and give a reason in the yellow cells; the others are locked. See the sheet How to.   ") + n.note()
	n.prompts(&list)
	n.widths(&list)
	return n.book(title+" "+n.Date.String(), list, n.howTo(d))
}

func decisionColumns(n Night, d Workbook, roles []exchange.Role, args map[string]bool) []column[exchange.Todo] {
	text := func(title exchange.Term, kind workbook.Kind, value func(exchange.Todo) any) column[exchange.Todo] {
		return column[exchange.Todo]{title.Chinese, title.English, kind, false, func(_ Night, t exchange.Todo) any { return value(t) }}
	}
	columns := []column[exchange.Todo]{
		{"事项", "about", workbook.Middle, false, func(n Night, t exchange.Todo) any { return n.word(exchange.SubjectTerms(), string(t.About)) }},
		text(titleNo, workbook.Text, func(t exchange.Todo) any { return t.No }),
		text(titleWho, workbook.Text, func(t exchange.Todo) any { return t.Who }),
		text(titleWhat, workbook.Text, func(t exchange.Todo) any { return t.What }),
		{"怎么办", "what to do", workbook.Text, false, func(_ Night, t exchange.Todo) any { return t.Do }},
		text(titleAmount, workbook.Money, func(t exchange.Todo) any {
			if t.Amount == 0 {
				return nil
			}
			return t.Amount
		}),
		{"起始日期", "since", workbook.Date, false, func(_ Night, t exchange.Todo) any { return t.Since }},
		text(titleAction, workbook.Text, func(t exchange.Todo) any {
			var among []string
			for _, r := range d.Offers(t, roles) {
				among = append(among, n.rule(r))
			}
			return workbook.Pick{Among: among}
		}),
	}
	for _, a := range exchange.Arguments() {
		if args[a.Code] {
			columns = append(columns, text(argTitle(a), argKind(a.Code), func(t exchange.Todo) any { return n.argument(d, t, roles, a.Code) }))
		}
	}
	return append(columns,
		text(titleReason, workbook.Text, func(exchange.Todo) any { return workbook.Fill{} }),
		text(titleKey, workbook.Code, func(t exchange.Todo) any { return KeyOf(t, n.Agency.Code, n.Date) }))
}

// rule is a decision's word in a drop-down, where a comma would end it.
func (n Night) rule(r exchange.Rule) string { return RuleWord(r, n.say("zh", "en")) }

// RuleWord is a decision as a drop-down names it.
func RuleWord(r exchange.Rule, lang string) string {
	return strings.NewReplacer(",", ";", "，", "、").Replace(r.Word(lang))
}

// widths makes room to write, and keeps what is to be read close to it.
func (n Night) widths(s *workbook.Sheet) {
	lang := n.say("zh", "en")
	room := map[string]float64{titleWho.Word(lang): 26, titleWhat.Word(lang): 40, titleReason.Word(lang): 36, n.say("怎么办", "what to do"): 30}
	for name, w := range map[string]float64{"case": 24, "to": 30, "amount": 16, "entry": 26, "voucher": 18, "payment": 28, "account": 26, "holder": 24, "bank": 24, "cnaps": 16, "personal_no": 20} {
		room[argTitle(exchange.TermOf(exchange.Arguments(), name)).Word(lang)] = w
	}
	for i, c := range s.Columns {
		s.Columns[i].Width, s.Columns[i].Hidden = room[c.Title], c.Title == titleKey.Word(lang)
	}
}

func argKind(name string) workbook.Kind {
	if name == "amount" {
		return workbook.Money
	}
	return workbook.Text
}

// argument is the cell of an argument: open where a decision that the row offers
// takes it, else locked.
func (n Night) argument(d Workbook, t exchange.Todo, roles []exchange.Role, name string) any {
	taken := slices.ContainsFunc(d.Offers(t, roles), func(r exchange.Rule) bool { return slices.Contains(r.Tells(), name) })
	switch {
	case !taken:
		return nil
	case name == "code":
		return workbook.Pick{Among: n.declines()}
	}
	return workbook.Fill{}
}

// declines are the reasons with which an officer declines or refuses, as a
// drop-down has room for them: words in Chinese, codes in English.
func (n Night) declines() (list []string) {
	for _, e := range code.Declines() {
		if e.Code != string(code.DeclineDeceased) {
			list = append(list, n.say(e.Chinese, e.Code))
		}
	}
	return list
}
