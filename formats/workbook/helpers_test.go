package workbook

import (
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/money"
)

var noon = time.Date(2026, 2, 13, 12, 30, 0, 0, time.FixedZone("UTC+8", 8*3600))

// sample is a book with a page and two lists, as a night makes it.
func sample() Book {
	return Book{
		Title: "医保关系转移接续日报 2026-02-13", Subject: "320500", Author: "苏州市医疗保险基金管理中心", Created: noon,
		Lang: "zh-CN", Pages: "第 {page} 页，共 {pages} 页",
		Sheets: []Sheet{samplePage(), sampleList(40), {
			Name: "联系函", Title: "联系函", Columns: []Column{{Title: "联系函号"}}, Rows: rows(0, nil), Empty: "（无记录）",
		}},
	}
}

func samplePage() Sheet {
	s := Sheet{
		Name: "汇总", Title: "医保关系转移接续日报", Note: "苏州市（320500） 业务日期 2026-02-13",
		Blocks: []Block{
			{
				Title: "关键指标", Columns: []Column{{}, {Kind: Count}},
				Rows: [][]any{{"转入在办", 128}, {"转出在办", 77}, {"超期", Toned{3, Bad}}, {"清算总额", money.Fen(123_456_789)}, {"按时率", Ratio(0.973)}},
			},
			{
				Title: "近三十日", Columns: []Column{{Title: "日期", Kind: Date}, {Title: "受理", Kind: Count}, {Title: "办结", Kind: Count}, {Title: "在办", Kind: Count}},
			},
		},
		Charts: []Chart{{Title: "近三十日趋势", Kind: Lines, Block: 1, Series: []int{1, 2, 3}}, {Title: "受理与办结", Kind: Bars, Block: 1, Series: []int{1, 2}}},
	}
	for i := range 30 {
		d := calendar.Date(20260115).AddDays(i)
		s.Blocks[1].Rows = append(s.Blocks[1].Rows, []any{d, 10 + i%7, 8 + i%5, 200 + i})
	}
	return s
}

func sampleList(n int) Sheet {
	return Sheet{
		Name: "时限", Title: "在办业务办理时限", Note: "按剩余工作日排序", Empty: "（无记录）", Totals: "合计", Frozen: 1,
		Columns: []Column{
			{Title: "办件编号"},
			{Title: "方向", Kind: Middle},
			{Title: "姓名"},
			{Title: "证件号码"},
			{Title: "对方经办机构"},
			{Title: "到期日", Kind: Date},
			{Title: "剩余工作日", Kind: Count},
			{Title: "金额（元）", Kind: Money, Total: true},
			{Title: "月数", Kind: Count, Total: true},
			{Title: "更新时间", Kind: DateTime},
			{Title: "按时率", Kind: Percent},
			{Title: "说明"},
		},
		Rows: rows(n, sampleRow),
		Rules: []Rule{
			{Column: 6, Op: "<", Value: 0, Tone: Bad, Row: true},
			{Column: 6, Op: "<=", Value: 2, Tone: Warn},
			{Column: 1, Op: "=", Value: "转入", Tone: Good},
		},
	}
}

func sampleRow(i int) []any {
	return []any{
		Link{Text: fmt.Sprintf("T32050020260202%06d", i), Sheet: "汇总"},
		[]string{"转入", "转出"}[i%2], "买买提·阿不都热合曼", "11010519491231002X",
		"上海市医疗保险事业管理中心", calendar.Date(20260213).AddDays(i), i - 3, money.Fen(100_050 + i), i, noon, Ratio(0.5),
		"=HYPERLINK(\"http://x\") 单位欠费，等待补缴后继续办理；已电话告知参保人并发出补缴通知",
	}
}

func rows(n int, row func(int) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range n {
			if !yield(row(i), nil) {
				return
			}
		}
	}
}

func save(t testing.TB, b Book) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}
