package story

import (
	"testing"

	"carryover/exchange"
)

// TestEntryStatesHaveWords: every state of a bank entry.
func TestEntryStatesHaveWords(t *testing.T) {
	for _, s := range exchange.EntryStates() {
		if exchange.TermOf(lists["entry"], s).Chinese == s {
			t.Errorf("%s has no words", s)
		}
	}
	if got, want := len(lists["entry"]), len(exchange.EntryStates()); got != want {
		t.Errorf("words for %d states of %d", got, want)
	}
}
