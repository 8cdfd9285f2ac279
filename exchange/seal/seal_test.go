package seal_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/exchange/seal"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// testKey is a new key and how OpenSSH writes its two halves.
type testKey struct {
	*seal.Key
	pem    []byte
	public string // type and base64
}

func newKey(tb testing.TB, kind string) testKey {
	tb.Helper()
	var raw crypto.PrivateKey
	var err error
	switch kind {
	case "ed25519":
		_, raw, err = ed25519.GenerateKey(nil)
	case "ecdsa":
		raw, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		raw, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		tb.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(raw, "test")
	if err != nil {
		tb.Fatal(err)
	}
	text := pem.EncodeToMemory(block)
	key, err := seal.ParseKey(text, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return testKey{key, text, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.Public())))}
}

func signersOf(tb testing.TB, format string, args ...any) *seal.Signers {
	tb.Helper()
	s, err := seal.ParseSigners([]byte(fmt.Sprintf(format, args...)))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func sign(tb testing.TB, k testKey, message, namespace string) []byte {
	tb.Helper()
	sig, err := k.Sign(strings.NewReader(message), namespace)
	if err != nil {
		tb.Fatal(err)
	}
	return sig
}

func TestSignVerify(t *testing.T) {
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		k := newKey(t, kind)
		s := signersOf(t, "# who\n\n310100 namespaces=\"carryover\" %s\n", k.public)
		who, err := s.Verify(strings.NewReader("batch"), sign(t, k, "batch", seal.NamespaceBatch), seal.NamespaceBatch, noon)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if who.Line != 3 || who.Fingerprint != k.Fingerprint() || who.Principals[0] != "310100" {
			t.Errorf("%s: signed by %+v", kind, who)
		}
	}
}

