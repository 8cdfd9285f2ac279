package formats_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
)

// keyedRows is a sheet as somebody keys it: facts, titles, rows.
func keyedRows() [][]any {
	return [][]any{
		{"苏州市财政专户 2026年3月"},
		{"本方账号", "1102020309000012345"},
		{"期初余额", 10000.00},
		{},
		{"记账日期", "借贷", "金额", "对方户名", "对方账号", "附言", "银行流水号", "状态", "余额"},
		{"2026-03-02", "贷", 1234.56, "上海市医疗保险事业管理中心", "310066771018800054321", "32050020260302000001 11010519491231002X 张三", "A001", "成功", 11234.56},
		{"2026-03-02", "借", 1000, "杭州市医疗保障局", "1202020209900123456", "33010020260220000007 330102199001011234 李四", "A002", "成功", 10234.56},
		{"2026-03-03", "贷", 1000, "杭州市医疗保障局", "1202020209900123456", "退汇 33010020260220000007", "A003", "退汇", 11234.56},
		{"2026-03-03", "借", 55.5, "合肥市医保中心", "34001", "34010020260220000009", "", "失败", 11234.56},
	}
}

// keyed makes a workbook of rows, as any program would.
func keyed(t testing.TB, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readKeyed(t testing.TB, content []byte) *formats.Statement {
	t.Helper()
	s, err := formats.ReadStatement(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStatementAsKeyed(t *testing.T) {
	s := readKeyed(t, keyed(t, keyedRows()))
	if s.Refused() || len(s.Rows) != 4 {
		t.Fatalf("%d rows, faults %v", len(s.Rows), s.Faults)
	}
	if s.Head.OwnAccount != "1102020309000012345" || s.Head.Opening != batch.Some[money.Fen](1_000_000) {
		t.Errorf("head %+v", s.Head)
	}
	want := formats.StatementLine{
		BookedOn: 20260303, Side: code.BankCredit, Amount: 100_000, Counterparty: "杭州市医疗保障局", Account: "1202020209900123456",
		Remark: "退汇 33010020260220000007", BankRef: "A003", Status: code.BankReturned, Balance: 1_123_456,
	}
	if d := cmp.Diff(want, s.Rows[2].Value); d != "" || s.Rows[2].Line != 8 {
		t.Error(s.Rows[2].Line, d)
	}
}

// What people key in other ways is understood, and told.
func TestStatementSlips(t *testing.T) {
	for what, change := range map[string]func([][]any){
		"date with slashes":    func(r [][]any) { r[5][0] = "2026/3/2" },
		"date in Chinese":      func(r [][]any) { r[5][0] = "2026年3月2日" },
		"date without hyphens": func(r [][]any) { r[5][0] = "20260302" },
		"date cell":            func(r [][]any) { r[5][0] = 46083 },
		"thousands":            func(r [][]any) { r[5][2] = "1,234.56" },
		"currency sign":        func(r [][]any) { r[5][2] = "￥1,234.56" },
		"full-width":           func(r [][]any) { r[5][2] = "１２３４.５６" },
		"account in groups":    func(r [][]any) { r[5][4] = "3100 6677 1018 8000 54321" },
		"outer spaces":         func(r [][]any) { r[5][7] = " 成功 " },
		"line break":           func(r [][]any) { r[5][5] = "32050020260302000001\n11010519491231002X 张三" },
	} {
		t.Run(what, func(t *testing.T) {
			rows := keyedRows()
			change(rows)
			want, got := readKeyed(t, keyed(t, keyedRows())), readKeyed(t, keyed(t, rows))
			if got.Refused() || got.Total != 1 || got.Faults[0].Code != code.Normalised || got.Faults[0].Line != 6 {
				t.Fatalf("faults %v", got.Faults)
			}
			if d := cmp.Diff(want.Rows, got.Rows); d != "" {
				t.Error(d)
			}
		})
	}
	for _, word := range []string{"已入账", "BOOKED", "交易成功"} {
		rows := keyedRows()
		rows[5][7] = word
		if s := readKeyed(t, keyed(t, rows)); s.Total > 0 || s.Rows[0].Value.Status != code.BankBooked {
			t.Errorf("%s: %v", word, s.Faults)
		}
	}
}

// TestStatementAsProgramsWrite: a number cell is its value however a program wrote it, days are
// counted from 1904 where the workbook says so, and a boolean or an error is a fault that names the cell.
func TestStatementAsProgramsWrite(t *testing.T) {
	want := readKeyed(t, keyed(t, keyedRows()))
	for what, old := range map[string][2]string{
		"exponents": {`<v>1234.56</v>`, `<v>1.23456E3</v>`}, "small exponents": {`<v>1234.56</v>`, `<v>123456E-2</v>`}, "whole numbers": {`<v>1000</v>`, `<v>1000.0</v>`},
	} {
		if got := readKeyed(t, withXML(t, keyed(t, keyedRows()), old[0], old[1])); got.Total > 0 || !cmp.Equal(want.Rows, got.Rows) {
			t.Errorf("%s: faults %v", what, got.Faults)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(keyed(t, putCell(5, 0, 46083-1462)(keyedRows()))))
	since := true
	var b bytes.Buffer
	if err == nil {
		err = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since})
	}
	if err == nil {
		_, err = f.WriteTo(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := readKeyed(t, b.Bytes()); got.Refused() || !cmp.Equal(want.Rows, got.Rows) {
		t.Errorf("since 1904: faults %v, %v", got.Faults, got.Rows)
	}
	for what, content := range map[string][]byte{
		"C7 TRUE": keyed(t, putCell(6, 2, true)(keyedRows())), "D7 TRUE": keyed(t, putCell(6, 3, true)(keyedRows())),
		"D7 #N/A": withXML(t, keyed(t, putCell(6, 3, false)(keyedRows())), `t="b"><v>0</v>`, `t="e"><v>#N/A</v>`),
	} {
		if got := readKeyed(t, content); !got.Refused() || got.Faults[0].Code != code.Malformed || !strings.HasPrefix(got.Faults[0].Text, what) {
			t.Errorf("%s: faults %v", what, got.Faults)
		}
	}
}

// withXML changes the XML of a workbook's only sheet.
func withXML(t testing.TB, content []byte, old, to string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		part, err2 := w.Create(f.Name)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if strings.HasSuffix(f.Name, "sheet1.xml") {
			if !bytes.Contains(text, []byte(old)) {
				t.Fatalf("no %s in %s", old, text)
			}
			text = bytes.ReplaceAll(text, []byte(old), []byte(to))
		}
		if _, err := part.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// One change makes one fault, at its row and column; all are told.
func TestStatementFaults(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func([][]any) [][]any
		code   code.Fault
		line   int
		field  string
	}{
		{"no date", putCell(6, 0, nil), code.Missing, 7, "booked_on"},
		{"30 February", putCell(6, 0, "2026-02-30"), code.ImpossibleDate, 7, "booked_on"},
		{"out of order", putCell(7, 0, "2026-03-01"), code.ImpossibleDate, 8, "booked_on"},
		{"neither debit nor credit", putCell(6, 1, "转"), code.UnknownCode, 7, "debit_credit"},
		{"negative", putCell(6, 2, -1000), code.Amount, 7, "amount"},
		{"exponent", putCell(6, 2, "1e3"), code.Amount, 7, "amount"},
		{"letter in it", putCell(6, 2, "00000123A5"), code.Amount, 7, "amount"},
		{"part of a fen", putCell(6, 2, "1000.005"), code.Amount, 7, "amount"},
		{"separators in the wrong place", putCell(6, 2, "1,00"), code.Amount, 7, "amount"},
		{"account in scientific notation", putCell(6, 4, "1.20202E+18"), code.Malformed, 7, "account"},
		{"unknown status", putCell(6, 7, "处理中"), code.UnknownCode, 7, "status"},
		{"returned debit", putCell(6, 7, "退汇"), code.UnknownCode, 7, "status"},
		{"rejected credit", putCell(7, 7, "失败"), code.UnknownCode, 8, "status"},
		{"balance off by a fen", putCell(6, 8, 10234.57), code.Total, 7, "balance"},
		{"opening balance off", putCell(2, 1, 10000.01), code.Total, 6, "balance"},
		{"remark too long", putCell(6, 5, strings.Repeat("长", 141)), code.TooLong, 7, "remark"},
		{"beside the columns", func(r [][]any) [][]any { r[6] = append(r[6], "手工"); return r }, code.Malformed, 7, ""},
		{"a column too many", func(r [][]any) [][]any { r[4] = append(r[4], "冲正标志"); return r }, code.WrongEnvelope, 0, ""},
		{"a column missing", putCell(4, 6, ""), code.WrongEnvelope, 0, ""},
		{"no header row", func(r [][]any) [][]any { return append(r[:4:4], r[5:]...) }, code.WrongEnvelope, 0, ""},
		{"empty", func([][]any) [][]any { return nil }, code.WrongEnvelope, 0, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := readKeyed(t, keyed(t, c.change(keyedRows())))
			if !s.Refused() || s.Faults[0].Code != c.code || s.Faults[0].Line != c.line || s.Faults[0].Field != c.field {
				t.Fatalf("faults %v", s.Faults)
			}
			if s.Faults[0].Row != "" && !strings.Contains(s.Faults[0].Row, "银行流水") {
				t.Errorf("sheet %q", s.Faults[0].Row)
			}
		})
	}
	rows := keyedRows()
	rows[5][0], rows[6][1], rows[7][7] = "x", "y", "z"
	if s := readKeyed(t, keyed(t, rows)); s.Total != 3 {
		t.Errorf("of three faults told: %v", s.Faults)
	}
	if s := readKeyed(t, []byte("H,contact-letter,1")); !s.Refused() || s.Faults[0].Code != code.Unreadable {
		t.Errorf("no workbook: %v", s.Faults)
	}
}

func putCell(row, column int, value any) func([][]any) [][]any {
	return func(r [][]any) [][]any {
		r[row][column] = value
		return r
	}
}

// Without the facts on top the first balance tells the opening one.
func TestStatementWithoutFacts(t *testing.T) {
	s := readKeyed(t, keyed(t, keyedRows()[4:]))
	if s.Refused() || s.Head.OwnAccount != "" || s.Head.Opening.Value != 1_000_000 {
		t.Errorf("%+v %v", s.Head, s.Faults)
	}
}

// What is written is read back the same, and by LibreOffice too.
func TestStatementTemplate(t *testing.T) {
	s := readKeyed(t, keyed(t, keyedRows()))
	lines := make([]formats.StatementLine, len(s.Rows))
	for i, r := range s.Rows {
		lines[i] = r.Value
	}
	head := formats.StatementHead{OwnAccount: "1102020309000012345", Opening: batch.Some[money.Fen](1_000_000)}
	name := filepath.Join(t.TempDir(), "流水.xlsx")
	var b bytes.Buffer
	if err := formats.StatementTable().Write(&b, head, lines, "注意"); err != nil {
		t.Fatal(err)
	}
	check := func(content []byte) {
		t.Helper()
		got := readKeyed(t, content)
		if got.Total > 0 || len(got.Rows) != len(lines) {
			t.Fatalf("%d rows: %v", len(got.Rows), got.Faults)
		}
		for i := range lines {
			if d := cmp.Diff(lines[i], got.Rows[i].Value); d != "" {
				t.Error(d)
			}
		}
		if d := cmp.Diff(head, got.Head, cmpopts.IgnoreUnexported(formats.StatementHead{})); d != "" {
			t.Error(d)
		}
	}
	check(b.Bytes())
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	check(resaved(t, name))

	b.Reset()
	if err := formats.StatementTemplate(&b, formats.StatementHead{OwnAccount: "62"}); err != nil {
		t.Fatal(err)
	}
	if got := readKeyed(t, b.Bytes()); got.Total > 0 || len(got.Rows) > 0 || got.Head.OwnAccount != "62" {
		t.Errorf("the template itself: %+v", got)
	}
}

// resaved is a workbook as LibreOffice saves it again.
func resaved(t *testing.T, name string) []byte {
	t.Helper()
	office := droptest.Require(t, "soffice")
	dir := t.TempDir()
	profile := "-env:UserInstallation=file://" + filepath.Join(dir, "profile")
	out, err := exec.Command(office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(dir, "out"), name).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "out", filepath.Base(name)))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// FuzzStatement: whatever is in a cell, nothing panics, and what is accepted
// adds up.
func FuzzStatement(f *testing.F) {
	for _, row := range keyedRows()[5:] {
		f.Add(fmt.Sprint(row[0]), fmt.Sprint(row[1]), fmt.Sprint(row[2]), fmt.Sprint(row[5]), fmt.Sprint(row[7]), fmt.Sprint(row[8]))
	}
	f.Add("2026年2月30日", "借方", "￥1,234,567.89", "a\nb", "退汇", "0")
	f.Fuzz(func(t *testing.T, day, side, amount, remark, status, balance string) {
		for _, s := range []string{day, side, amount, remark, status, balance} {
			if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0xFFFE }) || len(s) > 1000 {
				return // no workbook holds such a text
			}
		}
		rows := keyedRows()
		rows[6] = []any{day, side, amount, "x", "1", remark, "", status, balance}
		s := readKeyed(t, keyed(t, rows))
		if s.Refused() {
			return
		}
		last := s.Head.Opening.Value
		for _, r := range s.Rows {
			if last += r.Value.Signed(); last != r.Value.Balance || r.Value.Amount <= 0 {
				t.Errorf("accepted: %+v", r)
			}
		}
	})
}
