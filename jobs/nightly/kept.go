package nightly

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Kept is a workbook as it was made for a business date.
type Kept struct {
	Name string `json:"name"` // by which staff know it
	Path string `json:"path"`
}

// KeptOf lists the workbooks that are kept of a business date: the nightly one, what was
// sent that day by post, and the decisions workbooks made for officers that night, which
// lie in the spool under a name of their own. None when nothing is kept.
func KeptOf(o *office.Office, tx *store.Tx, day calendar.Date) (kept []Kept, err error) {
	reports, err := os.ReadDir(o.Reports)
	if err != nil {
		return nil, fmt.Errorf("kept workbooks: %w", err)
	}
	dated := regexp.MustCompile(fmt.Sprintf(`^(%[1]s|post-.+-%[1]s(-\d+)?)\.xlsx$`, day))
	for _, e := range reports {
		if dated.MatchString(e.Name()) {
			kept = append(kept, Kept{e.Name(), filepath.Join(o.Reports, e.Name())})
		}
	}
	// Since is a day of UTC: begin a day early.
	made, err := tx.Files(store.FileFilter{Dir: exchange.Out, Kind: office.KindDecisions, Since: day.AddDays(-1)})
	for _, f := range made {
		path := filepath.Join(o.Spool, f.Spool)
		known := slices.ContainsFunc(kept, func(k Kept) bool { return k.Path == path }) // officers of the same roles share one
		if _, missing := os.Stat(path); missing == nil && !known && strings.HasPrefix(f.Name, fmt.Sprintf("decisions-%s-", day)) {
			kept = append(kept, Kept{f.Name, path})
		}
	}
	return kept, err
}
