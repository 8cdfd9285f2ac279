package transfer

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/jobs/office"
)

// A completion confirms a form, money goes by parts: what is confirmed of a part
// is what the completions say more than the form's other settled parts come to.

// Unconfirm takes back what completions said of a part that is paid back, and
// returns the amount, 0 when they said nothing of it.
func Unconfirm(c *office.Case, r exchange.Remittance) (taken money.Fen, err error) {
	forms, err := versionsOf(c, r.FormNo)
	if err != nil {
		return 0, err
	}
	parts, err := c.Parts()
	if err != nil {
		return 0, err
	}
	said := exchange.ConfirmedBy(forms)
	taken = said
	for _, other := range parts {
		if other.FormNo == r.FormNo && other.Part != r.Part && other.Track == exchange.MoneySettled && other.To == exchange.ToPartner {
			taken -= other.Amount
		}
	}
	if taken = min(taken, r.Amount); taken <= 0 {
		return 0, nil
	}
	if err := noteSentBack(c, forms, taken); err != nil {
		return 0, err
	}
	return taken, confirmBut(c, r.FormNo, said, r.Part, "came back")
}

// withdrawConfirmation takes back what completions said of a part that the bank
// returns or refuses: bank and partner contradict each other, and the new place
// cannot have the money. It is the partner's turn as with any return, but nothing
// is paid again before an officer has looked at the difference.
func withdrawConfirmation(c *office.Case, r exchange.Remittance, p exchange.Payment) error {
	taken, err := Unconfirm(c, r)
	if err != nil || taken == 0 {
		return err
	}
	if err := c.PutOnHold(code.HoldOfficersDecision, code.Say("confirmed-but-returned", p.Ref)); err != nil {
		return err
	}
	return c.RecordDifference("money", c.Partner, c.No, code.Say("payment-of-case", p.Ref, c.No), code.Say("came-back", p.Reason), code.Say("credited", taken))
}

// reconfirm gives a part that is settled again what completions said of it before
// it came back: the partner never withdrew them, and sends none a second time.
func reconfirm(c *office.Case, r exchange.Remittance) error {
	if r.To != exchange.ToPartner {
		return nil
	}
	forms, err := versionsOf(c, r.FormNo)
	if err != nil {
		return err
	}
	before, back := exchange.ConfirmedBy(forms), money.Fen(0)
	for _, f := range forms {
		back = max(back, f.SentBack)
	}
	if err := noteSentBack(c, forms, -min(back, r.Amount)); err != nil {
		return err
	}
	return confirm(c, r.FormNo, before)
}

// noteSentBack adds to Form.SentBack, on each version of a form, what of its
// credit has come back, or below zero what is paid again; never more than the
// version was credited.
func noteSentBack(c *office.Case, forms []exchange.Form, amount money.Fen) error {
	for _, f := range forms {
		after := f
		after.SentBack = max(0, min(f.Credited, money.Clamped(f.SentBack, amount)))
		if after.SentBack == f.SentBack {
			continue
		}
		if err := c.Tx.UpdateForm(f, after); err != nil {
			return err
		}
	}
	return nil
}

// confirm books what the completions of a form say more, or less, than before,
// in fen: a difference, so that a completion sent twice books nothing. Less is
// said by `void`, when nothing is credited any more. What they say more than the bank
// has told of as debited came early: it is kept on the form, and booked once the debit is
// here, for no more leaves a place than lies there.
func confirm(c *office.Case, formNo string, before money.Fen) error {
	return confirmBut(c, formNo, before, 0, "void")
}

// confirmBut is confirm while a part is about to be settled no more.
func confirmBut(c *office.Case, formNo string, before money.Fen, part int, why string) error {
	versions, err := versionsOf(c, formNo)
	if err != nil {
		return err
	}
	parts, err := c.Parts()
	if err != nil {
		return err
	}
	said, settled := exchange.ConfirmedBy(versions), money.Fen(0)
	for _, r := range parts {
		if r.FormNo == formNo && r.Part != part && r.Track == exchange.MoneySettled && r.To == exchange.ToPartner {
			if settled, err = settled.Add(r.Amount); err != nil {
				return err
			}
		}
	}
	early := max(0, said-settled)
	more := said - early - (before - exchange.EarlyOf(versions))
	if err := noteEarly(c, versions, early); err != nil {
		return err
	}
	if more < 0 {
		return c.Book(ledger.Reverse(ledger.Confirm(c.LedgerHead(formNo), -more, -more), int(c.Date), why))
	}
	return c.Book(ledger.Confirm(c.LedgerHead(formNo), more, more))
}

// noteEarly keeps on the last version of a form what came early of it.
func noteEarly(c *office.Case, versions []exchange.Form, early money.Fen) error {
	for i, f := range versions {
		after := f
		if after.Early = 0; i == len(versions)-1 {
			after.Early = early
		}
		if after.Early == f.Early {
			continue
		}
		if err := c.Tx.UpdateForm(f, after); err != nil {
			return err
		}
	}
	return nil
}

// versionsOf returns all versions of a form of the case, the first one first.
func versionsOf(c *office.Case, formNo string) ([]exchange.Form, error) {
	forms, err := c.Forms()
	return slices.DeleteFunc(forms, func(f exchange.Form) bool { return f.No != formNo }), err
}
