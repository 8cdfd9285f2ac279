package batch

import (
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Need says whether a field must be there.
type Need int

// A field is required, optional, or required in the case that When names.
const (
	Optional Need = iota
	Required
	Conditional
)

// Type is what a field holds, in the letters of FILES.md where it has some.
type Type string

// The types of fields, and the place in a record that each is kept in.
const (
	TypeNumber Type = "n"    // capital letters, digits, hyphens; string
	TypeText   Type = "t"    // any writing; string
	TypeArea   Type = "area" // 6-digit area code; string
	TypeList   Type = "list" // one value of a closed list; string
	TypeSet    Type = "set"  // several, separated by ";"; string
	TypeHash   Type = "hash" // SHA-256 in lower-case hex; string
	TypeDate   Type = "d"    // calendar.Date
	TypeMonth  Type = "m"    // calendar.Month
	TypeMoney  Type = "y"    // money.Fen or Maybe of it
	TypeInt    Type = "i"    // 0–9999; int or Maybe of it
	TypeCount  Type = "c"    // 0–999999999; int or Maybe of it
	TypeBool   Type = "b"    // Y or N; bool
)

// Info is what a column is, apart from the struct it is bound to.
type Info struct {
	Name  string // as in FILES.md and, behind the Chinese title, in workbooks
	Title string // Chinese
	Type  Type
	Max   int // characters of a text; the largest value of a whole number
	Least int // the smallest value of a whole number
	Need  Need
	When  Words     // the case in which a Conditional field is required
	Codes code.List // the closed list of a list or set
	Hint  Hint      // for whoever types it by hand
}

// Hint tells whoever types a column by hand more than its type does: what to
// put there, and a rule that a workbook checks while it is typed. The rule is
// a formula in which {} stands for the cell; it must take whatever a reader
// takes.
type Hint struct {
	Words
	Rule string
}

// Column is one field of a row, bound to its place in the record type R: at
// returns a pointer to it, of the type that goes with Info.Type.
type Column[R any] struct {
	Info
	at   func(r *R) any
	when func(r *R) bool
}

// When makes an optional column required in a case, named in both languages.
func (c Column[R]) When(words Words, when func(r *R) bool) Column[R] {
	c.Need, c.Info.When, c.when = Conditional, words, when
	return c
}

// Hinted gives a column its hint.
func (c Column[R]) Hinted(h Hint) Column[R] {
	c.Hint = h
	return c
}

// Text is a field of up to limit characters of any writing.
func Text[R any](name, title string, limit int, need Need, at func(*R) *string) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeText, Max: limit, Need: need}, at)
}

// Number is a field of capital letters, digits and hyphens.
func Number[R any](name, title string, limit int, need Need, at func(*R) *string) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeNumber, Max: limit, Need: need}, at)
}

// Area is a field holding a 6-digit area code.
func Area[R any](name, title string, need Need, at func(*R) *string) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeArea, Max: 6, Need: need}, at)
}

// List is a field holding one value of a closed list.
func List[R any](name, title string, codes code.List, need Need, at func(*R) *string) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeList, Max: longest(codes), Need: need, Codes: codes}, at)
}

// Set is a field holding several values of a closed list, separated by ";".
func Set[R any](name, title string, limit int, codes code.List, need Need, at func(*R) *string) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeSet, Max: limit, Need: need, Codes: codes}, at)
}

// Hash is a SHA-256 in 64 lower-case hexadecimal digits.
func Hash[R any](name, title string, need Need, at func(*R) *string) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeHash, Max: 64, Need: need}, at)
}

// Date is a field yyyy-mm-dd.
func Date[R any](name, title string, need Need, at func(*R) *calendar.Date) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeDate, Max: 10, Need: need}, at)
}

// Month is a field yyyy-mm.
func Month[R any](name, title string, need Need, at func(*R) *calendar.Month) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeMonth, Max: 7, Need: need}, at)
}

// Money is a required amount in yuan with two decimals.
func Money[R any](name, title string, at func(*R) *money.Fen) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeMoney, Max: 17, Need: Required}, at)
}

// MaybeMoney is an amount that may be left out.
func MaybeMoney[R any](name, title string, at func(*R) *Maybe[money.Fen]) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeMoney, Max: 17}, at)
}

// The largest values of the two kinds of whole numbers.
const (
	maxInt   = 9999
	maxCount = 999999999
)

// Int is a required whole number from least to 9999.
func Int[R any](name, title string, least int, at func(*R) *int) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeInt, Max: maxInt, Least: least, Need: Required}, at)
}

// Count is a required whole number from 0 to 999999999.
func Count[R any](name, title string, at func(*R) *int) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeCount, Max: maxCount, Need: Required}, at)
}

// MaybeInt is an Int that may be left out.
func MaybeInt[R any](name, title string, at func(*R) *Maybe[int]) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeInt, Max: maxInt}, at)
}

// MaybeCount is a Count that may be left out.
func MaybeCount[R any](name, title string, at func(*R) *Maybe[int]) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeCount, Max: maxCount}, at)
}

// Bool is a required Y or N.
func Bool[R any](name, title string, at func(*R) *bool) Column[R] {
	return column(Info{Name: name, Title: title, Type: TypeBool, Max: 1, Need: Required}, at)
}

// place is what a field may be kept in.
type place interface {
	string | calendar.Date | calendar.Month | money.Fen | Maybe[money.Fen] | int | Maybe[int] | bool
}

func column[R any, P place](info Info, at func(*R) *P) Column[R] {
	return Column[R]{Info: info, at: func(r *R) any { return at(r) }}
}

// Include takes the columns of a block into a row: the block's struct is
// found by at; prefix goes before each name, title before each title.
func Include[R, B any](prefix, title string, at func(*R) *B, block []Column[B]) []Column[R] {
	columns := make([]Column[R], len(block))
	for i, c := range block {
		c.Name, c.Title = prefix+c.Name, title+c.Title
		columns[i] = Column[R]{Info: c.Info, at: func(r *R) any { return c.at(at(r)) }}
		if c.when != nil {
			columns[i].when = func(r *R) bool { return c.when(at(r)) }
		}
	}
	return columns
}

// Columns joins single columns and blocks into the columns of a row.
func Columns[R any](parts ...[]Column[R]) []Column[R] {
	var all []Column[R]
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func longest(codes code.List) int {
	n := 0
	for _, c := range codes {
		n = max(n, len(c.Code))
	}
	return n
}
