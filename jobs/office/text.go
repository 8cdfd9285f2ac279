package office

import (
	"slices"
	"strings"
	"unicode/utf8"

	"carryover/formats/batch"
)

// OneLine is a text that came from outside, made fit for one field of any encoding:
// what no field of a batch may hold becomes question marks; then it is clipped.
func OneLine(s string, limit int) string {
	return Clip(strings.Map(func(r rune) rune {
		if batch.Unfit(r) {
			return '?'
		}
		return r
	}, s), limit)
}

// Clip cuts a text to at most limit characters (not bytes); the last one of a text
// that was cut is an ellipsis. limit is at least 1.
func Clip(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// CutBytes cuts a text to at most limit bytes, and no character in two.
func CutBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:max(limit, 0)]
}

// Join joins those parts that are not empty.
func Join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}
