package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/engine"
	"carryover/exchange/store/journal"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

const checkpointColumns = "at, on_date, event_id, chains, events, cases, heads, hash, numbers, counters, entry_id, balances, schema_print"

var (
	// insertCheckpoint numbers it behind those that are there, and those that were seen outside.
	insertCheckpoint = strings.Replace(sqltext.InsertInto("checkpoints", checkpointColumns), "("+checkpointColumns+") VALUES (", "(id, "+checkpointColumns+") VALUES ("+
		"(SELECT 1 + COALESCE(max(n), 0) FROM (SELECT max(id) AS n FROM checkpoints UNION ALL SELECT n FROM counters WHERE name = '"+checkpointCounter+"') AS seen), ", 1) +
		" RETURNING id"
	selectCheckpoint = "SELECT id, " + checkpointColumns + " FROM checkpoints ORDER BY id"
	silentCases      = "SELECT case_no FROM cases WHERE NOT EXISTS (SELECT 1 FROM journal WHERE chain = cases.case_no AND n = 1) ORDER BY case_no" +
		sqltext.AtMost(journal.MaxFaults)
	// balancesUpTo are the balances that the entries of the ledger up to one give.
	balancesUpTo = "SELECT account, CAST(" + wholeSum("amount") + " AS BIGINT) FROM ledger_postings WHERE entry_id <= $1 GROUP BY account HAVING " +
		wholeSum("amount") + " <> 0 ORDER BY account"
	// chainEnds reads the last event up to one of the chains behind a chain, by an index: the
	// journal is as long as the agency is old. A chain that had none has n 0.
	chainEnds = "SELECT ends.chain, COALESCE(e.n, 0), e.hash, COALESCE(e.id, 0) FROM (SELECT chain FROM journal WHERE chain > $1 GROUP BY chain ORDER BY chain" +
		sqltext.AtMost(pageSize) + ") AS ends LEFT JOIN journal AS e ON e.chain = ends.chain AND e.n =" +
		" (SELECT o.n FROM journal AS o WHERE o.chain = ends.chain AND o.id <= $2 ORDER BY o.n DESC LIMIT 1) ORDER BY ends.chain"
)

func scanCheckpoint(r row, c *journal.Checkpoint) error {
	var at int64
	err := r.Scan(&c.ID, &at, &c.On, &c.EventID, &c.Chains, &c.Events, &c.Cases, &c.Heads, &c.Hash, &c.Numbers, &c.Counters, &c.EntryID, &c.Balances, &c.Schema)
	c.At = shape.Instant(at)
	return err
}

// values hashes the named numbers of a query.
func (tx *Tx) values(text string, args ...any) (*journal.Values, error) {
	v := journal.NewValues()
	return v, tx.each(func(r row) error {
		var name string
		var n int64
		err := r.Scan(&name, &n)
		v.Add(name, n)
		return err
	}, text, args...)
}

// schema names the schema as it is now.
func (tx *Tx) schema() (string, error) {
	s := journal.NewSchema(engine.Newest(tx.eng))
	err := tx.each(func(r row) error {
		var name, text string
		err := r.Scan(&name, &text)
		s.Add(name, text)
		return err
	}, tx.eng.SchemaParts())
	return s.String(), err
}

const countCases, allCounters = "SELECT count(*) FROM cases", "SELECT name, n FROM counters ORDER BY name"

// WriteCheckpoint stores a checkpoint of the store as it stands, nightly.
func (tx *Tx) WriteCheckpoint(at time.Time, on calendar.Date) (journal.Checkpoint, error) {
	c, heads, err := journal.Checkpoint{At: shape.Instant(shape.Micros(at)), On: on}, journal.NewHeads(), error(nil)
	if lock := tx.eng.LockJournal(); lock != "" {
		_, err = tx.exec(lock)
	}
	err = errors.Join(err, tx.flushNumbers(), tx.flushBalances(), tx.eachEnd(math.MaxInt64, heads.Take))
	counters, e1 := tx.values(allCounters)
	balances, e2 := tx.values("SELECT account, amount FROM ledger_balances WHERE amount <> 0 ORDER BY account")
	before, e3 := tx.Checkpoints()
	cases, e4 := tx.number("cases", countCases)
	schema, e6 := tx.schema()
	entry, e5 := tx.number("ledger", "SELECT COALESCE(max(id), 0) FROM ledger_entries")
	if err = errors.Join(err, e1, e2, e3, e4, e5, e6); err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	c.Cases, c.EntryID, c.Numbers, c.Counters, c.Balances, c.Schema = cases, entry, counters.Sum, counters.Hash(), balances.Hash(), schema
	heads.Fill(&c, before)
	c.ID, err = tx.number("checkpoint", insertCheckpoint, shape.Micros(c.At), c.On.String(), c.EventID, c.Chains, c.Events, c.Cases, c.Heads, c.Hash,
		c.Numbers, c.Counters, c.EntryID, c.Balances, c.Schema)
	return c, err
}

