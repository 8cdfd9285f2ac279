package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

// A second program reads types, formats, tables, filters, panes, links,
// page setup and properties as they are meant.
func TestPython(t *testing.T) {
	python := droptest.Require(t, "/usr/bin/python3", "-c", "import openpyxl") // Debian's, whose openpyxl it is
	out, err := exec.Command(python, filepath.Join("testdata", "read.py"), save(t, sample())).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// LibreOffice opens the book and prints it, with no cell too narrow.
func TestLibreOffice(t *testing.T) {
	office, text := droptest.Require(t, "soffice"), droptest.Require(t, "pdftotext")
	book := save(t, sample())
	dir := filepath.Dir(book)
	out, err := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, book).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	printed, err := exec.Command(text, "-layout", filepath.Join(dir, "book.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1,234,567.89", "2026-02-13 12:30", "11010519491231002X", "40,027.80", "T32050020260202000039", "第 1 页"} {
		if !bytes.Contains(printed, []byte(want)) {
			t.Errorf("%q is not in print", want)
		}
	}
	if bytes.Contains(printed, []byte("###")) {
		t.Error("a column is too narrow")
	}
}

// A list that is too long goes on on the next sheet, with its own header,
// subtotals and links.
func TestSplit(t *testing.T) {
	b := Book{Title: "t", Created: noon, Sheets: []Sheet{sampleList(25)}, rowLimit: 14}
	f := open(t, save(t, b))
	if got := strings.Join(f.GetSheetList(), "|"); got != "时限|时限 (2)|时限 (3)" {
		t.Fatal(got)
	}
	for cell, want := range map[string]string{
		"时限!A14": "T32050020260202000009", "时限 (2)!A4": "办件编号", "时限 (2)!A5": "T32050020260202000010",
		"时限 (3)!A9": "T32050020260202000024", "时限 (3)!I3": "110", "时限!A15": "",
	} {
		sheet, at, _ := strings.Cut(cell, "!")
		if got, _ := f.GetCellValue(sheet, at); got != want {
			t.Errorf("%s: %q, want %q", cell, got, want)
		}
	}
}

// Nothing that a text begins with makes it a formula, and what cannot stand
// in a cell does not.
func TestHostileText(t *testing.T) {
	texts := map[string]string{
		"=1+1": "=1+1", "+1": "+1", "-1": "-1", "@x": "@x", "\t=1": " =1", "a\x00b\x1bc": "a[U+0000]b[U+001B]c", "\x1b[31m": "[U+001B][31m",
		"a\nb": "a b", "_x0041_": "_x0041_", "<b>&\"'": "<b>&\"'", "\xff": "\ufffd", "a\u202eb": "a[U+202E]b", "王\u200b": "王[U+200B]", "𠮷": "𠮷", "0123": "0123", "1e3": "1e3",
		strings.Repeat("长", 40_000):      strings.Repeat("长", maxCellText-1) + "…",
		strings.Repeat("𠮷", 20_000):      strings.Repeat("𠮷", (maxCellText-1)/2) + "…",
		strings.Repeat("x", maxCellText): strings.Repeat("x", maxCellText),
	}
	var in, want []string
	for text, shown := range texts {
		in, want = append(in, text), append(want, shown)
	}
	s := Sheet{Name: "s", Title: "=t", Note: "=n", Columns: []Column{{Title: "=h"}}, Rows: rows(len(in), func(i int) []any { return []any{in[i]} })}
	f := open(t, save(t, Book{Title: "&P=1", Created: noon, Sheets: []Sheet{s}}))
	for i := range in {
		cell := "A" + strconv.Itoa(4+i)
		if formula, _ := f.GetCellFormula("s", cell); formula != "" {
			t.Errorf("%q became a formula", in[i])
		}
		got, _ := f.GetCellValue("s", cell)
		got = strings.ReplaceAll(got, "_x005F_", "_")
		if got != want[i] {
			t.Errorf("%.40q became %.40q", in[i], got)
		}
	}
}

// Numbers that a cell would round are texts.
func TestExactNumbers(t *testing.T) {
	values := []any{int64(999_999_999_999_999), int64(1_000_000_000_000_000), money.Max, money.Fen(-7), calendar.Date(18990101), calendar.Date(0), time.Time{}, calendar.Month(202602), nil}
	want := []string{"999999999999999", "1000000000000000", "99999999999999.99", "-0.07", "1899-01-01", "", "", "2026-02", ""}
	s := Sheet{Name: "s", Columns: []Column{{Title: "h"}}, Rows: rows(len(values), func(i int) []any { return values[i : i+1] })}
	f := open(t, save(t, Book{Created: noon, Sheets: []Sheet{s}}))
	got, err := f.GetCols("s")
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		raw := ""
		if i+2 < len(got[0]) {
			raw = strings.ReplaceAll(got[0][i+2], ",", "")
		}
		if raw != w {
			t.Errorf("%v became %q, want %q", values[i], raw, w)
		}
	}
}

