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

// Template writes an empty workbook of a kind to fill by hand: how to fill it,
// the envelope with what is known of h, a sheet per row type that checks what is
// typed and says what belongs where, and the closed lists with their words.
func Template(to io.Writer, kind *batch.Kind, h batch.Header) error {
	h.Kind, h.Version = kind.Name, batch.Version
	if err := template(to, kind, h); err != nil {
		return fmt.Errorf("template of %s: %w", kind.Name, err)
	}
	return nil
}

func template(to io.Writer, kind *batch.Kind, h batch.Header) error {
	b, err := newForm(kind, notesSheet)
	if err != nil {
		return err
	}
	entries := b.entries()
	for _, e := range entries {
		stream, err := b.addEntry(e)
		if err != nil {
			return err
		}
		if err := b.headRow(stream, e); err != nil {
			return err
		}
		if err := stream.Flush(); err != nil {
			return err
		}
	}
	values := append(h.Fields()[1:], "", "", "", "")[:len(envelopeFields)]
	if h.Created.IsZero() {
		values[5] = ""
	}
	if err := b.envelopeForm(values, nil); err != nil {
		return err
	}
	if err := b.writeNotes(kind.Title, batchNotes, entries); err != nil {
		return err
	}
	return b.closeForm(to)
}

// newForm begins a workbook to type a batch into; first is its first sheet, the
// envelope its second.
func newForm(kind *batch.Kind, first string) (*book, error) {
	b := &book{file: excelize.NewFile(), kind: kind, sheets: make(map[string]*page), lists: choices(kind)}
	if err := b.styles(); err != nil {
		return nil, err
	}
	if err := b.file.SetSheetName("Sheet1", first); err != nil {
		return nil, err
	}
	_, err := b.file.NewSheet(envelopeSheet)
	return b, err
}

// closeForm adds the lists, locks the order of the sheets and writes the file.
func (b *book) closeForm(to io.Writer) error {
	if err := b.writeCodes(); err != nil {
		return err
	}
	if err := b.file.ProtectWorkbook(&excelize.WorkbookProtectionOptions{LockStructure: true}); err != nil {
		return err
	}
	return b.save(to)
}

// entries are the sheets to type into, as a template has them.
func (b *book) entries() []*entry {
	var all []*entry
	for _, row := range b.kind.RowTypes() {
		all = append(all, &entry{sheet: row.Type, row: row.Type, title: row.Title, columns: row.Columns, head: 1, lists: b.listsOf(row.Type)})
	}
	return all
}

// addEntry makes a sheet to type into; its rows follow.
func (b *book) addEntry(e *entry) (*excelize.StreamWriter, error) {
	if _, err := b.file.NewSheet(e.sheet); err != nil {
		return nil, err
	}
	stream, err := b.lay(e)
	b.sheets[e.row] = &page{stream: stream, columns: e.columns, head: e.head}
	return stream, err
}

// envelopeForm writes the envelope as a sheet to type into. In a template, where
// mark is nil, parties that are given are locked, as is what counts itself; mark
// says how the i-th value looks and why.
func (b *book) envelopeForm(values []string, mark func(i int) (style int, why string, err error)) error {
	rows := make([][]excelize.Cell, len(envelopeFields))
	for i, e := range envelopeFields {
		open := !e.fixed && (mark != nil || values[i] == "" || e.Need != batch.Required) && (e.Name != "extent" || b.kind.Scoped)
		value, why := excelize.Cell{StyleID: b.of(e.Type), Value: values[i]}, ""
		if open {
			value.StyleID = b.open.of(e.Type)
		}
		if mark != nil {
			var err error
			if value.StyleID, why, err = mark(i); err != nil {
				return err
			}
		}
		switch e.Name {
		case "rows":
			value.Value, value.Formula = nil, b.count(nil).Formula
		case "total":
			value.Value, value.Formula = nil, b.total(nil).Formula
		case "digest":
			value.Value = nil
		}
		if open {
			at := "B" + strconv.Itoa(i+1)
			if err := b.file.AddDataValidation(envelopeSheet, validation(&e.Info, at, at, `"full,delta"`)); err != nil {
				return err
			}
		}
		rows[i] = []excelize.Cell{{StyleID: [...]int{batch.Optional: b.head, batch.Required: b.mustHead}[e.Need], Value: marked(&e.Info)}, value}
		for _, text := range []string{e.Hint.ZH, e.Hint.EN, why} {
			rows[i] = append(rows[i], excelize.Cell{StyleID: b.text, Value: text})
		}
	}
	if err := b.file.ProtectSheet(envelopeSheet, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true}); err != nil {
		return err
	}
	if err := b.landscape(envelopeSheet, b.kind.Title, 1); err != nil {
		return err
	}
	return b.table(envelopeSheet, []float64{24, 36, 52, 60, 60}, rows)
}

