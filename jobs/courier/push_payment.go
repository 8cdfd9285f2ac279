package courier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/jobs/office"
	"carryover/jobs/payment"
)

// pushPayment sends a payment file once. That it is on its way is recorded
// before; if its fate is not known afterwards it stays unknown until the drop,
// the bank or an officer tells, and is never sent again by itself.
func pushPayment(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File) error {
	if f.State == exchange.FileSending {
		return lookForPayment(ctx, o, d, f)
	}
	if err := o.Intact(f); errors.Is(err, office.ErrSpool) {
		return errors.Join(err, payment.VoidLost(ctx, o, f, err))
	} else if err != nil {
		return err // it has not left and is tried again
	}
	there, err := standing(ctx, o, d, f)
	if err != nil {
		return err
	}
	sending, err := payment.CheckPayment(ctx, o, f)
	if err != nil || sending.State != exchange.FileSending {
		return err
	}
	if !there { // else it was left before the store was set back
		if err := put(ctx, o, p, d, sending, true); err != nil {
			return fmt.Errorf("%w (the payment's outcome is unknown until the drop or the bank tells)", err)
		}
	}
	return o.Do(ctx, office.By{File: sending, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, sending) })
}

// lookForPayment looks in the drop for a payment file whose upload was cut:
// the same name and content there, or where the other side keeps what it took,
// shows that it arrived.
func lookForPayment(ctx context.Context, o *office.Office, d drop.Drop, f exchange.File) error {
	found, err := standing(ctx, o, d, f)
	if err != nil || !found {
		return err
	}
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, f) })
}

// errForeign is returned when other bytes stand in the drop under the name of
// a payment file of ours.
var errForeign = errors.New("a file of this name with other content stands in the drop: it is not ours; ask the bank at once")

// standing reports whether a file of ours stands in the drop, or among what the
// other side has taken. Other content under its name is an alarm: errForeign.
func standing(ctx context.Context, o *office.Office, d drop.Drop, f exchange.File) (bool, error) {
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
		return false, errors.Join(fmt.Errorf("%s: %w", folder, errForeign), alarmForeign(ctx, o, f, folder))
	}
	return false, nil
}

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

// alarmForeign names a foreign file under the name of one of ours.
func alarmForeign(ctx context.Context, o *office.Office, f exchange.File, folder drop.Folder) error {
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
		return d.RecordDifference("file", f.Party, "", f.Name, "sha256 "+f.StoredSHA, "other content under this name in "+folder.String())
	})
}
