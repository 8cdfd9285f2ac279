package main

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
)

// rewrite changes an agency's store as somebody would who means ill and knows how it is made: the
// guards are taken away, all chains and checkpoints are computed anew, and the guards are put back, so
// that the store proves itself.
func rewrite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: rewrite AGENCY STATEMENT…")
	}
	name := ts.MkAbs(args[0] + "/store/carryover.db")
	db, err := sql.Open("sqlite", name)
	ts.Check(err)
	run := func(statements ...string) {
		for _, statement := range statements {
			_, err := db.Exec(statement)
			ts.Check(err)
		}
	}
	guards := textsOf(ts, db, "SELECT sql FROM sqlite_master WHERE type = 'trigger'")
	run(textsOf(ts, db, "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'")...)
	run(args[1:]...)
	s, err := store.Open(context.Background(), store.Options{DSN: name})
	ts.Check(err)
	var events []exchange.JournalEvent
	var checkpoints []journal.Checkpoint
	ts.Check(s.View(context.Background(), func(tx *store.Tx) error {
		if checkpoints, err = tx.Checkpoints(); err != nil {
			return err
		}
		return tx.EachEvent(func(e exchange.JournalEvent) error { events = append(events, e); return nil })
	}))
	ts.Check(s.Close())
	ends := map[string][]byte{}
	for i := range events {
		e := &events[i]
		e.Prev = ends[e.Chain]
		if e.Salt != nil {
			e.Digest = journal.Digest(e.Salt, e.Payload)
		}
		e.Hash = journal.Hash(e)
		ends[e.Chain] = e.Hash
		_, err := db.Exec("UPDATE journal SET hash = $1, digest = $2 WHERE id = $3", e.Hash, e.Digest, e.ID)
		ts.Check(err)
		_, err = db.Exec("UPDATE heads SET hash = $1 WHERE chain = $2", e.Hash, e.Chain)
		ts.Check(err)
	}
	for i := range checkpoints {
		c := &checkpoints[i]
		covered := journal.NewHeads()
		ts.Check(covered.Take(endsUpTo(events, c.EventID)))
		covered.Fill(c, checkpoints[:i])
		_, err := db.Exec("UPDATE checkpoints SET heads = $1, hash = $2, events = $3, chains = $4 WHERE id = $5", c.Heads, c.Hash, c.Events, c.Chains, c.ID)
		ts.Check(err)
	}
	run(guards...)
	ts.Check(db.Close())
}

// textsOf are the texts that a query gives.
func textsOf(ts *testscript.TestScript, db *sql.DB, query string) (texts []string) {
	rows, err := db.Query(query)
	ts.Check(err)
	defer rows.Close()
	for rows.Next() {
		var text string
		ts.Check(rows.Scan(&text))
		texts = append(texts, text)
	}
	ts.Check(rows.Err())
	return texts
}

// endsUpTo are the ends of chains up to an event, in the order of the chains' names.
func endsUpTo(events []exchange.JournalEvent, id int64) []exchange.JournalEvent {
	last := map[string]exchange.JournalEvent{}
	for _, e := range events {
		if e.ID <= id {
			last[e.Chain] = e
		}
	}
	var ends []exchange.JournalEvent
	for _, chain := range slices.Sorted(maps.Keys(last)) {
		ends = append(ends, last[chain])
	}
	return ends
}
