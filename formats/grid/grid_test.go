package grid_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"maps"
	"strings"
	"testing"

	"carryover/formats/grid"
	"carryover/formats/parts"
)

// workbook is a zip of one sheet, at a path, with some rows.
func workbook(t testing.TB, path, rows string) []*zip.File {
	t.Helper()
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	dir, name := "office/", strings.TrimPrefix(path, "office/")
	if !strings.HasPrefix(path, "office/") {
		name = "/" + path
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"_rels/.rels", relations + `<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="office/book.xml"/></Relationships>`},
		{dir + "book.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="流水" sheetId="1" r:id="s1"/></sheets></workbook>`},
		{dir + "_rels/book.xml.rels", relations + `<Relationship Id="s1" Type="worksheet" Target="` + name + `"/></Relationships>`},
		{path, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`},
	} {
		f, err := w.Create(part[0])
		if err == nil {
			_, err = f.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := parts.Check(b.Bytes(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCells: a number is its value however a program wrote it, a day a day; booleans and errors are
// nothing that a person keys; text stays what it is.
func TestCells(t *testing.T) {
	for cell, want := range map[string]grid.Cell{
		`<c><v>1.2345678E7</v></c>`:                   {Text: "12345678"},
		`<c t="n"><v>2E-3</v></c>`:                    {Text: "0.002"},
		`<c><v>12.0</v></c>`:                          {Text: "12"},
		`<c><v>-1.5e2</v></c>`:                        {Text: "-150"},
		`<c t="d"><v>2026-03-19T00:00:00</v></c>`:     {Text: "2026-03-19"},
		`<c t="d"><v>2026-03-19T00:00:00.000</v></c>`: {Text: "2026-03-19"},
		`<c t="b"><v>1</v></c>`:                       {Odd: "TRUE"},
		`<c t="b"><v>0</v></c>`:                       {Odd: "FALSE"},
		`<c t="e"><v>#N/A</v></c>`:                    {Odd: "#N/A"},
		`<c><v>12</v></c>`:                            {},
		`<c><v>1234.5</v></c>`:                        {},
		`<c><v>1234.4999999999998</v></c>`:            {},
		`<c t="str"><v>12.0</v></c>`:                  {},
		`<c t="s"><v>1.2E7</v></c>`:                   {},
		`<c><v>6.2220200000000003E18</v></c>`:         {}, // its digits are lost
		`<c t="d"><v>2026-03-19</v></c>`:              {},
		`<c t="d"><v>2026-03-19T08:30:00</v></c>`:     {},
	} {
		for name, rows := range map[string]string{
			"with references":    `<row r="7">` + strings.Replace(cell, "<c", `<c r="B7"`, 1) + `</row>`,
			"without references": strings.Repeat("<row/>", 6) + `<row><c/>` + cell + `</row>`,
		} {
			all, err := grid.Read(workbook(t, "office/sheets/one.xml", rows))
			got := all["流水"]
			if wanted := map[grid.Place]grid.Cell{{Row: 7, Column: 2}: want}; want == (grid.Cell{}) && len(got) > 0 || want != (grid.Cell{}) && !maps.Equal(got, wanted) || err != nil {
				t.Errorf("%s %s: %v, %v", cell, name, got, err)
			}
		}
	}
}

// TestFormulas: a formula is found wherever its sheet lies.
func TestFormulas(t *testing.T) {
	for _, path := range []string{"office/worksheets/sheet1.xml", "office/deep/er/x.bin", "elsewhere/sheet.xml"} {
		for rows, want := range map[string]bool{`<row><c><f>A1+1</f><v>2</v></c></row>`: true, `<row><c t="s"><v>0</v></c></row>`: false} {
			if got, err := grid.Formulas(workbook(t, path, rows)); got != want || err != nil {
				t.Errorf("%s %s: %v, %v", path, rows, got, err)
			}
		}
	}
}

// TestBroken: what is no workbook is said to be broken.
func TestBroken(t *testing.T) {
	list := workbook(t, "office/sheets/one.xml", "<row><c>")
	_, err := grid.Read(list)
	_, err2 := grid.Read(list[:1])
	_, err3 := grid.Formulas(nil)
	for _, err := range []error{err, err2, err3} {
		if !errors.Is(err, parts.Broken) {
			t.Errorf("%v", err)
		}
	}
}
