// Package sheet is the other carrier of a batch: a workbook that people fill
// in, and the tables that they key without a batch around them.
//
// It promises that a workbook and the CSV batch that is equivalent to it are
// judged alike and have one identity: a workbook becomes a batch.Draft, and
// formats/batch does the rest. What is keyed differently from what a batch
// wants and can be understood is put right, each time with a warning. Titles
// that say what belongs where, lists to choose from and rules that check while
// one types are made from the same columns that the reader checks by.
//
// Workbooks are held in memory, within bounds. Macros, formulas and links of
// others are never kept: what is written is made anew from the values of
// cells. The package knows no kind of file, and nothing of cases.
package sheet

import (
	"fmt"
	"strings"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// A workbook holds a sheet "envelope" with a name and a value per row, and a
// sheet for each row type, named by it, with one header row. A title ends in
// the column's name; what stands before it, the Chinese title, is for people.
// A last column "csv_line", which our own workbooks have, keeps the order of the
// rows in the CSV batch; without it rows stand in the order of the kind's row
// types, and detail rows behind the row they name. A column "problems", which
// our corrections have, is passed over like the sheets aside.
const (
	envelopeSheet = "envelope"
	codesSheet    = "codes"
	notesSheet    = "填表说明"
	problemsSheet = "问题清单"
	lineColumn    = "csv_line"
	problemColumn = "problems"
)

// aside are the sheets of our workbooks that hold nothing of a batch.
var aside = []string{codesSheet, notesSheet, problemsSheet}

// The bounds of workbooks, which unlike CSV are held in memory.
const (
	MaxWorkbook  = 64 << 20 // bytes of the file
	maxSheetRows = 200_000  // of all sheets
)

// envelopeField is a name on the envelope. What is fixed is not for whoever
// types.
type envelopeField struct {
	batch.Info
	fixed bool
}

// headerFields is how many of envelopeFields are of the H row.
const headerFields = 8

// envelopeFields are the names on the envelope, in the order of the H row and
// then of the T row.
var envelopeFields = []envelopeField{
	{batch.Info{Name: "kind", Title: "文件种类", Type: batch.TypeText}, true},
	{batch.Info{Name: "version", Title: "版本", Type: batch.TypeText}, true},
	{batch.Info{Name: "sender", Title: "发方", Type: batch.TypeText, Max: 7, Need: batch.Required, Hint: partyHint}, false},
	{batch.Info{Name: "receiver", Title: "收方", Type: batch.TypeText, Max: 7, Need: batch.Required, Hint: partyHint}, false},
	{batch.Info{Name: "sequence", Title: "序号", Type: batch.TypeCount, Least: 1, Max: batch.MaxSequence, Hint: batch.Hint{Words: batch.Words{
		ZH: "可空，由收方编号并在回执中告知", EN: "may stay empty: the receiver assigns it and tells it in the receipt",
	}}}, false},
	{batch.Info{Name: "created", Title: "生成时间", Type: batch.TypeText, Max: 25, Need: batch.Required, Hint: batch.Hint{Words: batch.Words{
		ZH: "填表时间，写作 2026-03-02 08:30", EN: "when this was filled in, like 2026-03-02 08:30",
	}}}, false},
	{batch.Info{Name: "profile", Title: "时限规则", Type: batch.TypeText, Max: 32, Hint: batch.Hint{Words: batch.Words{
		ZH: "2021 或 2016，仅供对方参考", EN: "2021 or 2016, for information only",
	}}}, false},
	{batch.Info{Name: "extent", Title: "提取范围", Type: batch.TypeList, Codes: code.Extents(), Hint: batch.Hint{Words: batch.Words{
		ZH: "仅参保信息填写：full 全量，delta 增量", EN: "registry only: full or delta",
	}}}, false},
	{batch.Info{Name: "rows", Title: "行数", Type: batch.TypeCount, Hint: countedHint}, true},
	{batch.Info{Name: "total", Title: "金额合计", Type: batch.TypeMoney, Hint: countedHint}, true},
	{batch.Info{Name: "digest", Title: "摘要", Type: batch.TypeHash, Hint: batch.Hint{Words: batch.Words{ZH: "留空", EN: "stays empty"}}}, true},
}

var (
	partyHint = batch.Hint{Rule: "LEN({})>=6", Words: batch.Words{
		ZH: "机构的6位区划代码；业务系统、网厅分别在后面加 c、p", EN: "the agency's 6-digit area code; c or p behind it for its core or portal",
	}}
	countedHint = batch.Hint{Words: batch.Words{ZH: "自动计算，不要改动", EN: "counted by itself; leave it alone"}}
)

// titleName is the name at the end of a title: "联系函编号 letter_no".
func titleName(title string) string {
	title = strings.TrimSpace(title)
	i := strings.LastIndexFunc(title, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return title[i+1:]
}

// title is the title of a column: Chinese, then the name.
func title(chinese, name string) string { return fmt.Sprintf("%s %s", chinese, name) }
