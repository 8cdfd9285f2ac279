package workbook

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// pageLayout is where the blocks of a page stand.
type pageLayout struct {
	first   []int // row of each block's first data row
	last    int
	columns int
}

// layout places blocks below one another with an empty row between them.
func (s *Sheet) layout() pageLayout {
	p := pageLayout{columns: 2}
	row := 3
	if s.Note == "" {
		row = 2
	}
	p.last = row - 1
	for _, b := range s.Blocks {
		p.columns = max(p.columns, len(b.Columns))
		if b.Title != "" {
			row++
		}
		if b.headed() {
			row++
		}
		p.first = append(p.first, row)
		row += len(b.Rows)
		p.last = row - 1
		row++
	}
	return p
}

// headed tells whether a block has a header line.
func (b Block) headed() bool {
	for _, c := range b.Columns {
		if c.Title != "" {
			return true
		}
	}
	return false
}

// spoolPage writes a page's rows.
func (b Book) spoolPage(s *Sheet, out *spool, l *looks) (*part, error) {
	at := s.layout()
	p := &part{sheet: s, name: s.Name, from: out.size, enc: newRowEncoder(l, at.columns)}
	e := p.enc
	for i := range e.caps {
		e.caps[i] = wrapAt
	}
	e.begin(1, 27)
	e.text(0, 1, s.Title, look{role: title}, false)
	e.close()
	if s.Note != "" {
		e.begin(2, 15)
		e.text(0, 2, s.Note, look{role: note}, false)
		e.close()
	}
	for i, block := range s.Blocks {
		if err := e.block(block, at.first[i]); err != nil {
			return nil, fmt.Errorf("workbook: sheet %q, block %q: %w", s.Name, block.Title, err)
		}
	}
	if err := out.write(e.buf); err != nil {
		return nil, err
	}
	p.rows, p.to = at.last, out.size
	return p, nil
}

func (e *rowEncoder) block(b Block, first int) error {
	row := first
	if b.headed() {
		row--
	}
	if b.Title != "" {
		e.begin(row-1, 20)
		e.text(0, row-1, b.Title, look{role: section}, false)
		e.close()
	}
	if b.headed() {
		e.begin(row, 20)
		for i, c := range b.Columns {
			e.text(i, row, c.Title, look{role: head}, true)
		}
		e.close()
		row++
	}
	if b.Wide {
		widths, caps := e.widths[0], e.caps[0]
		e.caps[0] = wideAt
		defer func() { e.widths[0], e.caps[0] = widths, caps }()
	}
	for _, values := range b.Rows {
		if err := e.row(row, values, b.Columns); err != nil {
			return err
		}
		row++
	}
	return nil
}

// wideAt is how many half-width characters surely fit across a page's blocks.
const wideAt = 84

