package courier

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/outbox"
	"carryover/jobs/signing"
)

// Push makes batches of what waits and leaves them in the parties' drops; and
// sends again what has had no receipt for too long. A party that cannot be
// reached costs its own turn only.
func Push(ctx context.Context, o *office.Office) (office.Counts, error) {
	composed, made := outbox.Compose(ctx, o)
	if err := resend(ctx, o); err != nil {
		return composed, errors.Join(made, fmt.Errorf("push: %w", err))
	}
	counts, err := o.EachParty(ctx, "push", func(ctx context.Context, p office.Party) (office.Counts, error) { return pushParty(ctx, o, p) })
	counts.Add(composed)
	return counts, errors.Join(made, err)
}

// filesFor lists what is to be put down for a party.
func filesFor(ctx context.Context, o *office.Office, party string) (files []exchange.File, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) (err error) {
		files, err = tx.Files(store.FileFilter{
			Dir: exchange.Out, Party: party, States: []exchange.FileState{exchange.FileQueued, exchange.FileSending},
		})
		return err
	})
	return files, err
}

func pushParty(ctx context.Context, o *office.Office, p office.Party) (office.Counts, error) {
	files, err := filesFor(ctx, o, p.Code)
	if err != nil || len(files) == 0 && p.Role != office.RoleOfficer {
		return nil, err
	}
	d, err := p.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if p.Role == office.RoleOfficer {
		if err := signing.TidySignables(ctx, o, p, d); err != nil {
			return nil, err
		}
	}
	return office.Parallel(p.InFlight, files, func(f exchange.File) (office.Counts, error) {
		if err := pushFile(ctx, o, p, d, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return office.Counts{"sent": 1}, nil
	})
}

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
	if err := put(ctx, o, p, d, f, false); err != nil {
		return err
	}
	return o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error { return Sent(d, f) })
}

func put(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File, readBack bool) error {
	src, err := o.OpenSpool(f.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	err = d.Put(ctx, drop.Out, f.Name, src, f.Size, drop.PutOptions{ReadBack: readBack, PlainRename: p.Plain})
	if err == nil {
		o.Log.Info("left in the drop", "party", p.Code, "file", f.Name, "bytes", f.Size)
	}
	return err
}

// Sent records that a file lies in the drop, and what follows for its cases.
func Sent(d *office.Desk, f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, d.Now()
	if f.Verdict != "" && f.Receipt != 0 {
		after.State = exchange.FileReceipted
	}
	if err := d.Tx.UpdateFile(f, after); err != nil {
		return err
	}
	if f.Kind != formats.KindForm || f.Resent > 0 {
		return nil
	}
	d.File = after
	return d.Tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
		if o.CaseNo == "" || strings.HasPrefix(string(o.Rows), "D,") {
			return nil
		}
		return formSent(d, o)
	})
}

func formSent(d *office.Desk, o exchange.Outgoing) error {
	c, err := d.CaseByNo(o.CaseNo)
	if err != nil {
		return err
	}
	forms, err := d.Tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for i := range forms {
		f := &forms[i]
		if f.No != o.RecordNo || f.Track != exchange.FormQueued {
			continue
		}
		if err := d.SetForm(f, exchange.FormSent); err != nil {
			return err
		}
	}
	if err := c.Retrack(); err != nil {
		return err
	}
	if c.State != exchange.Void { // annulled while the form waited
		if err := c.Move(exchange.FormSentOut, o.RecordNo, nil); err != nil {
			return err
		}
	}
	return c.Save()
}

// resend queues again, the same bytes, what has had no receipt for too long.
func resend(ctx context.Context, o *office.Office) error {
	if o.Rules.ResendAfter <= 0 {
		return nil
	}
	var old []exchange.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		old, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileSent}})
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range old {
		waited := o.Now().Sub(f.SentAt)
		if !office.Receipted(f.Kind) || waited < o.Rules.ResendAfter {
			continue
		}
		err := o.Do(ctx, office.By{File: f, Actor: "push"}, func(d *office.Desk) error {
			again := f
			again.State = exchange.FileQueued
			again.Resent++
			if o.Rules.EscalateAfter > 0 && o.Now().Sub(f.At) >= o.Rules.EscalateAfter {
				if err := d.RecordDifference("file", f.Party, "", f.Name, "sent "+f.SentAt.Format("2006-01-02"), "no receipt"); err != nil {
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
