package office

import (
	"io"

	"carryover/exchange"
	"carryover/exchange/spool"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// Chunk is how many records are worked in one transaction: enough that the commit
// (one fsync) is a small part of the time, few enough that a crash, or a second try
// with savepoints, repeats little.
const Chunk = 500

// InBatch is one incoming batch being worked.
type InBatch struct {
	*Office
	File   exchange.File // as it will be stored next
	Stored exchange.File // as the store has it: an update succeeds only over it
	Result batch.Result  // of the first reading: envelope, counts, totals, digest
	About  AboutFile     // when the batch is a receipt
}

// Reader reads the batch's bytes as they lie in the spool, with the profile and the
// encoding agreed with its sender. With judge only faults are wanted and records are
// not kept.
func (j *InBatch) Reader(src *spool.File, judge bool) (*batch.Reader, error) {
	party, _ := j.Party(j.File.Party)
	return sheet.NewReader(src, Kinds, batch.Options{
		Name: j.File.Name, Self: j.Agency.Code, From: j.File.Party, Profile: j.Partners[j.File.Party].Profile, Areas: j.Area, Repeats: true,
		Encoding: encodingOf(party, src), Judge: judge,
	})
}

// encodingOf is the encoding agreed with a party, unless the file's byte order mark
// says that it is in UTF-8: some senders change their encoding without a word.
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

// Item is a record of a file to be judged, copied from the reader, which uses its
// own record again for the next.
type Item struct {
	Ordinal, Line int    // from 1: the record in the file, the line on which it begins
	RowType       string // A, B, …
	No, Echo, Key string // record number, the sender's echo, key by which a repetition is found
	Value         any    // pointer to the record's type in formats
	Faults        []batch.Fault
}

// AboutFile is the file that the verdicts of a receipt are about: its R
// row stands before its V rows.
type AboutFile struct {
	Name   string
	SHA256 string
	Sent   int64 // id of our file, once it is found
}

// Pass takes over the R row of a receipt: also when a pass that was cut short has
// worked that row and goes on behind it. Other rows change nothing.
func (c *AboutFile) Pass(rec any) {
	if r, ok := rec.(*formats.Receipt); ok {
		*c = AboutFile{Name: r.File, SHA256: r.SHA256}
	}
}

// Refusing reports whether one of the faults refuses its record: every fault but a
// warning does.
func Refusing(faults []batch.Fault) bool {
	for _, f := range faults {
		if !f.Warning() {
			return true
		}
	}
	return false
}
