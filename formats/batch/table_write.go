package batch

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
)

// Write writes a table with its facts and rows. Without rows it is a template:
// the columns have their formats and drop-downs, notes stand on a second sheet.
func (t *Table[H, R]) Write(to io.Writer, head H, rows []R, notes ...string) error {
	if err := t.write(to, head, rows, notes); err != nil {
		return fmt.Errorf("workbook of %s: %w", t.Name, err)
	}
	return nil
}

func (t *Table[H, R]) write(to io.Writer, head H, rows []R, notes []string) error {
	b := &book{file: excelize.NewFile()}
	if err := b.styles(); err != nil {
		return err
	}
	if err := b.file.SetSheetName("Sheet1", t.Sheet); err != nil {
		return err
	}
	first := len(t.Head) + 3 // of the rows: title, facts, header row
	for i, c := range t.Columns {
		if err := b.dropDown(t.Sheet, i, first, c.Info); err != nil {
			return err
		}
	}
	stream, err := b.file.NewStreamWriter(t.Sheet)
	if err != nil {
		return err
	}
	if err := t.writeHead(b, stream, head, first); err != nil {
		return err
	}
	for i := range rows {
		cells := make([]any, len(t.Columns))
		for j, c := range bindAll(t.Columns, &rows[i]) {
			cells[j] = b.keyedValue(&c)
		}
		if err := stream.SetRow("A"+strconv.Itoa(first+i), cells); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	if err := b.notes(notes); err != nil {
		return err
	}
	if _, err := b.file.WriteTo(to); err != nil {
		return err
	}
	return b.file.Close()
}

// writeHead writes what stands above the rows.
func (t *Table[H, R]) writeHead(b *book, stream *excelize.StreamWriter, head H, first int) error {
	pane := "A" + strconv.Itoa(first)
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: first - 1, TopLeftCell: pane, ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	titles := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		name := title(c.Title, c.Name)
		titles[i] = excelize.Cell{StyleID: b.head, Value: name}
		if err := stream.SetColStyle(i+1, i+1, b.style(c.Type)); err != nil {
			return err
		}
		if err := stream.SetColWidth(i+1, i+1, columnWidth(name, c.Info)); err != nil {
			return err
		}
	}
	if err := stream.SetRow("A1", []any{excelize.Cell{StyleID: b.head, Value: t.Title.ZH + " " + t.Title.EN}}); err != nil {
		return err
	}
	for i, c := range bindAll(t.Head, &head) {
		fact := []any{excelize.Cell{StyleID: b.head, Value: title(c.Title, c.Name)}, b.keyedValue(&c)}
		if err := stream.SetRow("A"+strconv.Itoa(i+2), fact); err != nil {
			return err
		}
	}
	return stream.SetRow("A"+strconv.Itoa(first-1), titles)
}

// keyedValue is a cell as people see it: values of lists by their words.
func (b *book) keyedValue(c *cell) any {
	text := string(c.write(nil))
	if s, ok := c.at.(*string); ok {
		text = *s
	}
	if c.Type == TypeList {
		text = c.Codes.Word(text, code.Chinese)
	}
	return b.value(c.Type, text)
}

// dropDown lets a column choose from the words of its list.
func (b *book) dropDown(sheet string, i, first int, c Info) error {
	if c.Type != TypeList {
		return nil
	}
	name, err := excelize.ColumnNumberToName(i + 1)
	if err != nil {
		return err
	}
	var words []string
	for _, e := range c.Codes {
		words = append(words, e.Chinese)
	}
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%s%d:%s1048576", name, first, name)
	if err := v.SetDropList(words); err != nil {
		return err
	}
	v.SetError(excelize.DataValidationErrorStyleStop, c.Title, "请从下拉列表中选择 / choose from the list")
	return b.file.AddDataValidation(sheet, v)
}

// notes puts instructions on a sheet of their own, which readers pass over.
func (b *book) notes(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	if _, err := b.file.NewSheet(codesSheet); err != nil {
		return err
	}
	if err := b.file.SetColWidth(codesSheet, "A", "A", 100); err != nil {
		return err
	}
	for i, line := range lines {
		if err := b.file.SetCellStr(codesSheet, "A"+strconv.Itoa(i+1), strings.TrimSpace(line)); err != nil {
			return err
		}
	}
	return nil
}
