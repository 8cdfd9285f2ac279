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

	"carryover/formats/workbook"
)

var update = flag.Bool("update", false, "write what every paper form says into testdata")

// Every label and value of every paper form, line by line: read the change of
// the file when it has to change.
func TestPaperTexts(t *testing.T) {
	for _, profile := range []string{"2016", "2021"} {
		var b strings.Builder
		forms := everyForm(profile)
		for _, name := range slices.Sorted(maps.Keys(forms)) {
			for i, page := range forms[name].Pages {
				fmt.Fprintf(&b, "== %s, page %d\n%s\n", name, i+1, textOf(page))
			}
		}
		file := filepath.Join("testdata", "papers-"+profile+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, kept := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
		for i := range max(len(got), len(kept)) {
			if i >= len(got) || i >= len(kept) || got[i] != kept[i] {
				t.Errorf("%s differs from line %d on:\n%s", file, i+1, strings.Join(got[min(i, len(got)):min(i+3, len(got))], "\n"))
				break
			}
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
		lines = append(lines, strings.Join(boxes, " | "))
	}
	return strings.Join(lines, "\n")
}
