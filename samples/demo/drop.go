package demo

import (
	"context"

	"carryover/exchange/drop"
)

// localDrop opens the other end of a folder of this machine: what is out for
// the agency is in for its party.
func localDrop(root string) func(context.Context) (drop.Drop, error) {
	return func(context.Context) (drop.Drop, error) {
		return drop.OpenLocal(root, otherEnd(), drop.Options{})
	}
}

// otherEnd are the folders of a drop as the party sees them that an agency
// exchanges with: the agency's out is its in.
func otherEnd() drop.Paths {
	return drop.Paths{In: "out", Out: "in", Done: "out/done", Bad: "out/bad"}
}

// makeOtherEnd makes the folders into which the other side moves what it took.
func makeOtherEnd(root string) error { return drop.MakeLocal(root, otherEnd()) }
