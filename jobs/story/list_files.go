package story

import (
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// ListedFile is a file as the list of files tells it.
type ListedFile struct {
	FileRow
	Records  int    `json:"records"`
	Accepted int    `json:"accepted"`
	Held     int    `json:"held"`
	Refused  int    `json:"refused"`
	Code     string `json:"code,omitempty"`
	Text     string `json:"text,omitempty"`
}

// openFiles are the states of files that wait, or that somebody must look at.
func openFiles() []exchange.FileState {
	return []exchange.FileState{
		exchange.FileFetched, exchange.FileRejected, exchange.FileQuarantined, exchange.FilePrepared, exchange.FileReview, exchange.FileReturned,
		exchange.FileQueued, exchange.FileSending, exchange.FileSent, exchange.FileRefused,
	}
}

// filesPage is how many files are read at a time.
const filesPage = 500

// ListFiles lists files by their ids: those that wait, were refused or
// quarantined, or have no receipt yet. A state that no file has is a *FilterError.
func ListFiles(o *office.Office, tx *store.Tx, f Filter) ([]ListedFile, error) {
	if err := f.check(exchange.FileStateTerms()); err != nil {
		return nil, err
	}
	stored := store.FileFilter{Dir: f.Side, Party: f.Partner, Kind: f.Kind, States: openFiles(), Limit: filesPage}
	switch {
	case f.State != "":
		stored.States = []exchange.FileState{exchange.FileState(f.State)}
	case f.All:
		stored.States = nil
	}
	l := list[ListedFile]{limit: f.Limit}
	return l.result(eachFile(tx, stored, func(x exchange.File) error {
		if !f.All && f.State == "" && neverReceipted(x) {
			return nil
		}
		return l.add(ListedFile{FileRowOf(o, x), x.Records, x.Accepted, x.Held, x.Refused, x.Code, o.InWords(x.Text)})
	}))
}

// eachFile walks through files, a page after the other: a year has more of them
// than should be held at once.
func eachFile(tx *store.Tx, f store.FileFilter, fn func(exchange.File) error) error {
	for {
		page, err := tx.Files(f)
		if err != nil {
			return err
		}
		for _, x := range page {
			if err := fn(x); err != nil {
				return err
			}
		}
		if len(page) < f.Limit {
			return nil
		}
		f.AfterID = page[len(page)-1].ID
	}
}

// neverReceipted reports whether a sent file is of a kind that gets no receipt:
// it waits for nothing.
func neverReceipted(f exchange.File) bool {
	_, staff := exchange.OfficerOf(f.Party)
	return f.State == exchange.FileSent && (f.Kind == "receipt" || f.Kind == office.KindPayment || f.Kind == office.KindCorrections || staff)
}

// ListedRun is a run as the list of runs tells it.
type ListedRun struct {
	ID        int64          `json:"id"`
	Date      calendar.Date  `json:"date"`
	Window    string         `json:"window"`
	Jobs      string         `json:"jobs"`
	State     string         `json:"state"`
	StateWord string         `json:"state_word"`
	Started   *time.Time     `json:"started"` // null: missed
	Seconds   float64        `json:"seconds"`
	Attempts  int            `json:"attempts"`
	Step      string         `json:"step,omitempty"`
	Counts    map[string]int `json:"counts"`
	Notes     []string       `json:"notes"`
}

// lastRuns are listed when no other number is asked for.
const lastRuns = 20

// ListRuns lists runs, the latest first. A state that no run has is a
// *FilterError.
func ListRuns(o *office.Office, tx *store.Tx, f Filter) ([]ListedRun, error) {
	if err := f.check(exchange.RunStateTerms()); err != nil {
		return nil, err
	}
	stored := store.RunFilter{Limit: lastRuns}
	if f.All || f.Limit > 0 {
		stored.Limit = f.Limit
	}
	if f.State != "" {
		stored.States = []string{f.State}
	}
	found, err := tx.Runs(stored)
	return rows(found, err, func(x exchange.Run) ListedRun { return ListedRunOf(o, x) })
}

// ListedRunOf is a run with its words, its times in the agency's zone.
func ListedRunOf(o *office.Office, x exchange.Run) ListedRun {
	r := ListedRun{
		ID: x.ID, Date: x.Date, Window: x.Window, Jobs: x.Job, State: x.State, StateWord: o.Word(exchange.RunStateTerms(), x.State),
		Attempts: x.Attempts, Step: x.Step, Counts: x.Counts, Notes: append([]string{}, x.Notes...),
	}
	if !x.Started.IsZero() {
		at := x.Started.In(o.Agency.Zone)
		r.Started = &at
		if x.Ended.After(x.Started) {
			r.Seconds = x.Ended.Sub(x.Started).Seconds()
		}
	}
	return r
}
