package batch

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Cell is a column at its place in one certain record, so that a reader
// that fills the same record again and again finds the place once.
type Cell struct {
	*Info
	at    any     // *string, *calendar.Date …
	text  *string // at, when it is one
	fill  func(c *Cell, f field, e *env) problem
	codes []string
}

// newCell binds a column to its place.
func newCell(info *Info, at any) Cell {
	c := Cell{Info: info, at: at, fill: (*Cell).readValue}
	if c.text, _ = at.(*string); c.text != nil {
		c.fill = textChecks[info.Type]
		c.codes = info.Codes.Codes()
	}
	return c
}

// textChecks are the checks of fields that are kept as text.
var textChecks = map[Type]func(*Cell, field, *env) problem{
	TypeText:   (*Cell).checkText,
	TypeNumber: (*Cell).checkNumber,
	TypeArea:   (*Cell).checkArea,
	TypeList:   (*Cell).checkList,
	TypeSet:    (*Cell).checkSet,
	TypeHash:   (*Cell).checkHash,
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
func (c *Cell) read(f field, e *env) problem {
	if f.text == "" {
		c.clear()
		if c.Need == Required {
			return problem{code: code.Missing}
		}
		return problem{}
	}
	if c.text != nil {
		*c.text = f.text
	}
	return c.fill(c, f, e)
}

// readValue reads a field that is not kept as text.
func (c *Cell) readValue(f field, _ *env) problem {
	switch at := c.at.(type) {
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

// Set reads a text that stands alone, as on a sheet, into the place; fault is
// "" when nothing is wrong with it, and why says what exactly. A place whose
// text has a fault holds nothing, or whatever could be understood.
func (c *Cell) Set(text string) (fault code.Fault, why string) {
	if r, bad := firstControl(text); bad {
		c.clear()
		return code.Malformed, controlText(r)
	}
	p := c.read(field{text, classOf(text)}, &env{})
	return p.code, p.text
}

// Text is what the place holds, as a row has it but for quotes.
func (c *Cell) Text() string {
	if c.text != nil {
		return *c.text
	}
	return string(c.write(nil))
}

func (c *Cell) clear() {
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

func (c *Cell) checkText(f field, _ *env) problem {
	if len(f.text) > c.Max && utf8.RuneCountInString(f.text) > c.Max {
		return problem{code.TooLong, atMost(c.Max)}
	}
	if c.Need == Required && Blank(f.text) {
		return problem{code: code.Missing}
	}
	return problem{}
}

func (c *Cell) checkNumber(f field, _ *env) problem {
	if f.class&^(classDigit|classCapital|classHyphen) != 0 {
		return problem{code.Malformed, textNumber}
	}
	if len(f.text) > c.Max {
		return problem{code.TooLong, atMost(c.Max)}
	}
	return problem{}
}

func (c *Cell) checkArea(f field, e *env) problem {
	if len(f.text) != 6 || f.class != classDigit {
		return problem{code.Malformed, textArea}
	}
	if e.area != nil && !e.area(f.text) {
		return problem{code.UnknownCode, Quoted(textNoArea, f.text)}
	}
	return problem{}
}

func (c *Cell) checkList(f field, _ *env) problem {
	if !slices.Contains(c.codes, f.text) {
		return problem{code.UnknownCode, Quoted(textNotListed, f.text)}
	}
	return problem{}
}

func (c *Cell) checkSet(f field, _ *env) problem {
	if len(f.text) > c.Max {
		return problem{code.TooLong, atMost(c.Max)}
	}
	for s, more := f.text, true; more; {
		var one string
		if one, s, more = strings.Cut(s, ";"); !slices.Contains(c.codes, one) {
			return problem{code.UnknownCode, Quoted(textNotListed, one)}
		}
	}
	return problem{}
}

func (c *Cell) checkHash(f field, _ *env) problem {
	if !isHash(f.text) {
		return problem{code.Malformed, textHash}
	}
	return problem{}
}

func readDate(at *calendar.Date, s string) problem {
	d, err := calendar.ParseDate(s)
	if *at = d; err == nil {
		return problem{}
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' && digits(s[:4]) && digits(s[5:7]) && digits(s[8:]) {
		return problem{code.ImpossibleDate, Quoted(textNoDate, s)}
	}
	return problem{code.Malformed, textDate}
}

func readMonth(at *calendar.Month, s string) problem {
	m, err := calendar.ParseMonth(s)
	if *at = m; err == nil {
		return problem{}
	}
	if len(s) == 7 && s[4] == '-' && digits(s[:4]) && digits(s[5:]) {
		return problem{code.ImpossibleDate, Quoted(textNoMonth, s)}
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
func (c *Cell) write(b []byte) []byte {
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

// Bind finds the places of columns in a record.
func Bind[R any](columns []Column[R], r *R) []Cell {
	cells := make([]Cell, len(columns))
	for i := range columns {
		cells[i] = newCell(&columns[i].Info, columns[i].at(r))
	}
	return cells
}

// writeAll appends the fields of a record, each behind a comma.
func writeAll[R any](b []byte, columns []Column[R], r *R) []byte {
	for i := range columns {
		c := Cell{Info: &columns[i].Info, at: columns[i].at(r)}
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

// Blank reports whether text holds nothing but spaces, of any width.
func Blank(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
		case c < utf8.RuneSelf || c >= 0xE4: // no space begins like this
			return false
		default:
			return strings.TrimSpace(s[i:]) == ""
		}
	}
	return true
}

// firstText is the first text that is not empty.
func firstText(cells []*Cell) string {
	for _, c := range cells {
		if s, ok := c.at.(*string); ok && *s != "" {
			return *s
		}
	}
	return ""
}

// sumOf adds up the amounts of one record: few, and each at most money.Max,
// so that they cannot overflow.
func sumOf(cells []*Cell) (sum money.Fen) {
	for _, c := range cells {
		switch at := c.at.(type) {
		case *money.Fen:
			sum = money.Clamped(sum, *at)
		case *Maybe[money.Fen]:
			sum = money.Clamped(sum, at.Value)
		}
	}
	return sum
}
