package batch

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover/exchange/code"
)

// field is one field of a row as it was found, with the classes of the
// characters in it.
type field struct {
	text  string
	class class
}

// class is a set of classes of characters.
type class uint8

const (
	classDigit class = 1 << iota
	classCapital
	classHyphen
	classOther // other ASCII that stands for itself
	classHigh  // beyond ASCII
	classBad   // a control character, or one that could not be decoded
	classComma
	classQuote
)

// classes is the class of every byte.
var classes = func() (t [256]class) {
	for i := range t {
		switch c := byte(i); {
		case c-'0' <= 9:
			t[i] = classDigit
		case c-'A' <= 25:
			t[i] = classCapital
		case c == '-':
			t[i] = classHyphen
		case c == ',':
			t[i] = classComma
		case c == '"':
			t[i] = classQuote
		case c >= utf8.RuneSelf:
			t[i] = classHigh
		case c < ' ' || c == 0x7F:
			t[i] = classBad
		default:
			t[i] = classOther
		}
	}
	return t
}()

// span is where a field stands in the text of its row. It holds no pointer:
// rows are kept in thousands, and neither filling them nor having them is to
// cost the garbage collector anything.
type span struct {
	from, to uint32
	class    class
}

// row is one row as a carrier gives it.
type row struct {
	line       int // of the file, or of the sheet
	text       string
	fields     []span
	fault      problem // what is wrong with the row as a whole
	broken     []spotted
	normalised []Normalisation
}

// spotted is a field that could not be decoded, and why.
type spotted struct {
	index int
	why   string
}

// typ is the row type, the first field.
func (r *row) typ() string { return r.at(0) }

// at is the text of the i-th field.
func (r *row) at(i int) string { return r.text[r.fields[i].from:r.fields[i].to] }

// texts are the fields as plain text.
func (r *row) texts() []string {
	t := make([]string, len(r.fields))
	for i := range r.fields {
		t[i] = r.at(i)
	}
	return t
}

// readField reads the i-th field into its place.
func (r *row) readField(i int, c *Cell, e *env) problem {
	if class := r.fields[i].class; class&classBad == 0 {
		return c.read(field{r.at(i), class}, e)
	}
	c.clear()
	return r.bad(i)
}

// bad says what is wrong with the characters of the i-th field.
func (r *row) bad(i int) problem {
	for _, s := range r.broken {
		if s.index == i {
			return problem{code.Malformed, s.why}
		}
	}
	c, _ := firstControl(r.at(i))
	return problem{code.Malformed, controlText(c)}
}

func controlText(r rune) string {
	what := "含控制字符 / control character"
	switch {
	case r == utf8.RuneError:
		what = "含替代符（原字已丢失） / replacement character: what stood there is lost"
	case isPrivate(r):
		what = "含自造字（私有区） / private-use character"
	case unicode.Is(unicode.Cf, r):
		what = "含不可见的格式字符 / invisible format character"
	}
	return fmt.Sprintf("%s U+%04X", what, r)
}

// anyBad is the first field with wrong characters, or -1.
func (r *row) anyBad() int {
	for i := range r.fields {
		if r.fields[i].class&classBad != 0 {
			return i
		}
	}
	return -1
}

// blank reports whether the i-th field holds nothing but spaces.
func (r *row) blank(i int) bool { return Blank(r.at(i)) }

// maxFields bounds the fields of a row; no layout comes near it.
const maxFields = 128

