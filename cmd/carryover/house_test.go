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
	named := regexp.MustCompile(`\.Sk` + `ipf?\("needs `)
	eachGoFile(t, func(name string) {
		text := readFile(t, name)
		lines := strings.Split(text, "\n")
		if len(lines) > 601 {
			t.Errorf("%s has %d lines", name, len(lines)-1)
		}
		for i, line := range lines {
			if unfinished.MatchString(line) {
				t.Errorf("%s:%d is unfinished by its own word", name, i+1)
			}
			if strings.HasSuffix(name, "_test.go") && skip.MatchString(line) && !named.MatchString(line) {
				t.Errorf(`%s:%d skips without saying "needs" and what`, name, i+1)
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
