package workbook

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func deskBook(n int, row func(int) []any) Book {
	return Book{Title: "t", Created: noon, Sheets: []Sheet{{
		Name: "desk", Title: "t", Protect: true, NotAmong: "no", Rows: rows(n, row),
		Columns: []Column{{Title: "no"}, {Title: "choice", Prompt: "choose"}, {Title: "reason"}, {Title: "key", Hidden: true}},
	}}}
}

// However many rows: as many drop-downs as there are different ones, every
// row in its own.
func TestDropDownsAreGrouped(t *testing.T) {
	const n = 5000
	among := [][]string{{"a", "b"}, {"a"}, {"b", "c"}}
	f := open(t, save(t, deskBook(n, func(i int) []any {
		return []any{"x", Pick{Among: among[i*i%7%3]}, Fill{}, "k"}
	})))
	all, err := f.GetDataValidations("desk")
	if err != nil {
		t.Fatal(err)
	}
	rows, sets := map[string]string{}, map[string]bool{}
	for _, v := range all {
		sets[v.Formula1] = true
		if len(v.Sqref) > maxSqref+20 || !v.ShowInputMessage || !v.ShowErrorMessage {
			t.Errorf("validation %+v", *v)
		}
		for _, area := range strings.Fields(v.Sqref) {
			from, to, ok := strings.Cut(area, ":")
			if !ok {
				to = from
			}
			_, first, _ := excelize.CellNameToCoordinates(from)
			_, last, _ := excelize.CellNameToCoordinates(to)
			for r := first; r <= last; r++ {
				cell, _ := excelize.CoordinatesToCellName(2, r)
				if rows[cell] != "" {
					t.Errorf("%s stands in two", cell)
				}
				rows[cell] = v.Formula1
			}
		}
	}
	if len(sets) != 3 || len(rows) != n || len(all) > 12 {
		t.Errorf("%d validations of %d sets for %d rows", len(all), len(sets), len(rows))
	}
	for i := range n {
		cell, _ := excelize.CoordinatesToCellName(2, i+3)
		if want := `"` + strings.Join(among[i*i%7%3], ",") + `"`; rows[cell] != want {
			t.Fatalf("%s offers %s, want %s", cell, rows[cell], want)
		}
	}
}

// What a validation could not hold is an error, not a broken workbook.
func TestDropDownBounds(t *testing.T) {
	for name, p := range map[string]Pick{
		"nothing": {}, "empty": {Among: []string{"a", ""}}, "comma": {Among: []string{"a,b"}}, "quote": {Among: []string{`a"`}},
		"space": {Among: []string{" a"}}, "long": {Among: []string{strings.Repeat("中", 256)}},
	} {
		path := t.TempDir() + "/b.xlsx"
		if err := deskBook(1, func(int) []any { return []any{"x", p, Fill{}, "k"} }).Save(path); err == nil {
			t.Errorf("%s was saved", name)
		}
	}
	b := deskBook(1, func(int) []any { return []any{"x", Pick{Among: []string{"a"}}, Fill{}, "k"} })
	b.Sheets[0].Columns[1].Prompt = strings.Repeat("中", 256)
	if err := b.Save(t.TempDir() + "/b.xlsx"); err == nil {
		t.Error("a long prompt was saved")
	}
}
