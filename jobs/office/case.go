package office

import (
	"carryover/exchange"
)

// ApplicationInForce is the version of the application that counts.
func (c *Case) ApplicationInForce() (exchange.Application, error) {
	if c.Lodged != nil {
		return *c.Lodged, nil
	}
	return c.Tx.LatestApplication(c.ApplicationSender, c.ApplicationNo)
}

// CaseOfEitherSide finds the case of a letter on either side; nil when there is none.
func (d *Desk) CaseOfEitherSide(letterNo string) (*Case, error) {
	if letterNo == "" {
		return nil, nil
	}
	for _, side := range []exchange.Side{exchange.In, exchange.Out} {
		c, err := d.CaseByLetter(side, letterNo)
		if err == nil {
			return c, nil
		}
		if !IsNotFound(err) {
			return nil, err
		}
	}
	return nil, nil
}
