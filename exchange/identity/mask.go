package identity

import "strings"

// Mask hides the middle of a number for logs, errors and lists:
// 110105********002X. Long numbers show six characters in front and four
// behind, short ones two and two, very short ones nothing.
func Mask(n string) string {
	front, back := 6, 4
	switch {
	case len(n) < 6:
		front, back = 0, 0
	case len(n) < 15:
		front, back = 2, 2
	}
	return n[:front] + strings.Repeat("*", len(n)-front-back) + n[len(n)-back:]
}

// MaskIn masks every resident ID number, old or new, that stands by itself in
// a text: 15 digits, or 17 and a check character, with a birth date inside.
// Longer runs, such as letter numbers, stay.
func MaskIn(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		if !wordByte(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && wordByte(s[end]) {
			end++
		}
		if looksLikeID(s[i:end]) {
			b.WriteString(s[done:i])
			b.WriteString(Mask(s[i:end]))
			done = end
		}
		i = end
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func wordByte(c byte) bool { return c-'0' <= 9 || c-'A' <= 25 || c-'a' <= 25 }

func looksLikeID(w string) bool {
	switch len(w) {
	case 15:
		return allDigits(w, 0, 15) && dateExists(birthOf(formFifteen, w))
	case 18:
		return allDigits(w, 0, 17) && (w[17]-'0' <= 9 || w[17]|0x20 == 'x') && dateExists(birthOf(formEighteen, w))
	}
	return false
}
