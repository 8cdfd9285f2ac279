package report

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/code"
)

func saved(t *testing.T, n Night) *excelize.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "night.xlsx")
	if err := Nightly(n).Save(path); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestSheets(t *testing.T) {
	for lang, want := range map[code.Lang]string{
		code.Chinese: "汇总|待办|时限|申请受理|参保凭证|联系函|信息表|资金划转|对账|文件|运行记录",
		code.English: "Summary|To do|Deadlines|Applications|Certificates|Letters|Forms|Remittances|Reconciliation|Files|Runs",
	} {
		if got := strings.Join(saved(t, night(t, lang)).GetSheetList(), "|"); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

// row is a sheet's row as a person sees it, by column title; the first with
// that text in it.
func row(t *testing.T, f *excelize.File, sheet, with string) map[string]string {
	t.Helper()
	all, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, cells := range all {
		if titles == nil && len(cells) > 5 && cells[0] != "" && cells[1] != "" {
			titles = cells
			continue
		}
		if titles == nil || !strings.Contains(strings.Join(cells, "|"), with) {
			continue
		}
		found := map[string]string{}
		for i, c := range cells {
			if i < len(titles) {
				found[titles[i]] = c
			}
		}
		return found
	}
	t.Fatalf("%s: nothing with %q", sheet, with)
	return nil
}

// Golden cells, one row of each sheet.
func TestRows(t *testing.T) {
	f := saved(t, night(t, code.Chinese))
	for _, c := range []struct {
		sheet, with string
		want        map[string]string
	}{
		{"时限", "T32050020260202000001", map[string]string{
			"方向": "转入", "对方经办机构": "上海市医疗保险事业管理中心", "姓名": "买买提·阿不都热合曼", "证件号码": "11010519491231002X", "业务状态": "联系函已发",
			"信息表": "未到", "资金": "未到账", "法定到期日": "2026-02-09", "剩余工作日": "-4", "暂定": "是",
			"期限依据": "答复：自 2026-02-02 起 15 个工作日", "待办方": "对方经办机构", "等待事项": "对方信息表", "待办期限": "2026-03-02", "待办剩余工作日": "11",
		}},
		{"时限", "T32050020260202000002", map[string]string{"业务状态": "信息表已发", "资金": "退汇", "法定到期日": "", "待办剩余工作日": "-4"}},
		{"待办", "T32050020260202000001", map[string]string{
			"紧急程度": "紧急", "事项": "超过法定时限", "期限": "2026-02-09", "剩余工作日": "-4", "待办方": "对方经办机构", "怎么办": "立即办理或催办，并告知当事人。", "在哪里决定": "",
		}},
		{"待办", "T32050020260202000002", map[string]string{
			"紧急程度": "尽快", "事项": "办件待决定", "涉及金额（元）": "10,123.45", "怎么办": "核实账户后重新付款。", "在哪里决定": "决定表（业务） 决定表（财务） ",
		}},
		{"待办", "310100", map[string]string{"紧急程度": "提示", "事项": "未启用签名"}},
		{"申请受理", "苏州工业园区", map[string]string{"版本": "1", "结果": "已由新版本补正", "提出地": "转入地受理", "材料": "身份证件、参保凭证"}},
		{"申请受理", "R1", map[string]string{"结果": "已转送转入地", "转入地": "杭州市医疗保障管理服务中心", "办件编号": ""}},
		{"参保凭证", "G1", map[string]string{"状态": "待出具", "申请原因": "首次开具", "实缴月数": ""}},
		{"参保凭证", "C32050020260101000001", map[string]string{"状态": "已作废", "被取代为": "C32050020260110000002", "个人账户余额（元）": "10,123.45"}},
		{"联系函", "32050020260202000001", map[string]string{"版本": "1", "未答复工作日": "9", "收款账号": "310066771018800054321", "划转个人账户": "是"}},
		{"联系函", "32050020260202000002", map[string]string{"未答复工作日": "", "方向": "转出"}},
		{"信息表", "F32050020260202000004", map[string]string{"实缴月数": "103", "金额（元）": "10,123.45", "已入账月数": "110", "已入账金额（元）": "10,123.45", "资金处理": "银行划转"}},
		{"信息表", "F32050020260202000001", map[string]string{"已入账月数": "", "收到日期": "2026-02-10"}},
		{"资金划转", "T32050020260202000001", map[string]string{"应划金额（元）": "10,123.45", "到账金额（元）": "10,123.00", "差额（元）": "-0.45", "划款编号": "32050020260202000001-1-1"}},
		{"资金划转", "T32050020260202000002", map[string]string{"到账金额（元）": "", "资金状态": "退汇", "原因说明": "AC01 账号与户名不符", "复核人": "王敏"}},
		{"文件", "contact-letter_", map[string]string{"收发": "收", "种类": "联系函", "序号": "12", "状态": "已处理", "结论": "部分接收", "收到或排队时间": "2026-02-14 02:00", "待核": "1"}},
		{"文件", "registry_", map[string]string{"对方": "业务系统", "状态": "整批退回", "原因": "摘要不符：文件末行的摘要与内容不一致"}},
		{"运行记录", "02:00", map[string]string{"作业": "收取、处理、制单、报表、发送", "状态": "完成", "用时（秒）": "95", "计数": "处理 接收 24，处理 处理文件 7"}},
		{"运行记录", "m1", map[string]string{"状态": "失败", "当前步骤": "收取", "说明": "杭州：连接超时；已改用下一窗口", "结束": ""}},
	} {
		got := row(t, f, c.sheet, c.with)
		for title, want := range c.want {
			if got[title] != want {
				t.Errorf("%s, %s, %s: %q, want %q", c.sheet, c.with, title, got[title], want)
			}
		}
	}
	rows, err := f.GetRows("时限")
	if err != nil || len(rows) != 3+18 {
		t.Errorf("%d rows of open cases, want 18", len(rows)-3)
	}
}

func TestSummary(t *testing.T) {
	f := saved(t, night(t, code.Chinese))
	rows, err := f.GetRows("汇总")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, cells := range rows {
		lines = append(lines, strings.Trim(strings.Join(cells, "|"), "|"))
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		"与上海市医疗保险事业管理中心（310100）之间未启用签名（seal: off）",
		"上海市医疗保险事业管理中心|转出|1,234,567.89|1,000,000.00|0.00|0.00|0.00|234,567.89|0.00",
		"杭州市医疗保障管理服务中心|转出|76,543.21|0.00|0.00|0.00|0.00|76,543.20|0.01",
		"在办|12|6|18", "当日办结|6|0|6", "超过法定时限|4|0|4", "联系函已发|转入|6", "信息表已发|转出|6",
		"上海市医疗保险事业管理中心|12|0|12|4|66.7%|0|0", "超过法定时限|紧急|1", "杭州市医疗保障管理服务中心|0|6|0|0",
		"对方经办机构|12", "本方经办|6", "超期 1～5 日|4", "当日到期|4", "1～2 日|2", "2026-02-13|6|8|89",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// Masked, an ID shows its area and its last four characters and nothing else.
func TestMask(t *testing.T) {
	n := night(t, code.Chinese)
	n.Mask = true
	f := saved(t, n)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, cells := range rows {
			if strings.Contains(strings.Join(cells, "|"), "19491231") {
				t.Errorf("%s shows an ID: %v", sheet, cells)
			}
		}
	}
	for in, want := range map[string]string{
		"11010519491231002X": "110105********002X", "110105491231002": "110105*****1002",
		"E12345678": "E1*****78", "ab": "ab", "": "",
	} {
		if got := n.id(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Every column has titles in both languages that differ from one another,
// and no sheet is refused by the workbook in either language.
func TestTitles(t *testing.T) {
	check := func(sheet string, titles [][2]string) {
		seen := map[string]bool{}
		for _, pair := range titles {
			for _, title := range pair {
				if title == "" || (seen[title] && pair[0] != pair[1]) {
					t.Errorf("%s: title %q", sheet, title)
				}
				seen[title] = true
			}
		}
	}
	check("to do", titlesOf(todoColumns()))
	check("applications", titlesOf(applicationColumns()))
	check("certificates", titlesOf(certificateColumns()))
	check("deadlines", titlesOf(deadlineColumns()))
	check("letters", titlesOf(letterColumns()))
	check("forms", titlesOf(formColumns()))
	check("remittances", titlesOf(remittanceColumns()))
	check("files", titlesOf(fileColumns()))
	check("runs", titlesOf(runColumns()))
}

func titlesOf[T any](columns []column[T]) (pairs [][2]string) {
	for _, c := range columns {
		pairs = append(pairs, [2]string{c.zh, c.en})
	}
	return pairs
}

var han = regexp.MustCompile(`\p{Han}+`)

// An English workbook has no Chinese but what people and partners wrote: the
// cells' words and the sheets' own are all in English, also on paper.
func TestEnglishHasNoChinese(t *testing.T) {
	n := night(t, code.English)
	list := cases(24)
	data := fmt.Sprintf("%+v", []any{
		n.Agency, n.Partners, n.Summary.Warnings, list, n.Todo, n.Reconciliation, letters(list), forms(list), remittances(list), files(), runs(), applications(list), certificates(),
	})
	f := saved(t, n)
	var texts []string
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, cells := range rows {
			texts = append(texts, cells...)
		}
		foot, err := f.GetHeaderFooter(sheet)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, sheet, foot.OddFooter)
	}
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(texts, props.Title, props.Subject) {
		for _, word := range han.FindAllString(text, -1) {
			if !strings.Contains(data, word) {
				t.Errorf("%q says %s", text, word)
			}
		}
	}
	if len(texts) < 1000 {
		t.Errorf("only %d cells were looked at", len(texts))
	}
}

// An empty night makes a workbook; a source that fails makes none.
func TestEmptyAndBroken(t *testing.T) {
	n := night(t, code.English)
	empty := Night{Agency: n.Agency, Calendar: n.Calendar, Date: n.Date, Made: n.Made, Turns: n.Turns}
	saved(t, empty)
	broken := errors.New("no store")
	n.Letters = func(yield func(Letter, error) bool) { yield(Letter{}, broken) }
	if err := Nightly(n).Save(filepath.Join(t.TempDir(), "n.xlsx")); !errors.Is(err, broken) {
		t.Error(err)
	}
	n = night(t, code.English)
	n.Cases = func(yield func(exchange.Case, error) bool) { yield(exchange.Case{}, broken) }
	if err := Nightly(n).Save(filepath.Join(t.TempDir(), "n.xlsx")); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// The words for everything that a file or run can be are listed.
func TestWords(t *testing.T) {
	n := night(t, code.Chinese)
	for _, s := range []exchange.FileState{
		exchange.FileFetched, exchange.FileWorked, exchange.FileRejected, exchange.FileDuplicate, exchange.FileQuarantined,
		exchange.FileQueued, exchange.FileSent, exchange.FileReceipted, exchange.FileRefused,
	} {
		if n.word(exchange.FileStateTerms(), string(s)) == string(s) {
			t.Errorf("no word for file state %s", s)
		}
	}
}

// The sheet of reconciliations adds up, by formula and by the value beside it.
func TestReconciliation(t *testing.T) {
	f := saved(t, night(t, code.Chinese))
	rows, err := f.GetRows("对账")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	sums := 0
	for y, cells := range rows {
		text += strings.Trim(strings.Join(cells, "|"), "|") + "\n"
		for x := range cells {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			formula, err := f.GetCellFormula("对账", cell)
			if err != nil || formula == "" {
				continue
			}
			sums++
			now, err := f.CalcCellValue("对账", cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			kept, err := f.GetCellValue("对账", cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			a, errA := strconv.ParseFloat(now, 64)
			b, errB := strconv.ParseFloat(kept, 64)
			if errA != nil || errB != nil || math.Abs(a-b) > 0.001 {
				t.Errorf("%s: %s comes to %s, and the cell says %s", cell, formula, now, kept)
			}
		}
	}
	if sums < 20 {
		t.Errorf("%d sums", sums)
	}
	for _, want := range []string{
		"上海市医疗保险事业管理中心|1|10,123.45|0|0.00|1|-0.45|0|0.00|0|0.00|0.00|0.00",
		"合计|2|10,130.00|0|0.00|1|-0.45|1|10,123.45|0|0.00|5,000.00|1,234.56",
		"AC01 账号与户名不符", "银行存款余额调节表", "调节后余额|1,000.00|1,000.00|相符", "缺对账单",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// What is urgent stands before what is due earlier, and leads to its case.
func TestTodoOrder(t *testing.T) {
	n := night(t, code.English)
	var kinds []string
	for _, x := range n.Todo {
		kinds = append(kinds, x.Kind)
	}
	if got := strings.Join(kinds, " "); got != "legal held credit unsigned" {
		t.Errorf("order: %s", got)
	}
	f := saved(t, n)
	ok, target, err := f.GetCellHyperLink("To do", "C4")
	if err != nil || !ok || target != "'Deadlines'!A4" {
		t.Errorf("link %v %q %v", ok, target, err)
	}
	if got, err := f.GetCellValue("Deadlines", "A4"); err != nil || got != n.Todo[0].No {
		t.Errorf("it leads to %q, not to %s", got, n.Todo[0].No)
	}
}
