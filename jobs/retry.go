package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
)

// ErrNothingToRetry is returned for a file that needs no retry, or must not
// have one; the error's text says why.
var ErrNothingToRetry = errors.New("nothing to retry")

// ErrReason is returned when a payment file would be sent again without the
// operator's reason.
var ErrReason = errors.New("a payment file is sent again only with --reason, by whoever has asked the bank")

// Retry works a file again, or sends it again, and says what it did:
//
//   - in, rejected or quarantined: the next pass judges it afresh, and its
//     sender gets another receipt
//   - out, refused or without a receipt: the next pass leaves the same bytes
//     in the drop again
//   - a payment file whose fate is unknown: sent again here and now, the same
//     bytes, if it is neither in the drop's Out nor its Done folder, every
//     transfer in it may still be paid, and reason says why
//
// reason is journaled; for all but payments it may be empty.
func (e *Env) Retry(ctx context.Context, id int64, reason string) (did string, err error) {
	var f exchange.File
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		f, err = tx.File(id)
		return err
	})
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(e.Spool, f.Spool)); err != nil {
		return "", fmt.Errorf("the file's bytes are not in the spool any more: %w", err)
	}
	switch {
	case f.Dir == exchange.In:
		return e.retryIn(ctx, f, reason)
	case f.Kind == KindPayment:
		return e.retryPayment(ctx, f, reason)
	}
	return e.retryOut(ctx, f, reason)
}

func (e *Env) retryIn(ctx context.Context, f exchange.File, reason string) (string, error) {
	switch f.State {
	case exchange.FileRejected, exchange.FileQuarantined:
	case exchange.FileFetched:
		return "", fmt.Errorf("%w: %s waits and is worked by the next pass", ErrNothingToRetry, f.Name)
	case exchange.FileDuplicate:
		return "", fmt.Errorf("%w: %s has the content of an earlier file, which was answered again", ErrNothingToRetry, f.Name)
	default:
		return "", fmt.Errorf("%w: %s was worked; its records have their verdicts (carryover show %d)", ErrNothingToRetry, f.Name, f.ID)
	}
	err := e.Store.Tx(ctx, func(tx *store.Tx) error {
		return (&desk{Env: e, tx: tx, file: f, actor: actorOperator}).retryIn(f, reason)
	})
	return "waits to be judged afresh by the next pass", err
}

// retryIn lets the next pass judge a file afresh.
func (d *desk) retryIn(f exchange.File, reason string) error {
	again := f
	again.State, again.Verdict, again.Code, again.Text, again.Receipt = exchange.FileFetched, "", "", "", 0
	again.Records, again.Accepted, again.Held, again.Refused, again.Worked = 0, 0, 0, 0, 0
	if err := d.tx.UpdateFile(f, again); err != nil {
		return err
	}
	return d.noteRetry(f, "file_retried", reason)
}

func (e *Env) retryOut(ctx context.Context, f exchange.File, reason string) (string, error) {
	switch f.State {
	case exchange.FileRefused, exchange.FileSent:
	case exchange.FileQueued:
		return "", fmt.Errorf("%w: %s waits and is sent by the next pass", ErrNothingToRetry, f.Name)
	case exchange.FileReview, exchange.FileReturned:
		return "", fmt.Errorf("%w: %s has not left: officers review it first", ErrNothingToRetry, f.Name)
	default:
		return "", fmt.Errorf("%w: %s has its receipt", ErrNothingToRetry, f.Name)
	}
	err := e.Store.Tx(ctx, func(tx *store.Tx) error {
		return (&desk{Env: e, tx: tx, file: f, actor: actorOperator}).retryOut(f, reason)
	})
	return "waits to be sent again by the next pass, the same bytes", err
}

// retryOut queues a file once more, the same bytes.
func (d *desk) retryOut(f exchange.File, reason string) error {
	again := f
	again.State, again.Verdict, again.Code, again.Text, again.Receipt = exchange.FileQueued, "", "", "", 0
	again.Resent++
	if sealCode(f.Code) {
		again.Signature, again.Signer = "", "" // made anew, by the key of the day
	}
	if err := d.tx.UpdateFile(f, again); err != nil {
		return err
	}
	return d.noteRetry(f, "file_retried", reason)
}

