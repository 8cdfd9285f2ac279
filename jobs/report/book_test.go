package report

import (
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats/workbook"
)

// A rehearsal says so on every sheet of every workbook, and on every paper.
func TestRehearsalIsMarked(t *testing.T) {
	n := night(t, code.Chinese)
	o := office("2021")
	for _, rehearses := range []bool{true, false} {
		n.Agency.Rehearsal, o.Agency.Rehearsal = rehearses, rehearses
		paper := o.PaymentPaper(PaymentNotice{No: "1"})
		for _, b := range []workbook.Book{
			Nightly(n), Answer(n, "x", nil), o.PaperBook("x", time.Time{}, Print{Name: "通知书", Pages: []workbook.Paper{paper}}),
		} {
			path := t.TempDir() + "/book.xlsx"
			if err := b.Save(path); err != nil {
				t.Fatal(err)
			}
			f, err := excelize.OpenFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, sheet := range f.GetSheetList() {
				rows, err := f.GetRows(sheet)
				if err != nil || strings.Contains(strings.Join(rows[0], " "), "演练 / REHEARSAL") != rehearses {
					t.Errorf("%s, rehearsal %v: begins with %q, %v", sheet, rehearses, rows[0], err)
				}
			}
			f.Close()
		}
	}
}
