package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "carryover"

// ground is what the rooms of jobs stand on: the domain, the store and the
// batches. Drops, keys, bank messages and sheets (jobs/report, formats/workbook)
// are named by those rooms that touch them.
var ground = []string{
	"exchange", "exchange/code", "exchange/money", "exchange/calendar", "exchange/identity", "exchange/ledger", "exchange/plain", "exchange/store",
	"formats", "formats/batch", "formats/sheet",
}

func with(some []string, more ...string) []string { return slices.Concat(some, more) }

// everything stands for all packages but cmd and the test support.
const everything = "*"

// arrows lists which of our packages each package may import. Tests may
// import anything; a package that is not in the table may not exist.
var arrows = map[string][]string{
	"exchange/code":             {},
	"exchange/money":            {},
	"exchange/plain":            {},
	"exchange/calendar":         {},
	"exchange/identity":         {},
	"exchange/atomicfile":       {},
	"exchange/drop":             {"exchange/atomicfile"},
	"exchange/drop/sftpserver":  {},
	"exchange/drop/droptest":    {"exchange/drop", "exchange/drop/sftpserver"},
	"exchange/seal":             {},
	"exchange/ledger":           {"exchange/money"},
	"exchange":                  {"exchange/code", "exchange/money", "exchange/calendar", "exchange/identity", "exchange/ledger"},
	"exchange/store/engine":     {"exchange", "exchange/atomicfile", "exchange/code"},
	"exchange/store/journal":    {"exchange", "exchange/calendar", "exchange/money"},
	"exchange/store/shape":      {},
	"exchange/store/sqltext":    {},
	"exchange/store/casefilter": {"exchange", "exchange/calendar", "exchange/code", "exchange/store/sqltext"},
	"exchange/store/pending":    {"exchange/store/engine", "exchange/store/sqltext"},
	"exchange/store":            {"exchange", "exchange/code", "exchange/ledger", "exchange/money", "exchange/calendar", "exchange/store/casefilter", "exchange/store/engine", "exchange/store/journal", "exchange/store/pending", "exchange/store/shape", "exchange/store/sqltext"},
	"exchange/spool":            {"exchange", "exchange/atomicfile", "exchange/store"},
	"exchange/store/storetest":  {"exchange/drop/droptest"},
	"formats/batch":             {"exchange/code", "exchange/money", "exchange/calendar"},
	"formats/parts":             {},
	"formats/grid":              {"formats/parts"},
	"formats/sheet":             {"formats/batch", "formats/grid", "formats/parts", "exchange/code", "exchange/money", "exchange/calendar"},
	"formats":                   {"formats/batch", "formats/sheet", "exchange/code", "exchange/money", "exchange/calendar", "exchange/identity"},
	"formats/iso20022":          {"exchange/money", "exchange/plain", "exchange/calendar"},
	"formats/workbook":          {"exchange/atomicfile", "exchange/plain", "formats/grid", "formats/parts", "exchange/money", "exchange/calendar"},
	"formats/judge":             {"formats", "formats/batch", "formats/iso20022", "formats/sheet", "exchange/code", "exchange/seal"},
	"jobs/report":               {"exchange", "exchange/code", "exchange/identity", "exchange/ledger", "exchange/money", "exchange/calendar", "formats/workbook"},
	"jobs/office":               with(ground, "exchange/atomicfile", "exchange/drop", "exchange/seal", "exchange/spool"),
	"jobs/proof":                with(ground, "jobs/office", "jobs/report"),
	"jobs/signing":              with(ground, "exchange/seal", "exchange/store/journal", "jobs/office"),
	"jobs/audit":                with(ground, "exchange/drop", "exchange/store/journal", "jobs/office", "jobs/signing"),
	"jobs/outbox":               with(ground, "jobs/office", "jobs/signing"),
	"jobs/netting":              with(ground, "jobs/office"),
	"jobs/notice":               with(ground, "jobs/office"),
	"jobs/attempt":              with(ground, "jobs/office"),
	"jobs/transfer":             with(ground, "jobs/office", "jobs/attempt", "jobs/signing", "jobs/netting", "jobs/notice"),
	"jobs/payment":              with(ground, "exchange/seal", "exchange/spool", "exchange/store/journal", "formats/iso20022", "formats/workbook", "jobs/office", "jobs/proof", "jobs/signing", "jobs/notice", "jobs/transfer", "jobs/report"),
	"jobs/bank":                 with(ground, "formats/iso20022", "jobs/office", "jobs/outbox", "jobs/transfer", "jobs/payment"),
	"jobs/courier":              with(ground, "exchange/drop", "exchange/seal", "exchange/spool", "jobs/office", "jobs/signing", "jobs/outbox", "jobs/transfer", "jobs/payment"),
	"jobs/restore":              with(ground, "exchange/atomicfile", "exchange/drop", "exchange/seal", "exchange/store/journal", "jobs/office", "jobs/signing", "jobs/audit", "jobs/outbox", "jobs/payment", "jobs/courier"),
	"jobs/decision": with(ground, "exchange/seal", "exchange/spool", "formats/workbook", "jobs/office", "jobs/signing", "jobs/outbox", "jobs/netting", "jobs/notice", "jobs/transfer",
		"jobs/payment", "jobs/bank", "jobs/courier", "jobs/report"),
	"jobs/todo":   with(ground, "jobs/office", "jobs/audit", "jobs/proof", "jobs/signing", "jobs/outbox", "jobs/transfer", "jobs/payment", "jobs/bank", "jobs/courier", "jobs/decision"),
	"jobs/story":  with(ground, "exchange/atomicfile", "exchange/store/journal", "jobs/office", "jobs/signing", "jobs/proof", "jobs/outbox", "jobs/notice", "jobs/bank", "jobs/todo"),
	"jobs/screen": with(ground, "jobs/office", "jobs/story", "jobs/report"),
	"jobs/paper":  with(ground, "exchange/atomicfile", "formats/workbook", "jobs/office", "jobs/signing", "jobs/story", "jobs/report"),
	"jobs/intake": with(ground, "exchange/seal", "formats/iso20022", "jobs/office", "jobs/signing", "jobs/outbox", "jobs/netting", "jobs/notice", "jobs/transfer", "jobs/bank",
		"jobs/courier", "jobs/decision"),
	"jobs/nightly": with(ground, "exchange/atomicfile", "jobs/office", "jobs/audit", "jobs/proof", "jobs/outbox", "jobs/payment", "jobs/bank", "jobs/decision", "jobs/todo", "jobs/paper", "jobs/report"),
	"jobs": with(ground, "jobs/office", "jobs/proof", "jobs/signing", "jobs/payment", "jobs/courier", "jobs/decision", "jobs/story", "jobs/paper", "jobs/intake",
		"jobs/nightly", "jobs/restore"),
	"jobs/nodes": {"jobs", "exchange", "exchange/store"},
	"config":     {"exchange", "exchange/atomicfile", "exchange/seal", "exchange/code", "exchange/plain", "exchange/money", "exchange/calendar", "exchange/identity"},
	"samples": {
		"formats", "formats/batch", "formats/iso20022", "formats/sheet", "exchange", "exchange/atomicfile", "exchange/code",
		"exchange/money", "exchange/calendar", "exchange/identity",
	},
	"samples/scratch": {},
	"samples/vectors": {},
	"samples/demo":    {everything},
	"samples/demo/outside": {
		"exchange", "exchange/code", "exchange/money", "exchange/calendar", "exchange/identity", "exchange/ledger",
		"exchange/drop", "exchange/seal", "formats", "formats/batch", "formats/sheet", "formats/iso20022", "samples",
	},
	"cmd/carryover": {everything},
}

