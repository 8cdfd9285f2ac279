package story

import (
	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

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
func ListFiles(d *office.Desk, f Filter) ([]ListedFile, error) {
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
	return gathered(f.Limit, func(visit func(ListedFile) error) error {
		return eachFile(d.Tx, stored, func(x exchange.File) error {
			if !f.All && f.State == "" && x.State == exchange.FileSent && !expectsReceipt(x) { // it waits for nothing
				return nil
			}
			l, err := listedFile(d.Office, d.Tx, x)
			if err != nil {
				return err
			}
			return visit(l)
		})
	})
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

// lastRuns are listed when no other number is asked for.
const lastRuns = 20

// ListRuns lists runs, the latest first. A state that no run has is a
// *FilterError.
func ListRuns(d *office.Desk, f Filter) ([]exchange.Run, error) {
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
	return d.Tx.Runs(stored)
}
