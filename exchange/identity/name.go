package identity

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// isDot reports whether a character is one of the ways to write the dot in a name.
func isDot(r rune) bool {
	return strings.ContainsRune("\u00B7\u2022\u2027\u2219\u22C5\u30FB\uFF65\u0387\u1427\u318D\uFF0E", r)
}

// NameKey is what two writings of a name have in common: Unicode NFKC and so one width, the middle dot ·
// for all its ways, no blanks at the ends and beside dots, Latin letters in lower case, no variation
// selectors. Every character is kept, rare ones too; the name itself is stored as given. A name that is its
// own key costs no allocation.
func NameKey(name string) string {
	if plainName(name) {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		switch {
		case isDot(r): // before NFKC, by which some of them are others
			b.WriteRune('·')
		case unicode.Is(unicode.Variation_Selector, r):
		default:
			b.WriteRune(r)
		}
	}
	words := strings.Split(norm.NFKC.String(b.String()), "·")
	for i := range words {
		words[i] = strings.ToLower(strings.TrimSpace(words[i]))
	}
	return norm.NFKC.String(strings.Join(words, "·"))
}

// plainName reports whether a name is plain Chinese characters and dots, which are
// their own key: nearly every name is.
func plainName(name string) bool {
	for _, r := range name {
		if r != '·' && (r < 0x4E00 || r > 0x9FFF) {
			return false
		}
	}
	return true
}

// HolderKey is what two writings of an account's holder have in common: no spaces, and
// characters in one width.
func HolderKey(holder string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFC.String(width.Fold.String(holder)))
}
