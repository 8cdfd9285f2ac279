package batch

import (
	"hash/maphash"
	"math/bits"
)

// seen is a set of keys, each kept as 128 bits of keyed hashes. It takes at
// most 24 bytes per key: the table is cut into shards that grow one at a
// time, by a quarter, when they are nine tenths full.
type seen struct {
	low, high maphash.Seed
	shards    [seenShards]shard
}

const seenShards = 256

type shard struct {
	slots [][2]uint64 // {0, 0}: empty
	used  int
}

func newSeen() *seen { return &seen{low: maphash.MakeSeed(), high: maphash.MakeSeed()} }

// add puts a key in and reports whether it was new.
func (s *seen) add(key []byte) bool {
	k := [2]uint64{maphash.Bytes(s.low, key), maphash.Bytes(s.high, key) | 1}
	return s.shards[k[1]>>56].add(k)
}

func (s *shard) add(k [2]uint64) bool {
	if (s.used+1)*10 > len(s.slots)*9 {
		s.grow()
	}
	i, found := s.find(k)
	if found {
		return false
	}
	s.slots[i] = k
	s.used++
	return true
}

// find is the slot of a key, or the empty one where it belongs.
func (s *shard) find(k [2]uint64) (int, bool) {
	high, _ := bits.Mul64(k[0], uint64(len(s.slots)))
	for i := int(high); ; i++ {
		if i == len(s.slots) {
			i = 0
		}
		if s.slots[i] == k {
			return i, true
		}
		if s.slots[i] == [2]uint64{} {
			return i, false
		}
	}
}

func (s *shard) grow() {
	old := s.slots
	s.slots = make([][2]uint64, len(old)+len(old)/4+16)
	for _, k := range old {
		if k != [2]uint64{} {
			i, _ := s.find(k)
			s.slots[i] = k
		}
	}
}
