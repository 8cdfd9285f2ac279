package office

import (
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// Overdue says which limit a case has missed: the one of whoever's turn it is, or
// else the legal one. "" when none is missed, when it is nobody's turn, and
// while the limit is provisional (a holiday notice is still to come).
func (o *Office) Overdue(c exchange.Case) string {
	t, ok := exchange.TurnOf(o.Turns, c)
	if !ok {
		return ""
	}
	due := o.Calendar.Due(Since(c, t), t.WD, calendar.DueOptions{})
	switch {
	case due.Date != 0 && !due.Provisional && due.Date < o.Date:
		return fmt.Sprintf("%s %s: %s, %d WD since %s", c.No, c.State, t.Wait.English, t.WD, Since(c, t))
	case c.Due != 0 && !c.DueProvisional && c.Due < o.Date:
		return fmt.Sprintf("%s %s: %s, due %s", c.No, c.State, c.DueBasis, c.Due)
	}
	return ""
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
