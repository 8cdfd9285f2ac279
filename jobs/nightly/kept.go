package nightly

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/atomicfile"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// Kept is a workbook as it was made for a business date.
type Kept struct {
	Name string `json:"name"` // by which staff know it
	Path string `json:"path"` // in the folder of reports
}

// KeptOf lists the workbooks that are kept of a business date: the nightly one, what was
// sent that day by post, and the decisions workbooks made for officers that night, which
// lie in the spool and are copied beside the others. None when nothing is kept.
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
		path := filepath.Join(o.Reports, strings.TrimPrefix(f.Spool, "out-"))
		known := slices.ContainsFunc(kept, func(k Kept) bool { return k.Path == path }) // officers of the same roles share one
		if known || !strings.HasPrefix(f.Name, fmt.Sprintf("decisions-%s-", day)) {
			continue
		}
		if err := copyOut(o, tx, f.Spool, path); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("kept workbooks: %w", err)
		}
		kept = append(kept, Kept{f.Name, path})
	}
	return kept, err
}

// copyOut copies a file of the spool, whose name is that of its content, to a path
// unless it is there; fs.ErrNotExist when the spool has it no more.
func copyOut(o *office.Office, tx *store.Tx, name, path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	from, err := o.OpenSpoolIn(tx, name)
	if err != nil {
		return err
	}
	defer from.Close()
	return atomicfile.Replace(path, func(to *os.File) error {
		_, err := io.Copy(to, from)
		return err
	})
}
