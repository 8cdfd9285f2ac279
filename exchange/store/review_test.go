package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/code"
)

// reviewBatch is a batch that waits for review.
func reviewBatch(n int) exchange.File {
	f := sampleFile(n)
	f.Dir, f.State, f.Seen = exchange.Out, exchange.FileReview, 0
	return f
}

// TestReviews: what officers said comes back in its order; the same about the
// same content is said once.
func TestReviews(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f := reviewBatch(1)
		write(t, s, func(tx *Tx) error { return tx.InsertFile(&f) })
		first := fill[exchange.Reviewed](t)
		first.FileID, first.Verdict = f.ID, exchange.ReviewApproved
		second, third := first, first
		second.Verdict = exchange.ReviewReturned
		third.SHA256 = "another"
		write(t, s, func(tx *Tx) error {
			return steps(tx.InsertReview(first), tx.InsertReview(second), tx.InsertReview(third))
		})
		view(t, s, func(tx *Tx) error {
			got, err := tx.Reviews(f.ID)
			if d := cmp.Diff([]exchange.Reviewed{first, second, third}, got); d != "" {
				t.Error(d)
			}
			return err
		})
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.InsertReview(first) }); !errors.Is(err, ErrConstraint) {
			t.Errorf("twice: %v", err)
		}
	})
}

// TestOneBatchInReview: of a party and kind one batch waits at a time.
func TestOneBatchInReview(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f, g := reviewBatch(1), reviewBatch(2)
		g.State = exchange.FileReturned
		write(t, s, func(tx *Tx) error { return tx.InsertFile(&f) })
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.InsertFile(&g) }); !errors.Is(err, ErrConstraint) {
			t.Errorf("a second one: %v", err)
		}
		queued := f
		queued.State = exchange.FileQueued
		write(t, s, func(tx *Tx) error { return steps(tx.UpdateFile(f, queued), tx.InsertFile(&g)) })
		if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateFile(f, queued) }); !errors.Is(err, ErrStale) {
			t.Errorf("released twice: %v", err)
		}
	})
}

// TestReadyRecords: the records of a case that waits for an officer's decision
// stay out of a batch; a batch lets go of just what it holds, and what it holds
// is rewritten only while it is what was read.
func TestReadyRecords(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 3)
		f := reviewBatch(1)
		write(t, s, func(tx *Tx) error {
			held, err := tx.Case(sampleCase(2).No)
			before := held
			err = steps(err, held.Suspend(code.HoldOfficersDecision, code.Text("sent back"), exchange.Profile{}, 20260302), tx.UpdateCase(before, &held), tx.InsertFile(&f))
			for n := 1; n <= 3; n++ {
				err = steps(err, tx.InsertOutgoing(exchange.Outgoing{
					Party: f.Party, Kind: f.Kind, RecordNo: fmt.Sprint(n), CaseNo: sampleCase(n).No, Rows: []byte("L"), RowCount: 1,
				}))
			}
			return err
		})
		var read string
		var last exchange.Outgoing
		view(t, s, func(tx *Tx) error {
			n, err := tx.CountReady(f.Party, f.Kind)
			if n != 2 {
				t.Errorf("%d are ready", n)
			}
			return steps(err, tx.EachReadyFor(f.Party, f.Kind, func(o exchange.Outgoing) error {
				read, last = read+o.RecordNo, o
				return nil
			}))
		})
		if read != "13" {
			t.Errorf("ready: %s", read)
		}
		stale := func(what string, fn func(tx *Tx) error) {
			t.Helper()
			if err := s.Tx(t.Context(), fn); !errors.Is(err, ErrStale) {
				t.Errorf("%s: %v", what, err)
			}
		}
		stale("assign another number", func(tx *Tx) error { return tx.AssignReady(f.Party, f.Kind, last.ID, f.ID, 3) })
		write(t, s, func(tx *Tx) error { return tx.AssignReady(f.Party, f.Kind, last.ID, f.ID, 2) })
		last.FileID = f.ID
		named := last
		named.Rows = []byte("L,named")
		write(t, s, func(tx *Tx) error { return tx.RewriteOutgoing(last, named) })
		stale("rewrite what was rewritten", func(tx *Tx) error { return tx.RewriteOutgoing(last, named) })
		stale("free another number", func(tx *Tx) error { return tx.FreeOutgoing(f.ID, 3) })
		write(t, s, func(tx *Tx) error { return tx.FreeOutgoing(f.ID, 2) })
		stale("rewrite what was freed", func(tx *Tx) error { return tx.RewriteOutgoing(named, last) })
		view(t, s, func(tx *Tx) error {
			all, err := tx.OutgoingFor(f.Party, f.Kind, 0, 0)
			if len(all) != 3 || string(all[2].Rows) != "L,named" {
				t.Errorf("waiting: %+v", all)
			}
			return err
		})
	})
}
