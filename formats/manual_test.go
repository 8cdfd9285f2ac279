package formats_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
)

var update = flag.Bool("update", false, "rewrite the tables of README.md")

const manual = "README.md"

// TestManual fails when the tables of the partner's manual are not those of
// the data; -update rewrites them.
func TestManual(t *testing.T) {
	old, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	text := string(old)
	for name, made := range map[string]string{"example": example(t), "kinds": kindTables(), "lists": listTables(), "codes": codeTables()} {
		from, to := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		i, j := strings.Index(text, from), strings.Index(text, to)
		if i < 0 || j < i {
			t.Fatalf("%s lacks the marks of %s", manual, name)
		}
		text = text[:i+len(from)] + "\n" + made + "\n" + text[j:]
	}
	if *update {
		if err := os.WriteFile(manual, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != string(old) {
		t.Errorf("%s is stale: run go test ./formats -run TestManual -update", manual)
	}
}

func example(t *testing.T) string {
	l := formats.Letter{
		LetterNo: "32050020260302000001", Version: 1, LetterDate: 20260302, AcceptedOn: 20260227, Person: samplePerson(),
		SchemeFrom: code.SchemeEmployee, SchemeTo: code.SchemeEmployee, EnrolledFrom: 202602, FromAgency: "310100",
		To:           formats.AgencyBlock{Code: "320500", Name: "苏州市医疗保险基金管理中心", Contact: "王经办", ContactPhone: "0512-12393"},
		AccountMoves: true, AccountName: "苏州市社会保险基金财政专户", BankName: "中国工商银行苏州分行营业部",
		AccountNo: "1102020309000012345", CNAPS: "102100099996", Echo: "T32050020260227000001",
	}
	file, _ := writeBatch(t, kindOf(formats.KindLetter), batch.UTF8, &l)
	return "```\n" + string(file) + "```\n"
}

func kindTables() string {
	var b strings.Builder
	lists := listNames()
	stays := false
	for _, k := range formats.Kinds() {
		fmt.Fprintf(&b, "### `%s` %s · %s\n\n%s · %s", k.Name, k.Title.ZH, k.Title.EN, k.Flow.ZH, k.Flow.EN)
		b.WriteString("\n\n")
		for _, row := range k.Rows {
			rowTable(&b, row, lists)
			stays = stays || row.Detail != nil
		}
	}
	if stays {
		row := kindOf(formats.KindForm).Row("F").Detail
		fmt.Fprintf(&b, "### 明细行 `%s` %s · detail row: %s\n\n", row.Type, row.Title.ZH, row.Title.EN)
		columnTable(&b, row.Columns, lists)
	}
	return b.String()
}

func rowTable(b *strings.Builder, row *batch.Row, lists map[string]string) {
	fmt.Fprintf(b, "**行 `%s` %s · %s** — 记录编号 record_no: `%s`", row.Type, row.Title.ZH, row.Title.EN, strings.Join(row.No, "` / `"))
	if len(row.Key) > 0 {
		fmt.Fprintf(b, "；重复依据 duplicate key: `%s`", strings.Join(row.Key, "` + `"))
		if row.PerBatch {
			b.WriteString("（同一文件内 within one file）")
		}
	}
	if len(row.Sum) > 0 {
		fmt.Fprintf(b, "；计入合计 in the total: `%s`", strings.Join(row.Sum, "` + `"))
	}
	if row.Detail != nil {
		fmt.Fprintf(b, "；其后可有明细行 may be followed by `%s`", row.Detail.Type)
	}
	b.WriteString("\n\n")
	columnTable(b, row.Columns, lists)
}

func columnTable(b *strings.Builder, columns []batch.Info, lists map[string]string) {
	b.WriteString("| 列 | 字段 field | 名称 | 类型 type | 必填 need |\n|---|---|---|---|---|\n")
	for i, c := range columns {
		typ := string(c.Type)
		switch c.Type {
		case batch.TypeText, batch.TypeNumber:
			typ += strconv.Itoa(c.Max)
		case batch.TypeList:
			typ = "[" + lists[listKey(c)] + "](#" + lists[listKey(c)] + ")"
		case batch.TypeSet:
			typ = "[" + lists[listKey(c)] + "](#" + lists[listKey(c)] + ")，`;` 分隔 separated by `;`"
		}
		need := [...]string{batch.Optional: "", batch.Required: "!", batch.Conditional: "~ " + c.When.ZH + " / " + c.When.EN}[c.Need]
		fmt.Fprintf(b, "| %d | %s | %s | %s | %s |\n", i+2, c.Name, c.Title, typ, need)
	}
	b.WriteString("\n")
}

// listKey tells lists apart by their values.
func listKey(c batch.Info) string { return strings.Join(c.Codes.Codes(), ";") }

// eachList calls f once for every closed list, in the order of the manual.
func eachList(f func(c batch.Info)) {
	seen := map[string]bool{}
	for _, k := range formats.Kinds() {
		for _, row := range k.Rows {
			columns := slices.Clone(row.Columns)
			if row.Detail != nil {
				columns = append(columns, row.Detail.Columns...)
			}
			for _, c := range columns {
				if len(c.Codes) > 0 && !seen[listKey(c)] {
					seen[listKey(c)] = true
					f(c)
				}
			}
		}
	}
}

// listNames names each list after the first column that uses it.
func listNames() map[string]string {
	names, used := map[string]string{}, map[string]int{}
	eachList(func(c batch.Info) {
		name := c.Name
		if used[name]++; used[name] > 1 {
			name += "-" + strconv.Itoa(used[name])
		}
		names[listKey(c)] = name
	})
	return names
}

func listTables() string {
	var b strings.Builder
	names := listNames()
	eachList(func(c batch.Info) {
		name := names[listKey(c)]
		fmt.Fprintf(&b, "<a id=%q></a>**%s** %s\n\n", name, name, c.Title)
		if c.Codes.Known(string(code.CheckDigit)) || c.Codes.Known(string(code.Unreadable)) || c.Codes.Known(string(code.DeclineNotFound)) {
			b.WriteString("见第 8 节 / section 8\n\n")
			return
		}
		b.WriteString("| 代码 code | 含义 | meaning |\n|---|---|---|\n")
		for _, e := range c.Codes {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", e.Code, e.Word(code.Chinese), e.Word(code.English))
		}
		b.WriteString("\n")
	})
	return b.String()
}

func codeTables() string {
	var b strings.Builder
	table := func(zh, en string, list code.List, of code.Class) {
		fmt.Fprintf(&b, "### %s · %s\n\n| 代码 code | 含义 meaning | 处理办法 what to do |\n|---|---|---|\n", zh, en)
		for _, e := range list {
			if e.Class == of {
				fmt.Fprintf(&b, "| `%s` | %s<br>%s | %s<br>%s |\n", e.Code, e.Word(code.Chinese), e.Word(code.English), e.Todo(code.Chinese), e.Todo(code.English))
			}
		}
		b.WriteString("\n")
	}
	table("文件", "file", code.Faults(), code.ClassFile)
	table("提示（不影响结论）", "warnings, which change no verdict", code.Faults(), code.ClassWarning)
	table("记录", "record", code.Faults(), code.ClassRecord)
	table("不予转出", "decline", code.Declines(), "")
	table("暂缓", "hold", code.Holds(), "")
	return b.String()
}

// TestManualProgram runs the program of the manual: what it writes is the
// manual's example, made by another program than ours.
func TestManualProgram(t *testing.T) {
	python := droptest.Require(t, "python3")
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(text), "```python\n")
	program, _, _ = strings.Cut(program, "```")
	made, err := exec.Command(python, "-X", "utf8", "-c", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "```\n"+string(bytes.TrimSpace(made))+"\n```") {
		t.Errorf("the program writes something else than the example:\n%s", made)
	}
	check(t, made, batch.Options{Repeats: true}, code.FileAccepted)
}
