package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"github.com/xuri/excelize/v2"
)

// approvals are the pages of two agencies of the demo: one in Chinese, where
// officers sign, after a backup and a restore test; one in English, which
// logs in at a partner's server and never made a backup.
func approvals(t *testing.T) (zh, en string) {
	t.Helper()
	dir := t.TempDir()
	zh, en = filepath.Join(dir, "zh.xlsx"), filepath.Join(dir, "en.xlsx")
	suzhou := ended.copyOf(t, "320500")
	config, copied := filepath.Join(suzhou, "config.yaml"), filepath.Join(suzhou, "copy.db")
	closed(t, suzhou)
	for _, args := range [][]string{{"backup", copied}, {"backup", "--verify", copied}, {"check", "--evidence", zh}} {
		if exit, _, text := call(t, append([]string{"-c", config}, args...)...); exit != exitDone && args[0] != "check" {
			t.Fatal(args, text)
		}
	}
	shanghai := ended.copyOf(t, "310100")
	config = filepath.Join(shanghai, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, config, strings.Replace(string(text), "\nagency:", "\nagency:\n  language: en", 1))
	call(t, "-c", config, "check", "--evidence", en)
	return zh, en
}

// closed gives a copied folder its permissions again.
func closed(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lines are the facts of a page, by what they are about.
func lines(t *testing.T, book string) map[string]string {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if list := f.GetSheetList(); len(list) != 1 {
		t.Fatalf("sheets %v", list)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	facts := map[string]string{}
	for _, r := range rows {
		if len(r) > 2 {
			facts[r[1]] = r[2]
		}
	}
	return facts
}

// TestEvidence: the approval page holds the facts, in both languages, and is
// one page in print.
func TestEvidence(t *testing.T) {
	zh, en := approvals(t)
	t.Run("cells", func(t *testing.T) { evidenceCells(t, zh, en) })
	t.Run("print", func(t *testing.T) { evidencePrinted(t, zh, en) })
}

func evidenceCells(t *testing.T, zh, en string) {
	facts := lines(t, zh)
	for item, want := range map[string]string{
		"数据库结构":     "第 13 版（本程序用第 13 版）",
		"监听":        "127.0.0.1:8420（仅 serve：/healthz、/metrics）",
		"向外连接":      "无",
		"付款账户":      "苏州市社会保障基金财政专户 · 110232050020000091 · 102305000017 · 自 2020-01-01",
		"人员与角色":     "王敏 wang.min：复核\n李强 li.qiang：财务",
		"不相容岗位":     "无人兼任系统与复核；在付款文件中作过决定的人不能签放该文件",
		"放行":        "双人签名，其中一人为复核",
		"未启用签名的机构":  "无",
		"内部时限":      fmt.Sprintf("%d 个环节均有责任方和时限，改动的有：无", 39),
		"办理时限":      "310100（2016）：发函 15、答复 15、办结 15\n330100（2021）：发函 1、答复 10、关系办结 5、个账到账 5\n510100（2021）：发函 1、答复 10、关系办结 5、个账到账 5",
		"保存期限":      "办件、账簿、日志、收发文件和报表均长期保存，本系统不自动删除",
		"未经人工复核的业务": "由 周建平 负责",
	} {
		if facts[item] != want {
			t.Errorf("%s: %q, want %q", item, facts[item], want)
		}
	}
	for item, want := range map[string]string{
		"程序": "carryover", "主要组件": "github.com/xuri/excelize/v2 v2.11.0", "对方收款账户": "310100  上海市社会保障基金财政专户 · 110231010020000018 · 105290000019",
		"批准": "王敏 wang.min · SHA256:", "故障 1": "staff.officers", "文件签名密钥": "现用 SHA256:", "人员密钥": "wang.min@checker · SHA256:", "对方签名密钥": "长期有效",
		"访问权限": "数据库 0600 · 收发文件 0700", "最近备份": "copy.db · ", "最近恢复演练": "通过：", "工作日历": "国务院放假安排 2007–",
	} {
		if !strings.Contains(facts[item], want) {
			t.Errorf("%s: %q does not hold %q", item, facts[item], want)
		}
	}
	facts = lines(t, en)
	for item, want := range map[string]string{
		"last backup": "none recorded", "last restore test": "none recorded", "connects to": "320500  sftp://agency310100@127.0.0.1:",
		"hosts pinned": "127.0.0.1:", "we log in with": "320500 · SHA256:", "release": "by itself, nobody signs", "officers": "none",
		"our own": "to 2026-03-31", "legal limits": "320500 (2021): letter 1, answer 10, months 5, account 5",
	} {
		if !strings.Contains(facts[item], want) {
			t.Errorf("%s: %q does not hold %q", item, facts[item], want)
		}
	}
}

// readPage is what a second program reads of a page: how it is printed, and
// that its cells are text.
const readPage = `
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
page = book.active
setup = page.page_setup
kinds = {c.data_type for row in page.iter_rows() for c in row if c.value is not None}
print(len(book.worksheets), setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage, sorted(kinds), page.max_column)
`

// LibreOffice prints the page on one sheet of paper, in both languages, and
// openpyxl reads it.
func evidencePrinted(t *testing.T, zh, en string) {
	office, text, info := droptest.Require(t, "soffice"), droptest.Require(t, "pdftotext"), droptest.Require(t, "pdfinfo")
	dir := t.TempDir()
	out, err := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, zh, en).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, words := range map[string][]string{
		"zh": {"部署审批表", "苏州市医疗保险基金管理中心（320500）", "双人签名，其中一人为复核", "最近恢复演练", "单位负责人", "110232050020000091"},
		"en": {"approval of the deployment", "last restore test", "head of the agency", "seals off"},
	} {
		pdf := filepath.Join(dir, name+".pdf")
		pages, err := exec.Command(info, pdf).Output()
		if err != nil || !strings.Contains(string(pages), "Pages:           1\n") || !strings.Contains(string(pages), "(A4)") {
			t.Errorf("%s: %v\n%s", name, err, pages)
		}
		printed, err := exec.Command(text, "-layout", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.Contains(string(printed), w) {
				t.Errorf("%s: %q is not in print", name, w)
			}
		}
		if strings.Contains(string(printed), "###") {
			t.Errorf("%s: a column is too narrow", name)
		}
	}
	python := droptest.Require(t, "/usr/bin/python3")
	if read, err := exec.Command(python, "-c", readPage, zh).CombinedOutput(); err != nil || string(read) != "1 portrait 9 1 1 True ['s'] 6\n" {
		t.Errorf("%v: %s", err, read)
	}
}
