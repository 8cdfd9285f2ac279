package office

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
)

func DueOptions() calendar.DueOptions { return calendar.DueOptions{} }

// QueryWD is the limit for answering a query.
func (o *Office) QueryWD() int { return o.Rules.QueryWD }

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
