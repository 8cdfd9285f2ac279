package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
)

// TestUpdateCase: an update is refused as stale when revision, state or a
// track is not the one that was read.
func TestUpdateCase(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		c := sampleCase(1)
		write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
		after := c
		after.State = exchange.Accepted
		write(t, s, func(tx *Tx) error { return tx.UpdateCase(c, &after) })
		if after.Rev != c.Rev+1 {
			t.Errorf("revision %d after %d", after.Rev, c.Rev)
		}
		for name, change := range map[string]func(*exchange.Case){
			"revision":    func(c *exchange.Case) { c.Rev-- },
			"state":       func(c *exchange.Case) { c.State = exchange.Requested },
			"form track":  func(c *exchange.Case) { c.FormTrack = exchange.FormSent },
			"money track": func(c *exchange.Case) { c.MoneyTrack = exchange.MoneyDue },
			"number":      func(c *exchange.Case) { c.No = "T0" },
		} {
			read, next := after, after
			change(&read)
			next.No = read.No
			err := s.Tx(t.Context(), func(tx *Tx) error { return tx.UpdateCase(read, &next) })
			if !errors.Is(err, ErrStale) {
				t.Errorf("%s: got %v, want ErrStale", name, err)
			}
		}
	})
}

// TestOneWriterWins: of several that read the same revision of a case, one
// changes it and the others are told.
func TestOneWriterWins(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		c := sampleCase(1)
		write(t, s, func(tx *Tx) error { return tx.InsertCase(&c) })
		const writers = 6
		results := make(chan error, writers)
		for range writers {
			go func() {
				after := c
				after.State = exchange.Accepted
				results <- s.Tx(context.Background(), func(tx *Tx) error {
					return steps(tx.UpdateCase(c, &after), tx.Journal(exchange.JournalEvent{Chain: c.No, What: "letter_accepted"}))
				})
			}()
		}
		won := 0
		for range writers {
			switch err := <-results; {
			case err == nil:
				won++
			case !errors.Is(err, ErrStale):
				t.Error(err)
			}
		}
		view(t, s, func(tx *Tx) error {
			got, err := tx.Case(c.No)
			events, jerr := tx.JournalOf(c.No)
			if won != 1 || got.Rev != 1 || len(events) != 1 {
				t.Errorf("%d writers won, revision %d, %d events", won, got.Rev, len(events))
			}
			return steps(err, jerr)
		})
	})
}

// TestTriples: of all combinations of the three columns the schema takes
// exactly those that the domain allows.
func TestTriples(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		undo := errors.New("undo")
		taken := 0
		write(t, s, func(tx *Tx) error {
			for _, c := range allTriples() {
				err := tx.Savepoint(func() error { return steps(tx.InsertCase(&c), tx.send(), undo) })
				ok := errors.Is(err, undo) && err.Error() == undo.Error()
				if ok != c.Allowed() {
					t.Errorf("%s %s %s %s: allowed %v, stored %v", c.Side, c.State, c.FormTrack, c.MoneyTrack, c.Allowed(), ok)
				}
				if ok {
					taken++
				}
			}
			return nil
		})
		if taken < 100 {
			t.Errorf("only %d combinations were taken", taken)
		}
	})
}

