package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
)

// pushPayment sends a payment file once. That it is on its way is recorded
// before; if its fate is not known afterwards it stays unknown until the drop,
// the bank or an officer tells, and is never sent again by itself.
func (e *Env) pushPayment(ctx context.Context, p Party, d drop.Drop, f exchange.File) error {
	if f.State == exchange.FileSending {
		return e.lookForPayment(ctx, d, f)
	}
	if err := e.intact(f); errors.Is(err, errSpool) {
		return errors.Join(err, e.voidLost(ctx, f, err))
	} else if err != nil {
		return err // it has not left and is tried again
	}
	there, err := e.standing(ctx, d, f)
	if err != nil {
		return err
	}
	sending, err := e.checkPayment(ctx, f)
	if err != nil || sending.State != exchange.FileSending {
		return err
	}
	if !there { // else it was left before the store was set back
		if err := e.put(ctx, p, d, sending, true); err != nil {
			return fmt.Errorf("%w (the payment's outcome is unknown until the drop or the bank tells)", err)
		}
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return e.paymentSent(tx, sending) })
}

// voidLost voids a payment file whose bytes in the spool are gone or changed:
// it never leaves, and somebody has to find out why.
func (e *Env) voidLost(ctx context.Context, f exchange.File, cause error) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, file: f, actor: "push"}
		if err := d.difference("file", f.Party, "", f.Name, "sha256 "+f.StoredSHA, clip("lost or changed: "+cause.Error(), 200)); err != nil {
			return err
		}
		return d.voidFile(f, "留存的付款文件丢失或被改动 / "+cause.Error())
	})
}

// checkPayment looks at every transfer again right before the upload, and
// then marks the file as on its way. One failure voids the file. While the
// ledger does not close, or the money settings are not approved, it waits.
func (e *Env) checkPayment(ctx context.Context, f exchange.File) (exchange.File, error) {
	sending := f
	err := e.Store.Tx(ctx, func(tx *store.Tx) error {
		sending = f
		if err := e.mayPay(tx); err != nil {
			return fmt.Errorf("not uploaded: %w", err)
		}
		d := &desk{Env: e, tx: tx, file: f, actor: "push"}
		why, err := d.unpayable(f)
		if err == nil && why == "" {
			why, err = d.unsigned(f)
		}
		if err != nil {
			return err
		}
		if why != "" {
			sending.State = exchange.FileVoid
			return d.voidFile(f, why)
		}
		sending.State = exchange.FileSending
		if err := tx.UpdateFile(f, sending); err != nil {
			return err
		}
		return tx.EachPaymentOf(f.ID, func(p exchange.Payment) error { return d.setPayment(p, exchange.MoneyUnknown, nil) })
	})
	if errors.Is(err, ErrSettings) {
		e.Log.Warn("payment file not uploaded", "file", f.Name, "why", err)
		return f, nil // Attention names it
	}
	return sending, err
}

// unsigned is why a file may not leave for want of signatures; "" when it may.
func (d *desk) unsigned(f exchange.File) (why string, err error) {
	if d.Rules.AutomaticRelease {
		return "", nil
	}
	signers, err := d.approvedSigners(d.tx)
	if err != nil {
		return "", err
	}
	signatures, err := d.tx.Signatures(f.ID)
	if err != nil {
		return "", err
	}
	return d.stillSigned(f, signers, signatures)
}

func (e *Env) paymentSent(tx *store.Tx, f exchange.File) error {
	d := &desk{Env: e, tx: tx, file: f, actor: "push"}
	return d.paymentSent(f)
}

// paymentSent records that a payment file arrived.
func (d *desk) paymentSent(f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	if err := d.tx.UpdateFile(f, after); err != nil {
		return err
	}
	d.file = after
	return d.tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
		if p.Track != exchange.MoneyUnknown {
			return nil // the bank has answered already
		}
		return d.setPayment(p, exchange.MoneySubmitted, nil)
	})
}

// lookForPayment looks in the drop for a payment file whose upload was cut:
// the same name and content there, or where the other side keeps what it took,
// shows that it arrived.
func (e *Env) lookForPayment(ctx context.Context, d drop.Drop, f exchange.File) error {
	found, err := e.standing(ctx, d, f)
	if err != nil || !found {
		return err
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return e.paymentSent(tx, f) })
}

// errForeign is returned when other bytes stand in the drop under the name of
// a payment file of ours.
var errForeign = errors.New("a file of this name with other content stands in the drop: it is not ours; ask the bank at once")

// standing reports whether a file of ours stands in the drop, or among what the
// other side has taken. Other content under its name is an alarm: errForeign.
func (e *Env) standing(ctx context.Context, d drop.Drop, f exchange.File) (bool, error) {
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
			if same, err = e.sameBytes(ctx, d, folder, entry, f); err != nil {
				return false, err
			}
		}
		if same {
			return true, nil
		}
		return false, errors.Join(fmt.Errorf("%s: %w", folder, errForeign), e.alarmForeign(ctx, f, folder))
	}
	return false, nil
}

func (e *Env) sameBytes(ctx context.Context, d drop.Drop, folder drop.Folder, entry drop.Entry, f exchange.File) (bool, error) {
	s, err := e.newSpoolFile("check")
	if err != nil {
		return false, err
	}
	defer s.drop()
	if _, err := d.Get(ctx, folder, entry, s.file); err != nil {
		return false, err
	}
	if err := s.rehash(); err != nil {
		return false, err
	}
	return s.sum() == f.StoredSHA, nil
}

// alarmForeign names a foreign file under the name of one of ours.
func (e *Env) alarmForeign(ctx context.Context, f exchange.File, folder drop.Folder) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, file: f, actor: "push"}
		return d.difference("file", f.Party, "", f.Name, "sha256 "+f.StoredSHA, "other content under this name in "+folder.String())
	})
}
