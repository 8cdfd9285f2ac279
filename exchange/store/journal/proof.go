package journal

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

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
	N     int    // event of the chain (0: none, but its rows or all of it), or the checkpoint's ID
	What  string
}

// Where is the place of a fault in words.
func (f Fault) Where() string {
	switch {
	case f.Chain == "": // over all chains
		return fmt.Sprintf("checkpoint %d", f.N)
	case f.N == 0: // its rows, or all of it
		return f.Chain
	}
	return fmt.Sprintf("%s event %d", f.Chain, f.N)
}

// MaxFaults is how many faults a report lists.
const MaxFaults = 1000

func (r *Report) fault(chain string, n int, what string) {
	r.FaultsTotal++
	if len(r.Faults) < MaxFaults {
		r.Faults = append(r.Faults, Fault{chain, n, what})
	}
}

// Proof proves a journal: NewProof takes its checkpoints, then Take every event by
// chain and n, EndChain once there is no more, then End the rest. What it has found stands in the
// Report.
type Proof struct {
	Report
	Progress func(events int64) // told how many were seen; may be nil
	// Stands reads what chains answer for, as it is now.
	Stands func(chains []string) (map[string]Standing, error)

	anchors []anchor
	picks   bool  // not every event comes: ends of chains are added to the anchors one by one
	turn    int64 // number of the last checkpoint; 0: there is none
	last    exchange.JournalEvent
	written Rows                // by the events of the chain so far
	stands  map[string]Standing // of the chains that are under way
	rows    int64
}

// Standing is what a chain answers for.
type Standing struct {
	Rows Rows // of the tables that money depends on
	N    int  // its last event, as it was kept; 0: nothing was
	Hash []byte
}

// anchor is a checkpoint that everything is held against.
type anchor struct {
	Checkpoint
	heads *Heads // of what it covers, as it is now
	other string // of one that has left: what is here in its place; "" when it is itself
}

// NewProof checks the chain of all checkpoints, which come in their order. Everything is
// held against the last, and against those that have left the store.
func NewProof(checkpoints []Checkpoint, left []Checkpoint) *Proof {
	p := &Proof{Report: Report{Checkpoints: int64(len(checkpoints))}}
	var last Checkpoint
	byID := map[int64]Checkpoint{}
	for _, c := range checkpoints {
		if c.Before = last.Hash; !bytes.Equal(c.hash(), c.Hash) {
			p.fault("", int(c.ID), "the checkpoint is not the one that was written")
		}
		last, byID[c.ID] = c, c
	}
	if p.turn = last.ID; last.ID != 0 {
		p.anchors = append(p.anchors, anchor{last, NewHeads(), ""})
	}
	for _, c := range left {
		other := ""
		if here, ok := byID[c.ID]; !ok {
			other = "the checkpoint has left, and is not here any more"
		} else if !bytes.Equal(here.Hash, c.Hash) {
			other = "the checkpoint that has left is not the one that is here"
		} else if c.ID == last.ID {
			continue
		}
		p.anchors = append(p.anchors, anchor{c, NewHeads(), other})
	}
	return p
}

// NewNight is NewProof for a night: it proves the chains that Picks names, and holds the
// ends of all chains, added by Ends, against the checkpoints.
func NewNight(checkpoints []Checkpoint, left []Checkpoint) *Proof {
	p := NewProof(checkpoints, left)
	p.picks = true
	return p
}

// Anchors are the checkpoints that everything is held against.
func (p *Proof) Anchors() (list []Checkpoint) {
	for _, a := range p.anchors {
		list = append(list, a.Checkpoint)
	}
	return list
}

// Ends takes the ends of chains as they were when a checkpoint of Anchors was made, in the
// order of their names; a chain that was not there then has an end of 0.
func (p *Proof) Ends(of int) func([]exchange.JournalEvent) error { return p.anchors[of].heads.Take }

// nights is in how many nights every chain is proven once, touched or not.
const nights = 30

// Picks names the chains that are proven tonight, of chains with their ends as they are now:
// the agency's, those touched since the last checkpoint, and those whose turn it is.
func (p *Proof) Picks(ends []exchange.JournalEvent) (chains []string) {
	for _, e := range ends {
		h := fnv.New32a()
		h.Write([]byte(e.Chain))
		if p.turn == 0 || e.Chain == exchange.AgencyChain || e.ID > p.anchors[0].EventID || int64(h.Sum32()%nights) == p.turn%nights {
			chains = append(chains, e.Chain)
		}
	}
	return chains
}