// alone lists packages that only some others may import, whatever the table says.
var alone = map[string][]string{
	"config":                   {"cmd/carryover", "samples/demo"},
	"exchange/drop/droptest":   {"exchange/store/storetest"},
	"exchange/store/engine":    {"exchange/store", "exchange/store/pending"},
	"exchange/store/storetest": {},
	"samples/demo/outside":     {"samples/demo"},
	"samples/scratch":          {},
	"cmd/carryover":            {},
}

// imports reads, for every package, what its own files import; tests apart.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	eachGoFile(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		pkg := path.Dir(name)
		found[pkg] = append(found[pkg], []string{}...)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
				found[pkg] = append(found[pkg], ours)
			}
		}
	})
	return found
}

func TestImportsFollowTheTable(t *testing.T) {
	read := imports(t)
	if len(read) < 10 {
		t.Fatalf("only %d packages found", len(read))
	}
	for pkg, imported := range read {
		allowed, listed := arrows[pkg]
		if !listed {
			t.Errorf("package %s is not in the table", pkg)
		}
		for _, to := range imported {
			if !allows(allowed, to) {
				t.Errorf("%s imports %s: no such arrow", pkg, to)
			}
			if only, restricted := alone[to]; restricted && !slices.Contains(only, pkg) {
				t.Errorf("%s imports %s, which only %v may", pkg, to, only)
			}
		}
	}
}

func allows(allowed []string, to string) bool {
	return slices.Contains(allowed, to) || slices.Contains(allowed, everything)
}

// root is the repository's folder, seen from this package.
const root = "../.."

// eachGoFile calls f with the slash path of every Go file below root.
func eachGoFile(t *testing.T, f func(name string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (strings.HasPrefix(base, ".") || base == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") {
			f(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBooks: every workbook is begun in one place, which marks those of a rehearsal.
func TestBooks(t *testing.T) {
	var begun []string
	eachGoFile(t, func(name string) {
		if !strings.HasSuffix(name, "_test.go") && strings.Contains(readFile(t, name), "workbook.Book{") {
			begun = append(begun, name)
		}
	})
	if len(begun) != 1 || begun[0] != "jobs/report/book.go" {
		t.Errorf("workbooks are begun in %v", begun)
	}
}
