// Package pending makes few statements of the writes of a transaction that wait: rows of one table
// go together. It knows which tables a text names, and asks no database.
package pending

import (
	"bytes"
	"cmp"
	"database/sql/driver"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"sync"

	"carryover/exchange/store/engine"
	"carryover/exchange/store/sqltext"
)

// Write is a change of rows that waits.
type Write struct {
	What string // names the row in errors
	Insert
	Args []any
	None error // what it is when no row was changed; nil: a fault of ours
	Many bool  // it changes as many rows as there are
}

// Insert is the text of a write: of an insert what stands before and behind its row,
// so that several rows can share a statement; of another statement all of it (Into).
type Insert struct {
	Into, Behind string
	Rows         bool // there is a row behind Into
	Tables       Tables
	Order        int // below 0: before all else; above 0: behind all else
}

// RowInto is the insert of a row of a table.
func RowInto(table, columns, behind string) Insert {
	return Insert{Into: "INSERT INTO " + table + " (" + columns + ") VALUES ", Behind: behind, Rows: true, Tables: Table(table)}
}

// Text is a statement that changes no row of its own.
func Text(text string) Insert { return Insert{Into: text, Tables: TablesIn(text)} }

// Tables is a set of tables, a bit for each.
type Tables uint64

// bitOf are the tables of the schema.
var bitOf = func() map[string]Tables {
	all := map[string]Tables{}
	for i, m := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllStringSubmatch(engine.Schema(), -1) {
		all[m[1]] = 1 << i
	}
	return all
}()

// Table is the set of one table of the schema.
func Table(name string) Tables { return bitOf[name] }

var words = regexp.MustCompile(`\w+`)

// TablesIn are the tables that a statement names. There are few texts, and each is
// looked through once.
func TablesIn(text string) (all Tables) {
	if known, ok := tablesOf.Load(text); ok {
		return known.(Tables)
	}
	for _, word := range words.FindAllString(text, -1) {
		all |= bitOf[word]
	}
	tablesOf.Store(text, all)
	return all
}

var tablesOf sync.Map // from a text to Tables

// Fix takes the values as they are now: what they came from may change.
func (w *Write) Fix() error {
	for i, a := range w.Args {
		switch v := a.(type) {
		case driver.Valuer:
			var err error
			if w.Args[i], err = v.Value(); err != nil {
				return fmt.Errorf("%s: %w", w.What, err)
			}
		case []byte:
			w.Args[i] = bytes.Clone(v)
		}
	}
	return nil
}

// Statement is what is sent for one write, or for several rows of one table.
type Statement struct {
	engine.Statement
	Of []*Write
}

// String names the rows for an error.
func (s Statement) String() string {
	if n := len(s.Of) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", s.Of[0].What, n)
	}
	return s.Of[0].What
}

// Check says what is wrong when a statement has changed n rows.
func (s Statement) Check(n int64) error {
	if n == int64(len(s.Of)) || s.Of[0].Many {
		return nil
	}
	return fmt.Errorf("%s: %w", s, cmp.Or(s.Of[0].None, fmt.Errorf("%d rows instead of %d", n, len(s.Of))))
}

// RowsAtOnce is how many rows an insert has at most. With powers of two below it
// few statements have to be prepared.
const RowsAtOnce = 64

// Statements puts rows of a table together. The order in which each table is written
// stays; that between tables does not matter (but see Insert.Order), for references are
// checked at the commit.
func Statements(writes []*Write) (list []Statement) {
	var groups [][]*Write
	var last [64]int // by table: the group that changes it last, from 1
	for _, w := range writes {
		at := 0
		for t := w.Tables; t != 0; t &= t - 1 {
			at = max(at, last[bits.TrailingZeros64(uint64(t))])
		}
		if at == 0 || !w.Rows || groups[at-1][0].Insert != w.Insert {
			groups = append(groups, nil)
			at = len(groups)
		}
		groups[at-1] = append(groups[at-1], w)
		for t := w.Tables; t != 0; t &= t - 1 {
			last[bits.TrailingZeros64(uint64(t))] = at
		}
	}
	slices.SortStableFunc(groups, func(a, b []*Write) int { return cmp.Compare(a[0].Order, b[0].Order) })
	for _, rest := range groups {
		for len(rest) > 0 {
			n := 1
			for n*2 <= min(len(rest), RowsAtOnce) {
				n *= 2
			}
			list, rest = append(list, together(rest[:n])), rest[n:]
		}
	}
	return list
}

// together is one statement for writes with the same text.
func together(of []*Write) Statement {
	if !of[0].Rows {
		return Statement{engine.Statement{Text: of[0].Into, Args: of[0].Args}, of}
	}
	s := Statement{Of: of}
	s.Text = rowsText{of[0].Insert, len(of), len(of[0].Args)}.text()
	s.Args = make([]any, 0, len(of)*len(of[0].Args))
	for _, w := range of {
		s.Args = append(s.Args, w.Args...)
	}
	return s
}

// rowsText names the text of an insert of some rows, of so many values each.
type rowsText struct {
	Insert
	rows, values int
}

var rowsTexts sync.Map // from rowsText to the text, which is made once

func (t rowsText) text() string {
	if known, ok := rowsTexts.Load(t); ok {
		return known.(string)
	}
	rows := make([]string, t.rows)
	for i := range rows {
		rows[i] = sqltext.ListOf(t.values, i*t.values)
	}
	text := t.Into + strings.Join(rows, ", ") + t.Behind
	rowsTexts.Store(t, text)
	return text
}
