package demo

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"

	"carryover/samples/demo/outside"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange/seal"
)

// introduce hands the line of allowed_signers that init wrote for an agency's
// partners to one of them.
func (a *agency) introduce(to *agency) error {
	line, err := a.sealLine()
	if err != nil {
		return err
	}
	return to.know(a.code, line)
}

func (a *agency) sealLine() ([]byte, error) {
	return os.ReadFile(filepath.Join(a.dir, "keys", a.code+".allowed_signers"))
}

// know keeps the keys that a partner signs with where the configuration looks
// for them.
func (a *agency) know(area string, line []byte) error {
	return os.WriteFile(filepath.Join(a.dir, "keys", "partners", area+".allowed_signers"), line, 0o600)
}

// introduceSmall gives a small partner a key of its own and makes it and its
// agency know each other's.
func (a *agency) introduceSmall(area string) (*outside.Sealing, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, area)
	if err != nil {
		return nil, err
	}
	key, err := seal.ParseKey(pem.EncodeToMemory(block), nil)
	if err != nil {
		return nil, err
	}
	if err := a.know(area, []byte(config.SealLine(area, key.Public())+"\n")); err != nil {
		return nil, err
	}
	line, err := a.sealLine()
	if err != nil {
		return nil, err
	}
	signers, err := seal.ParseSigners(line)
	return outside.NewSealing(key, signers), err
}
