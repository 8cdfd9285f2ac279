package batch

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/money"
)

// book is a workbook carrier while it is written.
type book struct {
	file   *excelize.File
	kind   *Kind
	sheets map[string]*page // by row type
	order  []string         // of the sheets
	lists  []choice
	text   int // style of text cells
	amount int // style of amounts
	plain  int // style of whole numbers
	head   int // style of header rows
	rows   int
}

// page is one sheet of rows.
type page struct {
	stream  *excelize.StreamWriter
	columns []Info
	rows    int
}

// newBook makes the sheets of a kind with their header rows; lined adds the
// column that keeps the order of the rows.
func newBook(kind *Kind, lined bool) (*book, error) {
	b := &book{file: excelize.NewFile(), kind: kind, sheets: make(map[string]*page)}
	b.lists = choices(kind)
	if err := b.styles(); err != nil {
		return nil, err
	}
	if err := b.file.SetSheetName("Sheet1", envelopeSheet); err != nil {
		return nil, err
	}
	for _, row := range kind.Rows {
		if err := b.addPage(row.Type, row.Columns, lined); err != nil {
			return nil, err
		}
	}
	for _, row := range kind.Rows {
		if d := row.Detail; d != nil && b.sheets[d.Type] == nil {
			if err := b.addPage(d.Type, d.Columns, lined); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func (b *book) styles() (err error) {
	if b.text, err = b.file.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		return err
	}
	if b.amount, err = b.file.NewStyle(&excelize.Style{NumFmt: 2}); err != nil {
		return err
	}
	if b.plain, err = b.file.NewStyle(&excelize.Style{NumFmt: 1}); err != nil {
		return err
	}
	b.head, err = b.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, NumFmt: 49,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
	})
	return err
}

func (b *book) addPage(typ string, columns []Info, lined bool) error {
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
	p := &page{stream: stream, columns: columns, rows: 1}
	b.sheets[typ], b.order = p, append(b.order, typ)
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	titles := make([]any, 0, len(columns)+1)
	for i, c := range columns {
		t := title(c.Title, c.Name)
		titles = append(titles, excelize.Cell{StyleID: b.head, Value: t})
		if err := stream.SetColStyle(i+1, i+1, b.style(c.Type)); err != nil {
			return err
		}
		if err := stream.SetColWidth(i+1, i+1, columnWidth(t, c)); err != nil {
			return err
		}
	}
	if lined {
		titles = append(titles, excelize.Cell{StyleID: b.head, Value: title("原行号", lineColumn)})
	}
	return stream.SetRow("A1", titles)
}

// style is how the cells of a column look; text stays text whatever is typed.
func (b *book) style(t Type) int {
	switch t {
	case TypeMoney:
		return b.amount
	case TypeInt, TypeCount:
		return b.plain
	}
	return b.text
}

// columnWidth fits the title on two lines and the usual content on one.
func columnWidth(title string, c Info) float64 {
	wide := 0
	for _, r := range title {
		if wide++; r >= utf8.RuneSelf {
			wide++
		}
	}
	content := c.Max
	if c.Type == TypeMoney || c.Type == TypeInt || c.Type == TypeCount {
		content = 12
	}
	return float64(max(10, min(40, max(wide*2/3, content+2))))
}

// addRow puts one row of a CSV batch on its sheet.
func (b *book) addRow(fields []field) error {
	p := b.sheets[fields[0].text]
	b.rows++
	p.rows++
	if p.rows > excelize.TotalRows {
		return fmt.Errorf("sheet %s: more than %d rows", fields[0].text, excelize.TotalRows)
	}
	values := make([]any, 0, len(fields))
	for i, f := range fields[1:] {
		values = append(values, b.value(p.columns[i].Type, f.text))
	}
	values = append(values, b.rows+1) // its line in the CSV batch
	return p.stream.SetRow("A"+strconv.Itoa(p.rows), values)
}

// exactDigits is the length of the longest amount that a workbook's numbers
// hold exactly: fifteen digits and the point.
const exactDigits = 16

// value is a cell: numbers that a workbook can hold exactly, all else text,
// which is never a formula.
func (b *book) value(t Type, text string) any {
	switch {
	case text == "":
		return nil
	case t == TypeMoney && len(text) <= exactDigits:
		if f, err := money.Parse(text); err == nil {
			return excelize.Cell{StyleID: b.amount, Value: float64(f) / 100}
		}
	case t == TypeInt || t == TypeCount:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	}
	return excelize.Cell{StyleID: b.text, Value: text}
}

// seal is what the envelope of a finished workbook states beside its header.
type seal struct {
	total  money.Fen
	digest string
}

// close writes the envelope and the file. A nil seal is a template's: count
// and total are formulas without a value yet.
func (b *book) close(to io.Writer, h Header, s *seal) error {
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
	if _, err := b.file.WriteTo(to); err != nil {
		return err
	}
	return b.file.Close()
}

func (b *book) writeEnvelope(h Header, s *seal) error {
	values := append(h.fields()[1:], "", "", "", "")[:len(envelopeNames)]
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
	for i, e := range envelopeNames {
		value := excelize.Cell{StyleID: b.text, Value: values[i]}
		switch {
		case e.name == "rows":
			value = b.count(s)
		case e.name == "total":
			value = b.total(s)
		case e.name == "digest" && s != nil:
			value.Value = s.digest
		case e.name == "created" && h.Created.IsZero():
			value.Value = nil
		}
		row := []any{excelize.Cell{StyleID: b.head, Value: title(e.title, e.name)}, value}
		if err := stream.SetRow("A"+strconv.Itoa(i+1), row); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// count is the formula of the number of rows.
func (b *book) count(s *seal) excelize.Cell {
	var parts []string
	for _, typ := range b.order {
		parts = append(parts, "COUNTA("+typ+"!A2:A1048576)")
	}
	c := excelize.Cell{Formula: strings.Join(parts, "+")}
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
		for i, c := range row.Columns {
			for _, name := range row.Sum {
				if c.Name == name {
					column, _ := excelize.ColumnNumberToName(i + 1)
					parts = append(parts, fmt.Sprintf("SUM(%s!%s2:%s1048576)", row.Type, column, column))
				}
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