// merge makes the rows of wide blocks one cell each.
func (p *part) merge(f *excelize.File, at pageLayout) error {
	for i, b := range p.sheet.Blocks {
		for row := at.first[i]; b.Wide && row < at.first[i]+len(b.Rows); row++ {
			n := strconv.Itoa(row)
			if err := f.MergeCell(p.name, "A"+n, letters(at.columns-1)+n); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitPage sets a page's widths. Where a wide block needs more than its
// columns have, the last one takes the rest.
func (p *part) fitPage(f *excelize.File, at pageLayout) error {
	sum := 0.0
	for i := range at.columns {
		w := float64(max(p.enc.widths[i]+3, 10))
		if i == at.columns-1 && p.sheet.wide() {
			w = max(w, wideAt+3-sum)
		}
		sum += w
		if err := f.SetColWidth(p.name, letters(i), letters(i), w); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sheet) wide() bool {
	for _, b := range s.Blocks {
		if b.Wide {
			return true
		}
	}
	return false
}

// top is the row on which a block begins, its title and header with it.
func (b Block) top(first int) int {
	if b.Title != "" {
		first--
	}
	if b.headed() {
		first--
	}
	return first
}

// breakPage lets the last block of a page that needs more than one sheet of
// paper begin on a new one. Manual breaks do not count where a page is fitted
// to the paper's width; areas of their own do.
func (p *part) breakPage(f *excelize.File, at pageLayout) error {
	n := len(p.sheet.Blocks) - 1
	if at.last <= onePage || n < 1 {
		return nil
	}
	top := p.sheet.Blocks[n].top(at.first[n])
	if top <= chartTop+len(p.sheet.Charts)*chartRows {
		return nil // the charts beside it would be cut
	}
	sheet, last := quoteSheet(p.name), letters(at.columns-1)
	beside := last
	if len(p.sheet.Charts) > 0 {
		beside = letters(at.columns + chartColumns)
	}
	areas := fmt.Sprintf("%s!$A$1:$%s$%d,%s!$A$%d:$%s$%d", sheet, beside, top-1, sheet, top, last, at.last)
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: areas, Scope: p.name})
}

// dressPage gives a page its widths, charts and breaks.
func (p *part) dressPage(f *excelize.File) error {
	at := p.sheet.layout()
	if err := p.fitPage(f, at); err != nil {
		return err
	}
	if err := p.merge(f, at); err != nil {
		return err
	}
	if err := f.SetSheetDimension(p.name, "A1:"+letters(at.columns-1)+strconv.Itoa(max(at.last, 1))); err != nil {
		return err
	}
	off := false
	if err := f.SetSheetView(p.name, 0, &excelize.ViewOptions{ShowGridLines: &off}); err != nil {
		return err
	}
	row := chartTop
	for _, c := range p.sheet.Charts {
		b := p.sheet.Blocks[c.Block]
		if len(b.Rows) == 0 {
			continue
		}
		cell := letters(at.columns+1) + strconv.Itoa(row)
		if err := f.AddChart(p.name, cell, c.chart(quoteSheet(p.name), b, at.first[c.Block])); err != nil {
			return err
		}
		row += chartRows
	}
	return p.breakPage(f, at)
}

// onePage is up to how many rows a page is printed on one sheet of paper.
const onePage = 64

// Charts stand beside the blocks, below one another.
const (
	chartTop     = 3  // row of the first
	chartRows    = 17 // that one covers, with a row of air
	chartColumns = 10 // that one covers
)

func (c Chart) chart(sheet string, b Block, first int) *excelize.Chart {
	last := first + len(b.Rows) - 1
	column := func(i int) string {
		return fmt.Sprintf("%s!$%s$%d:$%s$%d", sheet, letters(i), first, letters(i), last)
	}
	axis := excelize.Font{Family: font, Size: 9, Color: inkGrey}
	out := &excelize.Chart{
		Type:      c.Kind.excel(),
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title, Font: &excelize.Font{Family: font, Size: 12, Bold: true}}}},
		Legend:    excelize.ChartLegend{Position: "bottom", Font: &axis},
		Dimension: excelize.ChartDimension{Width: 620, Height: 300},
		XAxis:     excelize.ChartAxis{Font: axis, Alignment: excelize.Alignment{TextRotation: tilt(len(b.Rows))}, TickLabelSkip: max(1, (len(b.Rows)+9)/10)},
		YAxis:     excelize.ChartAxis{Font: axis, MajorGridLines: true},
	}
	if b.Columns[0].Kind == Date {
		out.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "mm-dd"}
	}
	for i, n := range c.Series {
		out.Series = append(out.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s!$%s$%d", sheet, letters(n), first-1),
			Categories: column(0), Values: column(n),
			Fill: fill(chartColor(i)), Line: excelize.LineOptions{Width: 2, Fill: fill(chartColor(i))},
			Marker: excelize.ChartMarker{Symbol: "none"},
		})
	}
	if len(c.Series) == 1 {
		out.Legend.Position = "none"
	}
	return out
}

// tilt turns the names of many points, which would lie over one another.
func tilt(points int) int {
	if points > 8 {
		return -45
	}
	return 0
}

func (k ChartKind) excel() excelize.ChartType {
	switch k {
	case Lines:
		return excelize.Line
	case Stacked:
		return excelize.ColStacked
	}
	return excelize.Col
}

// chartColor is the colour of a series; they differ in black and white too.
func chartColor(i int) string {
	return []string{"1F4E79", "70AD47", "ED7D31", "A5A5A5", "FFC000"}[i%5]
}
