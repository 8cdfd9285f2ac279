package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"carryover/exchange"
	"carryover/exchange/store"
)

// Paper is a file that waits for signatures, as `release` shows it.
type Paper struct {
	File       exchange.File
	Signatures []exchange.Signature
}

// FindPaper finds what is to be signed: by a file's name, or by the EndToEndId
// of a payment in it. A file that waits for nothing is found too: Sign says why
// it takes no signature.
func (e *Env) FindPaper(ctx context.Context, name string) (p Paper, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		p.File, err = tx.FileByName(exchange.Out, e.Agency.Bank(), name)
		if notFound(err) {
			p.File, err = tx.FileByName(exchange.Out, e.Agency.Code, name)
		}
		if notFound(err) {
			p.File, err = fileOfPayment(tx, name)
		}
		if err != nil {
			return err
		}
		p.Signatures, err = tx.Signatures(p.File.ID)
		return err
	})
	return p, err
}

// EachPayment calls fn for every payment of a file, by reference.
func (e *Env) EachPayment(ctx context.Context, f exchange.File, fn func(exchange.Payment) error) error {
	return e.Store.View(ctx, func(tx *store.Tx) error { return tx.EachPaymentOf(f.ID, fn) })
}

// fileOfPayment finds the file of a payment.
func fileOfPayment(tx *store.Tx, ref string) (exchange.File, error) {
	p, err := tx.Payment(ref)
	if err != nil {
		return exchange.File{}, err
	}
	if p.FileID == 0 {
		return exchange.File{}, fmt.Errorf("payment %s is in no payment file yet: the next pass makes it", ref)
	}
	return tx.File(p.FileID)
}

// Content opens what is to be signed, once it is certain that it is what was
// recorded.
func (e *Env) Content(f exchange.File) (io.ReadCloser, error) {
	if err := e.intact(f); err != nil {
		return nil, err
	}
	return os.Open(filepath.Join(e.Spool, f.Spool))
}

// Sign takes an officer's signature on a file and does at once what it
// allows: the payment file is released, or the money settings are approved
// (done). What does not count comes back as a *Refusal; what is signed but
// cannot be released yet as another error.
func (e *Env) Sign(ctx context.Context, officer string, f exchange.File, armored []byte) (s Signing, done bool, err error) {
	var no *Refusal
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		no = nil
		d := &desk{Env: e, tx: tx, actor: exchange.OfficerParty(officer)}
		made, err := d.sign(officer, f.Name, armored)
		if errors.As(err, &no) {
			return d.journal("agency", "signature_refused", no.English, map[string]string{"file": f.Name})
		}
		s = made
		return err
	})
	switch {
	case err != nil:
		return s, false, err
	case no != nil:
		return s, false, no
	case !s.Complete():
		return s, false, nil
	case f.Kind == kindMoneySettings:
		err = e.checkSettings(ctx)
	default:
		_, err = e.review(ctx, f)
	}
	if err != nil {
		return s, false, err
	}
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		now, err := tx.File(f.ID)
		done = now.State == exchange.FileQueued || now.State == exchange.FileApproved
		return err
	})
	return s, done, err
}
