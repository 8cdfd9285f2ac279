package courier

import (
	"context"
	"errors"
	"io/fs"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// lateSignatures takes in, of the orphan signatures in a drop, those that came
// after their file was refused for the lack of one, so that it is judged afresh
// without anybody's retry; rest are the others. Only partners' files are refused
// for that.
func (v *visit) lateSignatures(ctx context.Context, orphans []drop.Entry) (rest []drop.Entry, err error) {
	for _, sig := range orphans {
		taken := false
		if v.party.Role == office.RolePartner && !leftInPlace(v.looks[sig.Name], sig) {
			taken, err = lateSignature(ctx, v.Office, v.party, v.drop, sig)
			if err = v.fault(ctx, sig.Name, err); err != nil {
				return nil, err
			}
		}
		if !taken {
			rest = append(rest, sig)
		}
	}
	return rest, nil
}

// lateSignature gives a signature to the file that was refused without it; taken
// is false when there is no such file or the signature is not its own. One that
// was given before, but not taken out of the drop before a crash, is taken out now.
func lateSignature(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, sig drop.Entry) (taken bool, err error) {
	name := sig.Name[:len(sig.Name)-len(seal.Suffix)]
	var f exchange.File
	err = o.Store.View(ctx, func(tx *store.Tx) (err error) {
		f, err = tx.FileByName(exchange.In, p.Code, name)
		return office.IgnoreNotFound(err)
	})
	lacks := f.State == exchange.FileRejected && code.Fault(f.Code) == code.SignatureMissing && f.Signature == ""
	if err != nil || f.ID == 0 || !lacks && f.Signature == "" {
		return false, err
	}
	s, whole, err := fetchSignature(ctx, o, d, p, arrival{sig: sig, from: drop.In})
	if err != nil {
		return false, ignoreChanged(err)
	}
	defer s.Discard()
	given := f.Signature == signatureName(s, p.Code) // by a pass that was cut short
	matches := whole && given
	if whole && lacks {
		matches, err = verifies(ctx, o, s, f)
	}
	if err != nil || !matches {
		return false, err
	}
	if lacks {
		if err := judgeAfresh(ctx, o, p, f, s); err != nil {
			return false, err
		}
		o.Log.Info("signature came later: judged afresh", "party", p.Code, "file", name)
	}
	return true, finishLate(ctx, o, p, d, f, sig)
}

// verifies reports whether a fetched signature is a good one of a file taken in
// before. Any other may belong to a corrected file of that name that is on
// its way behind it, and is left to wait for it. False too when the file's bytes
// are not in the spool any more: it could not be judged again.
func verifies(ctx context.Context, o *office.Office, s *office.SpoolFile, f exchange.File) (bool, error) {
	if o.PartnerSigners == nil {
		return false, nil
	}
	var signers *seal.Signers
	err := o.Store.View(ctx, func(tx *store.Tx) (err error) {
		signers, _, err = signing.PartnerKeys(o, tx, f.Party)
		return err
	})
	if err != nil {
		return false, err
	}
	text := make([]byte, s.Size)
	if _, err := s.File.ReadAt(text, 0); err != nil {
		return false, err
	}
	src, err := o.OpenSpool(ctx, f.Spool)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer src.Close()
	_, err = signers.For(f.Party).Verify(src, text, seal.NamespaceBatch, o.Now())
	if fault, _ := SealFault(err); fault != "" {
		return false, nil
	}
	return err == nil, err
}

// judgeAfresh gives a file its signature and lets the next pass judge it afresh,
// in one transaction.
func judgeAfresh(ctx context.Context, o *office.Office, p office.Party, f exchange.File, s *office.SpoolFile) error {
	signed := f
	signed.Signature = signatureName(s, p.Code)
	return o.Do(ctx, office.By{File: signed, Actor: "pull"}, func(d *office.Desk) error {
		if err := s.Keep(d.Tx, signed.Signature); err != nil {
			return err
		}
		if err := d.Tx.UpdateFile(f, signed); err != nil {
			return err
		}
		return RetryIn(d, signed, "its signature came")
	})
}

// finishLate does in the drop what is to be done with a signature that came
// late. Its file, moved to bad before, is moved to done first: as long as the
// signature lies there, the next pass finds it and goes on. A file that somebody
// took away is no error.
func finishLate(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File, sig drop.Entry) (err error) {
	switch p.After {
	case office.AfterLeave:
		look := arrival{sig: sig}.sigLook(exchange.Look{Party: p.Code, FirstSeen: f.Seen, SeenAt: o.Now(), FileID: f.ID})
		return o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutLook(look) })
	case office.AfterDelete:
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
