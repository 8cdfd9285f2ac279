package payment

import (
	"context"
	"errors"
	"fmt"
	"io"

	"carryover/exchange"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// Signable is a file that waits for signatures, as `release` shows it.
type Signable struct {
	File       exchange.File
	Signatures []exchange.Signature
}

// FindSignable finds what is to be signed: a payment file or the money settings
// by the file's name, or a payment file by the EndToEndId of a payment in it. A
// file that waits for nothing is found too: Sign says why it takes no signature.
// store.ErrNotFound when the name is nothing of these.
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

// fileOfPayment finds the file of a payment; an error when it is in none yet.
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

// Content opens the bytes that are to be signed, once their hash is that of the
// record: nobody signs what was changed in the spool. The caller closes it.
func Content(ctx context.Context, o *office.Office, f exchange.File) (io.ReadCloser, error) {
	var content *spool.File
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		content, err = o.OpenIntact(tx, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return content, nil
}

// Sign takes an officer's signature on a file and does at once what it
// allows: the payment file is released, or the money settings are approved
// (done). A signature that does not count comes back as an *office.Refusal, and
// is journaled; what is signed but cannot be released yet as another error.
//
// The signature is stored before the release is tried, in a transaction of its
// own: a ledger that does not balance must not cost an officer's signature. A
// crash in between leaves a signed file, which the next Remit releases.
func Sign(ctx context.Context, o *office.Office, officer string, f exchange.File, armored []byte) (s signing.Accepted, done bool, err error) {
	var refusal *office.Refusal
	err = o.Do(ctx, office.By{Actor: exchange.OfficerParty(officer)}, func(d *office.Desk) error {
		refusal = nil
		made, err := signing.Sign(d, officer, f.Name, armored)
		if errors.As(err, &refusal) { // no error of the transaction: the journal entry is kept
			return d.Journal(exchange.AgencyChain, "signature_refused", refusal.Phrase(), map[string]string{"file": f.Name})
		}
		s = made
		return err
	})
	switch {
	case err != nil:
		return s, false, err
	case refusal != nil:
		return s, false, refusal
	case !s.Complete():
		return s, false, nil
	case f.Kind == office.KindCheckpoint, f.Kind == office.KindFinding, f.Kind == office.KindRestored: // done with the signature
	case f.Kind == office.KindMoneySettings:
		if err = signing.CheckSettings(ctx, o); signing.Stopped(err) {
			err = nil // another section waits, or an objection may come: the signature counts all the same
		}
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
