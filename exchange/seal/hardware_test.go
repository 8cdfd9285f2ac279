package seal_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"carryover/exchange/drop/droptest"
	"carryover/exchange/seal"
)

// authenticator is a security key in software (OpenSSH's PROTOCOL.u2f and PROTOCOL.sshsig).
type authenticator struct {
	private ed25519.PrivateKey
	counter uint32
}

const application = "ssh:carryover"

func (a *authenticator) public() []byte {
	return ssh.Marshal(struct {
		Kind        string
		Key         []byte
		Application string
	}{ssh.KeyAlgoSKED25519, a.private.Public().(ed25519.PublicKey), application})
}

// line is the key as an allowed_signers file lists it.
func (a *authenticator) line(principal string) string {
	return principal + " " + ssh.KeyAlgoSKED25519 + " " + base64.StdEncoding.EncodeToString(a.public())
}

// sign signs a message with the flags of an authenticator.
func (a *authenticator) sign(message []byte, namespace string, flags byte) []byte {
	a.counter++
	hashed := sha512.Sum512(message)
	said := append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Algorithm, Hash string }{namespace, "", "sha512", string(hashed[:])})...)
	of, about := sha256.Sum256([]byte(application)), sha256.Sum256(said)
	blob := append(of[:], flags)
	blob = append(binary.BigEndian.AppendUint32(blob, a.counter), about[:]...)
	signature := ssh.Marshal(struct {
		Kind    string
		Blob    []byte
		Flags   byte
		Counter uint32
	}{ssh.KeyAlgoSKED25519, ed25519.Sign(a.private, blob), flags, a.counter})
	whole := append([]byte("SSHSIG"), ssh.Marshal(struct {
		Version                                        uint32
		Key, Namespace, Reserved, Algorithm, Signature string
	}{1, string(a.public()), namespace, "", "sha512", string(signature)})...)
	text := base64.StdEncoding.EncodeToString(whole)
	var out strings.Builder
	out.WriteString("-----BEGIN SSH SIGNATURE-----\n")
	for ; len(text) > 70; text = text[70:] {
		out.WriteString(text[:70] + "\n")
	}
	out.WriteString(text + "\n-----END SSH SIGNATURE-----\n")
	return []byte(out.String())
}

// TestHardwareKey: what a security key signs counts when its owner touched it and was
// verified; ssh-keygen finds the same signatures good.
func TestHardwareKey(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key := &authenticator{private: private}
	signers := signersOf(t, "%s", key.line("wang.min@checker"))
	if one := signers.All()[0]; !one.InHardware() {
		t.Errorf("%+v", one)
	}
	message := []byte("payment\n")
	for flags, want := range map[byte]error{0x05: nil, 0x01: seal.ErrUnattended, 0x04: seal.ErrWrong, 0x00: seal.ErrWrong} {
		signature := key.sign(message, seal.NamespaceRelease, flags)
		if _, err := signers.Verify(bytes.NewReader(message), signature, seal.NamespaceRelease, noon); !errors.Is(err, want) {
			t.Errorf("flags %02x: %v, want %v", flags, err, want)
		}
		if _, err := signers.Verify(strings.NewReader("another"), signature, seal.NamespaceRelease, noon); !errors.Is(err, seal.ErrWrong) {
			t.Errorf("another message: %v", err)
		}
	}
	droptest.Require(t, "ssh-keygen")
	dir := t.TempDir()
	write(t, dir, "allowed_signers", []byte(key.line("wang.min@checker")+"\n"))
	write(t, dir, "sig", key.sign(message, seal.NamespaceRelease, 0x05))
	if out, err := keygen(t, dir, message, "-Y", "verify", "-f", "allowed_signers", "-I", "wang.min@checker", "-n", seal.NamespaceRelease, "-s", "sig"); err != nil {
		t.Errorf("ssh-keygen: %v: %s", err, out)
	}
}
