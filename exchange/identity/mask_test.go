package identity

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How much of a number is shown goes by its length.
func TestMaskShowsByLength(t *testing.T) {
	digits := "123456789012345678901"
	for n := range len(digits) {
		front, back := 0, 0
		switch {
		case n >= 15:
			front, back = 6, 4
		case n >= 6:
			front, back = 2, 2
		}
		want := digits[:front] + strings.Repeat("*", n-front-back) + digits[n-back:n]
		if got := Mask(digits[:n]); got != want {
			t.Errorf("Mask(%s) = %s, want %s", digits[:n], got, want)
		}
	}
}

// A number is masked when it stands by itself, whatever its last digit; inside
// a longer word of letters or digits it is no ID number.
func TestMaskInFindsNumbersThatStandAlone(t *testing.T) {
	for last := byte('0'); last <= '9'; last++ {
		id := "11010519491231001" + string(last)
		for _, beside := range []string{"", " ", "/", ":", "@", "[", "`", "{", "，", "号"} {
			if got, want := MaskIn(beside+id+beside), beside+Mask(id)+beside; got != want {
				t.Errorf("MaskIn(%q) = %q, want %q", beside+id+beside, got, want)
			}
		}
		for _, beside := range []string{"0", "9", "A", "Z", "a", "z"} {
			for _, glued := range []string{beside + id, id + beside} {
				if got := MaskIn(glued); got != glued {
					t.Errorf("MaskIn(%s) = %s", glued, got)
				}
			}
		}
	}
	for _, stays := range []string{
		"11010519491231001a", "11010519491231001:", "1101051949123100X1", "11010519491331001X",
		"110105491331002", "11010549123100X", "1101054912310021",
	} {
		if got := MaskIn(stays); got != stays {
			t.Errorf("MaskIn(%s) = %s", stays, got)
		}
	}
}

// Names of the common Chinese characters, ASCII and the dot skip Unicode's
// tables. That is right only while each such character is in NFC, and does not
// join with the one before it.
func TestPlainNamesAreTheirOwnKey(t *testing.T) {
	plain := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if s := string(r); utf8.ValidRune(r) && plainName(s) {
			plain++
			if p := norm.NFKC.PropertiesString(s); !norm.NFKC.IsNormalString(s) || !p.BoundaryBefore() {
				t.Errorf("%U is not its own NFKC", r)
			}
		}
	}
	if want := 1 + (0x9FFF - 0x4E00 + 1); plain != want { // ·, CJK unified ideographs
		t.Errorf("%d characters are plain, want %d", plain, want)
	}
	if NameKey("Семе\u0308н") != "сем\u0451н" || NameKey("\u1100\u1161") != "\uac00" {
		t.Error("letters outside ASCII stay apart from their marks")
	}
}