// set makes the row of one line of text. It reports false, and leaves the
// row unfinished, when the text is not valid UTF-8.
func (r *row) set(s string) bool {
	r.text, r.fields, r.fault, r.broken, r.normalised = s, r.fields[:0], problem{}, r.broken[:0], r.normalised[:0]
	start := 0
	var in class
	for i := 0; i < len(s); {
		c := s[i]
		k := classes[c]
		if k < classHigh {
			in |= k
			i++
			continue
		}
		// Most others are Chinese: E3 to EC begin three bytes, no control.
		if c >= 0xE3 && c <= 0xEC && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80 {
			in |= classHigh
			i += 3
			continue
		}
		switch k {
		default:
			in |= k
			i++
		case classHigh:
			n, k := highRune(s[i:])
			if n == 0 {
				return false
			}
			in |= k
			i += n
		case classComma:
			r.fields = append(r.fields, span{uint32(start), uint32(i), in})
			if len(r.fields) >= maxFields {
				r.fault = problem{code.Malformed, "字段过多 / too many fields"}
				return true
			}
			i++
			start, in = i, 0
		case classQuote:
			if i = r.quoted(s, start, i); i < 0 {
				return true
			}
			start, in = i, 0
		}
	}
	r.fields = append(r.fields, span{uint32(start), uint32(len(s)), in})
	return true
}

// quoted adds the field of s whose opening quote was met at i. It returns
// where the next field starts, or -1 when there is none or the quotes are
// wrong.
func (r *row) quoted(s string, start, i int) int {
	text, next, ok := unquote(s, i)
	if i != start || !ok {
		r.fields = append(r.fields, span{from: uint32(start), to: uint32(len(s))})
		r.fault = problem{code.Malformed, "引号应成对包住整个字段 / quotes must come in pairs and enclose the whole field"}
		return -1
	}
	from := i + 1
	if from+len(text) != next-1 { // quotes in it were doubled
		from = len(r.text)
		r.text += text
	}
	if r.fields = append(r.fields, span{uint32(from), uint32(from + len(text)), classOf(text)}); next == len(s) {
		return -1
	}
	return next + 1
}

// unquote takes the quoted field that begins at s[i]; what follows it is the
// end of s or a comma, at next.
func unquote(s string, i int) (text string, next int, ok bool) {
	var b strings.Builder
	for i++; ; {
		j := strings.IndexByte(s[i:], '"')
		if j < 0 {
			return "", 0, false
		}
		b.WriteString(s[i : i+j])
		if i += j + 1; i < len(s) && s[i] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		return b.String(), i, i == len(s) || s[i] == ','
	}
}

// highRune is the length and class of the character beyond ASCII at the
// start of s; 0 when it is not valid UTF-8.
func highRune(s string) (int, class) {
	switch c, n := utf8.DecodeRuneInString(s); {
	case c == utf8.RuneError && n == 1: // one that stands there has three bytes
		return 0, classBad
	case Unfit(c):
		return n, classBad
	default:
		return n, classHigh
	}
}

// classOf is the classes of the characters of a text of valid UTF-8; commas
// and quotes in it stand for themselves.
func classOf(s string) (in class) {
	for i := 0; i < len(s); {
		k, n := classes[s[i]], 1
		switch k {
		case classHigh:
			n, k = highRune(s[i:])
		case classComma, classQuote:
			k = classOther
		}
		in |= k
		i += max(n, 1)
	}
	return in
}

// Unfit reports what must not stand in a field of a batch: control and format characters, which nobody sees; the
// separators of lines and paragraphs; private use and the replacement character, of which nobody knows
// what they are; and the two values at the end of every plane that are no characters, which no workbook
// can hold.
func Unfit(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r&0xFFFE == 0xFFFE || r == utf8.RuneError || unicode.Is(unicode.Cf, r) || isPrivate(r)
}

func firstControl(s string) (rune, bool) {
	for _, r := range s {
		if Unfit(r) {
			return r, true
		}
	}
	return 0, false
}

// locate finds the fields that hold the broken characters of a decoded line:
// utf8.RuneError or private use where the decoder found a spot.
func (r *row) locate(spots []spot) {
	if r.fault.code != "" {
		r.fault.text = spots[0].why
		return
	}
	for i := range r.fields {
		named := false
		for _, c := range r.at(i) {
			if (c != utf8.RuneError && !isPrivate(c)) || len(spots) == 0 {
				continue
			}
			if !named {
				named = true
				r.fields[i].class |= classBad
				r.broken = append(r.broken, spotted{i, spots[0].why})
			}
			spots = spots[1:]
		}
	}
}

func isPrivate(r rune) bool { return (r >= 0xE000 && r <= 0xF8FF) || r >= 0xF0000 }
