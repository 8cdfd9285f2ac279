package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"unicode"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Rows are encoded records: UTF-8 rows, each ended by LF, ready to be put
// into a batch of their kind.
type Rows struct {
	Bytes  []byte
	Count  int       // rows, details included
	Amount money.Fen // what they add to the total
}

// RowType is the type of the first of encoded rows: what stands before the first
// comma.
func RowType(rows []byte) string {
	name, _, _ := bytes.Cut(rows, []byte(","))
	return string(name)
}

// Invalid is the error of a record that its own kind's checks refuse. It is ErrUnencodable, too, when the
// record holds a character that no batch may: it came by another way, or before that was so.
type Invalid struct {
	Faults  []Fault
	foreign bool
}

// Is makes it ErrUnencodable.
func (e *Invalid) Is(target error) bool { return e.foreign && target == ErrUnencodable }

// Error lists every fault.
func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString("invalid record")
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "; %s %s: %s %s", f.Row, f.Field, f.Code, f.Text)
	}
	return b.String()
}

// Append encodes one record behind rows; see Encoder.
func (k *Kind) Append(rows *Rows, rec any) error { return NewEncoder(k).Append(rows, rec) }

// Encoder encodes records of one kind and checks them as a reader would.
type Encoder struct {
	kind *Kind
	back Reader
	text textSource
}

// NewEncoder returns an encoder of a kind. It is for one goroutine.
func NewEncoder(k *Kind) *Encoder {
	e := &Encoder{kind: k}
	e.back = Reader{options: Options{}.withDefaults(), src: &e.text, envelope: envelope{kind: k}}
	return e
}

// Append encodes one record (a pointer to its struct) behind rows. The error
// is *Invalid when the record is at fault; rows are then as before.
func (e *Encoder) Append(rows *Rows, rec any) error {
	layout := e.kind.RowOf(rec)
	if layout == nil {
		return fmt.Errorf("%s: no row holds a %T", e.kind.Name, rec)
	}
	from := len(rows.Bytes)
	b, count := layout.ops.write(rows.Bytes, rec)
	if faults := e.judge(string(b[from:])); len(faults) > 0 {
		foreign := bytes.ContainsFunc(b[from:], func(r rune) bool { return Unfit(r) && !unicode.IsControl(r) })
		return &Invalid{faults, foreign}
	}
	amount, err := rows.Amount.Add(layout.ops.amount(rec))
	if err != nil {
		return err
	}
	rows.Bytes, rows.Count, rows.Amount = b, rows.Count+count, amount
	return nil
}

// judge reads the rows of one record back and returns what refuses it. The
// record is not taken for the first of a batch: order is the batch's affair.
func (e *Encoder) judge(rows string) []Fault {
	r := &e.back
	e.text.rest, r.done, r.record.Ordinal, r.result, r.total = rows, false, 1, Result{}, 0
	r.advance()
	var faults []Fault
	for r.Next() {
		for _, f := range r.record.Faults {
			if !f.Warning() {
				faults = append(faults, f)
			}
		}
	}
	if r.result.Records != 1 {
		faults = append(faults, Fault{Row: r.record.Row, Code: code.Malformed, Text: "不是一条记录 / not one record"})
	}
	r.faults = r.faults[:0]
	return faults
}

// textSource gives rows that were just encoded.
type textSource struct {
	rest string
	row  row
}

func (s *textSource) next() (*row, error) {
	if s.rest == "" {
		return nil, io.EOF
	}
	return s.cut(), nil
}

// cut takes the next row off the rest, which is not empty.
func (s *textSource) cut() *row {
	line, rest, _ := strings.Cut(s.rest, "\n")
	s.rest = rest
	if !s.row.set(line) {
		s.row.set(strings.ToValidUTF8(line, "\x00"))
	}
	return &s.row
}

func (s *textSource) digest() string { return "" }
func (s *textSource) finish(int, money.Fen) (string, bool, error) {
	return "", false, nil
}
func (s *textSource) draft() bool { return true }

// Trailer is what the last row of a written batch states, and the identity
// of the whole file.
type Trailer struct {
	Rows     int
	Total    money.Fen
	Digest   string
	Identity string
}

// Writer writes one CSV batch: the header at once, then records, then, in
// Close, the trailer. A record that is refused (*Invalid, ErrUnencodable) is
// left out and the batch can go on; after an error of the underlying writer
// nothing more is written, and what was is not a batch.
type Writer struct {
	to       io.Writer
	encoding Encoding
	hash     hash.Hash
	rows     int
	total    money.Fen
	encoder  *Encoder
	scratch  Rows
	err      error
}

// NewWriter writes the header of a batch of a kind. The header's Kind and
// Version are filled in; the encoding is UTF8 (also for Auto) or GB18030.
func NewWriter(to io.Writer, kind *Kind, h Header, encoding Encoding) (*Writer, error) {
	h.Kind, h.Version = kind.Name, Version
	if err := h.check(kind); err != nil {
		return nil, err
	}
	w := &Writer{to: to, encoding: encoding, encoder: NewEncoder(kind), hash: sha256.New()}
	if h.Sequence == 0 {
		return nil, errors.New("header: no sequence")
	}
	return w, w.put(AppendRow(nil, h.Fields()))
}

// Write checks and writes one record, a pointer to its struct.
func (w *Writer) Write(rec any) error {
	if w.err != nil {
		return w.err
	}
	w.scratch = Rows{Bytes: w.scratch.Bytes[:0]}
	if err := w.encoder.Append(&w.scratch, rec); err != nil {
		return err
	}
	return w.WriteRows(w.scratch)
}

// WriteRows writes records encoded before by an Encoder.
func (w *Writer) WriteRows(rows Rows) error {
	if w.err != nil {
		return w.err
	}
	total, err := w.total.Add(rows.Amount)
	if err != nil {
		return err
	}
	if err := w.put(rows.Bytes); err != nil {
		return err
	}
	w.rows, w.total = w.rows+rows.Count, total
	return nil
}

// Close writes the trailer. It does not close the underlying writer.
func (w *Writer) Close() (Trailer, error) {
	if w.err != nil {
		return Trailer{}, w.err
	}
	t := Trailer{Rows: w.rows, Total: w.total, Digest: hex.EncodeToString(w.hash.Sum(nil))}
	if err := w.put(AppendRow(nil, []string{"T", strconv.Itoa(t.Rows), t.Total.String(), t.Digest})); err != nil {
		return Trailer{}, err
	}
	t.Identity = hex.EncodeToString(w.hash.Sum(nil))
	w.err = errors.New("batch is closed")
	return t, nil
}

// put stores text in the batch's encoding. Text that cannot be written in it
// leaves the batch as it was.
func (w *Writer) put(text []byte) error {
	if w.encoding == GB18030 {
		var err error
		if text, err = encodeGB18030(text); err != nil {
			return err
		}
	} else if err := CanEncode(UTF8, text); err != nil {
		return err
	}
	w.hash.Write(text)
	_, w.err = w.to.Write(text)
	return w.err
}

// AppendRow appends a row of a CSV batch, its line end included; fields are in
// quotes where RFC 4180 needs them.
func AppendRow(b []byte, fields []string) []byte {
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendField(b, f)
	}
	return append(b, '\n')
}