// eachEnd calls take for the ends of all chains as they were with an event, page by page.
func (tx *Tx) eachEnd(upTo int64, take func([]exchange.JournalEvent) error) error {
	return pages(func(last *exchange.JournalEvent) ([]exchange.JournalEvent, error) {
		return many(tx, "ends of chains", func(r row, e *exchange.JournalEvent) error { return r.Scan(&e.Chain, &e.N, &e.Hash, &e.ID) }, chainEnds, last.Chain, upTo)
	}, take)
}

// Checkpoints returns all of them, the oldest first; Before is not filled.
func (tx *Tx) Checkpoints() ([]journal.Checkpoint, error) {
	return many(tx, "checkpoints", scanCheckpoint, selectCheckpoint)
}

// LastCheckpoint is the number of the last one; 0: there is none.
func (tx *Tx) LastCheckpoint() (int64, error) {
	return tx.number("checkpoint", "SELECT COALESCE(max(id), 0) FROM checkpoints")
}

// VerifyJournal proves the store over one snapshot: every chain from its first event, every
// payload against its digest, every case against its chain, and all heads, counters and
// balances against the last checkpoint and against those that have left. progress (may be nil)
// is called now and then with the number of events seen. An error means that the proof could not
// be made; what it found stands in the report.
func (s *Store) VerifyJournal(ctx context.Context, progress func(events int64), left ...journal.Checkpoint) (r journal.Report, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		r, err = tx.verify(journal.NewProof, left, func(proof *journal.Proof) error {
			proof.Progress = progress
			err := tx.prove(proof, "")
			for _, c := range proof.Anchors() {
				balances, faulty := tx.values(balancesUpTo, c.EntryID)
				err = errors.Join(err, faulty)
				proof.Balances(c, balances.Hash())
			}
			rows, heads, faulty := tx.countProven()
			proof.Count(rows, heads)
			return errors.Join(err, faulty)
		})
		return err
	})
	if err != nil {
		return r, fmt.Errorf("verify journal: %w", err)
	}
	return r, nil
}

// VerifyNight proves what a night does: the chains touched since the last checkpoint and a
// thirtieth of all others (journal.Proof.Picks), and all heads, counters and cases.
func (tx *Tx) VerifyNight(left ...journal.Checkpoint) (journal.Report, error) {
	return tx.verify(journal.NewNight, left, func(proof *journal.Proof) error {
		for i, c := range proof.Anchors() {
			if err := tx.eachEnd(c.EventID, proof.Ends(i)); err != nil {
				return err
			}
		}
		return tx.eachEnd(math.MaxInt64, func(ends []exchange.JournalEvent) error {
			picks := proof.Picks(ends)
			if err := proof.Expect(picks); err != nil {
				return err
			}
			return sqltext.InLists(sqltext.AnyOf(picks), func(list []any) error {
				return tx.prove(proof, "chain IN "+sqltext.ListOf(len(list), 2)+" AND ", list...)
			})
		})
	})
}

// verify proves what prove does, and what there is beside the events.
func (tx *Tx) verify(begin func([]journal.Checkpoint, []journal.Checkpoint) *journal.Proof, left []journal.Checkpoint, prove func(*journal.Proof) error) (journal.Report, error) {
	checkpoints, e1 := tx.Checkpoints()
	proof := begin(checkpoints, left)
	proof.Stands = tx.standings
	e2 := prove(proof)
	counters, e3 := tx.values(allCounters)
	cases, e4 := tx.number("count cases", countCases)
	silent, e5 := many(tx, "cases without journal", func(from row, no *string) error { return from.Scan(no) }, silentCases)
	schema, e6 := tx.schema()
	proof.End(journal.Now{Cases: cases, Numbers: counters.Sum, Silent: silent, Schema: schema})
	return proof.Report, errors.Join(e1, e2, e3, e4, e5, e6)
}

// prove proves the events of some chains by chain and n, page by page.
func (tx *Tx) prove(proof *journal.Proof, chains string, list ...any) error {
	defer proof.EndChain()
	return pages(func(last *exchange.JournalEvent) ([]exchange.JournalEvent, error) {
		return many(tx, "journal", scanEvent, selectEvent+"WHERE "+chains+"(chain, n) > ($1, $2) ORDER BY chain, n"+sqltext.AtMost(pageSize),
			append([]any{last.Chain, int64(last.N)}, list...)...)
	}, proof.Take)
}

// Audited returns the events of names that the audit asks for, as they were stored.
func (tx *Tx) Audited(what ...journal.Audit) ([]exchange.JournalEvent, error) {
	var parts []string // each by the index, which knows no list
	for _, w := range what {
		parts = append(parts, selectEvent+"WHERE "+sqltext.Is("what", w))
	}
	return many(tx, "events of the audit", scanEvent, strings.Join(parts, " UNION ALL ")+" ORDER BY id")
}
