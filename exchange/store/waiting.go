package store

import (
	"bytes"
	"cmp"
	"database/sql/driver"
	"fmt"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"sync"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/store/engine"
)

// waiting are the writes of a transaction that the database has not been sent yet,
// in their order. What many records write goes there in one go, rows of one table in
// one statement: at the latest at the commit, or before a statement that names one
// of their tables.
type waiting struct {
	writes []unsent
	tables tables // that they change
}

// mostWaiting bounds what is held in memory.
const mostWaiting = 8192

// unsent is a change of one row that waits.
type unsent struct {
	what string // names the row in errors
	insert
	args []any
	none error // what it is when no row was changed; nil: a fault of ours
	many bool  // it changes as many rows as there are

	// One of them instead of args, for what is made up when it is sent.
	event *exchange.JournalEvent
	entry *ledger.Entry
	moved *movedCase
}

// insert is the text of a write: of an insert what stands before and behind its row,
// so that several rows can share a statement; of another statement all of it (into).
type insert struct {
	into, behind string
	rows         bool // there is a row behind into
	tables       tables
}

// tables is a set of tables, a bit for each.
type tables uint64

// tableBits are the tables of the schema.
var tableBits = func() map[string]tables {
	all := map[string]tables{}
	for i, m := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllStringSubmatch(engine.Schema(), -1) {
		all[m[1]] = 1 << i
	}
	return all
}()

var words = regexp.MustCompile(`\w+`)

// tablesIn are the tables that a statement names. There are few texts, and each is
// looked through once.
func tablesIn(text string) (all tables) {
	if known, ok := tablesOf.Load(text); ok {
		return known.(tables)
	}
	for _, word := range words.FindAllString(text, -1) {
		all |= tableBits[word]
	}
	tablesOf.Store(text, all)
	return all
}

var tablesOf sync.Map // from a text to tables

// rowInto is the insert of a row of a table.
func rowInto(table, columns, behind string) insert {
	return insert{"INSERT INTO " + table + " (" + columns + ") VALUES ", behind, true, tableBits[table]}
}

// later lets a write wait.
func (tx *Tx) later(w unsent) error {
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	if err := w.fix(); err != nil {
		return err
	}
	tx.waiting.writes = append(tx.waiting.writes, w)
	tx.waiting.tables |= w.tables
	if len(tx.waiting.writes) < mostWaiting {
		return nil
	}
	return tx.send()
}

// fix takes the values as they are now: what they came from may change.
func (w *unsent) fix() error {
	for i, a := range w.args {
		switch v := a.(type) {
		case driver.Valuer:
			var err error
			if w.args[i], err = v.Value(); err != nil {
				return fmt.Errorf("%s: %w", w.what, err)
			}
		case []byte:
			w.args[i] = bytes.Clone(v)
		}
	}
	return nil
}

// run lets a statement wait that must change exactly one row; what names the row in
// errors.
func (tx *Tx) run(what, text string, args ...any) error {
	return tx.text(unsent{what: what, args: args}, text)
}

// change is run for a conditional update: no row means ErrStale.
func (tx *Tx) change(what, text string, args ...any) error {
	return tx.text(unsent{what: what, args: args, none: ErrStale}, text)
}

// any is run for a statement that changes as many rows as there are.
func (tx *Tx) any(what, text string, args ...any) error {
	return tx.text(unsent{what: what, args: args, many: true}, text)
}

func (tx *Tx) text(w unsent, text string) error {
	w.insert = insert{into: text, tables: tablesIn(text)}
	tx.forgetAll(w.tables)
	return tx.later(w)
}

// Mark is how far a transaction has come.
type Mark struct {
	sent, waiting, claimed int
	numbers                map[string]int64
	judged                 judged
}

// Mark is how far the transaction has come, for TakeBack.
func (tx *Tx) Mark() Mark {
	return Mark{tx.sent, len(tx.waiting.writes), len(tx.claimed), maps.Clone(tx.numbers), tx.judged}
}

// TakeBack forgets what was written since m; ok is false when anything has been sent
// to the database since, where a Savepoint alone undoes it.
func (tx *Tx) TakeBack(m Mark) (ok bool) {
	if tx.sent != m.sent || tx.torn {
		return false
	}
	clear(tx.waiting.writes[m.waiting:])
	tx.waiting.writes = tx.waiting.writes[:m.waiting]
	tx.numbers, tx.judged = m.numbers, m.judged
	tx.unkeep()
	tx.unclaim(m.claimed)
	return true
}

