package batch

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"carryover/exchange/code"
)

// row is one row as a carrier gives it.
type row struct {
	line     int // of the file, or of the sheet
	fields   []field
	fault    code.Fault // what is wrong with the row as a whole
	why      string
	warnings []slip
}

// slip is a typing slip in a workbook that was put right.
type slip struct {
	index int
	why   string
}

// typ is the row type, the first field.
func (r *row) typ() string { return r.fields[0].text }

// texts are the fields as plain text.
func (r *row) texts() []string {
	t := make([]string, len(r.fields))
	for i := range r.fields {
		t[i] = r.fields[i].text
	}
	return t
}

// source gives the rows of one carrier in the order of a CSV batch, H first
// and T last.
type source interface {
	// next returns the next row, valid until the following call, or io.EOF.
	next() (*row, error)
	// digest is what the trailer should state, once T was given.
	digest() string
	// finish reads to the end and returns the identity: the SHA-256 of the
	// plain CSV batch. more reports rows behind T.
	finish() (identity string, more bool, err error)
	// draft reports that a header without sequence and a trailer without
	// digest are in order.
	draft() bool
}

// split cuts a line of text into fields. It returns what is wrong with the
// line as a whole, if anything.
func split(fields []field, s string) ([]field, code.Fault, string) {
	fields = fields[:0]
	for {
		if len(s) > 0 && s[0] == '"' {
			text, rest, ok := unquote(s)
			if !ok {
				return append(fields, field{text: s}), code.Malformed, "引号不成对 / quotes do not match"
			}
			fields = append(fields, field{text: text})
			if rest == "" {
				return fields, "", ""
			}
			s = rest[1:]
			continue
		}
		i := strings.IndexByte(s, ',')
		text := s
		if i >= 0 {
			text = s[:i]
		}
		if strings.IndexByte(text, '"') >= 0 {
			return append(fields, field{text: s}), code.Malformed, "引号只能包住整个字段 / quotes must enclose the whole field"
		}
		fields = append(fields, field{text: text})
		if i < 0 {
			return fields, "", ""
		}
		if len(fields) >= maxFields {
			return fields, code.Malformed, "字段过多 / too many fields"
		}
		s = s[i+1:]
	}
}

// maxFields bounds the fields of a row; no layout comes near it.
const maxFields = 128

// unquote takes the quoted field at the start of s; what follows it is empty
// or begins with a comma.
func unquote(s string) (text, rest string, ok bool) {
	var b strings.Builder
	for i := 1; ; {
		j := strings.IndexByte(s[i:], '"')
		if j < 0 {
			return "", "", false
		}
		b.WriteString(s[i : i+j])
		i += j + 1
		if i < len(s) && s[i] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		return b.String(), s[i:], i == len(s) || s[i] == ','
	}
}

// markControls notes the fields that hold a control character or a line
// separator.
func markControls(fields []field) {
	for i := range fields {
		f := &fields[i]
		if f.bad != "" {
			continue
		}
		if r, found := firstControl(f.text); found {
			f.bad, f.why = code.Malformed, fmt.Sprintf("含控制字符 / control character U+%04X", r)
		}
	}
}

func firstControl(s string) (rune, bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < 0x20 || c == 0x7F {
			return rune(c), true
		}
		// U+0080–U+009F, U+2028 and U+2029 begin with these bytes.
		if c == 0xC2 || c == 0xE2 {
			if r, _ := utf8.DecodeRuneInString(s[i:]); unicode.IsControl(r) || r == 0x2028 || r == 0x2029 {
				return r, true
			}
		}
	}
	return 0, false
}

// markBroken notes the fields that hold a character that could not be
// decoded: utf8.RuneError where the decoder found a spot.
func markBroken(fields []field, spots []spot) {
	for i := range fields {
		if len(spots) == 0 {
			return
		}
		f := &fields[i]
		for _, r := range f.text {
			if r != utf8.RuneError && !isPrivate(r) || len(spots) == 0 {
				continue
			}
			if f.bad == "" {
				f.bad, f.why = code.Malformed, spots[0].why
			}
			spots = spots[1:]
		}
	}
}

func isPrivate(r rune) bool { return (r >= 0xE000 && r <= 0xF8FF) || r >= 0xF0000 }
