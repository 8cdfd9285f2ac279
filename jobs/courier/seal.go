package courier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

// Sealed reports whether files of a kind are signed between us and a party: they are
// refused without.
func Sealed(o *office.Office, party string, kind *batch.Kind) bool {
	return kind != nil && kind.Signed && Agreed(o, party)
}

// Agreed reports whether it was agreed with a party to sign.
func Agreed(o *office.Office, party string) bool {
	return o.Partners[party].Seal == exchange.SealSigned
}

// errNoSealKey is returned where something must be signed and no key was given.
var errNoSealKey = errors.New("no seal key: name one under seal.key in the configuration")

// sign gives an outgoing file its seal, if it is signed and has none: a
// signature over the bytes as they lie in the spool and will lie in the drop.
// It is kept in the spool, and recorded before anything leaves, so that a
// resend carries the same. It returns the file with its signature. What may be signed
// leaves without one where nothing was agreed and there is no key.
func sign(ctx context.Context, o *office.Office, f exchange.File) (exchange.File, error) {
	kind := batch.Find(office.Kinds, f.Kind)
	if f.Signature != "" || !Sealed(o, f.Party, kind) && (kind == nil || !kind.Signable) {
		return f, nil
	}
	key, err := sealKey(o)
	if !Agreed(o, f.Party) && (errors.Is(err, errNoSealKey) || errors.Is(err, fs.ErrNotExist)) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("sign: %w", err)
	}
	signed := f
	signed.Signature, signed.Signer = f.Spool+seal.Suffix, key.Fingerprint()
	s, err := writeSignature(ctx, o, f, key)
	if err != nil {
		return f, fmt.Errorf("sign: %w", err)
	}
	defer s.Discard()
	if err := s.Prepare(signed.Signature); err != nil {
		return f, fmt.Errorf("sign: %w", err)
	}
	err = o.Do(ctx, office.By{File: signed, Actor: "push"}, func(d *office.Desk) error {
		if err := s.Keep(d.Tx, signed.Signature); err != nil {
			return err
		}
		if err := d.Tx.UpdateFile(f, signed); err != nil {
			return err
		}
		return d.Journal(exchange.AgencyChain, "file_signed", code.Say("signed-by", signed.Signer), map[string]string{"file": f.Name, "sha256": f.StoredSHA, "signer": signed.Signer})
	})
	return signed, err
}

// sealKey is the key that signs today, by the clock: so does whoever verifies it.
func sealKey(o *office.Office) (*seal.Key, error) {
	if o.SealKey == nil {
		return nil, errNoSealKey
	}
	return o.SealKey(o.Today().Date)
}

// writeSignature signs a file of the spool for the spool, and fails when its bytes are
// not those that were recorded: nothing that we did not make is signed.
func writeSignature(ctx context.Context, o *office.Office, f exchange.File, key *seal.Key) (*office.SpoolFile, error) {
	src, err := o.OpenSpool(ctx, f.Spool)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	sum := sha256.New()
	signature, err := key.Sign(io.TeeReader(src, sum), seal.NamespaceBatch)
	if err != nil {
		return nil, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.StoredSHA {
		return nil, fmt.Errorf("%s in the spool is not the file that was queued", f.Spool)
	}
	s, err := o.NewSpoolFile("out")
	if err != nil {
		return nil, err
	}
	if _, err := s.Write(signature); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// putSignature leaves a file's seal in the drop, before the file itself. Another
// one there is an error, which only the party can clear away.
func putSignature(ctx context.Context, o *office.Office, p office.Party, d drop.Drop, f exchange.File) error {
	if f.Signature == "" {
		return nil
	}
	src, err := o.OpenSpool(ctx, f.Signature)
	if err != nil {
		return err
	}
	defer src.Close()
	err = d.Put(ctx, drop.Out, f.Name+seal.Suffix, src, src.Size(), drop.PutOptions{PlainRename: p.Plain})
	if errors.Is(err, drop.ErrExists) {
		return fmt.Errorf("another signature of this file lies in the drop; have %s take it away: %w", p.Code, err)
	}
	return err
}

// SealFault is the code and the words of what Verify found wrong with a signature;
// empty for any other error, which is no fault of the file.
func SealFault(err error) (fault code.Fault, text string) {
	for _, f := range sealFaults {
		if errors.Is(err, f.err) {
			return f.code, office.Clip(f.words+" / "+err.Error(), 500)
		}
	}
	return "", ""
}

// sealFaults lists what can be wrong with a signature; the first that fits counts.
var sealFaults = []struct {
	err   error
	code  code.Fault
	words string
}{
	{seal.ErrMalformed, code.SignatureWrong, "签名文件不是 SSH 签名或不完整"},
	{seal.ErrNamespace, code.SignatureWrong, "签名用途（namespace）不是 " + seal.NamespaceBatch},
	{seal.ErrWrong, code.SignatureWrong, "签名与文件内容不符"},
	{seal.ErrUnknownSigner, code.UnknownSigner, "签名密钥未在本机构登记"},
	{seal.ErrExpired, code.UnknownSigner, "签名密钥不在有效期内"},
}

// isSealFault reports whether a file was refused for its seal.
func isSealFault(c string) bool {
	switch code.Fault(c) {
	case code.SignatureMissing, code.SignatureWrong, code.UnknownSigner:
		return true
	}
	return false
}

// NoteUnsigned names in a run's notes, once per partner, of whom no signature is
// asked: a setting meant for the first weeks must not be forgotten.
func NoteUnsigned(o *office.Office, run *exchange.Run) {
	for _, p := range UnsignedPartners(o) {
		if note := fmt.Sprintf("seal: off with %s: no signature is asked for", p.Code); !slices.Contains(run.Notes, note) {
			run.Notes = append(run.Notes, note)
		}
	}
}

// UnsignedPartners lists the partners of whom no signature is asked, by their codes.
func UnsignedPartners(o *office.Office) (list []exchange.Partner) {
	for _, area := range slices.Sorted(maps.Keys(o.Partners)) {
		if p := o.Partners[area]; p.Seal != exchange.SealSigned {
			list = append(list, p)
		}
	}
	return list
}
