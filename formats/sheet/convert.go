package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

// ErrFaulty is returned for a batch that cannot be converted because it, or a
// record of it, has faults; the Result tells which.
var ErrFaulty = errors.New("the batch has faults")

// Target says what a batch is converted to.
type Target struct {
	Carrier  batch.Carrier
	Encoding batch.Encoding // of CSV
	Sequence int            // given to a workbook that has none yet
}

// Convert reads a batch of either carrier and writes the same batch to
// another. Only a batch without faults is converted: on any error what was
// written is to be thrown away.
func Convert(to io.Writer, src io.Reader, kinds []*batch.Kind, o batch.Options, t Target) (batch.Result, error) {
	r, err := NewReader(src, kinds, o)
	if err != nil {
		return batch.Result{}, err
	}
	if r.Kind() == nil || faulty(r.Faults()) {
		for r.Next() {
			continue
		}
		res, err := r.Result()
		if err == nil {
			err = ErrFaulty
		}
		return res, err
	}
	h := r.Header()
	if h.Sequence == 0 {
		h.Sequence = t.Sequence
	}
	if t.Carrier == batch.Workbook {
		return toWorkbook(to, r, h)
	}
	return toCSV(to, r, h, t.Encoding)
}

// faulty reports a fault of the file, warnings aside.
func faulty(faults []batch.Fault) bool {
	return slices.ContainsFunc(faults, func(f batch.Fault) bool { return !f.Warning() })
}

func toCSV(to io.Writer, r *batch.Reader, h batch.Header, encoding batch.Encoding) (batch.Result, error) {
	w, err := batch.NewWriter(to, r.Kind(), h, encoding)
	if err != nil {
		return batch.Result{}, err
	}
	for r.Next() {
		rec := r.Record()
		if !rec.OK() {
			continue
		}
		if err := w.Write(rec.Value); err != nil {
			return batch.Result{}, fmt.Errorf("line %d: %w", rec.Line, err)
		}
	}
	if _, err := w.Close(); err != nil {
		return batch.Result{}, err
	}
	return verdict(r)
}

// toWorkbook states the digest of the equivalent CSV batch in UTF-8.
func toWorkbook(to io.Writer, r *batch.Reader, h batch.Header) (batch.Result, error) {
	b, err := newBook(r.Kind())
	if err != nil {
		return batch.Result{}, err
	}
	plain := sha256.New()
	plain.Write(batch.AppendRow(nil, h.Fields()))
	for r.Next() {
		rec := r.Record()
		if !rec.OK() {
			continue
		}
		for _, fields := range rec.Fields() {
			plain.Write(batch.AppendRow(nil, fields))
			if err := b.addRow(fields); err != nil {
				return batch.Result{}, fmt.Errorf("line %d: %w", rec.Line, err)
			}
		}
	}
	res, err := verdict(r)
	if err != nil {
		return res, errors.Join(err, b.file.Close())
	}
	return res, b.close(to, h, &seal{res.Total, hex.EncodeToString(plain.Sum(nil))})
}

// verdict is the Result of a batch read to its end, ErrFaulty if it is not
// accepted.
func verdict(r *batch.Reader) (batch.Result, error) {
	res, err := r.Result()
	if err == nil && res.Verdict != code.FileAccepted {
		err = ErrFaulty
	}
	return res, err
}
