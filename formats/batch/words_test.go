package batch

import (
	"slices"
	"strings"
	"testing"

	"carryover/exchange/code"
)

// What a column takes is said in words, in both languages.
func TestWordsOfColumns(t *testing.T) {
	want := map[string][4]string{
		"claim_no": {"必填", "required", "最多8个字符：大写字母、数字、连字符", "up to 8 capital letters, digits, hyphens"},
		"area":     {"必填", "required", "应为6位行政区划代码", "a 6-digit area code is expected"},
		"extent":   {"选填", "optional", "从下拉列表中选择", "choose from the list"},
		"extents":  {"选填", "optional", "可填多项，用分号隔开：full 全量；delta 增量", "one or more, separated by ; : full full；delta delta"},
		"hash":     {"选填", "optional", "应为64位小写十六进制摘要", "64 lower-case hexadecimal digits are expected"},
		"on":       {"范围为 delta时必填", "required when extent is delta", "日期应写作 2026-02-13", "write dates like 2026-02-13"},
		"in":       {"选填", "optional", "月份应写作 2026-02", "write months like 2026-02"},
		"paid":     {"必填", "required", "金额（元），最多两位小数", "an amount in yuan, at most two decimals"},
		"days":     {"必填", "required", "整数，1至9999", "a whole number from 1 to 9999"},
		"visits":   {"必填", "required", "整数，0至999999999", "a whole number from 0 to 999999999"},
		"done":     {"必填", "required", "从下拉列表中选择", "choose from the list"},
		"note":     {"必填", "required", "最多5个字符", "at most 5 characters"},
	}
	columns := claims().Rows[0].Columns
	for name, words := range want {
		c := columns[slices.IndexFunc(columns, func(c Info) bool { return c.Name == name })]
		need, how := c.Needed(), c.How()
		if got := [4]string{need.ZH, need.EN, how.ZH, how.EN}; got != words && name != "extents" {
			t.Errorf("%s: %q", name, got)
		} else if name == "extents" && !strings.HasPrefix(how.ZH, "可填多项，用分号隔开：full ") {
			t.Errorf("%s: %q", name, got)
		}
	}
	values := func(name string) int {
		c := columns[slices.IndexFunc(columns, func(c Info) bool { return c.Name == name })]
		return len(c.Values())
	}
	if values("done") != 2 || values("extent") != len(code.Extents()) || values("note") != 0 {
		t.Error(values("done"), values("extent"), values("note"))
	}
	if columns[2].Max != len("delta") {
		t.Errorf("the longest value has %d characters", columns[2].Max)
	}
}

// The parts of a kind are found by their names.
func TestKindKnowsItsRows(t *testing.T) {
	k := claims()
	var types []string
	for _, r := range k.RowTypes() {
		types = append(types, r.Type)
	}
	if !slices.Equal(types, []string{"C", "V", "D"}) {
		t.Error(types)
	}
	twice := *k
	twice.Rows = []*Row{k.Rows[0], k.Rows[0]}
	if len(twice.RowTypes()) != 3 {
		t.Error(twice.RowTypes())
	}
	if k.Row("V") != k.Rows[1] || k.Row("D") != nil || k.Row("X") != nil {
		t.Error("rows by name")
	}
	if k.RowOf(&claim{}) != k.Rows[0] || k.RowOf(&claim{Void: true}) != k.Rows[1] || k.RowOf(&fee{}) != nil || k.RowOf((*claim)(nil)) != nil {
		t.Error("rows by record")
	}
	if Find([]*Kind{k}, "claim") != k || Find([]*Kind{k}, "clai") != nil {
		t.Error("kinds by name")
	}
	c := &claim{No: "A-1", Area: "310100", Echo: "x"}
	if k.RecordNo(c) != "A-1" || k.KeyOf(c) != "C|A-1|310100" || k.RecordNo(&claim{Echo: "x"}) != "x" || k.KeyOf(&claim{No: "A-1", Void: true}) != "" {
		t.Error(k.RecordNo(c), k.KeyOf(c))
	}
	if k.RecordNo(&fee{}) != "" || k.KeyOf(&fee{}) != "" {
		t.Error("a number or key of what is no record")
	}
}

