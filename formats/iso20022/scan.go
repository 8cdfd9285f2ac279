package iso20022

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// errStop ends the reading of a message whose reason stands in the faults.
var errStop = errors.New("message cannot be read on")

var (
	errToken = errors.New("tag or text too long")
	errBytes = errors.New("message too large")
)

// meter hands bytes to the decoder and stops it at the limits, so that no
// token can fill the memory.
type meter struct {
	r      *bufio.Reader
	left   int64 // bytes of the message still allowed
	token  int   // bytes of the token still allowed
	failed error // what the underlying reader said, io.EOF apart
}

func (m *meter) ReadByte() (byte, error) {
	if m.token <= 0 {
		return 0, errToken
	}
	if m.left <= 0 {
		return 0, errBytes
	}
	b, err := m.r.ReadByte()
	if err != nil {
		if err != io.EOF {
			m.failed = err
		}
		return 0, err
	}
	m.token--
	m.left--
	return b, nil
}

// Read exists because a decoder wants an io.Reader; it uses ReadByte.
func (m *meter) Read(p []byte) (int, error) { return readByte(m, p) }

// readByte is a Read of one byte.
func readByte(r io.ByteReader, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// scanner walks over one message, element by element. Its methods consume
// the element whose start was read last, up to and with its end.
type scanner struct {
	src        *meter
	dec        *xml.Decoder
	limits     Limits
	space      string // namespace of the message
	attrs      []xml.Attr
	path       []string
	record     int // ordinal of the record being read; 0 in the head
	faults     Faults
	headFaulty bool // one of them is the head's
}

// peeked is how much of a message tells its encoding.
const peeked = 16 << 10

func newScanner(r io.Reader, limits Limits) *scanner {
	limits = limits.orDefault()
	in := fromUTF16(bufio.NewReaderSize(r, 64<<10))
	if bom, _ := in.Peek(3); string(bom) == "\ufeff" {
		_, _ = in.Discard(3) // cannot fail: the bytes were peeked
	}
	x := &scanner{src: &meter{r: in, left: limits.Bytes, token: limits.Token}, limits: limits}
	x.dec = xml.NewDecoder(x.src)
	head, _ := in.Peek(peeked)
	x.dec.CharsetReader = charset(head)
	return x
}

// message reads a whole document of one kind: Document, and in it the
// element named root, whose children go to each. The error is errStop or
// what is not the content's fault.
func (x *scanner) message(name, root string, each func(string) error) error {
	found, err := x.document()
	if err != nil {
		return err
	}
	if found != namespace+name {
		return x.stop(otherKind(found, name), "namespace "+quoted(found)+", expected "+namespace+name)
	}
	x.space = found
	seen := false
	err = x.children(func(child string) error {
		if child != root || seen {
			x.fault(Malformed, "expected one "+root)
			return x.skip()
		}
		seen = true
		return x.children(each)
	})
	if err != nil {
		return err
	}
	if !seen {
		x.faultAt(root, Missing, "no "+root)
	}
	return x.tail()
}

// otherKind tells another version of a message from another message.
func otherKind(found, name string) Code {
	kind := name[:strings.LastIndexByte(name, '.')] // pain.001.001
	kind = kind[:strings.LastIndexByte(kind, '.')+1]
	if strings.HasPrefix(found, namespace+kind) {
		return WrongVersion
	}
	return WrongKind
}

// document finds the root element and returns its namespace.
func (x *scanner) document() (string, error) {
	for {
		tok, err := x.token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local != "Document" {
				return "", x.stop(WrongKind, "root element "+quoted(t.Name.Local)+", expected Document")
			}
			return t.Name.Space, nil
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return "", x.stop(Unreadable, "text before the first element")
			}
		}
	}
}

// tail reads what may follow the root element: nothing but space, comments
// and processing instructions.
func (x *scanner) tail() error {
	for {
		x.src.token = x.limits.Token
		tok, err := x.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return x.unreadable(err)
		}
		switch t := tok.(type) {
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return x.stop(Unreadable, "text after the end of the message")
			}
		case xml.StartElement, xml.Directive:
			return x.stop(Unreadable, "more after the end of the message")
		}
	}
}

