// Package journal says how events are chained and checkpoints cover them, and proves
// that a journal is as it was written. It knows no rows: the store reads them.
// README.md of the store has the definitions in words.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Digest is the salted digest of an event's payload: it stays when payload and
// salt are purged, and then tells nothing about them.
func Digest(salt, payload []byte) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(payload)
	return h.Sum(nil)
}

// Hash chains an event: SHA-256 over the predecessor's hash (32 zero
// bytes for the first of a chain), then chain, n, at, date, actor, what, why,
// file and digest, and of an event of schema 1 nothing more, else the number 2.
// Numbers are 8 bytes big-endian (at in microseconds, the date as yyyymmdd);
// texts and the digest are preceded by their length as such a number. Why is the
// content of a phrase, or of schema 1 the prose as it stood.
func Hash(e *exchange.JournalEvent) []byte {
	b := make([]byte, 0, 512)
	if len(e.Prev) == 0 {
		b = append(b, make([]byte, sha256.Size)...)
	} else {
		b = append(b, e.Prev...)
	}
	text := func(s string) {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text(e.Chain)
	number(int64(e.N))
	number(micros(e.At))
	number(int64(e.On))
	text(e.Actor)
	text(e.What)
	text(e.WhyText())
	number(e.FileID)
	number(int64(len(e.Digest)))
	b = append(b, e.Digest...)
	if !e.Prose {
		number(2)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// micros is an instant as it is hashed and stored; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

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
	Heads   []byte // SHA-256 over all heads, see Heads
	Hash    []byte // SHA-256 over the checkpoint before and this one's fields
}

// hashBehind chains checkpoints like events: the predecessor's hash (32
// zero bytes for the first), then at, date, last event, chains, events,
// cases as 8 bytes big-endian each, then the heads.
func (c *Checkpoint) hashBehind(prev []byte) []byte {
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

// Heads gathers the heads of all chains in the byte order of their
// names: for each, length and name of the chain, n, and the event's hash.
type Heads struct {
	sum    hash.Hash
	chain  string
	n      int
	hash   []byte
	last   int64 // highest ID
	chains int64
	events int64
}

// NewHeads begins with the first chain.
func NewHeads() *Heads { return &Heads{sum: sha256.New()} }

// Add takes the next event in the order of chain and n.
func (h *Heads) Add(e *exchange.JournalEvent) {
	if e.Chain != h.chain {
		h.close()
		h.chain = e.Chain
		h.chains++
	}
	h.n, h.hash, h.last = e.N, e.Hash, max(h.last, e.ID)
	h.events++
}

// AddEnd takes the end of the next chain in the order of names, in place of all its
// events.
func (h *Heads) AddEnd(e *exchange.JournalEvent) {
	h.close()
	h.chain, h.n, h.hash = e.Chain, e.N, e.Hash
	h.chains++
}

// Cover says how many events there are, and the ID of the last, where ends were added.
func (h *Heads) Cover(events, last int64) { h.events, h.last = events, last }

func (h *Heads) close() {
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

func (h *Heads) heads() []byte {
	h.close()
	return h.sum.Sum(nil)
}

// Checkpoint covers the events added, behind the hash of the checkpoint before (nil
// for the first). It has no ID yet.
func (h *Heads) Checkpoint(before []byte, at time.Time, on calendar.Date, cases int64) Checkpoint {
	c := Checkpoint{At: at, On: on, EventID: h.last, Chains: h.chains, Events: h.events, Cases: cases, Heads: h.heads()}
	c.Hash = c.hashBehind(before)
	return c
}
