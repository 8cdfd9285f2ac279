package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// waitingHolds are the holds that new information may end, without an officer.
var waitingHolds = []code.Hold{
	code.HoldAwaitingRegistry, code.HoldInHospitalOrFrozen, code.HoldArrears, code.HoldAccountNotRegistered,
	code.HoldPossibleDuplicate, code.HoldCertificateMissing, code.HoldCap,
}

// WaitingFilter selects the cases that Rejudge looks at.
func WaitingFilter() store.CaseFilter {
	return store.CaseFilter{States: []exchange.State{exchange.Held}, Holds: waitingHolds}
}

// Rejudge judges a case on hold anew, from where it was held: an application, a
// letter that could not be issued or was not accepted, a payment. With nothing
// new the case stays as it is, so that it can run for every one in every pass.
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
		if _, ok := c.Agency.FindAccount(c.Date, c.SchemeTo); !ok {
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
	case c.Side == exchange.Out && (c.Hold == code.HoldAccountNotRegistered || c.Hold == code.HoldCap):
		return resumePayable(c)
	}
	return nil
}
