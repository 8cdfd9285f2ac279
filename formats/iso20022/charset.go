package iso20022

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// charsets are the encodings that are read beside UTF-8, by what a declaration calls them, in lower
// case and without dashes and underscores; nil: the bytes are UTF-8 as they are.
func charsets() map[string]encoding.Encoding {
	return map[string]encoding.Encoding{
		"utf8": nil, "usascii": nil, "ascii": nil, "utf16": nil, "utf16le": nil, "utf16be": nil, // what begins as UTF-16 is UTF-8 by now
		"iso88591": charmap.ISO8859_1, "latin1": charmap.ISO8859_1,
		"gb18030": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GBK, "gb2312": simplifiedchinese.GBK, "cp936": simplifiedchinese.GBK,
	}
}

// charset reads a message whose declaration names an encoding; it begins with head.
func charset(head []byte) func(label string, in io.Reader) (io.Reader, error) {
	return func(label string, in io.Reader) (io.Reader, error) {
		e, known := charsets()[strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(label))]
		switch {
		case !known:
			return nil, fmt.Errorf("encoding %s is not read: UTF-8, UTF-16, US-ASCII, ISO-8859-1, GBK and GB18030 are", quoted(label))
		case e == nil:
			return in, nil
		case saysUTF8(head):
			return nil, fmt.Errorf("encoding %s declared, but the bytes are UTF-8", quoted(label))
		}
		return &decoded{r: bufio.NewReader(e.NewDecoder().Reader(in)), label: label}, nil
	}
}

// saysUTF8 reports whether bytes are UTF-8 and no other encoding: two bytes of that are seldom it.
func saysUTF8(head []byte) bool {
	for len(head) > 0 && !utf8.RuneStart(head[len(head)-1]) { // the last character may be cut
		head = head[:len(head)-1]
	}
	head = head[:max(0, len(head)-1)]
	return utf8.Valid(head) && bytes.ContainsFunc(head, func(r rune) bool { return r >= utf8.RuneSelf })
}

// decoded is a decoder's text, up to the first bytes that are none of its encoding.
type decoded struct {
	r     *bufio.Reader
	label string
}

var errDecoded = errors.New("the bytes are not of the encoding that is declared")

func (d *decoded) ReadByte() (byte, error) {
	if next, err := d.r.Peek(3); err == nil && string(next) == "\ufffd" {
		return 0, fmt.Errorf("%w: %s", errDecoded, quoted(d.label))
	}
	return d.r.ReadByte()
}

// Read exists because a decoder wants an io.Reader; it uses ReadByte.
func (d *decoded) Read(p []byte) (int, error) { return readByte(d, p) }

// fromUTF16 is a message that begins as UTF-16 in UTF-8: with a byte order mark, or with "<" in two bytes.
func fromUTF16(in *bufio.Reader) *bufio.Reader {
	head, _ := in.Peek(2)
	order := unicode.BigEndian
	switch {
	case bytes.Equal(head, []byte{0xFE, 0xFF}), bytes.Equal(head, []byte{0, '<'}):
	case bytes.Equal(head, []byte{0xFF, 0xFE}), bytes.Equal(head, []byte{'<', 0}):
		order = unicode.LittleEndian
	default:
		return in
	}
	return bufio.NewReaderSize(unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(in), 64<<10)
}
