package samples

import (
	"fmt"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// bookChange makes one example workbook out of a good one. Count and total
// are worked out again; the digest, which only programs state, is left out.
type bookChange struct {
	kind, name string
	code       code.Fault
	about      string
	set        []string // as in change
	at         string   // where the fault must be found; "": the file as a whole, or the first of set
	line       int      // its line on the sheet, when at does not tell

	sheets func([]xmlSheet) []xmlSheet
	parts  func([]part) []part
}

func (c *bookChange) build(t testing.TB, good []byte) []byte {
	t.Helper()
	k := batch.Find(formats.Kinds(), c.kind)
	rows := strings.Split(strings.TrimSuffix(string(good), "\n"), "\n")
	body := rows[:len(rows)-1]
	var late []string
	for _, s := range c.set {
		if strings.HasPrefix(s, "T1.") {
			late = append(late, s)
			continue
		}
		assign(t, k, body, s)
	}
	last := []string{fmt.Sprintf("T,%d,%s,", len(body)-1, totalOf(t, k, body, "0.00"))}
	for _, s := range late {
		assign(t, k, last, s)
	}
	sheets := sheetsOf(t, k, append(body, last[0]))
	if c.sheets != nil {
		sheets = c.sheets(sheets)
	}
	parts := partsOf(sheets)
	if c.parts != nil {
		parts = c.parts(parts)
	}
	return zipped(t, parts)
}

func (c *bookChange) vector(t testing.TB) Vector {
	t.Helper()
	v := Vector{
		File: c.kind + "/" + c.name + ".xlsx", Kind: c.kind, Carrier: batch.Workbook, Needs: NeedsFile,
		Verdict: verdictFor(c.code), Code: c.code, MadeBy: "go", About: c.about,
	}
	where := c.at
	if where == "" && len(c.set) > 0 {
		where, _, _ = strings.Cut(c.set[0], "=")
	}
	if c.code == "" || where == "" {
		return v
	}
	at := parseAddress(t, where)
	v.Row, v.Field, v.Line = at.row, at.field, at.nth+1
	if at.row == "H" || at.row == "T" {
		v.Line = 1
	}
	if c.line > 0 {
		v.Line = c.line
	}
	return v
}

// verdictFor is the verdict on a file whose one fault this is.
func verdictFor(c code.Fault) code.FileVerdict {
	switch c.Class() {
	case code.ClassRecord:
		return code.FilePartly
	case code.ClassFile:
		return code.FileRejected
	}
	return code.FileAccepted
}

// bookSlips are the slips shown in the workbook of every kind.
func bookSlips(k *batch.Kind) []bookChange {
	var list []bookChange
	first := k.Rows[0]
	for _, s := range slips() {
		if s.name != "field-missing" && s.name != "code-unknown" {
			continue
		}
		for i, c := range first.Columns {
			if s.fits(i, c) {
				at := first.Type + "1." + c.Name
				list = append(list, bookChange{kind: k.Name, name: s.name, code: s.code, about: s.about, set: []string{at + "=" + s.value(c)}})
				break
			}
		}
	}
	return append(list, bookChange{
		kind: k.Name, name: "digest-wrong", code: code.Digest, about: "摘要不是等价 CSV 的摘要 / another digest than the CSV would have",
		set: []string{"T1.digest=" + strings.Repeat("0", 64)},
	})
}

func inLetters(name string, c code.Fault, about string, set ...string) bookChange {
	return bookChange{kind: formats.KindLetter, name: name, code: c, about: about, set: set}
}

func inForms(name string, c code.Fault, about string, set ...string) bookChange {
	return bookChange{kind: formats.KindForm, name: name, code: c, about: about, set: set}
}

func (c bookChange) withSheets(edit func([]xmlSheet) []xmlSheet) bookChange {
	c.sheets = edit
	return c
}

func (c bookChange) withParts(edit func([]part) []part) bookChange {
	c.parts = edit
	return c
}

func (c bookChange) found(at string, line int) bookChange {
	c.at, c.line = at, line
	return c
}

// cellSet puts a value into a cell, counted from 0, of a sheet.
func cellSet(name string, row, column int, value string) func([]xmlSheet) []xmlSheet {
	return func(sheets []xmlSheet) []xmlSheet {
		rows := sheets[sheetNamed(sheets, name)].rows
		for len(rows[row]) <= column {
			rows[row] = append(rows[row], "")
		}
		rows[row][column] = value
		return sheets
	}
}

func bookChanges() []bookChange {
	var list []bookChange
	for _, k := range formats.Kinds() {
		list = append(list, bookSlips(k)...)
	}
	return append(append(list, typedChanges()...), structureChanges()...)
}

// typedChanges are what people type.
func typedChanges() []bookChange {
	return []bookChange{
		inLetters("good-draft", "", "序号和摘要留空，可接受 / sequence and digest are left to the receiver", "H1.sequence="),
		inLetters("good-number-cells", "", "数值单元格，可接受 / numbers as numbers are accepted", "L1.version=#1", "L2.version=#1", "L3.version=#1"),
		inForms("good-amount-cells", "", "金额为数值单元格，可接受 / amounts as numbers are accepted", "F1.principal=#18250.4", "F1.interest=#315", "F1.amount=#18565.399999999998").withSheets(cellSet("envelope", 9, 1, "#18565.4")),
		inForms("good-formulas", "", "行数与合计为公式，可接受 / count and total by formula are accepted").withSheets(func(s []xmlSheet) []xmlSheet {
			return cellSet("envelope", 9, 1, "=SUM(F!AC2:AC3)|18565.4")(cellSet("envelope", 8, 1, "=7|7")(s))
		}),
		inForms("good-details-anywhere", "", "明细行次序不限，可接受 / detail rows in any order are accepted").withSheets(func(s []xmlSheet) []xmlSheet {
			rows := s[sheetNamed(s, "S")].rows
			rows[1], rows[len(rows)-1] = rows[len(rows)-1], rows[1]
			return s
		}),
		inLetters("spaces-outside", code.Normalised, "前后空格已去除（提示） / outer spaces were taken off; a warning only", "L1.name= 李娜 "),
		inLetters("id-full-width", code.Normalised, "全角数字已转换（提示） / full-width digits were changed; a warning only", "L1.id_no=３２０５０８198802170028"),
		inLetters("id-lower-case-x", code.Normalised, "小写 x 已改为大写（提示） / a small x was made a capital; a warning only", "L1.id_no=11010519491231002x", "L1.birth_date=1949-12-31"),
		inLetters("date-cell", code.Normalised, "日期单元格已转换（提示） / a date cell was read as its date; a warning only", "L1.letter_date=#46084"),
		inLetters("id-check-digit", code.CheckDigit, "证件号码校验位不对 / the last digit of the ID number does not fit", "L1.id_no=320508198802170029"),
		inLetters("id-as-number", code.CheckDigit, "证件号码存为数值，末位丢失 / an ID kept as a number lost its last digits", "L1.id_no=#320508198802170000"),
		inLetters("date-impossible", code.ImpossibleDate, "日期不存在 / a day that does not exist", "L1.accepted_on=2026-02-30"),
		inLetters("record-twice", code.DuplicateInFile, "同一记录出现两次 / the same record stands in the file twice").withSheets(func(s []xmlSheet) []xmlSheet {
			i := sheetNamed(s, "L")
			s[i].rows = append(s[i].rows, s[i].rows[1])
			return cellSet("envelope", 8, 1, "4")(s)
		}).found("L1.", 5),
		inForms("months-gap", code.MonthsDoNotAddUp, "中断月数与时段不符 / the stays leave another gap", "F1.months_gap=0"),
		inForms("months-of-stay", code.MonthsDoNotAddUp, "时段月数与起止不符 / a stay's months are not those from its first to its last", "S2.months=129"),
		inForms("amount-separated", code.Amount, "金额带千分位 / an amount with a separator", "F1.amount=18,565.40"),
		inForms("count-wrong", code.Count, "行数不对 / another count", "T1.rows=999"),
		inForms("total-wrong", code.Total, "合计差一分 / another total", "T1.total=18565.41"),
	}
}

// structureChanges are about sheets, titles and parts.
func structureChanges() []bookChange {
	return []bookChange{
		inLetters("envelope-missing", code.WrongEnvelope, "没有 envelope 工作表 / no sheet envelope").withSheets(func(s []xmlSheet) []xmlSheet { return s[1:] }),
		inLetters("sheet-unknown", code.WrongEnvelope, "多余的工作表 / a sheet that the kind does not have").withSheets(func(s []xmlSheet) []xmlSheet {
			return append(s, xmlSheet{"Sheet1", [][]string{{"备注"}}})
		}),
		inLetters("column-missing", code.WrongEnvelope, "缺少一列 / a column is missing").withSheets(cellSet("L", 0, 3, "")),
		inLetters("column-unknown", code.WrongEnvelope, "多余的一列 / a column too many").withSheets(cellSet("L", 0, 33, "memo")),
		inLetters("cell-outside", code.Malformed, "表头之外有内容 / a cell beyond the titles").withSheets(cellSet("L", 1, 40, "另附")).found("L1.", 2),
		inLetters("macro", code.Unreadable, "工作簿含宏 / a workbook with macros").withParts(func(p []part) []part {
			return append(p, part{"xl/vbaProject.bin", "macro"})
		}),
		inLetters("truncated", code.Unreadable, "工作簿不完整 / a workbook without its content").withParts(func(p []part) []part { return p[:1] }),
		inLetters("kind-unknown", code.KindUnknown, "没有这种文件 / no such kind", "H1.kind=letter"),
		inForms("stay-of-nobody", code.Malformed, "时段未对应任何信息表 / a stay that names no form").withSheets(func(s []xmlSheet) []xmlSheet {
			i := sheetNamed(s, "S")
			lost := append([]string{"F32050020260312000099"}, s[i].rows[1][1:]...)
			s[i].rows = append(s[i].rows, lost)
			return cellSet("envelope", 8, 1, "8")(s)
		}).found("S1.", 6),
	}
}
