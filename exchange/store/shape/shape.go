// Package shape makes rows of values and values of rows. Which fields of a type are
// columns, and which are keys of the JSON in the column doc, a list of pointers says. It
// knows neither tables nor statements.
package shape

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
)

// Field is a column, or a key of a document, and a pointer to what it holds. A
// key is written as in a JSON tag: "echo,omitempty".
type Field struct {
	Name string
	To   any
}

// Row is what is read from.
type Row interface{ Scan(dest ...any) error }

// Shape is how a type is kept: its columns, then, if it has one, its document.
type Shape[T any] struct {
	name    string // for errors
	columns func(*T) []Field
	doc     reflect.Type // a struct of the keys; nil: there is none
	paths   [][]int      // from a T to what belongs in each field of doc
	vessels sync.Pool    // of *vessel[T]
}

// Of is the shape of a type; doc may be nil. doc is asked once: its keys stand in the
// order of the list, and a key of a part of another one behind that one.
func Of[T any](name string, columns, doc func(*T) []Field) *Shape[T] {
	s := &Shape[T]{name: name, columns: columns}
	if doc == nil {
		return s
	}
	var x T
	var keys []reflect.StructField
	for i, f := range doc(&x) {
		to := reflect.ValueOf(f.To)
		keys = append(keys, reflect.StructField{
			Name: fmt.Sprint("Key", i), Type: to.Type().Elem(), Tag: reflect.StructTag(`json:"` + f.Name + `"`),
		})
		s.paths = append(s.paths, pathTo(reflect.ValueOf(&x).Elem(), to))
	}
	s.doc = reflect.StructOf(keys)
	return s
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

// Columns are the fields of a value that are columns; doc is not among them.
func (s *Shape[T]) Columns(x *T) []Field { return s.columns(x) }

// HasDoc reports whether there is a column doc.
func (s *Shape[T]) HasDoc() bool { return s.doc != nil }

// Keys are the ways from a T to what the keys of the document hold, as
// reflect.Value.FieldByIndex takes them.
func (s *Shape[T]) Keys() [][]int { return s.paths }

// Document is the column doc of a value, as it is when the driver asks for it.
func (s *Shape[T]) Document(x *T) driver.Valuer { return document[T]{s, x} }

type document[T any] struct {
	shape *Shape[T]
	of    *T
}

// Value implements driver.Valuer.
func (d document[T]) Value() (driver.Value, error) {
	v := d.shape.vessel()
	defer d.shape.vessels.Put(v)
	v.x = *d.of
	v.fill()
	text, err := json.Marshal(v.keys.Interface())
	return string(text), err
}

// Reader reads rows of all columns, one after the other, until done is called. Errors
// name the row by its first column.
func (s *Shape[T]) Reader() (read func(Row, *T) error, done func()) {
	v := s.vessel()
	return v.read, func() { s.vessels.Put(v) }
}

// vessel is a value through which rows are read and documents written. To find
// its columns and keys takes as long as to move a row, so it is used again.
type vessel[T any] struct {
	x     T
	name  string
	dest  []any         // of a row; the document goes to the vessel itself
	keys  reflect.Value // a pointer to a struct of them
	parts []struct{ key, of reflect.Value }
}

func (s *Shape[T]) vessel() *vessel[T] {
	if v, ok := s.vessels.Get().(*vessel[T]); ok {
		return v
	}
	v := &vessel[T]{name: s.name}
	for _, f := range s.columns(&v.x) {
		v.dest = append(v.dest, f.To)
	}
	if s.doc == nil {
		return v
	}
	v.dest = append(v.dest, v)
	v.keys, v.parts = reflect.New(s.doc), make([]struct{ key, of reflect.Value }, len(s.paths))
	for i, path := range s.paths {
		v.parts[i].key, v.parts[i].of = v.keys.Elem().Field(i), reflect.ValueOf(&v.x).Elem().FieldByIndex(path)
	}
	return v
}

func (v *vessel[T]) read(r Row, to *T) error {
	var none T
	v.x = none
	if err := r.Scan(v.dest...); err != nil {
		return fmt.Errorf("%s %v: %w", v.name, reflect.Indirect(reflect.ValueOf(v.dest[0])), err)
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
