package decision

import (
	"carryover/jobs/office"
	"carryover/jobs/report"
)

// WorkbookOf is a workbook with nothing in it yet but whose it is.
func WorkbookOf(o *office.Office) report.Night {
	return report.Night{
		Agency: o.Agency, Partners: o.Partners, Profiles: o.Profiles, Turns: o.Turns, Calendar: o.Calendar, Date: o.Date,
		Made: o.Now().In(o.Agency.Zone), Lang: o.CodeLang(), Mask: o.MaskIDs,
	}
}
