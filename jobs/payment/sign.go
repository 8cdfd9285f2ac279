package payment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"carryover/exchange"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// Signable is a file that waits for signatures, as `release` shows it.
type Signable struct {
	File       exchange.File
	Signatures []exchange.Signature
}

// FindSignable finds what is to be signed: by a file's name, or by the EndToEndId
// of a payment in it. A file that waits for nothing is found too: Sign says why
// it takes no signature.
func FindSignable(ctx context.Context, o *office.Office, name string) (p Signable, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		p.File, err = tx.FileByName(exchange.Out, o.Agency.Bank(), name)
		if office.IsNotFound(err) {
			p.File, err = tx.FileByName(exchange.Out, o.Agency.Code, name)
		}
		if office.IsNotFound(err) {
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
func EachPayment(ctx context.Context, o *office.Office, f exchange.File, fn func(exchange.Payment) error) error {
	return o.Store.View(ctx, func(tx *store.Tx) error { return tx.EachPaymentOf(f.ID, fn) })
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
func Content(o *office.Office, f exchange.File) (io.ReadCloser, error) {
	if err := o.Intact(f); err != nil {
		return nil, err
	}
	return os.Open(filepath.Join(o.Spool, f.Spool))
}

// Sign takes an officer's signature on a file and does at once what it
// allows: the payment file is released, or the money settings are approved
// (done). What does not count comes back as a *Refusal; what is signed but
// cannot be released yet as another error.
func Sign(ctx context.Context, o *office.Office, officer string, f exchange.File, armored []byte) (s signing.Signing, done bool, err error) {
	var no *office.Refusal
	err = o.Do(ctx, office.By{Actor: exchange.OfficerParty(officer)}, func(d *office.Desk) error {
		no = nil
		made, err := signing.Sign(d, officer, f.Name, armored)
		if errors.As(err, &no) {
			return d.Journal(office.AgencyChain, "signature_refused", no.English, map[string]string{"file": f.Name})
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
	case f.Kind == office.KindMoneySettings:
		err = signing.CheckSettings(ctx, o)
	default:
		_, err = review(ctx, o, f)
	}
	if err != nil {
		return s, false, err
	}
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		now, err := tx.File(f.ID)
		done = now.State == exchange.FileQueued || now.State == exchange.FileApproved
		return err
	})
	return s, done, err
}
