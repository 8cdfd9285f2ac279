package transfer

import (
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
)

// waitingHolds are the holds that new information may end, without an officer.
var waitingHolds = []code.Hold{
	code.HoldAwaitingRegistry, code.HoldInHospitalOrFrozen, code.HoldArrears, code.HoldAccountNotRegistered,
	code.HoldPossibleDuplicate, code.HoldCertificateMissing, code.HoldCap,
	code.HoldPaymentReturned,
}

// Waits reports whether a case is on hold for something that may come by itself.
func Waits(c exchange.Case) bool {
	return c.State == exchange.Held && slices.Contains(waitingHolds, c.Hold)
}

// Rejudge judges a case on hold anew, from where it was held: an application, a
// letter that could not be issued or was not accepted, a payment. With nothing
// new the case stays as it is, so that it can be judged as often as anybody likes. Whoever
// judges by something else lets cases be looked at again when that changes: by the store
// (registry, certificates, rivals, statements: Tx.LookAgain) or as Office.InForce has it.
func Rejudge(c *office.Case) error {
	switch {
	case c.Side == exchange.In && c.HeldFrom == exchange.Applied:
		a, err := c.ApplicationInForce()
		if err != nil {
			return err
		}
		return audit(c, a)
	case c.Side == exchange.In && c.HeldFrom == exchange.Accepted:
		a, err := c.ApplicationInForce()
		if err != nil {
			return err
		}
		if _, ok := c.Agency.FindAccount(c.SchemeTo, c.Days()...); !ok {
			return nil
		}
		if err := c.Resume(code.Say("account-registered")); err != nil {
			return err
		}
		if err := IssueLetter(c, a); err != nil {
			return err
		}
		return c.Save()
	case c.Side == exchange.Out && c.HeldFrom == exchange.Requested:
		l, err := c.Letter()
		if err != nil {
			return err
		}
		return judge(c, l)
	case c.Side == exchange.In && c.Hold == code.HoldCap:
		if err := resumeBelowCap(c); err != nil {
			return err
		}
		if err := Advance(c); err != nil {
			return err
		}
		return c.Save()
	case c.Side == exchange.Out && c.HoldText.Is("debit-above-cap"):
		return resumeDebit(c)
	case c.Side == exchange.Out && slices.Contains([]code.Hold{code.HoldAccountNotRegistered, code.HoldCap, code.HoldPaymentReturned}, c.Hold):
		return resumePayable(c)
	}
	return nil
}
