package report

import (
	"fmt"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// The paper forms. They are Chinese whatever the office's language, since an
// agency, a bank or a court takes no other.
//
// Titles, and the fields of certificate, application, letter and form, are
// those of the annexes of 人社厅发〔2016〕94号 and 医保办发〔2021〕43号 as
// agencies' service guides and systems describe them: 户籍类型, 转移类别,
// 医疗保险类型, 转入机构名称, 行政区划代码, 开户全称, 开户银行, 银行账号,
// 联系地址, 邮政编码; for each stay 时间自年月至年月, 医疗保险类型, 统筹地区行政
// 区划代码; the certificate in three parts (第一联 to the new place, 第二联 kept,
// 第三联 to the person); the 转出通知书 to finance. The annexes' own drawings
// were not at hand: where lines and boxes stand follows the usual style of
// such forms.

// Office is what the forms say of the office that prints them.
type Office struct {
	Agency   exchange.Agency
	Partners map[string]exchange.Partner
	Profile  exchange.Profile // of the partner concerned
	Area     func(code string) string
}

// titles are the names of the four forms of a profile.
type titles struct{ certificate, application, letter, form string }

// titles are those of 2021 for a profile that closes the relation before the
// account, as only that procedure does, else those of 2016.
func (o Office) titles() titles {
	if o.Profile.RelationDone() {
		return titles{"基本医疗保险参保凭证", "基本医疗保险关系转移接续申请表", "基本医疗保险关系转移接续联系函", "参保人员基本医疗保险信息表"}
	}
	return titles{"基本医疗保障参保（合）凭证", "基本医疗保险关系转移接续申请表", "基本医疗保险关系转移接续联系函", "参保人员基本医疗保险类型变更信息表"}
}

// place is the name of an agency: ours, a partner's, else its area's.
func (o Office) place(area string) string {
	switch p, ok := o.Partners[area]; {
	case area == o.Agency.Code:
		return o.Agency.Name
	case ok && p.Name != "":
		return p.Name
	}
	return o.area(area)
}

func (o Office) area(area string) string {
	if o.Area == nil {
		return area
	}
	return o.Area(area)
}

// paperCols is the grid of every form: a narrow column for the names of
// groups, then columns for labels (two of them) and values.
const paperCols = 15

func paperGrid() []float64 {
	grid := []float64{4.4}
	for len(grid) < paperCols {
		grid = append(grid, 6.2)
	}
	return grid
}

// labelCols is how many columns a label takes.
const labelCols = 2

// field is a cell of a form as data: the label, how many columns the value
// has, and what of the record stands there.
type field[T any] struct {
	label string
	cols  int
	value func(T) string
}

// group is a group of a form's lines, with its name upright at the left.
type group[T any] struct {
	name  string
	lines [][]field[T]
}

// lay fills the groups of a form from a record.
func lay[T any](groups []group[T], record T) []workbook.Line {
	var out []workbook.Line
	for _, g := range groups {
		for i, fields := range g.lines {
			var line workbook.Line
			if i == 0 {
				line.Boxes = append(line.Boxes, workbook.Box{Text: g.name, As: workbook.BoxUpright, Lines: len(g.lines)})
			}
			for _, f := range fields {
				line.Boxes = append(line.Boxes,
					workbook.Box{Text: f.label, As: workbook.BoxLabel, Cols: labelCols},
					workbook.Box{Text: f.value(record), As: workbook.BoxFact, Cols: f.cols})
			}
			out = append(out, line)
		}
	}
	return out
}

// whole is a line of one box across the page.
func whole(as workbook.BoxKind, text string, height float64) workbook.Line {
	return workbook.Line{Height: height, Boxes: []workbook.Box{{Text: text, As: as, Cols: paperCols}}}
}

// headed are a form's first lines: its title, and a line below with what
// names it at the left and at the right.
func headed(title, left, right string) []workbook.Line {
	return []workbook.Line{
		whole(workbook.BoxTitle, title, 44),
		{Boxes: []workbook.Box{{Text: left, As: workbook.BoxRemark, Cols: 8}, {Text: right, As: workbook.BoxAside, Cols: paperCols - 8}}},
	}
}

func paper(lines ...[]workbook.Line) workbook.Paper {
	p := workbook.Paper{Columns: paperGrid()}
	for _, l := range lines {
		p.Lines = append(p.Lines, l...)
	}
	return p
}

// person are the lines that every form has about the person.
func person[T any](of func(T) exchange.Person, household func(T) string) [][]field[T] {
	return [][]field[T]{
		{
			{"姓　　名", 4, func(r T) string { return of(r).Name }},
			{"性　　别", 1, func(r T) string { return code.Sex(of(r).Sex).Word(code.Chinese) }},
			{"出生日期", 3, func(r T) string { return day(of(r).Birth) }},
		},
		{
			{"证件类型", 4, func(r T) string { return code.IDType(of(r).IDType).Word(code.Chinese) }},
			{"证件号码", 6, func(r T) string { return of(r).IDNo }},
		},
		{
			{"户籍类型", 4, func(r T) string { return orDash(code.Household(household(r)).Word(code.Chinese)) }},
			{"联系电话", 6, func(r T) string { return orDash(of(r).Phone) }},
		},
	}
}

// agency are the lines about an agency; of another one only the name is known.
func agency[T any](o Office, which string, of func(T) string) [][]field[T] {
	ours := func(value string) func(T) string {
		return func(r T) string {
			if of(r) != o.Agency.Code {
				return "—"
			}
			return orDash(value)
		}
	}
	a := o.Agency
	return [][]field[T]{
		{{which + "\n机构名称", 6, func(r T) string { return o.place(of(r)) }}, {"行政区划\n代码", 4, of}},
		{{"联系地址", 6, ours(a.Address)}, {"邮政编码", 4, ours(a.PostCode)}},
		{{"联 系 人", 6, ours(a.Contact)}, {"联系电话", 4, ours(a.Phone)}},
	}
}

// signing is the last line of a form: who made and checked it, and the box for the seal.
func signing(clerk, checker, place string, on calendar.Date) []workbook.Line {
	box := func(text string, as workbook.BoxKind, cols int) workbook.Box {
		return workbook.Box{Text: text, As: as, Cols: cols}
	}
	seal := workbook.Box{Text: place + "（盖章）\n\n" + day(on), As: workbook.BoxSeal, Cols: 8, Lines: 2}
	return []workbook.Line{
		{Height: 46, Boxes: []workbook.Box{box("经办人", workbook.BoxLabel, 3), box(clerk, workbook.BoxMiddle, 4), seal}},
		{Height: 46, Boxes: []workbook.Box{box("复核人", workbook.BoxLabel, 3), box(checker, workbook.BoxMiddle, 4)}},
	}
}

// day is a date as a letter says it; one that is not known leaves room to write it.
func day(d calendar.Date) string {
	if d == 0 {
		return "　　　年　　月　　日"
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.MonthOfYear(), d.Day())
}

func monthOf(m calendar.Month) string {
	if m == 0 {
		return "—"
	}
	return fmt.Sprintf("%d年%d月", m.Year(), m.MonthOfYear())
}

func monthsOf(n int) string { return fmt.Sprintf("%d个月", n) }

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// yuan is an amount in figures, with the sign that nothing can be put before.
func yuan(f money.Fen) string { return "￥" + grouped(f) }

// grouped is an amount in groups of three digits.
func grouped(f money.Fen) string {
	s := f.String()
	point := strings.IndexByte(s, '.')
	var b strings.Builder
	for i := range s {
		if i > 0 && i < point && (point-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func capitals(f money.Fen) string { return "人民币" + f.Capitals() }

func schemeName(s string) string { return orDash(code.Scheme(s).Word(code.Chinese)) }

// choice draws the alternatives of a question with the chosen one marked.
func choice(chosen string, list ...[2]string) string {
	var out []string
	for _, c := range list {
		mark := "□"
		if c[0] == chosen {
			mark = "■"
		}
		out = append(out, mark+c[1])
	}
	return strings.Join(out, "　")
}

// versionOf names a later version of a document.
func versionOf(n int) string {
	if n <= 1 {
		return ""
	}
	return fmt.Sprintf("　第%d版（替代前版）", n)
}

// Print is a document to be printed; its pages become sheets of its name.
type Print struct {
	Name  string
	Pages []workbook.Paper
}

// PaperBook is the workbook of some documents.
func (o Office) PaperBook(title string, made time.Time, prints ...Print) workbook.Book {
	b := Book(o.Agency, code.Chinese, title, made)
	for _, p := range prints {
		for i := range p.Pages {
			name := p.Name
			if i > 0 {
				name += fmt.Sprintf("续%d", i)
			}
			b.Sheets = append(b.Sheets, workbook.Sheet{Name: name, Paper: &p.Pages[i]})
		}
	}
	return b
}
