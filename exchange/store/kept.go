package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// field is a column, or a key of a document, and a pointer to what it holds. A
// key is written as in a JSON tag: "echo,omitempty".
type field struct {
	name string
	to   any
}

// kept says how a type is kept, as nothing else does: every field of it is a
// column of its table, or a key of the JSON in the column doc, which comes last.
// A column is what is searched, summed or constrained, a key what is only read
// together with its row. The first column may be id, which the database gives.
type kept[T any] struct {
	columns func(*T) []field
	table   string
	names   string       // of the columns, without id
	insert  string       // one row, its values from $1 on
	row     insert       // the same for one that waits
	lookups []*lookup[T] // of its rows
	query   string       // all columns, up to the condition
	doc     reflect.Type // a struct of the keys; nil: the table has no doc
	paths   [][]int      // from a T to what belongs in each field of doc
	vessels sync.Pool    // of *vessel[T]
}

// at says where what a pointer points to is kept.
func at(name string, to any) field { return field{name, to} }

// keep is how a type is kept. doc is asked once: its keys stand in the order of
// the list, and a key of a part of another one behind that one.
func keep[T any](table string, columns, doc func(*T) []field) *kept[T] {
	k := &kept[T]{columns: columns, table: table}
	var x T
	var names []string
	for _, f := range columns(&x) {
		names = append(names, f.name)
	}
	if doc != nil {
		names = append(names, "doc")
		var keys []reflect.StructField
		for i, f := range doc(&x) {
			to := reflect.ValueOf(f.to)
			keys = append(keys, reflect.StructField{
				Name: fmt.Sprint("Key", i), Type: to.Type().Elem(), Tag: reflect.StructTag(`json:"` + f.name + `"`),
			})
			k.paths = append(k.paths, pathTo(reflect.ValueOf(&x).Elem(), to))
		}
		k.doc = reflect.StructOf(keys)
	}
	all := strings.Join(names, ", ")
	k.query = "SELECT " + all + " FROM " + table + " "
	k.names = strings.TrimPrefix(all, "id, ")
	k.insert = insertInto(table, k.names)
	k.row = rowInto(table, k.names, "")
	return k
}

// pathTo is the way to the field of a struct that a pointer points to.
func pathTo(x, to reflect.Value) []int {
	for i := range x.NumField() {
		f := x.Field(i)
		if f.Type() == to.Type().Elem() && f.Addr().Pointer() == to.Pointer() {
			return []int{i}
		}
		if f.Kind() == reflect.Struct {
			if path := pathTo(f, to); path != nil {
				return append([]int{i}, path...)
			}
		}
	}
	return nil
}

// update is the update of all columns but id, their values from $1 on.
func (k *kept[T]) update(where string) string {
	return "UPDATE " + k.table + " SET " + setAll(k.names) + " WHERE " + where
}

// args are the values of insert or update, and those that follow them.
func (k *kept[T]) args(x *T, more ...any) []any {
	fields := k.columns(x)
	if fields[0].name == "id" {
		fields = fields[1:]
	}
	args := make([]any, 0, len(fields)+1+len(more))
	for _, f := range fields {
		args = append(args, stored(f.to))
	}
	if k.doc != nil {
		args = append(args, document[T]{k, x})
	}
	return append(args, more...)
}

// add lets the insert of a row wait; what names it in errors.
func (k *kept[T]) add(tx *Tx, what string, x *T) error {
	k.wrote(tx, nil, x)
	return tx.later(unsent{what: what, insert: k.row, args: k.args(x)})
}

// change lets the conditional update of a row wait; guards are the values behind
// those of its columns. No row means ErrStale.
func (k *kept[T]) change(tx *Tx, what, text string, before, after *T, guards ...any) error {
	k.wrote(tx, before, after)
	return tx.later(unsent{what: what, insert: insert{into: text, tables: k.row.tables}, args: k.args(after, guards...), none: ErrStale})
}

// stored is the value of a column; those of types that are not listed say
// themselves how they are stored.
func stored(to any) any {
	switch v := to.(type) {
	case *string:
		return *v
	case *int:
		return int64(*v)
	case *int64:
		return *v
	case *bool:
		return bit(*v)
	case *[]byte:
		return *v
	}
	return to
}

// one reads the first row that meets a condition, or returns ErrNotFound.
func (k *kept[T]) one(tx *Tx, what, where string, args ...any) (T, error) {
	all, err := k.many(tx, what, where, args...)
	return firstOf(what, all, err)
}

// many reads all rows that meet a condition.
func (k *kept[T]) many(tx *Tx, what, where string, args ...any) ([]T, error) {
	v := k.vessel()
	defer k.vessels.Put(v)
	return many(tx, what, v.read, k.query+where, args...)
}

// document is the column doc of a value that is written.
type document[T any] struct {
	kept *kept[T]
	of   *T
}

// Value implements driver.Valuer.
func (d document[T]) Value() (driver.Value, error) {
	v := d.kept.vessel()
	defer d.kept.vessels.Put(v)
	v.x = *d.of
	v.fill()
	text, err := json.Marshal(v.keys.Interface())
	return string(text), err
}

// vessel is a value through which rows are read and documents written. To find
// its columns and keys takes as long as to move a row, so it is used again.
type vessel[T any] struct {
	x     T
	table string
	dest  []any         // of a row; the document goes to the vessel itself
	keys  reflect.Value // a pointer to a struct of them
	parts []struct{ key, of reflect.Value }
}

func (k *kept[T]) vessel() *vessel[T] {
	if v, ok := k.vessels.Get().(*vessel[T]); ok {
		return v
	}
	v := &vessel[T]{table: k.table}
	for _, f := range k.columns(&v.x) {
		v.dest = append(v.dest, f.to)
	}
	if k.doc == nil {
		return v
	}
	v.dest = append(v.dest, v)
	v.keys, v.parts = reflect.New(k.doc), make([]struct{ key, of reflect.Value }, len(k.paths))
	for i, path := range k.paths {
		v.parts[i].key, v.parts[i].of = v.keys.Elem().Field(i), reflect.ValueOf(&v.x).Elem().FieldByIndex(path)
	}
	return v
}

// read reads a row of query; its errors name the row by the first column.
func (v *vessel[T]) read(r row, to *T) error {
	var none T
	v.x = none
	if err := r.Scan(v.dest...); err != nil {
		return fmt.Errorf("%s %v: %w", v.table, stored(v.dest[0]), err)
	}
	*to = v.x
	return nil
}

// Scan implements sql.Scanner for the document. A column that is a part of a key
// (Person.IDKey) was read before, and is not lost.
func (v *vessel[T]) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("cannot read a document from %T", src)
	}
	v.fill()
	if err := json.Unmarshal([]byte(text), v.keys.Interface()); err != nil {
		return err
	}
	for _, p := range v.parts {
		p.of.Set(p.key)
	}
	return nil
}

// fill gives the keys what the value has.
func (v *vessel[T]) fill() {
	for _, p := range v.parts {
		p.key.Set(p.of)
	}
}

// moment is an instant in a column.
type moment struct{ at *time.Time }

// Value implements driver.Valuer.
func (m moment) Value() (driver.Value, error) { return micros(*m.at), nil }

// Scan implements sql.Scanner.
func (m moment) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("cannot read an instant from %T", src)
	}
	*m.at = instant(n)
	return nil
}

// derived is a column that follows from others: it is stored to be searched, and
// not read.
type derived string

// Value implements driver.Valuer.
func (d derived) Value() (driver.Value, error) { return string(d), nil }

// Scan implements sql.Scanner.
func (derived) Scan(any) error { return nil }
