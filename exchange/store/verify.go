package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/journal"
)

const checkpointColumns = "at, on_date, event_id, chains, events, cases, heads, hash"

var (
	countCases       = "SELECT count(*) FROM cases"
	insertCheckpoint = insertInto("checkpoints", checkpointColumns) + " RETURNING id"
	lastCheckpoint   = "SELECT id, " + checkpointColumns + " FROM checkpoints ORDER BY id DESC LIMIT 1"
	allCheckpoints   = "SELECT id, " + checkpointColumns + " FROM checkpoints ORDER BY id"
	silentCases      = "SELECT case_no FROM cases WHERE NOT EXISTS (SELECT 1 FROM journal WHERE chain = cases.case_no AND n = 1) ORDER BY case_no" +
		atMost(journal.MaxFaults)
)

func scanCheckpoint(r row, c *journal.Checkpoint) error {
	var at int64
	err := r.Scan(&c.ID, &at, &c.On, &c.EventID, &c.Chains, &c.Events, &c.Cases, &c.Heads, &c.Hash)
	c.At = instant(at)
	return err
}

// eachByChain calls fn for every event by chain and n, page by page.
func (tx *Tx) eachByChain(fn func(*exchange.JournalEvent) error) error {
	return pages(func(last *exchange.JournalEvent) ([]exchange.JournalEvent, error) {
		return many(tx, "journal", scanEvent, selectEvent+"WHERE (chain, n) > ($1, $2) ORDER BY chain, n"+atMost(pageSize), last.Chain, int64(last.N))
	}, singly(func(e exchange.JournalEvent) error { return fn(&e) }))
}

// WriteCheckpoint stores a checkpoint of the journal as it stands, nightly.
func (tx *Tx) WriteCheckpoint(at time.Time, on calendar.Date) (c journal.Checkpoint, err error) {
	if lock := tx.eng.LockJournal(); lock != "" {
		if _, err := tx.exec(lock); err != nil {
			return c, fmt.Errorf("checkpoint: %w", err)
		}
	}
	heads := journal.NewHeads()
	cases, err := tx.addEnds(heads)
	if err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	before, err := tx.LastCheckpoint()
	if err != nil && !errors.Is(err, ErrNotFound) {
		return c, err
	}
	c = heads.Checkpoint(before.Hash, at, on, cases)
	c.ID, err = tx.number("checkpoint", insertCheckpoint, micros(c.At), c.On.String(), c.EventID, c.Chains, c.Events, c.Cases, c.Heads, c.Hash)
	return c, err
}

// chainEnds reads the last event of the chains behind one, by an index: the journal is
// as long as the agency is old.
var chainEnds = "SELECT journal.chain, journal.n, journal.hash FROM (SELECT chain, max(n) AS n FROM journal" +
	" WHERE chain > $1 GROUP BY chain ORDER BY chain" + atMost(pageSize) + ") AS ends" +
	" JOIN journal ON journal.chain = ends.chain AND journal.n = ends.n ORDER BY journal.chain"

const covered = "SELECT count(*), COALESCE(max(id), 0), (SELECT count(*) FROM cases) FROM journal"

// addEnds gathers the ends of all chains, and returns the number of cases.
func (tx *Tx) addEnds(heads *journal.Heads) (cases int64, err error) {
	type all struct{ events, last, cases int64 }
	now, err := one(tx, "events", func(r row, a *all) error { return r.Scan(&a.events, &a.last, &a.cases) }, covered)
	if err != nil {
		return 0, err
	}
	err = pages(func(last *exchange.JournalEvent) ([]exchange.JournalEvent, error) {
		return many(tx, "ends of chains", func(r row, e *exchange.JournalEvent) error { return r.Scan(&e.Chain, &e.N, &e.Hash) }, chainEnds, last.Chain)
	}, func(page []exchange.JournalEvent) error {
		for i := range page {
			heads.AddEnd(&page[i])
		}
		return nil
	})
	heads.Cover(now.events, now.last)
	return now.cases, err
}

// LastCheckpoint returns the latest checkpoint.
func (tx *Tx) LastCheckpoint() (journal.Checkpoint, error) {
	return one(tx, "checkpoint", scanCheckpoint, lastCheckpoint)
}

// VerifyJournal proves the journal over one snapshot: every chain from its
// first event, every payload against its digest, every case against its
// chain, and all heads against the last checkpoint. progress (may be nil) is
// called now and then with the number of events seen. An error means that
// the proof could not be made; what it found stands in the report.
func (s *Store) VerifyJournal(ctx context.Context, progress func(events int64)) (r journal.Report, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		checkpoints, err := many(tx, "checkpoints", scanCheckpoint, allCheckpoints)
		if err != nil {
			return err
		}
		proof := journal.NewProof(checkpoints)
		defer func() { r = proof.Report }()
		err = tx.eachByChain(func(e *exchange.JournalEvent) error {
			proof.Event(e)
			if progress != nil && proof.Events%pageSize == 0 {
				progress(proof.Events)
			}
			return nil
		})
		if err != nil {
			return err
		}
		cases, err := tx.number("count cases", countCases)
		if err != nil {
			return err
		}
		silent, err := many(tx, "cases without journal", func(from row, no *string) error { return from.Scan(no) }, silentCases)
		if err != nil {
			return err
		}
		proof.End(cases, silent)
		return nil
	})
	if err != nil {
		return r, fmt.Errorf("verify journal: %w", err)
	}
	return r, nil
}
