package office

import (
	"slices"
	"strings"

	"carryover/exchange/money"
)

// Yuan is an amount as it is written for people and programs.
func Yuan(f money.Fen) string { return f.String() }

// Join joins what is not empty.
func Join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}
