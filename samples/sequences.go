package samples

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"

	"carryover/exchange/calendar"
)

// Sequence is a story of files that can only be judged by what came before:
// on each day files are put into the drops of ConfigAgency, a run works them,
// and these receipts, no others, go out.
type Sequence struct {
	Name   string // the folder in sequences/
	Events []Event
}

// Event is one line of a sequence's events.csv.
type Event struct {
	Day      calendar.Date // the business date of the run
	What     What
	Party    string // whose drop: 310100, 320500c
	File     string // in Files: sequences/file-twice/1/contact-letter_….csv
	RecordNo string // of a verdict on a record; "" for the verdict on the file
	Verdict  string // of a file or of a record
	Code     string // "" when nothing is wrong
}

// What happens in an event.
type What string

// A file is put into the drop; a receipt says something of it; the receipt it
// got before comes again, byte for byte.
const (
	Put     What = "put"
	Receipt What = "receipt"
	Again   What = "again"
)

var eventColumns = []string{"day", "what", "party", "file", "record_no", "verdict", "code"}

// Sequences lists the stories, by name.
func Sequences() ([]Sequence, error) {
	folders, err := fs.ReadDir(Files(), "sequences")
	if err != nil {
		return nil, err
	}
	var list []Sequence
	for _, f := range folders {
		s, err := readSequence(f.Name())
		if err != nil {
			return nil, fmt.Errorf("sequence %s: %w", f.Name(), err)
		}
		list = append(list, s)
	}
	return list, nil
}

func readSequence(name string) (Sequence, error) {
	folder := path.Join("sequences", name)
	f, err := Files().Open(path.Join(folder, "events.csv"))
	if err != nil {
		return Sequence{}, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = len(eventColumns)
	rows, err := r.ReadAll()
	if err != nil {
		return Sequence{}, err
	}
	s := Sequence{Name: name}
	for _, row := range rows[1:] {
		day, err := calendar.ParseDate(row[0])
		if err != nil {
			return Sequence{}, fmt.Errorf("%q: %w", row[0], err)
		}
		s.Events = append(s.Events, Event{
			Day: day, What: What(row[1]), Party: row[2], File: path.Join(folder, row[3]), RecordNo: row[4], Verdict: row[5], Code: row[6],
		})
	}
	return s, nil
}
