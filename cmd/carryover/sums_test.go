package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// boundedSums are the functions in which amounts are added without a check, because what
// bounds them stands beside the sum.
var boundedSums = []string{"jobs/transfer.shareOf"}

// TestSums: every sum and product of amounts of money is checked for overflow, by
// money.Fen.Add or what is built on it.
func TestSums(t *testing.T) {
	found := map[string]int{}
	for _, p := range typed(t) {
		if strings.HasSuffix(p.PkgPath, "/exchange/money") || strings.Contains(p.PkgPath, "/samples") {
			continue // it has the check; samples are amounts of our own making
		}
		for _, file := range p.Syntax {
			for _, decl := range file.Decls {
				name := p.PkgPath[strings.Index(p.PkgPath, "/")+1:] + "." + declared(decl)
				ast.Inspect(decl, func(n ast.Node) bool {
					if at, is := unchecked(p, n); is {
						found[name]++
						if !slices.Contains(boundedSums, name) {
							t.Errorf("%s: %s adds amounts without a check: use money.Fen.Add, or money.Clamped for what is only shown", p.Fset.Position(at), name)
						}
					}
					return true
				})
			}
		}
	}
	for _, name := range boundedSums {
		if found[name] == 0 {
			t.Errorf("%s adds nothing any more: take it out of the list", name)
		}
	}
}

// typed are our packages without tests, type-checked.
func typed(t *testing.T) []*packages.Package {
	t.Helper()
	list, err := packages.Load(&packages.Config{
		Dir: "../..", Mode: packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 || packages.PrintErrors(list) > 0 {
		t.Fatalf("%d packages", len(list))
	}
	return list
}

// unchecked reports whether a node is a sum or product of amounts that is no
// constant, and where. The difference of two amounts above zero cannot overflow.
func unchecked(p *packages.Package, n ast.Node) (at token.Pos, is bool) {
	var op token.Token
	var x ast.Expr
	switch n := n.(type) {
	case *ast.BinaryExpr:
		op, x, at = n.Op, n, n.OpPos
	case *ast.AssignStmt:
		op, x, at = n.Tok, n.Lhs[0], n.TokPos
	default:
		return 0, false
	}
	of := p.TypesInfo.Types[x]
	named, ok := types.Unalias(of.Type).(*types.Named)
	if !ok || of.Value != nil || fmt.Sprint(named.Obj().Name()) != "Fen" {
		return 0, false
	}
	return at, slices.Contains([]token.Token{token.ADD, token.ADD_ASSIGN, token.MUL, token.MUL_ASSIGN}, op)
}

// declared is the name of a function, with its receiver, or of what else is declared.
func declared(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return "(a declaration)"
	}
	if f.Recv == nil {
		return f.Name.Name
	}
	return strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*") + "." + f.Name.Name
}
