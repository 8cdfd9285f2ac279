package batch

import (
	"strconv"
	"strings"
	"unicode/utf8"

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

// Info is what a column is, apart from the struct it is bound to.
type Info struct {
	Name  string // as in FILES.md and, behind the Chinese title, in workbooks
	Title string // Chinese
	Type  string // n, t, d, m, y, i, c, b, area, list, set, hash
	Max   int    // characters, for n and t
	Need  Need
	When  Words     // the case in which a Conditional field is required
	Codes code.List // the closed list of a list or set
}

// Column is one field of a row, bound to its place in the record type R.
type Column[R any] struct {
	Info
	read  func(r *R, s string, e *env) (code.Fault, string)
	write func(b []byte, r *R) []byte
	when  func(r *R) bool
}

// env is what reading a field may ask of the world outside the file.
type env struct {
	area func(code string) bool // nil: any six digits
}

// When makes an optional column required in a case, named in both languages.
func (c Column[R]) When(words Words, when func(r *R) bool) Column[R] {
	c.Need, c.Info.When, c.when = Conditional, words, when
	return c
}

// Text is a field of up to limit characters of any writing (t in FILES.md).
func Text[R any, S ~string](name, title string, limit int, need Need, at func(*R) *S) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "t", Max: limit, Need: need},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			*at(r) = S(s)
			if len(s) > limit && utf8.RuneCountInString(s) > limit {
				return code.TooLong, atMost(limit)
			}
			if need == Required && strings.TrimSpace(s) == "" {
				return code.Missing, ""
			}
			return "", ""
		},
		write: func(b []byte, r *R) []byte { return appendField(b, string(*at(r))) },
	}
}

// Number is a field of capital letters, digits and hyphens (n in FILES.md).
func Number[R any, S ~string](name, title string, limit int, need Need, at func(*R) *S) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "n", Max: limit, Need: need},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			*at(r) = S(s)
			for i := 0; i < len(s); i++ {
				if c := s[i]; c-'0' > 9 && c-'A' > 25 && c != '-' {
					return code.Malformed, textNumber
				}
			}
			if len(s) > limit {
				return code.TooLong, atMost(limit)
			}
			return present(s, need)
		},
		write: func(b []byte, r *R) []byte { return appendField(b, string(*at(r))) },
	}
}

// Area is a field holding a 6-digit area code.
func Area[R any, S ~string](name, title string, need Need, at func(*R) *S) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "area", Max: 6, Need: need},
		read: func(r *R, s string, e *env) (code.Fault, string) {
			*at(r) = S(s)
			switch {
			case s == "":
				return present(s, need)
			case len(s) != 6 || !digits(s):
				return code.Malformed, textArea
			case e.area != nil && !e.area(s):
				return code.UnknownCode, quoted(textNoArea, s)
			}
			return "", ""
		},
		write: func(b []byte, r *R) []byte { return appendField(b, string(*at(r))) },
	}
}

// List is a field holding one value of a closed list.
func List[R any, S ~string](name, title string, codes code.List, need Need, at func(*R) *S) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "list", Need: need, Codes: codes},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			*at(r) = S(s)
			if s == "" {
				return present(s, need)
			}
			if !codes.Known(s) {
				return code.UnknownCode, quoted(textNotListed, s)
			}
			return "", ""
		},
		write: func(b []byte, r *R) []byte { return appendField(b, string(*at(r))) },
	}
}

// Set is a field holding several values of a closed list, separated by ";".
func Set[R any, S ~string](name, title string, limit int, codes code.List, need Need, at func(*R) *S) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "set", Max: limit, Need: need, Codes: codes},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			*at(r) = S(s)
			if len(s) > limit {
				return code.TooLong, atMost(limit)
			}
			for rest, more := s, s != ""; more; {
				var one string
				if one, rest, more = strings.Cut(rest, ";"); !codes.Known(one) {
					return code.UnknownCode, quoted(textNotListed, one)
				}
			}
			return present(s, need)
		},
		write: func(b []byte, r *R) []byte { return appendField(b, string(*at(r))) },
	}
}

// Date is a field yyyy-mm-dd.
func Date[R any](name, title string, need Need, at func(*R) *calendar.Date) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "d", Max: 10, Need: need},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			if s == "" {
				return present(s, need)
			}
			d, err := calendar.ParseDate(s)
			if *at(r) = d; err == nil {
				return "", ""
			}
			if len(s) == 10 && s[4] == '-' && s[7] == '-' && digits(s[:4]) && digits(s[5:7]) && digits(s[8:]) {
				return code.ImpossibleDate, quoted(textNoDate, s)
			}
			return code.Malformed, textDate
		},
		write: func(b []byte, r *R) []byte { return at(r).Append(b) },
	}
}

// Month is a field yyyy-mm.
func Month[R any](name, title string, need Need, at func(*R) *calendar.Month) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "m", Max: 7, Need: need},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			if s == "" {
				return present(s, need)
			}
			m, err := calendar.ParseMonth(s)
			if *at(r) = m; err == nil {
				return "", ""
			}
			if len(s) == 7 && s[4] == '-' && digits(s[:4]) && digits(s[5:]) {
				return code.ImpossibleDate, quoted(textNoDate, s)
			}
			return code.Malformed, textMonth
		},
		write: func(b []byte, r *R) []byte { return at(r).Append(b) },
	}
}

