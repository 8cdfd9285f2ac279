package courier

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
)

// pushPayment sends a payment file at most once, and only the bytes that were signed:
// one open file is verified, hashed as it is sent, and compared before it gets its name.
// That it is on its way (FileSending) is recorded right before the rename is asked for;
// cut short before, it stays queued. Cut short there, its fate stays unknown until the
// drop, the bank or an officer tells, and it is never sent again by itself: a file sent
// twice may be paid twice, a late one is only late.
func pushPayment(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File) error {
	if f.State == exchange.FileSending {
		return lookForPayment(ctx, o, d, f)
	}
	err := sendPayment(ctx, o, p, d, f)
	switch {
	case errors.Is(err, office.ErrSpool):
		return errors.Join(err, payment.VoidLost(ctx, o, f, err))
	case signing.Stopped(err), errors.Is(err, payment.ErrUnknownDebit):
		o.Log.Warn("payment file not uploaded: see the sheet To do", "file", f.Name, "why", err)
		return nil // jobs/todo names it
	case errors.Is(err, errVoided):
		return nil
	}
	return err
}

// errVoided is returned for a payment file that may not leave any more.
var errVoided = errors.New("the payment file is void")

// sendPayment is pushPayment for a file that is queued, and stays so with every error
// but one of unknownFate and errVoided. office.ErrSpool when its bytes are not those
// that were signed, whenever they were exchanged.
func sendPayment(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File) error {
	content, err := openIntact(ctx, o, f)
	if err != nil {
		return err
	}
	defer content.Close()
	found, err := findInDrop(ctx, o, d, f)
	if err != nil {
		return err
	}
	if err := leaves(payment.MayLeave(ctx, o, f, content)); err != nil {
		return err
	}
	sending := f
	begin := func() error {
		now, err := payment.BeginSending(ctx, o, f, content)
		if err = leaves(now, err); err == nil {
			sending = now
		}
		return err
	}
	if found { // it was left before the store was set back to a backup
		err = begin()
	} else {
		err = put(ctx, o, p, d, f, content, drop.PutOptions{ReadBack: true, Naming: begin})
	}
	switch {
	case err == nil:
		return o.Do(ctx, office.By{File: sending, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, sending) })
	case sending.State == exchange.FileSending:
		return unknownFate(err)
	case errors.Is(err, drop.ErrSource):
		return fmt.Errorf("%w: %w", office.ErrSpool, err)
	}
	return err
}

// leaves makes an error of a file that was voided.
func leaves(now exchange.File, err error) error {
	if err == nil && now.State == exchange.FileVoid {
		err = errVoided
	}
	return err
}

// openIntact opens the bytes that were recorded of a file (office.OpenIntact).
func openIntact(ctx context.Context, o *office.Office, f exchange.File) (content *spool.File, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		content, err = o.OpenIntact(tx, f)
		return err
	})
	return content, err
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
