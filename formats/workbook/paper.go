package workbook

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Paper is a form that is printed on one upright A4 page, signed and stamped:
// lines of boxes on a grid of columns. A box may reach over several columns
// and lines. A form that needs more room is several papers, each a sheet.
type Paper struct {
	Columns []float64 // widths in half-width characters; together about 90
	Lines   []Line
}

// Line is a line of the grid with the boxes that begin in it, from the left;
// columns that a box from above reaches into are left out.
type Line struct {
	Height float64 // in points at least; 0: as its texts need
	Boxes  []Box
}

// Box is a cell of a paper, or several made one.
type Box struct {
	Text  string // may hold line breaks
	As    BoxKind
	Cols  int // columns that it reaches over; 0 is 1
	Lines int // lines that it reaches over; 0 is 1
}

// BoxKind decides how a box looks.
type BoxKind int

// The kinds of boxes. Those from BoxLabel on have a border.
const (
	BoxTitle   BoxKind = iota + 1 // the form's title
	BoxLetter                     // a paragraph of a letter
	BoxSigned                     // who writes it and when, at the right
	BoxRemark                     // small text at the left, no border
	BoxAside                      // the same at the right
	BoxCentred                    // the same in the middle
	BoxMark                       // what the whole book is marked with (Book.Mark)
	BoxLabel                      // what stands before a value
	BoxFact                       // a value, from the left
	BoxMiddle                     // a value in the middle
	BoxSum                        // an amount, from the right
	BoxProse                      // sentences, from the top
	BoxUpright                    // the name of a group of lines, one character below the other
	BoxSeal                       // where a seal is set: text at the bottom right
)

// boxLook is what a kind of box looks like.
type boxLook struct {
	size       float64
	bold       bool
	ink        string // colour; "": black
	across, at string // alignment
	indent     int
	border     bool
}

// look is the row of the table of kinds.
func (k BoxKind) look() boxLook {
	switch k {
	case BoxTitle:
		return boxLook{size: 18, bold: true, across: "center", at: "center"}
	case BoxMark:
		return boxLook{size: 14, bold: true, ink: markRed, across: "center", at: "center"}
	case BoxRemark:
		return boxLook{size: 10, across: "left", at: "center"}
	case BoxAside:
		return boxLook{size: 10, across: "right", at: "center"}
	case BoxLetter:
		return boxLook{size: 12, across: "left", at: "center"}
	case BoxSigned:
		return boxLook{size: 12, across: "right", at: "center", indent: 2}
	case BoxCentred:
		return boxLook{size: 10, across: "center", at: "center"}
	case BoxLabel, BoxMiddle:
		return boxLook{size: 10.5, across: "center", at: "center", border: true}
	case BoxUpright:
		return boxLook{size: 10.5, bold: true, across: "center", at: "center", border: true}
	case BoxFact:
		return boxLook{size: 10.5, across: "left", at: "center", indent: 1, border: true}
	case BoxSum:
		return boxLook{size: 10.5, across: "right", at: "center", indent: 1, border: true}
	case BoxProse:
		return boxLook{size: 12, across: "left", at: "center", indent: 1, border: true}
	case BoxSeal:
		return boxLook{size: 10.5, across: "right", at: "bottom", indent: 2, border: true}
	}
	return boxLook{size: 10.5}
}

// paperFont is in Excel and WPS under both its names; LibreOffice takes
// another font with Chinese characters where it is missing.
const paperFont = "宋体"

// style is the kind's look in excelize's words.
func (k BoxKind) style() *excelize.Style {
	l, text := k.look(), "@"
	s := &excelize.Style{
		Font:         &excelize.Font{Family: paperFont, Size: l.size, Bold: l.bold, Color: cmp.Or(l.ink, "000000")},
		Alignment:    &excelize.Alignment{Horizontal: l.across, Vertical: l.at, Indent: l.indent, WrapText: true},
		CustomNumFmt: &text,
	}
	if l.border {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Style: 1, Color: "000000"})
		}
	}
	return s
}

// placed is a box and where it stands, counted from 0.
type placed struct {
	Box
	row, col int
}

// place finds the column of every box and checks that the grid is filled.
func (p *Paper) place() ([]placed, error) {
	var all []placed
	width := len(p.Columns)
	reach := make([]int, width) // first line below what reaches into a column
	for row, line := range p.Lines {
		col := 0
		for _, b := range line.Boxes {
			for col < width && reach[col] > row {
				col++
			}
			b.Cols, b.Lines = max(b.Cols, 1), max(b.Lines, 1)
			if col+b.Cols > width || row+b.Lines > len(p.Lines) {
				return nil, fmt.Errorf("line %d: box %q reaches out of the page", row+1, b.Text)
			}
			for i := col; i < col+b.Cols; i++ {
				if reach[i] > row {
					return nil, fmt.Errorf("line %d: box %q covers another one", row+1, b.Text)
				}
				reach[i] = row + b.Lines
			}
			all = append(all, placed{b, row, col})
			col += b.Cols
		}
		for _, below := range reach {
			if below <= row {
				return nil, fmt.Errorf("line %d is not filled", row+1)
			}
		}
	}
	return all, nil
}

// Heights in points.
const (
	leastLine = 22.0
	boxAir    = 8.0
	fullPage  = 700.0
	mostSpace = 1.35 // how much a line is spread to fill the page
)

