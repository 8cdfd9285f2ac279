package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Checkpoint is the state of the whole journal at one moment: all heads in
// one hash, and the number of cases.
type Checkpoint struct {
	ID      int64
	At      time.Time
	On      calendar.Date
	EventID int64  // the last event covered
	Chains  int64  // chains with at least one event
	Events  int64  // events covered
	Cases   int64  // cases in the store
	Heads   []byte // SHA-256 over all heads, see headsHash
	Hash    []byte // SHA-256 over the checkpoint before and this one's fields
}

const checkpointColumns = "at, on_date, event_id, chains, events, cases, heads, hash"

var (
	insertCheckpoint = insertInto("checkpoints", checkpointColumns) + " RETURNING id"
	lastCheckpoint   = "SELECT id, " + checkpointColumns + " FROM checkpoints ORDER BY id DESC LIMIT 1"
	allCheckpoints   = "SELECT id, " + checkpointColumns + " FROM checkpoints ORDER BY id"
)

func scanCheckpoint(r row, c *Checkpoint) error {
	var at int64
	err := r.Scan(&c.ID, &at, &c.On, &c.EventID, &c.Chains, &c.Events, &c.Cases, &c.Heads, &c.Hash)
	c.At = instant(at)
	return err
}

// checkpointHash chains checkpoints like events: the predecessor's hash (32
// zero bytes for the first), then at, date, last event, chains, events,
// cases as 8 bytes big-endian each, then the heads.
func checkpointHash(prev []byte, c *Checkpoint) []byte {
	if len(prev) == 0 {
		prev = make([]byte, sha256.Size)
	}
	b := bytes.Clone(prev)
	for _, n := range []int64{micros(c.At), int64(c.On), c.EventID, c.Chains, c.Events, c.Cases} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	b = append(b, c.Heads...)
	sum := sha256.Sum256(b)
	return sum[:]
}

// headsHash gathers the heads of all chains in the byte order of their
// names: for each, length and name of the chain, n, and the event's hash.
type headsHash struct {
	sum    hash.Hash
	chain  string
	n      int
	hash   []byte
	chains int64
	events int64
}

func newHeadsHash() *headsHash { return &headsHash{sum: sha256.New()} }

// add takes the next event in the order of chain and n.
func (h *headsHash) add(e *exchange.JournalEvent) {
	if e.Chain != h.chain {
		h.close()
		h.chain = e.Chain
		h.chains++
	}
	h.n, h.hash = e.N, e.Hash
	h.events++
}

func (h *headsHash) close() {
	if h.n == 0 {
		return
	}
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(len(h.chain)))
	b = append(b, h.chain...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.n))
	h.sum.Write(append(b, h.hash...))
	h.n = 0
}

func (h *headsHash) heads() []byte {
	h.close()
	return h.sum.Sum(nil)
}

// eachByChain calls fn for every event by chain and n, page by page.
func (tx *Tx) eachByChain(fn func(*exchange.JournalEvent) error) error {
	return pages(func(last *exchange.JournalEvent) ([]exchange.JournalEvent, error) {
		if last == nil {
			last = &exchange.JournalEvent{}
		}
		return many(tx, "journal", scanEvent, selectEvent+"WHERE (chain, n) > ($1, $2) ORDER BY chain, n"+atMost(pageSize), last.Chain, int64(last.N))
	}, singly(func(e exchange.JournalEvent) error { return fn(&e) }))
}

// WriteCheckpoint stores a checkpoint of the journal as it stands, nightly.
func (tx *Tx) WriteCheckpoint(at time.Time, on calendar.Date) (Checkpoint, error) {
	c := Checkpoint{At: at, On: on}
	if lock := tx.eng.LockJournal(); lock != "" {
		if _, err := tx.exec(lock); err != nil {
			return c, fmt.Errorf("checkpoint: %w", err)
		}
	}
	heads := newHeadsHash()
	err := tx.eachByChain(func(e *exchange.JournalEvent) error {
		heads.add(e)
		c.EventID = max(c.EventID, e.ID)
		return nil
	})
	if err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	if c.Cases, err = tx.number("count cases", "SELECT count(*) FROM cases"); err != nil {
		return c, err
	}
	c.Heads, c.Chains, c.Events = heads.heads(), heads.chains, heads.events
	before, err := tx.LastCheckpoint()
	if err != nil && !errors.Is(err, ErrNotFound) {
		return c, err
	}
	c.Hash = checkpointHash(before.Hash, &c)
	c.ID, err = tx.number("checkpoint", insertCheckpoint, micros(c.At), c.On.String(), c.EventID, c.Chains, c.Events, c.Cases, c.Heads, c.Hash)
	return c, err
}

