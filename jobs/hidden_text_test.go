package jobs_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/plain"
	"carryover/formats"
	"carryover/jobs/office"
)

// hide puts hidden characters into a file that lies in a drop, in place of a mark.
func (o *testOffice) hide(party, name, mark string) {
	o.tb.Helper()
	path := o.dropPath(party, "in", name)
	content, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(content, []byte(mark)) {
		o.tb.Fatal(mark, err)
	}
	o.leaveFile(party, name, bytes.ReplaceAll(content, []byte(mark), []byte("\u202e\u200b\u2066")))
}

// Characters that nobody sees, in every text of others, reach no workbook, no list, no note,
// no log and no payment file; the store keeps them.
func TestHiddenCharactersReachNobody(t *testing.T) {
	o := newOffice(t)
	checker, finance := wang(t), li(t)
	o.setDualRelease(checker, finance, zhao(t))
	o.pass() // takes the officers over
	var logs bytes.Buffer
	o.env.Log = office.NewLogger(&logs, "debug", "json")
	paid, other := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(paid), o.insured(other))
	o.put(them, formats.KindLetter, o.letter(them, 1, paid), o.letter(them, 2, other, withAccount(secondAccount(them))))
	o.leaveFile(them, "信\u200b函.csv", []byte("x\n"))
	o.leaveFile(them, "信\u202e函.csv", []byte("x\n"))
	o.hide(bank, o.leaveNotification(creditEntry("C1", 5000, "张三 HIDE 转移款", "")), "HIDE")
	for range 3 {
		o.passAndReport()
	}
	form := o.openWorkbook(checker, o.workbookName("业务"))
	form.decide(o.caseBy(exchange.Out, other).No, "不予转出", "原因代码=其他原因")
	answers := o.handIn(checker, "决\u200b定.xlsx", form.bytes(), nil)
	if v := verdict(answers, o.caseBy(exchange.Out, other).No); !strings.HasPrefix(v, "已接受") {
		t.Errorf("decided: %q", answers)
	}
	o.passAndReport()
	if o.officerFiles(finance) == nil {
		t.Error("nothing to sign")
	}
	found := map[string]int{}
	err := filepath.WalkDir(o.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(o.root, path)
		switch what := strings.Split(filepath.ToSlash(name), "/"); {
		case what[0] == "reports", strings.HasPrefix(what[0], "officer:") && what[1] == "out", what[0] == "spool" && strings.Contains(name, "pain.001"):
			found[filepath.Ext(name)]++
			requirePlain(t, name, must(os.ReadFile(path)))
		}
		return nil
	})
	if err != nil || found[".xlsx"] < 3 || found[".txt"] < 1 || found[".xml"] < 1 {
		t.Errorf("looked into %v, %v", found, err)
	}
	requirePlain(t, "log", logs.Bytes())
	if !strings.Contains(logs.String(), "[U+200B]") {
		t.Error("the log does not show what it hides")
	}
}

// requirePlain fails where somebody could read a text that is not what it looks like. A
// workbook is looked into part by part.
func requirePlain(t *testing.T, name string, content []byte) {
	t.Helper()
	if filepath.Ext(name) != ".xlsx" {
		for i, r := range strings.TrimPrefix(string(content), "\ufeff") {
			if plain.Hidden(r) && !strings.ContainsRune("\t\r\n", r) {
				t.Errorf("%s: %U at %d: %.80q", name, r, i, content[max(0, i-30):])
				return
			}
		}
		return
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		requirePlain(t, name+" "+f.Name, must(io.ReadAll(part)))
	}
}
