package samples

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strconv"

	"carryover/exchange/code"
	"carryover/formats/batch"
)

//go:embed vectors
var embedded embed.FS

// Files holds every example file under the name that its Vector gives it,
// and index.csv, from which Vectors reads.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "vectors")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return files
}

// Needs says what has to be known to judge an example.
type Needs string

// A file alone; also the configuration of ConfigAgency; also what is stored
// of files that came before.
const (
	NeedsFile   Needs = "file"
	NeedsConfig Needs = "config"
	NeedsStore  Needs = "store"
)

// XML is what carries the bank's messages; batches travel as CSV or workbooks.
const XML batch.Carrier = "xml"

// The agency that judges the examples that need a configuration, whose drop
// they lie in, and the profile it counts by.
const (
	ConfigAgency  = "320500"
	ConfigPartner = "310100"
	ConfigProfile = "2021"
)

// Vector is an example file and what must be found in it: nothing, or exactly
// one fault.
type Vector struct {
	File     string // in Files: contact-letter/id-check-digit.csv
	Kind     string // as the file's folder; a foreign message by its ISO 20022 name
	Carrier  batch.Carrier
	Encoding batch.Encoding
	Needs    Needs
	Verdict  code.FileVerdict
	Line     int // of the fault; 0: the file as a whole
	Row      string
	Field    string
	Code     code.Fault // "": nothing is wrong
	MadeBy   string     // python: by make_good.py; go: from that file by one change
	SHA256   string     // of the file's bytes
	About    string     // what was done to it, Chinese and English
}

// indexColumns are the columns of index.csv, the fields of a Vector.
var indexColumns = []string{
	"file", "kind", "carrier", "encoding", "needs", "verdict", "line", "row", "field", "code", "made_by", "sha256", "about",
}

// Vectors lists the examples in the order of the index.
func Vectors() ([]Vector, error) {
	f, err := Files().Open("index.csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = len(indexColumns)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("index of examples: %w", err)
	}
	list := make([]Vector, 0, len(rows))
	for _, row := range rows[1:] {
		line, err := strconv.Atoi(row[6])
		if err != nil {
			return nil, fmt.Errorf("index of examples: %s: line: %w", row[0], err)
		}
		list = append(list, Vector{
			File: row[0], Kind: row[1], Carrier: batch.Carrier(row[2]), Encoding: batch.Encoding(row[3]), Needs: Needs(row[4]),
			Verdict: code.FileVerdict(row[5]), Line: line, Row: row[7], Field: row[8], Code: code.Fault(row[9]),
			MadeBy: row[10], SHA256: row[11], About: row[12],
		})
	}
	return list, nil
}
