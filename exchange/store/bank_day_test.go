package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange"
	"carryover/exchange/money"
)

// A day of a statement: one line is booked, one is booked as two parts, one
// with another amount, one not at all; and something is booked that the
// statement lacks.
func TestBankDay(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		f, _ := furnished(t, s)
		d := exchange.BankDay{
			Account: "62", Day: 20260303, From: 20260302, Opening: 100, Closing: 100 + 60 + 70 - 30, Entries: 4, Credits: 130, Debits: 30,
			State: exchange.DayDiffers, FileID: f.ID, Faults: []exchange.BankFault{{Kind: exchange.FaultOpening, Ours: 1, Theirs: 2}},
		}
		before := exchange.BankDay{Account: "62", Day: 20260302, From: 20260302, Closing: 100, Credits: 100, Entries: 1, State: exchange.DayProved, FileID: f.ID}
		entry := func(key, ref string, credit bool, amount money.Fen) error {
			return s.Tx(t.Context(), func(tx *Tx) error {
				return tx.InsertBankEntry(exchange.BankEntry{Key: key, Account: "62", Ref: ref, Credit: credit, Amount: amount, BookedOn: 20260303, State: exchange.EntryUnmatched})
			})
		}
		err := errors.Join(
			entry("62|a", "a", true, 60), entry("62|b|1", "b", false, 10), entry("62|b|2", "b", false, 20), entry("62|c", "c", true, 50), entry("62|none", "", true, 9),
			s.Tx(t.Context(), func(tx *Tx) error {
				line := func(booking string, amount money.Fen) error {
					return tx.InsertBankLine(exchange.BankLine{Account: "62", Day: d.Day, Booking: booking, Amount: amount, Text: "x"})
				}
				return errors.Join(tx.InsertBankDay(before), tx.InsertBankDay(d), line("a", 60), line("b", -30), line("c", 60), line("e", 10))
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
			lines, err := tx.UnexplainedLines(d)
			if err != nil || len(lines) != 2 || lines[0].Booking != "c" || lines[1].Booking != "e" || lines[1].Amount != 10 {
				t.Error(lines, err)
			}
			missing, err := tx.AbsentEntries(d)
			if err != nil || len(missing) != 1 || missing[0].Key != "62|none" {
				t.Error(missing, err)
			}
			sum, err := tx.BookedSum("62", 20260301, 20260303)
			if err != nil || sum != 60-30+50+9 {
				t.Error(sum, err)
			}
			if got, err := tx.BankEntriesByBooking("62", "b"); err != nil || len(got) != 2 {
				t.Error(got, err)
			}
			all, err := tx.BankLines(d)
			if err != nil || len(all) != 4 || all[0].Text != "x" {
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
			return tx.DeleteBankLines(d)
		})
		if err != nil {
			t.Error(err)
		}
		if err := raw(t, s, "UPDATE bank_days SET closing = closing + 1"); err == nil {
			t.Error("a day that does not add up is taken")
		}
	})
}
