package jobs

import (
	"fmt"
	"sort"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/report"
)

// proofs proves the ledger, per partner and in total, on both sides.
func (e *Env) proofs(tx *store.Tx) ([]report.Proof, error) {
	balances, err := tx.Balances("")
	if err != nil {
		return nil, err
	}
	liquidated, err := tx.Liquidated()
	if err != nil {
		return nil, err
	}
	announced, err := tx.Announced()
	if err != nil {
		return nil, err
	}
	partners := []string{""}
	for p := range e.Partners {
		partners = append(partners, p)
	}
	sort.Strings(partners)
	var out []report.Proof
	for _, p := range partners {
		of := p
		if of == "" {
			of = ledger.All
		}
		for _, side := range []exchange.Side{exchange.Out, exchange.In} {
			var proof ledger.Proof
			if side == exchange.Out {
				proof, err = ledger.ProveOut(balances, of, sumOf(liquidated, p))
			} else {
				proof, err = ledger.ProveIn(balances, of, sumOf(announced, p))
			}
			if err != nil {
				return nil, err
			}
			if p == "" || proof != (ledger.Proof{}) {
				out = append(out, report.Proof{Partner: p, Side: side, Proof: proof})
			}
		}
	}
	return out, nil
}

// sumOf is the figure of one partner, or "" of all.
func sumOf(figures map[string]money.Fen, partner string) money.Fen {
	if partner != "" {
		return figures[partner]
	}
	total := money.Fen(0)
	for _, f := range figures {
		total += f
	}
	return total
}

// closes reports a difference that the ledger does not explain, on either
// side. One that is tied to a held case stops that case only.
func (e *Env) closes(tx *store.Tx) error {
	proofs, err := e.proofs(tx)
	if err != nil {
		return err
	}
	for _, p := range proofs {
		if p.Partner != "" || p.Difference == 0 {
			continue
		}
		tied, err := e.tied(tx, p.Side)
		if err != nil {
			return err
		}
		if p.Difference != tied {
			return fmt.Errorf("the ledger does not close on the %s side: difference %s, of which %s is tied to held cases", p.Side, p.Difference, tied)
		}
	}
	return nil
}

// tied is what cases that are held because of an amount add to a side's
// difference: what their forms or postings say less what was booked for them.
func (e *Env) tied(tx *store.Tx, side exchange.Side) (sum money.Fen, err error) {
	cases, err := tx.Cases(store.CaseFilter{Side: side, States: []exchange.State{exchange.Held}, Holds: []code.Hold{code.HoldAmountDiffers}})
	if err != nil {
		return 0, err
	}
	for _, c := range cases {
		said, err := saidOf(tx, c)
		if err != nil {
			return 0, err
		}
		entries, err := tx.LedgerOf(c.No)
		if err != nil {
			return 0, err
		}
		for _, entry := range entries {
			for _, p := range entry.Postings {
				if t := p.Account.Title(); t == ledger.InAnnounced || t == ledger.OutLiquidated {
					said += p.Amount // a source: below zero
				}
			}
		}
		sum += said
	}
	return sum, nil
}

// saidOf is what the forms in force announce, or the core's debits say.
func saidOf(tx *store.Tx, c exchange.Case) (sum money.Fen, err error) {
	if c.Side == exchange.In {
		forms, err := tx.FormsByCase(c.No)
		for _, f := range forms {
			if f.Current {
				sum += f.Amount
			}
		}
		return sum, err
	}
	postings, err := tx.PostingsByCase(c.No)
	for _, p := range postings {
		if p.Row == exchange.PostDebit && p.State == exchange.PostingDone {
			sum += p.Amount
		}
	}
	return sum, err
}
