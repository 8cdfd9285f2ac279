package report

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats/workbook"
)

// decisionRows are what finance might find in the morning.
func decisionRows() []exchange.Todo {
	rule := func(actions ...string) (list []exchange.Rule) {
		for _, a := range actions {
			r, _ := exchange.FindRule(a)
			list = append(list, r)
		}
		return list
	}
	rows := []exchange.Todo{}
	for i := range 3 {
		rows = append(rows, exchange.Todo{
			About: exchange.AboutCase, No: fmt.Sprintf("T32050020260202%06d", i+1), Who: "买买提·阿不都热合曼 310101********3726", Amount: 1_234_567_89,
			What: "收款账户未登记：收款账户 621731010020000018 未经登记，请通过其他途径核实", Do: code.HoldAccountNotRegistered.Todo(code.Chinese),
			Since: 20260210, Stamp: "held", Decisions: rule(exchange.ActConfirmAccount, exchange.ActDeclineLetter),
		})
	}
	for i := range 2 {
		rows = append(rows, exchange.Todo{
			About: exchange.AboutEntry, No: fmt.Sprintf("E%d", i+1), Who: "上海市医疗保险事业管理中心 621731010020000018", Amount: money.Fen(500_000 + i),
			What: "到账待认领：=张三 转移款 𠮷", Do: "认领到办件，或退款。", Since: 20260211, Stamp: "unmatched",
			Decisions: rule(exchange.ActRefund, exchange.ActMatch, exchange.ActSplit),
		})
	}
	return append(rows,
		exchange.Todo{About: exchange.AboutDifference, No: "7", Who: "330100", What: "对账 33010020260202000007：本方 held，对方 completed", Since: 20260212, Stamp: "x", Decisions: rule(exchange.ActAcceptDifference)},
		exchange.Todo{About: exchange.AboutCase, No: "T1", What: "nobody here may decide this", Stamp: "x", Decisions: rule(exchange.ActReleaseHold)},
	)
}

// A decisions workbook goes through a second program, in which it is looked
// at, sorted and filled in, and through LibreOffice, which saves it; then it
// is read as it was meant.
func TestDecisionsRoundTrip(t *testing.T) {
	t.Parallel()
	office, python := droptest.Require(t, "soffice"), droptest.Require(t, "/usr/bin/python3", "-c", "import openpyxl")
	n, dir := night(t, code.Chinese), t.TempDir()
	if keep := os.Getenv("CARRYOVER_KEEP"); keep != "" {
		dir = keep
	}
	made, filled := filepath.Join(dir, "made.xlsx"), filepath.Join(dir, "filled.xlsx")
	if err := Decisions(n, Workbooks()[1], []exchange.Role{exchange.RoleFinance}, decisionRows()).Save(made); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(python, filepath.Join("testdata", "fill.py"), made, filled).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	saved := filepath.Join(dir, "saved")
	out, err := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", saved, filled).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, path := range []string{filled, filepath.Join(saved, "filled.xlsx")} {
		src, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := workbook.ReadFilled(src, DecisionTitles("zh"))
		src.Close()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		checkFilled(t, path, rows, n.Date)
	}
}

