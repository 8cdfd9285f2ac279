package identity

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// dots makes the ways to write the dot in a name one.
var dots = strings.NewReplacer("•", "·", "．", "·")

// NameKey is what two writings of a name have in common: Unicode NFC, the
// middle dots · • ． as ·, no outer spaces. Every character is kept, rare ones
// too; the name itself is stored as given. A name that is its own key costs
// no allocation.
func NameKey(name string) string {
	key := strings.TrimSpace(name)
	if strings.Contains(key, "•") || strings.Contains(key, "．") {
		key = dots.Replace(key)
	}
	if han(key) || norm.NFC.IsNormalString(key) {
		return key
	}
	return norm.NFC.String(key)
}

// han reports whether a name is plain Chinese characters, dots and ASCII,
// which are always in NFC: nearly every name is.
func han(name string) bool {
	for _, r := range name {
		if r >= 0x80 && r != '·' && (r < 0x4E00 || r > 0x9FFF) {
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