// noteRetry journals a retry and closes the difference that named the file:
// if it fails again, a new one is opened.
func (d *desk) noteRetry(f exchange.File, what, reason string) error {
	if err := d.closeFileDifferences(f); err != nil {
		return err
	}
	return d.journal("agency", what, reason, map[string]string{"file": f.Name, "was": string(f.State), "sha256": f.SHA256})
}

// closeFileDifferences closes what is open about a file.
func (d *desk) closeFileDifferences(f exchange.File) error {
	open, err := d.tx.DifferencesAbout("file", f.Name)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Partner == f.Party {
			if err := d.tx.CloseDifference(x.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// retryPayment sends a payment file of unknown fate again. The reason is
// journaled before anything leaves; whether it arrived is recorded after.
func (e *Env) retryPayment(ctx context.Context, f exchange.File, reason string) (string, error) {
	if f.State != exchange.FileSending {
		return "", fmt.Errorf("%w: %s is %s: only a payment file whose fate is not known is sent again", ErrNothingToRetry, f.Name, f.State)
	}
	if reason == "" {
		return "", ErrReason
	}
	p, ok := e.party(f.Party)
	if !ok {
		return "", fmt.Errorf("%s has no drop in the configuration", f.Party)
	}
	d, err := p.Open(ctx)
	if err != nil {
		return "", err
	}
	defer d.Close()
	found, err := e.standing(ctx, d, f)
	if errors.Is(err, errForeign) {
		return "", errors.Join(ErrNothingToRetry, err)
	}
	if err != nil {
		return "", err
	}
	if found {
		err := e.Store.Tx(ctx, func(tx *store.Tx) error { return e.paymentSent(tx, f) })
		return "lies in the drop: recorded as sent, nothing was sent again", err
	}
	if err := absent(ctx, d, f.Name); err != nil {
		return "", err
	}
	if err := e.allowPayment(ctx, f, reason); err != nil {
		return "", err
	}
	if err := e.put(ctx, p, d, f, true); err != nil {
		return "", fmt.Errorf("%w (the payment's outcome is unknown until the drop or the bank tells)", err)
	}
	return "sent again, the same bytes", e.Store.Tx(ctx, func(tx *store.Tx) error { return e.paymentSent(tx, f) })
}

// absent fails when a name stands in one of the folders in which whoever takes
// a payment file leaves it.
func absent(ctx context.Context, d drop.Drop, name string) error {
	for _, folder := range []drop.Folder{drop.Out, drop.Done, drop.Taken} {
		switch _, err := d.Stat(ctx, folder, name); {
		case err == nil:
			return fmt.Errorf("%w: %w", ErrNothingToRetry, refuse("%s 已在交换目录 %s 中：请与留存的原件比对，并向银行查明", "%s stands in the drop's folder %s: compare it with the spool, and ask the bank", name, folder))
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	return nil
}

// allowPayment looks at every transfer again and journals the reason.
func (e *Env) allowPayment(ctx context.Context, f exchange.File, reason string) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		now, err := tx.File(f.ID)
		if err != nil {
			return err
		}
		if now.State != exchange.FileSending {
			return fmt.Errorf("%w: %s is %s now", ErrNothingToRetry, f.Name, now.State)
		}
		if err := e.mayPay(tx); err != nil {
			return err
		}
		d := &desk{Env: e, tx: tx, file: f, actor: actorOperator}
		if why, err := d.unsigned(f); err != nil || why != "" {
			return errors.Join(err, fmt.Errorf("%s may not leave: %s", f.Name, why))
		}
		err = tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
			if p.Track != exchange.MoneyUnknown {
				return fmt.Errorf("%w: the bank has answered about payment %s", ErrNothingToRetry, p.Ref)
			}
			if ok, err := d.stillPayable(p); err != nil || !ok {
				return errors.Join(err, fmt.Errorf("payment %s may not be paid now: its case is held or closed, or its account changed", p.Ref))
			}
			return nil
		})
		if err != nil {
			return err
		}
		return (&desk{Env: e, tx: tx, file: f, actor: actorOperator}).noteRetry(f, "payment_retried", reason)
	})
}
