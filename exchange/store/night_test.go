package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/store/journal"
)

// rechain computes all hashes of the journal and of the checkpoints anew, as somebody would who
// knows how they are made.
func rechain(t *testing.T, s *Store) {
	t.Helper()
	var events []exchange.JournalEvent
	var checkpoints []journal.Checkpoint
	view(t, s, func(tx *Tx) (err error) {
		if checkpoints, err = tx.Checkpoints(); err != nil {
			return err
		}
		return tx.EachEvent(func(e exchange.JournalEvent) error { events = append(events, e); return nil })
	})
	set := func(text string, args ...any) {
		if err := raw(t, s, text, args...); err != nil {
			t.Fatal(err)
		}
	}
	ends, n := map[string][]byte{}, map[string]int{}
	for i := range events {
		e := &events[i]
		n[e.Chain]++
		e.N, e.Prev, e.Digest = n[e.Chain], ends[e.Chain], journal.Digest(e.Salt, e.Payload)
		e.Hash = journal.Hash(e)
		ends[e.Chain] = e.Hash
		set("UPDATE journal SET hash = $1, digest = $2, n = $3 WHERE id = $4", e.Hash, e.Digest, e.N, e.ID)
		set("UPDATE heads SET n = $1, hash = $2 WHERE chain = $3", e.N, e.Hash, e.Chain)
	}
	for i := range checkpoints {
		c, last, covered := &checkpoints[i], map[string]exchange.JournalEvent{}, journal.NewHeads()
		for _, e := range events {
			if e.ID <= c.EventID {
				last[e.Chain] = e
			}
		}
		for _, chain := range slices.Sorted(maps.Keys(last)) {
			covered.Add(ptr(last[chain]))
		}
		covered.Fill(c, checkpoints[:i])
		set("UPDATE checkpoints SET heads = $1, hash = $2, events = $3, chains = $4 WHERE id = $5", c.Heads, c.Hash, c.Events, c.Chains, c.ID)
	}
}

func ptr[T any](x T) *T { return &x }

// night is what a night and a whole proof find, with what has left.
func night(t *testing.T, s *Store, left ...journal.Checkpoint) (tonight, whole journal.Report) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) {
		tonight, err = tx.VerifyNight(left...)
		return err
	})
	whole, err := s.VerifyJournal(t.Context(), nil, left...)
	if err != nil {
		t.Fatal(err)
	}
	return tonight, whole
}

// TestRewritten: what somebody changes with plain SQL, and chains anew, is found by the checkpoint
// that left, in the night and by the whole proof, and each says what it found.
func TestRewritten(t *testing.T) {
	no := sampleCase(2).No
	const replaced = "events were removed or replaced"
	tampers := map[string]struct {
		sql     string
		rechain bool
		says    string
	}{
		"actor, chained anew":          {"UPDATE journal SET actor = 'x' WHERE chain = '" + no + "' AND n = 2", true, replaced},
		"payload, chained anew":        {"UPDATE journal SET payload = hash WHERE chain = '" + no + "' AND n = 2", true, replaced},
		"what it proves, chained anew": {"UPDATE journal SET proves = 'x' WHERE chain = '" + no + "' AND n = 2", true, replaced},
		"event gone":                   {"DELETE FROM journal WHERE chain = '" + no + "' AND n = 2", true, replaced},
		"tail cut":                     {"DELETE FROM journal WHERE chain = '" + no + "' AND n = 3", false, replaced},
		"tail cut, chained anew":       {"DELETE FROM journal WHERE chain = '" + no + "' AND n = 3", true, replaced},
		"chain reordered":              {"UPDATE journal SET what = 'step5' WHERE chain = '" + no + "' AND n = 2; UPDATE journal SET what = 'step2' WHERE chain = '" + no + "' AND n = 3", true, replaced},
		"checkpoint gone":              {"DELETE FROM checkpoints WHERE id = 1", false, "has left, and is not here any more"},
		"checkpoints gone":             {"DELETE FROM checkpoints", false, "has left, and is not here any more"},
		"checkpoint changed":           {"UPDATE checkpoints SET cases = 1", true, "the checkpoint that has left is not the one that is here"},
		"case and chain gone":          {"DELETE FROM journal WHERE chain = '" + no + "'; DELETE FROM cases WHERE case_no = '" + no + "'", true, "fewer cases are there than the 4"},
		"counter set back":             {"UPDATE counters SET n = 1", false, "fewer numbers count as issued than the 3"},
	}
	for _, e := range testEngines() {
		for name, tamper := range tampers {
			t.Run(e.name+"/"+name, func(t *testing.T) {
				s := openMigrated(t, Options{DSN: e.dsn(t)})
				write(t, s, func(tx *Tx) error {
					for range 3 {
						if _, err := tx.NextNumber("T", "310100", 20260302); err != nil {
							return err
						}
					}
					return nil
				})
				journaled(t, s, 4, 3)
				var left journal.Checkpoint
				view(t, s, func(tx *Tx) error {
					all, err := tx.Checkpoints()
					left = all[0]
					return err
				})
				write(t, s, func(tx *Tx) error {
					_, err := tx.WriteCheckpoint(time.Unix(2, 0), 20260303)
					return steps(tx.Journal(event("agency", "run")), err)
				})
				if tonight, whole := night(t, s, left); !tonight.OK() || !whole.OK() {
					t.Fatalf("before: %+v, %+v", tonight.Faults, whole.Faults)
				}
				for _, table := range []string{"journal", "checkpoints"} {
					unguard(t, s, e, table)
				}
				if err := raw(t, s, tamper.sql); err != nil {
					t.Fatal(err)
				}
				if tamper.rechain {
					rechain(t, s)
				}
				tonight, whole := night(t, s, left)
				for _, r := range []journal.Report{tonight, whole} {
					if !slices.ContainsFunc(r.Faults, func(f journal.Fault) bool { return f.Chain == "" && f.N == 1 && strings.Contains(f.What, tamper.says) }) {
						t.Errorf("not found: %+v", r.Faults)
					}
				}
			})
		}
	}
}

