package workbook

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// A protected list goes out to be filled in and comes back (ReadFilled). Its
// cells are locked but for those that hold a Pick or a Fill. The protection
// has no password: it keeps slips of the hand away, not malice, and whoever
// has to (Excel sorts no locked cells) can lift it. Who reads the list back
// trusts nothing that stands in it.

// Pick is an open cell with a drop-down: one of Among, or nothing.
type Pick struct {
	Text  string
	Among []string // without commas, together at most 255 characters
}

// Fill is an open cell to type into.
type Fill struct{ Value any }

// Excel's bounds of a validation, in UTF-16 code units.
const (
	maxAmong  = 255
	maxPrompt = 255
	maxSqref  = 8000 // ours: cells of one validation; a longer list becomes another one
)

// openCell is where a person writes.
type openCell struct {
	col   int
	among string // what a drop-down offers, as the validation has it; empty: anything
}

// openCells are the open cells of a sheet by column and what they offer, as
// runs of rows.
type openCells map[openCell][]rowRun

type rowRun struct{ from, to int }

func (o openCells) add(c openCell, row int) {
	runs := o[c]
	if n := len(runs); n > 0 && runs[n-1].to == row-1 {
		runs[n-1].to = row
		return
	}
	o[c] = append(runs, rowRun{row, row})
}

// pick writes a cell with a drop-down.
func (e *rowEncoder) pick(col, row int, p Pick, l look) error {
	among := strings.Join(p.Among, ",")
	switch {
	case len(p.Among) == 0 || len(utf16.Encode([]rune(among))) > maxAmong:
		return fmt.Errorf("a drop-down offers something, in at most %d characters: %q", maxAmong, among)
	case slices.ContainsFunc(p.Among, func(s string) bool { return s == "" || strings.ContainsAny(s, ",\"") || s != strings.TrimSpace(s) }):
		return fmt.Errorf("a drop-down offers no empty text, comma or quote: %q", p.Among)
	}
	e.open.add(openCell{col, among}, row)
	l.open = true
	if l.kind != Middle {
		l.kind = Text
	}
	e.text(col, row, p.Text, l, true)
	for _, s := range p.Among { // room for whatever is chosen
		e.widths[col] = max(e.widths[col], min(columns(s)+3, e.caps[col]))
	}
	return nil
}

// fill writes a cell to type into.
func (e *rowEncoder) fill(col, row int, f Fill, l look) error {
	e.open.add(openCell{col: col}, row)
	l.open, l.wrap = true, l.kind == Text
	return e.value(col, row, f.Value, l)
}

// protect locks a list but for its open cells, and tells there what to enter.
func (p *part) protect(f *excelize.File) error {
	for i, c := range p.sheet.Columns {
		if c.Hidden {
			if err := f.SetColVisible(p.name, letters(i), false); err != nil {
				return err
			}
		}
	}
	if !p.sheet.Protect {
		return nil
	}
	cells := make([]openCell, 0, len(p.enc.open))
	for c := range p.enc.open {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, func(a, b openCell) int {
		if a.col != b.col {
			return a.col - b.col
		}
		return strings.Compare(a.among, b.among)
	})
	for _, c := range cells {
		if err := p.validate(f, c); err != nil {
			return err
		}
	}
	return f.ProtectSheet(p.name, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true, Sort: true, AutoFilter: true,
		EditObjects: true, EditScenarios: true,
	})
}

// validate makes the validations of open cells that offer the same.
func (p *part) validate(f *excelize.File, c openCell) error {
	prompt := p.sheet.Columns[c.col].Prompt
	if c.among == "" && prompt == "" {
		return nil
	}
	for _, where := range sqrefs(letters(c.col), p.enc.open[c]) {
		v := excelize.NewDataValidation(true)
		v.Sqref = where
		if prompt != "" {
			v.SetInput(p.sheet.Columns[c.col].Title, prompt)
		}
		if c.among != "" {
			if err := v.SetDropList(strings.Split(c.among, ",")); err != nil {
				return err
			}
			v.SetError(excelize.DataValidationErrorStyleStop, p.sheet.Columns[c.col].Title, p.sheet.NotAmong)
		}
		if err := f.AddDataValidation(p.name, v); err != nil {
			return err
		}
	}
	return nil
}

// sqrefs are the cells of a column as validations name them.
func sqrefs(column string, runs []rowRun) (list []string) {
	var b strings.Builder
	for _, r := range runs {
		if b.Len() > maxSqref {
			list = append(list, b.String())
			b.Reset()
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(column + strconv.Itoa(r.from))
		if r.to > r.from {
			b.WriteString(":" + column + strconv.Itoa(r.to))
		}
	}
	return append(list, b.String())
}

// checkDesk finds what a validation could not say.
func (s *Sheet) checkDesk() error {
	for _, c := range s.Columns {
		if len(utf16.Encode([]rune(c.Prompt))) > maxPrompt || c.Prompt != "" && len(utf16.Encode([]rune(c.Title))) > 32 {
			return fmt.Errorf("column %q: a prompt has at most %d characters, its title 32", c.Title, maxPrompt)
		}
	}
	if s.Protect && !s.list() {
		return errors.New("only lists are protected")
	}
	return nil
}