// Columns of a block stand in a row with their prefixes, and keep their cases.
func TestInclude(t *testing.T) {
	type two struct{ A, B fee }
	block := []Column[fee]{Money[fee]("amount", "金额", nil).When(Words{EN: "always"}, func(*fee) bool { return true }), Money[fee]("rest", "余额", nil)}
	all := Columns(Include("a_", "甲", func(w *two) *fee { return &w.A }, block), Include("b_", "乙", func(w *two) *fee { return &w.B }, block))
	var names []string
	for _, c := range all {
		names = append(names, c.Title+c.Name)
	}
	if !slices.Equal(names, []string{"甲金额a_amount", "甲余额a_rest", "乙金额b_amount", "乙余额b_rest"}) {
		t.Error(names)
	}
	if all[0].when == nil || !all[0].when(&two{}) || all[1].when != nil || all[0].Need != Conditional || all[1].Need != Required {
		t.Errorf("%+v", all)
	}
}

// What is told of a stranger's text is short and harmless.
func TestClipAndQuoted(t *testing.T) {
	long := strings.Repeat("医", 64)
	for text, want := range map[string]string{
		"": "", "A-1": "A-1", long: long, long + "保": long, "a\x00b": "a?b", "a\xffb": "a?b", strings.Repeat("x", 65): strings.Repeat("x", 64),
		strings.Repeat("\xff", 300): strings.Repeat("?", 64), strings.Repeat("x", 64): strings.Repeat("x", 64),
		strings.Repeat("😀", 64): strings.Repeat("😀", 64), strings.Repeat("😀", 64) + "!": strings.Repeat("😀", 64),
	} {
		if got := Clip(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := Quoted("no such", strings.Repeat("医", 32)); got != "no such: "+strings.Repeat("医", 32) {
		t.Error(got)
	}
	if got := Quoted("no such", strings.Repeat("医", 33)); got != "no such: "+strings.Repeat("医", 32)+"…" {
		t.Error(got)
	}
	for text, want := range map[string]string{"A": "A", "12345678": "12345678", "123456789": "12345678", "医疗保险费用报销": "医疗保险费用报销", "医疗保险费用报销单": "医疗保险费用报销"} {
		if got := clipType(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for text, want := range map[string]bool{"": true, " ": true, "　": true, " \u2003 ": true, "\u00a0": true, "x": false, "\t": false, "　x": false, "医": false, " é": false, "\u3001": false} {
		if got := Blank(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Findings tell what a later check may rely on.
func TestFindings(t *testing.T) {
	f := &Findings{line: 7, row: "C", no: "A-1", lines: []int{8, 9}, detail: "D"}
	if !f.OK("paid") || !f.DetailsOK() {
		t.Error("faults where there are none")
	}
	f.Add("note", code.Normalised, "")
	f.AddDetail(1, "on", code.Normalised, "")
	if !f.OK("note") || !f.DetailsOK() {
		t.Error("warnings refuse")
	}
	f.Add("paid", code.Amount, "why")
	if f.OK("days", "paid") || !f.OK("days") || !f.OK() || !f.DetailsOK() {
		t.Error("a fault of one field")
	}
	f.AddDetail(1, "days", code.Malformed, "")
	if !f.OK("days") || f.DetailsOK() {
		t.Error("a fault of a detail row")
	}
	f.AddDetail(2, "on", code.Malformed, "")
	all := f.Faults()
	if got := all[2]; got != (Fault{7, "C", "A-1", "paid", code.Amount, "why"}) {
		t.Errorf("%+v", got)
	}
	if all[3].Line != 9 || all[3].Row != "D" || all[4].Line != 7 {
		t.Errorf("%+v", all)
	}
	f.Add("", code.Malformed, "")
	if f.OK("days") || !f.OK() {
		t.Error("a fault of the whole row")
	}
	for range 200 {
		f.Add("x", code.Malformed, "")
	}
	if len(f.Faults()) != maxRecordFaults {
		t.Error(len(f.Faults()))
	}
	if _, _, ok := f.Parties(); ok {
		t.Error("parties of no batch")
	}
	f.parties = [2]string{"310100", "320500"}
	if a, b, ok := f.Parties(); a != "310100" || b != "320500" || !ok {
		t.Error(a, b, ok)
	}
	if s := NewFindings(3, "单"); s.line != 3 || s.row != "单" || s.Faults() != nil {
		t.Errorf("%+v", s)
	}
}
