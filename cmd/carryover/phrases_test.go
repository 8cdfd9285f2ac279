package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange/code"
)

// TestPhrases: what the program says is in the table of phrases, with as many
// arguments as its words name, and the table holds nothing that nobody says.
func TestPhrases(t *testing.T) {
	said := map[string]bool{"text": true}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isSay(call.Fun) || len(call.Args) == 0 {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				return true // a row of a table of its own
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Error(err)
			}
			said[name] = true
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%s: %v", fset.Position(call.Pos()), p)
				}
			}()
			if !call.Ellipsis.IsValid() && !strings.HasSuffix(selector(call.Fun), "SayAll") {
				code.Say(name, make([]any, len(call.Args)-1)...)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range code.Phrases() {
		if !said[p.Name] && !saidByName(t, p.Name) {
			t.Errorf("nobody says %q", p.Name)
		}
	}
}

func selector(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name + "." + s.Sel.Name
		}
	}
	return ""
}

func isSay(e ast.Expr) bool {
	name := selector(e)
	return name == "code.Say" || name == "code.SayAll"
}

// saidByName finds a phrase whose name stands in a table or is handed on: the
// rules of a form (CheckForm), the sentences of schema 1.
func saidByName(t *testing.T, name string) bool {
	t.Helper()
	found := false
	for _, pattern := range []string{"../../exchange/*.go", "../../exchange/store/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			found = found || !strings.HasSuffix(f, "_test.go") && strings.Contains(readText(t, f), strconv.Quote(name))
		}
	}
	return found
}

func readText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
