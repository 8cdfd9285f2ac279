// Package samples holds example files, good ones and bad ones with one fault
// each, and makes more of them: valid people, and valid batches about them of
// every kind and any size.
//
// Everything made here is synthetic and follows from a seed: the same seed
// gives the same bytes, whatever the day. Batches are written as they are
// made, so that memory does not grow with their size.
//
// The example files are embedded (Files) together with an index (Vectors)
// that says of each what it needs to be judged and what the verdict must be.
package samples

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// Options say who writes a generated batch to whom. Left out, they are what
// the kind's first parties would be between two agencies.
type Options struct {
	Sender   string // a party: 310100, 320500c
	Receiver string
	Sequence int       // 0: 1
	Created  time.Time // zero: Created
	Profile  string    // "": 2021
	Encoding batch.Encoding
	Carrier  batch.Carrier // "": CSV
}

// The two agencies that generated batches tell of when nobody else is named:
// people leave the one for the other.
const (
	OldPlace = "320500"
	NewPlace = "310100"
)

// Created is when generated batches say they were written, unless told: a
// fixed working day, so that they are the same whenever they are made.
func Created() time.Time {
	return time.Date(2026, 3, 2, 18, 30, 0, 0, time.FixedZone("", 8*60*60))
}

// ErrKind is returned for a kind of batch that does not exist.
var ErrKind = errors.New("no such kind of batch")

// Generate writes a valid batch of n records of a kind. The same arguments
// give the same bytes.
func Generate(w io.Writer, kind string, n int, seed int64, o Options) error {
	k := batch.Find(formats.Kinds(), kind)
	if k == nil {
		return fmt.Errorf("%q: %w", kind, ErrKind)
	}
	if n < 0 {
		return fmt.Errorf("%d records: a batch cannot have fewer than none", n)
	}
	h, err := Header(kind, o)
	if err != nil {
		return err
	}
	if o.Carrier == batch.Workbook {
		err = asWorkbook(w, func(csv io.Writer) error { return writeCSV(csv, k, h, n, seed, batch.UTF8) })
	} else {
		err = writeCSV(w, k, h, n, seed, o.Encoding)
	}
	if err != nil {
		return fmt.Errorf("generate %s: %w", kind, err)
	}
	return nil
}

// writeCSV writes the batch as CSV.
func writeCSV(w io.Writer, k *batch.Kind, h batch.Header, n int, seed int64, encoding batch.Encoding) error {
	oldArea, newArea := sides(k.Name, h.Sender, h.Receiver)
	s := newScene(seed, oldArea, newArea, h.Created)
	out, err := batch.NewWriter(w, k, h, encoding)
	if err != nil {
		return err
	}
	record := makers()[k.Name]
	for i := range n {
		if err := out.Write(record(s, i, n)); err != nil {
			return fmt.Errorf("record %d: %w", i+1, err)
		}
	}
	_, err = out.Close()
	return err
}

// asWorkbook turns a CSV batch into a workbook while it is written.
func asWorkbook(w io.Writer, write func(io.Writer) error) error {
	r, csv := io.Pipe()
	go func() { csv.CloseWithError(write(csv)) }()
	var book bytes.Buffer
	_, err := sheet.Convert(&book, r, formats.Kinds(), batch.Options{Encoding: batch.UTF8}, sheet.Target{Carrier: batch.Workbook})
	r.CloseWithError(err) // ends a writer that nobody reads any more
	if err != nil {
		return err
	}
	return sortParts(w, book.Bytes())
}

// sortParts writes a workbook with its parts in a fixed order: the library
// writes them in any, and the same seed shall give the same bytes.
func sortParts(w io.Writer, book []byte) error {
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return err
	}
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range z.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// Header is the envelope that Generate writes for these options; its
// FileName is the canonical name of the batch.
func Header(kind string, o Options) (batch.Header, error) {
	k := batch.Find(formats.Kinds(), kind)
	if k == nil {
		return batch.Header{}, fmt.Errorf("%q: %w", kind, ErrKind)
	}
	h := batch.Header{
		Kind: kind, Version: batch.Version, Sender: o.Sender, Receiver: o.Receiver,
		Sequence: max(o.Sequence, 1), Created: o.Created, Profile: o.Profile,
	}
	if h.Created.IsZero() {
		h.Created = Created()
	}
	if h.Profile == "" {
		h.Profile = "2021"
	}
	if k.Scoped {
		h.Extent = code.ExtentFull
	}
	sender, receiver := parties(k, h.Sender, h.Receiver)
	h.Sender, h.Receiver = sender, receiver
	return h, nil
}

// parties fills in who is not named. Between agencies letters go to the old
// place and forms to the new one; core and portal write to their own agency.
func parties(k *batch.Kind, sender, receiver string) (string, string) {
	from, to := k.Senders[0], k.Receivers[0]
	if k.Name == formats.KindReceipt {
		from, to = batch.Agency, batch.Agency
	}
	if from != batch.Agency || to != batch.Agency {
		home := homeOf(k.Name)
		if sender != "" {
			home = areaOf(sender)
		} else if receiver != "" {
			home = areaOf(receiver)
		}
		return or(sender, home+string(from)), or(receiver, home+string(to))
	}
	if writtenByOld(k.Name) {
		return or(sender, other(receiver, OldPlace, NewPlace)), or(receiver, other(sender, NewPlace, OldPlace))
	}
	return or(sender, other(receiver, NewPlace, OldPlace)), or(receiver, other(sender, OldPlace, NewPlace))
}

func or(given, otherwise string) string {
	if given != "" {
		return given
	}
	return otherwise
}

// other is the usual agency, or the second choice when that one is taken.
func other(taken, usual, second string) string {
	if taken == usual {
		return second
	}
	return usual
}

// homeOf is the agency whose core and portal exchange a kind with it.
func homeOf(kind string) string {
	switch kind {
	case formats.KindApplication, formats.KindNotice, formats.KindPosting:
		return NewPlace
	}
	return OldPlace
}

// writtenByOld reports whether the old place writes a kind to the new one.
func writtenByOld(kind string) bool {
	switch kind {
	case formats.KindForm, formats.KindAdvice, formats.KindNetting, formats.KindReceipt:
		return true
	}
	return false
}

// sides are the old and the new place that a batch between two parties tells of.
func sides(kind, sender, receiver string) (oldArea, newArea string) {
	from, to := areaOf(sender), areaOf(receiver)
	switch {
	case from != to && writtenByOld(kind):
		return from, to
	case from != to:
		return to, from
	case homeOf(kind) == NewPlace:
		return other(from, OldPlace, NewPlace), from
	}
	return from, other(from, NewPlace, OldPlace)
}
