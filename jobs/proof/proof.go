// Package proof is the ledger's equation: for every partner and side, what was
// liquidated is what was credited, paid to persons, netted, not moved, is in
// transit, or differs (SPEC 4).
//
// It promises to find the partners for whom that does not hold, and to stop
// payments while there is one (CheckBalanced). It reads; it may not book.
package proof

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"carryover/exchange"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// outside are the figures of the proof that come from outside the ledger, by partner: what
// core, bank and partners have stated. The proof compares the ledger with them, since a
// ledger compared with itself always closes.
type outside struct {
	liquidated, confirmed map[string]money.Fen // old place: the core's debits, the completions
	announced, credited   map[string]money.Fen // new place: the forms, the core's credits
	received, debited     money.Fen            // the bank's entries
}

// readOutside adds up those figures over all that the store has.
func readOutside(tx *store.Tx) (f outside, err error) {
	if f.liquidated, err = tx.Liquidated(); err != nil {
		return f, err
	}
	if f.announced, err = tx.Announced(); err != nil {
		return f, err
	}
	if f.credited, err = tx.Credited(); err != nil {
		return f, err
	}
	if f.confirmed, err = tx.Confirmed(); err != nil {
		return f, err
	}
	if f.received, err = tx.BankReceived(); err != nil {
		return f, err
	}
	f.debited, err = tx.BankDebited()
	return f, err
}

// prove proves one side with one partner, or with "" of all of them together. Only in
// total is the bank's money proved: unmatched money has no partner, and a lump sum or a
// refund stands on both sides.
func (f outside) prove(b ledger.Balances, side exchange.Side, partner string) (ledger.Proof, error) {
	stated, done := f.announced, f.credited
	if side == exchange.Out {
		stated, done = f.liquidated, f.confirmed
	}
	said, err := sumOf(stated, partner)
	if err != nil {
		return ledger.Proof{}, err
	}
	credited, err := sumOf(done, partner)
	switch {
	case err != nil:
		return ledger.Proof{}, err
	case side == exchange.Out && partner == "":
		return ledger.ProveAllOut(b, said, credited, f.debited)
	case side == exchange.Out:
		return ledger.ProveOut(b, partner, said, credited)
	case partner == "":
		return ledger.ProveAllIn(b, said, credited, f.received)
	}
	return ledger.ProveIn(b, partner, said, credited)
}

