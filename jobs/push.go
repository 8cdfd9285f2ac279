package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
)

// Push makes batches of what waits and leaves them in the parties' drops; and
// sends again what has had no receipt for too long. A party that cannot be
// reached costs its own turn only.
func (e *Env) Push(ctx context.Context) (Counts, error) {
	composed, made := e.compose(ctx)
	if err := e.resend(ctx); err != nil {
		return composed, errors.Join(made, fmt.Errorf("push: %w", err))
	}
	counts, err := e.eachParty(ctx, "push", e.pushParty)
	counts.add(composed)
	return counts, errors.Join(made, err)
}

// filesFor lists what is to be put down for a party.
func (e *Env) filesFor(ctx context.Context, party string) (files []exchange.File, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		files, err = tx.Files(store.FileFilter{
			Dir: exchange.Out, Party: party, States: []exchange.FileState{exchange.FileQueued, exchange.FileSending},
		})
		return err
	})
	return files, err
}

func (e *Env) pushParty(ctx context.Context, p Party) (Counts, error) {
	files, err := e.filesFor(ctx, p.Code)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	d, err := p.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return parallel(p.InFlight, files, func(f exchange.File) (Counts, error) {
		if err := e.pushFile(ctx, p, d, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return Counts{"sent": 1}, nil
	})
}

func (e *Env) pushFile(ctx context.Context, p Party, d drop.Drop, f exchange.File) error {
	if f.Kind == KindPayment {
		return e.pushPayment(ctx, p, d, f)
	}
	if err := e.put(ctx, p, d, f, false); err != nil {
		return err
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return e.sent(tx, f) })
}

func (e *Env) put(ctx context.Context, p Party, d drop.Drop, f exchange.File, readBack bool) error {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	err = d.Put(ctx, drop.Out, f.Name, src, f.Size, drop.PutOptions{ReadBack: readBack, PlainRename: p.Plain})
	if err == nil {
		e.Log.Info("left in the drop", "party", p.Code, "file", f.Name, "bytes", f.Size)
	}
	return err
}

// sent records that a file lies in the drop, and what follows for its cases.
func (e *Env) sent(tx *store.Tx, f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, e.Now()
	if f.Verdict != "" && f.Receipt != 0 {
		after.State = exchange.FileReceipted
	}
	if err := tx.UpdateFile(f, after); err != nil {
		return err
	}
	if f.Kind != formats.KindForm || f.Resent > 0 {
		return nil
	}
	d := &desk{Env: e, tx: tx, file: after, actor: "push"}
	return tx.EachOutgoingByFile(f.ID, func(o exchange.Outgoing) error {
		if o.CaseNo == "" || strings.HasPrefix(string(o.Rows), "D,") {
			return nil
		}
		return d.formSent(o)
	})
}

func (d *desk) formSent(o exchange.Outgoing) error {
	c, err := d.caseNo(o.CaseNo)
	if err != nil {
		return err
	}
	forms, err := d.tx.FormsByCase(c.No)
	if err != nil {
		return err
	}
	for i := range forms {
		f := &forms[i]
		if f.No != o.RecordNo || f.Track != exchange.FormQueued {
			continue
		}
		if err := d.setForm(f, exchange.FormSent); err != nil {
			return err
		}
	}
	if err := c.retrack(); err != nil {
		return err
	}
	if c.State != exchange.Void { // annulled while the form waited
		if err := c.move(exchange.FormSentOut, o.RecordNo, nil); err != nil {
			return err
		}
	}
	return c.save()
}

// pushPayment sends a payment file once. That it is on its way is recorded
// before; if its fate is not known afterwards it stays unknown until the drop
// or the bank tells, and is never sent again by itself.
func (e *Env) pushPayment(ctx context.Context, p Party, d drop.Drop, f exchange.File) error {
	if f.State == exchange.FileSending {
		return e.lookForPayment(ctx, d, f)
	}
	sending, err := e.checkPayment(ctx, f)
	if err != nil || sending.State != exchange.FileSending {
		return err
	}
	if err := e.put(ctx, p, d, sending, true); err != nil {
		return fmt.Errorf("%w (the payment's outcome is unknown until the drop or the bank tells)", err)
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return e.paymentSent(tx, sending) })
}

