package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Day is a day that differs from the ordinary week: off though a weekday, or
// worked though a weekend (or, in an overlay, whatever a place decided).
type Day struct {
	Date Date
	Off  bool
	Name string // 国庆节, or why the place is closed
}

// Notice is one yearly notice of the State Council about the days off. Its
// year is the notice's: the notice of 2019 also moved 29 to 31 December 2018.
type Notice struct {
	Year   int
	Papers []string // where the notice is published
	Days   []Day    // empty: not published yet
}

type noticeFile struct {
	Schema string          `json:"$schema"`
	ID     string          `json:"$id"`
	Year   int             `json:"year"`
	Papers []string        `json:"papers"`
	Days   []noticeDayFile `json:"days"`
}

type noticeDayFile struct {
	Name string `json:"name"`
	Date Date   `json:"date"`
	Off  *bool  `json:"isOffDay"`
}

// ParseNotice reads one holiday file (JSON: year, papers, days of name, date,
// isOffDay), strictly: unknown fields, days given twice, days outside the
// years around the notice's are faults, and all of them are reported. A file
// without days is a notice that is not published yet.
func ParseNotice(b []byte) (Notice, error) {
	var f noticeFile
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return Notice{}, fmt.Errorf("holiday notice: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Notice{}, errors.New("holiday notice: text after its end")
	}
	if f.Year < 1950 || f.Year > 9998 {
		return Notice{}, fmt.Errorf("holiday notice: year %d", f.Year)
	}
	n := Notice{Year: f.Year, Papers: f.Papers}
	var faults []error
	seen := make(map[Date]bool, len(f.Days))
	for i, d := range f.Days {
		switch {
		case d.Date == 0 || d.Off == nil || d.Name == "":
			faults = append(faults, fmt.Errorf("holiday notice %d: day %d lacks name, date or isOffDay", f.Year, i+1))
			continue
		case d.Date.Year() < f.Year-1 || d.Date.Year() > f.Year+1:
			faults = append(faults, fmt.Errorf("holiday notice %d: %s is not a day of its year", f.Year, d.Date))
		case seen[d.Date]:
			faults = append(faults, fmt.Errorf("holiday notice %d: %s stands twice", f.Year, d.Date))
		}
		seen[d.Date] = true
		n.Days = append(n.Days, Day{d.Date, *d.Off, d.Name})
	}
	if err := errors.Join(faults...); err != nil {
		return Notice{}, err
	}
	return n, nil
}
