package report

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/code"
)

// LibreOffice prints the night in both languages: every sheet is there, and
// no column is too narrow for what stands in it.
func TestPrinted(t *testing.T) {
	t.Parallel()
	office, text := droptest.Require(t, "soffice"), droptest.Require(t, "pdftotext")
	for lang, words := range map[code.Lang][]string{
		code.Chinese: {"资金平衡", "在办业务办理时限", "联系函收发情况", "信息表收发情况", "个人账户资金划转", "收发文件", "待办事项", "申请受理情况", "参保凭证出具情况", "银行存款余额调节表", "1,234,567.89", "11010519491231002X"},
		code.English: {"Key figures", "Deadlines of open cases", "Contact letters", "Information forms", "Remittances of personal accounts", "10,123.45", "What needs a person", "Certificates of participation", "Balance reconciliation"},
	} {
		dir := t.TempDir()
		book := filepath.Join(dir, "night.xlsx")
		if err := Nightly(night(t, lang)).Save(book); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, book).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		printed, err := exec.Command(text, "-layout", filepath.Join(dir, "night.pdf"), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.Contains(string(printed), w) {
				t.Errorf("%s: %q is not in print", lang, w)
			}
		}
		if strings.Contains(string(printed), "###") {
			t.Errorf("%s: a column is too narrow", lang)
		}
	}
}
