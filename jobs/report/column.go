package report

import (
	"iter"

	"carryover/formats/workbook"
)

// column is a column of a sheet whose rows are made from T.
type column[T any] struct {
	zh, en string
	kind   workbook.Kind
	total  bool
	value  func(Night, T) any
}

// sheet makes a list from a table of columns.
func sheet[T any](n Night, name, title string, columns []column[T], source iter.Seq2[T, error]) workbook.Sheet {
	s := workbook.Sheet{
		Name: name, Title: title, Note: n.note(), Frozen: 1,
		Empty: n.say("（无记录）", "(none)"), Totals: n.say("合计（随筛选）", "sum (filtered)"),
	}
	for _, c := range columns {
		s.Columns = append(s.Columns, workbook.Column{Title: n.say(c.zh, c.en), Kind: c.kind, Total: c.total})
	}
	s.Rows = func(yield func([]any, error) bool) {
		if source == nil {
			return
		}
		row := make([]any, len(columns))
		for one, err := range source {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, c := range columns {
				row[i] = c.value(n, one)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return s
}

// only passes on what keep keeps.
func only[T any](source iter.Seq2[T, error], keep func(T) bool) iter.Seq2[T, error] {
	if source == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for one, err := range source {
			if err == nil && !keep(one) {
				continue
			}
			if !yield(one, err) {
				return
			}
		}
	}
}

// sound is a source whose rows are there already: none of them can fail.
func sound[T any](rows iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for x := range rows {
			if !yield(x, nil) {
				return
			}
		}
	}
}
