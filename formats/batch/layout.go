package batch

import (
	"bytes"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Layout is a row type bound to its record type R: its columns in order and
// what follows from the row. It is data, written once per row type.
type Layout[R any] struct {
	Type    string // the first field of the row
	Title   Words
	Columns []Column[R]

	Tag    Tag[R]                  // how the row types that share R are told apart
	No     func(*R) string         // record_no
	Key    func([]byte, *R) []byte // appends the duplicate key; nil: never a duplicate
	Amount func(*R) money.Fen      // what the record adds to the total; nil: nothing
	Of     []string                // names of the fields that Amount adds up
	Echo   func(*R) string         // the sender's own reference; nil: none
	Detail *Detail[R]              // the rows that may follow; nil: none
	Check  func(*R, *Findings)     // what no single column can tell; may be nil
}

// Tag tells row types that share one record type apart: the record itself
// says which it is.
type Tag[R any] struct {
	Set func(*R)
	Has func(*R) bool
}

// Detail is the row type that may follow a row of R.
type Detail[R any] struct {
	typ   string
	title Words
	infos []Info
	read  func(r *R, fields []field, e *env, f *Findings)
	count func(r *R) int
	write func(b []byte, r *R, i int) []byte
}

// Details binds detail rows of type D to the slice of R that keeps them. The
// column parent, which names the row above, stands first and is not part of
// D: the record's own number is written there, and compared when read.
func Details[R, D any](typ string, title Words, columns []Column[D], at func(*R) *[]D) *Detail[R] {
	infos := []Info{{Name: "parent", Title: "上级编号", Type: "n", Max: 32, Need: Required}}
	for _, c := range columns {
		infos = append(infos, c.Info)
	}
	return &Detail[R]{
		typ: typ, title: title, infos: infos,
		count: func(r *R) int { return len(*at(r)) },
		read: func(r *R, fields []field, e *env, f *Findings) {
			rows := at(r)
			*rows = append(*rows, *new(D))
			d := &(*rows)[len(*rows)-1]
			readFields(d, columns, fields[1:], e, func(name string, c code.Fault, text string) {
				f.AddDetail(len(*rows)-1, name, c, text)
			})
		},
		write: func(b []byte, r *R, i int) []byte {
			d := &(*at(r))[i]
			for j := range columns {
				b = columns[j].write(append(b, ','), d)
			}
			return b
		},
	}
}

// Row is a Layout whose record type is hidden, so that row types of
// different structs stand in one list.
type Row struct {
	Type    string
	Title   Words
	Columns []Info
	Sum     []string // fields that count in the batch's total; empty: nothing
	Detail  *DetailRow
	ops     rowOps
}

// DetailRow is the row type that may follow another.
type DetailRow struct {
	Type    string
	Title   Words
	Columns []Info
}

// New returns a pointer to an empty record of the row type.
func (r *Row) New() any { return r.ops.fresh() }

// rowOps is what the engine does with records of one row type.
type rowOps interface {
	fresh() any
	owns(rec any) bool
	read(rec any, fields []field, e *env, f *Findings)
	readDetail(rec any, fields []field, e *env, f *Findings)
	details(rec any) int
	write(b []byte, rec any) []byte
	writeDetail(b []byte, rec any, i int) []byte
	no(rec any) string
	key(b []byte, rec any) []byte
	amount(rec any) money.Fen
	echo(rec any) string
	check(rec any, f *Findings)
}

// Row hides the record type.
func (l Layout[R]) Row() *Row {
	row := &Row{Type: l.Type, Title: l.Title, Sum: l.Of, ops: &bound[R]{l}}
	for _, c := range l.Columns {
		row.Columns = append(row.Columns, c.Info)
	}
	if d := l.Detail; d != nil {
		row.Detail = &DetailRow{Type: d.typ, Title: d.title, Columns: d.infos}
	}
	return row
}

type bound[R any] struct{ Layout[R] }

func (b *bound[R]) fresh() any {
	r := new(R)
	if b.Tag.Set != nil {
		b.Tag.Set(r)
	}
	return r
}

func (b *bound[R]) owns(rec any) bool {
	r, ok := rec.(*R)
	return ok && r != nil && (b.Tag.Has == nil || b.Tag.Has(r))
}

func (b *bound[R]) read(rec any, fields []field, e *env, f *Findings) {
	readFields(rec.(*R), b.Columns, fields, e, f.Add)
}

func (b *bound[R]) readDetail(rec any, fields []field, e *env, f *Findings) {
	b.Detail.read(rec.(*R), fields, e, f)
}

func (b *bound[R]) details(rec any) int {
	if b.Detail == nil {
		return 0
	}
	return b.Detail.count(rec.(*R))
}

func (b *bound[R]) write(to []byte, rec any) []byte {
	r := rec.(*R)
	to = append(to, b.Type...)
	for i := range b.Columns {
		to = b.Columns[i].write(append(to, ','), r)
	}
	return to
}

func (b *bound[R]) writeDetail(to []byte, rec any, i int) []byte {
	r := rec.(*R)
	to = appendField(append(append(to, b.Detail.typ...), ','), b.No(r))
	return b.Detail.write(to, r, i)
}

func (b *bound[R]) no(rec any) string { return b.No(rec.(*R)) }

func (b *bound[R]) key(to []byte, rec any) []byte {
	if b.Key == nil {
		return to
	}
	return b.Key(append(append(to, b.Type...), '|'), rec.(*R))
}

func (b *bound[R]) amount(rec any) money.Fen {
	if b.Amount == nil {
		return 0
	}
	return b.Amount(rec.(*R))
}

func (b *bound[R]) echo(rec any) string {
	if b.Echo == nil {
		return ""
	}
	return b.Echo(rec.(*R))
}

func (b *bound[R]) check(rec any, f *Findings) {
	r := rec.(*R)
	for i := range b.Columns {
		c := &b.Columns[i]
		if c.when == nil || !f.OK(c.Name) || !c.when(r) {
			continue
		}
		if f.scratch = c.write(f.scratch[:0], r); len(bytes.TrimSpace(f.scratch)) == 0 {
			f.Add(c.Name, code.Missing, c.Info.When.ZH+"时必填 / required when "+c.Info.When.EN)
		}
	}
	if b.Check != nil {
		b.Check(r, f)
	}
}

// field is one field of a row as it was found.
type field struct {
	text string
	bad  code.Fault // what was already wrong with its bytes; "" for nothing
	why  string
}

// readFields reads a row whose number of fields is already right.
func readFields[R any](r *R, columns []Column[R], fields []field, e *env, add func(string, code.Fault, string)) {
	for i := range columns {
		c := &columns[i]
		if fields[i].bad != "" {
			add(c.Name, fields[i].bad, fields[i].why)
			continue
		}
		if fault, text := c.read(r, fields[i].text, e); fault != "" {
			add(c.Name, fault, text)
		}
	}
}
