package batch

import (
	"strings"
	"unicode/utf8"

	"carryover/exchange/money"
)

// Record is one row with the detail rows that follow it.
type Record struct {
	Kind    *Kind
	Row     string // row type as it stands in the file, at most 8 characters
	Line    int    // of the row: of the file, or of the sheet in a workbook
	Ordinal int    // among the records of the file, from 1
	Rows    int    // rows of the file it takes: itself and its details
	Lines   []int  // of its detail rows; reused by the next record

	// Value is a pointer to the record's struct (*formats.Letter …), new for
	// every record. It is nil when the row type is not known, or only
	// verdicts were asked for; fields with a fault may hold anything.
	Value any

	// Faults lists everything wrong with the record, warnings too. The slice
	// is reused by the next record.
	Faults []Fault

	no     string
	layout *Row // nil when the row type is not known
	slot   slot
}

// OK reports that nothing refuses the record.
func (r *Record) OK() bool {
	for i := range r.Faults {
		if !r.Faults[i].Warning() {
			return false
		}
	}
	return true
}

// No is the record_no, cut to 64 characters.
func (r *Record) No() string { return r.no }

// Echo is the sender's own reference, "" when the kind has none, cut to 64
// characters.
func (r *Record) Echo() string {
	if r.slot == nil {
		return ""
	}
	return Clip(r.slot.echo())
}

// Key is the duplicate key, "" when the row type has none that counts beyond
// one batch. Keys of different row types never agree.
func (r *Record) Key() string {
	if r.slot == nil || r.layout.PerBatch {
		return ""
	}
	return string(r.slot.key(nil))
}

// Amount is what the record adds to the file's total.
func (r *Record) Amount() money.Fen {
	if r.slot == nil {
		return 0
	}
	return r.slot.amount()
}

// Fields are the rows of a record that is OK as they are written, a row type
// and then a text per column; its Value must be there.
func (r *Record) Fields() [][]string {
	text, count := r.layout.ops.write(nil, r.Value)
	all, lines := make([][]string, 0, count), textSource{rest: string(text)}
	for lines.rest != "" {
		all = append(all, lines.cut().texts())
	}
	return all
}

// Clip makes any text fit to be told in a receipt: at most 64 characters,
// none of them broken or a control character.
func Clip(s string) string {
	if len(s) > 64*utf8.UTFMax {
		s = s[:64*utf8.UTFMax]
	}
	if _, found := firstControl(s); !found && utf8.ValidString(s) && utf8.RuneCountInString(s) <= 64 {
		return s
	}
	n := 0
	return strings.Map(func(r rune) rune {
		if n++; n > 64 {
			return -1
		}
		if _, bad := firstControl(string(r)); bad || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
}