func checkFilled(t *testing.T, path string, rows []workbook.FilledRow, on calendar.Date) {
	t.Helper()
	if len(rows) != 7 {
		t.Fatalf("%s: %d rows", path, len(rows))
	}
	byNo := map[string]Row{}
	for _, r := range rows {
		d := ReadRow(r, "zh")
		byNo[d.Shown[0]] = d
	}
	for _, o := range decisionRows()[:6] {
		key, ok := ReadKey("320500", byNo[o.No].Key, byNo[o.No].Shown)
		changed := o.No == "T32050020260202000002"
		if ok == changed {
			t.Errorf("%s: row %s, key %q, cells %q: unchanged %v", path, o.No, byNo[o.No].Key, byNo[o.No].Shown, ok)
		}
		if !changed && (key.On != on || key.No != o.No || key.About != o.About || !key.Stands(o)) {
			t.Errorf("%s: row %s has key %+v", path, o.No, key)
		}
	}
	first := byNo["T32050020260202000001"]
	if first.Action != "确认账户" || first.Args["account"] != "621731010020000018" || first.Args["cnaps"] != "102100099996" {
		t.Errorf("%s: %+v", path, first)
	}
	if e := byNo["E2"]; e.Action != "认领到账" || e.Args["case"] != "T32050020260202000009" || e.Args["part"] != "2" {
		t.Errorf("%s: %+v", path, e)
	}
	if d := byNo["7"]; d.Action != "" || d.Reason != "再查" {
		t.Errorf("%s: %+v", path, d)
	}
	if e := byNo["E9"]; !e.Added {
		t.Errorf("%s: %+v", path, e)
	}
}

// TestRowKey: what a row shows belongs to its hidden key.
func TestRowKey(t *testing.T) {
	o := decisionRows()[0]
	key := KeyOf(o, "320500", today)
	shown := shown(o)
	if k, ok := ReadKey("320500", key, shown); !ok || k.No != o.No || !k.Stands(o) {
		t.Fatalf("%+v %v", k, ok)
	}
	for i := range shown {
		other := append([]string{}, shown...)
		other[i] += "1"
		if _, ok := ReadKey("320500", key, other); ok {
			t.Errorf("cell %d was changed", i)
		}
	}
	for _, bad := range []string{"", "x", key + "1", key[1:], KeyOf(decisionRows()[1], "320500", today), KeyOf(o, "310100", today)} {
		if _, ok := ReadKey("320500", bad, shown); ok {
			t.Errorf("%q is a key of the row", bad)
		}
	}
	for text, want := range map[string]money.Fen{"1,234.5": 123450, "１２３４": 123400, "￥0.05": 5, "12": 1200} {
		if f, err := Yuan(text); err != nil || f != want {
			t.Errorf("%q is %s, %v", text, f, err)
		}
	}
	for _, text := range []string{"", "1e3", "-5", "1.234", "0.1+0.2"} {
		if f, err := Yuan(text); err == nil {
			t.Errorf("%q is %s", text, f)
		}
	}
}

// Both workbooks are made in both languages, with every decision and every
// argument: no list is too long for a drop-down, no prompt for its bubble.
func TestDecisionsInBothLanguages(t *testing.T) {
	roles := []exchange.Role{exchange.RoleClerk, exchange.RoleFinance, exchange.RoleChecker}
	for _, lang := range []code.Lang{code.Chinese, code.English} {
		for _, d := range Workbooks() {
			var rows []exchange.Todo
			for _, about := range exchange.SubjectTerms() {
				o := exchange.Todo{About: exchange.Subject(about.Code), No: about.Code, What: "x"}
				for _, r := range exchange.Rules() {
					if slices.Contains(r.About, o.About) && (o.About != exchange.AboutCase || len(o.Decisions) < 8) {
						o.Decisions = append(o.Decisions, r)
					}
				}
				rows = append(rows, o)
			}
			path := filepath.Join(t.TempDir(), "d.xlsx")
			if err := Decisions(night(t, lang), d, roles, rows).Save(path); err != nil {
				t.Errorf("%s, %s: %v", lang, d.Name, err)
				continue
			}
			src, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			back, err := workbook.ReadFilled(src, DecisionTitles(string(lang)))
			src.Close()
			if err != nil || len(back) == 0 {
				t.Errorf("%s, %s: %d rows, %v", lang, d.Name, len(back), err)
			}
		}
	}
	for _, lang := range []string{"zh", "en"} {
		words := map[string]string{}
		for _, r := range exchange.Rules() {
			if other := words[RuleWord(r, lang)]; other != "" {
				t.Errorf("%s and %s are both %q", r.Action, other, RuleWord(r, lang))
			}
			words[RuleWord(r, lang)] = r.Action
		}
	}
}
