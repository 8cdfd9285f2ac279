// Package journal says how events are chained and checkpoints cover them, and proves
// that a journal is as it was written. It knows no rows: the store reads them.
// README.md of the store has the definitions in words.
package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"

	"carryover/exchange"
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
// file and digest, and of an event of schema 1 nothing more, else the number 2, or, of
// one that proves rows, the number 3 and their lines.
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
	switch {
	case e.Proves != "":
		number(3)
		text(e.Proves)
	case !e.Prose:
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

// Heads gathers the heads of all chains in the byte order of their
// names: for each, length and name of the chain, n, and the event's hash.
type Heads struct {
	sum    hash.Hash
	chain  string
	n      int
	hash   []byte
	last   int64 // highest ID
	chains int64
	events int64 // the sum of the chains' n
}

// NewHeads begins with the first chain.
func NewHeads() *Heads { return &Heads{sum: sha256.New()} }

// Add takes the next event in the order of chain and n; the end of a chain stands for all
// of it.
func (h *Heads) Add(e *exchange.JournalEvent) {
	if e.Chain != h.chain {
		h.close()
		h.chain = e.Chain
		h.chains++
	}
	h.n, h.hash, h.last = e.N, e.Hash, max(h.last, e.ID)
}

// Take adds ends of chains.
func (h *Heads) Take(ends []exchange.JournalEvent) error {
	for i := range ends {
		if ends[i].N > 0 { // it was there then
			h.Add(&ends[i])
		}
	}
	return nil
}

func (h *Heads) close() {
	if h.n == 0 {
		return
	}
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(len(h.chain)))
	b = append(b, h.chain...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.n))
	h.sum.Write(append(b, h.hash...))
	h.events += int64(h.n)
	h.n = 0
}

func (h *Heads) heads() []byte {
	h.close()
	return h.sum.Sum(nil)
}

// Fill covers the events added with a checkpoint, whose other fields are there, behind those
// of before.
func (h *Heads) Fill(c *Checkpoint, before []Checkpoint) {
	c.Heads = h.heads()
	c.EventID, c.Chains, c.Events = h.last, h.chains, h.events
	if len(before) > 0 {
		c.Before = before[len(before)-1].Hash
	}
	c.Hash = c.hash()
}
