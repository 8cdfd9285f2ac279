package report

import (
	"os/exec"
	"path/filepath"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/code"
)

// The nightly workbook, read by a second program, is what staff are told it
// is: tables that filter, titles that stay and are printed again, dates that
// are dates, links that lead somewhere, formulas that have come to something.
func TestNightlyReadByAnother(t *testing.T) {
	python := droptest.Require(t, "/usr/bin/python3", "-c", "import openpyxl") // Debian's, whose openpyxl it is
	n, path := night(t, code.Chinese), filepath.Join(t.TempDir(), "nightly.xlsx")
	if err := Nightly(n).Save(path); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, filepath.Join("testdata", "nightly.py"), path, n.Agency.Name, n.Date.String()).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
