package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store/storetest"
)

// step is something that a transaction does.
type step struct {
	what string
	do   func(tx *Tx) error
}

var errUndone = errors.New("taken back")

// workOn draws a step about one of some cases; there says of each whether it is stored.
func workOn(t *rapid.T, file int64, first, ordinal int, there []bool) step {
	i := rapid.IntRange(0, len(there)-1).Draw(t, "case")
	n := first + i
	c := sampleCase(n)
	head := ledger.Head{Date: 20260302, CaseNo: c.No, Partner: c.Partner}
	if !there[i] {
		there[i] = true
		return step{"insert", func(tx *Tx) error { return steps(tx.InsertCase(&c), tx.Journal(event(c.No, "opened"))) }}
	}
	number := rapid.IntRange(1, 1000).Draw(t, "number")
	steps := []step{
		{"update", func(tx *Tx) error {
			before, err := tx.Case(c.No)
			if err != nil {
				return err
			}
			after := before
			after.HoldText = code.Text(fmt.Sprint("text ", number))
			if number%3 == 0 {
				after.PersonalNo = fmt.Sprint(number)
			}
			if err := tx.UpdateCase(before, &after); err != nil || number%2 == 0 {
				return err
			}
			before, after.LetterVersion = after, number // once more, over what waits
			return tx.UpdateCase(before, &after)
		}},
		{"event", func(tx *Tx) error { return tx.Journal(event(c.No, fmt.Sprint("e", number))) }},
		{"event of the agency", func(tx *Tx) error { return tx.Journal(event("agency", fmt.Sprint("a", number))) }},
		{"entry", func(tx *Tx) error { return tx.Book(ledger.Liquidate(head, 5)) }},
		{"verdict", func(tx *Tx) error {
			return tx.InsertJudgement(exchange.Judgement{FileID: file, Ordinal: ordinal, Verdict: "refused", RecordNo: c.No})
		}},
		{"form", func(tx *Tx) error { // of which one version is current
			f := exchange.Form{No: fmt.Sprint("F", n, "-", ordinal), Version: 1, CaseNo: c.No, Side: exchange.Out, Nature: "original", Track: exchange.FormQueued, Current: true, Money: "ZERO"}
			before, next := f, f
			f.Current, next.Version = false, 2
			return steps(tx.InsertForm(before), tx.UpdateForm(before, f), tx.InsertForm(next))
		}},
		{"record", func(tx *Tx) error {
			return tx.InsertOutgoing(exchange.Outgoing{Party: "320500c", Kind: "posting", RecordNo: fmt.Sprint(number), CaseNo: c.No, Rows: []byte("E\n"), RowCount: 1})
		}},
		{"claim", func(tx *Tx) error {
			_, ok, err := tx.ClaimKey("contact-letter", "310100", fmt.Sprintf("%d-%d", first, number%2), file)
			return steps(err, tx.Journal(event(c.No, fmt.Sprintf("claimed %d: %v", number%2, ok))))
		}},
		{"look at the case", func(tx *Tx) error { _, err := tx.JournalOf(c.No); return err }},
	}
	return rapid.SampledFrom(steps).Draw(t, "step")
}

