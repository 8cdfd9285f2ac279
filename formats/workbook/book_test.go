package workbook

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func open(t testing.TB, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// What each cell holds after a save: type, stored value, shown value.
func TestGoldenCells(t *testing.T) {
	f := open(t, save(t, sample()))
	for _, c := range []struct {
		sheet, cell string
		kind        excelize.CellType
		raw, shown  string
	}{
		{"汇总", "A1", excelize.CellTypeInlineString, "医保关系转移接续日报", "医保关系转移接续日报"},
		{"汇总", "B4", excelize.CellTypeUnset, "128", "128"},
		{"汇总", "B7", excelize.CellTypeUnset, "1234567.89", "1,234,567.89"},
		{"汇总", "B8", excelize.CellTypeUnset, "0.973000", "97.3%"},
		{"汇总", "A12", excelize.CellTypeUnset, "46037", "2026-01-15"},
		{"时限", "H3", excelize.CellTypeUnset, "40027.80", "40,027.80"},
		{"时限", "I3", excelize.CellTypeUnset, "780", "780"},
		{"时限", "A4", excelize.CellTypeInlineString, "办件编号", "办件编号"},
		{"时限", "A5", excelize.CellTypeInlineString, "T32050020260202000000", "T32050020260202000000"},
		{"时限", "D5", excelize.CellTypeInlineString, "11010519491231002X", "11010519491231002X"},
		{"时限", "F5", excelize.CellTypeUnset, "46066", "2026-02-13"},
		{"时限", "G5", excelize.CellTypeUnset, "-3", "-3"},
		{"时限", "H6", excelize.CellTypeUnset, "1000.51", "1,000.51"},
		{"时限", "J5", excelize.CellTypeUnset, "46066.520833339", "2026-02-13 12:30"},
		{"时限", "K5", excelize.CellTypeUnset, "0.500000", "50.0%"},
		{"联系函", "A3", excelize.CellTypeInlineString, "（无记录）", "（无记录）"},
	} {
		kind, err := f.GetCellType(c.sheet, c.cell)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := f.GetCellValue(c.sheet, c.cell, excelize.Options{RawCellValue: true})
		shown, _ := f.GetCellValue(c.sheet, c.cell)
		if kind != c.kind || raw != c.raw || shown != c.shown {
			t.Errorf("%s!%s: got %d %q %q, want %d %q %q", c.sheet, c.cell, kind, raw, shown, c.kind, c.raw, c.shown)
		}
	}
}

// A page of more than one sheet of paper begins its last block on a new one,
// unless the charts beside it reach down to it.
func TestPageBreak(t *testing.T) {
	long := func(rows int) Sheet {
		s := samplePage()
		for i := range rows {
			s.Blocks[0].Rows = append(s.Blocks[0].Rows, []any{"其他", i})
		}
		return s
	}
	for rows, want := range map[int]string{
		20: "",                                 // 62 rows: one sheet of paper
		26: "",                                 // 68 rows, and the block begins beside the second chart
		40: "'汇总'!$A$1:$O$49,'汇总'!$A$50:$D$81", // below the charts
	} {
		b := sample()
		b.Sheets[0] = long(rows)
		f, got := open(t, save(t, b)), ""
		for _, n := range f.GetDefinedName() {
			if n.Name == "_xlnm.Print_Area" {
				got = n.RefersTo
			}
		}
		if got != want {
			t.Errorf("with %d more rows: printed in %q, want %q", rows, got, want)
		}
	}
}

// A mark stands first on every sheet, and at the head of every printed page.
func TestMark(t *testing.T) {
	b := sample()
	b.Sheets = append(b.Sheets, Sheet{Name: "信息表", Paper: &Paper{
		Columns: []float64{20, 30}, Lines: []Line{{Boxes: []Box{{Text: "title", As: BoxTitle, Cols: 2}}}},
	}})
	plain := open(t, save(t, b))
	b.Mark = "演练 & REHEARSAL"
	f := open(t, save(t, b))
	for sheet, want := range map[string][2]string{
		"汇总": {"A1", "【演练 & REHEARSAL】医保关系转移接续日报"}, "时限": {"A1", "【演练 & REHEARSAL】在办业务办理时限"}, "信息表": {"A1", "演练 & REHEARSAL"},
	} {
		if got, err := f.GetCellValue(sheet, want[0]); err != nil || got != want[1] {
			t.Errorf("%s begins with %q, %v", sheet, got, err)
		}
		if got, _ := plain.GetCellValue(sheet, want[0]); strings.Contains(got, "演练") {
			t.Errorf("%s without a mark begins with %q", sheet, got)
		}
		head, err := f.GetHeaderFooter(sheet)
		if sheet != "信息表" && (err != nil || head.OddHeader != "&C&B&12&KC00000演练 && REHEARSAL") {
			t.Errorf("%s is printed under %+v, %v", sheet, head, err)
		}
	}
	if got, _ := f.GetCellValue("信息表", "A2"); got != "title" {
		t.Errorf("below the mark stands %q", got)
	}
	if b.Sheets[1].Title != "在办业务办理时限" || len(b.Sheets[3].Paper.Lines) != 1 {
		t.Error("saving marked the caller's sheets")
	}
}
