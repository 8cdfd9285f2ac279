package jobs

import (
	"context"
	"errors"
	"fmt"
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
	if err != nil || len(files) == 0 && p.Role != RoleOfficer {
		return nil, err
	}
	d, err := p.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if p.Role == RoleOfficer {
		if err := e.tidyPapers(ctx, p, d); err != nil {
			return nil, err
		}
	}
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
	f, err := e.sign(ctx, f)
	if err != nil {
		return err
	}
	if err := e.putSignature(ctx, p, d, f); err != nil {
		return err
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
func receipted(kind string) bool {
	switch kind {
	case formats.KindReceipt, KindPayment, KindAnswer, kindToSign, kindToReview, kindAnswer, kindDecisions:
		return false
	}
	return true
}
