package outside

import (
	"context"

	"carryover/exchange/drop"
)

// LocalDrop opens the other end of a folder of this machine: what is out for
// the agency is in for its party.
func LocalDrop(root string) func(context.Context) (drop.Drop, error) {
	return func(context.Context) (drop.Drop, error) {
		return drop.OpenLocal(root, OtherEnd(), drop.Options{})
	}
}

// OtherEnd are the folders of a drop as the party sees them that an agency
// exchanges with: the agency's out is its in.
func OtherEnd() drop.Paths {
	return drop.Paths{In: "out", Out: "in", Done: "out/done", Bad: "out/bad"}
}

// MakeOtherEnd makes the folders into which the other side moves what it took.
func MakeOtherEnd(root string) error { return drop.MakeLocal(root, OtherEnd()) }
