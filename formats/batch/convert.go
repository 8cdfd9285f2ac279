package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"carryover/exchange/code"
)

// ErrFaulty is returned for a batch that cannot be converted because it, or a
// record of it, has faults; the Result tells which.
var ErrFaulty = errors.New("the batch has faults")

// Target says what a batch is converted to.
type Target struct {
	Carrier  Carrier
	Encoding Encoding // of CSV
	Sequence int      // given to a workbook that has none yet
}

// Convert reads a batch of either carrier and writes the same batch to
// another. Only a batch without faults is converted: on any error what was
// written is to be thrown away.
func Convert(to io.Writer, src io.Reader, kinds []*Kind, o Options, t Target) (Result, error) {
	r, err := NewReader(src, kinds, o)
	if err != nil {
		return Result{}, err
	}
	if r.Kind() == nil || r.faulty() {
		for r.Next() {
			continue
		}
		return r.refuse()
	}
	h := r.Header()
	if h.Sequence == 0 {
		h.Sequence = t.Sequence
	}
	if t.Carrier == Workbook {
		return r.toWorkbook(to, h)
	}
	return r.toCSV(to, h, t.Encoding)
}

// faulty reports a fault of the file, warnings aside.
func (r *Reader) faulty() bool {
	for i := range r.faults {
		if !r.faults[i].Warning() {
			return true
		}
	}
	return false
}

// refuse ends a conversion with the verdict.
func (r *Reader) refuse() (Result, error) {
	res, err := r.Result()
	if err == nil {
		err = ErrFaulty
	}
	return res, err
}

func (r *Reader) toCSV(to io.Writer, h Header, encoding Encoding) (Result, error) {
	w, err := NewWriter(to, r.Kind(), h, encoding)
	if err != nil {
		return Result{}, err
	}
	for r.Next() {
		if !r.record.OK() {
			continue
		}
		if err := w.Write(r.record.Value); err != nil {
			return Result{}, fmt.Errorf("line %d: %w", r.record.Line, err)
		}
	}
	if _, err := w.Close(); err != nil {
		return Result{}, err
	}
	return r.verdict()
}

// toWorkbook states the digest of the equivalent CSV batch in UTF-8.
func (r *Reader) toWorkbook(to io.Writer, h Header) (Result, error) {
	b, err := newBook(r.Kind())
	if err != nil {
		return Result{}, err
	}
	plain := sha256.New()
	plain.Write(appendRow(nil, h.fields()))
	for r.Next() {
		if !r.record.OK() {
			continue
		}
		rows, _ := r.record.layout.ops.write(nil, r.record.Value)
		plain.Write(rows)
		if err := b.addRows(string(rows)); err != nil {
			return Result{}, fmt.Errorf("line %d: %w", r.record.Line, err)
		}
	}
	res, err := r.verdict()
	if err != nil {
		return res, errors.Join(err, b.file.Close())
	}
	return res, b.close(to, h, &seal{res.Total, hex.EncodeToString(plain.Sum(nil))})
}

// addRows puts rows of a CSV batch on their sheets.
func (b *book) addRows(rows string) error {
	lines := textSource{rest: rows}
	for {
		row, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err := b.addRow(row); err != nil {
			return err
		}
	}
}

// verdict is the Result of a batch read to its end, ErrFaulty if it is not
// accepted.
func (r *Reader) verdict() (Result, error) {
	res, err := r.Result()
	if err == nil && res.Verdict != code.FileAccepted {
		err = ErrFaulty
	}
	return res, err
}
