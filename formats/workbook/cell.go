package workbook

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// mostLines bounds the height of a row.
const mostLines = 12

// wrapAt is how wide a column becomes by its contents; wider text is wrapped.
const wrapAt = 42

// codeAt is the same for Code; a SHA-256 fits.
const codeAt = 66

// rowEncoder appends rows of cells as the sheet's XML and remembers how wide
// each column has to be.
type rowEncoder struct {
	looks  *looks
	buf    []byte
	cells  []byte   // of the row being written
	lines  int      // that its highest cell takes
	names  []string // of the columns
	widths []int    // widest content per column, in half-width characters
	caps   []int    // width from which on text is wrapped
	links  []linkAt
	open   openCells
}

// linkAt is a link and the cell that it stands in.
type linkAt struct {
	cell string
	to   Link
}

func newRowEncoder(l *looks, columns int) *rowEncoder {
	e := &rowEncoder{looks: l, names: make([]string, columns), widths: make([]int, columns), caps: make([]int, columns), open: openCells{}}
	for i := range e.names {
		e.names[i] = letters(i)
		e.caps[i] = wrapAt
	}
	return e
}

// Heights of rows in points: of one line, and of each further one.
const (
	lineHeight = 14.0
	lineAir    = 3.5
)

// begin begins a row of a fixed height.
func (e *rowEncoder) begin(row int, height float64) {
	e.buf = append(e.buf, `<row r="`...)
	e.buf = strconv.AppendInt(e.buf, int64(row), 10)
	e.buf = append(e.buf, `" ht="`...)
	e.buf = strconv.AppendFloat(e.buf, height, 'f', -1, 64)
	e.buf = append(e.buf, `" customHeight="1">`...)
}

// row writes a row of values, one for each of the columns, as high as its
// wrapped texts need: programs disagree on who finds that out.
func (e *rowEncoder) row(n int, values []any, columns []Column) error {
	if len(values) != len(columns) {
		return fmt.Errorf("%d values for %d columns", len(values), len(columns))
	}
	line := e.buf
	e.buf, e.lines = e.cells[:0], 1
	for i, v := range values {
		if err := e.value(i, n, v, look{kind: columns[i].Kind}); err != nil {
			return fmt.Errorf("column %q: %w", columns[i].Title, err)
		}
	}
	e.cells, e.buf = e.buf, line
	e.begin(n, float64(e.lines)*lineHeight+lineAir)
	e.buf = append(e.buf, e.cells...)
	e.close()
	return nil
}

func (e *rowEncoder) close() { e.buf = append(e.buf, "</row>"...) }

// start begins a cell with its place and style.
func (e *rowEncoder) start(col, row int, l look) {
	e.buf = append(e.buf, `<c r="`...)
	e.buf = append(e.buf, e.names[col]...)
	e.buf = strconv.AppendInt(e.buf, int64(row), 10)
	e.buf = append(e.buf, `" s="`...)
	e.buf = strconv.AppendInt(e.buf, int64(e.looks.style(l)), 10)
	e.buf = append(e.buf, '"')
}

// blank writes a cell with nothing but its look.
func (e *rowEncoder) blank(col, row int, l look) {
	e.start(col, row, l)
	e.buf = append(e.buf, '/', '>')
}

// text writes a text cell. fit tells whether the column's width follows it.
func (e *rowEncoder) text(col, row int, s string, l look, fit bool) {
	if e.looks.text != nil {
		s = e.looks.text(s)
	}
	s = CellText(s)
	if s == "" {
		e.blank(col, row, l)
		return
	}
	if fit {
		w := columns(s)
		if room := e.caps[col]; w > room {
			e.lines = max(e.lines, min(lines(s, w, room), mostLines))
			w, l.wrap = room, true
		}
		e.widths[col] = max(e.widths[col], w)
	}
	e.start(col, row, l)
	e.buf = append(e.buf, ` t="inlineStr"><is><t`...)
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		e.buf = append(e.buf, ` xml:space="preserve"`...)
	}
	e.buf = append(e.buf, '>')
	e.buf = appendText(e.buf, s)
	e.buf = append(e.buf, "</t></is></c>"...)
}

// lines is how many lines a text of that width takes in a column of that
// room. Words leave more of a line empty than characters do.
func lines(s string, width, room int) int {
	if strings.ContainsRune(s, ' ') && len(s) < width*5/4 {
		room = max(room-6, 6)
	}
	return (width + room - 1) / room
}

// digits writes a number cell whose text form, as it will be shown, takes so
// many characters.
func (e *rowEncoder) digits(col, row int, l look, shown int, number func([]byte) []byte) {
	e.widths[col] = max(e.widths[col], shown+1)
	e.start(col, row, l)
	e.buf = append(e.buf, "><v>"...)
	e.buf = number(e.buf)
	e.buf = append(e.buf, "</v></c>"...)
}

// mostDigits is how many digits a number cell keeps.
const mostDigits = 1e15

// exact reports whether a number cell shows an amount to the fen.
func exact(f money.Fen) bool { return -mostDigits < f && f < mostDigits }

