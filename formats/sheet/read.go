package sheet

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// envelope is what the envelope of a workbook says.
type envelope struct {
	values     map[string]string // by name
	normalised []batch.Normalisation
}

// readEnvelope reads names and values. Values are put right like cells.
func readEnvelope(file *workbook, name string) (*envelope, error) {
	e := &envelope{values: make(map[string]string)}
	rows, err := file.Rows(name)
	if err != nil {
		return nil, unreadable(name)
	}
	for n := 0; rows.Next() && n < 100; n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, errors.Join(unreadable(name), rows.Close())
		}
		if len(cells) < 2 {
			continue
		}
		odd := file.cells.Right(name, n+1, cells)
		key := titleName(cells[0])
		i := slices.IndexFunc(envelopeFields, func(e envelopeField) bool { return e.Name == key })
		if i < 0 {
			continue
		}
		value, why := normaliseEnvelope(key, cells[1])
		if odd[1] != "" {
			return nil, errors.Join(refused(code.WrongEnvelope, odd[1]), rows.Close())
		}
		if e.values[key] = value; why != "" && i < headerFields {
			e.normalised = append(e.normalised, batch.Normalisation{Field: key, Why: why})
		}
	}
	return e, errors.Join(rows.Error(), rows.Close())
}

// unreadable is the fault of a sheet.
func unreadable(sheet string) error {
	return refused(code.Unreadable, batch.Quoted("工作表不可读 / a sheet cannot be read", sheet))
}

// columnMap says where the columns of a row type stand on a sheet.
type columnMap struct {
	at   []int // cell of each column
	line int   // cell of the line column, -1 for none
	used int   // cells that have a title
}

// readSheet reads the rows of one row type, at most limit.
func readSheet(file *workbook, name, typ string, columns []batch.Info, limit int) ([]sheetRow, error) {
	rows, err := file.Rows(name)
	if err != nil {
		return nil, unreadable(name)
	}
	all, err := file.readRows(rows, name, typ, columns, limit)
	return all, errors.Join(err, rows.Close())
}

func (b *workbook) readRows(rows *excelize.Rows, name, typ string, columns []batch.Info, limit int) (all []sheetRow, err error) {
	var at *columnMap
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, unreadable(name)
		}
		switch {
		case allBlank(cells):
		case at == nil:
			if at, err = mapColumns(name, columns, cells); err != nil {
				return nil, err
			}
		case len(all) >= limit:
			return nil, refused(code.TooLarge, "工作簿行数过多，请改用 CSV / too many rows for a workbook; use CSV")
		default:
			odd := b.cells.Right(name, n, cells)
			all = append(all, at.row(b, typ, columns, cells, n, odd))
		}
	}
	if err := rows.Error(); err != nil {
		return nil, unreadable(name)
	}
	return all, nil
}

// mapColumns reads the header row. All columns must be there, none twice, and
// no other.
func mapColumns(sheet string, columns []batch.Info, titles []string) (*columnMap, error) {
	m := &columnMap{at: make([]int, len(columns)), line: -1, used: len(titles)}
	for i := range m.at {
		m.at[i] = -1
	}
	for i, title := range titles {
		name := titleName(title)
		c := slices.IndexFunc(columns, func(c batch.Info) bool { return c.Name == name })
		switch {
		case c >= 0 && m.at[c] < 0:
			m.at[c] = i
		case name == lineColumn && c < 0 && m.line < 0:
			m.line = i
		case name == problemColumn && c < 0:
		case !batch.Blank(title):
			return nil, refused(code.WrongEnvelope, batch.Quoted(fmt.Sprintf("工作表 %s 有多余的列 / sheet %s has a column too many", sheet, sheet), title))
		}
	}
	for i, c := range m.at {
		if c < 0 {
			return nil, refused(code.WrongEnvelope, batch.Quoted(fmt.Sprintf("工作表 %s 缺少列 / sheet %s lacks the column", sheet, sheet), columns[i].Name))
		}
	}
	return m, nil
}

// row puts the cells of one row in order and right. A cell outside the titled
// columns makes one field too many, which a reader reports.
func (m *columnMap) row(b *workbook, typ string, columns []batch.Info, cells []string, n int, odd map[int]string) sheetRow {
	r := sheetRow{DraftRow: batch.DraftRow{Line: n}}
	fields := make([]string, 0, len(columns)+2)
	fields = append(fields, typ)
	for i := range columns {
		text := ""
		if m.at[i] < len(cells) {
			text = cells[m.at[i]]
		}
		right, why := normalise(&columns[i], b.dated(&columns[i], text))
		if what := odd[m.at[i]]; what != "" {
			r.Normalised = append(r.Normalised, batch.Normalisation{Field: columns[i].Name, Why: what, Code: code.Malformed})
		}
		if fields = append(fields, right); why != "" {
			r.Normalised = append(r.Normalised, batch.Normalisation{Field: columns[i].Name, Why: why})
		}
	}
	for i := m.used; i < len(cells); i++ {
		if !batch.Blank(cells[i]) {
			fields = append(fields, cells[i])
		}
	}
	if m.line >= 0 && m.line < len(cells) {
		r.order, _ = strconv.Atoi(cells[m.line])
	}
	r.Text = rowText(fields)
	if len(fields) > 1 {
		r.no = fields[1]
	}
	return r
}

// byLine puts rows in the order of their lines in the CSV batch, when each
// row has one of its own.
func byLine(parents, details []sheetRow) ([]sheetRow, bool) {
	all := slices.Concat(parents, details)
	slices.SortStableFunc(all, func(a, b sheetRow) int { return cmp.Compare(a.order, b.order) })
	for i := range all {
		if all[i].order <= 0 || (i > 0 && all[i].order == all[i-1].order) {
			return nil, false
		}
	}
	return all, true
}

func allBlank(cells []string) bool {
	for _, c := range cells {
		if !batch.Blank(c) {
			return false
		}
	}
	return true
}
