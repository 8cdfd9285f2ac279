package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats/batch"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// checkSeal says what is wrong with the seal of a file that came in; no code
// when nothing is, or when it needs none. It notes the signer in j.File: a file that may
// be signed has none while nothing can verify it. An error is ours: while the signers
// cannot be read, nobody's file is refused, and it is tried again in the next pass.
func checkSeal(ctx context.Context, j *office.InBatch, kind *batch.Kind) (fault code.Fault, text string, err error) {
	must := courier.Sealed(j.Office, j.File.Party, kind)
	switch {
	case !must && (kind == nil || !kind.Signable || j.File.Signature == ""):
		return "", "", nil
	case j.File.Signature == "":
		return code.SignatureMissing, fmt.Sprintf("缺少 %s%s / there is no %[1]s%[2]s", office.OneLine(j.File.Name, 120), seal.Suffix), nil
	}
	signers, waiting, err := sendersSigners(ctx, j)
	if err != nil || signers == nil {
		return "", "", err
	}
	who, err := verifySeal(ctx, j, signers)
	if errors.Is(err, seal.ErrUnknownSigner) && len(waiting) > 0 {
		return "", "", fmt.Errorf("check seal: keys of %s wait for the signatures on the money settings: %s: %w", j.File.Party, strings.Join(waiting, ", "), signing.ErrSettings)
	}
	if fault, text := courier.SealFault(err); fault != "" {
		return fault, text, nil
	}
	j.File.Signer = who.Fingerprint
	return "", "", err
}

// sendersSigners are those who may sign for the sender of a file, and the keys that wait to be
// approved; nil when it was not agreed to sign and no key of the sender's is here.
func sendersSigners(ctx context.Context, j *office.InBatch) (signers *seal.Signers, waiting []string, err error) {
	agreed := courier.Agreed(j.Office, j.File.Party)
	if j.PartnerSigners == nil {
		if agreed {
			err = errors.New("check seal: no signers")
		}
		return nil, nil, err
	}
	err = j.Store.View(ctx, func(tx *store.Tx) (err error) {
		signers, waiting, err = signing.PartnerKeys(j.Office, tx, j.File.Party)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist) && !agreed, err == nil && len(signers.All())+len(waiting) == 0 && !agreed:
		return nil, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("check seal: %w", err)
	}
	return signers, waiting, nil
}

// verifySeal verifies the signature of a batch over its bytes in the spool, at the
// time that it is now: a key whose validity has ended signs no more.
func verifySeal(ctx context.Context, j *office.InBatch, signers *seal.Signers) (seal.Signer, error) {
	sig, err := j.OpenSpool(ctx, j.File.Signature)
	if err != nil {
		return seal.Signer{}, err
	}
	defer sig.Close()
	signature, err := io.ReadAll(io.LimitReader(sig, seal.MaxSignature+1))
	if err != nil {
		return seal.Signer{}, err
	}
	src, err := j.OpenSpool(ctx, j.File.Spool)
	if err != nil {
		return seal.Signer{}, err
	}
	defer src.Close()
	return signers.Verify(src, signature, seal.NamespaceBatch, j.Now())
}

// rejectUnsealed rejects a file for its seal. Content that was accepted before
// under a good one gets its first receipt again instead: nothing new is believed.
func rejectUnsealed(ctx context.Context, j *office.InBatch, fault code.Fault, text string) error {
	var same exchange.File
	err := j.Store.View(ctx, func(tx *store.Tx) (err error) {
		same, err = tx.FileBySHA(exchange.In, j.File.Party, j.File.SHA256)
		return office.IgnoreNotFound(err)
	})
	switch {
	case err != nil:
		return err
	case same.ID != 0 && same.ID != j.File.ID:
		return answerDuplicate(ctx, j, same)
	}
	return rejectFile(ctx, j, fault, text)
}

// journalSigner journals who signed a file that was worked, with the hash of the
// bytes that were signed; nothing for a file without a seal.
func journalSigner(d *office.Desk) error {
	if d.File.Signer == "" {
		return nil
	}
	return d.Journal(exchange.AgencyChain, "file_signed", code.Say("signed-by", d.File.Signer), map[string]string{
		"file": d.File.Name, "sha256": d.File.StoredSHA, "signer": d.File.Signer,
	})
}
