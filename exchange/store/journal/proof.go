package journal

import (
	"bytes"
	"fmt"

	"carryover/exchange"
)

// Report is what a proof of the journal found.
type Report struct {
	Chains      int64
	Events      int64
	Purged      int64 // events whose payload was removed
	Cases       int64
	Checkpoints int64
	Faults      []Fault // the first 1000
	FaultsTotal int
}

// OK reports whether the journal is as it was written.
func (r *Report) OK() bool { return r.FaultsTotal == 0 }

// Fault is a place at which the journal is not as it was written.
type Fault struct {
	Chain string // "" for a checkpoint
	N     int    // event of the chain, or the checkpoint's ID
	What  string
}

// MaxFaults is how many faults a report lists.
const MaxFaults = 1000

func (r *Report) fault(chain string, n int, what string) {
	r.FaultsTotal++
	if len(r.Faults) < MaxFaults {
		r.Faults = append(r.Faults, Fault{chain, n, what})
	}
}

// Proof proves a journal: NewProof takes its checkpoints, then Event every event by
// chain and n, then End the cases. What it has found stands in the Report.
type Proof struct {
	Report
	covered Checkpoint // the last one
	heads   *Heads     // of the events that it covers
	last    exchange.JournalEvent
}

// NewProof checks the chain of all checkpoints, which come in their order.
func NewProof(checkpoints []Checkpoint) *Proof {
	p := &Proof{heads: NewHeads()}
	for i := range checkpoints {
		c := &checkpoints[i]
		if !bytes.Equal(c.hashBehind(p.covered.Hash), c.Hash) {
			p.fault("", int(c.ID), "the checkpoint is not the one that was written")
		}
		p.covered = *c
	}
	p.Checkpoints = int64(len(checkpoints))
	return p
}

// Event checks an event against the one before it and its payload against its digest.
// It fills Prev.
func (p *Proof) Event(e *exchange.JournalEvent) {
	p.Events++
	want := 1
	if e.Chain == p.last.Chain {
		want = p.last.N + 1
		e.Prev = p.last.Hash
	} else {
		p.Chains++
	}
	if e.N != want {
		p.fault(e.Chain, e.N, fmt.Sprintf("event %d is missing", want))
	}
	if e.Salt == nil {
		p.Purged++
	} else if !bytes.Equal(Digest(e.Salt, e.Payload), e.Digest) {
		p.fault(e.Chain, e.N, "the payload is not the one that was written")
	}
	if e.N == want && !bytes.Equal(Hash(e), e.Hash) {
		p.fault(e.Chain, e.N, "the event is not the one that was written")
	}
	if e.ID <= p.covered.EventID {
		p.heads.Add(e)
	}
	p.last = *e
}

// End checks all heads, and how many cases there are, against the last checkpoint.
// silent are the cases that no event tells of, at most MaxFaults.
func (p *Proof) End(cases int64, silent []string) {
	c, heads := &p.covered, p.heads.heads()
	if c.ID != 0 && (!bytes.Equal(heads, c.Heads) || p.heads.chains != c.Chains || p.heads.events != c.Events) {
		p.fault("", int(c.ID), "the journal is not the one that the checkpoint covers: events were removed or replaced")
	}
	p.Cases = cases
	if cases < c.Cases {
		p.fault("", int(c.ID), fmt.Sprintf("%d cases are there, the checkpoint counts %d", cases, c.Cases))
	}
	for _, no := range silent {
		p.fault(no, 0, "the case has no journal")
	}
}
