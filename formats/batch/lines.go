package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// errTooLarge ends the reading of a file beyond its bound.
var errTooLarge = errors.New("file too large")

// lines cuts a file into lines, in a buffer of fixed size, and hashes every
// byte as it is stored. Reading (load) and cutting (line) are apart, so that
// the one who reads can be another than the one who cuts, in turns.
type lines struct {
	src    io.Reader
	buf    []byte
	start  int // of the next line
	end    int // of what was read
	hashed int // bytes of buf that are in the hash
	base   int64
	ended  bool
	max    int   // longest line
	left   int64 // bytes the file may still have
	hash   hash.Hash

	head    []byte // the start of a line that was too long, to be given next
	headAt  int64
	lineAt  int    // start in buf of the line given last
	block   string // a part of the file as text
	blockAt int64  // its offset in the file
}

func newLines(src io.Reader, maxLine int, maxBytes int64) *lines {
	return &lines{src: src, buf: make([]byte, 2*maxLine+(64<<10)), max: maxLine, left: maxBytes, hash: sha256.New()}
}

// load reads until there is a line to give, or the file has ended.
func (l *lines) load() error {
	for from := l.start; bytes.IndexByte(l.buf[from:l.end], '\n') < 0 && !l.ended && l.head == nil; {
		if l.end-l.start > l.max {
			return l.skip()
		}
		from = l.end - l.start
		if err := l.fill(); err != nil {
			return err
		}
	}
	return nil
}

// skip passes over a line that does not end within the bound and keeps its
// beginning, which tells the row type.
func (l *lines) skip() error {
	l.head, l.headAt = bytes.Clone(l.buf[l.start:l.start+16]), l.base+int64(l.start)
	for {
		if i := bytes.IndexByte(l.buf[l.start:l.end], '\n'); i >= 0 {
			l.start += i + 1
			return nil
		}
		if l.start = l.end; l.ended {
			return nil
		}
		if err := l.fill(); err != nil {
			return err
		}
	}
}

// fill makes room by dropping lines already given and reads more.
func (l *lines) fill() error {
	if l.start > 0 {
		l.hashTo(l.start)
		copy(l.buf, l.buf[l.start:l.end])
		l.base += int64(l.start)
		l.end -= l.start
		l.start, l.hashed = 0, 0
	}
	n, err := io.ReadAtLeast(l.src, l.buf[l.end:], 1)
	l.end += n
	if l.left -= int64(n); l.left < 0 {
		return errTooLarge
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		l.ended, err = true, nil
	}
	return err
}

// line returns the next line without its end, valid until the next load, its
// offset in the file, and whether it was too long, of which only the
// beginning is returned. It returns false when more must be loaded first.
func (l *lines) line() (line []byte, offset int64, tooLong, ok bool) {
	if l.head != nil {
		line, l.head, l.lineAt = l.head, nil, l.start
		return line, l.headAt, true, true
	}
	rest := l.buf[l.start:l.end]
	n := bytes.IndexByte(rest, '\n')
	next := n + 1
	if n < 0 {
		if !l.ended || len(rest) == 0 {
			return nil, 0, false, false
		}
		n, next = len(rest), len(rest)
	}
	line, offset = rest[:n], l.base+int64(l.start)
	l.lineAt, l.start = l.start, l.start+next
	if n > 0 && line[n-1] == '\r' && next > n {
		line = line[:n-1]
	}
	if len(line) > l.max {
		return line[:16], offset, true, true
	}
	return line, offset, false, true
}

// shared is how many bytes are made text at once.
const shared = 16 << 10

// text is the line given last as a string. Lines that stand close together
// share memory, so that not each of them costs an allocation.
func (l *lines) text(line []byte) string {
	at := l.base + int64(l.lineAt)
	if i := at - l.blockAt; i >= 0 && i+int64(len(line)) <= int64(len(l.block)) {
		return l.block[i : i+int64(len(line))]
	}
	if len(line) > shared {
		return string(line)
	}
	l.blockAt, l.block = at, string(l.buf[l.lineAt:min(l.lineAt+shared, l.end)])
	return l.block[:len(line)]
}

func (l *lines) hashTo(i int) {
	if i > l.hashed {
		l.hash.Write(l.buf[l.hashed:i])
		l.hashed = i
	}
}

// sumBefore is the digest of all bytes before the line given last.
func (l *lines) sumBefore() string {
	l.hashTo(l.lineAt)
	return hex.EncodeToString(l.hash.Sum(nil))
}

// sum reads what is left and is the digest of the whole file; more reports
// that something was left.
func (l *lines) sum() (digest string, more bool, err error) {
	more = l.start < l.end
	for !l.ended {
		l.start = l.end
		if err := l.fill(); err != nil {
			return "", false, err
		}
		more = more || l.end > l.start
	}
	l.start = l.end
	l.hashTo(l.end)
	return hex.EncodeToString(l.hash.Sum(nil)), more, nil
}
