package journal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store/journal"
)

// TestHash pins the definition of the store's README, computed here by hand: of an
// event now, and of one of schema 1.
func TestHash(t *testing.T) {
	e := exchange.JournalEvent{
		Chain: "T1", N: 2, At: time.Date(2026, 3, 2, 8, 0, 0, 1000, time.UTC), On: 20260302, Actor: "310100", What: "held", Why: code.Text("因为"), FileID: 7,
		Digest: bytes.Repeat([]byte{0xdd}, 32), Prev: bytes.Repeat([]byte{0xee}, 32),
	}
	number := func(n int64) string { return fmt.Sprintf("%016x", n) }
	text := func(s string) string { return number(int64(len(s))) + hex.EncodeToString([]byte(s)) }
	for prose, ends := range map[bool][2]string{false: {`["text","因为"]`, number(2)}, true: {"因为", ""}} {
		e.Prose, e.Stored = prose, ends[0]
		b, err := hex.DecodeString(strings.Repeat("ee", 32) + text("T1") + number(2) + number(1772438400000001) + number(20260302) +
			text("310100") + text("held") + text(ends[0]) + number(7) + number(32) + strings.Repeat("dd", 32) + ends[1])
		if err != nil {
			t.Fatal(err)
		}
		want := sha256.Sum256(b)
		if got := journal.Hash(&e); !bytes.Equal(got, want[:]) {
			t.Errorf("prose %v: got %x, want %x", prose, got, want)
		}
	}
}
