// Package proof is the ledger's equation: for every partner and side, what was
// liquidated is what was credited, paid to persons, netted, not moved, is in
// transit, or differs (SPEC 4).
//
// It promises to find the partners for whom that does not hold, and to stop
// payments while there is one (CheckBalanced). It reads; it may not book.
package proof

import (
	"fmt"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// proven are the figures of the proof that come from outside the ledger, by partner.
type proven struct {
	liquidated, confirmed map[string]money.Fen // old place: the core's debits, the completions
	announced, credited   map[string]money.Fen // new place: the forms, the core's credits
	received              money.Fen            // the bank's entries
}

func toldBy(tx *store.Tx) (t proven, err error) {
	if t.liquidated, err = tx.Liquidated(); err != nil {
		return t, err
	}
	if t.announced, err = tx.Announced(); err != nil {
		return t, err
	}
	if t.credited, err = tx.Credited(); err != nil {
		return t, err
	}
	if t.confirmed, err = tx.Confirmed(); err != nil {
		return t, err
	}
	t.received, err = tx.BankReceived()
	return t, err
}

// prove proves one side with one partner, or with "" of all.
func (t proven) prove(b ledger.Balances, side exchange.Side, partner string) (ledger.Proof, error) {
	of := partner
	if of == "" {
		of = ledger.All
	}
	if side == exchange.Out {
		return ledger.ProveOut(b, of, sumOf(t.liquidated, partner), sumOf(t.confirmed, partner))
	}
	if partner == "" {
		return ledger.ProveAllIn(b, sumOf(t.announced, ""), sumOf(t.credited, ""), t.received)
	}
	return ledger.ProveIn(b, partner, t.announced[partner], t.credited[partner])
}

// Proofs proves the ledger, per partner and in total, on both sides.
func Proofs(o *office.Office, tx *store.Tx) ([]report.Proof, error) {
	balances, err := tx.Balances("")
	if err != nil {
		return nil, err
	}
	told, err := toldBy(tx)
	if err != nil {
		return nil, err
	}
	var out []report.Proof
	for _, p := range append([]string{""}, slices.Sorted(maps.Keys(o.Partners))...) {
		for _, side := range []exchange.Side{exchange.Out, exchange.In} {
			proof, err := told.prove(balances, side, p)
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

// gap is a difference that held cases do not explain.
type gap struct {
	report.Proof
	Rest ledger.Gap // what held cases do not explain
}

// Gaps are the differences, per partner and in total, that are not tied to
// held cases: while there is one, no payment is released.
func Gaps(o *office.Office, tx *store.Tx) (found []gap, err error) {
	proofs, err := Proofs(o, tx)
	if err != nil {
		return nil, err
	}
	tied := map[exchange.Side]map[string]ledger.Gap{}
	for _, p := range proofs {
		if p.Gap != (ledger.Gap{}) && tied[p.Side] == nil {
			if tied[p.Side], err = tiedToHeld(tx, p.Side); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range proofs {
		explained := tied[p.Side][p.Partner]
		if p.Partner == "" {
			for _, g := range tied[p.Side] {
				explained = explained.Plus(g)
			}
		}
		if rest := p.Gap.Less(explained); rest != (ledger.Gap{}) {
			found = append(found, gap{p, rest})
		}
	}
	return found, nil
}

// CheckBalanced reports the first gap of the ledger.
func CheckBalanced(o *office.Office, tx *store.Tx) error {
	found, err := Gaps(o, tx)
	if err != nil || len(found) == 0 {
		return err
	}
	g, with := found[0], "all partners"
	if g.Partner != "" {
		with = g.Partner
	}
	return fmt.Errorf("the ledger does not close on the %s side with %s: difference %s, of which %s is not tied to held cases", g.Side, with, g.Difference, g.Rest.Shown())
}

// tiedToHeld is the difference that held cases make, by partner: each case's
// own proof, from its documents and its entries.
func tiedToHeld(tx *store.Tx, side exchange.Side) (map[string]ledger.Gap, error) {
	tied := map[string]ledger.Gap{}
	err := tx.EachCase(store.CaseFilter{Side: side, States: []exchange.State{exchange.Held}}, func(c exchange.Case) error {
		proof, err := proofOf(tx, c)
		if err != nil {
			return err
		}
		tied[c.Partner] = tied[c.Partner].Plus(proof.Gap)
		return nil
	})
	return tied, err
}

// proofOf is the equation of one case.
func proofOf(tx *store.Tx, c exchange.Case) (ledger.Proof, error) {
	entries, err := tx.LedgerOf(c.No)
	if err != nil {
		return ledger.Proof{}, err
	}
	b := ledger.Balances{}
	for _, entry := range entries {
		if err := b.Apply(entry); err != nil {
			return ledger.Proof{}, err
		}
	}
	said, credited, err := saidOf(tx, c)
	if err != nil {
		return ledger.Proof{}, err
	}
	if c.Side == exchange.Out {
		return ledger.ProveOut(b, ledger.All, said, credited)
	}
	return ledger.ProveIn(b, ledger.All, said, credited)
}

// saidOf is what the forms in force announce and the core has credited of it;
// at the old place what the core's debits say and the completions of it.
func saidOf(tx *store.Tx, c exchange.Case) (said, credited money.Fen, err error) {
	postings, err := tx.PostingsByCase(c.No)
	if err != nil || c.Side == exchange.Out {
		for _, p := range postings {
			if p.Row == exchange.PostDebit && p.State == exchange.PostingDone {
				said += p.Amount
			}
		}
		if err != nil {
			return 0, 0, err
		}
		credited, err = confirmedOf(tx, c.No)
		return said, credited, err
	}
	forms, err := tx.FormsByCase(c.No)
	for _, f := range forms {
		if f.Current {
			said += f.Amount
		}
		for _, p := range postings {
			if p.Row == exchange.PostCredit && p.State == exchange.PostingDone && p.FormNo == f.No && p.FormVersion == f.Version && f.Money != exchange.MoneyNETTED {
				credited += p.Amount
			}
		}
	}
	return said, credited, err
}

// confirmedOf is what the completions of a case's forms say.
func confirmedOf(tx *store.Tx, caseNo string) (sum money.Fen, err error) {
	forms, err := tx.FormsByCase(caseNo) // by form and version
	for i := 0; i < len(forms); {
		end := i + 1
		for end < len(forms) && forms[end].No == forms[i].No {
			end++
		}
		sum += exchange.ConfirmedBy(forms[i:end])
		i = end
	}
	return sum, err
}
