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
