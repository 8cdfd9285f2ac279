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
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
)

// With masking no ID number stands in full in a log, an error, a note of a run, a text to an
// officer, a decisions workbook or a nightly one, whatever text of others it came in.
func TestIDNumbersAreMasked(t *testing.T) {
	o := newOffice(t, func(e *jobs.Env) { e.MaskIDs = true })
	checker, finance := wang(t), li(t)
	o.setDualRelease(checker, finance, zhao(t))
	o.pass() // takes the officers over
	var logs bytes.Buffer
	o.env.Log = office.NewLogger(&logs, "debug", "text")
	paid, held := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(paid), o.insured(held))
	o.put(them, formats.KindLetter, o.letter(them, 1, paid), o.letter(them, 2, held, withAccount(secondAccount(them))))
	o.leaveFile(them, "转移"+paid.IDNo+".csv", []byte("x\n"))
	o.leaveFile(them, paid.IDNo+".xlsx", []byte("PK\x03\x04x\n"))
	o.leaveSparse(them, held.IDNo+".xlsx", 65<<20)
	o.leaveFile(bank, "回单"+paid.IDNo+".xml", []byte("<x>"+paid.IDNo+"</x>"))
	o.leaveFile(exchange.OfficerParty(finance.Name), held.IDNo+".xlsx", []byte("x\n"))
	o.leaveFile(exchange.OfficerParty(finance.Name), held.IDNo+".sig", []byte("x\n"))
	o.leaveNotification(creditEntry("C1", 5000, "转移款 "+paid.IDNo+" 张三", ""), creditEntry("C2", 5100, held.IDNo, ""))
	o.unreadable(others, "", os.ErrPermission)
	o.leaveFile(others, held.IDNo+".csv", []byte("x\n"))
	for range 3 {
		if o.tryPass() == nil {
			t.Error("nothing failed")
		}
		run, err := o.env.Run(t.Context(), jobs.Pass{Steps: []string{"pull", "report"}})
		if err == nil {
			t.Error("nothing failed")
		}
		requireMasked(t, "run", []byte(strings.Join(run.Notes, "\n")), paid.IDNo, held.IDNo)
	}
	err := filepath.WalkDir(o.root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(o.root, path)
		what := strings.Split(filepath.ToSlash(name), "/")
		if err == nil && !d.IsDir() && !strings.Contains(name, "pain.001") && (what[0] == "reports" || strings.HasPrefix(what[0], "officer:") && what[1] == "out") {
			requireMasked(t, name, must(os.ReadFile(path)), paid.IDNo, held.IDNo)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	requireMasked(t, "log", logs.Bytes(), paid.IDNo, held.IDNo)
}

// requireMasked fails where one of the numbers stands in full.
func requireMasked(t *testing.T, name string, content []byte, numbers ...string) {
	t.Helper()
	if filepath.Ext(name) == ".xlsx" {
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			part, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			requireMasked(t, name+" "+f.Name, must(io.ReadAll(part)), numbers...)
		}
		return
	}
	for _, n := range numbers {
		for rest := string(content); strings.Contains(rest, n); {
			i := strings.Index(rest, n)
			t.Errorf("%s: %.120q", name, rest[max(0, i-60):])
			rest = rest[i+len(n):]
		}
	}
}
