package batch

import (
	"io"
	"strings"
	"unicode/utf8"

	"carryover/exchange/code"
)

// csvSource gives the rows of a CSV batch.
type csvSource struct {
	lines   *lines
	decoder decoder
	row     row
	number  int
	sum     string
}

func newCSVSource(src io.Reader, encoding Encoding, o *Options) *csvSource {
	return &csvSource{lines: newLines(src, o.MaxLine, o.MaxBytes), decoder: decoder{encoding: encoding}}
}

func (c *csvSource) next() (*row, error) {
	stored, offset, tooLong, err := c.lines.next()
	if err != nil {
		return nil, err
	}
	c.number++
	if c.number == 1 && len(stored) >= 3 && string(stored[:3]) == string(utf8BOM) {
		stored, offset = stored[3:], offset+3
	}
	r := &c.row
	r.line, r.fault, r.why = c.number, "", ""
	if tooLong {
		head, _, _ := strings.Cut(string(stored[:min(len(stored), 8)]), ",")
		r.fields = append(r.fields[:0], field{text: strings.ToValidUTF8(head, "?")})
		r.fault, r.why = code.TooLong, "整行过长 / the line is too long"
		return r, nil
	}
	text, spots := c.decoder.line(stored, offset)
	r.fields, r.fault, r.why = split(r.fields, string(text))
	if len(spots) > 0 {
		c.locate(spots)
	}
	markControls(r.fields)
	if r.typ() == "T" {
		c.sum = c.lines.sumBefore()
	}
	return r, nil
}

// locate says in which fields the wrong bytes stand, or, when the line
// itself is malformed, in the line.
func (c *csvSource) locate(spots []spot) {
	if c.row.fault == "" {
		markBroken(c.row.fields, spots)
		return
	}
	c.row.why = spots[0].why
	for i := range c.row.fields {
		c.row.fields[i].text = strings.ReplaceAll(c.row.fields[i].text, string(utf8.RuneError), "?")
	}
}

func (c *csvSource) digest() string { return c.sum }
func (c *csvSource) draft() bool    { return false }

func (c *csvSource) finish() (string, bool, error) {
	_, _, _, err := c.lines.next()
	if err != nil && err != io.EOF {
		return "", false, err
	}
	identity, sumErr := c.lines.sum()
	return identity, err == nil, sumErr
}