// value writes a cell by the type of its value, whatever the column's kind.
func (e *rowEncoder) value(col, row int, v any, l look) error {
	switch v := v.(type) {
	case nil:
		e.blank(col, row, l)
	case string:
		if l.kind != Middle && l.kind != Code {
			l.kind = Text
		}
		e.text(col, row, v, l, true)
	case Toned:
		l.tone = v.Tone
		return e.value(col, row, v.Value, l)
	case Link:
		e.link(col, row, v, l)
	case Sum:
		return e.sum(col, row, v, l)
	case Pick:
		return e.pick(col, row, v, l)
	case Fill:
		return e.fill(col, row, v, l)
	case int:
		e.integer(col, row, int64(v), l)
	case int64:
		e.integer(col, row, v, l)
	case money.Fen:
		e.money(col, row, v, l)
	case Ratio:
		l.kind = Percent
		e.digits(col, row, l, 7, func(b []byte) []byte { return strconv.AppendFloat(b, float64(v), 'f', 6, 64) })
	case calendar.Date:
		e.date(col, row, v, l)
	case calendar.Month:
		e.text(col, row, v.String(), l, true)
	case time.Time:
		e.moment(col, row, v, l)
	default:
		return fmt.Errorf("a cell cannot hold %T", v)
	}
	return nil
}

func (e *rowEncoder) integer(col, row int, n int64, l look) {
	if n >= mostDigits || n <= -mostDigits {
		l.kind = Text
		e.text(col, row, strconv.FormatInt(n, 10), l, true)
		return
	}
	l.kind = Count
	shown := len(strconv.FormatInt(n, 10))
	e.digits(col, row, l, shown+(shown-1)/3, func(b []byte) []byte { return strconv.AppendInt(b, n, 10) })
}

func (e *rowEncoder) money(col, row int, f money.Fen, l look) {
	if !exact(f) {
		l.kind = Text
		e.text(col, row, f.String(), l, true)
		return
	}
	l.kind = Money
	shown := len(f.String())
	e.digits(col, row, l, shown+(shown-4)/3, f.Append)
}

// firstDay is the first day whose number all programs agree on.
const firstDay calendar.Date = 19000301

// serial is the number of a day in a workbook.
func serial(d calendar.Date) int64 { return int64(d.Sub(18991230)) }

func (e *rowEncoder) date(col, row int, d calendar.Date, l look) {
	switch {
	case d == 0:
		e.blank(col, row, l)
	case d < firstDay:
		e.text(col, row, d.String(), l, true)
	default:
		l.kind = Date
		e.digits(col, row, l, 10, func(b []byte) []byte { return strconv.AppendInt(b, serial(d), 10) })
	}
}

// moment writes a time as it was in its own zone; a workbook knows no zones.
func (e *rowEncoder) moment(col, row int, t time.Time, l look) {
	if t.IsZero() {
		e.blank(col, row, l)
		return
	}
	l.kind = DateTime
	seconds := t.Hour()*3600 + t.Minute()*60 + t.Second()
	// Half a millisecond more, so that programs that cut off show the minute.
	number := float64(serial(calendar.DateOf(t))) + (float64(seconds)+0.0005)/86400
	e.digits(col, row, l, 16, func(b []byte) []byte { return strconv.AppendFloat(b, number, 'f', 9, 64) })
}

// link writes a text that leads somewhere; past the number of links that a
// sheet may hold it is only the text.
func (e *rowEncoder) link(col, row int, to Link, l look) {
	if to.Sheet != "" && len(e.links) < maxLinks {
		l.role = link
		e.links = append(e.links, linkAt{e.names[col] + strconv.Itoa(row), to})
	}
	l.kind = Text
	e.text(col, row, to.Text, l, true)
}

// subtotal writes a formula with the value it has now, so that a program
// that does not calculate shows it too.
func (e *rowEncoder) subtotal(col, row int, from, to int, l look, shown int, value func([]byte) []byte) {
	e.widths[col] = max(e.widths[col], shown)
	e.start(col, row, l)
	name := e.names[col]
	e.buf = append(e.buf, "><f>SUBTOTAL(109,"...)
	e.buf = append(e.buf, name...)
	e.buf = strconv.AppendInt(e.buf, int64(from), 10)
	e.buf = append(e.buf, ':')
	e.buf = append(e.buf, name...)
	e.buf = strconv.AppendInt(e.buf, int64(to), 10)
	e.buf = append(e.buf, ")</f><v>"...)
	e.buf = value(e.buf)
	e.buf = append(e.buf, "</v></c>"...)
}

// sum writes a block's total: a formula over the cells right above it, with
// the value it has now.
func (e *rowEncoder) sum(col, row int, v Sum, l look) error {
	if f, is := v.Value.(money.Fen); is && !exact(f) { // as text, which no formula can give
		l.role, l.kind = total, Text
		e.text(col, row, f.String(), l, true)
		return nil
	}
	cell := rowEncoder{looks: e.looks, names: e.names, widths: e.widths, caps: e.caps}
	l.role = total
	if err := cell.value(col, row, v.Value, l); err != nil {
		return err
	}
	if v.Above < 1 || v.Above >= row || !bytes.Contains(cell.buf, []byte("><v>")) {
		return fmt.Errorf("a sum of %d cells that comes to %v", v.Above, v.Value)
	}
	name := e.names[col]
	formula := fmt.Sprintf("><f>SUM(%s%d:%s%d)</f><v>", name, row-v.Above, name, row-1)
	e.buf = append(e.buf, bytes.Replace(cell.buf, []byte("><v>"), []byte(formula), 1)...)
	return nil
}
