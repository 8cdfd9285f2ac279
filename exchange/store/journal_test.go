package store

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store/journal"
)

func event(chain, what string) exchange.JournalEvent {
	return exchange.JournalEvent{
		Chain: chain, At: time.Date(2026, 3, 2, 8, 0, 0, 1000, time.UTC), On: 20260302, Actor: "310100", What: what, Why: code.Text("因为"), FileID: 7, Payload: []byte(`{"a":1}`),
	}
}

// journaled stores cases with n events each, and a checkpoint that covers them.
func journaled(t *testing.T, s *Store, cases, n int) {
	t.Helper()
	insertCases(t, s, cases)
	write(t, s, func(tx *Tx) error {
		for i := 1; i <= cases; i++ {
			for k := 1; k <= n; k++ {
				if err := tx.Journal(event(sampleCase(i).No, fmt.Sprintf("step%d", k))); err != nil {
					return err
				}
			}
		}
		_, err := tx.WriteCheckpoint(time.Unix(1, 0), 20260302)
		return err
	})
}

// TestManyChains: one transaction appends to more chains than a server has room
// to lock one by one, while others append to them too; none is torn.
func TestManyChains(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const chains = 4000
		chain := func(i int) string { return fmt.Sprintf("T%05d", i) }
		var others sync.WaitGroup
		for k := range 2 {
			others.Go(func() {
				for i := k; i < chains; i += 400 {
					if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.Journal(event(chain(i), "by another")) }); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		write(t, s, func(tx *Tx) error {
			var err error
			for i := range chains {
				err = steps(err, tx.Journal(event(chain(i), "by the one")))
			}
			return err
		})
		others.Wait()
		r, err := s.VerifyJournal(t.Context(), nil)
		if err != nil || !r.OK() || r.Chains != chains || r.Events != chains+2*chains/400 {
			t.Errorf("%d events of %d chains: %v, %v", r.Events, r.Chains, r.Faults, err)
		}
	})
}

// TestJournalOf: events come back as given, numbered, salted and chained.
func TestJournalOf(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		for range 2 { // the chain goes on in another transaction
			write(t, s, func(tx *Tx) error { return steps(tx.Journal(event("agency", "a")), tx.Journal(event("agency", "b"))) })
		}
		view(t, s, func(tx *Tx) error {
			events, err := tx.JournalOf("agency")
			if len(events) != 4 {
				t.Fatalf("%d events", len(events))
			}
			for i, e := range events {
				want := event("agency", []string{"a", "b"}[i%2])
				want.ID, want.N, want.Salt, want.Digest, want.Prev, want.Hash = e.ID, i+1, e.Salt, journal.Digest(e.Salt, e.Payload), e.Prev, journal.Hash(&e)
				if i > 0 && !bytes.Equal(e.Prev, events[i-1].Hash) || len(e.Salt) != saltSize {
					t.Errorf("event %d: salt %x, prev %x", i+1, e.Salt, e.Prev)
				}
				want.Stored = want.Why.String()
				if err := same(t, "event", want)(e, nil); err != nil {
					return err
				}
			}
			return err
		})
	})
}

// TestVerifyJournal: what was written is proven, with events past the checkpoint too.
func TestVerifyJournal(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		journaled(t, s, 20, pageSize/10)
		write(t, s, func(tx *Tx) error {
			return steps(tx.Journal(event(sampleCase(3).No, "later")), tx.Journal(event("agency", "run")))
		})
		seen := int64(0)
		r, err := s.VerifyJournal(t.Context(), func(n int64) { seen = n })
		if err != nil || !r.OK() || r.Chains != 21 || r.Events != 20*pageSize/10+2 || r.Cases != 20 || r.Checkpoints != 1 || seen == 0 {
			t.Errorf("%+v, progress %d, %v", r, seen, err)
		}
	})
}

// TestCheckpointByEnds: a checkpoint, made of the ends of chains, is what the proof makes
// of all events, with more chains than one page.
func TestCheckpointByEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		journaled(t, s, pageSize+1, 2)
		r, err := s.VerifyJournal(t.Context(), nil)
		if err != nil || !r.OK() || r.Chains != pageSize+1 || r.Checkpoints != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		write(t, s, func(tx *Tx) error {
			all, err := tx.Checkpoints()
			c := all[0]
			if c.Chains != pageSize+1 || c.Events != 2*(pageSize+1) || c.EventID != c.Events {
				t.Errorf("covers %d chains, %d events up to %d", c.Chains, c.Events, c.EventID)
			}
			return err
		})
	})
}

