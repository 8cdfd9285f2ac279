package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/ledger"
	"carryover/exchange/store"
	"carryover/formats/batch"
)

// Desk is one transaction, and on whose behalf (file, officer or job) it runs. It
// ends with its transaction and is used by one goroutine.
type Desk struct {
	*Office
	Tx      *store.Tx
	File    exchange.File   // that brought what is worked; the zero File in sweeps
	Actor   string          // for the journal: the file's party, or the job
	About   *AboutFile      // in a receipt: the file whose records it reports on
	Cancels map[string]bool // letters whose cancellation waits in a later file, read once; nil: not read yet

	encoders       map[string]*batch.Encoder // by kind
	open           openCases
	noSavepoints   bool // in the first try of DoChunk
	needSavepoints bool // that try is to be thrown away
}

// By is on whose behalf a transaction runs.
type By struct {
	File  exchange.File // that brought what is worked; the zero File: none did
	Actor string        // for the journal: the file's party, an officer, or the job
}

// Do runs one transaction at a desk. Whatever work writes is kept when it
// returns nil, and rolled back when it returns an error. Work may be called again
// when another process held the store: what it leaves outside must be set anew
// each time.
func (o *Office) Do(ctx context.Context, by By, work func(*Desk) error) error {
	return o.Store.Tx(ctx, func(tx *store.Tx) error {
		return work(o.desk(tx, by))
	})
}

// errNeedSavepoints ends the first try of a chunk: an item has failed after some of
// what it wrote was sent to the database.
var errNeedSavepoints = errors.New("the chunk needs a savepoint for each item")

// DoChunk runs one transaction of many items, each of which work wraps into
// InSavepoint. The first try is without savepoints: SQLite copies every page that a
// savepoint touches first, and a database over the network answers each. When an
// item cannot be undone without one, or the store refuses what several items have
// written, everything is rolled back and the same work is done once more with a
// savepoint for each item, so that the faulty ones alone are undone.
func (o *Office) DoChunk(ctx context.Context, by By, work func(*Desk) error) error {
	again := false
	err := o.Store.Tx(ctx, func(tx *store.Tx) error {
		d := o.desk(tx, by)
		d.noSavepoints = true
		err := work(d)
		if again = d.needSavepoints; again {
			return errNeedSavepoints
		}
		return err
	})
	if again || errors.Is(err, store.ErrConstraint) || errors.Is(err, store.ErrStale) {
		return o.Do(ctx, by, work)
	}
	return err
}

// InSavepoint applies one item, so that its writes alone are undone when it fails:
// then the caller may go on with the next one, and opens its cases anew. A case that
// it leaves changed and unsaved is opened anew by the next one, too. In the first try
// of a chunk what has not been sent yet is taken back; where that is not enough the
// error is another one, which ends the try.
func (d *Desk) InSavepoint(apply func() error) (err error) {
	d.open.item = true
	if d.noSavepoints {
		mark := d.Tx.Mark()
		if err = apply(); err != nil && !d.Tx.TakeBack(mark) {
			d.needSavepoints, err = true, fmt.Errorf("%w: %w", errNeedSavepoints, errors.New(err.Error()))
		}
	} else {
		err = d.Tx.Savepoint(apply)
	}
	d.open.endItem()
	if err != nil {
		d.open = openCases{} // they hold what was undone
	}
	return err
}

// desk is a desk over a transaction that writes.
func (o *Office) desk(tx *store.Tx, by By) *Desk {
	tx.When(func() (time.Time, calendar.Date) { return o.Now(), o.Date })
	return &Desk{Office: o, Tx: tx, File: by.File, Actor: by.Actor}
}

// View reads at a desk; a write in it fails.
func (o *Office) View(ctx context.Context, look func(*Desk) error) error {
	return o.Store.View(ctx, func(tx *store.Tx) error { return look(o.Reading(tx)) })
}

// As is a desk in the same transaction on behalf of somebody else, who opens cases
// anew; so does this one afterwards.
func (d *Desk) As(by By) *Desk {
	d.open = openCases{}
	return &Desk{Office: d.Office, Tx: d.Tx, File: by.File, Actor: by.Actor}
}

// Reading is a desk over a transaction that somebody else opened to read.
func (o *Office) Reading(tx *store.Tx) *Desk { return &Desk{Office: o, Tx: tx} }

// Journal adds an event to a chain of the journal: a case's number, or exchange.AgencyChain.
// facts, when not nil, are kept as JSON; what a program reads back later belongs
// there, why is for people (Words).
func (d *Desk) Journal(chain, what string, why code.Phrase, facts any) error {
	var payload []byte
	if facts != nil {
		var err error
		if payload, err = json.Marshal(facts); err != nil {
			return err
		}
	}
	return d.Tx.Journal(exchange.JournalEvent{
		Chain: chain, At: d.Now(), On: d.Date, Actor: d.Actor, What: what, Why: why, FileID: d.File.ID, Payload: payload,
	})
}

// SetForm moves a form along its track (SPEC 3); exchange.ErrNotAllowed for a step
// that the track does not have. The case's own track follows with Retrack.
func (d *Desk) SetForm(f *exchange.Form, to exchange.FormTrack) error {
	if !exchange.CanForm(f.Side, f.Track, to) {
		return fmt.Errorf("form %s: %s to %s: %w", f.No, f.Track, to, exchange.ErrNotAllowed)
	}
	before := *f
	f.Track = to
	return d.Tx.UpdateForm(before, *f)
}

// SetMoney moves a part of a remittance along its track and makes a further change
// of the row with it, if there is one: one update for both. The same track again is
// allowed and keeps Since; exchange.ErrNotAllowed for a step that the track does
// not have.
func (d *Desk) SetMoney(r *exchange.Remittance, to exchange.MoneyTrack, change func(*exchange.Remittance)) error {
	if r.Track != to && !exchange.CanMoney(r.Side, r.Track, to) {
		return fmt.Errorf("case %s part %d: %s to %s: %w", r.CaseNo, r.Part, r.Track, to, exchange.ErrNotAllowed)
	}
	before := *r
	if r.Track != to {
		r.Track, r.Since = to, d.Date
	}
	if change != nil {
		change(r)
	}
	return d.Tx.UpdateRemittance(before, *r)
}

// Book adds an entry to the ledger; one that moves nothing is not kept.
func (d *Desk) Book(e ledger.Entry) error {
	if e.Empty() {
		return nil
	}
	return d.Tx.Book(e)
}
