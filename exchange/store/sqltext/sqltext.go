// Package sqltext makes the texts of SQL, once, from one list of columns per table, so that a
// column stands in one place and its value in the same position. It asks no database.
package sqltext

import (
	"strconv"
	"strings"
)

// InsertInto is the insert of a table's columns.
func InsertInto(table, columns string) string {
	n := strings.Count(columns, ",") + 1
	b := []byte("INSERT INTO " + table + " (" + columns + ") VALUES (")
	for i := 1; i <= n; i++ {
		if i > 1 {
			b = append(b, ", "...)
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(i), 10)
	}
	return string(append(b, ')'))
}

// SetAll is the part of an update that sets all columns, from $1 on.
func SetAll(columns string) string {
	return Assign(columns, func(_ string, i int) string { return "$" + strconv.Itoa(i+1) })
}

// SetExcluded is the part of an upsert that takes over all columns.
func SetExcluded(columns string) string {
	return Assign(columns, func(c string, _ int) string { return "excluded." + c })
}

// Assign is "column = value, …" for all columns, the i-th (from 0) with what value says.
func Assign(columns string, value func(column string, i int) string) string {
	list := strings.Split(columns, ", ")
	for i, c := range list {
		list[i] = c + " = " + value(c, i)
	}
	return strings.Join(list, ", ")
}

// RowsOf is "($n), …": rows of one value, behind the first values.
func RowsOf(n, first int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + Arg(first+i+1) + ")"
	}
	return strings.Join(rows, ", ")
}

// ListOf is "($n, …)" for size values that follow the first ones.
func ListOf(size, first int) string {
	marks := make([]string, size)
	for i := range marks {
		marks[i] = Arg(first + i + 1)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// Arg is the placeholder of the n-th argument.
func Arg(n int) string { return "$" + strconv.Itoa(n) }

// Is is "column = 'value'" for a value of a closed list. Where the condition of
// a partial index names the column, SQLite would prepare a statement with an
// argument in this place anew for every run, because the index may serve one
// value and not another: with the value in the text it does so once.
func Is[T ~string](column string, value T) string { return column + " = " + quoted(value) }

// IsAnyOf is "column IN ('value', …)", see is.
func IsAnyOf[T ~string](column string, values []T) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = quoted(v)
	}
	return column + " IN (" + strings.Join(list, ", ") + ")"
}

func quoted[T ~string](value T) string {
	return "'" + strings.ReplaceAll(string(value), "'", "''") + "'"
}

// AtMost is the end of a query for at most n rows, as a number for the same
// reason as in is: a plan may depend on it. Callers pass few different ones.
func AtMost(n int) string { return " LIMIT " + strconv.Itoa(n) }

// Conditions are those of a filter, joined by AND, with their args.
type Conditions struct {
	Parts []string
	Args  []any
}

// Add adds a comparison with a value, "party =", unless that is empty.
func (c *Conditions) Add(comparison, value string) {
	if value != "" {
		c.Args = append(c.Args, value)
		c.Parts = append(c.Parts, comparison+" "+Arg(len(c.Args)))
	}
}

// After adds that a column lies behind a value, whatever that is: the key of the
// order in which the rows come.
func (c *Conditions) After(column string, value any) {
	c.Args = append(c.Args, value)
	c.Parts = append(c.Parts, column+" > "+Arg(len(c.Args)))
}

// AddAny adds that a column has one of the values; of none, nothing.
func AddAny[T ~string](c *Conditions, column string, values []T) {
	if len(values) == 0 {
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		c.Args = append(c.Args, string(v))
		marks[i] = Arg(len(c.Args))
	}
	c.Parts = append(c.Parts, column+" IN ("+strings.Join(marks, ", ")+")")
}

// Query is the end of a query for at most limit rows (0: all) in an order.
func (c *Conditions) Query(order string, limit int) (string, []any) {
	text := "WHERE " + strings.Join(c.Parts, " AND ") + " ORDER BY " + order
	if limit > 0 {
		text += AtMost(limit)
	}
	return text, c.Args
}