// allTriples is a case of every combination of side, state and tracks that
// have a word on that side.
func allTriples() (all []exchange.Case) {
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		for _, state := range exchange.StateTerms(side) {
			for _, form := range exchange.FormTerms(side) {
				for _, money := range exchange.MoneyTerms(side) {
					c := sampleCase(1)
					c.Side, c.State, c.FormTrack, c.MoneyTrack = side, exchange.State(state.Code), exchange.FormTrack(form.Code), exchange.MoneyTrack(money.Code)
					if c.State == exchange.Held {
						c.HeldFrom, c.Hold = exchange.Requested, "cap"
					}
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// TestCasesOfStates walks cases of several states in one order, each once, also
// when the walk itself moves them from one of the states to another.
func TestCasesOfStates(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const n = 4*leastPage + 3
		walked := []exchange.State{exchange.Ended, exchange.Liquidated}
		write(t, s, func(tx *Tx) error {
			var err error
			for i := 1; i <= n; i++ {
				c := sampleCase(i)
				c.State, c.MoneyTrack = walked[i%2], exchange.MoneyNotDue
				if c.State == exchange.Liquidated {
					c.FormTrack = exchange.FormQueued
				}
				if i%10 == 0 {
					c.State, c.FormTrack = exchange.Requested, exchange.FormNone
				}
				err = steps(err, tx.InsertCase(&c))
			}
			return err
		})
		var seen []string
		write(t, s, func(tx *Tx) error {
			return tx.EachCase(CaseFilter{Side: exchange.Out, States: walked}, func(c exchange.Case) error {
				seen = append(seen, c.No)
				after := c
				if c.State == exchange.Ended {
					after.State, after.FormTrack = exchange.Liquidated, exchange.FormQueued
				}
				return tx.UpdateCase(c, &after)
			})
		})
		if len(seen) != n-n/10 || !slices.IsSorted(seen) || len(slices.Compact(seen)) != n-n/10 {
			t.Errorf("%d cases seen of %d, in order: %v", len(seen), n-n/10, slices.IsSorted(seen))
		}
		view(t, s, func(tx *Tx) error {
			var first []string
			err := tx.EachCase(CaseFilter{OpenOnly: true, After: sampleCase(9).No, Limit: 3}, func(c exchange.Case) error {
				first = append(first, c.No)
				return nil
			})
			if !slices.Equal(first, []string{sampleCase(10).No, sampleCase(11).No, sampleCase(12).No}) {
				t.Errorf("open ones behind the ninth: %v", first)
			}
			return err
		})
	})
}

// TestCases lists more cases than fit a page, with what a filter leaves out.
func TestCases(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const n = 2*pageSize + 7
		insertCases(t, s, n)
		var seen []string
		write(t, s, func(tx *Tx) error {
			return tx.EachCase(CaseFilter{OpenOnly: true}, func(c exchange.Case) error {
				seen = append(seen, c.No)
				after := c
				after.State = exchange.Declined
				return tx.UpdateCase(c, &after) // the walk does not see its own changes twice
			})
		})
		if len(seen) != n || seen[0] != sampleCase(1).No || seen[n-1] != sampleCase(n).No {
			t.Errorf("%d cases seen, from %s to %s", len(seen), seen[0], seen[len(seen)-1])
		}
		view(t, s, func(tx *Tx) error {
			limited := 0
			err := tx.EachCase(CaseFilter{Limit: pageSize + 3, After: sampleCase(2).No}, func(exchange.Case) error { limited++; return nil })
			if limited != pageSize+3 {
				t.Errorf("%d cases instead of the limit", limited)
			}
			open, oerr := tx.Cases(CaseFilter{OpenOnly: true})
			if len(open) != 0 {
				t.Errorf("%d declined cases count as open", len(open))
			}
			count, cerr := tx.CountCases()
			if count[exchange.Out][exchange.Declined] != n || len(count[exchange.In]) != 0 {
				t.Errorf("counted %v", count)
			}
			for name, f := range map[string]CaseFilter{
				"side": {Side: exchange.In}, "partner": {Partner: "310200"}, "state": {States: []exchange.State{exchange.Held}},
				"form": {FormTracks: []exchange.FormTrack{exchange.FormSent}}, "money": {MoneyTracks: []exchange.MoneyTrack{exchange.MoneyDue}},
				"hold": {Holds: []code.Hold{"cap"}}, "wish": {Wishes: []exchange.Wish{exchange.WishVoid}}, "ended": {Ended: Ended{From: 20200101, Before: 20990101}},
				"person": {IDKey: "x"}, "personal no": {PersonalNo: "x"},
			} {
				found, ferr := tx.Cases(f)
				if len(found) != 0 {
					t.Errorf("filter by %s lets %d cases through", name, len(found))
				}
				err = steps(err, ferr)
			}
			return steps(err, oerr, cerr)
		})
	})
}

// TestViewIsASnapshot: a reader sees one state of the store while a writer
// goes on, and does not hold it up.
func TestViewIsASnapshot(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 1)
		view(t, s, func(tx *Tx) error {
			before, err := tx.Cases(CaseFilter{})
			c := sampleCase(2)
			write(t, s, func(w *Tx) error { return w.InsertCase(&c) })
			after, aerr := tx.Cases(CaseFilter{})
			if len(before) != 1 || len(after) != 1 {
				t.Errorf("%d cases, then %d in the same view", len(before), len(after))
			}
			return steps(err, aerr)
		})
		view(t, s, func(tx *Tx) error {
			all, err := tx.Cases(CaseFilter{})
			if len(all) != 2 {
				t.Errorf("%d cases in a new view", len(all))
			}
			return err
		})
	})
}

