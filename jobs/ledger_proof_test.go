package jobs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/proof"
)

// unexplainedEntries are entries that no document stands behind.
func unexplainedEntries(partner string, caseNo string) map[string][]ledger.Entry {
	h := ledger.Head{Date: 20260302, Partner: partner, Memo: "odd"}
	tied := h
	tied.CaseNo = caseNo
	apart := ledger.Liquidate(tied, 5)
	settled := ledger.Entry{Head: h, Event: ledger.Settled, Postings: []ledger.Posting{
		{Account: ledger.OutDue.Of(partner), Amount: -5}, {Account: ledger.OutSettled.Of(partner), Amount: 5},
	}}
	return map[string][]ledger.Entry{
		"liquidated":         {ledger.Liquidate(h, 5)},
		"announced":          {ledger.Announce(h, 5)},
		"credited":           {ledger.Receive(h, 5), ledger.Match(h, partner, 0, 5), ledger.Credit(h, 5)},
		"confirmed":          {settled, ledger.Confirm(h, 5, 5), ledger.Liquidate(h, 5)},
		"from end to end":    {ledger.Liquidate(h, 5), ledger.Confirm(h, 5, 5), settled},
		"received":           {ledger.Receive(h, 5)},
		"received by no one": {ledger.Receive(ledger.Head{Date: 20260302, Memo: "odd"}, 5)},
		"settled":            {ledger.Liquidate(h, 5), settled},
		"refunded":           {ledger.Refund(h, them, 5), ledger.Receive(h, 5)},
		"tied to a case":     {apart},
		"more than the case": {apart, ledger.Liquidate(h, 5)},
	}
}

// TestNoPaymentUnlessTheLedgerCloses: an entry that nothing explains keeps every payment
// from being released; one that is tied to a held case stops that case only.
func TestNoPaymentUnlessTheLedgerCloses(t *testing.T) {
	for name := range unexplainedEntries(them, "") {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.unproved = true
			p, waits := leaver(us, 0), leaver(us, 1)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p), o.letter(them, 2, waits))
			o.pass()
			o.requireState(exchange.Out, waits, "held/none/not_due awaiting-registry")
			err := o.env.Store.Tx(context.Background(), func(tx *store.Tx) error {
				for _, e := range unexplainedEntries(them, o.caseBy(exchange.Out, waits).No)[name] {
					if err := tx.Book(e); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			err = o.tryPass()
			f, ferr := o.env.Figures(context.Background())
			if ferr != nil {
				t.Fatal(ferr)
			}
			if name == "tied to a case" {
				if err != nil || len(o.orders) != 1 || f.Unproved[exchange.Out] != 0 {
					t.Errorf("%d payments, %s unproved: %v", len(o.orders), f.Unproved[exchange.Out], err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "does not close") || len(o.orders) != 0 {
				t.Errorf("%d payments were ordered: %v", len(o.orders), err)
			}
			if total := f.Unproved[exchange.Out] + f.Unproved[exchange.In]; total == 0 {
				t.Error("nothing is unproved in total")
			}
		})
	}
}

// TestAbsurdLedgerIsUnproved: figures that do not add up to an amount stop the payments and
// nobody's workbook.
func TestAbsurdLedgerIsUnproved(t *testing.T) {
	o := newOffice(t)
	o.unproved = true
	for _, partner := range []string{them, "330100", "510100"} {
		err := o.env.Store.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.Book(ledger.Announce(ledger.Head{Date: 20260302, Partner: partner, Memo: "odd"}, 1<<62))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	o.env.Date = calendar.DateOf(o.now)
	if _, err := o.env.Report(t.Context()); !errors.Is(err, proof.ErrUnbalanced) {
		t.Errorf("reported: %v", err)
	}
	if _, err := os.Stat(filepath.Join(o.env.Reports, "2026-03-02.xlsx")); err != nil {
		t.Error(err)
	}
	if list := o.pressing(exchange.TodoProof); len(list) == 0 {
		t.Error("nobody is told")
	}
}