// TestAbsurdSums: amounts of which a cell cannot show the sum, or no number can hold it,
// stop no workbook: the sum is text, and what is too much the most that there is.
func TestAbsurdSums(t *testing.T) {
	for want, n := range map[string]int{"999999999999999.90": 10, "92233720368547758.07": 1000} {
		list := Sheet{
			Name: "s", Totals: "合计", Columns: []Column{{Title: "h"}, {Title: "金额", Kind: Money, Total: true}},
			Rows: rows(n, func(int) []any { return []any{"a", money.Max} }),
		}
		page := Sheet{Name: "p", Blocks: []Block{{Title: "t", Columns: []Column{{Title: "金额", Kind: Money}}, Rows: [][]any{{money.Max}, {Sum{Above: 1, Value: money.Max.Times(n)}}}}}}
		f := open(t, save(t, Book{Created: noon, Sheets: []Sheet{list, page}}))
		for _, sheet := range []string{"s", "p"} {
			all, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(all); !strings.Contains(got, want) {
				t.Errorf("%s of %d: no %s", sheet, n, want)
			}
		}
	}
}

// What would open with a repair message, or is not said, is refused.
func TestRefused(t *testing.T) {
	for what, change := range map[string]func(*Book){
		"no sheets":     func(b *Book) { b.Sheets = nil },
		"long name":     func(b *Book) { b.Sheets[1].Name = strings.Repeat("名", 32) },
		"bad name":      func(b *Book) { b.Sheets[1].Name = "a/b" },
		"same name":     func(b *Book) { b.Sheets[1].Name = b.Sheets[0].Name },
		"same column":   func(b *Book) { b.Sheets[1].Columns[1].Title = b.Sheets[1].Columns[0].Title },
		"list and page": func(b *Book) { b.Sheets[1].Blocks = b.Sheets[0].Blocks },
		"short row":     func(b *Book) { b.Sheets[1].Rows = rows(1, func(int) []any { return []any{"a"} }) },
		"unknown type": func(b *Book) {
			b.Sheets[1].Columns = b.Sheets[1].Columns[:1]
			b.Sheets[1].Rules = nil
			b.Sheets[1].Rows = rows(1, func(int) []any { return []any{struct{}{}} })
		},
		"broken source":  func(b *Book) { b.Sheets[1].Rows = func(yield func([]any, error) bool) { yield(nil, errors.New("no")) } },
		"rule of no one": func(b *Book) { b.Sheets[1].Rules[0].Column = 99 },
	} {
		b := sample()
		change(&b)
		path := filepath.Join(t.TempDir(), "b.xlsx")
		if b.Save(path) == nil {
			t.Errorf("%s: saved", what)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
			t.Errorf("%s: leaves %v", what, left)
		}
	}
}

// A save that fails leaves the file that was there; one that works replaces
// it, private, and leaves nothing else; the same book makes the same bytes.
func TestAtomic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.xlsx")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := sample()
	broken.Sheets[1].Rows = func(yield func([]any, error) bool) { yield(nil, errors.New("no")) }
	if broken.Save(path) == nil {
		t.Fatal("saved")
	}
	if now, _ := os.ReadFile(path); string(now) != "old" {
		t.Error("the old file is gone")
	}
	if err := sample().Save(path); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(path)
	left, _ := os.ReadDir(filepath.Dir(path))
	if info.Mode().Perm() != 0o600 || len(left) != 1 {
		t.Error(info.Mode(), left)
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "联系函": 6, "１２": 4, "·": 2, "ａ…": 4, "é": 2, "𠮷": 2} {
		if got := columns(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA"} {
		if letters(i) != want {
			t.Errorf("%d: %s", i, letters(i))
		}
	}
}
