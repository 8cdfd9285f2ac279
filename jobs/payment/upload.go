package payment

import (
	"context"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// VoidLost voids a payment file whose bytes in the spool are gone or changed
// (cause): it never leaves, a difference makes somebody find out why, and its
// payments are due again for a new file.
func VoidLost(ctx context.Context, o *office.Office, f exchange.File, cause error) error {
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
		if err := d.RecordDifference("file", f.Party, "", code.Text(f.Name), code.Say("sha256", f.StoredSHA), code.Say("lost-or-changed", office.Clip(cause.Error(), 200))); err != nil {
			return err
		}
		return transfer.VoidFile(d, f, code.Say("file-lost", cause.Error()))
	})
}

// CheckPayment looks at every transfer again right before the upload (SPEC 4),
// and returns the file as it is then: FileSending when it may leave, FileVoid
// when one transfer failed, unchanged while the money settings are not approved.
// A ledger that does not balance is an error, and the file waits.
//
// The file and its payments are marked as on their way (unknown) before the
// first byte is sent: after a crash during the upload it is not known whether
// the bank has the file, and nothing may pay these parts a second time.
func CheckPayment(ctx context.Context, o *office.Office, f exchange.File) (exchange.File, error) {
	sending := f
	err := checkedOnTheWay(ctx, o, office.By{File: f, Actor: "push"}, func(d *office.Desk, first bool) (err error) {
		sending, err = beginSending(d, f, first)
		return err
	})
	if errors.Is(err, signing.ErrSettings) {
		o.Log.Warn("payment file not uploaded: see the sheet To do", "file", f.Name, "why", err)
		return f, nil // jobs/todo names it
	}
	return sending, err
}

// beginSending is CheckPayment in a transaction. Payments that are not to be checked
// first are checked as they are marked.
func beginSending(d *office.Desk, f exchange.File, first bool) (exchange.File, error) {
	sending := f
	if err := MayPay(d.Office, d.Tx); err != nil {
		return f, fmt.Errorf("not uploaded%s: %w", whereToLook(err), err)
	}
	why, err := whyUnpayable(d, f, first)
	if err == nil && why.IsZero() {
		why, err = Unsigned(d, f)
	}
	if err != nil {
		return f, err
	}
	if !why.IsZero() {
		sending.State = exchange.FileVoid
		return sending, transfer.VoidFile(d, f, why)
	}
	sending.State, sending.At = exchange.FileSending, d.Now()
	if err := d.Tx.UpdateFile(f, sending); err != nil {
		return f, err
	}
	return sending, workPayable(d, f, !first, func(p exchange.Payment) error { return transfer.SetPayment(d, p, exchange.MoneyUnknown, nil) })
}

// Unsigned is why a file may not leave for want of valid signatures; none when it
// may. Checked at release and again at the upload: keys
// and roles may have been taken away between the two.
func Unsigned(d *office.Desk, f exchange.File) (why code.Phrase, err error) {
	if d.Rules.AutomaticRelease {
		return code.Phrase{}, nil
	}
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return code.Phrase{}, err
	}
	signatures, err := d.Tx.Signatures(f.ID)
	if err != nil {
		return code.Phrase{}, err
	}
	return whyNotSigned(d, f, signers, signatures)
}

// MarkArrived records that a payment file arrived: it is sent, and its payments
// are submitted, but for those that the bank has spoken of already.
func MarkArrived(d *office.Desk, f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	if err := d.Tx.UpdateFile(f, after); err != nil {
		return err
	}
	d.File = after
	return d.WorkPaymentsOf(f.ID, office.Beside{}, func(p exchange.Payment) error {
		if p.Track != exchange.MoneyUnknown {
			return nil // the bank has answered already
		}
		return transfer.SetPayment(d, p, exchange.MoneySubmitted, nil)
	})
}
