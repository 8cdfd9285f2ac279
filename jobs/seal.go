package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/batch"
)

// sealed reports whether files of a kind are signed between us and a party.
func (e *Env) sealed(party string, kind *batch.Kind) bool {
	return kind != nil && kind.Signed && e.Partners[party].Seal == exchange.SealSigned
}

// errNoSealKey is returned where something must be signed and no key was given.
var errNoSealKey = errors.New("no seal key")

// sign gives an outgoing file its seal, if it needs one and has none: a
// signature over the bytes as they lie in the spool and will lie in the drop.
// It is kept in the spool, and recorded before anything leaves, so that a
// resend carries the same.
func (e *Env) sign(ctx context.Context, f exchange.File) (exchange.File, error) {
	if f.Signature != "" || !e.sealed(f.Party, batch.Find(kinds, f.Kind)) {
		return f, nil
	}
	if e.SealKey == nil {
		return f, fmt.Errorf("sign: %w", errNoSealKey)
	}
	key, err := e.SealKey(e.Date)
	if err != nil {
		return f, fmt.Errorf("sign: %w", err)
	}
	signed := f
	signed.Signature, signed.Signer = f.Spool+seal.Suffix, key.Fingerprint()
	if err := e.spoolSignature(f, signed.Signature, key); err != nil {
		return f, fmt.Errorf("sign: %w", err)
	}
	err = e.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.UpdateFile(f, signed); err != nil {
			return err
		}
		d := &desk{Env: e, tx: tx, file: signed, actor: "push"}
		return d.journal("agency", "file_signed", "by "+signed.Signer, map[string]string{"file": f.Name, "sha256": f.StoredSHA, "signer": signed.Signer})
	})
	return signed, err
}

// spoolSignature signs a file of the spool, making sure that it is the one
// that was recorded.
func (e *Env) spoolSignature(f exchange.File, name string, key *seal.Key) error {
	src, err := e.openSpool(f.Spool)
	if err != nil {
		return err
	}
	defer src.Close()
	sum := sha256.New()
	signature, err := key.Sign(io.TeeReader(src, sum), seal.NamespaceBatch)
	if err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.StoredSHA {
		return fmt.Errorf("%s in the spool is not the file that was queued", f.Spool)
	}
	s, err := e.newSpoolFile("out")
	if err != nil {
		return err
	}
	if _, err := s.Write(signature); err != nil {
		s.drop()
		return err
	}
	return s.keep(name)
}

// putSignature leaves a file's seal in the drop, before the file itself.
func (e *Env) putSignature(ctx context.Context, p Party, d drop.Drop, f exchange.File) error {
	if f.Signature == "" {
		return nil
	}
	src, err := e.openSpool(f.Signature)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	err = d.Put(ctx, drop.Out, f.Name+seal.Suffix, src, info.Size(), drop.PutOptions{PlainRename: p.Plain})
	if errors.Is(err, drop.ErrExists) {
		return fmt.Errorf("another signature of this file lies in the drop; have %s take it away: %w", p.Code, err)
	}
	return err
}

// checkSeal says what is wrong with the seal of a file that came in; no code
// when nothing is, or when it needs none. The error is ours: signers that
// cannot be read refuse nobody's file.
func (j *fileJob) checkSeal(kind *batch.Kind) (fault code.Fault, text string, err error) {
	if !j.sealed(j.file.Party, kind) {
		return "", "", nil
	}
	if j.file.Signature == "" {
		return code.SignatureMissing, fmt.Sprintf("缺少 %s%s / there is no %[1]s%[2]s", plain(j.file.Name, 120), seal.Suffix), nil
	}
	if j.PartnerSigners == nil {
		return "", "", errors.New("check seal: no signers")
	}
	signers, err := j.PartnerSigners(j.file.Party)
	if err != nil {
		return "", "", fmt.Errorf("check seal: %w", err)
	}
	who, err := j.verify(signers.For(j.file.Party))
	if fault, text := SealFault(err); fault != "" {
		return fault, text, nil
	}
	j.file.Signer = who.Fingerprint
	return "", "", err
}

// SealFault is the code and the words of what Verify found wrong with a
// signature; none for any other error.
func SealFault(err error) (fault code.Fault, text string) {
	for _, f := range sealFaults {
		if errors.Is(err, f.err) {
			return f.code, clip(f.words+" / "+err.Error(), 500)
		}
	}
	return "", ""
}

// sealFaults are the codes of what can be wrong with a signature.
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

// sealCode reports whether a file was refused for its seal.
func sealCode(c string) bool {
	switch code.Fault(c) {
	case code.SignatureMissing, code.SignatureWrong, code.UnknownSigner:
		return true
	}
	return false
}

func (j *fileJob) verify(signers *seal.Signers) (seal.Signer, error) {
	sig, err := j.openSpool(j.file.Signature)
	if err != nil {
		return seal.Signer{}, err
	}
	defer sig.Close()
	signature, err := io.ReadAll(io.LimitReader(sig, seal.MaxSignature+1))
	if err != nil {
		return seal.Signer{}, err
	}
	src, err := j.openSpool(j.file.Spool)
	if err != nil {
		return seal.Signer{}, err
	}
	defer src.Close()
	return signers.Verify(src, signature, seal.NamespaceBatch, j.Now())
}

// unsealed refuses a file for its seal. Content that was accepted before
// under a good one gets its receipt again: nothing new is believed.
func (j *fileJob) unsealed(ctx context.Context, fault code.Fault, text string) error {
	var same exchange.File
	err := j.Store.View(ctx, func(tx *store.Tx) (err error) {
		same, err = tx.FileBySHA(exchange.In, j.file.Party, j.file.SHA256)
		return missing(err)
	})
	switch {
	case err != nil:
		return err
	case same.ID != 0 && same.ID != j.file.ID:
		return j.duplicate(ctx, same)
	}
	return j.reject(ctx, fault, text)
}

// journalSigner records who signed a file that was taken.
func (d *desk) journalSigner() error {
	if d.file.Signer == "" {
		return nil
	}
	return d.journal("agency", "file_signed", "by "+d.file.Signer, map[string]string{"file": d.file.Name, "sha256": d.file.StoredSHA, "signer": d.file.Signer})
}

// noteUnsigned names in a run's notes, once, with whom nothing is signed.
func (e *Env) noteUnsigned(run *exchange.Run) {
	for _, p := range e.unsignedPartners() {
		if note := fmt.Sprintf("seal: off with %s: nothing is signed", p.Code); !slices.Contains(run.Notes, note) {
			run.Notes = append(run.Notes, note)
		}
	}
}

// unsignedPartners are the partners with whom nothing is signed, in their order.
func (e *Env) unsignedPartners() (list []exchange.Partner) {
	for _, code := range slices.Sorted(maps.Keys(e.Partners)) {
		if p := e.Partners[code]; p.Seal != exchange.SealSigned {
			list = append(list, p)
		}
	}
	return list
}
