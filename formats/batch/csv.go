package batch

import (
	"io"
	"strings"

	"carryover/exchange/code"
	"carryover/exchange/money"
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
	r.line = c.number
	if tooLong {
		head, _, _ := strings.Cut(string(stored[:min(len(stored), 8)]), ",")
		r.set(strings.ToValidUTF8(head, "?"))
		r.fault = problem{code.TooLong, "整行过长 / the line is too long"}
		return r, nil
	}
	if c.decoder.encoding == GB18030 || !r.set(c.text(stored)) {
		text, spots := c.decoder.line(stored, offset)
		if r.set(string(text)); len(spots) > 0 {
			r.locate(spots)
		}
	}
	if r.typ() == "T" {
		c.sum = c.lines.sumBefore()
	}
	return r, nil
}

// text is a stored line as text; of the first line, without its byte order
// mark.
func (c *csvSource) text(stored []byte) string {
	if c.number == 1 {
		return string(stored)
	}
	return c.lines.text(stored)
}

func (c *csvSource) digest() string { return c.sum }
func (c *csvSource) draft() bool    { return false }

func (c *csvSource) finish(int, money.Fen) (string, bool, error) {
	_, _, _, err := c.lines.next()
	if err != nil && err != io.EOF {
		return "", false, err
	}
	identity, sumErr := c.lines.sum()
	return identity, err == nil, sumErr
}
