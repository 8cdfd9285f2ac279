package batch

import (
	"fmt"

	"carryover/exchange/code"
)

// readRecord reads the row ahead and the detail rows that follow it.
func (r *Reader) readRecord() {
	kind, head := r.envelope.kind, r.ahead
	typ := head.typ()
	layout := kind.Row(typ)
	r.rows++
	rec, f := &r.record, &r.find
	rec.Kind, rec.Row, rec.Line, rec.Rows, rec.layout = kind, typ, head.line, 1, layout
	rec.Ordinal++
	rec.Lines, rec.Value, rec.Faults, rec.no, rec.slot = rec.Lines[:0], nil, nil, "", nil
	if layout == nil {
		rec.Row = clipType(typ)
	}
	f.faults, f.line, f.row, f.no, f.lines, f.detail = f.faults[:0], head.line, rec.Row, "", f.lines[:0], ""
	switch {
	case layout != nil:
		r.record.slot = r.slot(layout)
		f.detail = detailType(layout)
		r.readRow(layout, head)
	case isDetail(kind, typ):
		f.Add("", code.Malformed, "前面没有上级行 / no row above for it to belong to")
	case head.fault.code != "":
		f.Add("", head.fault.code, head.fault.text)
	default:
		f.Add("row", code.UnknownCode, Quoted("没有这种行 / no such row type", typ))
	}
	r.order(typ)
	r.advance()
	r.readDetails()
	r.judge()
}

// slot is the reader's own record of a row type, as the last such row left it.
func (r *Reader) slot(layout *Row) slot {
	s := r.slots[layout]
	if s == nil {
		if r.slots == nil {
			r.slots = make(map[*Row]slot)
		}
		s = layout.ops.open()
		r.slots[layout] = s
	}
	return s
}

// readRow reads the fields of the record's own row.
func (r *Reader) readRow(layout *Row, head *row) {
	f, n := &r.find, len(layout.Columns)
	if head.fault.code != "" || len(head.fields) != n+1 {
		r.record.slot.clear()
	}
	switch {
	case head.fault.code != "":
		f.Add("", head.fault.code, head.fault.text)
	case len(head.fields) != n+1:
		f.Add("", code.Malformed, fieldsExpected(n+1, len(head.fields)))
	default:
		r.record.slot.read(head, &r.env, f)
		for _, s := range head.normalised {
			f.Add(s.Field, s.fault(), s.Why)
		}
	}
	r.record.no = Clip(r.record.slot.recordNo())
	f.no = r.record.no
	for i := range f.faults {
		f.faults[i].RecordNo = r.record.no
	}
}

// order checks that the batch begins with the row it must begin with.
func (r *Reader) order(typ string) {
	if first := r.envelope.kind.First; first != "" && r.record.Ordinal == 1 && typ != first {
		r.find.Add("row", code.Malformed, Quoted("第一条记录应为 / the first record should be", first))
	}
}

// readDetails reads the detail rows behind the record's row.
func (r *Reader) readDetails() {
	kind := r.envelope.kind
	for r.ahead != nil && kind.Row(r.ahead.typ()) == nil && isDetail(kind, r.ahead.typ()) {
		d := r.ahead
		r.rows++
		r.record.Rows++
		if n := len(r.record.Lines); n < r.options.MaxDetails {
			r.record.Lines = append(r.record.Lines, d.line)
			r.find.lines = r.record.Lines
			r.readDetail(n, d)
		} else if n+2 == r.record.Rows {
			r.find.add(d.line, d.typ(), "", code.TooLong, fmt.Sprintf("明细行过多，最多%d行 / too many detail rows, at most %d", n, n))
		}
		r.advance()
	}
}

func (r *Reader) readDetail(i int, d *row) {
	f, layout := &r.find, r.record.layout
	if layout == nil || layout.Detail == nil || layout.Detail.Type != d.typ() {
		f.add(d.line, d.typ(), "", code.Malformed, "此行之下不能有明细行 / this row has no detail rows")
		return
	}
	n := len(layout.Detail.Columns)
	switch {
	case d.fault.code != "":
		f.AddDetail(i, "", d.fault.code, d.fault.text)
	case len(d.fields) != n+1:
		f.AddDetail(i, "", code.Malformed, fieldsExpected(n+1, len(d.fields)))
	default:
		if d.fields[1].class&classBad != 0 {
			p := d.bad(1)
			f.AddDetail(i, "parent", p.code, p.text)
		} else if f.OK(layout.Columns[0].Name) && d.at(1) != r.record.slot.recordNo() {
			f.AddDetail(i, "parent", code.Malformed, "与上级行的编号不符 / not the number of the row above")
		}
		r.record.slot.readDetail(i, d, &r.env, f)
		for _, s := range d.normalised {
			f.AddDetail(i, s.Field, s.fault(), s.Why)
		}
	}
}

// judge checks the record as a whole and adds it up.
func (r *Reader) judge() {
	rec, f := &r.record, &r.find
	r.result.Records++
	if rec.slot == nil {
		r.unsure = r.unsure || sums(rec.Kind)
	} else {
		rec.slot.check(f)
		if !r.options.Judge {
			rec.Value = rec.slot.value()
		}
		r.addUp()
	}
	rec.Faults = f.faults
	if r.seen != nil && rec.slot != nil && rec.OK() {
		r.key = rec.slot.key(r.key[:0])
		if len(r.key) > 0 && !r.seen.add(r.key) {
			f.Add("", code.DuplicateInFile, "")
			rec.Faults = f.faults
		}
	}
	if !rec.OK() {
		r.result.Refused++
	}
}

// addUp adds the record to the total. An amount that cannot be read makes
// the total unprovable, not the file wrong: the record is refused.
func (r *Reader) addUp() {
	layout := r.record.layout
	if len(layout.Sum) == 0 {
		return
	}
	if !r.find.OK(layout.Sum...) {
		r.unsure = true
		return
	}
	sum, err := r.total.Add(r.record.slot.amount())
	if err != nil && !r.unsure {
		r.fileFault(r.record.Line, r.record.Row, "", code.Total, "合计金额溢出 / the total overflows")
	}
	if err != nil {
		r.unsure = true
		return
	}
	r.total = sum
}

// sums reports whether any row of the kind counts in the total.
func sums(k *Kind) bool {
	for _, row := range k.Rows {
		if len(row.Sum) > 0 {
			return true
		}
	}
	return false
}

func detailType(l *Row) string {
	if l.Detail == nil {
		return ""
	}
	return l.Detail.Type
}

// isDetail reports whether typ is a detail row of any row of the kind.
func isDetail(k *Kind, typ string) bool {
	for _, row := range k.Rows {
		if row.Detail != nil && row.Detail.Type == typ {
			return true
		}
	}
	return false
}

// clipType is a row type fit to be told.
func clipType(typ string) string {
	typ = Clip(typ)
	if r := []rune(typ); len(r) > 8 {
		return string(r[:8])
	}
	return typ
}
