package samples

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

var update = flag.Bool("update", false, "write the examples, their index and the README again")

// runPython runs the Python program and returns what it wrote, by path.
func runPython(t *testing.T) map[string][]byte {
	t.Helper()
	python := droptest.Require(t, "python3")
	dir := t.TempDir()
	if out, err := exec.Command(python, "make_good.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("make_good.py: %v\n%s", err, out)
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestGoodFilesAreThoseOfAnotherProgram runs make_good.py and compares.
func TestGoodFilesAreThoseOfAnotherProgram(t *testing.T) {
	made := runPython(t)
	if len(made) < 2*len(formats.Kinds()) {
		t.Fatalf("make_good.py wrote %d files", len(made))
	}
	if *update {
		for name, content := range made {
			write(t, name, content)
		}
		return
	}
	for name, content := range made {
		committed, err := fs.ReadFile(Files(), name)
		if err != nil || !bytes.Equal(committed, content) {
			t.Errorf("%s is not what make_good.py writes: run go test ./samples -update (%v)", name, err)
		}
	}
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	file := filepath.Join("vectors", filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// goods are the good CSV files by kind.
func goods(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, k := range formats.Kinds() {
		content, err := os.ReadFile(filepath.Join("vectors", k.Name, "good.csv"))
		if err != nil {
			t.Fatal(err)
		}
		files[k.Name] = content
	}
	return files
}

// examples are all files that stand in the index, with their content.
func examples(t *testing.T) ([]Vector, map[string][]byte) {
	t.Helper()
	base := goods(t)
	content := map[string][]byte{}
	var list []Vector
	add := func(v Vector, file []byte) {
		if content[v.File] != nil {
			t.Fatalf("%s stands twice", v.File)
		}
		digest := sha256.Sum256(file)
		v.SHA256 = hex.EncodeToString(digest[:])
		content[v.File] = file
		list = append(list, v)
	}
	for _, k := range formats.Kinds() {
		for _, good := range pythonFiles(k.Name) {
			file, err := os.ReadFile(filepath.Join("vectors", filepath.FromSlash(good.File)))
			if err != nil {
				t.Fatal(err)
			}
			add(good, file)
		}
	}
	for _, kind := range messageKinds() {
		file, err := os.ReadFile(filepath.Join("vectors", kind, "good.xml"))
		if err != nil {
			t.Fatal(err)
		}
		base[kind] = file
		add(messageVector(kind, "good", "正确的报文 / nothing is wrong"), file)
	}
	for _, c := range messageChanges(base) {
		add(c.vector(), c.build(t, base[c.kind]))
	}
	for kind := range sheetKinds() {
		file, err := os.ReadFile(filepath.Join("vectors", kind, "good.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		base[kind] = file
		add(sheetVector(kind, "good", "正确的工作簿 / nothing is wrong"), file)
	}
	for _, c := range sheetChanges() {
		add(c.vector(), c.build(t, base[c.kind]))
	}
	for _, s := range stories(t) {
		vectors, files := s.build(t, base)
		for _, v := range vectors {
			add(v, files[v.File])
			delete(files, v.File)
		}
		for name, file := range files {
			content[name] = file
		}
	}
	for _, c := range bookChanges() {
		add(c.vector(t), c.build(t, base[c.kind]))
	}
	for _, c := range allChanges(base) {
		add(c.vector(t, base[c.kind]), c.build(t, base[c.kind]))
	}
	inOrder(list)
	return list, content
}

// inOrder sorts examples by folder, the kinds as the manual has them, and the
// good ones of the other program before the rest.
func inOrder(list []Vector) {
	folders := map[string]int{}
	for i, k := range formats.Kinds() {
		folders[k.Name] = i
	}
	for i, kind := range messageKinds() {
		folders[kind] = 100 + i
	}
	for i, kind := range slices.Sorted(maps.Keys(sheetKinds())) {
		folders[kind] = 150 + i
	}
	folders["sequences"] = 200
	slices.SortStableFunc(list, func(a, b Vector) int {
		x, _, _ := strings.Cut(a.File, "/")
		y, _, _ := strings.Cut(b.File, "/")
		return cmp.Or(cmp.Compare(folders[x], folders[y]), -cmp.Compare(a.MadeBy, b.MadeBy), cmp.Compare(a.File, b.File))
	})
}

// pythonFiles are the files that make_good.py writes for a kind.
func pythonFiles(kind string) []Vector {
	v := Vector{
		File: kind + "/good.csv", Kind: kind, Carrier: batch.CSV, Encoding: batch.UTF8, Needs: NeedsFile,
		Verdict: code.FileAccepted, MadeBy: "python", About: "正确的文件 / nothing is wrong",
	}
	gb := v
	gb.File, gb.Encoding, gb.About = kind+"/good-gb18030.csv", batch.GB18030, "正确的文件，GB18030 编码 / nothing is wrong, in GB18030"
	book := v
	book.File, book.Carrier, book.Encoding, book.About = kind+"/good.xlsx", batch.Workbook, "", "正确的工作簿 / nothing is wrong, as a workbook"
	return []Vector{v, gb, book}
}

func (c *change) vector(t *testing.T, good []byte) Vector {
	t.Helper()
	v := Vector{
		File: c.kind + "/" + c.name + ".csv", Kind: c.kind, Carrier: batch.CSV, Encoding: batch.UTF8, Needs: c.needs,
		Verdict: code.FileAccepted, Code: c.code, MadeBy: "go", About: c.about,
	}
	if c.gb {
		v.Encoding = batch.GB18030
	}
	if v.Needs == "" {
		v.Needs = NeedsFile
	}
	if c.code == "" {
		return v
	}
	v.Line, v.Row, v.Field = c.expected(t, good)
	v.Verdict = verdictFor(c.code)
	return v
}

// TestExamplesAreUpToDate makes every changed example again and compares, so
// that none is edited by hand and none is left behind.
func TestExamplesAreUpToDate(t *testing.T) {
	list, content := examples(t)
	var index bytes.Buffer
	w := csv.NewWriter(&index)
	rows := [][]string{indexColumns}
	for _, v := range list {
		rows = append(rows, v.fields())
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	content["index.csv"] = index.Bytes()
	if *update {
		removeStale(t, content)
		for name, file := range content {
			write(t, name, file)
		}
		return
	}
	err := fs.WalkDir(Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := fs.ReadFile(Files(), name)
		if want, known := content[name]; !known || !bytes.Equal(file, want) {
			t.Errorf("%s is stale: run go test ./samples -update", name)
		}
		delete(content, name)
		return err
	})
	for name := range content {
		t.Errorf("%s is missing: run go test ./samples -update", name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func removeStale(t *testing.T, content map[string][]byte) {
	t.Helper()
	err := filepath.WalkDir("vectors", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if rel, _ := filepath.Rel("vectors", name); content[filepath.ToSlash(rel)] == nil {
			return os.Remove(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// found is what reading a file tells: its verdict and all faults.
type found struct {
	verdict code.FileVerdict
	faults  []batch.Fault
}

// options are what is known when a vector is judged.
func (v Vector) options(t testing.TB, h batch.Header) batch.Options {
	o := batch.Options{Name: path.Base(v.File), Repeats: true}
	if v.Needs == NeedsConfig {
		o.Self, o.From, o.Profile, o.Areas = ConfigAgency, ConfigPartner, ConfigProfile, areas(t).Valid
		if strings.HasPrefix(h.Sender, ConfigAgency) { // of our own core, portal or bank
			o.From, o.Profile = h.Sender, ""
		}
	}
	return o
}

func judgeVector(t testing.TB, v Vector, file []byte) found {
	t.Helper()
	if v.Carrier == XML {
		return judgeMessage(t, v.Kind, file)
	}
	if sheetKinds()[v.Kind] != "" {
		return judgeSheet(t, v.Kind, file)
	}
	first, _ := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), batch.Options{})
	r, err := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), v.options(t, first.Header()))
	if err != nil {
		t.Fatal(err)
	}
	var f found
	for r.Next() {
		f.faults = append(f.faults, r.Record().Faults...)
	}
	res, err := r.Result()
	if err != nil {
		t.Fatal(err)
	}
	f.verdict = res.Verdict
	f.faults = append(f.faults, res.Faults...)
	return f
}

func judgeMessage(t testing.TB, kind string, file []byte) found {
	t.Helper()
	f := found{verdict: code.FileAccepted}
	for _, one := range readMessage(t, kind, file).List {
		f.verdict = code.FileRejected
		f.faults = append(f.faults, batch.Fault{Line: one.Line, Field: one.Field, Code: code.Fault(one.Code), Text: one.Text})
	}
	return f
}

// TestEveryVectorHasItsOneFault is the point of the examples.
func TestEveryVectorHasItsOneFault(t *testing.T) {
	list, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 200 {
		t.Fatalf("only %d examples", len(list))
	}
	for _, v := range list {
		file, err := fs.ReadFile(Files(), v.File)
		if err != nil {
			t.Error(err)
			continue
		}
		if digest := sha256.Sum256(file); hex.EncodeToString(digest[:]) != v.SHA256 {
			t.Errorf("%s has another digest than the index says", v.File)
		}
		if v.Needs == NeedsStore {
			continue
		}
		got := judgeVector(t, v, file)
		switch {
		case got.verdict != v.Verdict:
			t.Errorf("%s: %s, want %s: %+v", v.File, got.verdict, v.Verdict, got.faults)
		case v.Code == "" && len(got.faults) > 0, v.Code != "" && len(got.faults) != 1:
			t.Errorf("%s: %d faults: %+v", v.File, len(got.faults), got.faults)
		case v.Code != "":
			f := got.faults[0]
			if f.Line != v.Line || f.Row != v.Row || f.Field != v.Field || f.Code != v.Code {
				t.Errorf("%s: %+v, want line %d %s.%s %s", v.File, f, v.Line, v.Row, v.Field, v.Code)
			}
		}
	}
}

// TestEveryCodeHasAnExample: each fault that a file alone or a configuration
// can show stands in some example.
func TestEveryCodeHasAnExample(t *testing.T) {
	list, err := Vectors()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[code.Fault]bool{}
	for _, v := range list {
		shown[v.Code] = true
	}
	for _, e := range code.Faults() {
		if c := code.Fault(e.Code); !shown[c] && !needsMore[c] {
			t.Errorf("%s has no example", c)
		}
	}
}

// needsMore are the codes that only a signature, a bound of the deployment or
// an officer can show; a duplicate file is told by its first receipt.
var needsMore = map[code.Fault]bool{
	code.DuplicateFile: true, code.SignatureMissing: true, code.SignatureWrong: true, code.UnknownSigner: true,
	code.NotDecryptable: true, code.TooLarge: true, code.AccountInvalid: true,
}

// fields is the vector as a row of the index.
func (v Vector) fields() []string {
	return []string{
		v.File, v.Kind, string(v.Carrier), string(v.Encoding), string(v.Needs), string(v.Verdict), strconv.Itoa(v.Line),
		v.Row, v.Field, string(v.Code), v.MadeBy, v.SHA256, v.About,
	}
}
