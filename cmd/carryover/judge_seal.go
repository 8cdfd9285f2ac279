package main

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"carryover/config"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/jobs/courier"
)

// sealed verifies the signature beside a batch, where there is one and the
// configuration says whose keys to expect.
func (j *judged) sealed(src io.ReadSeeker, c *config.Config) error {
	if c == nil || j.Sender == "" {
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
	signers, err := j.signers(c)
	if err != nil || signers == nil {
		return err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	who, err := signers.For(j.Sender).Verify(src, signature, seal.NamespaceBatch, j.now)
	if fault, text := courier.SealFault(err); fault != "" {
		j.Verdict = code.FileRejected
		j.add(judgedFault{Code: fault, Text: text})
		return nil
	}
	j.Signer = who.Fingerprint
	return err
}

// signers are those who may sign for a file's sender: our own keys for our
// own files; nobody for a party that is no partner.
func (j *judged) signers(c *config.Config) (*seal.Signers, error) {
	if _, partner := c.SignersFile(j.Sender); partner {
		return signersOf(c)(j.Sender)
	}
	if j.Sender != c.Agency().Code {
		return nil, nil
	}
	var lines string
	for _, path := range []string{c.Settings.Seal.Key, c.Settings.Seal.NextKey} {
		if path == "" {
			continue
		}
		key, err := readSealKey(c.Abs(path))
		if err != nil {
			return nil, err
		}
		lines += config.SealLine(j.Sender, key.Public()) + "\n"
	}
	return seal.ParseSigners([]byte(lines))
}
