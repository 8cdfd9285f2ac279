package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/money"
)

// A day of a statement: a booking of it is booked, one is booked as two parts, one with
// another amount, one not at all, and two that are alike twice; something is booked that
// the statement lacks, and what is in doubt does not count.
func TestBankDay(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f, _ := furnished(t, s)
		d := exchange.BankDay{
			Account: "62", Day: 20260303, From: 20260302, Opening: 100, Closing: 100 + 60 + 70 - 30, Entries: 4, Credits: 130, Debits: 30,
			State: exchange.DayDiffers, FileID: f.ID, Faults: []exchange.BankFault{{Kind: exchange.FaultOpening, Ours: 1, Theirs: 2}},
		}
		before := exchange.BankDay{Account: "62", Day: 20260302, From: 20260302, Closing: 100, Credits: 100, Entries: 1, State: exchange.DayProved, FileID: f.ID}
		entry := func(n int, ref string, amount, total money.Fen) error {
			e := exchange.BankEntry{Account: "62", Ref: ref, Credit: amount > 0, Amount: max(amount, -amount), Total: total, BookedOn: 20260303, State: exchange.EntryUnmatched}
			e.Key = e.KeyOf(n)
			return s.Tx(t.Context(), func(tx *Tx) error { return tx.InsertBankEntry(e) })
		}
		doubtful := exchange.BankEntry{Key: "x", Account: "62", Ref: "a", Credit: true, Amount: 60, Total: 60, BookedOn: 20260303, State: exchange.EntryDoubtful}
		n := 0
		err := errors.Join(
			entry(1, "a", 60, 60), entry(1, "b", -10, -30), entry(1, "b", -20, -30), entry(1, "c", 50, 50), entry(1, "", 9, 9), entry(1, "f", 7, 7), entry(2, "f", 7, 7),
			s.Tx(t.Context(), func(tx *Tx) error {
				line := func(ref string, amount money.Fen) error {
					n++
					return tx.InsertStatedBooking(exchange.StatedBooking{Account: "62", Day: d.Day, N: n, BookedOn: d.Day, Ref: ref, Amount: amount, Text: "x"})
				}
				return errors.Join(tx.InsertBankDay(before), tx.InsertBankDay(d), tx.InsertBankEntry(doubtful),
					line("a", 60), line("b", -30), line("c", 60), line("e", 10), line("f", 7), line("f", 7))
			}))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Tx(t.Context(), func(tx *Tx) error {
			got, err := tx.BankDay("62", 20260303, 0)
			if err != nil || cmp.Diff(d, got) != "" {
				t.Error(err, cmp.Diff(d, got))
			}
			if got, err := tx.BankDayBefore(d); err != nil || got.Day != 20260302 {
				t.Error(got, err)
			}
			if _, err := tx.BankDayBefore(before); !errors.Is(err, ErrNotFound) {
				t.Error(err)
			}
			uneven, err := tx.UnevenBookings(d)
			want := []exchange.Uneven{
				{BookedOn: 20260303, Amount: 9, Booked: 9},
				{BookedOn: 20260303, Ref: "c", Amount: 50, Booked: 50},
				{BookedOn: 20260303, Ref: "c", Amount: 60, Stated: 1, Here: 1},
				{BookedOn: 20260303, Ref: "e", Amount: 10, Stated: 1, Here: 1},
			}
			if err != nil || cmp.Diff(want, uneven) != "" {
				t.Error(err, cmp.Diff(want, uneven))
			}
			sum, err := tx.BookedSum("62", 20260301, 20260303)
			if err != nil || sum != 60-30+50+9+14 {
				t.Error(sum, err)
			}
			if got, err := tx.BankEntriesNumbered("b"); err != nil || len(got) != 2 {
				t.Error(got, err)
			}
			if got, err := tx.DoubtfulEntries("62", 20260303, 20260303); err != nil || len(got) != 1 || got[0].Key != "x" {
				t.Error(got, err)
			}
			if got, err := tx.StatedTexts("62", want[2]); err != nil || len(got) != 1 || got[0] != "x" {
				t.Error(got, err)
			}
			all, err := tx.StatedBookings(d)
			if err != nil || len(all) != 6 || all[0].Text != "x" {
				t.Error(all, err)
			}
			proved := d
			proved.State, proved.Faults = exchange.DayProved, nil
			if err := tx.UpdateBankDay(d, proved); err != nil {
				t.Error(err)
			}
			if err := steps(tx.UpdateBankDay(d, proved), tx.send()); !errors.Is(err, ErrStale) {
				t.Error(err)
			}
			if err := tx.DoubtBankDays("62", 20260302, 20260302); err != nil {
				t.Error(err)
			}
			if open, err := tx.BankDaysToProve(); err != nil || len(open) != 2 {
				t.Error(open, err)
			}
			return tx.DeleteStatedBookings(d)
		})
		if err != nil {
			t.Error(err)
		}
		if err := raw(t, s, "UPDATE bank_days SET closing = closing + 1"); err == nil {
			t.Error("a day that does not add up is taken")
		}
	})
}