// Money is a required amount in yuan with two decimals.
func Money[R any](name, title string, at func(*R) *money.Fen) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "y", Max: 17, Need: Required},
		read: func(r *R, s string, _ *env) (c code.Fault, text string) {
			*at(r), c, text = readMoney(s)
			return c, text
		},
		write: func(b []byte, r *R) []byte { return at(r).Append(b) },
	}
}

// MaybeMoney is an amount that may be left out.
func MaybeMoney[R any](name, title string, at func(*R) *Maybe[money.Fen]) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "y", Max: 17},
		read: func(r *R, s string, _ *env) (c code.Fault, text string) {
			if s == "" {
				return "", ""
			}
			m := at(r)
			m.Value, c, text = readMoney(s)
			m.Given = true
			return c, text
		},
		write: func(b []byte, r *R) []byte {
			if m := at(r); m.Given {
				return m.Value.Append(b)
			}
			return b
		},
	}
}

func readMoney(s string) (money.Fen, code.Fault, string) {
	if s == "" {
		return 0, code.Missing, ""
	}
	f, err := money.Parse(s)
	if err != nil {
		return 0, code.Amount, textMoney
	}
	return f, "", ""
}

// The largest values of the two kinds of whole numbers.
const (
	maxInt   = 9999
	maxCount = 999999999
)

// Int is a required whole number from least to 9999 (i in FILES.md).
func Int[R any](name, title string, least int, at func(*R) *int) Column[R] {
	return whole(Info{Name: name, Title: title, Type: "i", Max: 4, Need: Required}, least, maxInt, at)
}

// Count is a required whole number from 0 to 999999999 (c in FILES.md).
func Count[R any](name, title string, at func(*R) *int) Column[R] {
	return whole(Info{Name: name, Title: title, Type: "c", Max: 9, Need: Required}, 0, maxCount, at)
}

// MaybeInt is an Int that may be left out.
func MaybeInt[R any](name, title string, at func(*R) *Maybe[int]) Column[R] {
	return maybeWhole(Info{Name: name, Title: title, Type: "i", Max: 4}, maxInt, at)
}

// MaybeCount is a Count that may be left out.
func MaybeCount[R any](name, title string, at func(*R) *Maybe[int]) Column[R] {
	return maybeWhole(Info{Name: name, Title: title, Type: "c", Max: 9}, maxCount, at)
}

func whole[R any](info Info, least, most int, at func(*R) *int) Column[R] {
	return Column[R]{
		Info: info,
		read: func(r *R, s string, _ *env) (c code.Fault, text string) {
			*at(r), c, text = readWhole(s, least, most)
			return c, text
		},
		write: func(b []byte, r *R) []byte { return strconv.AppendInt(b, int64(*at(r)), 10) },
	}
}

func maybeWhole[R any](info Info, most int, at func(*R) *Maybe[int]) Column[R] {
	return Column[R]{
		Info: info,
		read: func(r *R, s string, _ *env) (c code.Fault, text string) {
			if s == "" {
				return "", ""
			}
			m := at(r)
			m.Value, c, text = readWhole(s, 0, most)
			m.Given = true
			return c, text
		},
		write: func(b []byte, r *R) []byte {
			if m := at(r); m.Given {
				return strconv.AppendInt(b, int64(m.Value), 10)
			}
			return b
		},
	}
}

func readWhole(s string, least, most int) (int, code.Fault, string) {
	if s == "" {
		return 0, code.Missing, ""
	}
	if len(s) > 9 || !digits(s) || (s[0] == '0' && len(s) > 1) {
		return 0, code.Malformed, textWhole
	}
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	if n < least || n > most {
		return 0, code.Malformed, between(least, most)
	}
	return n, "", ""
}

// Hash is a SHA-256 in 64 lower-case hexadecimal digits.
func Hash[R any, S ~string](name, title string, need Need, at func(*R) *S) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "hash", Max: 64, Need: need},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			if *at(r) = S(s); s != "" && !isHash(s) {
				return code.Malformed, textHash
			}
			return present(s, need)
		},
		write: func(b []byte, r *R) []byte { return append(b, *at(r)...) },
	}
}

// Bool is a required Y or N.
func Bool[R any](name, title string, at func(*R) *bool) Column[R] {
	return Column[R]{
		Info: Info{Name: name, Title: title, Type: "b", Max: 1, Need: Required},
		read: func(r *R, s string, _ *env) (code.Fault, string) {
			switch *at(r) = s == "Y"; s {
			case "Y", "N":
				return "", ""
			case "":
				return code.Missing, ""
			}
			return code.UnknownCode, textBool
		},
		write: func(b []byte, r *R) []byte {
			if *at(r) {
				return append(b, 'Y')
			}
			return append(b, 'N')
		},
	}
}

// Include takes the columns of a block into a row: the block's struct is
// found by at, and prefix goes before each name, titleOf before each title.
func Include[R, B any](prefix, title string, at func(*R) *B, block []Column[B]) []Column[R] {
	columns := make([]Column[R], len(block))
	for i, c := range block {
		c.Name, c.Title = prefix+c.Name, title+c.Title
		columns[i] = Column[R]{
			Info:  c.Info,
			read:  func(r *R, s string, e *env) (code.Fault, string) { return c.read(at(r), s, e) },
			write: func(b []byte, r *R) []byte { return c.write(b, at(r)) },
		}
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

func isHash(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c-'0' > 9 && c-'a' > 5 {
			return false
		}
	}
	return len(s) == 64
}

func present(s string, need Need) (code.Fault, string) {
	if s == "" && need == Required {
		return code.Missing, ""
	}
	return "", ""
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}
