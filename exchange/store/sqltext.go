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

// anyOf is "column IN ($n, …)" for values that follow the args so far.
func anyOf[T ~string](column string, values []T, args *[]any) string {
	marks := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, string(v))
		marks[i] = arg(len(*args))
	}
	return column + " IN (" + strings.Join(marks, ", ") + ")"
}
