package courier

import (
	"context"
	"errors"
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// ErrReason is returned when a payment file would be sent again without the
// operator's reason.
var ErrReason = errors.New("a payment file is sent again only with --reason, by whoever has asked the bank")

// Retry works a file again, or sends it again, and says in words for the operator
// what it did:
//
//   - in, rejected or quarantined: the next pass judges it afresh, and its
//     sender gets another receipt
//   - out, refused or without a receipt: the next pass leaves the same bytes
//     in the drop again
//   - a payment file whose fate is unknown: sent again here and now, the same
//     bytes, if it is neither in the drop's Out nor its Done folder, every
//     transfer in it may still be paid, and reason says why
//
// reason is journaled; for all but payments it may be empty. ErrNothingToRetry:
// the file needs no retry, or must not have one. ErrReason: a payment file needs a
// reason.
func Retry(ctx context.Context, o *office.Office, id int64, reason string) (did string, err error) {
	var f exchange.File
	var lost error // its bytes
	err = o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if f, err = tx.File(id); err != nil {
			return err
		}
		_, lost = o.Spool.Size(tx, f.Spool)
		return nil
	})
	if err != nil {
		return "", err
	}
	if lost != nil {
		return "", fmt.Errorf("the file's bytes are not in the spool any more; put them back from a backup, or ask the sender for the file: %w", lost)
	}
	switch {
	case f.Dir == exchange.In:
		return retryIn(ctx, o, f, reason)
	case f.Kind == office.KindPayment:
		return retryPayment(ctx, o, f, reason)
	}
	return retryOut(ctx, o, f, reason)
}

// retryIn retries a file that came in, for an operator: only one that was rejected
// or quarantined as a whole. Records of a file that was worked have had their
// verdicts, which a second judgement could contradict.
func retryIn(ctx context.Context, o *office.Office, f exchange.File, reason string) (string, error) {
	switch f.State {
	case exchange.FileRejected, exchange.FileQuarantined:
	case exchange.FileFetched:
		return "", fmt.Errorf("%w: %s waits and is worked by the next pass", office.ErrNothingToRetry, f.Name)
	case exchange.FileDuplicate:
		return "", fmt.Errorf("%w: %s has the content of an earlier file, which was answered again", office.ErrNothingToRetry, f.Name)
	default:
		return "", fmt.Errorf("%w: %s was worked; its records have their verdicts (carryover show %d)", office.ErrNothingToRetry, f.Name, f.ID)
	}
	err := o.Do(ctx, office.By{File: f, Actor: office.ActorOperator}, func(d *office.Desk) error {
		return RetryIn(d, f, reason)
	})
	return "waits to be judged afresh by the next pass", err
}

// RetryIn lets the next pass judge a file afresh, as if it had just been fetched:
// verdict, counts and receipt are forgotten, so that its sender gets another.
func RetryIn(d *office.Desk, f exchange.File, reason string) error {
	again := f
	again.State, again.Verdict, again.Code, again.Text, again.Receipt = exchange.FileFetched, "", "", "", 0
	again.Records, again.Accepted, again.Held, again.Refused, again.Worked = 0, 0, 0, 0, 0
	if err := d.Tx.UpdateFile(f, again); err != nil {
		return err
	}
	return noteRetry(d, f, "file_retried", reason)
}

// retryOut retries a file of ours, for an operator: only one that was refused, or
// has had no receipt.
func retryOut(ctx context.Context, o *office.Office, f exchange.File, reason string) (string, error) {
	switch f.State {
	case exchange.FileRefused, exchange.FileSent:
	case exchange.FileQueued:
		return "", fmt.Errorf("%w: %s waits and is sent by the next pass", office.ErrNothingToRetry, f.Name)
	case exchange.FileReview, exchange.FileReturned:
		return "", fmt.Errorf("%w: %s has not left: officers review it first", office.ErrNothingToRetry, f.Name)
	default:
		return "", fmt.Errorf("%w: %s has its receipt", office.ErrNothingToRetry, f.Name)
	}
	err := o.Do(ctx, office.By{File: f, Actor: office.ActorOperator}, func(d *office.Desk) error {
		return RetryOut(d, f, reason)
	})
	return "waits to be sent again by the next pass, the same bytes", err
}

// RetryOut queues a file once more, the same bytes under the same name, so that
// whoever has taken it already knows it as a duplicate.
func RetryOut(d *office.Desk, f exchange.File, reason string) error {
	again := f
	again.State, again.Verdict, again.Code, again.Text, again.Receipt = exchange.FileQueued, "", "", "", 0
	again.Resent++
	if isSealFault(f.Code) {
		again.Signature, again.Signer = "", "" // made anew, by the key of the day
	}
	if err := d.Tx.UpdateFile(f, again); err != nil {
		return err
	}
	return noteRetry(d, f, "file_retried", reason)
}

