package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"carryover/exchange/money"
)

// csvSource gives the rows of a CSV batch. While the rows of one block are
// worked, the next ones are cut, decoded and hashed beside it; only the
// caller's own goroutine reads from the file.
type csvSource struct {
	blocks   *blocks
	encoding Encoding
	hash     hash.Hash
	number   int // of the row given last

	now   *block // whose rows are given
	at    int
	ahead []*block // being worked, in their order
	spare []*block
	last  <-chan struct{} // closed when the block loaded last is done
	err   error           // of reading, after the blocks ahead
}

// maxAhead bounds the blocks that are worked ahead.
const maxAhead = 3

func newCSVSource(src io.Reader, encoding Encoding, o *Options) *csvSource {
	return &csvSource{blocks: newBlocks(src, o.MaxLine, o.MaxBytes), encoding: encoding, hash: sha256.New()}
}

func (c *csvSource) next() (*row, error) {
	for c.now == nil || c.at == len(c.now.rows) {
		if err := c.turn(); err != nil {
			return nil, err
		}
	}
	r := &c.now.rows[c.at]
	c.at++
	c.number++
	r.line = c.number
	return r, nil
}

// turn goes to the next block and lets more be worked ahead.
func (c *csvSource) turn() error {
	if c.now != nil {
		if c.now.trailer >= 0 {
			return io.EOF
		}
		c.spare = append(c.spare, c.now)
		c.now = nil
	}
	for len(c.ahead) <= maxAhead && !c.blocks.ended && c.err == nil {
		c.load()
	}
	if len(c.ahead) == 0 {
		if c.err != nil {
			return c.err
		}
		return io.EOF
	}
	c.now, c.at = c.ahead[0], 0
	c.ahead = append(c.ahead[:0], c.ahead[1:]...)
	<-c.now.done
	return nil
}

// load reads a block and starts the work on it.
func (c *csvSource) load() {
	var b *block
	if n := len(c.spare); n > 0 {
		b, c.spare = c.spare[n-1], c.spare[:n-1]
	} else {
		b = new(block)
	}
	c.err = c.blocks.load(b)
	b.start(c.encoding, c.last, c.hash)
	c.last = b.done
	c.ahead = append(c.ahead, b)
}

func (c *csvSource) digest() string {
	if c.now == nil || c.now.trailer < 0 {
		return ""
	}
	return c.now.sum
}

func (c *csvSource) draft() bool { return false }

func (c *csvSource) finish(int, money.Fen) (identity string, more bool, err error) {
	more = c.now != nil && c.now.after
	<-c.last // there was a first row, so there was a block
	for _, b := range c.ahead {
		more = more || len(b.stored) > 0
	}
	for b := new(block); !c.blocks.ended && c.err == nil; { // behind blocks that hold something
		c.err = c.blocks.load(b)
		c.hash.Write(b.stored)
	}
	return hex.EncodeToString(c.hash.Sum(nil)), more, c.err
}
