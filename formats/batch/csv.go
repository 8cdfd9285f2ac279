package batch

import (
	"io"
	"strings"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// csvSource gives the rows of a CSV batch. While the rows of one part of the
// file are worked, those of the next are cut, decoded and hashed beside it;
// only the caller's own goroutine reads from the file.
type csvSource struct {
	lines   *lines
	decoder decoder
	number  int    // of the last line cut
	trailed bool   // T was cut
	sum     string // the digest at T

	rows  []row // being given
	at    int
	ready []row // cut ahead
	busy  chan struct{}
	err   error // of reading, after the rows that are ready
}

// maxAhead bounds the rows that are cut ahead: the buffer of the lines does so
// first, unless they are very short. Fewer rows mean more waiting for each other.
const maxAhead = 4096

func newCSVSource(src io.Reader, encoding Encoding, o *Options) *csvSource {
	return &csvSource{lines: newLines(src, o.MaxLine, o.MaxBytes), decoder: decoder{encoding: encoding}}
}

func (c *csvSource) next() (*row, error) {
	if c.at == len(c.rows) {
		if err := c.turn(); err != nil {
			return nil, err
		}
	}
	c.at++
	return &c.rows[c.at-1], nil
}

// turn takes the rows that are ready and lets more be cut.
func (c *csvSource) turn() error {
	if c.busy == nil {
		c.begin()
	}
	c.rest()
	if len(c.ready) == 0 {
		if c.err != nil {
			return c.err
		}
		return io.EOF
	}
	c.rows, c.ready, c.at = c.ready, c.rows[:0], 0
	c.begin()
	return nil
}

// begin reads and starts the cutting of what was read.
func (c *csvSource) begin() {
	if c.trailed || c.err != nil {
		return
	}
	if c.err = c.lines.load(); c.err != nil {
		return
	}
	done := make(chan struct{})
	c.busy = done
	go func() {
		defer close(done)
		c.cut()
	}()
}

// rest waits until nothing is done beside the caller.
func (c *csvSource) rest() {
	if c.busy != nil {
		<-c.busy
		c.busy = nil
	}
}

// cut makes rows of the lines that were loaded, up to the trailer.
func (c *csvSource) cut() {
	for len(c.ready) < maxAhead && !c.trailed {
		stored, offset, tooLong, ok := c.lines.line()
		if !ok {
			break
		}
		if len(c.ready) == cap(c.ready) {
			c.ready = append(c.ready, row{})
		} else {
			c.ready = c.ready[:len(c.ready)+1] // with the slices it has
		}
		r := &c.ready[len(c.ready)-1]
		c.set(r, stored, offset, tooLong)
		if r.typ() == "T" {
			c.sum, c.trailed = c.lines.sumBefore(), true
		}
	}
	c.lines.hashTo(c.lines.start)
}

// set makes a row of a stored line.
func (c *csvSource) set(r *row, stored []byte, offset int64, tooLong bool) {
	c.number++
	r.line = c.number
	if tooLong {
		head, _, _ := strings.Cut(string(stored[:8]), ",")
		r.set(strings.ToValidUTF8(head, "?"))
		r.fault = problem{code.TooLong, "整行过长 / the line is too long"}
		return
	}
	if c.number == 1 && len(stored) >= 3 && string(stored[:3]) == string(utf8BOM) {
		stored, offset = stored[3:], offset+3
	}
	if c.decoder.encoding == GB18030 || !r.set(c.text(stored)) {
		text, spots := c.decoder.line(stored, offset)
		if r.set(string(text)); len(spots) > 0 {
			r.locate(spots)
		}
	}
}

// text is a stored line as text; the first line may lack its byte order mark.
func (c *csvSource) text(stored []byte) string {
	if c.number == 1 {
		return string(stored)
	}
	return c.lines.text(stored)
}

func (c *csvSource) digest() string { return c.sum }
func (c *csvSource) draft() bool    { return false }

func (c *csvSource) finish(int, money.Fen) (string, bool, error) {
	c.rest()
	return c.lines.sum()
}