// TestViewDoesNotWrite: a snapshot is read only.
func TestViewDoesNotWrite(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		c := sampleCase(1)
		if err := s.View(t.Context(), func(tx *Tx) error { return tx.InsertCase(&c) }); err == nil {
			t.Error("a view has stored a case")
		}
	})
}

// TestNotFound: everything that is asked for by a key says so when it is not there.
func TestNotFound(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		view(t, s, func(tx *Tx) error {
			for name, ask := range map[string]func() error{
				"Case":                func() error { _, err := tx.Case("x"); return err },
				"CaseByLetter":        func() error { _, err := tx.CaseByLetter(exchange.In, ""); return err },
				"CaseByApplication":   func() error { _, err := tx.CaseByApplication("x", ""); return err },
				"Letter":              func() error { _, err := tx.Letter("x", 1); return err },
				"Form":                func() error { _, err := tx.Form("x", 1); return err },
				"LatestApplication":   func() error { _, err := tx.LatestApplication("x", "x"); return err },
				"RegistryByNo":        func() error { _, err := tx.RegistryByNo("x"); return err },
				"Certificate":         func() error { _, err := tx.Certificate("x"); return err },
				"CertificateByPerson": func() error { _, err := tx.CertificateByPerson("x"); return err },
				"Posting":             func() error { _, err := tx.Posting("x"); return err },
				"Remittance":          func() error { _, err := tx.Remittance("x", 1); return err },
				"Payment":             func() error { _, err := tx.Payment("x"); return err },
				"BankEntry":           func() error { _, err := tx.BankEntry("x"); return err },
				"Query":               func() error { _, err := tx.Query("x"); return err },
				"File":                func() error { _, err := tx.File(7); return err },
				"FileBySHA":           func() error { _, err := tx.FileBySHA(exchange.In, "x", "x"); return err },
				"Look":                func() error { _, err := tx.Look("x", "x"); return err },
			} {
				if err := ask(); !errors.Is(err, ErrNotFound) {
					t.Errorf("%s: got %v, want ErrNotFound", name, err)
				}
			}
			return nil
		})
	})
}

// TestManyWriters: transactions of many goroutines all get through, whatever
// order they take their locks in.
func TestManyWriters(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const writers, each = 4, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := s.Tx(context.Background(), func(tx *Tx) error {
						first, second := "agency", fmt.Sprintf("chain%d", i%3)
						if w%2 == 1 {
							first, second = second, first // the other order: a deadlock that is repeated
						}
						return steps(tx.Journal(exchange.JournalEvent{Chain: first, What: "a"}), tx.Journal(exchange.JournalEvent{Chain: second, What: "b"}))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		r, err := s.VerifyJournal(t.Context(), nil)
		if err != nil || !r.OK() || r.Events != 2*writers*each {
			t.Errorf("%d events, faults %v, %v", r.Events, r.Faults, err)
		}
	})
}

// TestOneCaseWorkedByTwo: transactions that work one case at the same time, as two
// parties' pushes do, come one after the other: none finds it changed under its
// hands, and what belongs to it is what the one before left.
func TestOneCaseWorkedByTwo(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 1)
		no := sampleCase(1).No
		const workers, rounds = 4, 10
		var faults [workers]error
		var wg sync.WaitGroup
		for i := range workers {
			wg.Go(func() {
				for range rounds {
					faults[i] = errors.Join(faults[i], s.Tx(t.Context(), func(tx *Tx) error {
						before, err := tx.Case(no)
						if err != nil {
							return err
						}
						parts, err := tx.RemittancesByCase(no)
						if err != nil {
							return err
						}
						if n := len(parts); before.LetterVersion != 1+n {
							return fmt.Errorf("the case counts %d parts, there are %d", before.LetterVersion-1, n)
						}
						after := before
						after.LetterVersion++
						return errors.Join(
							tx.InsertRemittance(exchange.Remittance{CaseNo: no, Part: len(parts) + 1, Side: exchange.Out, Track: exchange.MoneyDue, Since: 20260302}),
							tx.UpdateCase(before, &after))
					}))
				}
			})
		}
		wg.Wait()
		for _, err := range faults {
			if err != nil {
				t.Error(err)
			}
		}
		view(t, s, func(tx *Tx) error {
			c, err := tx.Case(no)
			if c.LetterVersion != 1+workers*rounds {
				t.Errorf("worked %d times of %d", c.LetterVersion-1, workers*rounds)
			}
			return err
		})
	})
}
