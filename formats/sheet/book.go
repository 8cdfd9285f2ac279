package sheet

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/money"
	"carryover/formats/batch"
)

// book is a workbook carrier while it is written.
type book struct {
	file   *excelize.File
	kind   *batch.Kind
	sheets map[string]*page // by row type
	lists  []choice
	rows   int

	cells                          // styles of cells that are only read
	open                     cells // and of cells to type into
	head, mustHead, caseHead int   // of header rows, as Need
	name                     int   // of a title that stands alone
	gap                      int   // of a required cell that is empty
}

// cells are the styles of text, amounts and whole numbers.
type cells struct{ text, amount, plain int }

// page is one sheet of rows.
type page struct {
	stream  *excelize.StreamWriter
	columns []batch.Info // as they stand
	head    int          // number of the header row
	rows    int
}

// newBook makes the sheets of a kind with their header rows, and a column that
// keeps the order of the rows.
func newBook(kind *batch.Kind) (*book, error) {
	b := &book{file: excelize.NewFile(), kind: kind, sheets: make(map[string]*page), lists: choices(kind)}
	if err := b.styles(); err != nil {
		return nil, err
	}
	if err := b.file.SetSheetName("Sheet1", envelopeSheet); err != nil {
		return nil, err
	}
	for _, row := range kind.RowTypes() {
		if err := b.addPage(row.Type, row.Columns); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// font is the font of titles, which a spreadsheet replaces where it is missing.
const font = "等线"

func (b *book) styles() (err error) {
	style := func(s excelize.Style) (id int) {
		if err == nil {
			id, err = b.file.NewStyle(&s)
		}
		return id
	}
	of := func(p *excelize.Protection) cells {
		middle := &excelize.Alignment{Vertical: "center"}
		one := func(format int) int { return style(excelize.Style{NumFmt: format, Alignment: middle, Protection: p}) }
		return cells{text: one(49), amount: one(2), plain: one(1)}
	}
	head := func(color string) int {
		return style(excelize.Style{
			Font: &excelize.Font{Bold: true, Family: font, Size: 11}, NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
		})
	}
	b.cells, b.open = of(nil), of(&excelize.Protection{Locked: false})
	b.name = style(excelize.Style{Font: &excelize.Font{Bold: true, Family: font, Size: 14}, NumFmt: 49})
	b.head, b.mustHead, b.caseHead = head("DDEBF7"), head("F8CBAD"), head("FFE699")
	if err == nil {
		b.gap, err = b.file.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}})
	}
	return err
}

func (b *book) addPage(typ string, columns []batch.Info) error {
	if _, err := b.file.NewSheet(typ); err != nil {
		return err
	}
	if err := b.addLists(typ, columns); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(typ)
	if err != nil {
		return err
	}
	p := &page{stream: stream, columns: columns, head: 1, rows: 1}
	b.sheets[typ] = p
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	titles := make([]any, 0, len(columns)+1)
	for i, c := range columns {
		t := title(c.Title, c.Name)
		titles = append(titles, excelize.Cell{StyleID: b.head, Value: t})
		if err := stream.SetColStyle(i+1, i+1, b.of(c.Type)); err != nil {
			return err
		}
		if err := stream.SetColWidth(i+1, i+1, columnWidth(t, c)); err != nil {
			return err
		}
	}
	titles = append(titles, excelize.Cell{StyleID: b.head, Value: title("原行号", lineColumn)})
	return stream.SetRow("A1", titles)
}

// of is how the cells of a column look; text stays text whatever is typed.
func (s cells) of(t batch.Type) int {
	switch t {
	case batch.TypeMoney:
		return s.amount
	case batch.TypeInt, batch.TypeCount:
		return s.plain
	}
	return s.text
}

// columnWidth fits the title on two lines and the usual content on one.
func columnWidth(title string, c batch.Info) float64 {
	wide, content := halves(title), c.Max
	if c.Type == batch.TypeMoney || c.Type == batch.TypeInt || c.Type == batch.TypeCount {
		content = 12
	}
	for _, e := range c.Values() {
		content = max(content, halves(choiceText(e)))
	}
	return float64(max(10, min(40, max(wide*2/3, content+2))))
}

