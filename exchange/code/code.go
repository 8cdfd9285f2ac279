// Package code holds the closed lists: every code that stands in a file, with
// its fixed words in Chinese and English and, where somebody has to act, what
// to do.
//
// A code is a typed string exactly as it stands in files ("check-digit",
// "310"). Each list is one table, in the order in which documentation shows
// it; codec, validation, SQL checks and the partners' manual are made from
// these tables, so a code is never written a second time. The tables never
// change while the program runs: the functions return copies.
package code

import "slices"

// Lang is a language that words exist in.
type Lang string

// The two languages; any other is answered in Chinese.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Class says what a fault is about.
type Class string

// Classes of faults. Entries of the other lists have none.
const (
	ClassFile    Class = "file"    // the file cannot be worked, or only in part
	ClassWarning Class = "warning" // told, changes no verdict
	ClassRecord  Class = "record"  // one record is refused or held
)

// Entry is one code of a list with its words. What to do is empty in lists of
// plain values, where nothing is to be done.
type Entry struct {
	Code                     string
	Chinese, English         string
	TodoChinese, TodoEnglish string
	Class                    Class
}

// Word is the code's word in a language.
func (e Entry) Word(l Lang) string {
	if l == English {
		return e.English
	}
	return e.Chinese
}

// Todo is what to do, in a language; "" where nothing is to be done.
func (e Entry) Todo(l Lang) string {
	if l == English {
		return e.TodoEnglish
	}
	return e.TodoChinese
}

// List is a closed list in its fixed order. The lists are short, so a lookup
// walks them; it does not allocate.
type List []Entry

// Find returns the entry of a code.
func (l List) Find(code string) (Entry, bool) {
	if i := l.index(code); i >= 0 {
		return l[i], true
	}
	return Entry{}, false
}

// Known reports whether a code is on the list.
func (l List) Known(code string) bool { return l.index(code) >= 0 }

// Word is the word of a code, or the code itself when it is not on the list.
func (l List) Word(code string, lang Lang) string {
	if i := l.index(code); i >= 0 {
		return l[i].Word(lang)
	}
	return code
}

// Todo is what to do about a code, "" when it is not on the list.
func (l List) Todo(code string, lang Lang) string {
	if i := l.index(code); i >= 0 {
		return l[i].Todo(lang)
	}
	return ""
}

// Codes returns the codes alone, in the list's order.
func (l List) Codes() []string {
	codes := make([]string, len(l))
	for i := range l {
		codes[i] = l[i].Code
	}
	return codes
}

func (l List) index(code string) int {
	for i := range l {
		if l[i].Code == code {
			return i
		}
	}
	return -1
}

func (l List) copy() List { return slices.Clone(l) }
