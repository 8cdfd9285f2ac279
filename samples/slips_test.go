package samples

import (
	"strings"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

// slip is a mistake that can be made in every kind: in the first column of
// its first row that fits.
type slip struct {
	name  string
	fits  func(i int, c batch.Info) bool
	value func(c batch.Info) string
	code  code.Fault
	about string
}

func ofType(types ...batch.Type) func(int, batch.Info) bool {
	return func(_ int, c batch.Info) bool {
		for _, typ := range types {
			if c.Type == typ {
				return true
			}
		}
		return false
	}
}

func always(value string) func(batch.Info) string { return func(batch.Info) string { return value } }

// slips are tried in every kind; where no column fits, the kind has no such
// example. The first column is the record's number, which detail rows repeat:
// most slips leave it alone.
func slips() []slip {
	return []slip{
		{
			"field-missing", func(i int, c batch.Info) bool { return i > 0 && c.Need == batch.Required }, always(""),
			code.Missing, "必填项为空 / a required field is empty",
		},
		{
			"field-too-long", func(i int, c batch.Info) bool { return i > 0 && c.Type == batch.TypeText && c.Max < 200 },
			func(c batch.Info) string { return strings.Repeat("长", c.Max+1) },
			code.TooLong, "文字超过允许的长度 / a text is one character too long",
		},
		{
			"number-too-long", func(i int, c batch.Info) bool { return i > 0 && c.Type == batch.TypeNumber && c.Max > 18 },
			func(c batch.Info) string { return strings.Repeat("9", c.Max+1) },
			code.TooLong, "编号超过允许的长度 / a number is one character too long",
		},
		{
			"number-lower-case", func(i int, c batch.Info) bool { return i > 0 && c.Type == batch.TypeNumber && c.Max > 18 }, always("abc-1"),
			code.Malformed, "编号含小写字母 / a number with small letters",
		},
		{"code-unknown", ofType(batch.TypeList), always("XX"), code.UnknownCode, "代码不在代码表内 / a code that is not on its list"},
		{"date-malformed", ofType(batch.TypeDate), always("2026/03/03"), code.Malformed, "日期格式不对 / a date written another way"},
		{"date-impossible", ofType(batch.TypeDate), always("2026-02-30"), code.ImpossibleDate, "日期不存在 / a day that does not exist"},
		{"month-malformed", ofType(batch.TypeMonth), always("2026-3"), code.Malformed, "月份格式不对 / a month written another way"},
		{"month-impossible", ofType(batch.TypeMonth), always("2026-13"), code.ImpossibleDate, "月份不存在 / a month that does not exist"},
		{"amount-without-fen", ofType(batch.TypeMoney), always("1250"), code.Amount, "金额没有两位小数 / an amount without its two decimals"},
		{"area-malformed", ofType(batch.TypeArea), always("3205"), code.Malformed, "区划代码不足6位 / an area code of four digits"},
		{"whole-number-padded", ofType(batch.TypeInt), always("01"), code.Malformed, "整数带前导零 / a whole number with a leading zero"},
		{"yes-or-no", ofType(batch.TypeBool), always("1"), code.UnknownCode, "应填 Y 或 N / neither Y nor N"},
		{"control-character", func(i int, c batch.Info) bool { return i > 0 && c.Type == batch.TypeText }, always("甲\x01乙"), code.Malformed, "含控制字符 / a control character in a text"},
	}
}

// rowsOf counts the records and all rows of a good file, and finds the line of
// the trailer.
func trailerLine(good []byte) int { return strings.Count(string(good), "\n") }

// slipChanges are the examples of one kind that follow from its columns.
func slipChanges(k *batch.Kind, good []byte) []change {
	var list []change
	first := k.Rows[0]
	for _, s := range slips() {
		for i, c := range first.Columns {
			if s.fits(i, c) {
				at := first.Type + "1." + c.Name
				list = append(list, change{kind: k.Name, name: s.name, code: s.code, set: []string{at + "=" + s.value(c)}, about: s.about})
				break
			}
		}
	}
	repeated := change{
		kind: k.Name, name: "record-twice", code: code.DuplicateInFile, at: first.Type + "1.", line: trailerLine(good),
		rows:  repeatFirst,
		about: "同一记录出现两次 / the same record stands in the file twice",
	}
	return append(list,
		repeated,
		change{kind: k.Name, name: "row-short", code: code.Malformed, at: first.Type + "1.", rows: dropLastField, about: "少一个字段 / a row with a field too few"},
		change{kind: k.Name, name: "row-long", code: code.Malformed, at: first.Type + "1.", rows: addField, about: "多一个字段 / a row with a field too many"},
		change{kind: k.Name, name: "row-unknown", code: code.UnknownCode, at: "W1.row", line: trailerLine(good), rows: addUnknownRow, about: "没有这种行 / a row type that the kind does not have"},
		change{kind: k.Name, name: "count-wrong", code: code.Count, set: []string{"T1.rows=999"}, about: "末行行数不对 / the trailer counts other rows"},
		change{kind: k.Name, name: "total-wrong", code: code.Total, set: []string{"T1.total=0.01"}, about: "末行合计差一分 / the trailer's total is another"},
		change{kind: k.Name, name: "digest-wrong", code: code.Digest, set: []string{"T1.digest=" + strings.Repeat("0", 64)}, about: "末行摘要不对 / the trailer's digest is another"},
	)
}

// repeatFirst puts a second copy of the first record at the end.
func repeatFirst(rows []string) []string {
	end := 2
	for end < len(rows) && strings.HasPrefix(rows[end], "S,") {
		end++
	}
	return append(rows, rows[1:end]...)
}

func dropLastField(rows []string) []string {
	rows[1] = rows[1][:strings.LastIndexByte(rows[1], ',')]
	return rows
}

func addField(rows []string) []string {
	rows[1] += ","
	return rows
}

func addUnknownRow(rows []string) []string { return append(rows, "W,1,2") }

// allChanges are the changes behind every example that is not good as
// make_good.py writes it.
func allChanges(goods map[string][]byte) []change {
	var list []change
	for _, k := range formats.Kinds() {
		list = append(list, slipChanges(k, goods[k.Name])...)
	}
	return append(append(list, envelopeChanges()...), recordChanges()...)
}
