package batch

import (
	"fmt"

	"carryover/exchange/code"
)

// Fault is one thing wrong with a file or a record. It never quotes a
// number or a name of a person.
type Fault struct {
	Line     int        `json:"line"` // of the file, or of the sheet in a workbook; 0: the whole file
	Row      string     `json:"row,omitempty"`
	RecordNo string     `json:"record_no,omitempty"`
	Field    string     `json:"field,omitempty"`
	Code     code.Fault `json:"code"`
	Text     string     `json:"text,omitempty"` // what exactly, Chinese then English; may be empty
}

// Warning reports that the fault is told only and refuses nothing.
func (f Fault) Warning() bool { return f.Code.Class() == code.ClassWarning }

// maxRecordFaults bounds what is kept about one record.
const maxRecordFaults = 100

// Findings collects the faults of one record while it is read and checked.
type Findings struct {
	faults []Fault
	line   int
	row    string
	no     string
	lines  []int // of the detail rows
	detail string

	parties [2]string // area codes of the batch's sender and receiver, if both are known
}

// NewFindings collects what is wrong with one row of a sheet; line and row
// are what its faults name.
func NewFindings(line int, row string) *Findings { return &Findings{line: line, row: row} }

// Faults are the faults noted so far, in their order.
func (f *Findings) Faults() []Fault { return f.faults }

// Parties are the area codes of the batch's sender and receiver; ok is false
// when a record is judged without its batch.
func (f *Findings) Parties() (sender, receiver string, ok bool) {
	return f.parties[0], f.parties[1], f.parties[0] != ""
}

// Add notes a fault of a field of the record's own row.
func (f *Findings) Add(field string, c code.Fault, text string) {
	f.add(f.line, f.row, field, c, text)
}

// AddDetail notes a fault of a field of the i-th detail row.
func (f *Findings) AddDetail(i int, field string, c code.Fault, text string) {
	line := f.line
	if i < len(f.lines) {
		line = f.lines[i]
	}
	f.add(line, f.detail, field, c, text)
}

func (f *Findings) add(line int, row, field string, c code.Fault, text string) {
	if len(f.faults) < maxRecordFaults {
		f.faults = append(f.faults, Fault{Line: line, Row: row, RecordNo: f.no, Field: field, Code: c, Text: text})
	}
}

// OK reports that none of these fields of the record's own row has a fault
// yet, warnings aside, so that a check which compares them may go on.
func (f *Findings) OK(fields ...string) bool {
	for i := range f.faults {
		if f.faults[i].Row != f.row || f.faults[i].Warning() {
			continue
		}
		for _, name := range fields {
			if f.faults[i].Field == name || f.faults[i].Field == "" {
				return false
			}
		}
	}
	return true
}

// DetailsOK reports that no detail row has a fault yet.
func (f *Findings) DetailsOK() bool {
	for i := range f.faults {
		if f.faults[i].Row == f.detail && f.faults[i].Row != f.row && !f.faults[i].Warning() {
			return false
		}
	}
	return true
}

// Texts of faults that several columns use.
const (
	textNumber    = "只能用大写字母、数字和连字符 / capital letters, digits and hyphens only"
	textArea      = "应为6位行政区划代码 / a 6-digit area code is expected"
	textNoArea    = "没有这个行政区划代码 / no such area code"
	textNotListed = "不在代码表内 / not in the list"
	textDate      = "日期应写作 2026-02-13 / write dates like 2026-02-13"
	textMonth     = "月份应写作 2026-02 / write months like 2026-02"
	textNoMonth   = "没有这个月份 / no such month"
	textNoDate    = "没有这一天 / no such day"
	textMoney     = "金额应写作 1234.50 / write amounts like 1234.50"
	textWhole     = "应为不带前导零的整数 / a whole number without leading zeros is expected"
	textHash      = "应为64位小写十六进制摘要 / 64 lower-case hexadecimal digits are expected"
	textBool      = "只能填 Y 或 N / Y or N"
)

func atMost(n int) string { return fmt.Sprintf("最多%d个字符 / at most %d characters", n, n) }

func between(least, most int) string {
	return fmt.Sprintf("应在%d至%d之间 / from %d to %d", least, most, least, most)
}

// Quoted adds a value that names no person to a text, shortened.
func Quoted(text, value string) string {
	if r := []rune(value); len(r) > 32 {
		value = string(r[:32]) + "…"
	}
	return text + ": " + value
}
