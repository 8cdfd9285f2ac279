package iso20022

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover/exchange/calendar"
)

// Lengths of the numbers in a remittance text.
const (
	letterDigits = 20 // area code, yyyymmdd, 6 digits
	idDigits     = 18
)

// MinRemittanceText is the least number of bytes in which letter number and
// ID number find room.
const MinRemittanceText = letterDigits + 1 + idDigits

// RemittanceText is what stands on the receiver's bank statement: letter
// number, ID number and name, separated by spaces, in at most max bytes of
// UTF-8. Only the name is shortened, by whole characters, or left out; the
// two numbers stand in full even where max is less than they need.
func RemittanceText(letterNo, idNo, name string, max int) string {
	text := letterNo + " " + idNo
	room := max - len(text) - 1
	name = strings.TrimSpace(name)
	if room < len(name) {
		cut := 0
		for i, r := range name {
			if end := i + utf8.RuneLen(r); r != utf8.RuneError && end <= room {
				cut = end
				continue
			}
			break
		}
		name = strings.TrimSpace(name[:cut])
	}
	if name == "" {
		return text
	}
	return text + " " + name
}

// ParseRemittance finds a letter number (20 digits whose middle is a date)
// and an ID number (18 characters) in what a bank made of a remittance text:
// in any order, with or without spaces, half-width or full-width. A number
// with a letter before it (a form's, a case's) is not a letter number. Two
// different ones of a kind contradict each other, and none is returned.
func ParseRemittance(text string) (letterNo, idNo string) {
	text = strings.Map(halfWidth, text)
	letterNo, idNo = findNumbers(text)
	if letterNo == "" {
		joined, id := findNumbers(strings.Join(strings.Fields(text), ""))
		letterNo = joined
		if idNo == "" {
			idNo = id
		}
	}
	return letterNo, idNo
}

func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case r == '　':
		return ' '
	}
	return unicode.ToUpper(r)
}

// numbers collects what one text holds of each kind.
type numbers struct {
	letter, id         string
	letters, ids       bool // found at all
	contradict, differ bool
}

func (n *numbers) addLetter(s string) {
	n.contradict = n.contradict || (n.letters && s != n.letter)
	n.letter, n.letters = s, true
}

func (n *numbers) addID(s string) {
	n.differ = n.differ || (n.ids && s != n.id)
	n.id, n.ids = s, true
}

func findNumbers(text string) (letterNo, idNo string) {
	var n numbers
	for i := 0; i < len(text); {
		if !isDigit(text[i]) {
			i++
			continue
		}
		end := i
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end < len(text) && text[end] == 'X' {
			end++
		}
		n.take(text[i:end], i > 0 && prefixed(text[:i]))
		i = end
	}
	if n.contradict {
		n.letter = ""
	}
	if n.differ {
		n.id = ""
	}
	return n.letter, n.id
}

// take looks at one run of digits; other tells that a letter before it makes
// it the number of something else.
func (n *numbers) take(run string, other bool) {
	switch {
	case len(run) == letterDigits && isLetterNo(run) && !other:
		n.addLetter(run)
	case len(run) == idDigits && isID(run):
		n.addID(run)
	case len(run) == letterDigits+idDigits && isLetterNo(run[:letterDigits]) && isID(run[letterDigits:]) && !other:
		n.addLetter(run[:letterDigits])
		n.addID(run[letterDigits:])
	case len(run) == letterDigits+idDigits && isID(run[:idDigits]) && isLetterNo(run[idDigits:]):
		n.addID(run[:idDigits])
		n.addLetter(run[idDigits:])
	}
}

// prefixed tells whether a text ends in the one letter that makes a number a
// form's, certificate's, posting's, query's or case's.
func prefixed(before string) bool {
	if !strings.ContainsRune("FCPZT", rune(before[len(before)-1])) {
		return false
	}
	return len(before) == 1 || before[len(before)-2] < 'A' || before[len(before)-2] > 'Z'
}

func isLetterNo(s string) bool {
	return s[0] != '0' && allDigits(s) && isDay(s[6:14])
}

func isID(s string) bool {
	last := s[idDigits-1]
	return s[0] != '0' && allDigits(s[:idDigits-1]) && (isDigit(last) || last == 'X') && isDay(s[6:14])
}

func isDay(yyyymmdd string) bool {
	_, err := calendar.ParseDate(yyyymmdd[:4] + "-" + yyyymmdd[4:6] + "-" + yyyymmdd[6:])
	return err == nil
}

func isDigit(b byte) bool { return b-'0' <= 9 }