// TestWritesThatWait: a transaction whose writes wait, are put together and partly
// taken back leaves the rows of one that sends each at once and undoes by savepoints.
func TestWritesThatWait(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			waits, sends := openMigrated(t, Options{DSN: e.dsn(t)}), openMigrated(t, Options{DSN: e.dsn(t)})
			f := sampleFile(1)
			for _, s := range []*Store{waits, sends} {
				write(t, s, func(tx *Tx) error { f.ID = 0; return tx.InsertFile(&f) })
			}
			first, ordinal := 1, 0
			rapid.Check(t, func(t *rapid.T) {
				there := make([]bool, 4)
				var blocks [][]step
				var undone []bool
				for range rapid.IntRange(1, 6).Draw(t, "blocks") {
					was, ordinalWas := slices.Clone(there), ordinal
					var block []step
					for range rapid.IntRange(1, 8).Draw(t, "steps") {
						ordinal++
						block = append(block, workOn(t, f.ID, first, ordinal, there))
					}
					undo := rapid.Bool().Draw(t, "undone")
					if undo {
						there, ordinal = was, ordinalWas
					}
					blocks, undone = append(blocks, block), append(undone, undo)
				}
				var ahead Ahead
				for i := range there {
					ahead.Claims = append(ahead.Claims, Claim{"contact-letter", "310100", fmt.Sprintf("%d-%d", first, i)})
				}
				first += len(there)
				run := func(s *Store, apply func(tx *Tx, block []step, undo bool) error) {
					err := s.Tx(context.Background(), func(tx *Tx) error {
						if err := tx.ReadAhead(ahead); err != nil {
							return err
						}
						for i, block := range blocks {
							if err := apply(tx, block, undone[i]); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				run(sends, func(tx *Tx, block []step, undo bool) error {
					err := tx.Savepoint(func() error {
						for _, s := range block {
							if err := steps(s.do(tx), tx.send()); err != nil {
								return fmt.Errorf("%s: %w", s.what, err)
							}
						}
						if undo {
							return errUndone
						}
						return nil
					})
					if errors.Is(err, errUndone) {
						return nil
					}
					return err
				})
				run(waits, func(tx *Tx, block []step, undo bool) error {
					if err := tx.send(); err != nil { // what stands before is another block's
						return err
					}
					mark := tx.Mark()
					for _, s := range block {
						if undo && s.what == "look at the case" || undo && s.what == "update" {
							continue // these send, and change nothing that stays
						}
						if err := s.do(tx); err != nil {
							return fmt.Errorf("%s: %w", s.what, err)
						}
					}
					if undo && tx.sent == mark.sent && !tx.TakeBack(mark) {
						t.Error("cannot be taken back")
					} else if undo && tx.sent != mark.sent {
						return fmt.Errorf("sent: %d", tx.sent-mark.sent)
					}
					return nil
				})
				if diff := cmp.Diff(content(t, sends), content(t, waits)); diff != "" {
					t.Fatalf("one by one (-), waiting (+):\n%s", diff)
				}
			})
			for _, s := range []*Store{waits, sends} {
				if r, err := s.VerifyJournal(t.Context(), nil); err != nil || !r.OK() {
					t.Errorf("%d faults, %v", r.FaultsTotal, err)
				}
			}
		})
	}
}

// content is what the tables of TestWritesThatWait hold.
func content(t *rapid.T, s *Store) map[string][]string {
	all := map[string][]string{}
	err := s.View(context.Background(), func(tx *Tx) error {
		for table, columns := range map[string]string{
			"forms": "form_no || version || is_current", "cases": "case_no || rev || personal_no || doc", "journal": "chain || what", "ledger_entries": "case_no || event", "ledger_postings": "account || amount",
			"ledger_balances": "account || amount", "judgements": "ordinal || ':' || part || record_no", "outgoing": "record_no || case_no", "claims": "claim_key || file_id",
		} {
			rows, err := many(tx, table, func(r row, s *string) error { return r.Scan(s) }, "SELECT "+columns+" FROM "+table+" ORDER BY 1")
			if err != nil {
				return err
			}
			// What was written when is for the proof, and another one where each write is sent at once.
			all[table] = slices.DeleteFunc(rows, func(s string) bool { return strings.HasSuffix(s, RowsWritten) })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRowsGoTogether: many rows are few statements, and a case is written once.
func TestRowsGoTogether(t *testing.T) {
	for _, e := range testEngines() {
		t.Run(e.name, func(t *testing.T) {
			var n Count
			s := openMigrated(t, Options{DSN: e.dsn(t), Counted: func(c Count) { n = c }})
			write(t, s, func(tx *Tx) error {
				for i := range 100 {
					c := sampleCase(i)
					head := ledger.Head{Date: 20260302, CaseNo: c.No, Partner: c.Partner}
					err := steps(tx.InsertCase(&c), tx.Journal(event(c.No, "a")), tx.Book(ledger.Liquidate(head, 5)), tx.Journal(event(c.No, "b")), tx.UpdateCase(c, &c))
					if err != nil {
						return err
					}
				}
				return nil
			})
			// 100 rows are 64, 32 and 4: cases, postings and entries thrice, of events 64, 64, 64 and 8, of postings as many; the balances; ends of chains thrice.
			// Where several book at once, the journal is joined before.
			want := Count{Reads: 1, Writes: 3 + 4 + 4 + 3 + 1 + 3, Trips: 5}
			if s.Shared() {
				want.Trips++
			}
			if n != want {
				t.Errorf("%+v", n)
			}
			write(t, s, func(tx *Tx) error {
				c, err := tx.Case(sampleCase(7).No)
				for range 5 {
					before := c
					c.LetterVersion++
					err = steps(err, tx.UpdateCase(before, &c))
				}
				return err
			})
			if n.Writes != 1 {
				t.Errorf("a case that changed five times took %d writes", n.Writes)
			}
		})
	}
}

// TestViewRefusesWrites also those that only wait.
func TestViewRefusesWrites(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		c := sampleCase(1)
		if err := s.View(t.Context(), func(tx *Tx) error { return tx.InsertCase(&c) }); err == nil {
			t.Error("a write in a view was lost without a word")
		}
	})
}

// TestNotTakenBack: what was sent, or tried, is undone by a savepoint alone.
func TestNotTakenBack(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		enough := errors.New("enough")
		for name, do := range map[string]func(tx *Tx) error{
			"asked for": func(tx *Tx) error {
				c := sampleCase(1)
				_, err := tx.Case(sampleCase(2).No)
				return steps(tx.InsertCase(&c), justNot(err), justNot(func() error { _, err := tx.Case("none"); return err }()))
			},
			"at once":  func(tx *Tx) error { _, _, err := tx.ClaimKey("k", "310100", "x", 0); return err },
			"a number": func(tx *Tx) error { _, err := tx.NextNumber("T", "320500", 20260302); return err },
			"refused": func(tx *Tx) error {
				c := sampleCase(1)
				c.Side = "up"
				if err := steps(tx.InsertCase(&c), tx.send()); !errors.Is(err, ErrConstraint) {
					t.Errorf("got %v", err)
				}
				return nil
			},
		} {
			err := s.Tx(t.Context(), func(tx *Tx) error {
				mark := tx.Mark()
				if err := do(tx); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if tx.TakeBack(mark) {
					t.Errorf("%s: taken back", name)
				}
				return enough
			})
			if !errors.Is(err, enough) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestTakenBackWhole: what an item wrote is taken back to the last row, whatever was
// sent or forgotten while it was worked.
func TestTakenBackWhole(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		one, two := worldOf(1), worldOf(2)
		for name, work := range map[string]func(tx *Tx) error{
			// It waited before the item, and changes no row.
			"sent without an effect": func(tx *Tx) error {
				_, err := tx.EntriesToRetry(1)
				return steps(err, tx.InsertAdvice(one.advice), tx.InsertAdvice(two.advice))
			},
			"forgotten": func(tx *Tx) error {
				tx.ForgetAhead()
				_, err := tx.FormsByCase(two.c.No)
				return steps(err, tx.InsertForm(two.form))
			},
		} {
			enough := errors.New("enough")
			err := s.Tx(t.Context(), func(tx *Tx) error {
				_, err := tx.FormsByCase(one.c.No)
				if err := steps(err, tx.InsertForm(one.form), tx.send(), tx.RequeueMatching("nothing")); err != nil {
					return err
				}
				mark := tx.Mark()
				if err := work(tx); err != nil {
					return err
				}
				if !tx.TakeBack(mark) {
					return enough // a savepoint would do it
				}
				forms, ferr := tx.FormsByCase(two.c.No)
				one, aerr := tx.AdvicesByLetter(one.c.LetterNo)
				two, berr := tx.AdvicesByLetter(two.c.LetterNo)
				if len(forms)+len(one)+len(two) > 0 {
					t.Errorf("%s: %d forms and %d advices are left", name, len(forms), len(one)+len(two))
				}
				return steps(ferr, aerr, berr, enough)
			})
			if !errors.Is(err, enough) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// justNot is nil for what is just not there.
func justNot(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// TestFaultsOfWrites: what the store refuses when it is sent is named, with the rows
// that went with it.
func TestFaultsOfWrites(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 2)
		for name, c := range map[string]struct {
			do   func(tx *Tx) error
			is   error
			says string
		}{
			"three rows": {func(tx *Tx) error {
				for _, n := range []int{3, 1} {
					c := sampleCase(n)
					if err := tx.InsertCase(&c); err != nil {
						return err
					}
				}
				return nil
			}, ErrConstraint, "case " + sampleCase(3).No + " and 1 more"},
			"a late update": {func(tx *Tx) error {
				c := sampleCase(2)
				c.Rev = 7
				return tx.UpdateCase(c, &c)
			}, ErrStale, "case " + sampleCase(2).No},
			"two updates of what one has read": {func(tx *Tx) error {
				c, err := tx.Case(sampleCase(2).No)
				other := c
				return steps(err, tx.UpdateCase(c, &other), tx.UpdateCase(c, &other))
			}, ErrStale, "case " + sampleCase(2).No},
		} {
			err := s.Tx(t.Context(), c.do)
			if !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestClaimedMeanwhile: two transactions that read ahead that a key is free do not
// both get it.
func TestClaimedMeanwhile(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f := sampleFile(1)
		write(t, s, func(tx *Tx) error { return tx.InsertFile(&f) })
		const nodes = 4
		var read, all sync.WaitGroup
		read.Add(nodes)
		got := make([]bool, nodes)
		for i := range nodes {
			all.Go(func() {
				var once sync.Once
				err := s.Tx(t.Context(), func(tx *Tx) error {
					err := tx.ReadAhead(Ahead{Claims: []Claim{{"k", "310100", "x"}, {"k", "310100", "y"}}})
					once.Do(read.Done)
					if !s.alone() {
						read.Wait()
					}
					_, ok, cerr := tx.ClaimKey("k", "310100", "x", f.ID)
					got[i] = ok
					return steps(err, cerr)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		won := 0
		for _, ok := range got {
			if ok {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d have the key", won)
		}
	})
}

// alone reports whether transactions run one after the other.
func (s *Store) alone() bool { return s.eng.LockRow() == "" }

// TestTripsOnTheWire: a trip that is counted is one that a network before the server
// sees, once the statements are prepared.
func TestTripsOnTheWire(t *testing.T) {
	near := storetest.NewDatabase(t)
	openMigrated(t, Options{DSN: near})
	wire, far := storetest.NewProxy(t, near, 100*time.Millisecond) // so late that no answer comes while the rest is still being sent
	var n Count
	s := open(t, Options{DSN: far, Counted: func(c Count) { n = c }})
	for i := range 3 {
		before := wire.Trips()
		write(t, s, func(tx *Tx) error {
			for k := range 70 {
				c := sampleCase(100*i + k)
				if err := steps(tx.InsertCase(&c), tx.Journal(event(c.No, "a"))); err != nil {
					return err
				}
			}
			_, err := tx.Case(sampleCase(100 * i).No)
			return err
		})
		if saw := wire.Trips() - before; i > 0 && saw != int64(n.Trips) {
			t.Errorf("%d trips, %d counted", saw, n.Trips)
		}
	}
}
