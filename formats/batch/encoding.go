package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encoding is how the text of a CSV batch is stored.
type Encoding string

// The encodings. Auto is for reading only: a byte order mark or else valid
// UTF-8 means UTF-8, anything else GB18030.
const (
	Auto    Encoding = ""
	UTF8    Encoding = "utf-8"
	GB18030 Encoding = "gb18030"
)

// ErrUnencodable is returned for text that an encoding cannot hold.
var ErrUnencodable = errors.New("character cannot be written in this encoding")

var utf8BOM = []byte{0xEF, 0xBB, 0xBF}

// Detect reads src to its end and says how its text is stored.
func Detect(src io.Reader) (Encoding, error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for first := true; ; first = false {
		n, err := io.ReadFull(src, buf[kept:])
		data := buf[:kept+n]
		if first && bytes.HasPrefix(data, utf8BOM) {
			return UTF8, nil
		}
		ended := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ended {
			return Auto, err
		}
		whole := len(data)
		if !ended {
			whole = lastWhole(data)
		}
		if !utf8.Valid(data[:whole]) {
			return GB18030, nil
		}
		if ended {
			return UTF8, nil
		}
		kept = copy(buf, data[whole:])
	}
}

// lastWhole is the length of b without a character that b's end cuts off.
func lastWhole(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				return len(b)
			}
			return i
		}
	}
	return len(b)
}

// spot is a place in a line where its bytes are wrong.
type spot struct {
	at  int // in the decoded line
	why string
}

// maxSpots bounds the spots kept of one line.
const maxSpots = 64

// decoder turns stored lines into UTF-8 and finds broken characters, which
// the usual decoder passes over in silence.
type decoder struct {
	encoding Encoding
	out      []byte
	spots    []spot
}

// line decodes one line that starts at byte offset of its file. What it
// returns is valid until the next call.
func (d *decoder) line(b []byte, offset int64) ([]byte, []spot) {
	d.spots = d.spots[:0]
	if isASCII(b) {
		return b, nil
	}
	if d.encoding != GB18030 {
		return d.utf8(b, offset)
	}
	return d.gb18030(b, offset)
}

func (d *decoder) utf8(b []byte, offset int64) ([]byte, []spot) {
	if utf8.Valid(b) {
		return b, nil
	}
	d.out = d.out[:0]
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			d.bad(offset+int64(i), "不是有效的 UTF-8 / not valid UTF-8")
		}
		d.out = utf8.AppendRune(d.out, r)
		i += n
	}
	return d.out, d.spots
}

func (d *decoder) bad(offset int64, why string) {
	if len(d.spots) < maxSpots {
		d.spots = append(d.spots, spot{len(d.out), fmt.Sprintf("文件第%d字节：%s (byte %d)", offset+1, why, offset+1)})
	}
}

// gb18030 decodes character by character only where a line is not plainly
// right: where decoding and encoding again does not give the same bytes.
func (d *decoder) gb18030(b []byte, offset int64) ([]byte, []spot) {
	d.out = d.out[:0]
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			d.out = append(d.out, b[i])
			i++
			continue
		}
		n := gbRun(b[i:])
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b[i : i+n])
		if err == nil && !hasPrivateUse(text) && d.same(text, b[i:i+n]) {
			d.out = append(d.out, text...)
			i += n
			continue
		}
		i += d.slowly(b[i:], n, offset+int64(i))
	}
	return d.out, d.spots
}

// gbRun is the length of the characters of two and four bytes at the start
// of b, up to the first byte that stands for itself.
func gbRun(b []byte) int {
	i := 0
	for i < len(b) && b[i] >= utf8.RuneSelf {
		i += gbLen(b[i:])
	}
	return min(i, len(b))
}

// gbLen is the length of the character at the start of b by its shape; a
// broken one is a single byte.
func gbLen(b []byte) int {
	switch {
	case b[0] == 0x80 || b[0] == 0xFF || len(b) < 2:
		return 1
	case b[1] >= 0x40 && b[1] != 0x7F && b[1] != 0xFF:
		return 2
	case b[1] >= 0x30 && b[1] <= 0x39 && len(b) >= 4 && b[2] >= 0x81 && b[2] <= 0xFE && b[3] >= 0x30 && b[3] <= 0x39:
		return 4
	}
	return 1
}

// slowly decodes the n bytes at the start of b one character at a time and
// notes each that is broken, cut off or of private use.
func (d *decoder) slowly(b []byte, n int, offset int64) int {
	for i := 0; i < n; {
		size := gbLen(b[i:])
		char := b[i : i+size]
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(char)
		sound := size > 1 && err == nil && d.same(text, char)
		if r, ok := revisedCode(char); ok {
			text, sound = utf8.AppendRune(nil, r), true
		}
		switch {
		case !sound:
			d.bad(offset+int64(i), "不是有效的 GB18030 / not valid GB18030")
			d.out = utf8.AppendRune(d.out, utf8.RuneError)
		case hasPrivateUse(text):
			d.bad(offset+int64(i), "自造字（私有区）/ private-use character")
			d.out = append(d.out, text...)
		default:
			d.out = append(d.out, text...)
		}
		i += size
	}
	return n
}

// same reports whether text is written as stored.
func (d *decoder) same(text, stored []byte) bool {
	back, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
	return err == nil && bytes.Equal(back, stored)
}

// encodeGB18030 is text in GB18030, or ErrUnencodable.
func encodeGB18030(text []byte) ([]byte, error) {
	if isASCII(text) {
		return text, nil
	}
	stored, read, err := storedGB(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnencodable, err)
	}
	d := decoder{encoding: GB18030}
	if back, spots := d.line(stored, 0); len(spots) > 0 || !bytes.Equal(back, read) {
		return nil, fmt.Errorf("gb18030: %w", ErrUnencodable)
	}
	return stored, nil
}

// CanEncode reports, as an error, whether text can be written in an encoding.
func CanEncode(e Encoding, text []byte) error {
	if e != GB18030 {
		if !utf8.Valid(text) {
			return fmt.Errorf("utf-8: %w", ErrUnencodable)
		}
		return nil
	}
	_, err := encodeGB18030(text)
	return err
}

func hasPrivateUse(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if isPrivate(r) {
			return true
		}
		i += n
	}
	return false
}

func isASCII[T string | []byte](b T) bool {
	for i := 0; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
