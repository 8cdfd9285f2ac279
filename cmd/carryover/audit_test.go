package main

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"
)

// TestAudit: what a demo leaves behind is proved, by this program and by
// another one, and what is changed behind its back is found.
func TestAudit(t *testing.T) {
	agency := ended.copyOf(t, "320500")
	t.Run("hledger", func(t *testing.T) { proveByHledger(t, agency) })
	t.Run("changed", func(t *testing.T) { findChanges(t, agency) })
}

// proveByHledger: hledger reads the exported ledger, finds every transaction
// balanced, and comes to the balances that the store keeps.
func proveByHledger(t *testing.T, agency string) {
	hledger := droptest.Require(t, "hledger")
	name := filepath.Join(t.TempDir(), "ledger.journal")
	var out, errOut bytes.Buffer
	exit := run(t.Context(), []string{"-c", filepath.Join(agency, "config.yaml"), "audit", "export", "--ledger", name}, &out, &errOut)
	if exit != exitDone {
		t.Fatalf("exit %d: %s", exit, errOut.String())
	}
	if said, err := exec.Command(hledger, "-f", name, "check", "--strict").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	stats, err := exec.Command(hledger, "-f", name, "balance", "liquidated").Output()
	if err != nil || !strings.Contains(string(stats), "out:liquidated:310100") {
		t.Errorf("%v: %s", err, stats)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "out:liquidated:310100                     -", "out:liquidated:310100                     -1", 1)
	if wrong == string(text) {
		t.Fatal("no amount to falsify")
	}
	if err := os.WriteFile(name, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(hledger, "-f", name, "check", "--strict").Run(); err == nil {
		t.Error("a falsified ledger passes")
	}
}

// findChanges changes the store as somebody with the disk in hand could, and
// has it proved.
func findChanges(t *testing.T, agency string) {
	verify := func() (int, string) {
		var out, errOut bytes.Buffer
		exit := run(t.Context(), []string{"-c", filepath.Join(agency, "config.yaml"), "audit", "verify"}, &out, &errOut)
		return exit, out.String() + errOut.String()
	}
	if exit, said := verify(); exit != exitDone || !strings.Contains(said, "0 faults; ledger: 0 faults") {
		t.Fatalf("untouched: exit %d: %s", exit, said)
	}
	db, err := sql.Open("sqlite", filepath.Join(agency, "store", "carryover.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, change := range []string{
		"DROP TRIGGER journal_no_update", "UPDATE journal SET why = 'something else' WHERE id = 7",
		"DROP TRIGGER ledger_postings_no_update", "UPDATE ledger_postings SET amount = amount + 100 WHERE entry_id = 1 AND amount > 0",
	} {
		if _, err := db.Exec(change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
	}
	exit, said := verify()
	for _, want := range []string{"the event is not the one that was written", "entry 1 does not sum to zero", "is not the sum of its postings", "latest backup"} {
		if exit != exitFailed || !strings.Contains(said, want) {
			t.Errorf("exit %d, %q is missing: %s", exit, want, said)
		}
	}
}