// LastCheckpoint returns the latest checkpoint.
func (tx *Tx) LastCheckpoint() (Checkpoint, error) {
	return one(tx, "checkpoint", scanCheckpoint, lastCheckpoint)
}

// JournalReport is what a proof of the journal found.
type JournalReport struct {
	Chains      int64
	Events      int64
	Purged      int64 // events whose payload was removed
	Cases       int64
	Checkpoints int64
	Faults      []JournalFault // the first 1000
	FaultsTotal int
}

// OK reports whether the journal is as it was written.
func (r JournalReport) OK() bool { return r.FaultsTotal == 0 }

// JournalFault is a place at which the journal is not as it was written.
type JournalFault struct {
	Chain string // "" for a checkpoint
	N     int    // event of the chain, or the checkpoint's ID
	What  string
}

const maxFaults = 1000

func (r *JournalReport) fault(chain string, n int, what string) {
	r.FaultsTotal++
	if len(r.Faults) < maxFaults {
		r.Faults = append(r.Faults, JournalFault{chain, n, what})
	}
}

// VerifyJournal proves the journal over one snapshot: every chain from its
// first event, every payload against its digest, every case against its
// chain, and all heads against the last checkpoint. progress (may be nil) is
// called now and then with the number of events seen. An error means that
// the proof could not be made; what it found stands in the report.
func (s *Store) VerifyJournal(ctx context.Context, progress func(events int64)) (r JournalReport, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		covered, err := tx.verifyCheckpoints(&r)
		if err != nil {
			return err
		}
		heads := newHeadsHash()
		var last exchange.JournalEvent
		err = tx.eachByChain(func(e *exchange.JournalEvent) error {
			r.event(&last, e)
			if e.ID <= covered.EventID {
				heads.add(e)
			}
			last = *e
			if progress != nil && r.Events%pageSize == 0 {
				progress(r.Events)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if covered.ID != 0 && (!bytes.Equal(heads.heads(), covered.Heads) || heads.chains != covered.Chains || heads.events != covered.Events) {
			r.fault("", int(covered.ID), "the journal is not the one that the checkpoint covers: events were removed or replaced")
		}
		return tx.verifyCases(&r, covered)
	})
	if err != nil {
		return r, fmt.Errorf("verify journal: %w", err)
	}
	return r, nil
}

// event checks one event against the one before it in the order of chain and n.
func (r *JournalReport) event(last, e *exchange.JournalEvent) {
	r.Events++
	want := 1
	if e.Chain == last.Chain {
		want = last.N + 1
		e.Prev = last.Hash
	} else {
		r.Chains++
	}
	if e.N != want {
		r.fault(e.Chain, e.N, fmt.Sprintf("event %d is missing", want))
	}
	if e.Salt == nil {
		r.Purged++
	} else if !bytes.Equal(eventDigest(e.Salt, e.Payload), e.Digest) {
		r.fault(e.Chain, e.N, "the payload is not the one that was written")
	}
	if e.N == want && !bytes.Equal(eventHash(e), e.Hash) {
		r.fault(e.Chain, e.N, "the event is not the one that was written")
	}
}

// verifyCheckpoints checks the chain of checkpoints and returns the last one.
func (tx *Tx) verifyCheckpoints(r *JournalReport) (last Checkpoint, err error) {
	all, err := many(tx, "checkpoints", scanCheckpoint, allCheckpoints)
	for i := range all {
		if !bytes.Equal(checkpointHash(last.Hash, &all[i]), all[i].Hash) {
			r.fault("", int(all[i].ID), "the checkpoint is not the one that was written")
		}
		last = all[i]
	}
	r.Checkpoints = int64(len(all))
	return last, err
}

// verifyCases looks for cases that no event tells of, or that are gone.
func (tx *Tx) verifyCases(r *JournalReport, covered Checkpoint) (err error) {
	if r.Cases, err = tx.number("count cases", "SELECT count(*) FROM cases"); err != nil {
		return err
	}
	if r.Cases < covered.Cases {
		r.fault("", int(covered.ID), fmt.Sprintf("%d cases are there, the checkpoint counts %d", r.Cases, covered.Cases))
	}
	silent, err := many(tx, "cases without journal", func(from row, no *string) error { return from.Scan(no) },
		"SELECT case_no FROM cases WHERE NOT EXISTS (SELECT 1 FROM journal WHERE chain = cases.case_no AND n = 1) ORDER BY case_no"+atMost(maxFaults))
	for _, no := range silent {
		r.fault(no, 0, "the case has no journal")
	}
	return err
}
