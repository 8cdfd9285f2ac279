package batch

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// cell is a column at its place in one certain record, so that a reader
// that fills the same record again and again finds the place once.
type cell struct {
	*Info
	at any // *string, *calendar.Date …
}

// problem is what is wrong with one field.
type problem struct {
	code code.Fault // "" for nothing
	text string
}

// env is what reading a field may ask of the world outside the file.
type env struct {
	area func(code string) bool // nil: any six digits
}

// read puts the text of a field into its place, which it leaves empty or
// with whatever could be understood when there is a problem.
func (c *cell) read(f field, e *env) problem {
	if f.text == "" {
		c.clear()
		if c.Need == Required {
			return problem{code: code.Missing}
		}
		return problem{}
	}
	switch at := c.at.(type) {
	case *string:
		*at = f.text
		return c.readText(f, e)
	case *calendar.Date:
		return readDate(at, f.text)
	case *calendar.Month:
		return readMonth(at, f.text)
	case *money.Fen:
		return readMoney(at, f.text)
	case *Maybe[money.Fen]:
		at.Given = true
		return readMoney(&at.Value, f.text)
	case *int:
		return readWhole(at, f.text, c.Least, c.Max)
	case *Maybe[int]:
		at.Given = true
		return readWhole(&at.Value, f.text, c.Least, c.Max)
	case *bool:
		if *at = f.text == "Y"; *at || f.text == "N" {
			return problem{}
		}
	}
	return problem{code.UnknownCode, textBool}
}

func (c *cell) clear() {
	switch at := c.at.(type) {
	case *string:
		*at = ""
	case *calendar.Date:
		*at = 0
	case *calendar.Month:
		*at = 0
	case *money.Fen:
		*at = 0
	case *Maybe[money.Fen]:
		*at = Maybe[money.Fen]{}
	case *int:
		*at = 0
	case *Maybe[int]:
		*at = Maybe[int]{}
	case *bool:
		*at = false
	}
}

// readText checks a field that is kept as text.
func (c *cell) readText(f field, e *env) problem {
	switch c.Type {
	case TypeText:
		if len(f.text) > c.Max && utf8.RuneCountInString(f.text) > c.Max {
			return problem{code.TooLong, atMost(c.Max)}
		}
		if c.Need == Required && f.class&(classDigit|classCapital) == 0 && strings.TrimSpace(f.text) == "" {
			return problem{code: code.Missing}
		}
	case TypeNumber:
		if f.class&^(classDigit|classCapital|classHyphen) != 0 {
			return problem{code.Malformed, textNumber}
		}
		if len(f.text) > c.Max {
			return problem{code.TooLong, atMost(c.Max)}
		}
	case TypeArea:
		if len(f.text) != 6 || f.class != classDigit {
			return problem{code.Malformed, textArea}
		}
		if e.area != nil && !e.area(f.text) {
			return problem{code.UnknownCode, quoted(textNoArea, f.text)}
		}
	case TypeList:
		if !c.Codes.Known(f.text) {
			return problem{code.UnknownCode, quoted(textNotListed, f.text)}
		}
	case TypeSet:
		return c.readSet(f.text)
	case TypeHash:
		if !isHash(f.text) {
			return problem{code.Malformed, textHash}
		}
	}
	return problem{}
}

func (c *cell) readSet(s string) problem {
	if len(s) > c.Max {
		return problem{code.TooLong, atMost(c.Max)}
	}
	for more := true; more; {
		var one string
		if one, s, more = strings.Cut(s, ";"); !c.Codes.Known(one) {
			return problem{code.UnknownCode, quoted(textNotListed, one)}
		}
	}
	return problem{}
}

func readDate(at *calendar.Date, s string) problem {
	d, err := calendar.ParseDate(s)
	if *at = d; err == nil {
		return problem{}
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' && digits(s[:4]) && digits(s[5:7]) && digits(s[8:]) {
		return problem{code.ImpossibleDate, quoted(textNoDate, s)}
	}
	return problem{code.Malformed, textDate}
}

func readMonth(at *calendar.Month, s string) problem {
	m, err := calendar.ParseMonth(s)
	if *at = m; err == nil {
		return problem{}
	}
	if len(s) == 7 && s[4] == '-' && digits(s[:4]) && digits(s[5:]) {
		return problem{code.ImpossibleDate, quoted(textNoMonth, s)}
	}
	return problem{code.Malformed, textMonth}
}

func readMoney(at *money.Fen, s string) problem {
	f, err := money.Parse(s)
	if *at = f; err != nil {
		return problem{code.Amount, textMoney}
	}
	return problem{}
}

func readWhole(at *int, s string, least, most int) problem {
	*at = 0
	if s == "" {
		return problem{code: code.Missing}
	}
	if len(s) > 9 || !digits(s) || (s[0] == '0' && len(s) > 1) {
		return problem{code.Malformed, textWhole}
	}
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	if *at = n; n < least || n > most {
		return problem{code.Malformed, between(least, most)}
	}
	return problem{}
}

// write appends the text of the place.
func (c *cell) write(b []byte) []byte {
	switch at := c.at.(type) {
	case *string:
		return appendField(b, *at)
	case *calendar.Date:
		return at.Append(b)
	case *calendar.Month:
		return at.Append(b)
	case *money.Fen:
		return at.Append(b)
	case *Maybe[money.Fen]:
		if at.Given {
			return at.Value.Append(b)
		}
	case *int:
		return strconv.AppendInt(b, int64(*at), 10)
	case *Maybe[int]:
		if at.Given {
			return strconv.AppendInt(b, int64(at.Value), 10)
		}
	case *bool:
		if *at {
			return append(b, 'Y')
		}
		return append(b, 'N')
	}
	return b
}

// bindAll finds the places of columns in a record.
func bindAll[R any](columns []Column[R], r *R) []cell {
	cells := make([]cell, len(columns))
	for i := range columns {
		cells[i] = cell{&columns[i].Info, columns[i].at(r)}
	}
	return cells
}

// writeAll appends the fields of a record, each behind a comma.
func writeAll[R any](b []byte, columns []Column[R], r *R) []byte {
	for i := range columns {
		c := cell{&columns[i].Info, columns[i].at(r)}
		b = c.write(append(b, ','))
	}
	return b
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

func isHash(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c-'0' > 9 && c-'a' > 5 {
			return false
		}
	}
	return len(s) == 64
}
