package store

import (
	"fmt"
	"math"
	"testing"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
)

// enough rows of the largest amount that a file may state add up to more than 64 bits.
const enough = int(math.MaxInt64/money.Max) + 2

// fillAbsurd stores as many rows of the largest amount in every table that is summed.
func fillAbsurd(t *testing.T, s *Store) {
	t.Helper()
	insertCases(t, s, 1)
	in := sampleCase(2)
	in.Side, in.State, in.MoneyTrack = exchange.In, exchange.Applied, exchange.MoneyNone
	write(t, s, func(tx *Tx) error {
		file := sampleFile(1)
		err := steps(tx.InsertCase(&in), tx.InsertFile(&file))
		err = steps(err, tx.InsertBankDay(exchange.BankDay{Account: "62", Day: 20260302, From: 20260302, State: exchange.DayDiffers, FileID: file.ID}))
		for i := range enough {
			no := fmt.Sprint(i)
			f := exchange.Form{
				No: "F" + no, Version: 1, CaseNo: in.No, Side: exchange.In, Nature: "original", Track: exchange.FormReceived, Money: "REMITTED",
				Principal: money.Max, Amount: money.Max, Current: true, IssuedOn: 20260302,
			}
			out := f
			out.No, out.CaseNo, out.Side, out.Track, out.LastCompletion, out.Credited = "G"+no, sampleCase(1).No, exchange.Out, exchange.FormSent, "completed", money.Max
			netted := f
			netted.No, netted.Version, netted.Money, netted.Current = "N", i+1, "NETTED", false
			err = steps(err, tx.InsertForm(f), tx.InsertForm(out), tx.InsertForm(netted),
				tx.InsertPosting(exchange.Posting{No: "B" + no, CaseNo: in.No, Row: exchange.PostDebit, State: exchange.PostingDone, Amount: money.Max}),
				tx.InsertPosting(exchange.Posting{No: "N" + no, CaseNo: in.No, Row: exchange.PostCredit, State: exchange.PostingDone, Amount: money.Max, FormNo: f.No, FormVersion: 1}),
				tx.InsertPayment(exchange.Payment{Ref: no, Partner: "310100", Purpose: string(code.PurposeRefund), Amount: money.Max, Track: exchange.MoneyOrdered, ValueOn: 20260302}),
				tx.InsertStatedBooking(exchange.StatedBooking{Account: "62", Day: 20260302, N: i + 1, BookedOn: 20260302, Ref: "R", Amount: money.Max}),
				tx.InsertBankEntry(exchange.BankEntry{Key: "C" + no, Account: "62", Credit: true, Amount: money.Max, Total: money.Max, Ref: "R", BookedOn: 20260302, State: exchange.EntryMatched}),
				tx.InsertBankEntry(exchange.BankEntry{Key: "D" + no, Account: "63", Amount: money.Max, Total: -money.Max, Ref: "R", BookedOn: 20260302, State: exchange.EntryMatched}))
		}
		return err
	})
}

// TestSumsOfAbsurdAmounts: no sum is an error because of the figures in it, of however many
// rows; what does not fit is clamped.
func TestSumsOfAbsurdAmounts(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		fillAbsurd(t, s)
		view(t, s, func(tx *Tx) error {
			most := fmt.Sprintf("map[310100:%s]", money.Fen(math.MaxInt64))
			for name, of := range map[string]func() (map[string]money.Fen, error){
				"liquidated": tx.Liquidated, "announced": tx.Announced, "credited": tx.Credited, "confirmed": tx.Confirmed,
			} {
				if got, err := of(); err != nil || fmt.Sprint(got) != most {
					t.Errorf("%s: %v %v", name, got, err)
				}
			}
			for name, of := range map[string]func() (money.Fen, error){"received": tx.BankReceived, "debited": tx.BankDebited, "booked": func() (money.Fen, error) {
				return tx.BookedSum("62", 20260302, 20260302)
			}} {
				if got, err := of(); err != nil || got != math.MaxInt64 {
					t.Errorf("%s: %s %v", name, got, err)
				}
			}
			if got, err := tx.BookedSum("63", 20260302, 20260302); err != nil || got != -math.MaxInt64 {
				t.Errorf("booked: %s %v", got, err)
			}
			paid, err := tx.PaidOn(ByPartner, "310100", 20260302)
			if err != nil || paid["ordered"] != math.MaxInt64 {
				t.Errorf("ordered: %v %v", paid, err)
			}
			netted, err := tx.NettedForms("310100", 202603)
			if err != nil || len(netted) != 1 || netted[0].Amount != money.Max {
				t.Errorf("netted: %v %v", netted, err)
			}
			uneven, err := tx.UnevenBookings(exchange.BankDay{Account: "62", Day: 20260302, From: 20260302})
			if err != nil || len(uneven) > 0 {
				t.Errorf("uneven: %v %v", uneven, err)
			}
			return nil
		})
		write(t, s, func(tx *Tx) error {
			return tx.InsertStatedBooking(exchange.StatedBooking{Account: "62", Day: 20260302, N: enough + 1, BookedOn: 20260302, Ref: "R", Amount: money.Max})
		})
		view(t, s, func(tx *Tx) error {
			uneven, err := tx.UnevenBookings(exchange.BankDay{Account: "62", Day: 20260302, From: 20260302})
			if len(uneven) != 1 || uneven[0].Stated != enough+1 || uneven[0].Booked != math.MaxInt64 {
				t.Errorf("one more is stated: %v", uneven)
			}
			return err
		})
	})
}

// TestLedgerFaultsOfAbsurdAmounts: what came and went is proved, although what came alone
// would not fit.
func TestLedgerFaultsOfAbsurdAmounts(t *testing.T) {
	onEngines(t, func(t *testing.T, s *Store) {
		insertCases(t, s, 1)
		const most = 1 << 62
		for range 3 {
			h := ledger.Head{Date: 20260302, Partner: "310100", CaseNo: sampleCase(1).No}
			write(t, s, func(tx *Tx) error {
				e := ledger.Liquidate(h, most)
				return steps(tx.Book(e), tx.Book(ledger.Reverse(e, 20260302, "")))
			})
		}
		view(t, s, func(tx *Tx) error {
			faults, err := tx.LedgerFaults()
			if len(faults) > 0 {
				t.Errorf("faults: %q", faults)
			}
			return err
		})
	})
}
