package jobs_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/story"
)

// bookEveryEvent books every event of the chart with two partners, under dates
// that go back and forth, with memos that could end a line or a tag.
func bookEveryEvent(t *testing.T, s *store.Store) (entries int) {
	t.Helper()
	memos := []string{"", "a file; record 7", "a, b\nc | d", "户名“张三；李四”", "* = 12.00 CNY"}
	err := s.Tx(context.Background(), func(tx *store.Tx) error {
		c := exchange.Case{
			No: "T32050020260302000001", Side: exchange.Out, Partner: "310100", Profile: "2021", State: exchange.Requested,
			FormTrack: exchange.FormNone, MoneyTrack: exchange.MoneyNotDue, LetterNo: "31010020260302000001", OpenedOn: 20260302,
		}
		if err := tx.InsertCase(&c); err != nil {
			return err
		}
		seen := map[ledger.Event]bool{}
		for _, partner := range []string{"", "310100", "440300"} { // enough in every place
			for event, from := range map[ledger.Event]ledger.Title{ledger.Liquidated: ledger.OutLiquidated, ledger.AnnouncedRemitted: ledger.InAnnounced, ledger.Received: ledger.InReceived} {
				fill := ledger.Entry{Head: ledger.Head{Date: 20260301, Partner: partner}, Event: event}
				for _, h := range ledger.Chart() {
					if h.Kind == ledger.Place && h.Title[:3] == from[:3] {
						fill.Postings = append(fill.Postings, ledger.Posting{Account: h.Title.Of(partner), Amount: 1e12})
					}
				}
				fill.Postings = append(fill.Postings, ledger.Posting{Account: from.Of(partner), Amount: -1e12 * money.Fen(len(fill.Postings))})
				entries++
				if err := tx.Book(fill); err != nil {
					return err
				}
			}
		}
		for i, partner := range []string{"310100", "440300"} {
			for _, e := range oneOfEach(ledger.Head{Partner: partner}, money.Fen(1_000_000_007*(i+1))) {
				entries++
				e.Date, e.Memo = 20260302+(entries*7)%5, memos[entries%len(memos)]
				if entries%2 == 0 {
					e.CaseNo = c.No
				}
				seen[e.Event] = true
				if err := tx.Book(e); err != nil {
					return err
				}
			}
		}
		for _, r := range ledger.Rules() {
			if !seen[r.Event] {
				t.Errorf("%s is not booked", r.Event)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// oneOfEach is an entry of every event of the chart.
func oneOfEach(h ledger.Head, f money.Fen) []ledger.Entry {
	unknown := h
	unknown.Partner = ""
	settled := ledger.Settle(h, f, f-1)
	return []ledger.Entry{
		ledger.Liquidate(h, 9*f), ledger.Order(h, f), ledger.VoidOrder(h, 1), ledger.Submit(h, f-1), settled, ledger.SettleToPerson(h, 3, 3),
		ledger.RefuseByBank(h, 5), ledger.Return(h, 7), ledger.ReturnByPerson(h, 1), ledger.OrderAgain(h, 2), ledger.Confirm(h, 11, 12),
		ledger.Net(h, 13), ledger.NotMove(h, 17), ledger.Announce(h, f), ledger.AnnounceNetted(h, 19), ledger.AnnounceNotMoved(h, 23),
		ledger.AnnouncePaidToPerson(h, 29), ledger.Receive(unknown, f), ledger.Receive(h, 31), ledger.Match(h, "", f, f-2), ledger.Credit(h, f-2),
		ledger.Refund(h, h.Partner, 31), ledger.Refund(h, "", 1), ledger.TieNetting(h, 13, 19), ledger.Reverse(settled, 0, ""),
	}
}

// TestExportedLedger: hledger finds the export of a ledger with every event
// sound, in the order of dates, and comes to the balances that we keep.
func TestExportedLedger(t *testing.T) {
	hledger := droptest.Require(t, "hledger")
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(t.TempDir(), "ledger.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries := bookEveryEvent(t, s)
	var text bytes.Buffer
	want := map[string]money.Fen{}
	err = s.View(t.Context(), func(tx *store.Tx) error {
		n, err := story.ExportLedger(tx, &text)
		if err == nil && n != int64(entries) {
			t.Errorf("%d entries of %d", n, entries)
		}
		if err != nil {
			return err
		}
		return tx.EachLedgerAccount(func(a ledger.Account, f money.Fen) error {
			name := string(a)
			if a.Partner() == "" {
				name += "unknown"
			}
			want[name] = f
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(t.TempDir(), "ledger.journal")
	if err := os.WriteFile(journal, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(hledger, "-f", journal, "check", "--strict", "ordereddates").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	found, err := exec.Command(hledger, "-f", journal, "register", "-O", "csv", "desc:T32050020260302000001", "tag:case=T32050020260302000001").Output()
	if err != nil || bytes.Count(found, []byte("\n")) < entries/2 {
		t.Errorf("entries of the case: %v, %s", err, found)
	}
	requireSameBalances(t, hledger, journal, want)
}

// requireSameBalances compares what hledger adds up with what the store keeps.
func requireSameBalances(t *testing.T, hledger, journal string, want map[string]money.Fen) {
	t.Helper()
	out, err := exec.Command(hledger, "-f", journal, "balance", "--flat", "--empty", "--no-total", "-O", "csv").Output()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil || len(rows) != len(want)+1 {
		t.Errorf("%d accounts of %d: %v", len(rows)-1, len(want), err)
	}
	for _, row := range rows[1:] {
		got := strings.TrimSuffix(row[1], " CNY")
		if got == "0" {
			got = "0.00"
		}
		f, known := want[row[0]]
		if !known || fmt.Sprint(f) != got {
			t.Errorf("%s: hledger says %s, we keep %s", row[0], row[1], f)
		}
	}
}
