package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNextNumber: numbers have the shape of FILES.md and count from 1 per
// prefix, area and day; those of a transaction that failed are not used up.
func TestNextNumber(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		failed := errors.New("failed")
		err := s.Tx(t.Context(), func(tx *Tx) error {
			_, err := tx.NextNumber("T", "320500", 20260302)
			return steps(err, failed)
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		var got []string
		take := func(no string, err error) error {
			got = append(got, no)
			return err
		}
		for range 2 {
			write(t, s, func(tx *Tx) error {
				return steps(
					take(tx.NextNumber("T", "320500", 20260302)), take(tx.NextNumber("T", "320500", 20260302)),
					take(tx.NextNumber("", "320500", 20260302)), take(tx.NextNumber("T", "320500", 20260303)),
					take(tx.NextLump("320500", "310100", 20260302)),
				)
			})
		}
		want := []string{
			"T32050020260302000001", "T32050020260302000002", "32050020260302000001", "T32050020260303000001", "L320500310100202603020001",
			"T32050020260302000003", "T32050020260302000004", "32050020260302000002", "T32050020260303000002", "L320500310100202603020002",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// TestNumbersRunOut: a day has 9,999 lump sums; the next is an error, not a longer number.
func TestNumbersRunOut(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		err := s.Tx(t.Context(), func(tx *Tx) error {
			for range lastLump {
				if _, err := tx.NextLump("320500", "310100", 20260302); err != nil {
					return err
				}
			}
			_, err := tx.NextLump("320500", "310100", 20260302)
			return err
		})
		if !errors.Is(err, ErrExhausted) {
			t.Errorf("got %v, want ErrExhausted", err)
		}
	})
}

// TestNumbersAreUnique: several writers, some of which fail as a whole or in
// part, never get the same number twice, and sequences have no gap.
func TestNumbersAreUnique(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		const writers, rounds = 4, 12
		failed := errors.New("failed")
		var mu sync.Mutex
		numbers, sequences := map[string]int{}, map[int64]int{}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for r := range rounds {
					var no, no2 string
					var seq int64
					err := s.Tx(context.Background(), func(tx *Tx) (err error) {
						perr := tx.Savepoint(func() error {
							_, err := tx.NextNumber("F", "320500", 20260302)
							_, serr := tx.NextSequence("320500", "310100", "contact-letter")
							return steps(err, serr, failed)
						})
						if !errors.Is(perr, failed) {
							return perr
						}
						var serr, nerr error
						no, err = tx.NextNumber("F", "320500", 20260302)
						no2, nerr = tx.NextNumber("F", "320500", 20260302)
						seq, serr = tx.NextSequence("320500", "310100", "contact-letter")
						if err = steps(err, nerr, serr); err == nil && (w+r)%3 == 0 {
							err = failed
						}
						return err
					})
					switch {
					case err == nil:
						mu.Lock()
						numbers[no]++
						numbers[no2]++
						sequences[seq]++
						mu.Unlock()
					case !errors.Is(err, failed):
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for no, n := range numbers {
			if n != 1 {
				t.Errorf("%s was issued %d times", no, n)
			}
		}
		for i := range int64(len(sequences)) {
			if sequences[i+1] != 1 {
				t.Errorf("sequence %d was issued %d times", i+1, sequences[i+1])
			}
		}
		if len(numbers) != 2*len(sequences) || len(sequences) == 0 {
			t.Errorf("%d numbers, %d sequences", len(numbers), len(sequences))
		}
	})
}

// TestSequenceGaps compares the gaps with those of a plain list.
func TestSequenceGaps(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			party := fmt.Sprintf("p%d", n)
			seen := rapid.SliceOfN(rapid.Int64Range(1, 30), 1, 12).Draw(t, "sequences")
			have, last := map[int64]bool{}, int64(0)
			err := s.Tx(context.Background(), func(tx *Tx) error {
				for i, q := range seen {
					f := sampleFile(i)
					f.Party, f.Sequence = party, q
					have[q], last = true, max(last, q)
					if err := tx.InsertFile(&f); err != nil {
						return err
					}
				}
				return nil
			})
			var want, got []int64
			for q := int64(1); q < last; q++ {
				if !have[q] {
					want = append(want, q)
				}
			}
			var highest int64
			verr := s.View(context.Background(), func(tx *Tx) (err error) {
				var lerr error
				got, err = tx.SequenceGaps("in", party, "contact-letter")
				highest, lerr = tx.LastSequence("in", party, "contact-letter")
				return steps(err, lerr)
			})
			if err := steps(err, verr); err != nil || fmt.Sprint(got) != fmt.Sprint(want) || highest != last {
				t.Errorf("%v: gaps %v up to %d, want %v up to %d (%v)", seen, got, highest, want, last, err)
			}
		})
	})
}

// TestNumbersMoved: after a store was taken back, no number that the lost one may have issued up
// to that day is issued, on days too of which the store knows none; later days begin at 1.
func TestNumbersMoved(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		var got []string
		take := func(no string, err error) error {
			got = append(got, no)
			return err
		}
		draw := func(tx *Tx) error {
			return steps(
				take(tx.NextNumber("T", "320500", 20260302)), take(tx.NextNumber("T", "320500", 20260303)), take(tx.NextNumber("T", "320500", 20260304)),
				take(tx.NextNumber("T", "320500", 20260305)), take(tx.NextLump("320500", "310100", 20260302)), take(tx.NextLump("320500", "310100", 20260303)),
			)
		}
		write(t, s, func(tx *Tx) error { return take(tx.NextNumber("T", "320500", 20260302)) })
		write(t, s, func(tx *Tx) error { return steps(tx.MoveNumbers(20260304, 1), draw(tx)) })
		write(t, s, draw)
		write(t, s, func(tx *Tx) error { return tx.MoveNumbers(20260303, 2) })
		write(t, s, func(tx *Tx) error { return take(tx.NextNumber("", "320500", 20260303)) })
		want := []string{
			"T32050020260302000001",
			"T32050020260302100002", "T32050020260303100001", "T32050020260304100001", "T32050020260305000001", "L320500310100202603021001", "L320500310100202603031001",
			"T32050020260302100003", "T32050020260303100002", "T32050020260304100002", "T32050020260305000002", "L320500310100202603021002", "L320500310100202603031002",
			"32050020260303300001",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

// TestSequencesMoved: a sequence goes on behind the highest that was seen, and never back; so do
// the numbers of checkpoints.
func TestSequencesMoved(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		of := func(last int64) Sequence { return Sequence{"320500", "310100", "contact-letter", last} }
		write(t, s, func(tx *Tx) error {
			_, err := tx.NextSequence("320500", "310100", "contact-letter")
			return steps(err, tx.MoveSequence(of(7)), tx.MoveSequence(of(3)), tx.MoveCheckpoints(4))
		})
		write(t, s, func(tx *Tx) error {
			n, err := tx.NextSequence("320500", "310100", "contact-letter")
			if n != 8 {
				t.Errorf("sequence %d, want 8", n)
			}
			list, e := tx.Sequences()
			if len(list) != 1 || list[0] != of(8) {
				t.Errorf("sequences: %v", list)
			}
			for _, want := range []int64{5, 6} {
				c, e := tx.WriteCheckpoint(time.Now(), 20260302)
				if err = errors.Join(err, e); c.ID != want {
					t.Errorf("checkpoint %d, want %d", c.ID, want)
				}
			}
			return errors.Join(err, e)
		})
	})
}
