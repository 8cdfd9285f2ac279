package courier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// mostTries is how often a rejected file is tried to be moved to bad before that is for
// staff to see to. From then on it is tried once a day.
const mostTries = 5

// moveRejected moves to bad what was rejected since it was moved to done, by the
// looks that LeaveInBad keeps. One that is gone, or has another size, is forgotten.
func (v *visit) moveRejected(ctx context.Context) error {
	var stuck []string
	fresh, moved := false, false
	for _, name := range slices.Sorted(maps.Keys(v.looks)) {
		look := v.looks[name]
		if look.After != office.AfterBad || look.Failed() {
			continue
		}
		known := look.Tries >= mostTries
		switch done, err := v.tryBad(ctx, &look); {
		case err != nil:
			return err
		case done:
			moved = moved || known
		case look.Tries >= mostTries:
			stuck, fresh = append(stuck, office.Clip(name, 60)), fresh || !known
		}
	}
	if !fresh && (!moved || len(stuck) > 0) {
		return nil
	}
	return v.Do(ctx, office.By{Actor: "pull"}, func(d *office.Desk) error {
		subject := code.Say("files-not-moved")
		if len(stuck) == 0 {
			return d.CloseDifference("file", v.party.Code, subject)
		}
		return d.RecordDifference("file", v.party.Code, "", subject, code.Phrase{}, code.Say("files-named", len(stuck), office.FirstNames(stuck)))
	})
}

// tryBad tries to move one rejected file to bad, and forgets it then; one that has failed
// too often only on another day. The error is one by which the visit is over.
func (v *visit) tryBad(ctx context.Context, look *exchange.Look) (done bool, err error) {
	on := func(at time.Time) calendar.Date { return calendar.DateOf(at.In(v.Agency.Zone)) }
	if look.Tries >= mostTries && on(look.SeenAt) == on(v.Now()) {
		return false, nil
	}
	entry, err := v.drop.Stat(ctx, drop.Done, look.Name)
	if err == nil && entry.Size == look.Size {
		err = moveOneToBad(ctx, v.drop, entry)
	}
	switch {
	case err == nil, errors.Is(err, os.ErrNotExist):
		return true, v.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLook(v.party.Code, look.Name) })
	case ctx.Err() != nil, sessionOver(err):
		return false, fmt.Errorf("%s: %w", look.Name, err)
	}
	look.SeenAt, look.Tries = v.Now(), look.Tries+1
	if look.Tries < mostTries {
		v.faults.Add(look.Name, err)
	} else {
		v.Log.Warn("a rejected file cannot be moved to bad", "party", v.party.Code, "file", look.Name, "tries", look.Tries, "err", err)
	}
	return false, v.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutLook(*look) })
}

// moveOneToBad moves a file from done to bad, its signature first: cut short in
// between, the file is still in done and the next pass does the rest.
func moveOneToBad(ctx context.Context, d drop.Drop, entry drop.Entry) error {
	sig, err := d.Stat(ctx, drop.Done, entry.Name+seal.Suffix)
	if err == nil {
		err = d.Move(ctx, drop.Done, sig, drop.Bad)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return d.Move(ctx, drop.Done, entry, drop.Bad)
}
