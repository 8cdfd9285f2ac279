package story

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"carryover/exchange"
)

// TestEntryStatesHaveWords: every state that the store allows a bank entry.
func TestEntryStatesHaveWords(t *testing.T) {
	schema, err := os.ReadFile("../../exchange/store/engine/schema/00001_exchange.sql")
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`(?s)CREATE TABLE bank_entries .*?state IN \(([^)]*)\)`).FindSubmatch(schema)
	if table == nil {
		t.Fatal("no states found")
	}
	states := strings.Split(string(table[1]), ",")
	for _, s := range states {
		code := strings.Trim(s, " '")
		if exchange.TermOf(lists["entry"], code).Chinese == code {
			t.Errorf("%s has no words", code)
		}
	}
	if len(states) != len(lists["entry"]) {
		t.Errorf("%d states, words for %d", len(states), len(lists["entry"]))
	}
}
