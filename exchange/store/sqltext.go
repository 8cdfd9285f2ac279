package store

import (
	"strconv"
	"strings"
)

// SQL texts are made once, from one list of columns per table, so that a
// column stands in one place and its value in the same position.

// insertInto is the insert of a table's columns.
func insertInto(table, columns string) string {
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

// setAll is the part of an update that sets all columns, from $1 on.
func setAll(columns string) string {
	return assign(columns, func(_ string, i int) string { return "$" + strconv.Itoa(i+1) })
}

// setExcluded is the part of an upsert that takes over all columns.
func setExcluded(columns string) string {
	return assign(columns, func(c string, _ int) string { return "excluded." + c })
}

func assign(columns string, value func(column string, i int) string) string {
	list := strings.Split(columns, ", ")
	for i, c := range list {
		list[i] = c + " = " + value(c, i)
	}
	return strings.Join(list, ", ")
}

// rowsOf is "($n), …": rows of one value, behind the first values.
func rowsOf(n, first int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + arg(first+i+1) + ")"
	}
	return strings.Join(rows, ", ")
}

// arg is the placeholder of the n-th argument.
func arg(n int) string { return "$" + strconv.Itoa(n) }

// is is "column = 'value'" for a value of a closed list. Where the condition of
// a partial index names the column, SQLite would prepare a statement with an
// argument in this place anew for every run, because the index may serve one
// value and not another: with the value in the text it does so once.
func is[T ~string](column string, value T) string { return column + " = " + quoted(value) }

// isAnyOf is "column IN ('value', …)", see is.
func isAnyOf[T ~string](column string, values []T) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = quoted(v)
	}
	return column + " IN (" + strings.Join(list, ", ") + ")"
}

func quoted[T ~string](value T) string {
	return "'" + strings.ReplaceAll(string(value), "'", "''") + "'"
}

// atMost is the end of a query for at most n rows, as a number for the same
// reason as in is: a plan may depend on it. Callers pass few different ones.
func atMost(n int) string { return " LIMIT " + strconv.Itoa(n) }

// conditions are those of a filter, joined by AND, with their args.
type conditions struct {
	parts []string
	args  []any
}

// add adds a comparison with a value, "party =", unless that is empty.
func (c *conditions) add(comparison, value string) {
	if value != "" {
		c.args = append(c.args, value)
		c.parts = append(c.parts, comparison+" "+arg(len(c.args)))
	}
}

// after adds that a column lies behind a value, whatever that is: the key of the
// order in which the rows come.
func (c *conditions) after(column string, value any) {
	c.args = append(c.args, value)
	c.parts = append(c.parts, column+" > "+arg(len(c.args)))
}

// addAny adds that a column has one of the values; of none, nothing.
func addAny[T ~string](c *conditions, column string, values []T) {
	if len(values) == 0 {
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		c.args = append(c.args, string(v))
		marks[i] = arg(len(c.args))
	}
	c.parts = append(c.parts, column+" IN ("+strings.Join(marks, ", ")+")")
}

// query is the end of a query for at most limit rows (0: all) in an order.
func (c *conditions) query(order string, limit int) (string, []any) {
	text := "WHERE " + strings.Join(c.parts, " AND ") + " ORDER BY " + order
	if limit > 0 {
		text += atMost(limit)
	}
	return text, c.args
}
