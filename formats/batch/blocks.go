package batch

import (
	"bytes"
	"errors"
	"io"
)

// errTooLarge ends the reading of a file beyond its bound.
var errTooLarge = errors.New("file too large")

// blocks reads a file in blocks of whole lines. A line longer than a block
// fills several of them.
type blocks struct {
	src    io.Reader
	max    int    // bytes of a line
	left   int64  // bytes the file may still have
	tail   []byte // what was read behind the last block
	offset int64  // of the next block in the file
	within bool   // the next block begins within a line
	ended  bool   // there is no next block
}

// maxLines bounds the lines of a block: its size does so first, unless they
// are very short.
const maxLines = 4096

func newBlocks(src io.Reader, maxLine int, maxBytes int64) *blocks {
	return &blocks{src: src, max: maxLine, left: maxBytes}
}

// load reads the next block. On an error b holds the lines that were read
// before it.
func (s *blocks) load(b *block) error {
	if b.buf == nil {
		b.buf, b.max = make([]byte, 2*s.max+(64<<10)), s.max
	}
	kept := copy(b.buf, s.tail)
	n, err := io.ReadFull(s.src, b.buf[kept:])
	b.stored, b.offset, b.within = b.buf[:kept+n], s.offset, s.within
	if s.left -= int64(n); s.left < 0 {
		b.stored, err = nil, errTooLarge
	}
	atEnd := err == io.EOF || err == io.ErrUnexpectedEOF
	if atEnd {
		err = nil
	}
	s.split(b, atEnd, err != nil)
	s.offset += int64(len(b.stored))
	return err
}

// split keeps what follows the last whole line of a block for the next one.
func (s *blocks) split(b *block, atEnd, broken bool) {
	lines, whole := wholeLines(b.stored)
	switch {
	case lines > maxLines:
		whole = nthLine(b.stored, maxLines)
	case atEnd:
		whole, s.ended = len(b.stored), true
	case whole == 0 && !broken: // within a line
		whole = len(b.stored)
	}
	s.within = lines == 0
	s.tail = append(s.tail[:0], b.stored[whole:]...)
	b.stored = b.stored[:whole]
}

// wholeLines counts the lines that end in b, and their bytes.
func wholeLines(b []byte) (lines, size int) {
	return bytes.Count(b, []byte{'\n'}), bytes.LastIndexByte(b, '\n') + 1
}

// nthLine is where the n-th of the lines in b ends.
func nthLine(b []byte, n int) (end int) {
	for range n {
		end += bytes.IndexByte(b[end:], '\n') + 1
	}
	return end
}
