package iso20022

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

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

// Charset is the encoding in which a bank counts the bytes of a remittance
// text on its way through its own systems, whatever the file is in.
type Charset string

// Charsets of banks.
const (
	UTF8    Charset = "utf-8"
	GB18030 Charset = "gb18030"
)

// size is how many bytes a text takes.
func (c Charset) size(s string) int {
	if c != GB18030 {
		return len(s)
	}
	b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil { // not UTF-8: it is not written at all
		return len(s)
	}
	return len(b)
}

// RemittanceText is what stands on the receiver's bank statement: letter
// number, ID number and name, separated by spaces, in at most max bytes of the
// bank's charset. Only the name is shortened, by whole characters with what
// belongs to them, or left out; the two numbers stand in full even where max
// is less than they need.
func RemittanceText(letterNo, idNo, name string, max int, in Charset) string {
	text := letterNo + " " + idNo
	room := max - len(text) - 1
	name = strings.TrimSpace(name)
	if in.size(name) > room {
		name = strings.TrimSpace(name[:fitting(name, room, in)])
	}
	if name == "" {
		return text
	}
	return text + " " + name
}

// fitting is how many bytes of s whole characters take that fill at most room
// bytes of the bank's charset.
func fitting(s string, room int, in Charset) int {
	fits := 0
	for end := 0; end < len(s); {
		r, n := utf8.DecodeRuneInString(s[end:])
		if r == utf8.RuneError && n == 1 {
			return fits
		}
		for end += n; end < len(s); end += n { // a mark or variation selector belongs to the character before
			if r, n = utf8.DecodeRuneInString(s[end:]); !unicode.Is(unicode.M, r) {
				break
			}
		}
		if in.size(s[:end]) > room {
			return fits
		}
		fits = end
	}
	return fits
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