func TestVerifyErrors(t *testing.T) {
	k, other := newKey(t, "ed25519"), newKey(t, "ed25519")
	good := sign(t, k, "batch", seal.NamespaceBatch)
	line := "310100 namespaces=\"carryover,carryover-release\",valid-after=\"20260101Z\",valid-before=\"20261231Z\" " + k.public + "\n"
	s := signersOf(t, "%s", line)
	for _, c := range []struct {
		name      string
		message   string
		signature []byte
		namespace string
		at        time.Time
		want      error
	}{
		{"right", "batch", good, seal.NamespaceBatch, noon, nil},
		{"line ends turned", "batch", bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), seal.NamespaceBatch, noon, nil},
		{"other bytes", "Batch", good, seal.NamespaceBatch, noon, seal.ErrWrong},
		{"a byte more", "batch\n", good, seal.NamespaceBatch, noon, seal.ErrWrong},
		{"for a release", "batch", good, seal.NamespaceRelease, noon, seal.ErrNamespace},
		{"other key", "batch", sign(t, other, "batch", seal.NamespaceBatch), seal.NamespaceBatch, noon, seal.ErrUnknownSigner},
		{"not for this purpose", "batch", sign(t, k, "batch", seal.NamespaceDecision), seal.NamespaceDecision, noon, seal.ErrUnknownSigner},
		{"too early", "batch", good, seal.NamespaceBatch, noon.AddDate(-1, 0, 0), seal.ErrExpired},
		{"too late", "batch", good, seal.NamespaceBatch, noon.AddDate(1, 0, 0), seal.ErrExpired},
		{"the last second", "batch", good, seal.NamespaceBatch, time.Date(2026, 12, 31, 0, 0, 0, 999, time.UTC), nil},
		{"a second later", "batch", good, seal.NamespaceBatch, time.Date(2026, 12, 31, 0, 0, 1, 0, time.UTC), seal.ErrExpired},
		{"empty", "batch", nil, seal.NamespaceBatch, noon, seal.ErrMalformed},
		{"text before", "batch", append([]byte("x\n"), good...), seal.NamespaceBatch, noon, seal.ErrMalformed},
		{"two", "batch", append(bytes.Clone(good), good...), seal.NamespaceBatch, noon, seal.ErrMalformed},
		{"cut", "batch", good[:len(good)/2], seal.NamespaceBatch, noon, seal.ErrMalformed},
		{"too large", "batch", append(bytes.Clone(good), bytes.Repeat([]byte("\n"), seal.MaxSignature)...), seal.NamespaceBatch, noon, seal.ErrMalformed},
	} {
		_, err := s.Verify(strings.NewReader(c.message), c.signature, c.namespace, c.at)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// TestRotation: two lines whose times overlap; each counts in its own, and the
// same key may stand twice.
func TestRotation(t *testing.T) {
	old, next := newKey(t, "ed25519"), newKey(t, "ed25519")
	s := signersOf(t, "310100 valid-before=\"20260331Z\" %s\n310100 valid-after=\"20260301Z\" %s\n310100 valid-after=\"20270101Z\" %s\n", old.public, next.public, old.public)
	for _, c := range []struct {
		key  testKey
		on   string
		line int
	}{{old, "2026-02-01", 1}, {old, "2026-03-15", 1}, {next, "2026-03-15", 2}, {next, "2026-06-01", 2}, {old, "2026-06-01", 0}, {next, "2026-02-01", 0}, {old, "2027-02-01", 3}} {
		at, err := time.Parse("2006-01-02", c.on)
		if err != nil {
			t.Fatal(err)
		}
		who, err := s.Verify(strings.NewReader("batch"), sign(t, c.key, "batch", seal.NamespaceBatch), seal.NamespaceBatch, at)
		if who.Line != c.line || (c.line == 0) != errors.Is(err, seal.ErrExpired) {
			t.Errorf("%s: line %d, %v; want line %d", c.on, who.Line, err, c.line)
		}
	}
}

// TestBounds: a signature and a list of signers may be as large as their
// bounds, and not a byte larger.
func TestBounds(t *testing.T) {
	k := newKey(t, "ed25519")
	line := "310100 " + k.public + "\n"
	s := signersOf(t, "%s", line)
	good := sign(t, k, "batch", seal.NamespaceBatch)
	padded := append(bytes.Clone(good), bytes.Repeat([]byte("\n"), seal.MaxSignature-len(good))...)
	if _, err := s.Verify(strings.NewReader("batch"), padded, seal.NamespaceBatch, noon); err != nil {
		t.Errorf("%d bytes of signature: %v", len(padded), err)
	}
	if _, err := s.Verify(strings.NewReader("batch"), append(padded, '\n'), seal.NamespaceBatch, noon); !errors.Is(err, seal.ErrMalformed) {
		t.Errorf("a byte more: %v", err)
	}
	const most = 1 << 20
	list := append([]byte(line), bytes.Repeat([]byte("\n"), most-len(line))...)
	if all, err := seal.ParseSigners(list); err != nil || len(all.All()) != 1 {
		t.Errorf("%d bytes of signers: %v", len(list), err)
	}
	if _, err := seal.ParseSigners(append(list, '\n')); err == nil {
		t.Error("a byte more of signers is taken")
	}
}

// TestWhole: a signature is whole from its first line to its last, whoever made it.
func TestWhole(t *testing.T) {
	good := sign(t, newKey(t, "ed25519"), "batch", seal.NamespaceBatch)
	if !seal.Whole(good) {
		t.Error("a whole signature is not")
	}
	for n := range len(good) - 1 { // without its last line end it is whole
		if seal.Whole(good[:n]) {
			t.Fatalf("the first %d of %d bytes are whole", n, len(good))
		}
	}
}

// TestExpiredSaysWhen: whoever reads that a key was not valid reads when it is.
func TestExpiredSaysWhen(t *testing.T) {
	k := newKey(t, "ed25519")
	signature := sign(t, k, "batch", seal.NamespaceBatch)
	for options, want := range map[string]string{
		`valid-after="20260401Z"`:                                "valid from 2026-04-01T00:00:00Z",
		`valid-before="20260131Z"`:                               "valid until 2026-01-31T00:00:00Z",
		`valid-after="20260401Z",valid-before="20260501123000Z"`: "valid from 2026-04-01T00:00:00Z until 2026-05-01T12:30:00Z",
	} {
		s := signersOf(t, "310100 %s %s\n", options, k.public)
		_, err := s.Verify(strings.NewReader("batch"), signature, seal.NamespaceBatch, noon)
		if !errors.Is(err, seal.ErrExpired) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", options, err, want)
		}
	}
}

// TestReadError: a message that cannot be read is no verdict on its signature.
func TestReadError(t *testing.T) {
	k := newKey(t, "ed25519")
	s := signersOf(t, "a %s", k.public)
	broken := errors.New("disk")
	_, err := s.Verify(io.MultiReader(strings.NewReader("bat"), iotest.ErrReader(broken)), sign(t, k, "batch", "carryover"), "carryover", noon)
	if !errors.Is(err, broken) || errors.Is(err, seal.ErrWrong) {
		t.Error(err)
	}
	if _, err := k.Sign(iotest.ErrReader(broken), "carryover"); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestParseKey(t *testing.T) {
	_, raw, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(raw, "", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	shortBlock, err := ssh.MarshalPrivateKey(short, "")
	if err != nil {
		t.Fatal(err)
	}
	closed := pem.EncodeToMemory(locked)
	for _, c := range []struct {
		name       string
		text       []byte
		passphrase string
		want       string
	}{
		{"passphrase", closed, "secret", ""},
		{"no passphrase", closed, "", "key needs its passphrase"},
		{"wrong passphrase", closed, "Secret", "the one given does not open it"},
		{"pkcs8", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), "", ""},
		{"passphrase for nothing", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), "secret", ""},
		{"short rsa", pem.EncodeToMemory(shortBlock), "", "at least 2048"},
		{"no key", []byte("hello"), "", "no key found"},
	} {
		_, err := seal.ParseKey(c.text, []byte(c.passphrase))
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
