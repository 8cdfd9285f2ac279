package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/seal"
)

// seeds adds every file of a folder of testdata; none fails.
func seeds(f *testing.F, dir string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds in %s: %v", dir, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
}

// FuzzSigners: whatever is accepted has at least a principal and a key on
// every line, and cannot verify what nobody signed.
func FuzzSigners(f *testing.F) {
	seeds(f, "signers")
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := seal.ParseSigners(text)
		if err != nil {
			if !strings.Contains(err.Error(), "line ") {
				t.Errorf("a fault without its line: %v", err)
			}
			return
		}
		for _, one := range s.All() {
			if len(one.Principals) == 0 || one.Key == nil || one.Line == 0 || strings.ContainsAny(strings.Join(one.Principals, ""), "*?! \t") {
				t.Errorf("accepted: %+v", one)
			}
			if !one.ValidAfter.IsZero() && !one.ValidBefore.IsZero() && !one.ValidAfter.Before(one.ValidBefore) {
				t.Errorf("never valid: %+v", one)
			}
		}
	})
}

// FuzzSignature: nothing but the one signature that is there verifies, and
// only what it signs.
func FuzzSignature(f *testing.F) {
	seeds(f, "signatures")
	allowed, err := os.ReadFile("testdata/signers/one")
	if err != nil {
		f.Fatal(err)
	}
	signers, err := seal.ParseSigners(allowed)
	if err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile("testdata/signatures/good")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, signature []byte) {
		_, err := signers.Verify(strings.NewReader("batch\n"), signature, seal.NamespaceBatch, noon)
		switch {
		case err == nil:
			if !bytes.Equal(decoded(signature), decoded(good)) {
				t.Errorf("another signature verifies: %q", signature)
			}
		case !errors.Is(err, seal.ErrMalformed) && !errors.Is(err, seal.ErrNamespace) && !errors.Is(err, seal.ErrUnknownSigner) && !errors.Is(err, seal.ErrWrong):
			t.Errorf("no verdict: %v", err)
		}
	})
}

// decoded is a signature without its line ends.
func decoded(s []byte) []byte { return bytes.Join(bytes.Fields(s), nil) }
