// Package identity checks and compares what names a person, an employer, a
// bank or a place: ID numbers, unified credit codes, CNAPS bank codes, card
// numbers, area codes and names.
//
// Nothing is repaired here. A check says what is wrong by one of three errors
// that callers branch on; comparison goes through keys (Key, NameKey) while
// what was given is kept as it was. Checks do not allocate: a batch runs them
// for every record.
package identity

import "errors"

// What can be wrong with a number.
var (
	// ErrShape is returned for a number of the wrong length or characters.
	ErrShape = errors.New("not shaped like such a number")
	// ErrCheckDigit is returned when the check character does not fit the
	// others: most often one is mistyped.
	ErrCheckDigit = errors.New("check digit is wrong")
	// ErrDate is returned when the birth date inside an ID number does not exist.
	ErrDate = errors.New("birth date in the number does not exist")
)

// allDigits reports whether s[from:to] holds ASCII digits only.
func allDigits(s string, from, to int) bool {
	for i := from; i < to; i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

func number(s string, from, to int) (n int) {
	for i := from; i < to; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
