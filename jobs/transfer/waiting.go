package transfer

import (
	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// waitingHolds are the reasons that new information may remove.
var waitingHolds = []code.Hold{
	code.HoldAwaitingRegistry, code.HoldInHospitalOrFrozen, code.HoldArrears, code.HoldAccountNotRegistered,
	code.HoldPossibleDuplicate, code.HoldCertificateMissing, code.HoldCap,
}

// WaitingFilter lists the cases that rejudge looks at.
func WaitingFilter() store.CaseFilter {
	return store.CaseFilter{States: []exchange.State{exchange.Held}, Holds: waitingHolds}
}

// Rejudge looks again at a case that waits for information.
func Rejudge(d *office.Desk, found exchange.Case) error {
	c := d.OpenCase(found)
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
		if err := c.Resume("收款账户已登记"); err != nil {
			return err
		}
		if err := IssueLetter(c, a); err != nil {
			return err
		}
		return c.Save()
	case c.Side == exchange.Out && c.HeldFrom == exchange.Requested:
		l, err := d.Tx.Letter(c.LetterNo, c.LetterVersion)
		if err != nil {
			return err
		}
		return judge(c, l)
	case c.Side == exchange.Out && (c.Hold == code.HoldAccountNotRegistered || c.Hold == code.HoldCap):
		return payableAgain(c)
	}
	return nil
}