// table writes a small sheet whole.
func (b *book) table(sheet string, widths []float64, rows [][]excelize.Cell) error {
	stream, err := b.file.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, w := range widths {
		if err := stream.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	for i, cells := range rows {
		values := make([]any, len(cells))
		for j, c := range cells {
			values[j] = c
		}
		if err := stream.SetRow("A"+strconv.Itoa(i+1), values, excelize.RowOpts{Height: highest(cells, widths)}); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// highest is the height that a row needs for the lines of its texts. A text
// that stands alone runs over the cells beside it.
func highest(cells []excelize.Cell, widths []float64) float64 {
	lines := 1
	for i, c := range cells {
		if text, ok := c.Value.(string); ok && len(cells) > 1 && i < len(widths) {
			n := 0
			for line := range strings.SplitSeq(text, "\n") {
				n += int(float64(halves(line))/widths[i]) + 1
			}
			lines = max(lines, n)
		}
	}
	return float64(min(4+15*lines, 400))
}

// texts are cells of one style.
func texts(style int, values ...string) []excelize.Cell {
	cells := make([]excelize.Cell, len(values))
	for i, v := range values {
		cells[i] = excelize.Cell{StyleID: style, Value: v}
	}
	return cells
}

// choice is a closed list as it stands on the sheet of codes.
type choice struct {
	typ   string // row type
	info  batch.Info
	first int // row of its first value
}

// choices lays out the sheet of codes: every list of a kind, one below the
// other, from row 2.
func choices(kind *batch.Kind) []choice {
	var all []choice
	next := 2
	for _, row := range kind.RowTypes() {
		for _, c := range row.Columns {
			if c.Codes = c.Values(); len(c.Codes) > 0 {
				all = append(all, choice{row.Type, c, next})
				next += len(c.Codes)
			}
		}
	}
	return all
}

// listsOf says where the lists of a row type stand, by column.
func (b *book) listsOf(typ string) map[string]string {
	at := make(map[string]string)
	for _, l := range b.lists {
		if l.typ == typ {
			at[l.info.Name] = fmt.Sprintf("%s!$B$%d:$B$%d", codesSheet, l.first, l.first+len(l.info.Codes)-1)
		}
	}
	return at
}

// addLists puts drop-downs on the columns of a row type that hold one value
// of a closed list.
func (b *book) addLists(typ string, columns []batch.Info) error {
	e := entry{sheet: typ, head: 1}
	lists := b.listsOf(typ)
	for i := range columns {
		c := &columns[i]
		if c.Type != batch.TypeList && c.Type != batch.TypeBool {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.Sqref = e.below(i)
		v.SetSqrefDropList(lists[c.Name])
		v.SetError(excelize.DataValidationErrorStyleStop, c.Title, "请从下拉列表中选择 / choose from the list")
		if err := b.file.AddDataValidation(typ, v); err != nil {
			return err
		}
	}
	return nil
}

// writeCodes writes the sheet that choices laid out.
func (b *book) writeCodes() error {
	if _, err := b.file.NewSheet(codesSheet); err != nil {
		return err
	}
	if err := b.landscape(codesSheet, b.kind.Title, 1); err != nil {
		return err
	}
	rows := [][]excelize.Cell{texts(b.head, "字段 field", "选项 choice", "代码 code", "含义", "meaning")}
	for _, l := range b.lists {
		for _, e := range l.info.Codes {
			field := l.typ + " " + title(l.info.Title, l.info.Name)
			rows = append(rows, texts(b.text, field, choiceText(e), e.Code, e.Word(code.Chinese), e.Word(code.English)))
		}
	}
	return b.table(codesSheet, []float64{32, 40, 20, 40, 48}, rows)
}
