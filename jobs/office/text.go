package office

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine is what can be told of any text in any encoding: control characters,
// broken ones and those of private use become question marks.
func OneLine(s string, limit int) string {
	return Clip(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Co, r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return '?'
		}
		return r
	}, s), limit)
}

func Clip(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// Join joins what is not empty.
func Join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}
