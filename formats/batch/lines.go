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
// byte as it is stored.
type lines struct {
	src     io.Reader
	buf     []byte
	start   int           // of the next line
	end     int           // of what was read
	hashed  int           // bytes of buf that are in the hash, or soon will be
	hashing chan struct{} // closed when the hash is at rest; nil: it is
	base    int64
	ended   bool
	max     int   // longest line
	left    int64 // bytes the file may still have
	hash    hash.Hash
	block   string // a part of the file as text
	blockAt int64  // its offset in the file
	lineAt  int    // start in buf of the line given last
}

func newLines(src io.Reader, maxLine int, maxBytes int64) *lines {
	return &lines{src: src, buf: make([]byte, 2*maxLine+(64<<10)), max: maxLine, left: maxBytes, hash: sha256.New()}
}

// next returns the next line without its end, valid until the next call,
// its offset in the file, and whether it was too long, of which only the
// beginning is returned. After the last line it returns io.EOF.
func (l *lines) next() (line []byte, offset int64, tooLong bool, err error) {
	from := l.start
	for {
		if i := bytes.IndexByte(l.buf[from:l.end], '\n'); i >= 0 {
			return l.take(from+i, from+i+1)
		}
		if l.end-l.start > l.max {
			return l.long()
		}
		from = l.end
		if l.ended {
			if l.start == l.end {
				return nil, 0, false, io.EOF
			}
			return l.take(l.end, l.end)
		}
		from -= l.start
		if err := l.fill(); err != nil {
			return nil, 0, false, err
		}
		from += l.start
	}
}

// take gives the line that ends before end; the next one starts at next.
func (l *lines) take(end, next int) ([]byte, int64, bool, error) {
	line := l.buf[l.start:end]
	l.lineAt, l.start = l.start, next
	offset := l.base + int64(l.lineAt)
	if n := len(line); n > 0 && line[n-1] == '\r' && next > end {
		line = line[:n-1]
	}
	if len(line) > l.max {
		return line[:l.max], offset, true, nil
	}
	return line, offset, false, nil
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
	l.blockAt, l.block = at, string(l.buf[l.lineAt:min(l.lineAt+shared, l.end)])
	if len(line) > len(l.block) {
		return string(line)
	}
	return l.block[:len(line)]
}

// long skips a line that does not end within the bound and gives its start.
func (l *lines) long() ([]byte, int64, bool, error) {
	offset := l.base + int64(l.start)
	head := bytes.Clone(l.buf[l.start : l.start+l.max])
	for {
		if i := bytes.IndexByte(l.buf[l.start:l.end], '\n'); i >= 0 {
			l.start += i + 1
			break
		}
		if l.start = l.end; l.ended {
			break
		}
		if err := l.fill(); err != nil {
			return nil, 0, false, err
		}
	}
	l.lineAt = l.start
	return head, offset, true, nil
}

// fill makes room by dropping lines already given and reads more, which is
// hashed while its lines are worked.
func (l *lines) fill() error {
	if l.start > 0 {
		l.hashTo(l.start)
		copy(l.buf, l.buf[l.start:l.end])
		l.base += int64(l.start)
		l.end -= l.start
		l.hashed -= l.start
		l.start = 0
	}
	n, err := io.ReadAtLeast(l.src, l.buf[l.end:], 1)
	l.end += n
	if l.left -= int64(n); l.left < 0 {
		return errTooLarge
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		l.ended, err = true, nil
	}
	l.hashAhead()
	return err
}

// heldBack is how much of what was read last is not hashed at once: the
// trailer, whose row is no longer than this, states the digest of what
// stands before it.
const heldBack = 4 << 10

// hashAhead hashes what was read beside the reading of its lines. Nothing
// writes to those bytes before rest was called.
func (l *lines) hashAhead() {
	to := l.end - heldBack
	if to-l.hashed < heldBack {
		return
	}
	l.rest()
	part, done := l.buf[l.hashed:to], make(chan struct{})
	l.hashed, l.hashing = to, done
	go func() {
		l.hash.Write(part)
		close(done)
	}()
}

// rest waits until the hash is at rest.
func (l *lines) rest() {
	if l.hashing != nil {
		<-l.hashing
		l.hashing = nil
	}
}

func (l *lines) hashTo(i int) {
	if l.rest(); i > l.hashed {
		l.hash.Write(l.buf[l.hashed:i])
		l.hashed = i
	}
}

// sumBefore is the digest of all bytes before the line given last; "" when
// that line stands too far from the end of the file to be its trailer.
func (l *lines) sumBefore() string {
	if l.hashTo(l.lineAt); l.hashed > l.lineAt {
		return ""
	}
	return hex.EncodeToString(l.hash.Sum(nil))
}

// sum reads what is left and is the digest of the whole file.
func (l *lines) sum() (string, error) {
	for !l.ended {
		l.start = l.end
		if err := l.fill(); err != nil {
			return "", err
		}
	}
	l.start = l.end
	l.hashTo(l.end)
	return hex.EncodeToString(l.hash.Sum(nil)), nil
}