// noteRetry journals a retry and closes the difference that named the file:
// if it fails again, a new one is opened.
func noteRetry(d *office.Desk, f exchange.File, what, reason string) error {
	if err := CloseFileDifferences(d, f); err != nil {
		return err
	}
	return d.Journal(exchange.AgencyChain, what, code.Text(reason), map[string]string{"file": f.Name, "was": string(f.State), "sha256": f.SHA256})
}

// CloseFileDifferences closes the differences that are open about a file, by its
// name and party: partners may give their files the same names.
func CloseFileDifferences(d *office.Desk, f exchange.File) error {
	open, err := d.Tx.DifferencesAbout("file", code.Text(f.Name))
	if err != nil {
		return err
	}
	for _, x := range open {
		if x.Partner == f.Party {
			if err := d.Tx.CloseDifference(x.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// retryPayment sends a payment file of unknown fate again, at once. If it lies in
// the drop it is recorded as sent instead. The reason is journaled before anything
// leaves, whether it arrived after; cut short in between, its fate stays unknown.
func retryPayment(ctx context.Context, o *office.Office, f exchange.File, reason string) (string, error) {
	if f.State != exchange.FileSending {
		return "", fmt.Errorf("%w: %s is %s: only a payment file whose fate is not known is sent again", office.ErrNothingToRetry, f.Name, f.State)
	}
	if reason == "" {
		return "", ErrReason
	}
	p, ok := o.Party(f.Party)
	if !ok {
		return "", fmt.Errorf("%s has no drop in the configuration", f.Party)
	}
	d, err := p.Open(ctx)
	if err != nil {
		return "", err
	}
	defer d.Close()
	found, err := findInDrop(ctx, o, d, f)
	if errors.Is(err, errForeign) {
		return "", errors.Join(office.ErrNothingToRetry, err)
	}
	if err != nil {
		return "", err
	}
	if found {
		err := o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, f) })
		return "lies in the drop: recorded as sent, nothing was sent again", err
	}
	if err := office.CheckAbsent(ctx, d, f.Name); err != nil {
		return "", err
	}
	content, err := openIntact(ctx, o, f)
	if err != nil {
		return "", err
	}
	defer content.Close()
	if err := allowPayment(ctx, o, f, content, reason); err != nil {
		return "", err
	}
	if err := put(ctx, o, p, d, f, content, drop.PutOptions{ReadBack: true}); err != nil {
		return "", unknownFate(err)
	}
	return "sent again, the same bytes", o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return payment.MarkArrived(d, f) })
}

// allowPayment checks once more, in one transaction, that a payment file may
// leave (its state, the ledger, its signatures, every transfer in it), and
// journals the reason: much may have changed since the first upload.
func allowPayment(ctx context.Context, o *office.Office, f exchange.File, content io.ReadSeeker, reason string) error {
	return o.Do(ctx, office.By{File: f, Actor: office.ActorOperator}, func(d *office.Desk) error {
		now, err := d.Tx.File(f.ID)
		if err != nil {
			return err
		}
		if now.State != exchange.FileSending {
			return fmt.Errorf("%w: %s is %s now", office.ErrNothingToRetry, f.Name, now.State)
		}
		if err := payment.MayPay(o, d.Tx); err != nil {
			return err
		}
		if why, err := payment.Unsigned(d, f, content); err != nil || !why.IsZero() {
			return errors.Join(err, fmt.Errorf("%s may not leave: %s", f.Name, why))
		}
		stands, err := signing.ReadStanding(o, d.Tx)
		if err != nil {
			return err
		}
		err = d.WorkPaymentsOf(f.ID, office.Beside{Payable: true}, func(p exchange.Payment) error {
			if p.Track != exchange.MoneyUnknown {
				return fmt.Errorf("%w: the bank has answered about payment %s", office.ErrNothingToRetry, p.Ref)
			}
			if ok, err := transfer.StillPayable(d, p); err != nil || !ok {
				return errors.Join(err, fmt.Errorf("payment %s may not be paid now: its case is held or closed, or its account changed", p.Ref))
			}
			why, err := payment.WhyStopped(d, p, stands)
			if err == nil && !why.IsZero() {
				err = fmt.Errorf("%s may not leave: %s", f.Name, office.OneLine(d.Words(why), 200))
			}
			return err
		})
		if err != nil {
			return err
		}
		return noteRetry(d, f, "payment_retried", reason)
	})
}