// Proofs proves the ledger (SPEC 4), in total (Partner "") and per partner of the
// configuration, on both sides. The totals always stand in it, a partner only with
// figures. What does not add up to an amount, by absurd figures, is not proved: it has the
// largest gap there is.
func Proofs(o *office.Office, tx *store.Tx) ([]report.Proof, error) {
	balances, err := tx.Balances("")
	if err != nil {
		return nil, err
	}
	figures, err := readOutside(tx)
	if err != nil {
		return nil, err
	}
	var out []report.Proof
	for _, p := range append([]string{""}, slices.Sorted(maps.Keys(o.Partners))...) {
		for _, side := range []exchange.Side{exchange.Out, exchange.In} {
			proof, err := figures.prove(balances, side, p)
			if errors.Is(err, money.ErrOverflow) {
				proof, err = ledger.Proof{Difference: math.MaxInt64, Gap: ledger.Gap{Equation: math.MaxInt64}}, nil
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
func sumOf(figures map[string]money.Fen, partner string) (total money.Fen, err error) {
	if partner != "" {
		return figures[partner], nil
	}
	for _, f := range figures {
		if err := total.Increase(f); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// Gap is a proof whose difference held cases do not explain, or not all of it.
type Gap struct {
	report.Proof
	Rest ledger.Gap // what held cases do not explain
}

// Gaps are the differences, per partner and in total, that held cases do not explain:
// while there is one, no payment is released. A held case explains its own difference:
// officers know of it already, and the case's own money waits with it.
func Gaps(o *office.Office, tx *store.Tx) (found []Gap, err error) {
	proofs, err := Proofs(o, tx)
	if err != nil {
		return nil, err
	}
	// Only when there is a difference: the held cases are all read one by one.
	held := map[exchange.Side]map[string]ledger.Gap{}
	for _, p := range proofs {
		if p.Gap != (ledger.Gap{}) && held[p.Side] == nil {
			if held[p.Side], err = gapsOfHeld(tx, p.Side); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range proofs {
		explained := held[p.Side][p.Partner]
		if p.Partner == "" {
			for _, g := range held[p.Side] {
				explained = explained.Plus(g)
			}
		}
		if rest := p.Gap.Less(explained); rest != (ledger.Gap{}) {
			found = append(found, Gap{p, rest})
		}
	}
	return found, nil
}

// ErrUnbalanced is the error of CheckBalanced while a gap is open.
var ErrUnbalanced = errors.New("the ledger does not close")

// CheckBalanced returns ErrUnbalanced with a text that names the first partner, or all of them, with whom
// the ledger does not close, how far, and where to look; nil when it closes, or held
// cases explain what is missing. It is asked before payments are made up, before each
// file is released, and by report.
func CheckBalanced(o *office.Office, tx *store.Tx) error {
	found, err := Gaps(o, tx)
	if err != nil || len(found) == 0 {
		return err
	}
	g, with := found[0], "all partners"
	if g.Partner != "" {
		with = g.Partner
	}
	return fmt.Errorf("%w on the %s side with %s: difference %s, of which held cases do not explain %s; see the sheet To do, 资金不平",
		ErrUnbalanced, g.Side, with, g.Difference, g.Rest.Shown())
}

// gapsOfHeld is the difference that the held cases of a side make, by partner: each
// case's own proof, from its documents and its entries.
func gapsOfHeld(tx *store.Tx, side exchange.Side) (map[string]ledger.Gap, error) {
	gaps := map[string]ledger.Gap{}
	err := tx.EachCase(store.CaseFilter{Side: side, States: []exchange.State{exchange.Held}}, func(c exchange.Case) error {
		proof, err := proofOf(tx, c)
		if err != nil {
			return err
		}
		gaps[c.Partner] = gaps[c.Partner].Plus(proof.Gap)
		return nil
	})
	return gaps, err
}

// proofOf is the equation of one case, by the entries about it alone.
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
	stated, credited, err := statedOf(tx, c)
	if err != nil {
		return ledger.Proof{}, err
	}
	if c.Side == exchange.Out {
		return ledger.ProveOut(b, ledger.All, stated, credited)
	}
	return ledger.ProveIn(b, ledger.All, stated, credited)
}

// statedOf is what is stated of a case outside the ledger: at the new place what the forms
// in force announce and what of it the core has credited; at the old place what the core
// has debited and what completions confirm of it. NETTED money is credited by the core
// without money of the bank: the ledger has it under netting.
func statedOf(tx *store.Tx, c exchange.Case) (stated, credited money.Fen, err error) {
	postings, err := tx.PostingsByCase(c.No)
	if err != nil {
		return 0, 0, err
	}
	if c.Side == exchange.Out {
		if stated, err = exchange.DebitedBy(postings); err != nil {
			return 0, 0, err
		}
		credited, err = confirmedOf(tx, c.No)
		return stated, credited, err
	}
	forms, err := tx.FormsByCase(c.No)
	for _, f := range forms {
		if f.Current {
			err = errors.Join(err, stated.Increase(f.Amount))
		}
		for _, p := range postings {
			if p.Row == exchange.PostCredit && p.State == exchange.PostingDone && p.FormNo == f.No && p.FormVersion == f.Version && f.Money != exchange.MoneyNETTED {
				err = errors.Join(err, credited.Increase(p.Amount))
			}
		}
	}
	return stated, credited, err
}

// confirmedOf is what completions confirm of a case's forms, as far as the bank has told of
// the debit: per form, over its versions.
func confirmedOf(tx *store.Tx, caseNo string) (sum money.Fen, err error) {
	forms, err := tx.FormsByCase(caseNo) // by form and version
	for i := 0; i < len(forms); {
		end := i + 1
		for end < len(forms) && forms[end].No == forms[i].No {
			end++
		}
		err = errors.Join(err, sum.Increase(exchange.ConfirmedBy(forms[i:end])-exchange.EarlyOf(forms[i:end])))
		i = end
	}
	return sum, err
}
