package batch

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
)

// Template writes an empty workbook of a kind to fill by hand: the envelope
// with what is known of h, a sheet per row type with drop-downs for closed
// lists, and the lists with their words.
func Template(to io.Writer, kind *Kind, h Header) error {
	h.Kind, h.Version = kind.Name, Version
	b, err := newBook(kind, false)
	if err != nil {
		return fmt.Errorf("template of %s: %w", kind.Name, err)
	}
	if err := b.close(to, h, nil); err != nil {
		return fmt.Errorf("template of %s: %w", kind.Name, err)
	}
	return nil
}

// choice is a closed list as it stands on the sheet of codes.
type choice struct {
	typ   string // row type
	info  Info
	first int // row of its first value
}

// choices lays out the sheet of codes: every list of a kind, one below the
// other, from row 2.
func choices(kind *Kind) []choice {
	var all []choice
	next := 2
	add := func(typ string, columns []Info) {
		for _, c := range columns {
			if c.Type == TypeBool {
				c.Codes = code.List{{Code: "Y", Chinese: "是", English: "yes"}, {Code: "N", Chinese: "否", English: "no"}}
			}
			if len(c.Codes) > 0 {
				all = append(all, choice{typ, c, next})
				next += len(c.Codes)
			}
		}
	}
	details := make(map[string]bool)
	for _, row := range kind.Rows {
		add(row.Type, row.Columns)
		if d := row.Detail; d != nil && !details[d.Type] {
			details[d.Type] = true
			add(d.Type, d.Columns)
		}
	}
	return all
}

// addLists puts drop-downs on the columns of a row type that hold one value
// of a closed list.
func (b *book) addLists(typ string, columns []Info) error {
	for i, c := range columns {
		for _, l := range b.lists {
			if l.typ != typ || l.info.Name != c.Name || c.Type == TypeSet {
				continue
			}
			name, err := excelize.ColumnNumberToName(i + 1)
			if err != nil {
				return err
			}
			v := excelize.NewDataValidation(true)
			v.Sqref = fmt.Sprintf("%s2:%s1048576", name, name)
			v.SetSqrefDropList(fmt.Sprintf("%s!$B$%d:$B$%d", codesSheet, l.first, l.first+len(l.info.Codes)-1))
			v.SetError(excelize.DataValidationErrorStyleStop, c.Title, "请从下拉列表中选择 / choose from the list")
			if err := b.file.AddDataValidation(typ, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeCodes writes the sheet that choices laid out.
func (b *book) writeCodes() error {
	if _, err := b.file.NewSheet(codesSheet); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(codesSheet)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, 4, 28); err != nil {
		return err
	}
	write := func(n, style int, texts ...string) error {
		cells := make([]any, len(texts))
		for i, t := range texts {
			cells[i] = excelize.Cell{StyleID: style, Value: t}
		}
		return stream.SetRow("A"+strconv.Itoa(n), cells)
	}
	if err := write(1, b.head, "字段 field", "代码 code", "含义", "meaning"); err != nil {
		return err
	}
	for _, l := range b.lists {
		for i, e := range l.info.Codes {
			field := l.typ + " " + title(l.info.Title, l.info.Name)
			if err := write(l.first+i, b.text, field, e.Code, e.Word(code.Chinese), e.Word(code.English)); err != nil {
				return err
			}
		}
	}
	return stream.Flush()
}
