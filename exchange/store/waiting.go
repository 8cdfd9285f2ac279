package store

import (
	"fmt"
	"maps"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/store/engine"
	"carryover/exchange/store/pending"
)

// waiting are the writes of a transaction that the database has not been sent yet,
// in their order. What many records write goes there in one go, rows of one table in
// one statement: at the latest at the commit, or before a statement that names one
// of their tables.
type waiting struct {
	writes []unsent
	tables pending.Tables // that they change
}

// mostWaiting bounds what is held in memory.
const mostWaiting = 8192

// unsent is a write that waits.
type unsent struct {
	pending.Write
	row *provedRow

	// One of them instead of Args, for what is made up when it is sent.
	event *exchange.JournalEvent
	entry *ledger.Entry
	moved *movedCase
}

// later lets a write wait.
func (tx *Tx) later(w pending.Write) error { return tx.wait(unsent{Write: w}) }

func (tx *Tx) wait(w unsent) error {
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	if err := w.Fix(); err != nil {
		return err
	}
	if w.row != nil {
		if err := w.row.before.Fix(); err != nil {
			return err
		}
	}
	tx.waiting.writes = append(tx.waiting.writes, w)
	tx.waiting.tables |= w.Tables
	if len(tx.waiting.writes) < mostWaiting {
		return nil
	}
	return tx.send()
}

// run lets a statement wait that must change exactly one row; what names the row in
// errors.
func (tx *Tx) run(what, text string, args ...any) error {
	return tx.text(pending.Write{What: what, Args: args}, text)
}

// change is run for a conditional update: no row means ErrStale.
func (tx *Tx) change(what, text string, args ...any) error {
	return tx.text(pending.Write{What: what, Args: args, None: ErrStale}, text)
}

// any is run for a statement that changes as many rows as there are.
func (tx *Tx) any(what, text string, args ...any) error {
	return tx.text(pending.Write{What: what, Args: args, Many: true}, text)
}

func (tx *Tx) text(w pending.Write, text string) error {
	w.Insert = pending.Text(text)
	tx.forgetAll(w.Tables)
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
func (tx *Tx) settle(named pending.Tables) error {
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
	if writes, err = tx.numberEvents(tx.proveRows(writes)); err != nil {
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
	all := make([]*pending.Write, len(writes))
	for i, w := range writes {
		all[i] = &w.Write
	}
	list := pending.Statements(all)
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
		if err := list[i].Check(n); err != nil {
			return err
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", list[len(changed)], tx.named(err))
	}
	return nil
}
