package store

import (
	"crypto/rand"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store/journal"
	"carryover/exchange/store/pending"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

const journalColumns = "chain, n, at, on_date, actor, what, why, file_id, payload, salt, digest, hash, coded, proves"

var (
	insertEvent = pending.RowInto("journal", journalColumns, "")
	selectEvent = "SELECT id, " + journalColumns + " FROM journal "
	// selectHeads finds the last event of each chain, around rows of one value.
	selectHeads = [2]string{"SELECT chain, n, hash FROM (VALUES ", ") AS chains JOIN heads ON chain = column1"}
	insertHead  = pending.RowInto("heads", "chain, n, hash", " ON CONFLICT (chain) DO UPDATE SET n = excluded.n, hash = excluded.hash")
)

// saltSize is enough that a digest says nothing about a payload that is gone.
const saltSize = 16

// head is the last event of a chain; n is 0 for an empty chain.
type head struct {
	n    int
	hash []byte
}

// keptHeads bounds the ends of chains that a transaction remembers.
const keptHeads = 1024

func (tx *Tx) remember(chain string, h head) {
	if tx.heads == nil {
		tx.heads = make(map[string]head)
	}
	tx.heads[chain] = h
}

// findHeads finds the ends of chains, with the right to append to them.
func (tx *Tx) findHeads(chains []string) error {
	if err := tx.lockChains(chains); err != nil {
		return err
	}
	for _, chain := range chains {
		tx.remember(chain, head{})
	}
	return sqltext.InLists(sqltext.AnyOf(chains), func(list []any) error {
		return tx.each(func(r row) error {
			var chain string
			var h head
			err := r.Scan(&chain, &h.n, &h.hash)
			tx.heads[chain] = h
			return err
		}, selectHeads[0]+sqltext.RowsOf(len(list), 0)+selectHeads[1], list...)
	})
}

// joinJournal makes checkpoints of others wait until the transaction ends: before the end
// of any chain is read, and before an entry of the ledger is numbered.
func (tx *Tx) joinJournal() error {
	join := tx.eng.JoinJournal()
	if join == "" || tx.joined {
		return nil
	}
	_, err := tx.exec(join)
	tx.joined = err == nil
	return err
}

// lockedChains is how many chains a transaction locks one by one. Each costs the
// server a place in a table that all transactions share: who appends to more
// keeps all others from appending.
const lockedChains = 1000

// lockChains takes the right to append to chains until the transaction ends.
func (tx *Tx) lockChains(chains []string) error {
	before, behind := tx.eng.LockChains()
	if before == "" || tx.locked > lockedChains {
		return nil
	}
	if err := tx.joinJournal(); err != nil {
		return err
	}
	if tx.locked += len(chains); tx.locked > lockedChains {
		_, err := tx.exec(tx.eng.LockJournal())
		return err
	}
	return sqltext.InLists(sqltext.AnyOf(chains), func(list []any) error {
		return tx.each(func(row) error { return nil }, before+sqltext.RowsOf(len(list), 0)+behind, list...)
	})
}

// Journal appends an event to its chain. The caller gives Chain, At, On,
// Actor, What, Why, FileID and Payload; the store numbers, salts and hashes.
func (tx *Tx) Journal(e exchange.JournalEvent) error {
	e.Payload = append([]byte{}, e.Payload...)
	return tx.wait(unsent{Write: pending.Write{What: "journal of " + e.Chain, Insert: insertEvent}, event: &e})
}

// numberEvents makes rows of the events among writes, each behind the last of its
// chain, and keeps where the chains end.
func (tx *Tx) numberEvents(writes []*unsent) ([]*unsent, error) {
	if len(tx.heads) > keptHeads {
		clear(tx.heads)
	}
	var chains []string
	asked := map[string]bool{}
	for _, w := range writes {
		if e := w.event; e != nil && !asked[e.Chain] {
			asked[e.Chain] = true
			if _, known := tx.heads[e.Chain]; !known {
				chains = append(chains, e.Chain)
			}
		}
	}
	if len(chains) > 0 {
		if err := tx.findHeads(chains); err != nil {
			return nil, fmt.Errorf("ends of chains: %w", err)
		}
	}
	var ends []string
	for _, w := range writes {
		e := w.event
		if e == nil {
			continue
		}
		last := tx.heads[e.Chain]
		e.Salt = make([]byte, saltSize)
		rand.Read(e.Salt)
		e.N, e.Prev, e.Prose, e.Stored = last.n+1, last.hash, false, ""
		e.Digest = journal.Digest(e.Salt, e.Payload)
		e.Hash = journal.Hash(e)
		tx.heads[e.Chain] = head{e.N, e.Hash}
		w.Args = []any{
			e.Chain, int64(e.N), shape.Micros(e.At), e.On.String(), e.Actor, e.What, e.WhyText(), e.FileID, e.Payload, e.Salt, e.Digest, e.Hash, int64(1), e.Proves,
		}
		if asked[e.Chain] {
			asked[e.Chain] = false
			ends = append(ends, e.Chain)
		}
	}
	for _, chain := range ends {
		h := tx.heads[chain]
		writes = append(writes, &unsent{Write: pending.Write{What: "end of " + chain, Insert: insertHead, Args: []any{chain, int64(h.n), h.hash}}})
	}
	return writes, nil
}

func scanEvent(r row, e *exchange.JournalEvent) error {
	var at, coded int64
	err := r.Scan(&e.ID, &e.Chain, &e.N, &at, &e.On, &e.Actor, &e.What, &e.Stored, &e.FileID, &e.Payload, &e.Salt, &e.Digest, &e.Hash, &coded, &e.Proves)
	if err != nil {
		return err
	}
	e.At, e.Prose = shape.Instant(at), coded == 0
	if e.Why, err = code.ParsePhrase(e.Stored); e.Prose || err != nil { // what somebody has changed is for the proof to find
		e.Why = code.Text(e.Stored)
	}
	return nil
}

// JournalOf returns the events of a chain in order: what happened to a case.
func (tx *Tx) JournalOf(chain string) ([]exchange.JournalEvent, error) {
	events, err := many(tx, "journal of "+chain, scanEvent, selectEvent+"WHERE chain = $1 ORDER BY n", chain)
	for i := 1; i < len(events); i++ {
		events[i].Prev = events[i-1].Hash
	}
	return events, err
}

// EachEvent calls fn for every event, in the order in which they were stored,
// page by page. Prev is not filled.
func (tx *Tx) EachEvent(fn func(exchange.JournalEvent) error) error {
	return pages(func(last *exchange.JournalEvent) ([]exchange.JournalEvent, error) {
		return many(tx, "journal", scanEvent, selectEvent+"WHERE id > $1 ORDER BY id"+sqltext.AtMost(pageSize), last.ID)
	}, singly(fn))
}

// PurgePayload removes what an event said, with its salt, and keeps its
// digest, so that the chain still holds. Who purges journals it.
func (tx *Tx) PurgePayload(chain string, n int) error {
	return tx.change("journal of "+chain, "UPDATE journal SET payload = NULL, salt = NULL WHERE chain = $1 AND n = $2 AND payload IS NOT NULL", chain, int64(n))
}

// LastOf returns the latest event of a name in a chain; none: ErrNotFound.
func (tx *Tx) LastOf(chain, what string) (exchange.JournalEvent, error) {
	return one(tx, what+" in "+chain, scanEvent, selectEvent+"WHERE chain = $1 AND what = $2 ORDER BY n DESC LIMIT 1", chain, what)
}

// LastEvent returns the event that was stored last; none: ErrNotFound.
func (tx *Tx) LastEvent() (exchange.JournalEvent, error) {
	return one(tx, "last event", scanEvent, selectEvent+"ORDER BY id DESC LIMIT 1")
}

// Event returns an event by its ID.
func (tx *Tx) Event(id int64) (exchange.JournalEvent, error) {
	return one(tx, fmt.Sprintf("event %d", id), scanEvent, selectEvent+"WHERE id = $1", id)
}
