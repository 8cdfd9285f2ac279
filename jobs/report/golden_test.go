package report

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/formats/workbook"
)

var update = flag.Bool("update", false, "write what forms and workbooks say into testdata")

// Every label and value of every paper form, line by line. When the file has to
// change, its change is what to look at.
func TestPaperTexts(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		var b strings.Builder
		forms := everyForm(profile)
		for _, name := range slices.Sorted(maps.Keys(forms)) {
			for i, page := range forms[name].Pages {
				fmt.Fprintf(&b, "== %s, page %d\n%s\n", name, i+1, textOf(page))
			}
		}
		golden(t, "papers-"+profile+".txt", b.String())
	}
}

// Every cell of the nightly workbook, as it is shown, in both languages.
func TestNightlyTexts(t *testing.T) {
	for _, lang := range []code.Lang{code.Chinese, code.English} {
		var b strings.Builder
		f := saved(t, night(t, lang))
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "== %s\n", sheet)
			for _, cells := range rows {
				fmt.Fprintln(&b, strings.TrimRight(strings.ReplaceAll(strings.Join(cells, " | "), "\n", "⏎"), " "))
			}
		}
		golden(t, "nightly-"+string(lang)+".txt", b.String())
	}
}

// golden compares a text with the file of it in testdata, line by line.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, kept := strings.Split(text, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(kept)) {
		if i >= len(got) || i >= len(kept) || got[i] != kept[i] {
			t.Errorf("%s differs from line %d on:\n%s", file, i+1, strings.Join(got[min(i, len(got)):min(i+3, len(got))], "\n"))
			return
		}
	}
}

// textOf is a page as text, a line of boxes in a line.
func textOf(p workbook.Paper) string {
	var lines []string
	for _, l := range p.Lines {
		var boxes []string
		for _, b := range l.Boxes {
			boxes = append(boxes, strings.ReplaceAll(b.Text, "\n", "⏎"))
		}
		lines = append(lines, strings.TrimRight(strings.Join(boxes, " | "), " "))
	}
	return strings.Join(lines, "\n")
}