// checkPayment looks at every transfer again right before the upload, and
// then marks the file as on its way. One failure voids the file.
func (e *Env) checkPayment(ctx context.Context, f exchange.File) (exchange.File, error) {
	sending := f
	err := e.Store.Tx(ctx, func(tx *store.Tx) error {
		d := &desk{Env: e, tx: tx, file: f, actor: "push"}
		payments, err := tx.PaymentsByFile(f.ID)
		if err != nil {
			return err
		}
		_, closed := e.fundsClosed()
		for _, p := range payments {
			if ok, err := d.stillPayable(p); err != nil || !ok || closed {
				if err != nil {
					return err
				}
				sending.State = exchange.FileVoid
				return d.voidPayment(p)
			}
		}
		sending.State = exchange.FileSending
		if err := tx.UpdateFile(f, sending); err != nil {
			return err
		}
		for _, p := range payments {
			if err := d.setPayment(p, exchange.MoneyUnknown, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return sending, err
}

func (e *Env) paymentSent(tx *store.Tx, f exchange.File) error {
	after := f
	after.State, after.SentAt = exchange.FileSent, e.Now()
	if err := tx.UpdateFile(f, after); err != nil {
		return err
	}
	d := &desk{Env: e, tx: tx, file: after, actor: "push"}
	payments, err := tx.PaymentsByFile(f.ID)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if p.Track != exchange.MoneyUnknown {
			continue // the bank has answered already
		}
		if err := d.setPayment(p, exchange.MoneySubmitted, nil); err != nil {
			return err
		}
	}
	return nil
}

// lookForPayment looks in the drop for a payment file whose upload was cut:
// the same name and content there, or in the done folder of whoever took it,
// shows that it arrived.
func (e *Env) lookForPayment(ctx context.Context, d drop.Drop, f exchange.File) error {
	found, err := e.sameInDrop(ctx, d, f)
	if err != nil || !found {
		return err
	}
	return e.Store.Tx(ctx, func(tx *store.Tx) error { return e.paymentSent(tx, f) })
}

func (e *Env) sameInDrop(ctx context.Context, d drop.Drop, f exchange.File) (bool, error) {
	entry, err := d.Stat(ctx, drop.Out, f.Name)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && entry.Size != f.Size) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s, err := e.newSpoolFile("check")
	if err != nil {
		return false, err
	}
	defer s.drop()
	if _, err := d.Get(ctx, drop.Out, entry, s.file); err != nil {
		return false, err
	}
	if err := s.rehash(); err != nil {
		return false, err
	}
	return s.sum() == f.StoredSHA, nil
}

// resend queues again, the same bytes, what has had no receipt for too long.
func (e *Env) resend(ctx context.Context) error {
	if e.Rules.ResendAfter <= 0 {
		return nil
	}
	var old []exchange.File
	err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
		old, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: []exchange.FileState{exchange.FileSent}})
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range old {
		waited := e.Now().Sub(f.SentAt)
		if !receipted(f.Kind) || waited < e.Rules.ResendAfter {
			continue
		}
		err := e.Store.Tx(ctx, func(tx *store.Tx) error {
			again := f
			again.State = exchange.FileQueued
			again.Resent++
			d := &desk{Env: e, tx: tx, file: f, actor: "push"}
			if e.Rules.EscalateAfter > 0 && e.Now().Sub(f.At) >= e.Rules.EscalateAfter {
				if err := d.difference("file", f.Party, "", f.Name, "sent "+f.SentAt.Format("2006-01-02"), "no receipt"); err != nil {
					return err
				}
			}
			return tx.UpdateFile(f, again)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// receipted reports whether a kind of file is answered by a receipt.
func receipted(kind string) bool { return kind != formats.KindReceipt && kind != KindPayment }
