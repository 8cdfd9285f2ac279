package attempt

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// Unaccounted says why the money of a case that we are to pay does not agree with what it
// rests on, "" when it does: its parts come to more than the core debited, or to another
// sum than the forms say; or the ledger has not as much where the parts say that it is. A
// row that was changed in the store is found so before it is paid, whoever changed it.
func Unaccounted(c *office.Case) (why code.Phrase, err error) {
	parts, err := c.Parts()
	if err != nil {
		return why, err
	}
	var all, due, ordered money.Fen
	forms := map[string]money.Fen{}
	for _, r := range parts {
		if r.Track == exchange.MoneyNotDue || r.Track == exchange.MoneyNone {
			continue
		}
		all, forms[r.FormNo] = money.Clamped(all, r.Amount), money.Clamped(forms[r.FormNo], r.Amount)
		switch r.Track {
		case exchange.MoneyDue, exchange.MoneyReturned:
			due = money.Clamped(due, r.Amount)
		case exchange.MoneyOrdered, exchange.MoneyReleased:
			ordered = money.Clamped(ordered, r.Amount)
		}
	}
	postings, err := c.Postings()
	if err != nil {
		return why, err
	}
	debited, err := exchange.DebitedBy(postings)
	if err != nil || all > debited {
		return code.Say("more-than-debited", all, debited), err
	}
	list, err := c.Forms()
	if err != nil {
		return why, err
	}
	for _, f := range list {
		if sum, paid := forms[f.No]; f.Current && paid && sum != f.Amount {
			return code.Say("parts-and-form", sum, f.No, f.Amount), nil
		}
	}
	lies, err := c.Balances()
	if err != nil {
		return why, err
	}
	for _, h := range ledger.Chart() {
		if sum := lies[h.Title]; !h.Kind.Fits(sum) {
			return code.Say("place-of-case", string(h.Title), sum), nil
		}
	}
	if here := money.Clamped(lies[ledger.OutDue], lies[ledger.OutReturned]); here < due {
		return code.Say("parts-and-ledger", due, here), nil
	}
	if here := lies[ledger.OutOrdered]; here < ordered {
		return code.Say("parts-and-ledger", ordered, here), nil
	}
	return code.Phrase{}, nil
}
