package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

const runColumns = "job, run_date, run_window, state, started, ended, step, attempts, doc"

var (
	insertRun = insertInto("runs", runColumns) + " RETURNING id"
	updateRun = "UPDATE runs SET " + setAll(runColumns) + " WHERE id = $10 AND attempts = $11"
	selectRun = "SELECT id, " + runColumns + " FROM runs "
)

// runDoc is what of a run is only read together with it.
type runDoc struct {
	Notes  []string       `json:"notes,omitempty"`
	Counts map[string]int `json:"counts,omitempty"`
}

func runArgs(r *exchange.Run) ([]any, error) {
	doc, err := json.Marshal(&runDoc{Notes: r.Notes, Counts: r.Counts})
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.Job, err)
	}
	return []any{r.Job, r.Date.String(), r.Window, r.State, micros(r.Started), micros(r.Ended), r.Step, int64(r.Attempts), string(doc)}, nil
}

func scanRun(from row, r *exchange.Run) error {
	var doc []byte
	var started, ended int64
	if err := from.Scan(&r.ID, &r.Job, &r.Date, &r.Window, &r.State, &started, &ended, &r.Step, &r.Attempts, &doc); err != nil {
		return err
	}
	var d runDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return fmt.Errorf("run %d: %w", r.ID, err)
	}
	r.Started, r.Ended, r.Notes, r.Counts = instant(started), instant(ended), d.Notes, d.Counts
	return nil
}

// StartRun begins the run of a job, date and window, of which there is one.
// If it was begun before and not done (crashed, failed, missed), that row is
// taken over: resumed is true, its attempts are raised by one, and who began
// it before can no longer update it. If it is done: ErrDuplicate.
func (tx *Tx) StartRun(r exchange.Run) (started exchange.Run, resumed bool, err error) {
	have, err := one(tx, "run "+r.Job, scanRun, selectRun+"WHERE job = $1 AND run_date = $2 AND run_window = $3", r.Job, r.Date.String(), r.Window)
	switch {
	case errors.Is(err, ErrNotFound):
		r.State, r.Attempts = exchange.RunRunning, 1
		args, err := runArgs(&r)
		if err != nil {
			return r, false, err
		}
		r.ID, err = tx.number("run "+r.Job, insertRun, args...)
		return r, false, err
	case err != nil:
		return r, false, err
	case have.State == exchange.RunDone:
		return have, false, fmt.Errorf("run %s %s %s: %w", r.Job, r.Date, r.Window, ErrDuplicate)
	}
	again := have
	again.State, again.Started, again.Ended, again.Attempts = exchange.RunRunning, r.Started, r.Ended, have.Attempts+1
	return again, true, tx.updateRun(again, have.Attempts)
}

// UpdateRun changes a run that nobody has taken over since, else ErrStale.
func (tx *Tx) UpdateRun(r exchange.Run) error { return tx.updateRun(r, r.Attempts) }

func (tx *Tx) updateRun(r exchange.Run, attempts int) error {
	args, err := runArgs(&r)
	if err != nil {
		return err
	}
	return tx.change(fmt.Sprintf("run %d", r.ID), updateRun, append(args, r.ID, int64(attempts))...)
}

// InsertMissedRun records a run that did not take place in its window; if
// the run is there in any state, nothing changes.
func (tx *Tx) InsertMissedRun(r exchange.Run) error {
	r.State = exchange.RunMissed
	args, err := runArgs(&r)
	if err != nil {
		return err
	}
	if _, err := tx.exec(insertInto("runs", runColumns)+" ON CONFLICT (job, run_date, run_window) DO NOTHING", args...); err != nil {
		return fmt.Errorf("run %s: %w", r.Job, err)
	}
	return nil
}

// RunFilter says which runs to list; zero fields do not restrict. The latest
// run comes first, at most Limit (0: all) are listed.
type RunFilter struct {
	Job    string
	From   calendar.Date
	To     calendar.Date
	States []string
	Limit  int
}

// Runs lists runs.
func (tx *Tx) Runs(f RunFilter) ([]exchange.Run, error) {
	where := []string{"id > 0"}
	var args []any
	compare := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, column+" "+arg(len(args)))
		}
	}
	compare("job =", f.Job)
	compare("run_date >=", f.From.String())
	compare("run_date <=", f.To.String())
	if len(f.States) > 0 {
		where = append(where, anyOf("state", f.States, &args))
	}
	text := selectRun + "WHERE " + strings.Join(where, " AND ") + " ORDER BY id DESC"
	if f.Limit > 0 {
		text += atMost(f.Limit)
	}
	return many(tx, "runs", scanRun, text, args...)
}

// LastRun returns the latest run of a job.
func (tx *Tx) LastRun(job string) (exchange.Run, error) {
	runs, err := tx.Runs(RunFilter{Job: job, Limit: 1})
	if err == nil && len(runs) == 0 {
		err = fmt.Errorf("run %s: %w", job, ErrNotFound)
	}
	if err != nil {
		return exchange.Run{}, err
	}
	return runs[0], nil
}
