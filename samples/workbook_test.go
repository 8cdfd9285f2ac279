package samples

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"carryover/formats"
	"carryover/formats/batch"
)

// xmlSheet is one sheet of a workbook as make_workbooks.py writes it: texts only.
type xmlSheet struct {
	name string
	rows [][]string
}

// part is one part of a workbook.
type part struct{ name, text string }

const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	xmlMain     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	xmlDocument = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	xmlPackage  = "http://schemas.openxmlformats.org/package/2006/"
	xmlTypes    = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

var envelopeTitles = []string{
	"文件种类 kind", "版本 version", "发方 sender", "收方 receiver", "序号 sequence", "生成时间 created", "时限规则 profile", "提取范围 extent",
	"行数 rows", "金额合计 total", "摘要 digest",
}

// sheetsOf lays out the rows of a batch, T included, as sheets.
func sheetsOf(t testing.TB, k *batch.Kind, rows []string) []xmlSheet {
	t.Helper()
	var values []string
	values = append(values, splitRow(t, rows[0])[1:]...)
	values = append(values, make([]string, 8-len(values))...)
	values = append(values, splitRow(t, rows[len(rows)-1])[1:]...)
	envelope := xmlSheet{name: "envelope"}
	for i, title := range envelopeTitles {
		envelope.rows = append(envelope.rows, []string{title, values[i]})
	}
	sheets := []xmlSheet{envelope}
	for _, row := range rows[1 : len(rows)-1] {
		fields := splitRow(t, row)
		i := sheetNamed(sheets, fields[0])
		if i < 0 {
			i = len(sheets)
			sheets = append(sheets, xmlSheet{fields[0], [][]string{columnsOf(k, fields[0])}})
		}
		sheets[i].rows = append(sheets[i].rows, fields[1:])
	}
	return sheets
}

func sheetNamed(sheets []xmlSheet, name string) int {
	for i := range sheets {
		if sheets[i].name == name {
			return i
		}
	}
	return -1
}

// partsOf are the parts of a workbook with these sheets.
func partsOf(sheets []xmlSheet) []part {
	var overrides, listed, related strings.Builder
	for i, s := range sheets {
		n := i + 1
		fmt.Fprintf(&overrides, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, xmlTypes)
		fmt.Fprintf(&listed, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, s.name, n, n)
		fmt.Fprintf(&related, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, xmlDocument, n)
	}
	parts := []part{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + xmlPackage + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="` + xmlTypes + `sheet.main+xml"/>` + overrides.String() + "</Types>\n"},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + xmlPackage + `relationships"><Relationship Id="rId1" Type="` + xmlDocument + `/officeDocument" Target="xl/workbook.xml"/></Relationships>` + "\n"},
		{"xl/workbook.xml", xmlHead + `<workbook xmlns="` + xmlMain + `" xmlns:r="` + xmlDocument + `"><sheets>` + listed.String() + "</sheets></workbook>\n"},
		{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="` + xmlPackage + `relationships">` + related.String() + "</Relationships>\n"},
	}
	for i, s := range sheets {
		parts = append(parts, part{fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), sheetXML(s)})
	}
	return parts
}

func sheetXML(s xmlSheet) string {
	var rows []string
	for n, row := range s.rows {
		var b strings.Builder
		fmt.Fprintf(&b, `<row r="%d">`, n+1)
		for i, value := range row {
			if value != "" {
				fmt.Fprintf(&b, `<c r="%s%d"%s</c>`, columnLetters(i), n+1, cellXML(value))
			}
		}
		rows = append(rows, b.String()+"</row>")
	}
	return xmlHead + `<worksheet xmlns="` + xmlMain + `"><sheetData>` + strings.Join(rows, "\n") + "</sheetData></worksheet>\n"
}

// cellXML is the inside of a cell: a text, or after "#" a number, or after
// "=" a formula with its value behind "|".
func cellXML(value string) string {
	if number, ok := strings.CutPrefix(value, "#"); ok {
		return "><v>" + number + "</v>"
	}
	if formula, ok := strings.CutPrefix(value, "="); ok {
		formula, result, _ := strings.Cut(formula, "|")
		return "><f>" + formula + "</f><v>" + result + "</v>"
	}
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(value)); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	text := strings.NewReplacer("&#34;", `"`, "&#39;", "'").Replace(b.String()) // quotes need no escape in a text
	return ` t="inlineStr"><is><t xml:space="preserve">` + text + "</t></is>"
}

func columnLetters(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetters(i/26-1) + columnLetters(i%26)
}

// zipped is a zip whose bytes depend on the parts alone.
func zipped(t testing.TB, parts []part) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		size := uint64(len(p.text))
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: p.name, Method: zip.Store, CreatorVersion: 3<<8 | 20, ReaderVersion: 20, ExternalAttrs: 0o600 << 16,
			CRC32: crc32.ChecksumIEEE([]byte(p.text)), CompressedSize64: size, UncompressedSize64: size,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWorkbooksAreWrittenAsByTheOtherProgram: what the bad workbooks are made
// with writes the same good ones as make_workbooks.py.
func TestWorkbooksAreWrittenAsByTheOtherProgram(t *testing.T) {
	for kind, good := range goods(t) {
		k := batch.Find(formats.Kinds(), kind)
		rows := strings.Split(strings.TrimSuffix(string(good), "\n"), "\n")
		theirs, err := Files().Open(kind + "/good.xlsx")
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if _, err := want.ReadFrom(theirs); err != nil {
			t.Fatal(err)
		}
		theirs.Close()
		if got := zipped(t, partsOf(sheetsOf(t, k, rows))); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: another workbook", kind)
		}
	}
}
