package office

import (
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// ParseOutgoing reads back a record that we queued.
func ParseOutgoing(o exchange.Outgoing) (any, error) {
	kind := batch.Find(Kinds, o.Kind)
	if kind == nil {
		return nil, fmt.Errorf("record %s: no kind %q", o.RecordNo, o.Kind)
	}
	return kind.Parse(o.Rows)
}

// Chunk is how many records are worked in one transaction.
const Chunk = 500

// InBatch is one batch on its way through.
type InBatch struct {
	*Office
	File   exchange.File // as it will be
	Stored exchange.File // as the store has it
	Result batch.Result
	About  AboutFile
}

// Reader opens the batch for reading with what we know of its sender; to
// judge is to read without keeping the records.
func (j *InBatch) Reader(judge bool) (*batch.Reader, io.Closer, error) {
	src, err := j.OpenSpool(j.File.Spool)
	if err != nil {
		return nil, nil, err
	}
	party, _ := j.Party(j.File.Party)
	r, err := sheet.NewReader(src, Kinds, batch.Options{
		Name: j.File.Name, Self: j.Agency.Code, From: j.File.Party, Profile: j.Partners[j.File.Party].Profile, Areas: j.Area, Repeats: true,
		Encoding: encodingOf(party, src), Judge: judge,
	})
	if err != nil {
		src.Close()
		return nil, nil, err
	}
	return r, src, nil
}

// encodingOf is the encoding agreed with a party, unless a mark says that the
// file is in UTF-8.
func encodingOf(p Party, src io.ReaderAt) batch.Encoding {
	mark := make([]byte, 3)
	if _, err := src.ReadAt(mark, 0); err == nil && string(mark) == "\uFEFF" {
		return batch.Auto
	}
	if p.Encoding == string(batch.GB18030) {
		return batch.GB18030
	}
	return batch.Auto
}

// Item is a record read from the file, with everything that the reader does
// not keep for it.
type Item struct {
	Ordinal, Line int
	RowType       string
	No, Echo, Key string
	Value         any
	Faults        []batch.Fault
}

// AboutFile is the file that the verdicts of a receipt are about: its R
// row stands before its V rows.
type AboutFile struct {
	Name   string
	SHA256 string
	Sent   int64 // id of our file, once it is found
}

// Pass notes the R row of a receipt whose earlier rows were worked before.
func (c *AboutFile) Pass(rec any) {
	if r, ok := rec.(*formats.Receipt); ok {
		*c = AboutFile{Name: r.File, SHA256: r.SHA256}
	}
}

func Refusing(faults []batch.Fault) bool {
	for _, f := range faults {
		if !f.Warning() {
			return true
		}
	}
	return false
}
