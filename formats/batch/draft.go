package batch

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"strings"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Draft is a batch as another carrier than CSV holds it, for people to key:
// its header may lack a sequence, its trailer may be empty. The carrier puts
// rows in the order of the CSV batch; what they say is judged by the Reader.
type Draft struct {
	Carrier Carrier
	Header  DraftRow // H
	Rows    []DraftRow
	Trailer DraftRow // T
}

// DraftRow is one row of a Draft.
type DraftRow struct {
	Text       string // as in the CSV batch, without its line end
	Line       int    // where it stands in the carrier, for faults
	Normalised []Normalisation
}

// Normalisation is something that was keyed differently from what a batch
// wants, and understood: the text has been put right already; or, with a Code, what cannot be.
type Normalisation struct {
	Field string     // the column's name
	Why   string     // Chinese, then English
	Code  code.Fault // "": code.Normalised
}

func (n Normalisation) fault() code.Fault { return cmp.Or(n.Code, code.Normalised) }

// NewDraftReader reads the header of a draft; Next and Result are as of a
// batch that NewReader reads. The digest is that of the equivalent CSV batch
// in UTF-8.
func NewDraftReader(d *Draft, kinds []*Kind, o Options) (*Reader, error) {
	r := newReader(o)
	r.src, r.carrier = &draftSource{draftOf: d, hash: sha256.New()}, d.Carrier
	return r.opened(r.readHead(kinds))
}

// draftSource gives the rows of a draft, and hashes the equivalent CSV batch.
type draftSource struct {
	draftOf *Draft
	given   int // rows given: the first is H, then Rows, then T
	row     row
	hash    hash.Hash
	sum     string
}

func (s *draftSource) next() (*row, error) {
	i := s.given - 1
	s.given++
	switch rows := s.draftOf.Rows; {
	case i < 0:
		s.give(&s.draftOf.Header)
	case i < len(rows):
		s.give(&rows[i])
	case i == len(rows):
		s.sum = hex.EncodeToString(s.hash.Sum(nil))
		s.set(&s.draftOf.Trailer)
	default:
		return nil, io.EOF
	}
	return &s.row, nil
}

// give makes a row of a line of the equivalent CSV batch and hashes it.
func (s *draftSource) give(r *DraftRow) {
	s.hash.Write([]byte(r.Text))
	s.hash.Write([]byte{'\n'})
	s.set(r)
}

func (s *draftSource) set(r *DraftRow) {
	if !s.row.set(r.Text) {
		s.row.set(strings.ToValidUTF8(r.Text, "\x00"))
	}
	s.row.line, s.row.normalised = r.Line, r.Normalised
}

func (s *draftSource) digest() string { return s.sum }
func (s *draftSource) draft() bool    { return true }

// finish hashes the trailer that the batch would have.
func (s *draftSource) finish(rows int, total money.Fen) (identity string, more bool, err error) {
	s.hash.Write(AppendRow(nil, []string{"T", strconv.Itoa(rows), total.String(), s.sum}))
	return hex.EncodeToString(s.hash.Sum(nil)), false, nil
}
