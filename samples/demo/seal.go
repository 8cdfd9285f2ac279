package demo

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/formats/batch"
)

// sealing is how a small partner signs what it sends to its agency, and knows
// what the agency signed.
type sealing struct {
	key     *seal.Key
	signers *seal.Signers
}

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
func (a *agency) introduceSmall(area string) (*sealing, error) {
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
	return &sealing{key, signers}, err
}

// sealed reports whether a file of that name is signed on its way.
func (s *sealing) sealed(name string) bool {
	n, _ := batch.ParseFileName(name)
	kind := batch.Find(kinds, n.Kind)
	return s != nil && kind != nil && kind.Signed
}

// putSignature leaves the signature of a file, before the file itself.
func (s *sealing) putSignature(ctx context.Context, d drop.Drop, name string, content []byte) error {
	if !s.sealed(name) {
		return nil
	}
	sig, err := s.key.Sign(bytes.NewReader(content), seal.NamespaceBatch)
	if err != nil {
		return err
	}
	return d.Put(ctx, drop.Out, name+seal.Suffix, bytes.NewReader(sig), int64(len(sig)), drop.PutOptions{})
}

// check refuses a file that should be signed by the agency and is not.
func (s *sealing) check(agency string, f pickedUp, now time.Time) error {
	if !s.sealed(f.name) {
		return nil
	}
	if f.sig == nil {
		return errors.New("there is no signature")
	}
	who, err := s.signers.Verify(bytes.NewReader(f.content), f.sig, seal.NamespaceBatch, now)
	if err == nil && !slices.Contains(who.Principals, agency) {
		err = fmt.Errorf("signed by %v, not by %s", who.Principals, agency)
	}
	return err
}

// fetchSignature takes the signature of a file, if there is one, and moves it aside.
func fetchSignature(ctx context.Context, d drop.Drop, name string) ([]byte, error) {
	e, err := d.Stat(ctx, drop.In, name+seal.Suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := d.Get(ctx, drop.In, e, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), d.Move(ctx, drop.In, e, drop.Done)
}

// isSignature tells a signature from a file, which takes it along.
func isSignature(e drop.Entry) bool { return strings.HasSuffix(e.Name, seal.Suffix) }
