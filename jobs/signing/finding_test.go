package signing

import (
	"testing"

	"carryover/exchange/store/journal"
)

// TestFindingStops: a finding stops a case's payments where it is about one case, else all.
func TestFindingStops(t *testing.T) {
	for chain, want := range map[string]string{
		"T31010020260302000001": "T31010020260302000001", "": "", "agency": "", "payments 2026-03-02": "", "entries 110231010020000018 2026-03-02": "",
	} {
		f := Finding{Finding: journal.Finding{Fault: journal.Fault{Chain: chain}}}
		if got := f.Case(); got != want {
			t.Errorf("chain %q: %q, want %q", chain, got, want)
		}
	}
}
