package store

import (
	"strings"

	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

// field is a column, or a key of a document, see shape.Field.
type field = shape.Field

// kept says how a type is kept, as nothing else does: every field of it is a
// column of its table, or a key of the JSON in the column doc, which comes last.
// A column is what is searched, summed or constrained, a key what is only read
// together with its row. The first column may be id, which the database gives.
type kept[T any] struct {
	shape   *shape.Shape[T]
	table   string
	names   string         // of the columns, without id
	insert  string         // one row, its values from $1 on
	row     pending.Insert // the same for one that waits
	lookups []*lookup[T]   // of its rows
	query   string         // all columns, up to the condition
	proof   *proof[T]      // how the journal answers for its rows; nil: it does not
}

// at says where what a pointer points to is kept.
func at(name string, to any) field { return field{Name: name, To: to} }

// keep is how a type is kept; doc is nil where the table has none.
func keep[T any](table string, columns, doc func(*T) []field) *kept[T] {
	k := &kept[T]{shape: shape.Of(table, columns, doc), table: table}
	var x T
	var names []string
	for _, f := range columns(&x) {
		names = append(names, f.Name)
	}
	if k.shape.HasDoc() {
		names = append(names, "doc")
	}
	all := strings.Join(names, ", ")
	k.query = "SELECT " + all + " FROM " + table + " "
	k.names = strings.TrimPrefix(all, "id, ")
	k.insert = sqltext.InsertInto(table, k.names)
	k.row = pending.RowInto(table, k.names, "")
	return k
}

// update is the update of all columns but id, their values from $1 on.
func (k *kept[T]) update(where string) string {
	return "UPDATE " + k.table + " SET " + sqltext.SetAll(k.names) + " WHERE " + where
}

// args are the values of insert or update, and those that follow them.
func (k *kept[T]) args(x *T, more ...any) []any {
	fields := k.shape.Columns(x)
	if fields[0].Name == "id" {
		fields = fields[1:]
	}
	args := make([]any, 0, len(fields)+1+len(more))
	for _, f := range fields {
		args = append(args, shape.Stored(f.To))
	}
	if k.shape.HasDoc() {
		args = append(args, k.shape.Document(x))
	}
	return append(args, more...)
}

// add lets the insert of a row wait; what names it in errors.
func (k *kept[T]) add(tx *Tx, what string, x *T) error {
	k.wrote(tx, nil, x)
	return tx.wait(unsent{Write: pending.Write{What: what, Insert: k.row, Args: k.args(x)}, row: k.proved(nil, x)})
}

// change lets the conditional update of a row wait; guards are the values behind
// those of its columns. No row means ErrStale.
func (k *kept[T]) change(tx *Tx, what, text string, before, after *T, guards ...any) error {
	k.wrote(tx, before, after)
	return tx.wait(unsent{
		Write: pending.Write{What: what, Insert: pending.Insert{Into: text, Tables: k.row.Tables}, Args: k.args(after, guards...), None: ErrStale},
		row:   k.proved(before, after),
	})
}

// one reads the first row that meets a condition, or returns ErrNotFound.
func (k *kept[T]) one(tx *Tx, what, where string, args ...any) (T, error) {
	all, err := k.many(tx, what, where, args...)
	return firstOf(what, all, err)
}

// many reads all rows that meet a condition.
func (k *kept[T]) many(tx *Tx, what, where string, args ...any) ([]T, error) {
	read, done := k.shape.Reader()
	defer done()
	return many(tx, what, read, k.query+where, args...)
}
