package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/formats/grid"
	"carryover/formats/parts"
)

// The bounds of a list that comes back: it is held in memory.
const (
	MaxFilled    = 16 << 20 // bytes of the file
	maxFilledXML = 96 << 20 // bytes that it unpacks to
	maxHeadRow   = 30       // the header stands in one of the first rows
	maxRowCells  = 200
)

// FilledRow is one row of a list as it came back.
type FilledRow struct {
	Line  int
	Cells map[string]string // by title, outer spaces cut; numbers as they are stored
	Other bool              // a cell under no title holds something
}

// Text is a cell of the row.
func (r FilledRow) Text(title string) string { return r.Cells[title] }

// Blank reports whether nothing stands in the row.
func (r FilledRow) Blank() bool {
	for _, v := range r.Cells {
		if v != "" {
			return false
		}
	}
	return !r.Other
}

// UnfitError is a workbook that cannot be taken as a whole, and why.
type UnfitError struct {
	Chinese, English string
	NoList           bool // no sheet has the titles
}

// Error is the reason in both languages.
func (u *UnfitError) Error() string { return u.Chinese + " / " + u.English }

func unfit(zh, en string) error { return &UnfitError{Chinese: zh, English: en} }

// ReadFilled reads a list that people have filled in, saved by whatever
// program: the sheet, wherever and whatever it is called, one of whose first
// rows holds all the titles, and perhaps others. Rows come in the order in which they stand, hidden and
// filtered ones too. A workbook that is too large, encrypted or broken, or
// holds macros, formulas or the list twice, comes back as an *UnfitError.
func ReadFilled(src io.Reader, titles []string) ([]FilledRow, error) {
	data, err := io.ReadAll(io.LimitReader(src, MaxFilled+1))
	if err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	cells, err := fitToRead(data)
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxFilledXML, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, unfit("不是可读的工作簿（.xlsx），文件可能已损坏", "not a readable workbook (.xlsx); it may be broken")
	}
	defer f.Close()
	var found []FilledRow
	lists := 0
	for _, name := range f.GetSheetList() {
		rows, is, err := filledSheet(f, cells, name, titles)
		if err != nil {
			return nil, err
		}
		if is {
			found = rows
			lists++
		}
	}
	switch lists {
	case 1:
		return found, nil
	case 0:
		return nil, &UnfitError{"工作簿中没有决定表，或标题行被改动", "no sheet of the workbook is the list, or its header row was changed", true}
	}
	return nil, unfit("工作簿中有两张决定表", "the workbook holds the list twice")
}

// fitToRead looks at the bytes before a reader of workbooks does.
func fitToRead(data []byte) (grid.Cells, error) {
	if len(data) > MaxFilled {
		return nil, unfit("工作簿过大", "the workbook is too large")
	}
	list, err := parts.Check(data, maxFilledXML)
	var fault *parts.Fault
	if errors.As(err, &fault) {
		return nil, unfit(fault.Chinese, fault.English)
	}
	if parts.Macros(list) {
		return nil, unfit("工作簿含宏，请另存为 .xlsx", "the workbook has macros: save it as .xlsx")
	}
	formulas, err := grid.Formulas(list)
	if errors.As(err, &fault) {
		return nil, unfit(fault.Chinese, fault.English)
	}
	if formulas {
		return nil, unfit("工作簿含公式，请改为直接填写的值", "the workbook holds a formula: enter the value itself")
	}
	all, err := grid.Read(list)
	if errors.As(err, &fault) {
		return nil, unfit(fault.Chinese, fault.English)
	}
	return all, nil
}

// filledSheet reads a sheet; is tells whether it has the list's titles.
func filledSheet(f *excelize.File, all grid.Cells, name string, titles []string) (list []FilledRow, is bool, err error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, false, nil // a sheet of charts
	}
	var at map[string]int
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil || len(cells) > maxRowCells {
			return nil, false, errors.Join(unfit("工作表 "+name+" 无法读取", "sheet "+name+" cannot be read"), rows.Close())
		}
		switch {
		case at == nil && n > maxHeadRow:
			return nil, false, rows.Close()
		case at == nil:
			at = headOf(cells, titles)
		default:
			for i, what := range all.Right(name, n, cells) {
				if isOf(at, i) {
					chinese, english, _ := strings.Cut(what, " / ")
					return nil, false, errors.Join(unfit("单元格 "+chinese, "cell "+strings.Fields(chinese)[0]+" "+english), rows.Close())
				}
			}
			if row := filledRow(n, cells, at); !row.Blank() {
				list = append(list, row)
			}
		}
	}
	if err := errors.Join(rows.Error(), rows.Close()); err != nil {
		return nil, false, unfit("工作表 "+name+" 无法读取", "sheet "+name+" cannot be read")
	}
	return list, at != nil, nil
}

// headOf finds the columns of a header row by their titles; nil when one of
// those that must be there is missing, or any stands twice.
func headOf(cells, titles []string) map[string]int {
	at := map[string]int{}
	for i, text := range cells {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		if _, twice := at[text]; twice {
			return nil
		}
		at[text] = i
	}
	for _, t := range titles {
		if _, ok := at[t]; !ok {
			return nil
		}
	}
	return at
}

// lineBreaks makes one line of a cell.
var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// isOf reports whether a column is one of those with titles.
func isOf(at map[string]int, column int) bool {
	for _, i := range at {
		if i == column {
			return true
		}
	}
	return false
}

func filledRow(n int, cells []string, at map[string]int) FilledRow {
	row := FilledRow{Line: n, Cells: make(map[string]string, len(at))}
	known := make([]bool, len(cells))
	for title, i := range at {
		if i < len(cells) {
			row.Cells[title] = strings.TrimSpace(grid.Visible(lineBreaks.Replace(cells[i])))
			known[i] = true
		}
	}
	for i, text := range cells {
		if !known[i] && strings.TrimSpace(text) != "" {
			row.Other = true
		}
	}
	return row
}
