package courier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
)

// pushPayment sends a payment file at most once. That it is on its way
// (FileSending) is recorded before the upload; cut short there, its fate stays
// unknown until the drop, the bank or an officer tells, and it is never sent
// again by itself: a file sent twice may be paid twice, a late one is only late.
func pushPayment(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File) error {
	if f.State == exchange.FileSending {
		return lookForPayment(ctx, o, d, f)
	}
	if err := o.Store.View(ctx, func(tx *store.Tx) error { return o.Intact(tx, f) }); errors.Is(err, office.ErrSpool) {
		return errors.Join(err, payment.VoidLost(ctx, o, f, err))
	} else if err != nil {
		return err // it has not left and is tried again
	}
	found, err := findInDrop(ctx, o, d, f)
	if err != nil {
		return err
	}
	// The last look at signatures, ledger, caps and cases; from here on the file
	// counts as sending.
	sending, err := payment.CheckPayment(ctx, o, f)
	if err != nil || sending.State != exchange.FileSending {
		return err
	}
	if !found { // else it was left before the store was set back to a backup
		if err := put(ctx, o, p, d, sending, true); err != nil {
			return unknownFate(err)
		}
	}
	return o.Do(ctx, office.By{File: sending, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, sending) })
}

// unknownFate adds to an error of uploading a payment file what to do about it.
func unknownFate(err error) error {
	return fmt.Errorf("%w (it is unknown whether the payment file arrived: the next pass looks for it in the drop; "+
		"if it is not there, ask the bank, then carryover mark-sent)", err)
}

// lookForPayment looks in the drop for a payment file whose upload was cut short:
// the same name and content there, or where the other side keeps what it took,
// shows that it arrived. Its absence shows nothing, since the bank may have taken
// it away: the fate stays unknown.
func lookForPayment(ctx context.Context, o *office.Office, d drop.Drop, f exchange.File) error {
	found, err := findInDrop(ctx, o, d, f)
	if err != nil || !found {
		return err
	}
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, f) })
}

// errForeign is returned when other bytes stand in the drop under the name of
// a payment file of ours.
var errForeign = errors.New("a file of this name with other content stands in the drop: it is not ours; ask the bank at once")

// findInDrop reports whether a file of ours lies in the drop, or among what the
// other side has taken. Other content under its name is recorded as a difference
// and returned as errForeign.
func findInDrop(ctx context.Context, o *office.Office, d drop.Drop, f exchange.File) (bool, error) {
	for _, folder := range []drop.Folder{drop.Out, drop.Taken} {
		entry, err := d.Stat(ctx, folder, f.Name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil && !errors.Is(err, drop.ErrOdd):
			return false, err
		}
		same := err == nil && entry.Size == f.Size
		if same {
			if same, err = sameBytes(ctx, o, d, folder, entry, f); err != nil {
				return false, err
			}
		}
		if same {
			return true, nil
		}
		return false, errors.Join(fmt.Errorf("%s: %w", folder, errForeign), recordForeign(ctx, o, f, folder))
	}
	return false, nil
}

// sameBytes compares the hash of what lies in the drop with that of our file.
func sameBytes(ctx context.Context, o *office.Office, d drop.Drop, folder drop.Folder, entry drop.Entry, f exchange.File) (bool, error) {
	s, err := o.NewSpoolFile("check")
	if err != nil {
		return false, err
	}
	defer s.Discard()
	if _, err := d.Get(ctx, folder, entry, s.File); err != nil {
		return false, err
	}
	if err := s.Rehash(); err != nil {
		return false, err
	}
	return s.SHA256() == f.StoredSHA, nil
}

// recordForeign records, as a difference, a foreign file under the name of one of
// ours: somebody else can write into the bank's drop, or our store was set back.
func recordForeign(ctx context.Context, o *office.Office, f exchange.File, folder drop.Folder) error {
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
		return d.RecordDifference("file", f.Party, "", code.Text(f.Name), code.Say("sha256", f.StoredSHA), code.Say("other-content", folder))
	})
}
