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
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/signing"
	"carryover/jobs/transfer"
)

// Push makes batches of the records that are queued and leaves them in the
// parties' drops; and sends again what has had no receipt for too long. A party
// that cannot be reached does not stop the others; all faults come back joined.
func Push(ctx context.Context, o *office.Office) (office.Counts, error) {
	composed, made := outbox.Compose(ctx, o)
	if err := resend(ctx, o); err != nil {
		return composed, errors.Join(made, fmt.Errorf("push: %w", err))
	}
	files, err := filesToLeave(ctx, o)
	if err != nil {
		return composed, errors.Join(made, fmt.Errorf("push: %w", err))
	}
	counts, err := o.EachParty(ctx, "push", func(ctx context.Context, p office.Party) (office.Counts, error) {
		return pushParty(ctx, o, p, files[p.Code])
	})
	counts.Add(composed)
	return counts, errors.Join(made, err)
}

// filesToLeave lists, by party, what is to be left for it: what is queued, but
// payment files while no money moves, and payment files whose upload was cut short.
func filesToLeave(ctx context.Context, o *office.Office) (map[string][]exchange.File, error) {
	files := map[string][]exchange.File{}
	err := o.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileQueued, exchange.FileSending}})
		for _, f := range list {
			if f.Kind == office.KindPayment && f.State == exchange.FileQueued && o.MovesMoney() != nil {
				continue
			}
			files[f.Party] = append(files[f.Party], f)
		}
		return err
	})
	return files, err
}

// pushParty leaves files for a party in its drop. A drop for which there
// is nothing is not even opened, but for an officer's, where what was signed
// since is cleared away.
func pushParty(ctx context.Context, o *office.Office, p office.Party, files []exchange.File) (office.Counts, error) {
	if len(files) == 0 && p.Role != office.RoleOfficer {
		return nil, nil
	}
	d, err := p.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if p.Role == office.RoleOfficer {
		back, err := tidySignables(ctx, o, p, d)
		if err != nil {
			return nil, err
		}
		files = append(files, back...)
	}
	var faults office.Faults
	counts, _ := office.Parallel(p.InFlight, files, func(f exchange.File) (office.Counts, error) {
		if err := pushFile(ctx, o, p, d, f); err != nil {
			faults.Add(f.Name, err)
			return nil, nil
		}
		return office.Counts{"sent": 1}, nil
	})
	return counts, faults.Err()
}

// pushFile leaves one file in the drop, sealed where it has to be, and records it
// as sent. Cut short before the record, it is left once more: the same bytes under
// the same name, which the other side knows as a duplicate. The signature goes
// first, so that no file stands there without it.
func pushFile(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File) error {
	if f.Kind == office.KindPayment {
		return pushPayment(ctx, o, p, d, f)
	}
	f, err := sign(ctx, o, f)
	if err != nil {
		return err
	}
	if err := putSignature(ctx, o, p, d, f); err != nil {
		return err
	}
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	if err := put(ctx, o, p, d, f, src, drop.PutOptions{ReadBack: f.Kind == office.KindCheckpoint}); err != nil {
		return err
	}
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return Sent(d, f) })
}

// put leaves the bytes that were recorded of a file in the drop, whole or not at all;
// drop.ErrSource when src has others.
func put(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File, src io.ReaderAt, opt drop.PutOptions) error {
	opt.SHA256, opt.PlainRename = f.StoredSHA, p.Plain
	err := d.Put(ctx, drop.Out, f.Name, src, f.Size, opt)
	if err == nil {
		o.Log.Info("left in the drop", "party", p.Code, "file", f.Name, "bytes", f.Size)
	}
	return err
}

// Sent records that a file lies in the drop, and what follows for its cases: the
// forms in it are sent. A file that is sent again has had that before; one whose
// receipt came sooner than this record has its receipt.
func Sent(d *office.Desk, f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	if f.Verdict != "" && f.Receipt != 0 {
		after.State = exchange.FileReceipted
	}
	if err := d.Tx.UpdateFile(f, after); err != nil {
		return err
	}
	if f.Kind == office.KindCheckpoint {
		return signing.NoteLeft(d, after)
	}
	follow, ok := onSent[f.Kind]
	if !ok || f.Resent > 0 {
		return nil
	}
	d.File = after
	return d.WorkRecordsOf(f.ID, func(o exchange.Outgoing) error { return follow(d, o) })
}

// onSent is what follows for a case once a record of the kind lies in the
// partner's drop, the first time that it is sent. What follows from a payment
// file is payment.MarkArrived.
var onSent = map[string]func(*office.Desk, exchange.Outgoing) error{
	formats.KindForm: transfer.FormSent,
}

// resend queues again, the same bytes, what has had no receipt for ResendAfter,
// and records as a difference what has had none for EscalateAfter since it was
// made. Payment files are never among them: banks send no receipts.
func resend(ctx context.Context, o *office.Office) error {
	if o.Rules.ResendAfter <= 0 {
		return nil
	}
	var sent []exchange.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		sent, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileSent}})
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range sent {
		waited := o.Now().Sub(f.SentAt)
		if !office.Receipted(f.Kind) || waited < o.Rules.ResendAfter {
			continue
		}
		err := o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
			again := f
			again.State = exchange.FileQueued
			again.Resent++
			if o.Rules.EscalateAfter > 0 && o.Now().Sub(f.At) >= o.Rules.EscalateAfter {
				if err := d.RecordDifference("file", f.Party, "", code.Text(f.Name), code.Say("sent-on", f.SentAt.In(o.Agency.Zone).Format("2006-01-02")), code.Say("no-receipt")); err != nil {
					return err
				}
			}
			return d.Tx.UpdateFile(f, again)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
