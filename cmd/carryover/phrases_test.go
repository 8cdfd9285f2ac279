package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"carryover/exchange/code"
)

// TestPhrases: what the program says is in the table of phrases, with as many
// arguments as its words name, and the table holds nothing that nobody says.
func TestPhrases(t *testing.T) {
	said := map[string]bool{"text": true}
	eachGoFile(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, readFile(t, name), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
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
	})
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
	for _, file := range []string{"exchange/judge.go", "exchange/store/engine/migrate_phrases.go"} {
		found = found || strings.Contains(readFile(t, file), strconv.Quote(name))
	}
	return found
}