// heights are the lines' heights: what their boxes need, those that reach
// over several lines shared among them; a page that is not full is spread.
func (p *Paper) heights(boxes []placed) []float64 {
	h := make([]float64, len(p.Lines))
	for i, line := range p.Lines {
		h[i] = max(line.Height, leastLine)
	}
	for _, several := range []bool{false, true} {
		for _, b := range boxes {
			if (b.Lines > 1) != several {
				continue
			}
			missing := b.need(p.Columns)
			for i := b.row; i < b.row+b.Lines; i++ {
				missing -= h[i]
			}
			for i := b.row; i < b.row+b.Lines && missing > 0; i++ {
				h[i] += missing / float64(b.Lines)
			}
		}
	}
	total := 0.0
	for _, height := range h {
		total += height
	}
	for i := range h {
		h[i] = math.Round(h[i]*max(min(fullPage/total, mostSpace), 1)*4) / 4
	}
	return h
}

// need is how high a box has to be for its text.
func (b placed) need(widths []float64) float64 {
	l := b.As.look()
	room := -1.0 - float64(2*l.indent)
	for _, w := range widths[b.col : b.col+b.Cols] {
		room += w
	}
	fit := max(int(room*10.5/l.size), 2)
	n := 0
	for _, text := range strings.Split(b.Text, "\n") {
		n += max(lines(text, columns(text), fit), 1)
	}
	return float64(n)*l.size*1.32 + boxAir
}

// spoolPaper writes a paper's lines.
func (s *Sheet) spoolPaper(out *spool, l *looks) (*part, error) {
	paper := s.Paper
	boxes, err := paper.place()
	if err != nil {
		return nil, fmt.Errorf("workbook: sheet %q: %w", s.Name, err)
	}
	at := make([][]*placed, len(paper.Lines))
	for i := range at {
		at[i] = make([]*placed, len(paper.Columns))
	}
	p := &part{sheet: s, name: s.Name, from: out.size, enc: newRowEncoder(l, len(paper.Columns)), rows: len(paper.Lines)}
	for i := range boxes {
		box := &boxes[i]
		for row := box.row; row < box.row+box.Lines; row++ {
			for col := box.col; col < box.col+box.Cols; col++ {
				at[row][col] = box
			}
		}
		if box.Cols > 1 || box.Lines > 1 {
			p.merged = append(p.merged, [2]string{cellName(box.col, box.row), cellName(box.col+box.Cols-1, box.row+box.Lines-1)})
		}
	}
	for row, height := range paper.heights(boxes) {
		p.enc.begin(row+1, height)
		for col, box := range at[row] {
			text := ""
			if box.row == row && box.col == col {
				text = box.Text
			}
			p.enc.box(col, row+1, text, look{box: box.As})
		}
		p.enc.close()
	}
	if err := out.write(p.enc.buf); err != nil {
		return nil, err
	}
	p.to = out.size
	return p, nil
}

func cellName(col, row int) string { return letters(col) + strconv.Itoa(row+1) }

// box writes a text cell whose line breaks are kept.
func (e *rowEncoder) box(col, row int, s string, l look) {
	parts := strings.Split(s, "\n")
	for i := range parts {
		parts[i] = CellText(parts[i])
	}
	if s = strings.Join(parts, "\n"); s == "" {
		e.blank(col, row, l)
		return
	}
	e.start(col, row, l)
	e.buf = append(e.buf, ` t="inlineStr"><is><t xml:space="preserve">`...)
	e.buf = appendText(e.buf, s)
	e.buf = append(e.buf, "</t></is></c>"...)
}

// dressPaper gives a paper its widths, its boxes and its page: A4 upright, on
// one page whatever the program's fonts, in the middle of it.
func (p *part) dressPaper(f *excelize.File) error {
	paper := p.sheet.Paper
	for i, w := range paper.Columns {
		if err := f.SetColWidth(p.name, letters(i), letters(i), w); err != nil {
			return err
		}
	}
	for _, m := range p.merged {
		if err := f.MergeCell(p.name, m[0], m[1]); err != nil {
			return err
		}
	}
	last := len(paper.Columns) - 1
	if err := f.SetSheetDimension(p.name, "A1:"+cellName(last, len(paper.Lines)-1)); err != nil {
		return err
	}
	off := false
	if err := f.SetSheetView(p.name, 0, &excelize.ViewOptions{ShowGridLines: &off}); err != nil {
		return err
	}
	a4, upright, one, yes := 9, "portrait", 1, true
	err := f.SetPageLayout(p.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &upright, FitToWidth: &one, FitToHeight: &one})
	if err != nil {
		return err
	}
	if err := f.SetSheetProps(p.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	side, top, foot := 0.7, 0.75, 0.3
	err = f.SetPageMargins(p.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &foot, Footer: &foot, Horizontally: &yes,
	})
	if err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Area", Scope: p.name,
		RefersTo: fmt.Sprintf("%s!$A$1:$%s$%d", quoteSheet(p.name), letters(last), len(paper.Lines)),
	})
}

// check finds a paper that cannot be laid out.
func (p *Paper) check() error {
	if len(p.Columns) == 0 || len(p.Lines) == 0 {
		return errors.New("a paper without columns or lines")
	}
	_, err := p.place()
	return err
}
