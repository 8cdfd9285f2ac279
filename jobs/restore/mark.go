package restore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"carryover/exchange/atomicfile"
	"carryover/exchange/calendar"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// Mark is how far the store had come at the beginning or end of a pass. It lies among the reports:
// what brings store and spool back from a backup does not bring it back with them.
type Mark struct {
	Agency     string           `json:"agency"`
	Store      string           `json:"store"`    // its id
	Restored   int              `json:"restored"` // the last restoration
	Event      int64            `json:"event"`    // the last event
	EventAt    time.Time        `json:"event_at"` // when that event happened
	Checkpoint int64            `json:"checkpoint"`
	At         time.Time        `json:"at"`
	On         calendar.Date    `json:"on"`
	Sequences  []store.Sequence `json:"sequences"`
}

// state reads the mark that the store would have now; of an empty one Event is 0.
func state(o *office.Office, tx *store.Tx) (m Mark, err error) {
	bound, e1 := tx.Binding()
	last, e2 := tx.LastEvent()
	restored, e3 := signing.ReadRestored(o, tx)
	checkpoint, e4 := tx.LastCheckpoint()
	sequences, e5 := tx.Sequences()
	if err = errors.Join(office.IgnoreNotFound(e1), office.IgnoreNotFound(e2), e3, e4, e5); err != nil {
		return m, err
	}
	m = Mark{
		Agency: o.Agency.Code, Store: bound.Spool, Event: last.ID, EventAt: last.At, Checkpoint: checkpoint,
		At: o.Now(), On: max(o.Date, last.On), Sequences: sequences,
	}
	for _, r := range restored {
		m.Restored = max(m.Restored, r.N)
	}
	return m, nil
}

// WriteMark writes how far the store has come; nothing where no mark is kept.
func WriteMark(ctx context.Context, o *office.Office) error {
	if o.Mark == "" {
		return nil
	}
	var m Mark
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		m, err = state(o, tx)
		return err
	})
	if err == nil {
		err = atomicfile.Replace(o.Mark, func(f *os.File) error { return json.NewEncoder(f).Encode(m) })
	}
	if err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	return nil
}

// readMark reads the mark; the zero Mark where there is none.
func readMark(o *office.Office) (m Mark, err error) {
	text, err := os.ReadFile(o.Mark)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("mark %s: %w", o.Mark, err)
	}
	return m, nil
}

// aheadOf says how a mark is ahead of the store; "" when it is not. A mark of before the last
// restoration is none: another machine's may be.
func (m Mark) aheadOf(tx *store.Tx, now Mark) (string, error) {
	switch {
	case m.Event == 0 && m.Restored == 0, m.Restored < now.Restored:
		return "", nil
	case m.Restored > now.Restored:
		return fmt.Sprintf("the store was taken back %d times by %s, and knows of %d", m.Restored, m.At.UTC().Format(time.DateTime), now.Restored), nil
	case m.Event > now.Event:
		return fmt.Sprintf("the store had event %d at %s, and ends with %d", m.Event, m.At.UTC().Format(time.DateTime), now.Event), nil
	}
	e, err := tx.Event(m.Event)
	if office.IgnoreNotFound(err) != nil {
		return "", err
	}
	if err != nil || !e.At.Equal(m.EventAt) { // what it says is for the nightly proof
		return fmt.Sprintf("event %d is not the one that the store had at %s", m.Event, m.At.UTC().Format(time.DateTime)), nil
	}
	return "", nil
}
