package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Write writes a table to type into, with its facts and the rows that it has
// already; how to fill it in stands on a sheet of its own.
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
	e := t.entry()
	stream, err := b.lay(e)
	if err != nil {
		return err
	}
	if err := t.writeHead(b, stream, head); err != nil {
		return err
	}
	if err := b.headRow(stream, e); err != nil {
		return err
	}
	for i := range rows {
		cells := make([]any, len(t.Columns))
		for j, c := range batch.Bind(t.Columns, &rows[i]) {
			cells[j] = b.keyedValue(&c)
		}
		if err := stream.SetRow("A"+strconv.Itoa(e.head+1+i), cells); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	if _, err := b.file.NewSheet(notesSheet); err != nil {
		return err
	}
	if err := b.writeNotes(t.Title, notes, []*entry{e}); err != nil {
		return err
	}
	return b.save(to)
}

// entry is the table's sheet: title, facts, header row. Lists are chosen from
// by their words.
func (t *Table[H, R]) entry() *entry {
	e := &entry{sheet: t.Sheet, row: t.Sheet, title: t.Title, head: len(t.Head) + 2, lists: make(map[string]string)}
	for _, c := range t.Columns {
		e.columns = append(e.columns, c.Info)
		var words []string
		for _, v := range c.Codes {
			words = append(words, v.Chinese)
		}
		e.lists[c.Name] = `"` + strings.Join(words, ",") + `"`
	}
	return e
}

// writeHead writes what stands above the header row.
func (t *Table[H, R]) writeHead(b *book, stream *excelize.StreamWriter, head H) error {
	if err := stream.SetRow("A1", []any{excelize.Cell{StyleID: b.name, Value: t.Title.ZH + " " + t.Title.EN}}, excelize.RowOpts{Height: 24}); err != nil {
		return err
	}
	for i, c := range batch.Bind(t.Head, &head) {
		at := "B" + strconv.Itoa(i+2)
		if err := b.file.AddDataValidation(t.Sheet, validation(c.Info, at, at, "")); err != nil {
			return err
		}
		fact := []any{excelize.Cell{StyleID: b.head, Value: title(c.Title, c.Name)}, b.keyedValue(&c)}
		if err := stream.SetRow("A"+strconv.Itoa(i+2), fact, excelize.RowOpts{Height: 33}); err != nil {
			return err
		}
	}
	return nil
}

// keyedValue is a cell as people see it: values of lists by their words.
func (b *book) keyedValue(c *batch.Cell) any {
	text := c.Text()
	if c.Type == batch.TypeList {
		text = c.Codes.Word(text, code.Chinese)
	}
	if text == "" {
		return excelize.Cell{StyleID: b.open.of(c.Type)}
	}
	return b.open.value(c.Type, text)
}
