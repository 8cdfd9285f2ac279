package payment

import (
	"context"
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// VoidLost voids a payment file that has not left and whose bytes in the spool are gone
// or changed (cause): it never leaves, a difference makes somebody find out why, and its
// payments are due again for a new file.
func VoidLost(ctx context.Context, o *office.Office, f exchange.File, cause error) error {
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return voidLost(d, f, cause) })
}

func voidLost(d *office.Desk, f exchange.File, cause error) error {
	err := d.RecordDifference("file", f.Party, "", code.Text(f.Name), code.Say("sha256", f.StoredSHA), code.Say("lost-or-changed", office.Clip(cause.Error(), 200)))
	if err != nil {
		return err
	}
	return transfer.VoidFile(d, f, code.Say("file-lost", cause.Error()))
}

// MayLeave looks at a queued payment file before a byte of it (content) is sent: the
// settings, the ledger, the funds, the signatures. It returns the file as it is then:
// FileQueued when it may leave, FileVoid when it may not. office.ErrSpool when the
// signatures are not over content; signing.ErrSettings and a ledger that does not balance
// are errors too, and the file waits.
func MayLeave(ctx context.Context, o *office.Office, f exchange.File, content io.ReadSeeker) (now exchange.File, err error) {
	err = o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) (err error) {
		if err := MayPay(d.Office, d.Tx); err != nil {
			return fmt.Errorf("not uploaded%s: %w", whereToLook(err), err)
		}
		now, err = mayLeave(d, f, content, false)
		return err
	})
	return now, err
}

// BeginSending looks at a file, and at every transfer in it (SPEC 4), once more when the
// bytes lie in the drop and only lack their name. A file that may leave is FileSending
// then, and its payments are on their way (unknown), before the rename is asked for:
// after a crash it is not known whether the bank has the file, and nothing may pay these
// parts a second time. Before that the bank cannot have it.
func BeginSending(ctx context.Context, o *office.Office, f exchange.File, content io.ReadSeeker) (now exchange.File, err error) {
	err = checkedOnTheWay(ctx, o, office.By{File: f, Actor: "push"}, func(d *office.Desk, first bool) (err error) {
		if now, err = mayLeave(d, f, content, first); err != nil || now.State != exchange.FileQueued {
			return err
		}
		now, err = beginSending(d, f, first)
		return err
	})
	return now, err
}

// mayLeave voids a file that may not leave; with each it looks at every payment.
func mayLeave(d *office.Desk, f exchange.File, content io.ReadSeeker, each bool) (exchange.File, error) {
	why, err := whyUnpayable(d, f, each)
	if err == nil && why.IsZero() {
		why, err = Unsigned(d, f, content)
	}
	if err != nil || why.IsZero() {
		return f, err
	}
	void := f
	void.State = exchange.FileVoid
	return void, transfer.VoidFile(d, f, why)
}

// beginSending marks a file and its payments. Those that were not checked first are
// checked as they are marked.
func beginSending(d *office.Desk, f exchange.File, first bool) (exchange.File, error) {
	sending := f
	sending.State, sending.At = exchange.FileSending, d.Now()
	if err := d.Tx.UpdateFile(f, sending); err != nil {
		return f, err
	}
	return sending, workPayable(d, f, !first, func(p exchange.Payment) error { return transfer.SetPayment(d, p, exchange.MoneyUnknown, nil) })
}

// Unsigned is why a file may not leave for want of valid signatures of its bytes
// (content); none when it may. Checked at release and again at the upload: keys
// and roles may have been taken away between the two.
func Unsigned(d *office.Desk, f exchange.File, content io.ReadSeeker) (why code.Phrase, err error) {
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
	return whyNotSigned(d, f, content, signers, signatures)
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