// settle sends what waits when a statement names one of its tables.
func (tx *Tx) settle(named tables) error {
	if tx.waiting.tables&named == 0 {
		return nil
	}
	return tx.send()
}

// send sends what waits. With an error the transaction, or its Savepoint, has to end.
func (tx *Tx) send() (err error) {
	defer func() { tx.torn = tx.torn || err != nil }()
	if len(tx.waiting.writes) == 0 {
		return nil
	}
	writes := casesOnce(tx.waiting.writes)
	tx.waiting = waiting{}
	tx.sent++
	if err := tx.numberEvents(writes); err != nil {
		return err
	}
	if writes, err = tx.numberEntries(writes); err != nil {
		return err
	}
	for _, w := range writes {
		if w.moved != nil {
			if err := w.moved.write(w); err != nil {
				return err
			}
		}
	}
	list := statements(writes)
	sent := make([]engine.Statement, len(list))
	for i, s := range list {
		sent[i] = s.Statement
	}
	tx.count.Trips++
	changed, err := tx.eng.Send(tx.sctx, tx.conn, sent)
	for i, n := range changed {
		if n > 0 {
			tx.count.Writes++
		}
		if of := list[i].of; n != int64(len(of)) && !of[0].many {
			return fmt.Errorf("%s: %w", list[i], cmp.Or(of[0].none, fmt.Errorf("%d rows instead of %d", n, len(of))))
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", list[len(changed)], tx.named(err))
	}
	return nil
}

// statement is what is sent for one write, or for several rows of one table.
type statement struct {
	engine.Statement
	of []*unsent
}

// String names the rows for an error.
func (s statement) String() string {
	if n := len(s.of) - 1; n > 0 {
		return fmt.Sprintf("%s and %d more", s.of[0].what, n)
	}
	return s.of[0].what
}

// rowsAtOnce is how many rows an insert has at most. With powers of two below it
// few statements have to be prepared.
const rowsAtOnce = 64

// statements puts rows of a table together. The order in which each table is written
// stays; that between tables does not matter (but see unsent.when), for references are
// checked at the commit.
func statements(writes []*unsent) (list []statement) {
	var groups [][]*unsent
	var last [64]int // by table: the group that changes it last, from 1
	for _, w := range writes {
		at := 0
		for t := w.tables; t != 0; t &= t - 1 {
			at = max(at, last[bits.TrailingZeros64(uint64(t))])
		}
		if at == 0 || !w.rows || groups[at-1][0].insert != w.insert {
			groups = append(groups, nil)
			at = len(groups)
		}
		groups[at-1] = append(groups[at-1], w)
		for t := w.tables; t != 0; t &= t - 1 {
			last[bits.TrailingZeros64(uint64(t))] = at
		}
	}
	slices.SortStableFunc(groups, func(a, b []*unsent) int { return cmp.Compare(a[0].when(), b[0].when()) })
	for _, rest := range groups {
		for len(rest) > 0 {
			n := 1
			for n*2 <= min(len(rest), rowsAtOnce) {
				n *= 2
			}
			list, rest = append(list, together(rest[:n])), rest[n:]
		}
	}
	return list
}

// together is one statement for writes with the same text.
func together(of []*unsent) statement {
	if !of[0].rows {
		return statement{engine.Statement{Text: of[0].into, Args: of[0].args}, of}
	}
	s := statement{of: of}
	s.Text = rowsText{of[0].insert, len(of), len(of[0].args)}.text()
	s.Args = make([]any, 0, len(of)*len(of[0].args))
	for _, w := range of {
		s.Args = append(s.Args, w.args...)
	}
	return s
}

// rowsText names the text of an insert of some rows, of so many values each.
type rowsText struct {
	insert
	rows, values int
}

var rowsTexts sync.Map // from rowsText to the text, which is made once

func (t rowsText) text() string {
	if known, ok := rowsTexts.Load(t); ok {
		return known.(string)
	}
	rows := make([]string, t.rows)
	for i := range rows {
		rows[i] = listOf(t.values, i*t.values)
	}
	text := t.into + strings.Join(rows, ", ") + t.behind
	rowsTexts.Store(t, text)
	return text
}
