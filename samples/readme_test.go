package samples

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"carryover/exchange/code"
)

// tableMark is where the generated part of the README begins.
const tableMark = "<!-- From here on written by go test ./samples -update -->\n"

// tables are the examples as tables, one per folder.
func tables(t testing.TB) string {
	t.Helper()
	list, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(tableMark)
	folder := ""
	for _, v := range list {
		top, rest, _ := strings.Cut(v.File, "/")
		if top != folder {
			folder = top
			fmt.Fprintf(&b, "\n## %s\n\n| file 文件 | needs 所需 | verdict 结果 | where 位置 | code 代码 | what it is 说明 |\n|---|---|---|---|---|---|\n", folder)
		}
		told := ""
		if v.Code != "" {
			told = fmt.Sprintf("`%s` %s", v.Code, v.Code.Word(code.Chinese))
		}
		by := ""
		if v.MadeBy == "python" {
			by = " (make_good.py)"
		}
		fmt.Fprintf(&b, "| [%s](vectors/%s)%s | %s | %s | %s | %s | %s |\n", rest, v.File, by, v.Needs, v.Verdict, whereOf(v), told, strings.ReplaceAll(v.About, "|", "\\|"))
	}
	return b.String()
}

// whereOf is the place of a vector's fault: line 2, L.id_no.
func whereOf(v Vector) string {
	if v.Line == 0 {
		return ""
	}
	place := strings.Trim(v.Row+"."+v.Field, ".")
	return strings.TrimSuffix(fmt.Sprintf("line %d, %s", v.Line, place), ", ")
}

// TestREADMEListsTheExamples: the table in the README is made from the index.
func TestREADMEListsTheExamples(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), tableMark)
	if !found {
		t.Fatalf("README.md has no line %q", tableMark)
	}
	want := head + tables(t)
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("README.md is stale: run go test ./samples -update twice, for the files and then for the table")
	}
}
