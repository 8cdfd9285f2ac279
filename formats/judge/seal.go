package judge

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"carryover/exchange/code"
	"carryover/exchange/seal"
)

// sealed verifies the signature beside a batch, where there is one and the
// rules say whose keys to expect.
func (j *Judgement) sealed(src io.ReadSeeker, rules *Rules) error {
	if rules == nil || j.Sender == "" {
		return nil
	}
	f, err := os.Open(j.File + seal.Suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	signature, err := io.ReadAll(io.LimitReader(f, seal.MaxSignature+1))
	if err != nil {
		return err
	}
	signers, err := rules.Signers(j.Sender)
	if err != nil || signers == nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	who, err := signers.For(j.Sender).Verify(src, signature, seal.NamespaceBatch, rules.Now)
	if fault, text := rules.SealFault(err); fault != "" {
		j.Verdict = code.FileRejected
		j.add(Fault{Code: fault, Text: text})
		return nil
	}
	j.Signer = who.Fingerprint
	return err
}
