package workbook

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"carryover/exchange/atomicfile"
	"carryover/exchange/money"
)

// spool keeps the encoded rows of all sheets, one behind the other, in a
// file that has no name any more where the system allows it.
type spool struct {
	file *atomicfile.File
	w    *bufio.Writer
	size int64
}

func newSpool(dir string) (*spool, error) {
	f, err := atomicfile.Temp(dir)
	if err != nil {
		return nil, fmt.Errorf("workbook: spool: %w", err)
	}
	os.Remove(f.Name()) // where an open file cannot be removed, close does it
	return &spool{file: f, w: bufio.NewWriterSize(f, 256<<10)}, nil
}

func (s *spool) write(b []byte) error {
	n, err := s.w.Write(b)
	s.size += int64(n)
	if err != nil {
		return fmt.Errorf("workbook: spool: %w", err)
	}
	return nil
}

func (s *spool) section(from, to int64) (io.Reader, error) {
	if err := s.w.Flush(); err != nil {
		return nil, fmt.Errorf("workbook: spool: %w", err)
	}
	return io.NewSectionReader(s.file, from, to-from), nil
}

func (s *spool) close() { s.file.Discard() }

// part is one sheet of the saved book: a page, a list, or a piece of a list
// that was too long for one sheet.
type part struct {
	sheet    *Sheet
	name     string
	rows     int   // of data
	from, to int64 // of the spool
	enc      *rowEncoder
	sums     []money.Fen // per column, of those with a subtotal; counts as they are
	headXML  []byte      // of a list: the rows above its data
	merged   [][2]string // of a paper: first and last cell of each box of several
}

// lastRow is the number of the last row that holds data.
func (p *part) lastRow() int { return p.sheet.headRow() + max(p.rows, 1) }

// spoolList writes a list's rows and returns its sheets.
func (b Book) spoolList(s *Sheet, out *spool, l *looks) ([]*part, error) {
	limit := b.rowLimit
	if limit == 0 {
		limit = maxRows
	}
	limit -= s.headRow()
	parts := []*part{newPart(s, s.Name, out, l)}
	now := parts[0]
	for row, err := range s.Rows {
		if err != nil {
			return nil, fmt.Errorf("workbook: sheet %q: %w", s.Name, err)
		}
		if now.rows == limit {
			now.to = out.size
			now = newPart(s, fmt.Sprintf("%s (%d)", cutName(s.Name), len(parts)+1), out, l)
			parts = append(parts, now)
		}
		if err := now.add(row, out); err != nil {
			return nil, fmt.Errorf("workbook: sheet %q, row %d: %w", now.name, now.rows, err)
		}
	}
	now.to = out.size
	return parts, nil
}

// cutName leaves room for the number of a further sheet.
func cutName(name string) string {
	r := []rune(name)
	for len(r) > maxSheetName-6 {
		r = r[:len(r)-1]
	}
	return string(r)
}

func newPart(s *Sheet, name string, out *spool, l *looks) *part {
	p := &part{sheet: s, name: name, from: out.size, enc: newRowEncoder(l, len(s.Columns)), sums: make([]money.Fen, len(s.Columns))}
	if word := s.totalsWord(); word >= 0 {
		p.enc.widths[word] = columns(s.Totals)
	}
	for i, c := range s.Columns {
		if c.Kind == Code {
			p.enc.caps[i] = codeAt
		}
		if c.Width > 0 {
			p.enc.caps[i] = int(c.Width)
		}
	}
	return p
}

func (p *part) add(row []any, out *spool) error {
	p.rows++
	p.enc.buf = p.enc.buf[:0]
	if err := p.enc.row(p.sheet.headRow()+p.rows, row, p.sheet.Columns); err != nil {
		return err
	}
	for i, c := range p.sheet.Columns {
		if !c.Total {
			continue
		}
		p.sum(i, row[i])
	}
	return out.write(p.enc.buf)
}

// sum adds a value to its column's subtotal; what is no number counts 0. Absurd amounts
// stop no workbook: the subtotal is clamped.
func (p *part) sum(i int, v any) {
	if t, ok := v.(Toned); ok {
		v = t.Value
	}
	var f money.Fen
	switch v := v.(type) {
	case money.Fen:
		f = v
	case int:
		f = money.Fen(v)
	case int64:
		f = money.Fen(v)
	}
	p.sums[i] = money.Clamped(p.sums[i], f)
}
