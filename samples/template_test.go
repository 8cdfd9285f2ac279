package samples

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"github.com/xuri/excelize/v2"

	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// judgedAs is what was found in a batch, apart from where: sheets count rows
// otherwise than a CSV does.
func judgedAs(t *testing.T, content []byte) []string {
	t.Helper()
	r, err := sheet.NewReader(bytes.NewReader(content), formats.Kinds(), batch.Options{Repeats: true})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	add := func(faults []batch.Fault) {
		for _, f := range faults {
			list = append(list, fmt.Sprint(f.Row, " ", f.RecordNo, " ", f.Field, " ", f.Code))
		}
	}
	for r.Next() {
		add(r.Record().Faults)
	}
	res, err := r.Result()
	if err != nil {
		t.Fatal(err)
	}
	add(res.Faults)
	slices.Sort(list)
	return append(list, fmt.Sprint(res.Verdict, " ", res.Records, " ", res.Refused, " ", res.Total))
}

// Every template is filled by openpyxl, opened and saved by LibreOffice, and
// judged as the batch is that it was filled from. Our rules, worked out by
// LibreOffice, take what is right and refuse what is wrong.
func TestTemplatesTyped(t *testing.T) {
	python := droptest.Require(t, "/usr/bin/python3", "-c", "import openpyxl")
	office := droptest.Require(t, "soffice")
	dir := t.TempDir()
	var names []string
	for _, k := range formats.Kinds() {
		for _, v := range []string{"good", "field-missing"} {
			if v != "good" && k.Name != formats.KindForm && k.Name != formats.KindLetter && k.Name != formats.KindPayee {
				continue
			}
			content, err := fs.ReadFile(Files(), k.Name+"/"+v+".csv")
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(dir, k.Name+"-"+v)
			names = append(names, name)
			var template bytes.Buffer
			if err := sheet.Template(&template, k, batch.Header{}); err != nil {
				t.Fatal(err)
			}
			for ending, b := range map[string][]byte{".csv": content, ".xlsx": template.Bytes()} {
				if err := os.WriteFile(name+ending, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if out, err := exec.Command(python, "fill_templates.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	books := []string{filepath.Join(dir, "rules.xlsx")}
	for _, name := range names {
		books = append(books, name+".xlsx")
	}
	saved := filepath.Join(dir, "saved")
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", saved}, books...)
	if out, err := exec.Command(office, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range names {
		want, err := os.ReadFile(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		for _, book := range []string{name + ".xlsx", filepath.Join(saved, filepath.Base(name)+".xlsx")} {
			typed, err := os.ReadFile(book)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := judgedAs(t, typed), judgedAs(t, want); !slices.Equal(got, want) {
				t.Errorf("%s:\n%s\nits batch:\n%s", book, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
	rulesHold(t, filepath.Join(saved, "rules.xlsx"))
}

func rulesHold(t *testing.T, name string) {
	t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) < 50 {
		t.Fatalf("%d rules were tried, %v", len(rows), err)
	}
	for i, row := range rows {
		if row[1] != row[2] {
			formula, _ := f.GetCellFormula(f.GetSheetName(0), fmt.Sprint("B", i+1))
			t.Errorf("%q: the rule says %s, it should say %s: %s", row[0], row[1], row[2], formula)
		}
	}
}
