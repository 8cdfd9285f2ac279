package office

import (
	"carryover/exchange"
	"carryover/exchange/calendar"
)

// TurnLimit is the limit of whoever has the turn with a case; no date while the
// case does not say since when.
func (o *Office) TurnLimit(c exchange.Case, t exchange.Turn) calendar.Due {
	since := Since(c, t)
	if since == 0 {
		return calendar.Due{}
	}
	return o.Calendar.Due(since, t.WD, calendar.DueOptions{})
}

// Since is the date from which a turn's limit counts: when the case came into its
// state, or its forms or its money into theirs, as the table of turns says.
func Since(c exchange.Case, t exchange.Turn) calendar.Date {
	switch t.Since {
	case "form":
		return c.FormSince
	case "money":
		return c.MoneySince
	}
	return c.StateSince
}
