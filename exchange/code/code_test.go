package code

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// lists names every list by the type of its constants.
func lists() map[string]List {
	return map[string]List{
		"Fault": Faults(), "Decline": Declines(), "Hold": Holds(), "FileVerdict": FileVerdicts(),
		"Verdict": Verdicts(), "IDType": IDTypes(), "Sex": Sexes(), "Scheme": Schemes(),
		"Household": Households(), "StayKind": StayKinds(), "RegistryStatus": RegistryStatuses(),
		"MoneyKind": MoneyKinds(), "Nature": Natures(), "Purpose": Purposes(), "Phase": Phases(),
		"Outcome": Outcomes(), "About": Abouts(), "PostingRow": PostingRows(),
		"PostingResult": PostingResults(), "Relation": Relations(), "Recipient": Recipients(),
		"Milestone": Milestones(), "Material": Materials(), "LodgedAt": Lodgings(),
		"Applicant": Applicants(), "Direction": Directions(), "CertificateReason": CertificateReasons(),
		"Extent": Extents(), "ReconciliationState": ReconciliationStates(),
		"BankSide": BankSides(), "BankStatus": BankStatuses(),
	}
}

// declared reads the constants from this package's own source, by type.
func declared(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool { return constant(n, found) })
	}
	return found
}

// constant notes a typed constant of one value.
func constant(n ast.Node, found map[string][]string) bool {
	spec, ok := n.(*ast.ValueSpec)
	if !ok || len(spec.Values) != 1 || spec.Type == nil {
		return true
	}
	lit, isLit := spec.Values[0].(*ast.BasicLit)
	name, isName := spec.Type.(*ast.Ident)
	if isLit && isName && name.Name != "Lang" && name.Name != "Class" {
		value, _ := strconv.Unquote(lit.Value)
		found[name.Name] = append(found[name.Name], value)
	}
	return true
}

func TestEveryConstantIsInItsTable(t *testing.T) {
	consts := declared(t)
	for name, list := range lists() {
		if len(consts[name]) != len(list) {
			t.Errorf("%s: %d constants, %d entries", name, len(consts[name]), len(list))
		}
		for _, value := range consts[name] {
			if !list.Known(value) {
				t.Errorf("%s: %q is not in its table", name, value)
			}
		}
		delete(consts, name)
	}
	for name := range consts {
		t.Errorf("type %s has constants but no list", name)
	}
}

func TestWords(t *testing.T) {
	shape := regexp.MustCompile(`^([a-z]+([-_][a-z]+)*|[0-9]+|[A-Z]+(_[A-Z]+)*)$`)
	withTodo := map[string]bool{"Fault": true, "Decline": true, "Hold": true, "Milestone": true}
	for name, list := range lists() {
		codes, chinese, english := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, e := range list {
			if codes[e.Code] || chinese[e.Chinese] || english[e.English] {
				t.Errorf("%s %s: code or word stands twice", name, e.Code)
			}
			codes[e.Code], chinese[e.Chinese], english[e.English] = true, true, true
			if !shape.MatchString(e.Code) {
				t.Errorf("%s: code %q", name, e.Code)
			}
			if !han(e.Chinese) || e.English == "" || han(e.English) {
				t.Errorf("%s %s: words %q, %q", name, e.Code, e.Chinese, e.English)
			}
			if withTodo[name] != han(e.TodoChinese) || withTodo[name] != (e.TodoEnglish != "") {
				t.Errorf("%s %s: what to do is %q, %q", name, e.Code, e.TodoChinese, e.TodoEnglish)
			}
			if (e.Class != "") != (name == "Fault") {
				t.Errorf("%s %s: class %q", name, e.Code, e.Class)
			}
		}
	}
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestLookups(t *testing.T) {
	if got := CheckDigit.Word(English); got != "check digit wrong" {
		t.Errorf("word %q", got)
	}
	if CheckDigit.Class() != ClassRecord || SequenceGap.Class() != ClassWarning || Total.Class() != ClassFile {
		t.Error("classes are mixed up")
	}
	if Fault("nonsense").Known() || Fault("nonsense").Word(Chinese) != "nonsense" || Fault("").Todo(English) != "" {
		t.Error("an unknown code has no words")
	}
	if got := SchemeEmployee.Word(Chinese); got != "职工基本医疗保险" {
		t.Errorf("word %q", got)
	}
	if e, ok := Holds().Find(string(HoldCap)); !ok || e.Todo(English) == "" || e.Todo(Chinese) != HoldCap.Todo(Chinese) {
		t.Error("hold cap is not found")
	}
}

// Every code leads to its own entry, the first of a list as well as the last.
func TestEveryCodeFindsItsEntry(t *testing.T) {
	for name, list := range lists() {
		for i, want := range list {
			got, ok := list.Find(want.Code)
			if !ok || got != want || list.Codes()[i] != want.Code || !list.Known(want.Code) {
				t.Errorf("%s %s: found %v %+v", name, want.Code, ok, got)
			}
			if list.Word(want.Code, Chinese) != want.Chinese || list.Word(want.Code, English) != want.English || list.Word(want.Code, "fr") != want.Chinese {
				t.Errorf("%s %s: words %q, %q", name, want.Code, list.Word(want.Code, Chinese), list.Word(want.Code, English))
			}
			if list.Todo(want.Code, Chinese) != want.TodoChinese || list.Todo(want.Code, English) != want.TodoEnglish {
				t.Errorf("%s %s: to do %q, %q", name, want.Code, list.Todo(want.Code, Chinese), list.Todo(want.Code, English))
			}
		}
		if e, ok := list.Find("nonsense"); ok || e != (Entry{}) || list.Todo("nonsense", English) != "" || list.Word("nonsense", English) != "nonsense" {
			t.Errorf("%s: a code that is not listed is found as %+v", name, e)
		}
	}
}

func TestListsAreCopies(t *testing.T) {
	list := Faults()
	list[0].Chinese = "改"
	if Faults()[0].Chinese == "改" {
		t.Error("a caller can change the table")
	}
}

func TestLookupDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = IDType("99").Known() && Scheme("510").Known() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