// token is the next token that is part of a message; directives stop.
func (x *scanner) token() (xml.Token, error) {
	x.src.token = x.limits.Token
	tok, err := x.dec.Token()
	if err != nil {
		return nil, x.unreadable(err)
	}
	if _, ok := tok.(xml.Directive); ok {
		return nil, x.stop(Unreadable, "a document type or other directive is not accepted")
	}
	return tok, nil
}

// unreadable turns what the decoder said into a fault, unless the reader
// below it failed.
func (x *scanner) unreadable(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case x.src.failed != nil:
		return x.src.failed
	case errors.Is(err, io.EOF):
		return x.stop(Unreadable, "no message in it, or it ends too early")
	case errors.Is(err, errToken), errors.Is(err, errBytes):
		return x.stop(TooLarge, err.Error())
	case errors.As(err, &syntax):
		return x.stop(Unreadable, syntax.Msg)
	}
	return x.stop(Unreadable, strings.TrimPrefix(err.Error(), "xml: "))
}

// children calls each with the name of every child element in the message's
// namespace; each must consume it. Elements of other namespaces are passed
// over.
func (x *scanner) children(each func(name string) error) error {
	for {
		tok, err := x.token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := x.child(t, each); err != nil {
				return err
			}
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				x.fault(Malformed, "text where elements are expected")
			}
		}
	}
}

func (x *scanner) child(t xml.StartElement, each func(name string) error) error {
	if len(x.path) == x.limits.Depth {
		return x.stop(TooLarge, "elements nested too deep")
	}
	x.path = append(x.path, t.Name.Local)
	x.attrs = t.Attr
	var err error
	if t.Name.Space == x.space {
		err = each(t.Name.Local)
	} else {
		err = x.skip()
	}
	if err != nil {
		return err
	}
	x.path = x.path[:len(x.path)-1]
	return nil
}

// skip passes over an element and all that is in it.
func (x *scanner) skip() error {
	for depth := 1; depth > 0; {
		tok, err := x.token()
		if err != nil {
			return err
		}
		switch tok.(type) {
		case xml.StartElement:
			if depth++; len(x.path)+depth > x.limits.Depth {
				return x.stop(TooLarge, "elements nested too deep")
			}
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// raw is an element's text without outer space, inner line breaks and tabs
// as spaces.
func (x *scanner) raw() (string, error) {
	var text []byte
	for {
		tok, err := x.token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return strings.Map(flat, strings.TrimSpace(string(text))), nil
		case xml.CharData:
			if text = append(text, t...); len(text) > x.limits.Token {
				return "", x.stop(TooLarge, errToken.Error())
			}
		case xml.StartElement:
			x.fault(Malformed, "an element inside a text")
			if err := x.skip(); err != nil {
				return "", err
			}
		}
	}
}

func flat(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

// fault records what is wrong with the element being read.
func (x *scanner) fault(code Code, text string) {
	x.add(strings.Join(x.path, "/"), code, text)
}

// note records what was passed over at the element being read: it does not count.
func (x *scanner) note(code Code, text string) {
	f := x.one(strings.Join(x.path, "/"), code, text)
	x.faults.note(f)
}

// faultAt records what is wrong with, or missing below, that element.
func (x *scanner) faultAt(below string, code Code, text string) {
	x.add(strings.Join(append(x.path[:len(x.path):len(x.path)], below), "/"), code, text)
}

func (x *scanner) add(field string, code Code, text string) {
	if x.record == 0 {
		x.headFaulty = true
	}
	x.faults.add(x.one(field, code, text))
}

func (x *scanner) one(field string, code Code, text string) Fault {
	line, column := x.dec.InputPos()
	return Fault{Line: line, Column: max(column, 1), Record: x.record, Field: field, Code: code, Text: text}
}

// at lets faults be found at an element further up, so many levels below
// Document.
func (x *scanner) at(level int, look func()) {
	path := x.path
	x.path = path[:min(level, len(path))]
	look()
	x.path = path
}

// sound tells whether a record may be handed over: nothing was wrong with it
// since before, nor with the head that gives it its meaning.
func (x *scanner) sound(before int) bool { return x.faults.Total == before && !x.headFaulty }

func (x *scanner) stop(code Code, text string) error {
	x.fault(code, text)
	return errStop
}

// ended turns the error of message into that of a reader.
func ended(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}
