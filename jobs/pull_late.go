package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
)

// lateSignatures takes in the signatures that came after their file was
// refused for the lack of one, so that it is judged afresh; rest are the
// others.
func (e *Env) lateSignatures(ctx context.Context, p Party, d drop.Drop, alone []drop.Entry, looks map[string]exchange.Look) (rest []drop.Entry, err error) {
	for _, sig := range alone {
		taken := false
		if p.Role == RolePartner && !left(looks[sig.Name], sig) {
			if taken, err = e.lateSignature(ctx, p, d, sig); err != nil {
				return nil, fmt.Errorf("%s: %w", sig.Name, err)
			}
		}
		if !taken {
			rest = append(rest, sig)
		}
	}
	return rest, nil
}

// lateSignature gives a signature to the file that was refused without it. One
// that was given before, and not taken out of the drop by then, is taken out now.
func (e *Env) lateSignature(ctx context.Context, p Party, d drop.Drop, sig drop.Entry) (taken bool, err error) {
	name := sig.Name[:len(sig.Name)-len(seal.Suffix)]
	var f exchange.File
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		f, err = tx.FileByName(exchange.In, p.Code, name)
		return missing(err)
	})
	lacks := f.State == exchange.FileRejected && code.Fault(f.Code) == code.SignatureMissing && f.Signature == ""
	if err != nil || f.ID == 0 || !lacks && f.Signature == "" {
		return false, err
	}
	s, whole, err := e.fetchSignature(ctx, d, p, sig)
	if err != nil {
		return false, stillWritten(err)
	}
	same := f.Signature == "in-"+p.Code+"-"+s.sum()+seal.Suffix
	fits := whole && same
	if whole && lacks {
		fits, err = e.signs(s, f)
	}
	if err != nil || !fits {
		s.drop()
		return false, err
	}
	spool, err := s.keepSignature(p.Code)
	if err != nil {
		s.drop()
		return false, err
	}
	if lacks {
		if err := e.signedLate(ctx, f, spool); err != nil {
			return false, err
		}
		e.Log.Info("signature came later: judged afresh", "party", p.Code, "file", name)
	}
	return true, e.finishLate(ctx, p, d, f, sig)
}

// signs reports whether a fetched signature is a good one of a file taken in
// before. Any other may belong to a corrected file of that name that is on
// its way behind it, and is left to wait for it.
func (e *Env) signs(s *spoolFile, f exchange.File) (bool, error) {
	if e.PartnerSigners == nil {
		return false, nil
	}
	signers, err := e.PartnerSigners(f.Party)
	if err != nil {
		return false, err
	}
	text := make([]byte, s.size)
	if _, err := s.file.ReadAt(text, 0); err != nil {
		return false, err
	}
	src, err := e.openSpool(f.Spool)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer src.Close()
	_, err = signers.For(f.Party).Verify(src, text, seal.NamespaceBatch, e.Now())
	if fault, _ := SealFault(err); fault != "" {
		return false, nil
	}
	return err == nil, err
}

// signedLate lets a file be judged afresh, now with its signature.
func (e *Env) signedLate(ctx context.Context, f exchange.File, spool string) error {
	return e.Store.Tx(ctx, func(tx *store.Tx) error {
		signed := f
		signed.Signature = spool
		if err := tx.UpdateFile(f, signed); err != nil {
			return err
		}
		return (&desk{Env: e, tx: tx, file: signed, actor: "pull"}).retryIn(signed, "its signature came")
	})
}

// finishLate does in the drop what is to be done with a signature that came
// late: its file, set aside before, goes first to where it belongs now.
func (e *Env) finishLate(ctx context.Context, p Party, d drop.Drop, f exchange.File, sig drop.Entry) (err error) {
	switch p.After {
	case AfterLeave:
		look := arrival{sig: sig}.sigLook(exchange.Look{Party: p.Code, FirstSeen: f.Seen, SeenAt: e.Now(), FileID: f.ID})
		return e.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutLook(look) })
	case AfterDelete:
		err = d.Remove(ctx, drop.In, sig)
	default:
		bad, statErr := d.Stat(ctx, drop.Bad, f.Name)
		if statErr == nil && bad.Size == f.Size {
			statErr = d.Move(ctx, drop.Bad, bad, drop.Done)
		}
		if statErr != nil && !errors.Is(statErr, fs.ErrNotExist) {
			return statErr
		}
		err = d.Move(ctx, drop.In, sig, drop.Done)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
