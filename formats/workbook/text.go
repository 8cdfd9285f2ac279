package workbook

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"carryover/exchange/plain"
)

// CellText is what of a text may stand in a cell: valid UTF-8, hidden characters shown
// (plain.Text), line breaks and tabs as spaces, and at most 32,767 UTF-16 units; a longer
// text ends in an ellipsis.
func CellText(s string) string {
	if len(s) <= maxCellText && plainASCII(s) {
		return s
	}
	s = plain.Text(strings.Map(spaced, s))
	units := 0
	for i, r := range s {
		n := 1
		if r > 0xffff {
			n = 2
		}
		if units+n > maxCellText-1 && i+utf8.RuneLen(r) < len(s) {
			return s[:i] + "…"
		}
		units += n
	}
	return s
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

func spaced(r rune) rune {
	if r == '\n' || r == '\t' || r == '\r' {
		return ' '
	}
	return r
}

// columns counts how many half-width characters a text takes: an East Asian
// wide, full-width or ambiguous character (… ·) takes two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if r < 0x7f {
			n++
			continue
		}
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
			n += 2
		default:
			n++
		}
	}
	return n
}

// appendText appends a cell's text, escaped for XML and for the workbook's
// own escapes: _x0041_ would be read as A.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&quot;"...)
		case '_':
			if escape(s[i:]) {
				b = append(b, "_x005F"...)
			}
			b = append(b, '_')
		default:
			b = append(b, c)
		}
	}
	return b
}

// escape tells whether a text begins like _x0041_.
func escape(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	for _, c := range []byte(s[2:6]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// letters is a column's name: A, B, …, AA.
func letters(index int) string {
	if index < 26 {
		return string(rune('A' + index))
	}
	return letters(index/26-1) + string(rune('A'+index%26))
}
