package sheet

import (
	"github.com/xuri/excelize/v2"

	"carryover/formats/batch"
)

// batchNotes tell how to fill in the workbook of a batch.
var batchNotes = []string{
	"1. 先填 envelope 表：发方、收方、填表时间。行数、合计自动计算，摘要留空，序号可空。",
	"   Fill in sheet envelope first: sender, receiver, time. Rows and total count themselves, the digest stays empty, the sequence may.",
	"2. 再填各行类型的表，一行一条。标题带 * 的列必填，带 (*) 的列在所述情形下必填；必填而未填的单元格显示为红色。",
	"   Then a row per record on the sheet of its row type. Columns marked * are required, (*) in the case named; a required cell that is empty turns red.",
	"3. 选中单元格即显示填写说明；有下拉列表的请从列表选择（代码和含义见 codes 表）。",
	"   Select a cell to see what belongs into it; where there is a list, choose from it (sheet codes lists all).",
	"4. 明细行（如 S 缴费时段）在 parent 列填写所属主表行的编号，顺序不限。",
	"   Detail rows (such as S) name in column parent the number of the row they belong to, in any order.",
	"5. 可以插入、排序、筛选行，可以调整列宽；不要的行清空即可。不要改动标题、表名，不要增减列。号码按文本填写。",
	"   Rows may be put in, sorted and filtered; one that is not wanted is cleared. Titles, sheet names and columns stay as they are. Numbers of documents and accounts are text.",
	"6. 用 Excel、WPS 或 LibreOffice 保存为 .xlsx（不要 .xls，不要带宏，不要加密），放入交换目录。",
	"   Save as .xlsx with Excel, WPS or LibreOffice (no .xls, no macros, no password) and leave it in the drop.",
	"7. 有错误时，除回执外会退回一份 .answer.xlsx：错处标红并逐一说明，改好即可再次报送。",
	"   Where something is wrong an .answer.xlsx comes back beside the receipt: the faulty cells are marked and explained; correct it and send it again.",
}

// writeNotes fills the sheet that tells how to fill in the others: lines, then
// every column of every sheet as its table has it.
func (b *book) writeNotes(t batch.Words, lines []string, entries []*entry) error {
	wrapped, err := b.file.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	rows := [][]excelize.Cell{texts(b.name, notesSheet+" · how to fill in: "+t.ZH+" · "+t.EN)}
	for _, line := range lines {
		rows = append(rows, texts(b.text, line))
	}
	rows = append(rows, nil, texts(b.head, "表 sheet", "列 column", "是否必填", "填写说明", "how to fill it in"))
	for _, e := range entries {
		for i := range e.columns {
			c := &e.columns[i]
			need, how := c.Needed(), c.How()
			rows = append(rows, texts(wrapped, e.sheet, title(c.Title, c.Name), need.ZH, joined("；", how.ZH, c.Hint.ZH), joined("; ", need.EN, how.EN, c.Hint.EN)))
		}
	}
	if err := b.landscape(notesSheet, t, 1); err != nil {
		return err
	}
	if err := b.file.ProtectSheet(notesSheet, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true}); err != nil {
		return err
	}
	return b.table(notesSheet, []float64{12, 32, 24, 60, 70}, rows)
}
