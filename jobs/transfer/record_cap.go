package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// No balance of a person above the cap of a record is taken on somebody's word alone: a
// form at the new place, the core's debit at the old one holds its case until an officer
// allows the amount (allow-cap). What was recorded stays recorded, nothing follows from it.

// aboveRecordCap reports whether an amount is above the cap, and no officer allowed it for
// the case.
func aboveRecordCap(c *office.Case, amount money.Fen) (bool, error) {
	if amount <= c.Agency.CapOfRecord() {
		return false, nil
	}
	allowed, err := c.AllowedAmount(c.No)
	return amount > allowed, err
}

// formAboveCap is the phrase about the first form in force that is above the cap; none
// when none is.
func formAboveCap(c *office.Case, forms []exchange.Form) (code.Phrase, error) {
	for _, f := range forms {
		if !f.Current {
			continue
		}
		if above, err := aboveRecordCap(c, f.Amount); err != nil || above {
			return code.Say("form-above-cap", f.No, f.Amount, c.Agency.CapOfRecord()), err
		}
	}
	return code.Phrase{}, nil
}

// resumeBelowCap ends the hold of a case because of a cap at the new place, once no form
// in force is above it; the caller advances the case.
func resumeBelowCap(c *office.Case) error {
	if c.Hold != code.HoldCap {
		return nil
	}
	forms, err := c.Forms()
	if err != nil {
		return err
	}
	if above, err := formAboveCap(c, forms); err != nil || !above.IsZero() {
		return err
	}
	return c.Resume(code.Say("cap-allowed"))
}

// resumeDebit goes on with the core's debit that is above the cap, once an officer allowed
// it.
func resumeDebit(c *office.Case) error {
	p, err := c.Posting(c.HoldText.Arg(0))
	if err != nil {
		return err
	}
	if above, err := aboveRecordCap(c, p.Amount); err != nil || above {
		return err
	}
	if err := c.Resume(code.Say("cap-allowed")); err != nil {
		return err
	}
	if p.State == exchange.PostingDone {
		if err := answerDebit(c, p); err != nil {
			return err
		}
	}
	return c.Save()
}
