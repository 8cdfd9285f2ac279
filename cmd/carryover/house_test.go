package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTopLevel(t *testing.T) {
	allowed := strings.Fields("cmd config exchange formats jobs samples go.mod go.sum README.md LICENSE")
	ignored := strings.Split(readFile(t, ".gitignore"), "\n")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		generated := slices.Contains(ignored, "/"+name) || slices.Contains(ignored, "/"+name+"/")
		if !slices.Contains(allowed, name) && !strings.HasPrefix(name, ".") && !generated {
			t.Errorf("%s does not belong at the top", name)
		}
	}
}

func TestREADMEShowsTheFirstCommands(t *testing.T) {
	text := readFile(t, "README.md")
	for _, command := range []string{"go run ./cmd/carryover demo", "go test ./..."} {
		if !strings.Contains(text, command) {
			t.Errorf("README.md does not say %q", command)
		}
	}
}

// Links of documents to files of this repository lead somewhere.
func TestLinksInDocuments(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)
	documents := []string{"README.md"}
	for pkg := range imports(t) {
		if _, err := os.Stat(filepath.Join(root, pkg, "README.md")); err == nil {
			documents = append(documents, path.Join(pkg, "README.md"))
		}
	}
	for _, doc := range documents {
		for _, m := range link.FindAllStringSubmatch(readFile(t, doc), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, path.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	unfinished := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b|not imple` + `mented|unimple` + `mented`)
	skip := regexp.MustCompile(`\.Sk` + `ip(Now|f)?\(`)
	eachGoFile(t, func(name string) {
		text := readFile(t, name)
		for i, line := range strings.Split(text, "\n") {
			if unfinished.MatchString(line) {
				t.Errorf("%s:%d is unfinished by its own word", name, i+1)
			}
			if strings.HasSuffix(name, "_test.go") && skip.MatchString(line) {
				t.Errorf("%s:%d skips by itself: a test that needs a program asks droptest.Require or Missing, which fail where everything is required", name, i+1)
			}
		}
		inspect(t, name, text)
	})
}

// inspect finds init functions, and fuzz targets without seeds.
func inspect(t *testing.T, name, text string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil {
			continue
		}
		if f.Name.Name == "init" {
			t.Errorf("%s has an init", name)
		}
		if strings.HasPrefix(f.Name.Name, "Fuzz") && strings.HasSuffix(name, "_test.go") && !seeds(f) {
			t.Errorf("%s: %s adds no seeds", name, f.Name.Name)
		}
	}
}

// seeds reports whether a fuzz target calls Add, itself or in a helper that
// is given the *testing.F.
func seeds(f *ast.FuncDecl) (found bool) {
	given := f.Type.Params.List[0].Names[0].Name
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Add" {
			found = true
		}
		for _, arg := range call.Args {
			if id, ok := arg.(*ast.Ident); ok && id.Name == given {
				found = true
			}
		}
		return true
	})
	return found
}

// measure is the size of a package without its tests.
type measure struct{ lines, files int }

// usual is what a package may hold: as much as one person can know.
var usual = measure{lines: 5000, files: 30}

// measures lists the packages with a measure of their own; 0: the usual one. A
// figure may only become smaller.
var measures = map[string]measure{
	"cmd/carryover":  {files: 45},   // a file per command
	"exchange/store": {files: 60},   // a file per table
	"jobs":           {lines: 1500}, // a façade
}

// The measures of files, functions and types.
const (
	longestFile     = 500
	longestFunction = 70 // of what is not a test
	mostMethods     = 60
)

// manyMethods lists the types that may have more: a method per statement.
var manyMethods = []string{"exchange/store.Tx"}

// Every package can be known by one person.
func TestMeasures(t *testing.T) {
	have := map[string]measure{}
	methods := map[string]int{}
	eachGoFile(t, func(name string) {
		text := readFile(t, name)
		lines := strings.Count(text, "\n")
		if lines > longestFile {
			t.Errorf("%s has %d lines, %d at most", name, lines, longestFile)
		}
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		pkg := path.Dir(name)
		have[pkg] = measure{have[pkg].lines + lines, have[pkg].files + 1}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line - 1; n > longestFunction {
				t.Errorf("%s: %s has %d lines, %d at most", name, f.Name.Name, n, longestFunction)
			}
			if f.Recv != nil {
				methods[pkg+"."+receiver(f)]++
			}
		}
	})
	for pkg, m := range have {
		most := usual
		if own := measures[pkg]; own.lines != 0 {
			most.lines = own.lines
		}
		if own := measures[pkg]; own.files != 0 {
			most.files = own.files
		}
		if m.lines > most.lines || m.files > most.files {
			t.Errorf("%s has %d lines in %d files, %d in %d at most", pkg, m.lines, m.files, most.lines, most.files)
		}
	}
	for typ, n := range methods {
		if n > mostMethods && !slices.Contains(manyMethods, typ) {
			t.Errorf("%s has %d methods, %d at most", typ, n, mostMethods)
		}
	}
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	switch of := typ.(type) {
	case *ast.IndexExpr:
		typ = of.X
	case *ast.IndexListExpr:
		typ = of.X
	}
	return typ.(*ast.Ident).Name
}
