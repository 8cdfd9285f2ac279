package report

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"

	"github.com/xuri/excelize/v2"
)

// What stands where on a form of each profile.
func TestPaperCells(t *testing.T) {
	for profile, title := range map[string]string{"2016": "参保人员基本医疗保险类型变更信息表", "2021": "参保人员基本医疗保险信息表"} {
		f, err := excelize.OpenFile(savedForm(t, profile))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for cell, want := range map[string]string{
			"A1": title, "A2": "编号：F32050020260330000001", "I2": "联系函编号：31010020260316000001",
			"A3": "参保人员信息", "D3": "买买提·阿不都热合曼", "M3": "1949年12月31日", "J4": "11010519491231002X",
			"D15": "￥12,434.67", "J15": "人民币壹万贰仟肆佰叁拾肆元陆角柒分",
		} {
			kind, err := f.GetCellType("信息表", cell)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := f.GetCellValue("信息表", cell); got != want || kind != excelize.CellTypeInlineString {
				t.Errorf("%s %s: %q of type %d, want the text %q", profile, cell, got, kind, want)
			}
		}
	}
}

// Another program finds the page as it is meant: A4 upright, one page, its
// boxes, what is printed of it.
func TestPaperReadByOpenpyxl(t *testing.T) {
	python := droptest.Require(t, "/usr/bin/python3", "-c", "import openpyxl") // Debian's, whose openpyxl it is
	const script = `
import openpyxl, sys
w = openpyxl.load_workbook(sys.argv[1])
s = w["信息表"]
p = s.page_setup
print(p.paperSize, p.orientation, p.fitToWidth, p.fitToHeight, s.sheet_properties.pageSetUpPr.fitToPage)
print("".join(s.print_area).replace("$", "").split("!")[-1] == s.dimensions, "A1:O1" in [str(r) for r in s.merged_cells.ranges], "A3:A6" in [str(r) for r in s.merged_cells.ranges])
print(s["J4"].number_format, s["J4"].font.name, s["J4"].border.left.style, w.properties.title)
`
	out, err := exec.Command(python, "-c", script, savedForm(t, "2021")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "9 portrait 1 1 True\nTrue True True\n@ 宋体 thin 信息表 F32050020260330000001\n"
	if string(out) != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

// A form whose stays fit has one page; one more needs a second, which says so.
func TestStaysContinue(t *testing.T) {
	o := office("2021")
	for stays, want := range map[int]int{0: 1, staysHere: 1, staysHere + 1: 2, staysHere + staysAgain: 2, staysHere + staysAgain + 1: 3} {
		pages := o.FormPaper(formSheet(stays))
		if len(pages) != want {
			t.Errorf("%d stays: %d pages, want %d", stays, len(pages), want)
		}
		for i, p := range pages[1:] {
			if title := p.Lines[0].Boxes[0].Text; !strings.HasSuffix(title, "（续表）") {
				t.Errorf("%d stays: page %d is titled %q", stays, i+2, title)
			}
		}
	}
}

func savedForm(t *testing.T, profile string) string {
	t.Helper()
	o := office(profile)
	name := filepath.Join(t.TempDir(), "form.xlsx")
	book := o.PaperBook("信息表 F32050020260330000001", time.Date(2026, 3, 30, 9, 0, 0, 0, zone), Print{"信息表", o.FormPaper(formSheet(5))})
	if err := book.Save(name); err != nil {
		t.Fatal(err)
	}
	return name
}