// Take checks events.
func (p *Proof) Take(events []exchange.JournalEvent) error {
	var chains []string
	for i := range events {
		if c := events[i].Chain; len(chains) == 0 || chains[len(chains)-1] != c {
			chains = append(chains, c)
		}
	}
	if err := p.Expect(chains); err != nil {
		return err
	}
	for i := range events {
		if events[i].Chain != p.last.Chain {
			p.EndChain()
		}
		p.event(&events[i])
	}
	if p.Progress != nil {
		p.Progress(p.Events)
	}
	return nil
}

// event checks an event against the one before it and its payload against its digest.
// It fills Prev.
func (p *Proof) event(e *exchange.JournalEvent) {
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
	for _, a := range p.anchors {
		if !p.picks && e.ID <= a.EventID {
			a.heads.Add(e)
		}
	}
	if p.written == nil {
		p.written = Rows{}
	}
	for _, what := range p.written.Take(e.Proves) {
		p.fault(e.Chain, e.N, what)
	}
	p.last = *e
}

// Expect reads what chains answer for whose events are to come, all at once.
func (p *Proof) Expect(chains []string) error {
	unknown := slices.DeleteFunc(slices.Clone(chains), func(c string) bool { _, known := p.stands[c]; return known })
	if len(unknown) == 0 {
		return nil
	}
	stands, err := p.Stands(unknown)
	if err != nil {
		return err
	}
	maps.Copy(stands, p.stands) // of the chain that goes on
	p.stands = stands
	return nil
}

// EndChain compares what the events of the last chain have written, and its end, to what stands.
func (p *Proof) EndChain() {
	if p.last.N == 0 {
		return
	}
	chain, n, now := p.last.Chain, p.last.N, p.stands[p.last.Chain]
	for _, what := range p.written.Differ(now.Rows) {
		p.fault(chain, 0, what)
	}
	switch {
	case now.N > n:
		p.fault(chain, n, fmt.Sprintf("the chain ends at event %d, and had %d: events were removed from its end", n, now.N))
	case now.N != n || !bytes.Equal(p.last.Hash, now.Hash):
		p.fault(chain, n, "the end of the chain is not the one that was written")
	}
	p.rows += int64(len(now.Rows))
	p.written, p.last = nil, exchange.JournalEvent{}
	delete(p.stands, chain)
}

// Now is what of the store as it is now is held against checkpoints.
type Now struct {
	Cases   int64
	Numbers int64    // the sum of all counters
	Silent  []string // cases that no event tells of, at most MaxFaults
	Schema  string
}

// End checks all heads, how many cases there are and how many numbers were issued against
// the checkpoints.
func (p *Proof) End(now Now) {
	p.Cases = now.Cases
	for _, a := range p.anchors {
		if what := a.differs(now); len(what) > 0 {
			p.fault("", int(a.ID), strings.Join(what, "; "))
		}
	}
	for _, no := range now.Silent {
		p.fault(no, 0, "the case has no journal")
	}
}

// Count compares how many rows money depends on, and of how many chains the end is kept, to those
// of all chains.
func (p *Proof) Count(rows, heads int64) {
	if rows != p.rows {
		p.fault("", int(p.turn), fmt.Sprintf("%d rows that money depends on belong to no chain of the journal", rows-p.rows))
	}
	if heads > p.Chains {
		p.fault("", int(p.turn), fmt.Sprintf("%d chains of the journal are gone", heads-p.Chains))
	}
}

// differs is what of the store is not what a checkpoint covers.
func (a anchor) differs(now Now) (what []string) {
	if a.other != "" {
		what = append(what, a.other)
	}
	if heads := a.heads.heads(); !bytes.Equal(heads, a.Heads) || a.heads.chains != a.Chains || a.heads.events != a.Events {
		what = append(what, "the journal is not the one that the checkpoint covers: events were removed or replaced")
	}
	if now.Cases < a.Cases {
		what = append(what, fmt.Sprintf("fewer cases are there than the %d that the checkpoint counts", a.Cases))
	}
	if changed(a.Schema, now.Schema) {
		what = append(what, "the tables are not those that the checkpoint covers: a trigger, a constraint or a column was changed")
	}
	if now.Numbers < a.Numbers {
		what = append(what, fmt.Sprintf("fewer numbers count as issued than the %d of the checkpoint: some would be issued again", a.Numbers))
	}
	return what
}

// Balances checks the balances of what a checkpoint covers of the ledger, as the postings give
// them now, against it.
func (p *Proof) Balances(c Checkpoint, balances []byte) {
	if c.Balances != nil && !bytes.Equal(balances, c.Balances) {
		p.fault("", int(c.ID), "the ledger is not the one that the checkpoint covers: entries were removed or replaced")
	}
}
