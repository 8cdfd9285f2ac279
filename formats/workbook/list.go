package workbook

import (
	"strconv"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/money"
)

// head encodes the rows above a list's data: title, note, subtotals, header.
func (p *part) head() []byte {
	s, e := p.sheet, p.enc
	e.buf = nil
	at := 0
	if p.across() > 1 && s.Frozen < len(s.Columns) {
		at = s.Frozen // the first columns are printed on every page, and would cut off what reaches beyond them
	}
	e.begin(1, 27)
	e.text(at, 1, s.Title, look{role: title}, false)
	e.close()
	row := 2
	if s.Note != "" {
		e.begin(row, 15)
		e.text(at, row, s.Note, look{role: note}, false)
		e.close()
		row++
	}
	if s.totals() {
		e.begin(row, 18)
		p.totals(row)
		e.close()
		row++
	}
	e.begin(row, p.headHeight())
	for i, c := range s.Columns {
		e.text(i, row, c.Title, look{role: head}, false)
	}
	e.close()
	if p.rows == 0 {
		row++
		e.begin(row, 18)
		e.text(0, row, s.Empty, look{role: note}, false)
		e.close()
	}
	return e.buf
}

// totals encodes the subtotals and the word for them.
func (p *part) totals(row int) {
	e, from := p.enc, p.sheet.headRow()+1
	if word := p.sheet.totalsWord(); word >= 0 {
		e.text(word, row, p.sheet.Totals, look{role: total, kind: Middle}, false)
	}
	for i, c := range p.sheet.Columns {
		if !c.Total {
			continue
		}
		f := p.sums[i]
		if c.Kind == Money && !exact(f) {
			e.text(i, row, f.String(), look{role: total, kind: Text}, true)
			continue
		}
		if c.Kind == Money {
			e.subtotal(i, row, from, p.lastRow(), look{role: total, kind: Money}, len(f.String())*4/3+1, f.Append)
			continue
		}
		count := strconv.FormatInt(int64(f), 10)
		e.subtotal(i, row, from, p.lastRow(), look{role: total, kind: Count}, len(count)*4/3+1, func(b []byte) []byte { return append(b, count...) })
	}
}

// titleAt is from which width on a title is wrapped.
const titleAt = 10

// fit is a column's width: what was asked for, else enough for contents and
// title, with room for the filter's arrow.
func (p *part) fit(i int) float64 {
	c := p.sheet.Columns[i]
	if c.Width > 0 {
		return c.Width
	}
	head := min(columns(c.Title), titleAt) + 3
	return float64(max(p.enc.widths[i]+2, head, 7))
}

// paperWidth is how many half-width characters fit across A4 landscape in
// the smallest print that is still read without a glass.
const paperWidth = 235

// across is on how many pages side by side a list is printed.
func (p *part) across() int {
	sum := 0.0
	for i, c := range p.sheet.Columns {
		if !c.Hidden {
			sum += p.fit(i)
		}
	}
	return int(sum/paperWidth) + 1
}

// headHeight makes room for titles that take more than one line.
func (p *part) headHeight() float64 {
	lines := 1
	for i, c := range p.sheet.Columns {
		lines = max(lines, (columns(c.Title)+int(p.fit(i))-4)/(int(p.fit(i))-3))
	}
	return float64(min(lines, 4))*15 + 6
}

// dress gives a list's sheet everything but its rows.
func (p *part) dress(f *excelize.File, table int) error {
	s, row := p.sheet, p.sheet.headRow()
	last := letters(len(s.Columns) - 1)
	headCell, corner := "A"+strconv.Itoa(row), last+strconv.Itoa(p.lastRow())
	for i, c := range s.Columns {
		name := letters(i)
		if err := f.SetColWidth(p.name, name, name, p.fit(i)); err != nil {
			return err
		}
		if err := f.SetCellStr(p.name, name+strconv.Itoa(row), c.Title); err != nil {
			return err
		}
	}
	if p.rows > 0 {
		err := f.AddTable(p.name, &excelize.Table{Range: headCell + ":" + corner, Name: "T" + strconv.Itoa(table), StyleName: "TableStyleLight1"})
		if err != nil {
			return err
		}
		if err := f.AddIgnoredErrors(p.name, "A"+strconv.Itoa(row+1)+":"+corner, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return err
		}
	}
	if err := f.SetSheetDimension(p.name, "A1:"+corner); err != nil {
		return err
	}
	if err := p.rules(f); err != nil {
		return err
	}
	if err := p.protect(f); err != nil {
		return err
	}
	left := letters(s.Frozen) + strconv.Itoa(row+1)
	err := f.SetPanes(p.name, &excelize.Panes{
		Freeze: true, XSplit: s.Frozen, YSplit: row, TopLeftCell: left, ActivePane: pane(s.Frozen),
		Selection: []excelize.Selection{{SQRef: left, ActiveCell: left, Pane: pane(s.Frozen)}},
	})
	if err != nil {
		return err
	}
	titles := quoteSheet(p.name) + "!$1:$" + strconv.Itoa(row)
	if s.Frozen > 0 && p.across() > 1 {
		titles = quoteSheet(p.name) + "!$A:$" + letters(s.Frozen-1) + "," + titles
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: p.name})
}

func pane(frozen int) string {
	if frozen > 0 {
		return "bottomRight"
	}
	return "bottomLeft"
}

// rules makes the conditional formats.
func (p *part) rules(f *excelize.File) error {
	if p.rows == 0 {
		return nil
	}
	s, first := p.sheet, p.sheet.headRow()+1
	for _, r := range s.Rules {
		look := (look{tone: r.Tone}).style()
		id, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: look.Font.Color, Bold: look.Font.Bold}, Fill: look.Fill})
		if err != nil {
			return err
		}
		from, to := letters(r.Column), letters(r.Column)
		if r.Row {
			from, to = "A", letters(len(s.Columns)-1)
		}
		area := from + strconv.Itoa(first) + ":" + to + strconv.Itoa(p.lastRow())
		err = f.SetConditionalFormat(p.name, area, []excelize.ConditionalFormatOptions{
			{Type: "formula", Criteria: r.formula(first), Format: &id},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// formula is the rule for the first row; an empty cell meets none.
func (r Rule) formula(first int) string {
	cell := "$" + letters(r.Column) + strconv.Itoa(first)
	value := `"` + doubled(textOf(r.Value)) + `"`
	switch v := r.Value.(type) {
	case int:
		value = strconv.Itoa(v)
		return "AND(ISNUMBER(" + cell + ")," + cell + r.Op + value + ")"
	case money.Fen:
		return "AND(ISNUMBER(" + cell + ")," + cell + r.Op + v.String() + ")"
	}
	return cell + r.Op + value
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// doubled doubles quotes, as a text inside a formula has them.
func doubled(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return string(b)
}
