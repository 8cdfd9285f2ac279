package outside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/formats/batch"
)

// Sealing is how a small partner signs what it sends to its agency, and knows
// what the agency signed.
type Sealing struct {
	Key     *seal.Key
	Signers *seal.Signers
}

// NewSealing signs with a key, and takes what the signers signed.
func NewSealing(key *seal.Key, signers *seal.Signers) *Sealing { return &Sealing{key, signers} }

// sealed reports whether a file of that name is signed on its way, and whether it must be.
func (s *Sealing) sealed(name string) (signed, must bool) {
	n, _ := batch.ParseFileName(name)
	kind := batch.Find(kinds, n.Kind)
	if s == nil || kind == nil {
		return false, false
	}
	return kind.Signed || kind.Signable, kind.Signed
}

// putSignature leaves the signature of a file, before the file itself.
func (s *Sealing) putSignature(ctx context.Context, d drop.Drop, name string, content []byte) error {
	if signed, _ := s.sealed(name); !signed {
		return nil
	}
	sig, err := s.Key.Sign(bytes.NewReader(content), seal.NamespaceBatch)
	if err != nil {
		return err
	}
	return d.Put(ctx, drop.Out, name+seal.Suffix, bytes.NewReader(sig), int64(len(sig)), drop.PutOptions{})
}

// check refuses a file that should be signed by the agency and is not.
func (s *Sealing) check(agency string, f pickedUp, now time.Time) error {
	signed, must := s.sealed(f.name)
	switch {
	case must && f.sig == nil:
		return errors.New("there is no signature")
	case !signed || f.sig == nil:
		return nil
	}
	who, err := s.Signers.Verify(bytes.NewReader(f.content), f.sig, seal.NamespaceBatch, now)
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
