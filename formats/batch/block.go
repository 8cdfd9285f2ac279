package batch

import (
	"bytes"
	"encoding/hex"
	"hash"
	"strings"

	"carryover/exchange/code"
)

// block is a part of a file: some lines as they are stored and, once done is
// closed, the rows made of them.
type block struct {
	buf    []byte
	stored []byte // the lines, in buf
	offset int64  // of stored in the file
	within bool   // the first line is the rest of one that was too long
	max    int    // bytes of a line

	done    chan struct{}
	rows    []row
	spans   []span // where the fields of most rows lie
	decoder decoder
	text    string // the lines around the row made last, which share memory
	textAt  int    // where text lies in stored
	trailer int    // where T begins in stored, -1 without
	after   bool   // there is something behind T
	sum     string // the digest of all bytes before T
}

// start cuts, decodes and hashes the lines in a goroutine of its own, the
// last behind the block before.
func (b *block) start(encoding Encoding, before <-chan struct{}, h hash.Hash) {
	done := make(chan struct{})
	b.done, b.decoder.encoding = done, encoding
	go func() {
		defer close(done)
		b.cut()
		if before != nil {
			<-before
		}
		b.hash(h)
	}()
}

// cut makes rows of the lines, up to the trailer.
func (b *block) cut() {
	b.rows, b.spans, b.text, b.textAt, b.trailer, b.after = b.rows[:0], b.spans[:0], "", 0, -1, false
	at := 0
	switch {
	case b.within:
		if at = bytes.IndexByte(b.stored, '\n') + 1; at == 0 {
			return
		}
	case b.offset == 0 && bytes.HasPrefix(b.stored, utf8BOM):
		at = len(utf8BOM)
	}
	for at < len(b.stored) {
		next := len(b.stored)
		line := b.stored[at:]
		if n := bytes.IndexByte(line, '\n'); n >= 0 {
			next = at + n + 1
			if line = line[:n]; n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
		}
		if r := b.add(line, at); r.typ() == "T" {
			b.trailer, b.after = at, next < len(b.stored)
			return
		}
		at = next
	}
}

// add makes a row of one line.
func (b *block) add(line []byte, at int) *row {
	if len(b.rows) == cap(b.rows) {
		b.rows = append(b.rows, row{})
	} else {
		b.rows = b.rows[:len(b.rows)+1] // with the slices it has
	}
	if cap(b.spans)-len(b.spans) < maxFields {
		b.spans = make([]span, 0, max(2*cap(b.spans), 8*maxFields)) // the rows keep theirs
	}
	r := &b.rows[len(b.rows)-1]
	r.fields = b.spans[len(b.spans):]
	b.set(r, line, at)
	b.spans = b.spans[:min(len(b.spans)+len(r.fields), cap(b.spans))]
	return r
}

func (b *block) set(r *row, line []byte, at int) {
	if len(line) > b.max {
		head, _, _ := strings.Cut(string(line[:8]), ",")
		r.set(strings.ToValidUTF8(head, "?"))
		r.fault = problem{code.TooLong, "整行过长 / the line is too long"}
		return
	}
	if b.decoder.encoding == GB18030 || !r.set(b.share(line, at)) {
		text, spots := b.decoder.line(line, b.offset+int64(at))
		if r.set(string(text)); len(spots) > 0 {
			r.locate(spots)
		}
	}
}

// shared is how many bytes are made text at once.
const shared = 16 << 10

// share is a line as a string. Lines that stand close together share memory,
// so that not each of them costs an allocation.
func (b *block) share(line []byte, at int) string {
	if i := at - b.textAt; i+len(line) <= len(b.text) {
		return b.text[i : i+len(line)]
	}
	if len(line) > shared {
		return string(line)
	}
	b.textAt, b.text = at, string(b.stored[at:min(at+shared, len(b.stored))])
	return b.text[:len(line)]
}

// hash adds the lines to the hash of the file.
func (b *block) hash(h hash.Hash) {
	if b.trailer < 0 {
		h.Write(b.stored)
		return
	}
	h.Write(b.stored[:b.trailer])
	b.sum = hex.EncodeToString(h.Sum(nil))
	h.Write(b.stored[b.trailer:])
}