// TestThirtieth: a change that the heads do not show, in a chain that nobody touches, is found within
// thirty nights; one in a chain that was touched in the night after.
func TestThirtieth(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := openMigrated(t, Options{DSN: e.dsn(t)})
			journaled(t, s, 2, 3)
			unguard(t, s, e, "journal")
			if err := raw(t, s, fmt.Sprintf("UPDATE journal SET actor = 'x' WHERE chain = '%s' AND n = 2", sampleCase(1).No)); err != nil {
				t.Fatal(err)
			}
			nights := 0
			for ; nights < 40; nights++ {
				var r journal.Report
				view(t, s, func(tx *Tx) (err error) {
					r, err = tx.VerifyNight()
					return err
				})
				// That the guards are missing is found every night.
				r.Faults = slices.DeleteFunc(r.Faults, func(f journal.Fault) bool { return f.Chain == "" })
				if len(r.Faults) > 0 {
					if r.Faults[0].Chain != sampleCase(1).No || r.Faults[0].N != 2 {
						t.Errorf("found %+v", r.Faults)
					}
					break
				}
				write(t, s, func(tx *Tx) error {
					_, err := tx.WriteCheckpoint(time.Unix(int64(nights), 0), 20260302)
					return err
				})
			}
			if nights >= 30 {
				t.Errorf("not found in %d nights", nights)
			}
			write(t, s, func(tx *Tx) error {
				_, err := tx.WriteCheckpoint(time.Unix(99, 0), 20260302)
				return steps(err, tx.Journal(event(sampleCase(1).No, "touched")))
			})
			if tonight, _ := night(t, s); tonight.OK() {
				t.Error("a chain that was touched is not looked at")
			}
		})
	}
}

// TestLedgerBehindCheckpoint: a whole entry that is gone, with what it left in the balances, leaves a
// ledger that proves itself; the checkpoint shows it.
func TestLedgerBehindCheckpoint(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := openMigrated(t, Options{DSN: e.dsn(t)})
			c := sampleCase(1)
			write(t, s, func(tx *Tx) error {
				return steps(tx.InsertCase(&c), tx.Journal(event(c.No, "x")), tx.Book(ledger.Liquidate(ledger.Head{Date: 20260302, CaseNo: c.No, Partner: c.Partner}, 1000)))
			})
			write(t, s, func(tx *Tx) error { _, err := tx.WriteCheckpoint(time.Unix(2, 0), 20260303); return err })
			if _, whole := night(t, s); !whole.OK() {
				t.Fatalf("%+v", whole.Faults)
			}
			for _, table := range []string{"ledger_entries", "ledger_postings"} {
				unguard(t, s, e, table)
			}
			if err := raw(t, s, "DELETE FROM ledger_entries; DELETE FROM ledger_postings; DELETE FROM ledger_balances"); err != nil {
				t.Fatal(err)
			}
			if _, whole := night(t, s); whole.OK() || !strings.Contains(whole.Faults[0].What, "the ledger is not the one") {
				t.Errorf("not found: %+v", whole.Faults)
			}
		})
	}
}

// TestCheckpointBesideBooking: an entry that was numbered before those under a checkpoint, and is committed
// behind it, is under it too. SQLite has one writer at a time.
func TestCheckpointBesideBooking(t *testing.T) {
	for _, e := range serverEngines() {
		t.Run(e.name, func(t *testing.T) {
			dsn := e.dsn(t)
			s, other := openMigrated(t, Options{DSN: dsn}), openMigrated(t, Options{DSN: dsn})
			c := sampleCase(1)
			write(t, s, func(tx *Tx) error { return steps(tx.InsertCase(&c), tx.Journal(event(c.No, "x"))) })
			entry := ledger.Liquidate(ledger.Head{Date: 20260302, CaseNo: c.No, Partner: c.Partner}, 1000)
			done := make(chan error, 1)
			write(t, s, func(tx *Tx) error {
				if err := steps(tx.Book(entry), tx.send()); err != nil {
					return err
				}
				write(t, other, func(tx *Tx) error { return tx.Book(entry) })
				go func() {
					done <- other.Tx(t.Context(), func(tx *Tx) error { _, err := tx.WriteCheckpoint(time.Unix(2, 0), 20260303); return err })
				}()
				for len(done) == 0 { // until it is written, or waits
					waits, err := tx.number("locks", "SELECT count(*) FROM pg_locks WHERE NOT granted")
					if err != nil || waits > 0 {
						return err
					}
				}
				return nil
			})
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if _, whole := night(t, s); !whole.OK() {
				t.Errorf("%+v", whole.Faults)
			}
		})
	}
}
