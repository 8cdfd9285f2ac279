package batch

import (
	"slices"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Layout is a row type bound to its record type R: its columns in order and
// what follows from the row. It is data, written once per row type.
type Layout[R any] struct {
	Type    string // the first field of the row
	Title   Words
	Columns []Column[R]

	Tag      Tag[R]              // how the row types that share R are told apart
	No       []string            // fields of the record_no: the first that is not empty
	Key      []string            // fields of the duplicate key; none: never a duplicate
	PerBatch bool                // the key counts within one batch only
	Sum      []string            // amounts the record adds to the total; none: nothing
	Detail   *Detail[R]          // the rows that may follow; nil: none
	Check    func(*R, *Findings) // what no single column can tell; may be nil
}

// Tag tells row types that share one record type apart: the record itself
// says which it is.
type Tag[R any] struct {
	Set func(*R)
	Has func(*R) bool
}

// Detail is the row type that may follow a row of R.
type Detail[R any] struct {
	row   DetailRow
	count func(r *R) int
	write func(b []byte, r *R, i int) []byte
	open  func(r *R) *detailSlot
	own   func(r *R) // gives r a copy of its details
}

// detailSlot is one detail row of one record, filled again and again.
type detailSlot struct {
	cells []Cell
	keep  func() // puts the row into the record
	empty func() // takes all rows out of the record
}

// Details binds detail rows of type D to the slice of R that keeps them. The
// column parent, which names the row above, stands first and is not part of
// D: the record's own number is written there, and compared when read.
func Details[R, D any](typ string, title Words, columns []Column[D], at func(*R) *[]D) *Detail[R] {
	row := DetailRow{Type: typ, Title: title}
	row.Columns = append(row.Columns, Info{Name: "parent", Title: "上级编号", Type: TypeNumber, Max: 32, Need: Required, Hint: Hint{Words: Words{
		ZH: "填写所属主表行的编号", EN: "The number of the row that this one belongs to",
	}}})
	for _, c := range columns {
		row.Columns = append(row.Columns, c.Info)
	}
	return &Detail[R]{
		row:   row,
		count: func(r *R) int { return len(*at(r)) },
		write: func(b []byte, r *R, i int) []byte { return writeAll(b, columns, &(*at(r))[i]) },
		own:   func(r *R) { *at(r) = append([]D(nil), *at(r)...) },
		open: func(r *R) *detailSlot {
			d, rows := new(D), at(r)
			return &detailSlot{
				cells: Bind(columns, d),
				keep:  func() { *rows = append(*rows, *d) },
				empty: func() { *rows = (*rows)[:0] },
			}
		},
	}
}

// Row is a Layout whose record type is hidden, so that row types of
// different structs stand in one list.
type Row struct {
	Type    string
	Title   Words
	Columns []Info

	No       []string // as in Layout
	Key      []string
	PerBatch bool
	Sum      []string

	Detail *DetailRow
	ops    rowOps
}

// DetailRow is the row type that may follow another.
type DetailRow struct {
	Type    string
	Title   Words
	Columns []Info
}

// rowOps is what the engine does with records of one row type.
type rowOps interface {
	owns(rec any) bool
	write(b []byte, rec any) (rows []byte, count int)
	amount(rec any) money.Fen
	recordNo(rec any) string
	keyOf(rec any) []byte
	open() slot
}

// slot is one record of a row type, filled again and again by a reader.
type slot interface {
	clear()
	read(r *row, e *env, f *Findings)
	readDetail(i int, r *row, e *env, f *Findings)
	check(f *Findings)
	recordNo() string
	key(b []byte) []byte
	amount() money.Fen
	echo() string
	value() any // a copy, as a pointer to the struct
}

// Row hides the record type.
func (l Layout[R]) Row() *Row {
	row := &Row{Type: l.Type, Title: l.Title, No: l.No, Key: l.Key, PerBatch: l.PerBatch, Sum: l.Sum}
	for _, c := range l.Columns {
		row.Columns = append(row.Columns, c.Info)
	}
	if l.Detail != nil {
		row.Detail = &l.Detail.row
	}
	b := &bound[R]{Layout: l}
	b.noAt, b.keyAt, b.sumAt, b.echoAt = row.indexes(l.No), row.indexes(l.Key), row.indexes(l.Sum), row.indexes([]string{"echo"})
	row.ops = b
	return row
}

// indexes finds columns by name.
func (r *Row) indexes(names []string) []int {
	var at []int
	for _, name := range names {
		if i := slices.IndexFunc(r.Columns, func(c Info) bool { return c.Name == name }); i >= 0 {
			at = append(at, i)
		}
	}
	return at
}

// bound is a layout with the columns that play a part.
type bound[R any] struct {
	Layout[R]
	noAt, keyAt, sumAt, echoAt []int // columns
}

func (b *bound[R]) owns(rec any) bool {
	r, ok := rec.(*R)
	return ok && r != nil && (b.Tag.Has == nil || b.Tag.Has(r))
}

func (b *bound[R]) write(to []byte, rec any) ([]byte, int) {
	r, count := rec.(*R), 1
	to = append(writeAll(append(to, b.Type...), b.Columns, r), '\n')
	if b.Detail == nil {
		return to, count
	}
	for i := range b.Detail.count(r) {
		to = appendField(append(append(to, b.Detail.row.Type...), ','), b.recordNo(r))
		to = append(b.Detail.write(to, r, i), '\n')
		count++
	}
	return to, count
}

func (b *bound[R]) amount(rec any) money.Fen { return sumOf(b.pick(rec, b.sumAt)) }
func (b *bound[R]) recordNo(rec any) string  { return firstText(b.pick(rec, b.noAt)) }
func (b *bound[R]) keyOf(rec any) []byte     { return b.appendKey(nil, b.pick(rec, b.keyAt)) }

// pick finds the places of some columns in a record.
func (b *bound[R]) pick(rec any, columns []int) []*Cell {
	r, cells := rec.(*R), make([]*Cell, len(columns))
	for i, c := range columns {
		cells[i] = &Cell{Info: &b.Columns[c].Info, at: b.Columns[c].at(r)}
	}
	return cells
}

func (b *bound[R]) appendKey(to []byte, cells []*Cell) []byte {
	if len(cells) == 0 {
		return to
	}
	to = append(to, b.Type...)
	for _, c := range cells {
		to = c.write(append(to, '|'))
	}
	return to
}

func (b *bound[R]) open() slot {
	s := &filled[R]{bound: b}
	if b.Tag.Set != nil {
		b.Tag.Set(&s.rec)
	}
	s.cells = Bind(b.Columns, &s.rec)
	s.noCells, s.keyCells, s.sumCells, s.echoCells = s.choose(b.noAt), s.choose(b.keyAt), s.choose(b.sumAt), s.choose(b.echoAt)
	for i := range b.Columns {
		if b.Columns[i].when != nil {
			s.conditional = append(s.conditional, i)
		}
	}
	if b.Detail != nil {
		s.detail = b.Detail.open(&s.rec)
	}
	return s
}

// filled is the slot of a record type.
type filled[R any] struct {
	*bound[R]
	rec         R
	cells       []Cell
	conditional []int // columns
	detail      *detailSlot

	noCells, keyCells, sumCells, echoCells []*Cell
}

func (s *filled[R]) choose(columns []int) []*Cell {
	cells := make([]*Cell, len(columns))
	for i, c := range columns {
		cells[i] = &s.cells[c]
	}
	return cells
}

func (s *filled[R]) clear() {
	for i := range s.cells {
		s.cells[i].clear()
	}
	if s.detail != nil {
		s.detail.empty()
	}
}

func (s *filled[R]) read(r *row, e *env, f *Findings) {
	if s.detail != nil {
		s.detail.empty()
	}
	for i := range s.cells {
		if p := r.readField(i+1, &s.cells[i], e); p.code != "" {
			f.Add(s.cells[i].Name, p.code, p.text)
		}
	}
	for _, i := range s.conditional {
		c := &s.Columns[i]
		if r.blank(i+1) && c.when(&s.rec) && f.OK(c.Name) {
			f.Add(c.Name, code.Missing, c.Info.When.ZH+"时必填 / required when "+c.Info.When.EN)
		}
	}
}

func (s *filled[R]) readDetail(i int, r *row, e *env, f *Findings) {
	for j := range s.detail.cells {
		if p := r.readField(j+2, &s.detail.cells[j], e); p.code != "" {
			f.AddDetail(i, s.detail.cells[j].Name, p.code, p.text)
		}
	}
	s.detail.keep()
}

func (s *filled[R]) check(f *Findings) {
	if s.Check != nil {
		s.Check(&s.rec, f)
	}
}

func (s *filled[R]) recordNo() string     { return firstText(s.noCells) }
func (s *filled[R]) key(to []byte) []byte { return s.appendKey(to, s.keyCells) }
func (s *filled[R]) amount() money.Fen    { return sumOf(s.sumCells) }
func (s *filled[R]) echo() string         { return firstText(s.echoCells) }

func (s *filled[R]) value() any {
	r := s.rec
	if s.Detail != nil {
		s.Detail.own(&r)
	}
	return &r
}
