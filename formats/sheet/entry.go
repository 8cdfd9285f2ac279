package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"carryover/formats/batch"
)

// entry is a sheet that people type into: one header row, the columns below
// it. Titles and structure are locked, cells to type into are open; rows can be
// added, removed, sorted and filtered.
type entry struct {
	sheet   string
	title   batch.Words
	columns []batch.Info      // as they stand; one without a name is none of ours
	head    int               // number of the header row
	lists   map[string]string // where a list's values stand, by column
	row     string            // the row type, as faults name it
	loose   bool              // the columns are not those that it should have: not locked
}

// problemWidth is the width of the column of explanations.
const problemWidth = 90

// lastRow is the last row of a sheet, as it stands in references.
const lastRow = "1048576"

// letters is the name of the i-th column, from 0.
func letters(i int) string {
	name, _ := excelize.ColumnNumberToName(i + 1) // fails only beyond the last column of a sheet
	return name
}

// below is the range of the i-th column under the header row.
func (e *entry) below(i int) string { return e.cell(i) + ":" + letters(i) + lastRow }

// cell is the first cell under the header row.
func (e *entry) cell(i int) string { return letters(i) + strconv.Itoa(e.head+1) }

// lay sets what must be set before a sheet's rows are streamed, and opens it.
func (b *book) lay(e *entry) (*excelize.StreamWriter, error) {
	for _, set := range []func(*entry) error{b.rules, b.gaps, b.lock, b.paper} {
		if err := set(e); err != nil {
			return nil, err
		}
	}
	stream, err := b.file.NewStreamWriter(e.sheet)
	if err != nil {
		return nil, err
	}
	panes := &excelize.Panes{Freeze: true, XSplit: 1, YSplit: e.head, TopLeftCell: "B" + strconv.Itoa(e.head+1), ActivePane: "bottomRight"}
	if err := stream.SetPanes(panes); err != nil {
		return nil, err
	}
	for i, c := range e.columns {
		if err := stream.SetColStyle(i+1, i+1, b.open.of(c.Type)); err != nil {
			return nil, err
		}
		if err := stream.SetColWidth(i+1, i+1, e.width(i)); err != nil {
			return nil, err
		}
	}
	return stream, nil
}

// headRow writes the header row, high enough for two lines.
func (b *book) headRow(stream *excelize.StreamWriter, e *entry) error {
	return stream.SetRow("A"+strconv.Itoa(e.head), b.titles(e), excelize.RowOpts{Height: 33})
}

// titles is the header row. What must be filled in is marked in words and in
// colour, so that it is seen in print too.
func (b *book) titles(e *entry) []any {
	cells := make([]any, len(e.columns))
	for i := range e.columns {
		c := &e.columns[i]
		cells[i] = excelize.Cell{StyleID: [...]int{batch.Optional: b.head, batch.Required: b.mustHead, batch.Conditional: b.caseHead}[c.Need], Value: marked(c)}
	}
	return cells
}

// marked is the title of a column with the mark of what must be filled in.
func marked(c *batch.Info) string {
	if c.Name == "" {
		return c.Title
	}
	return title(c.Title+[...]string{batch.Optional: "", batch.Required: "*", batch.Conditional: "(*)"}[c.Need], c.Name)
}

// rules lets the spreadsheet check every column while it is typed.
func (b *book) rules(e *entry) error {
	for i := range e.columns {
		c := &e.columns[i]
		if c.Name == "" || c.Name == problemColumn {
			continue
		}
		if err := b.file.AddDataValidation(e.sheet, validation(c, e.below(i), e.cell(i), e.lists[c.Name])); err != nil {
			return err
		}
	}
	return nil
}

// gaps colours required cells that are empty in a row that was begun.
func (b *book) gaps(e *entry) error {
	n := strconv.Itoa(e.head + 1)
	for i, c := range e.columns {
		if c.Name == "" || c.Need != batch.Required {
			continue
		}
		rule := fmt.Sprintf("AND(LEN($%s)=0,COUNTA($A%s:$%s%s)>0)", letters(i)+n, n, letters(len(e.columns)-1), n)
		err := b.file.SetConditionalFormat(e.sheet, e.below(i), []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: rule, Format: &b.gap}})
		if err != nil {
			return err
		}
	}
	return nil
}

// lock protects the structure. There is no password: it keeps from mistakes, not
// from somebody who has a reason.
func (b *book) lock(e *entry) error {
	if err := b.file.AutoFilter(e.sheet, "A"+strconv.Itoa(e.head)+":"+letters(len(e.columns)-1)+lastRow, nil); err != nil {
		return err
	}
	if e.loose {
		return nil
	}
	return b.file.ProtectSheet(e.sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, InsertRows: true, Sort: true, AutoFilter: true,
		FormatCells: true, FormatColumns: true, FormatRows: true, EditObjects: true,
	})
}

// paper sets a sheet up for A4, sideways; header row and first column stand on
// every page.
func (b *book) paper(e *entry) error {
	wide := 0.0
	for i := range e.columns {
		wide += e.width(i)
	}
	if err := b.landscape(e.sheet, e.title, 1+int(wide)/paperWidth); err != nil {
		return err
	}
	name, head := quotedSheet(e.sheet), strconv.Itoa(e.head)
	return b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: e.sheet, RefersTo: name + "!$A:$A," + name + "!$" + head + ":$" + head,
	})
}

// paperWidth is how wide columns may be together on one page and be readable.
const paperWidth = 240

// width is the width of the i-th column.
func (e *entry) width(i int) float64 {
	if e.columns[i].Name == problemColumn {
		return problemWidth
	}
	return columnWidth(marked(&e.columns[i]), e.columns[i])
}

// landscape sets a sheet up for A4 so many pages wide, with page numbers.
func (b *book) landscape(sheet string, t batch.Words, across int) error {
	a4, down, wide, fit := 9, 0, "landscape", true
	if err := b.file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &wide, FitToWidth: &across, FitToHeight: &down}); err != nil {
		return err
	}
	if err := b.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	name := strings.ReplaceAll(t.ZH+" "+t.EN, "&", "&&")
	return b.file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddHeader: "&C" + name, OddFooter: "&C&P / &N"})
}

// quotedSheet is a sheet's name in a reference.
func quotedSheet(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }
