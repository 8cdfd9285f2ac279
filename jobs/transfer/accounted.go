package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// unaccounted says why the money of a case that we are to pay does not agree with what it
// rests on, "" when it does: its parts come to more than the core debited, or to another
// sum than the forms say; or the ledger has not as much where the parts say that it is. A
// row that was changed in the store is found so before it is paid, whoever changed it.
func unaccounted(c *office.Case) (why code.Phrase, err error) {
	parts, err := c.Parts()
	if err != nil {
		return why, err
	}
	var all, due, ordered adder
	forms := map[string]*adder{}
	for _, r := range parts {
		if r.Track == exchange.MoneyNotDue || r.Track == exchange.MoneyNone {
			continue
		}
		all.add(r.Amount)
		if forms[r.FormNo] == nil {
			forms[r.FormNo] = &adder{}
		}
		forms[r.FormNo].add(r.Amount)
		switch r.Track {
		case exchange.MoneyDue, exchange.MoneyReturned:
			due.add(r.Amount)
		case exchange.MoneyOrdered, exchange.MoneyReleased:
			ordered.add(r.Amount)
		}
	}
	debited, err := debitedOf(c)
	if err != nil {
		return why, err
	}
	if all.sum > debited.sum || all.err != nil || debited.err != nil {
		return code.Say("more-than-debited", all.sum, debited.sum), nil
	}
	list, err := c.Forms()
	if err != nil {
		return why, err
	}
	for _, f := range list {
		if of := forms[f.No]; f.Current && of != nil && of.sum != f.Amount {
			return code.Say("parts-and-form", of.sum, f.No, f.Amount), nil
		}
	}
	lies, err := BalancesOf(c)
	if err != nil {
		return why, err
	}
	for title, sum := range lies {
		if !title.Kind().Fits(sum) {
			return code.Say("place-of-case", string(title), sum), nil
		}
	}
	if here := money.Clamped(lies[ledger.OutDue], lies[ledger.OutReturned]); here < due.sum {
		return code.Say("parts-and-ledger", due.sum, here), nil
	}
	if here := lies[ledger.OutOrdered]; here < ordered.sum {
		return code.Say("parts-and-ledger", ordered.sum, here), nil
	}
	return code.Phrase{}, nil
}

// debitedOf is what the core says that it debited of a case.
func debitedOf(c *office.Case) (debited adder, err error) {
	postings, err := c.Tx.PostingsByCase(c.No)
	for _, p := range postings {
		if p.Row == exchange.PostDebit && p.State == exchange.PostingDone {
			debited.add(p.Amount)
		}
	}
	return debited, err
}

// adder adds amounts and keeps the first overflow.
type adder struct {
	sum money.Fen
	err error
}

func (a *adder) add(f money.Fen) {
	sum, err := a.sum.Add(f)
	if a.sum = sum; a.err == nil {
		a.err = err
	}
}
