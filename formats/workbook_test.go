package formats_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// fill makes a template of a kind and puts rows into it as a person would:
// by titles, leaving formulas alone.
func fill(t *testing.T, k *batch.Kind, rows map[string][]map[string]any) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	h := headerOf(k)
	h.Sequence = 0
	if err := sheet.Template(&b, k, h); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	for sheet, list := range rows {
		titles, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range list {
			for name, value := range row {
				set(t, f, sheet, column(t, titles[0], name), i+2, value)
			}
		}
	}
	return f
}

func column(t *testing.T, titles []string, name string) int {
	t.Helper()
	for i, title := range titles {
		if strings.HasSuffix(title, " "+name) {
			return i + 1
		}
	}
	t.Fatalf("no column %s in %v", name, titles)
	return 0
}

func set(t *testing.T, f *excelize.File, sheet string, column, row int, value any) {
	t.Helper()
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err == nil {
		err = f.SetCellValue(sheet, cell, value)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func bytesOf(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func netting(no string, amount any) map[string]any {
	return map[string]any{"month": "2026-03", "direction": "out", "letter_no": no, "form_no": "F" + no, "amount": amount}
}

func TestTemplateFilledByHand(t *testing.T) {
	k := kindOf(formats.KindNetting)
	f := fill(t, k, map[string][]map[string]any{"J": {netting("L1", 10.5), netting("L2", "0.10"), netting("L3", 3)}})
	values, faults, res := readBatch(t, bytesOf(t, f), batch.Options{})
	if len(faults) > 0 || res.Verdict != code.FileAccepted || res.Total != 1360 || res.Rows != 3 {
		t.Fatalf("%v %+v", faults, res)
	}
	if j := values[0].(*formats.Netting); j.Amount != 1050 || j.LetterNo != "L1" {
		t.Errorf("%+v", j)
	}
	plain, trailer := writeBatch(t, k, batch.UTF8, values...)
	draft := bytes.Replace(plain, []byte(",17,"), []byte(",,"), 1)
	if bytes.Equal(plain, draft) || res.Identity == trailer.Identity {
		t.Error("a draft without sequence should have an identity of its own")
	}
	var out bytes.Buffer
	if _, err := sheet.Convert(&out, bytes.NewReader(bytesOf(t, f)), formats.Kinds(), batch.Options{}, sheet.Target{Carrier: batch.CSV, Sequence: 17}); err != nil {
		t.Fatal(err)
	}
	if out.String() != string(plain) {
		t.Errorf("%s\n%s", out.String(), plain)
	}
}

// Formulas in the template count and add up: LibreOffice and Excel store the
// values, which are compared with ours.
func TestFormulasOfTheTemplate(t *testing.T) {
	k := kindOf(formats.KindForm)
	f := fill(t, k, map[string][]map[string]any{
		"F": {{"form_no": "F1", "amount": 12.34}, {"form_no": "F2", "amount": 0.06}},
		"S": {{"parent": "F1"}}, "D": {{"letter_no": "L1"}},
	})
	for cell, expected := range map[string]string{"B9": "4", "B10": "12.4"} {
		if got, err := f.CalcCellValue("envelope", cell, excelize.Options{RawCellValue: true}); err != nil || got != expected {
			t.Errorf("%s: %q, %v", cell, got, err)
		}
	}
}

func TestTypingSlips(t *testing.T) {
	k := kindOf(formats.KindCompletion)
	row := map[string]any{
		"letter_no": " l1 ", "form_no": "Ｆ１", "form_version": "１", "outcome": "completed ", "completed_on": 46091,
		"credited": "12.5", "months_credited": 3, "months_overlapping": "0", "echo": " e ",
	}
	_, faults, res := readBatch(t, bytesOf(t, fill(t, k, map[string][]map[string]any{"K": {row}})), batch.Options{})
	if res.Verdict != code.FileAccepted || res.Refused != 0 {
		t.Fatalf("%+v %v", res, faults)
	}
	normalised := map[string]bool{}
	for _, f := range faults {
		if f.Code != code.Normalised || f.Line != 2 || f.Row != "K" {
			t.Errorf("%+v", f)
		}
		normalised[f.Field] = true
	}
	for _, field := range []string{"letter_no", "form_no", "form_version", "outcome", "completed_on", "echo"} {
		if !normalised[field] {
			t.Errorf("%s was put right without a warning", field)
		}
	}
	values, _, _ := readBatch(t, bytesOf(t, fill(t, k, map[string][]map[string]any{"K": {row}})), batch.Options{})
	got := values[0].(*formats.Completion)
	expected := formats.Completion{
		LetterNo: "L1", FormNo: "F1", FormVersion: 1, Outcome: code.OutcomeCompleted, CompletedOn: 20260310, Credited: 1250, MonthsCredited: 3, Echo: "e",
	}
	if *got != expected {
		t.Errorf("%+v", got)
	}
}

func TestNotASlip(t *testing.T) {
	k := kindOf(formats.KindNetting)
	for _, amount := range []any{"1e3", "1,234.50", "-5", "00000123A5", "01.50", "1.234", 1.234, "１２。５", ".5", "5."} {
		_, faults, res := readBatch(t, bytesOf(t, fill(t, k, map[string][]map[string]any{"J": {netting("L1", amount)}})), batch.Options{})
		if res.Refused != 1 || len(faults) == 0 || faults[0].Code != code.Amount {
			t.Errorf("%v: %+v %v", amount, res, faults)
		}
	}
}

func TestDetailsNameTheirParentInAnyOrder(t *testing.T) {
	var book bytes.Buffer
	one, two := sampleForm(), sampleForm()
	two.FormNo = "F32050020260302000009"
	file, _ := writeBatch(t, kindOf(formats.KindForm), batch.UTF8, one, two)
	if _, err := sheet.Convert(&book, bytes.NewReader(file), formats.Kinds(), batch.Options{}, sheet.Target{Carrier: batch.Workbook}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("S", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 { // sorted upside down, without the column of lines, as staff would leave it
		for j, text := range rows[6-i][:len(rows[0])-1] {
			set(t, f, "S", j+1, i+2, text)
		}
	}
	for _, sheet := range []string{"F", "D", "S"} {
		titles, _ := f.GetRows(sheet)
		name, _ := excelize.ColumnNumberToName(column(t, titles[0], "csv_line"))
		if err := f.RemoveCol(sheet, name); err != nil {
			t.Fatal(err)
		}
	}
	set(t, f, "envelope", 2, 11, "") // the digest was that of another order
	values, faults, res := readBatch(t, bytesOf(t, f), batch.Options{})
	if len(faults) > 0 || res.Records != 2 || len(values[0].(*formats.Form).Stays) != 3 || len(values[1].(*formats.Form).Stays) != 3 {
		t.Errorf("%v %+v", faults, res)
	}
}

func TestWorkbookFaults(t *testing.T) {
	k := kindOf(formats.KindNetting)
	cases := map[string]struct {
		change func(*excelize.File)
		want   want
	}{
		"count":              {func(f *excelize.File) { set(t, f, "envelope", 2, 9, 7) }, want{1, "T", "rows", code.Count}},
		"total":              {func(f *excelize.File) { set(t, f, "envelope", 2, 10, 10.6) }, want{1, "T", "total", code.Total}},
		"digest":             {func(f *excelize.File) { set(t, f, "envelope", 2, 11, strings.Repeat("0", 64)) }, want{1, "T", "digest", code.Digest}},
		"kind":               {func(f *excelize.File) { set(t, f, "envelope", 2, 1, "nothing") }, want{1, "H", "kind", code.KindUnknown}},
		"sender":             {func(f *excelize.File) { set(t, f, "envelope", 2, 3, "苏州") }, want{1, "H", "sender", code.WrongEnvelope}},
		"no envelope":        {func(f *excelize.File) { _ = f.SetSheetName("envelope", "信封") }, want{0, "", "", code.WrongEnvelope}},
		"sheet too many":     {func(f *excelize.File) { _, _ = f.NewSheet("K"); set(t, f, "K", 1, 1, "x") }, want{0, "", "", code.WrongEnvelope}},
		"column too many":    {func(f *excelize.File) { set(t, f, "J", 6, 1, "备注") }, want{0, "", "", code.WrongEnvelope}},
		"column missing":     {func(f *excelize.File) { _ = f.RemoveCol("J", "C") }, want{0, "", "", code.WrongEnvelope}},
		"cell outside":       {func(f *excelize.File) { set(t, f, "J", 9, 2, "x") }, want{2, "J", "", code.Malformed}},
		"formula, no number": {func(f *excelize.File) { set(t, f, "J", 5, 2, "=1+1") }, want{2, "J", "amount", code.Amount}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := fill(t, k, map[string][]map[string]any{"J": {netting("L1", 10.5)}})
			c.change(f)
			_, faults, _ := readBatch(t, bytesOf(t, f), batch.Options{})
			if len(faults) != 1 || fmt.Sprint(wants(faults)[0]) != fmt.Sprint(c.want) {
				t.Errorf("got %+v, want %v", faults, c.want)
			}
		})
	}
}

func TestWorkbookBounds(t *testing.T) {
	f := fill(t, kindOf(formats.KindNetting), map[string][]map[string]any{"J": {netting("L1", 10.5)}})
	check(t, bytesOf(t, f), batch.Options{MaxUnzip: 2000}, code.FileRejected, want{0, "", "", code.TooLarge})
	if err := f.AddVBAProject(vba(t)); err == nil {
		check(t, bytesOf(t, f), batch.Options{}, code.FileRejected, want{0, "", "", code.Unreadable})
	}
}

// A workbook that programs read differently, or that has more parts than one of people, is
// refused before it is opened.
func TestWorkbookParts(t *testing.T) {
	good := bytesOf(t, fill(t, kindOf(formats.KindNetting), map[string][]map[string]any{"J": {netting("L1", 10.5)}}))
	var many []string
	for i := range 20_000 {
		many = append(many, fmt.Sprintf("xl/media/%d.png", i))
	}
	for _, c := range []struct {
		more []string
		want code.Fault
	}{
		{[]string{"xl/worksheets/sheet2.xml"}, code.Unreadable},
		{[]string{`XL\Worksheets\Sheet2.xml`}, code.Unreadable},
		{[]string{"xl/../xl/worksheets/sheet2.xml"}, code.Unreadable},
		{many, code.TooLarge},
	} {
		check(t, withParts(t, good, c.more...), batch.Options{}, code.FileRejected, want{0, "", "", c.want})
	}
	if _, faults, _ := readBatch(t, withParts(t, good, "xl/media/1.png"), batch.Options{}); len(faults) > 0 {
		t.Errorf("a picture: %v", faults)
	}
}

// withParts is a workbook with further parts.
func withParts(t *testing.T, book []byte, names ...string) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range from.File {
		if err := w.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// vba is the least that passes for a macro project: an OLE file.
func vba(t *testing.T) []byte {
	t.Helper()
	return append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 1528)...)
}

// No cell that we write is a formula but those of the envelope.
func TestTextIsNeverAFormula(t *testing.T) {
	d := *samples()[formats.KindForm][1].(*formats.Decline)
	file, _ := writeBatch(t, kindOf(formats.KindForm), batch.UTF8, &d)
	var book bytes.Buffer
	if _, err := sheet.Convert(&book, bytes.NewReader(file), formats.Kinds(), batch.Options{}, sheet.Target{Carrier: batch.Workbook}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	titles, _ := f.GetRows("D")
	cell, _ := excelize.CoordinatesToCellName(column(t, titles[0], "text"), 2)
	formula, err := f.GetCellFormula("D", cell)
	value, _ := f.GetCellValue("D", cell)
	kind, _ := f.GetCellType("D", cell)
	if err != nil || formula != "" || value != "=1+1" || kind == excelize.CellTypeFormula {
		t.Errorf("%q %q %v %v", formula, value, kind, err)
	}
}

// Another program opens, calculates and saves our workbooks, and they are
// still the same batch.
func TestWorkbookThroughLibreOffice(t *testing.T) {
	soffice := droptest.Require(t, "soffice")
	dir := t.TempDir()
	form, trailer := writeBatch(t, kindOf(formats.KindForm), batch.UTF8, samples()[formats.KindForm]...)
	var converted bytes.Buffer
	if _, err := sheet.Convert(&converted, bytes.NewReader(form), formats.Kinds(), batch.Options{}, sheet.Target{Carrier: batch.Workbook}); err != nil {
		t.Fatal(err)
	}
	filled := fill(t, kindOf(formats.KindNetting), map[string][]map[string]any{"J": {netting("L1", 10.5), netting("L2", 3)}})
	for name, book := range map[string][]byte{"converted.xlsx": converted.Bytes(), "filled.xlsx": bytesOf(t, filled)} {
		if err := os.WriteFile(filepath.Join(dir, name), book, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out")
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx",
		"--outdir", out, filepath.Join(dir, "converted.xlsx"), filepath.Join(dir, "filled.xlsx"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for name, rows := range map[string]int{"converted.xlsx": trailer.Rows, "filled.xlsx": 2} {
		saved, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(saved))
		if err != nil {
			t.Fatal(err)
		}
		if count, err := f.GetCellValue("envelope", "B9"); err != nil || count != strconv.Itoa(rows) {
			t.Errorf("%s counts %q rows, %v", name, count, err)
		}
		check(t, saved, batch.Options{}, code.FileAccepted)
	}
}
