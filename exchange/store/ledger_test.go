package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store/pending"
)

// TestBooks: whatever is booked, undone or not, in whatever transactions, the
// store's balances are those of the entries applied one by one, and none is on the wrong
// side of zero.
func TestBooks(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		want := ledger.Balances{}
		var entries int
		failed := errors.New("failed")
		rapid.Check(t, func(t *rapid.T) {
			trial := want.Clone()
			count := 0
			fate := rapid.SampledFrom([]error{nil, failed}).Draw(t, "fate")
			err := s.Tx(context.Background(), func(tx *Tx) error {
				for range rapid.IntRange(1, 4).Draw(t, "entries") {
					h := ledger.Head{Date: 20260302, Partner: rapid.SampledFrom([]string{"310100", "440300"}).Draw(t, "partner"), Memo: "m"}
					amount := money.Fen(rapid.Int64Range(0, 1e9).Draw(t, "amount"))
					e := rapid.SampledFrom([]ledger.Entry{
						ledger.Liquidate(h, amount), ledger.Order(h, amount/3), ledger.Receive(ledger.Head{Date: h.Date, Memo: "m"}, amount), ledger.Match(h, "", amount/3+1, amount/3),
					}).Draw(t, "entry")
					undone := rapid.Bool().Draw(t, "undone")
					err := tx.Savepoint(func() error {
						if err := tx.Book(e); err != nil || !undone {
							return err
						}
						return failed
					})
					switch {
					case undone && errors.Is(err, failed):
					case err != nil:
						return err
					case !e.Empty():
						count++
						if err := trial.Apply(e); err != nil {
							return err
						}
					}
				}
				return fate
			})
			over := trial.Overdrawn()
			switch {
			case err == nil && len(over) == 0:
				want, entries = trial, entries+count
			case !errors.Is(err, failed) && (!errors.Is(err, ledger.ErrPlace) || len(over) == 0):
				t.Fatalf("%v, overdrawn %q", err, over)
			}
			got := ledger.Balances{}
			err = s.View(context.Background(), func(tx *Tx) (err error) {
				got, err = tx.Balances("")
				return err
			})
			if err != nil || !maps.Equal(got, nonzero(want)) {
				t.Fatalf("balances %v, want %v (%v)", got, want, err)
			}
		})
		view(t, s, func(tx *Tx) error {
			again, n := ledger.Balances{}, 0
			err := tx.EachLedgerEntry(func(e ledger.Entry) error {
				n++
				return again.Apply(e)
			})
			faults, ferr := tx.LedgerFaults()
			if n != entries || n == 0 || !maps.Equal(nonzero(again), nonzero(want)) || len(faults) != 0 {
				t.Errorf("%d entries of %d, faults %v", n, entries, faults)
			}
			one, oerr := tx.Balances("440300")
			for a := range one {
				if a.Partner() != "440300" {
					t.Errorf("balances of one partner contain %s", a)
				}
			}
			return steps(err, ferr, oerr)
		})
	})
}

func nonzero(b ledger.Balances) ledger.Balances {
	maps.DeleteFunc(b, func(_ ledger.Account, f money.Fen) bool { return f == 0 })
	return b
}

// TestBookRefuses: an entry that does not balance is not stored, in Go or in
// SQL, and a balance does not overflow.
func TestBookRefuses(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		h := ledger.Head{Date: 20260302, Partner: "310100"}
		for name, e := range map[string]ledger.Entry{
			"unbalanced":      {Head: h, Event: ledger.Settled, Postings: []ledger.Posting{{Account: ledger.OutDue.Of("310100"), Amount: 5}}},
			"unknown account": {Head: h, Event: ledger.Settled, Postings: []ledger.Posting{{Account: "x:310100", Amount: 5}, {Account: ledger.OutDue.Of("310100"), Amount: -5}}},
		} {
			if err := s.Tx(t.Context(), func(tx *Tx) error { return tx.Book(e) }); err == nil {
				t.Errorf("%s: booked", name)
			}
		}
		unbalanced := s.Tx(t.Context(), func(tx *Tx) error {
			return steps(tx.later(pending.Write{Insert: insertPost, Args: []any{int64(1), "out:due:310100", int64(5)}}),
				tx.later(pending.Write{Insert: insertBook, Args: []any{int64(1), "2026-03-02", "settled", nil, "310100", ""}}))
		})
		if unbalanced == nil {
			t.Error("the schema takes an unbalanced entry")
		}
		const huge = 1 << 62
		err := fmt.Errorf("not tried")
		for range 3 {
			err = s.Tx(t.Context(), func(tx *Tx) error { return tx.Book(ledger.Liquidate(h, huge)) })
		}
		if err == nil {
			t.Error("a balance has overflowed")
		}
		view(t, s, func(tx *Tx) error {
			b, err := tx.Balances("")
			if got := b[ledger.OutLiquidated.Of("310100")]; got != -huge && got != -huge-huge {
				t.Errorf("balance %d", got)
			}
			return err
		})
	})
}

// TestLedgerFaults: a balance that was changed behind the store's back is found.
func TestLedgerFaults(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		write(t, s, func(tx *Tx) error {
			return tx.Book(ledger.Liquidate(ledger.Head{Date: 20260302, Partner: "310100"}, 5))
		})
		if err := raw(t, s, "UPDATE ledger_balances SET amount = amount + 1 WHERE account = 'out:due:310100'"); err != nil {
			t.Fatal(err)
		}
		view(t, s, func(tx *Tx) error {
			faults, err := tx.LedgerFaults()
			if len(faults) != 1 {
				t.Errorf("faults: %v", faults)
			}
			return err
		})
	})
}
