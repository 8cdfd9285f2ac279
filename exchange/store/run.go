package store

import (
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/store/shape"
	"carryover/exchange/store/sqltext"
)

var (
	runRows = keep("runs", func(r *exchange.Run) []field {
		return []field{
			at("id", &r.ID), at("job", &r.Job), at("run_date", &r.Date), at("run_window", &r.Window), at("state", &r.State),
			at("started", shape.MomentOf(&r.Started)), at("ended", shape.MomentOf(&r.Ended)), at("step", &r.Step), at("attempts", &r.Attempts),
		}
	}, func(r *exchange.Run) []field {
		return []field{at("notes,omitempty", &r.Notes), at("counts,omitempty", &r.Counts), at("backdated,omitempty", &r.Backdated)}
	})
	insertRun = runRows.insert + " RETURNING id"
	updateRun = runRows.update("id = $10 AND attempts = $11")
)

// StartRun begins the run of a job, date and window, of which there is one.
// If it was begun before and not done (crashed, failed, missed), that row is
// taken over: resumed is true, its attempts are raised by one, and who began
// it before can no longer update it. If it is done: ErrDuplicate.
func (tx *Tx) StartRun(r exchange.Run) (started exchange.Run, resumed bool, err error) {
	have, err := runRows.one(tx, "run "+r.Job, "WHERE job = $1 AND run_date = $2 AND run_window = $3", r.Job, r.Date.String(), r.Window)
	switch {
	case errors.Is(err, ErrNotFound):
		r.State, r.Attempts = exchange.RunRunning, 1
		r.ID, err = tx.number("run "+r.Job, insertRun, runRows.args(&r)...)
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
	return tx.change(fmt.Sprintf("run %d", r.ID), updateRun, runRows.args(&r, r.ID, int64(attempts))...)
}

// InsertMissedRun records a run that did not take place in its window; if
// the run is there in any state, nothing changes.
func (tx *Tx) InsertMissedRun(r exchange.Run) error {
	r.State = exchange.RunMissed
	if _, err := tx.exec(runRows.insert+" ON CONFLICT (job, run_date, run_window) DO NOTHING", runRows.args(&r)...); err != nil {
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
	c := sqltext.Conditions{Parts: []string{"id > 0"}}
	c.Add("job =", f.Job)
	c.Add("run_date >=", f.From.String())
	c.Add("run_date <=", f.To.String())
	sqltext.AddAny(&c, "state", f.States)
	text, args := c.Query("id DESC", f.Limit)
	return runRows.many(tx, "runs", text, args...)
}