// unguard takes the triggers of a table away, as somebody would who has the
// database open and means ill.
func unguard(t *testing.T, s *Store, e testEngine, table string) {
	t.Helper()
	for _, line := range strings.Split(s.eng.Guards(), "\n") {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != "CREATE" || f[1] != "TRIGGER" || !strings.HasPrefix(f[2], table+"_") {
			continue
		}
		args := []any{f[2], table}[:strings.Count(e.unguard, "%s")]
		if err := raw(t, s, fmt.Sprintf(e.unguard, args...)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTampering: every change behind the store's back is found, and where.
func TestTampering(t *testing.T) {
	const event2 = " WHERE chain = '%s' AND n = 2"
	tampers := []string{
		"UPDATE journal SET payload = salt" + event2,
		"UPDATE journal SET salt = digest" + event2,
		"UPDATE journal SET digest = hash" + event2,
		"UPDATE journal SET what = 'x'" + event2,
		"UPDATE journal SET why = 'x'" + event2,
		"UPDATE journal SET actor = 'x'" + event2,
		"UPDATE journal SET at = at + 1" + event2,
		"UPDATE journal SET on_date = '2026-03-03'" + event2,
		"UPDATE journal SET file_id = 8" + event2,
		"UPDATE journal SET hash = digest" + event2,
		"UPDATE journal SET n = 9" + event2,
		"DELETE FROM journal" + event2,
		"DELETE FROM journal WHERE chain = '%s' AND n = 1",
		"DELETE FROM journal WHERE chain = '%s'",
	}
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			s := openMigrated(t, Options{DSN: e.dsn(t)})
			journaled(t, s, len(tampers)+1, 3)
			unguard(t, s, e, "journal")
			for i, text := range tampers {
				if err := raw(t, s, fmt.Sprintf(text, sampleCase(i+1).No)); err != nil {
					t.Fatal(err)
				}
			}
			r, err := s.VerifyJournal(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for _, f := range r.Faults {
				found[f.Chain] = true
			}
			for i, text := range tampers {
				if !found[sampleCase(i+1).No] {
					t.Errorf("not found: %s", text)
				}
			}
			if found[sampleCase(len(tampers)+1).No] || len(r.Faults) != r.FaultsTotal {
				t.Errorf("found in a chain that is sound: %+v", r.Faults)
			}
		})
	}
}

// TestTamperedHeads: what no chain can show, the checkpoint shows.
func TestTamperedHeads(t *testing.T) {
	no := sampleCase(2).No
	tampers := map[string]string{
		"last event gone":     "DELETE FROM journal WHERE chain = '" + no + "' AND n = 3",
		"case and chain gone": "DELETE FROM journal WHERE chain = '" + no + "'; DELETE FROM cases WHERE case_no = '" + no + "'",
		"checkpoint":          "UPDATE checkpoints SET events = 11",
	}
	for _, e := range testEngines() {
		for name, tamper := range tampers {
			t.Run(e.name+"/"+name, func(t *testing.T) {
				s := openMigrated(t, Options{DSN: e.dsn(t)})
				journaled(t, s, 4, 3)
				unguard(t, s, e, "journal")
				unguard(t, s, e, "checkpoints")
				if err := raw(t, s, tamper); err != nil {
					t.Fatal(err)
				}
				r, err := s.VerifyJournal(t.Context(), nil)
				if err != nil || r.OK() {
					t.Errorf("not found: %+v, %v", r, err)
				}
			})
		}
	}
}

// TestPurge: payload and salt can go, the chain holds, and it is counted.
func TestPurge(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		journaled(t, s, 2, 3)
		no := sampleCase(1).No
		write(t, s, func(tx *Tx) error { return steps(tx.PurgePayload(no, 2), tx.Journal(event(no, "purged"))) })
		r, err := s.VerifyJournal(t.Context(), nil)
		if err != nil || !r.OK() || r.Purged != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		view(t, s, func(tx *Tx) error {
			events, err := tx.JournalOf(no)
			if events[1].Payload != nil || events[1].Salt != nil || len(events[1].Digest) != 32 {
				t.Errorf("purged event: %+v", events[1])
			}
			return err
		})
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.PurgePayload(no, 2) }); err == nil {
			t.Error("purged twice")
		}
	})
}