// halves is the width of a text in half-width characters.
func halves(text string) (n int) {
	for _, r := range text {
		if n++; r >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// addRow puts one row of a CSV batch on its sheet; fields begin with its type.
func (b *book) addRow(fields []string) error {
	p := b.sheets[fields[0]]
	b.rows++
	p.rows++
	if p.rows > excelize.TotalRows {
		return fmt.Errorf("sheet %s: more than %d rows", fields[0], excelize.TotalRows)
	}
	values := make([]any, 0, len(fields))
	for i, text := range fields[1:] {
		values = append(values, b.value(p.columns[i].Type, text))
	}
	values = append(values, b.rows+1) // its line in the CSV batch
	return p.stream.SetRow("A"+strconv.Itoa(p.rows), values)
}

// exactDigits is the length of the longest amount that a workbook's numbers
// hold exactly: fifteen digits and the point.
const exactDigits = 16

// value is a cell as styled makes it; nothing where there is nothing.
func (s cells) value(t batch.Type, text string) any {
	if text == "" {
		return nil
	}
	return styled(s.of(t), t, text)
}

// styled is a cell: numbers that a workbook can hold exactly, all else text,
// which is never a formula.
func styled(style int, t batch.Type, text string) excelize.Cell {
	c := excelize.Cell{StyleID: style, Value: text}
	switch {
	case text == "":
		c.Value = nil
	case t == batch.TypeMoney && len(text) <= exactDigits:
		if f, err := money.Parse(text); err == nil {
			c.Value = float64(f) / 100
		}
	case t == batch.TypeInt || t == batch.TypeCount:
		if n, err := strconv.Atoi(text); err == nil && len(text) <= exactDigits-1 {
			c.Value = n
		}
	}
	return c
}

// seal is what the envelope of a finished workbook states beside its header.
type seal struct {
	total  money.Fen
	digest string
}

// close writes the envelope and the file.
func (b *book) close(to io.Writer, h batch.Header, s *seal) error {
	for _, p := range b.sheets {
		if err := p.stream.Flush(); err != nil {
			return err
		}
	}
	if err := b.writeCodes(); err != nil {
		return err
	}
	if err := b.writeEnvelope(h, s); err != nil {
		return err
	}
	return b.save(to)
}

// save writes the file and lets go of it.
func (b *book) save(to io.Writer) error {
	if _, err := b.file.WriteTo(to); err != nil {
		return err
	}
	return b.file.Close()
}

func (b *book) writeEnvelope(h batch.Header, s *seal) error {
	values := append(h.Fields()[1:], "", "", "", "")[:len(envelopeFields)]
	stream, err := b.file.NewStreamWriter(envelopeSheet)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, 1, 24); err != nil {
		return err
	}
	if err := stream.SetColWidth(2, 2, 70); err != nil {
		return err
	}
	for i, e := range envelopeFields {
		value := excelize.Cell{StyleID: b.text, Value: values[i]}
		switch e.Name {
		case "rows":
			value = b.count(s)
		case "total":
			value = b.total(s)
		case "digest":
			value.Value = s.digest
		}
		row := []any{excelize.Cell{StyleID: b.head, Value: title(e.Title, e.Name)}, value}
		if err := stream.SetRow("A"+strconv.Itoa(i+1), row); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// column is the range of a column, its title included, so that rows that are
// put in right below the title count; "" when the sheet has no such column.
func (p *page) column(sheet, name string) string {
	i := slices.IndexFunc(p.columns, func(c batch.Info) bool { return c.Name == name })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("%s!%s%d:%s%s", quotedSheet(sheet), letters(i), p.head, letters(i), lastRow)
}

// count is the formula of the number of rows. Where a required cell was left
// out the row still counts by another. Without a seal, in a workbook to type
// into, neither it nor the total has a value yet.
func (b *book) count(s *seal) excelize.Cell {
	var parts []string
	for _, row := range b.kind.RowTypes() {
		var columns []string
		for _, c := range row.Columns {
			if p := b.sheets[row.Type]; p != nil && c.Need == batch.Required && p.column(row.Type, c.Name) != "" {
				columns = append(columns, "COUNTA("+p.column(row.Type, c.Name)+")")
			}
		}
		if len(columns) > 0 {
			parts = append(parts, "MAX("+strings.Join(columns, ",")+")-1")
		}
	}
	c := excelize.Cell{Formula: strings.Join(append(parts, "0"), "+")}
	if s != nil {
		c.Value = b.rows
	}
	return c
}

// total is the formula of the sum, or the sum itself where a workbook's
// numbers are not exact enough to add it up.
func (b *book) total(s *seal) excelize.Cell {
	var parts []string
	for _, row := range b.kind.Rows {
		for _, name := range row.Sum {
			if p := b.sheets[row.Type]; p != nil && p.column(row.Type, name) != "" {
				parts = append(parts, "SUM("+p.column(row.Type, name)+")")
			}
		}
	}
	c := excelize.Cell{StyleID: b.amount, Formula: "ROUND(" + strings.Join(append(parts, "0"), "+") + ",2)"}
	if s == nil {
		return c
	}
	if text := s.total.String(); len(text) > exactDigits {
		return excelize.Cell{StyleID: b.text, Value: text}
	}
	c.Value = float64(s.total) / 100
	return c
}
