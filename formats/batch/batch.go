// Package batch reads and writes the files that parties exchange: an
// envelope, typed rows and a trailer, as CSV.
//
// Another carrier is read by a package of its own, which makes a Draft of it:
// the same rows, as people keyed them. This package opens no workbook and
// knows no sheet (formats/sheet does); whoever may be given either carrier
// calls sheet.NewReader.
//
// The package knows no kind of file. A kind is data: a Kind lists its row
// types, a Layout binds the columns of a row type to a Go struct once, and
// reading, writing, checking, templates and the partner's manual all follow
// from that table.
//
// Reading is strict and streaming. A Reader yields one record (a row with
// the detail rows that follow it) at a time, with every fault it has, and
// ends with a verdict on the file. Memory does not grow with the file,
// except for at most 24 bytes per record when duplicates are looked for.
// What is accepted is written back as the same bytes, apart from the
// encoding, CRLF, a byte order mark and quotes that were not needed.
//
// Writing checks every record by the same tables before a byte leaves.
package batch

import "slices"

// Version is the version of the format written in every header.
const Version = 1

// Words names a thing in both languages.
type Words struct{ ZH, EN string }

// Role says which of an agency's parties sends or receives a kind: the
// letter behind the area code, or none for the agency itself.
type Role string

// The roles a party can have.
const (
	Agency Role = ""
	Core   Role = "c"
	Portal Role = "p"
	Bank   Role = "b"
)

// Kind is one kind of batch.
type Kind struct {
	Name  string // as in headers and file names: "contact-letter"
	Title Words
	Flow  Words // who sends it to whom, for people

	Senders, Receivers []Role

	Rows   []*Row // row types that begin a record
	First  string // row type every batch of the kind must begin with, "" for any
	Order  int    // of working: lower first, see FILES.md "Order"
	Scoped bool   // the header ends in full or delta
	Signed bool   // seal: signed is the default between agencies
	// Signable: signed by whoever has a key, whatever was agreed, and read without a
	// signature too, as older partners send it.
	Signable bool
}

// Row returns the row type of that name, or nil.
func (k *Kind) Row(name string) *Row {
	for _, r := range k.Rows {
		if r.Type == name {
			return r
		}
	}
	return nil
}

// RowTypes lists every row type of the kind once: those that begin a record,
// then those that follow one.
func (k *Kind) RowTypes() []DetailRow {
	var all []DetailRow
	for _, r := range k.Rows {
		all = append(all, DetailRow{r.Type, r.Title, r.Columns})
	}
	for _, r := range k.Rows {
		if d := r.Detail; d != nil && !slices.ContainsFunc(all, func(t DetailRow) bool { return t.Type == d.Type }) {
			all = append(all, *d)
		}
	}
	return all
}

// RowOf returns the row type that a record (a pointer to its struct) is
// written as, or nil when the record is not of this kind.
func (k *Kind) RowOf(rec any) *Row {
	for _, r := range k.Rows {
		if r.ops.owns(rec) {
			return r
		}
	}
	return nil
}

// Find returns the kind of that name, or nil.
func Find(kinds []*Kind, name string) *Kind {
	for _, k := range kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Maybe is a value that a record may leave out. The zero Maybe is "not
// given", which is not the same as a given 0 or 0.00.
type Maybe[T any] struct {
	Value T
	Given bool
}

// Some is a given value.
func Some[T any](v T) Maybe[T] { return Maybe[T]{Value: v, Given: true} }
