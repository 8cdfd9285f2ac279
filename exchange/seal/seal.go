// Package seal signs and verifies files with SSH keys, so that whatever it
// makes `ssh-keygen -Y verify` accepts, and whatever `ssh-keygen -Y sign` makes
// it verifies.
//
// # Contract
//
// A signature is an armored SSHSIG (OpenSSH's PROTOCOL.sshsig) over the bytes
// of a file, made for a namespace, so that one made for one purpose is worth
// nothing for another. Who may sign stands in an allowed_signers file (ssh-keygen(1),
// ALLOWED SIGNERS), read strictly: what this package would judge otherwise than ssh-keygen does is
// refused, with the line and the reason.
//
// Messages are read once and streamed; signatures are bounded. Nothing here reads the
// clock: whoever verifies says at which instant a key must be valid.
package seal

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// The namespaces of our signatures.
const (
	NamespaceBatch    = "carryover"          // of batches between agencies
	NamespaceRelease  = "carryover-release"  // of payment files, by officers
	NamespaceDecision = "carryover-decision" // of decisions, by officers
	// NamespaceObjection is of objections to a recovery of the money settings, by the officers of before.
	NamespaceObjection = "carryover-objection"
	// NamespaceCheckpoint is of checkpoints of the store, by officers with the role 审计.
	NamespaceCheckpoint = "carryover-checkpoint"
)

// Suffix is appended to a file's name for its signature's.
const Suffix = ".sig"

// MaxSignature bounds a signature, in bytes; one of RSA with 16,384 bits has 6 KiB.
const MaxSignature = 16 << 10

// What can be wrong with a signature. Each says by itself that the file is not
// to be used.
var (
	ErrMalformed     = errors.New("not an SSH signature")
	ErrNamespace     = errors.New("signature made for another purpose")
	ErrUnknownSigner = errors.New("unknown signer")
	ErrExpired       = errors.New("signer's key not valid at this time")
	ErrWrong         = errors.New("signature does not fit the file")
	ErrUnattended    = errors.New("made by a hardware key without verifying its owner (make it with ssh-keygen -O verify-required)")
)

// ErrPassphrase is returned for a key that is encrypted when no passphrase, or a wrong one, is given.
var ErrPassphrase = errors.New("key needs its passphrase")

// Key is a private key that signs.
type Key struct{ signer ssh.Signer }

// ParseKey reads a private key as OpenSSH writes it, or as PKCS #8: ed25519,
// ecdsa (nistp256, 384, 521) or rsa of at least 2048 bits. The passphrase is
// used only when the key is encrypted.
func ParseKey(text, passphrase []byte) (*Key, error) {
	s, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		if len(passphrase) == 0 {
			return nil, ErrPassphrase
		}
		if s, err = ssh.ParsePrivateKeyWithPassphrase(text, passphrase); err != nil {
			return nil, fmt.Errorf("%w: the one given does not open it", ErrPassphrase)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	if err := usable(s.PublicKey()); err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	return &Key{s}, nil
}

// Public is the public half.
func (k *Key) Public() ssh.PublicKey { return k.signer.PublicKey() }

// Fingerprint is the key's SHA-256 fingerprint as ssh-keygen -l prints it.
func (k *Key) Fingerprint() string { return ssh.FingerprintSHA256(k.Public()) }

// Sign returns the signature of a message, as ssh-keygen -Y sign writes it:
// SHA-512, armored. RSA keys sign with rsa-sha2-512.
func (k *Key) Sign(message io.Reader, namespace string) ([]byte, error) {
	s, err := sshsig.Sign(message, k.signer, sshsig.HashSHA512, namespace)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return armor(s), nil
}

const (
	armorBegin = "-----BEGIN SSH SIGNATURE-----\n"
	armorEnd   = "-----END SSH SIGNATURE-----\n"
	armorLine  = 70 // characters, as ssh-keygen breaks them
)

func armor(s *sshsig.Signature) []byte {
	text := base64.StdEncoding.EncodeToString(s.Marshal())
	out := bytes.NewBufferString(armorBegin)
	for len(text) > 0 {
		n := min(armorLine, len(text))
		out.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	out.WriteString(armorEnd)
	return out.Bytes()
}

// unarmor reads a signature that fills its file alone.
func unarmor(text []byte) (*sshsig.Signature, error) {
	if len(text) > MaxSignature {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrMalformed, MaxSignature)
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if !bytes.HasPrefix(text, []byte(armorBegin)) {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrMalformed, armorBegin[:len(armorBegin)-1])
	}
	block, rest := pem.Decode(text)
	if block == nil || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("%w: damaged, or more than one", ErrMalformed)
	}
	s, err := sshsig.ParseSignature(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(s.Signature.Rest) > 0 && !isHardware(s.PublicKey) || !bytes.Equal(unspaced(armor(s)), unspaced(text)) {
		return nil, fmt.Errorf("%w: not written as ssh-keygen writes it", ErrMalformed)
	}
	return s, nil
}

// unspaced is a text without blanks and line ends.
func unspaced(text []byte) []byte { return bytes.Join(bytes.Fields(text), nil) }

// minRSA is the shortest RSA key that may sign, in bits.
const minRSA = 2048

// isHardware reports whether a key lies in a security key, which signs only when somebody
// touches it (FIDO, sk-ssh-ed25519@openssh.com).
func isHardware(key ssh.PublicKey) bool { return key.Type() == ssh.KeyAlgoSKED25519 }

// Flags of an authenticator's signature (OpenSSH's PROTOCOL.u2f): that somebody touched it, and that it
// made sure who, by PIN or fingerprint.
const (
	userPresent  = 0x01
	userVerified = 0x04
)

// attended reports whether a hardware key made a signature while the person who owns it was there: touched, and
// verified (ssh-keygen -O verify-required). A stolen key without its PIN signs nothing.
func attended(s *ssh.Signature) bool {
	return len(s.Rest) == 5 && s.Rest[0]&(userPresent|userVerified) == userPresent|userVerified
}

// usable refuses keys of other kinds than those that ParseKey names, and hardware keys.
func usable(key ssh.PublicKey) error {
	switch key.Type() {
	case ssh.KeyAlgoSKED25519, ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521:
		return nil
	case ssh.KeyAlgoRSA:
		if c, ok := key.(ssh.CryptoPublicKey); ok {
			if k, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok && k.N.BitLen() < minRSA {
				return fmt.Errorf("rsa key of %d bits: at least %d are needed", k.N.BitLen(), minRSA)
			}
		}
		return nil
	}
	return fmt.Errorf("key type %s is not supported: use ed25519, ed25519-sk, ecdsa or rsa", key.Type())
}
