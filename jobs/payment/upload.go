package payment

import (
	"context"
	"errors"
	"fmt"

	"carryover/exchange"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// VoidLost voids a payment file whose bytes in the spool are gone or changed:
// it never leaves, and somebody has to find out why.
func VoidLost(ctx context.Context, o *office.Office, f exchange.File, cause error) error {
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
		if err := d.RecordDifference("file", f.Party, "", f.Name, "sha256 "+f.StoredSHA, office.Clip("lost or changed: "+cause.Error(), 200)); err != nil {
			return err
		}
		return transfer.VoidFile(d, f, "留存的付款文件丢失或被改动 / "+cause.Error())
	})
}

// CheckPayment looks at every transfer again right before the upload, and
// then marks the file as on its way. One failure voids the file. While the
// ledger does not close, or the money settings are not approved, it waits.
func CheckPayment(ctx context.Context, o *office.Office, f exchange.File) (exchange.File, error) {
	sending := f
	err := o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
		sending = f
		if err := MayPay(o, d.Tx); err != nil {
			return fmt.Errorf("not uploaded: %w", err)
		}
		why, err := unpayable(d, f)
		if err == nil && why == "" {
			why, err = Unsigned(d, f)
		}
		if err != nil {
			return err
		}
		if why != "" {
			sending.State = exchange.FileVoid
			return transfer.VoidFile(d, f, why)
		}
		sending.State = exchange.FileSending
		if err := d.Tx.UpdateFile(f, sending); err != nil {
			return err
		}
		return d.Tx.EachPaymentOf(f.ID, func(p exchange.Payment) error { return transfer.SetPayment(d, p, exchange.MoneyUnknown, nil) })
	})
	if errors.Is(err, signing.ErrSettings) {
		o.Log.Warn("payment file not uploaded", "file", f.Name, "why", err)
		return f, nil // Attention names it
	}
	return sending, err
}

// Unsigned is why a file may not leave for want of signatures; "" when it may.
func Unsigned(d *office.Desk, f exchange.File) (why string, err error) {
	if d.Rules.AutomaticRelease {
		return "", nil
	}
	signers, err := signing.ApprovedSigners(d.Office, d.Tx)
	if err != nil {
		return "", err
	}
	signatures, err := d.Tx.Signatures(f.ID)
	if err != nil {
		return "", err
	}
	return stillSigned(d, f, signers, signatures)
}

// MarkArrived records that a payment file arrived.
func MarkArrived(d *office.Desk, f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	if err := d.Tx.UpdateFile(f, after); err != nil {
		return err
	}
	d.File = after
	return d.Tx.EachPaymentOf(f.ID, func(p exchange.Payment) error {
		if p.Track != exchange.MoneyUnknown {
			return nil // the bank has answered already
		}
		return transfer.SetPayment(d, p, exchange.MoneySubmitted, nil)
	})
}
