package seal

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Signer is a line of an allowed_signers file: a key, whose it is, and what
// and when it may sign.
type Signer struct {
	Line        int
	Principals  []string
	Key         ssh.PublicKey
	Fingerprint string    // SHA256:…
	Namespaces  []string  // empty: any
	ValidAfter  time.Time // zero: no limit
	ValidBefore time.Time // zero: no limit; this second included, as ssh-keygen has it
}

// InHardware reports whether the key lies in a security key that signs only for its owner;
// any other is a file that can be copied.
func (s Signer) InHardware() bool { return isHardware(s.Key) }

// May reports whether the key may sign for a namespace.
func (s Signer) May(namespace string) bool {
	return len(s.Namespaces) == 0 || slices.Contains(s.Namespaces, namespace)
}

// Valid reports whether the key is valid at each of the instants.
func (s Signer) Valid(at ...time.Time) bool {
	for _, one := range at {
		one = one.Truncate(time.Second)
		if one.Before(s.ValidAfter) || !s.ValidBefore.IsZero() && one.After(s.ValidBefore) {
			return false
		}
	}
	return true
}

// Signers are those who may sign, as an allowed_signers file names them.
type Signers struct{ list []Signer }

// All lists them in the order of the file.
func (s *Signers) All() []Signer { return slices.Clone(s.list) }

// For is those of them who sign as a principal.
func (s *Signers) For(principal string) *Signers {
	return s.Only(func(one Signer) bool { return slices.Contains(one.Principals, principal) })
}

// Only is those of them that keep says.
func (s *Signers) Only(keep func(Signer) bool) *Signers {
	some := &Signers{}
	for _, one := range s.list {
		if keep(one) {
			some.list = append(some.list, one)
		}
	}
	return some
}

// Able counts those who may sign for a namespace at an instant.
func (s *Signers) Able(namespace string, at time.Time) (n int) {
	for _, one := range s.list {
		if one.May(namespace) && one.Valid(at) {
			n++
		}
	}
	return n
}

// Whole reports whether a text is a signature from its first to its last
// line, whoever made it over whatever: one that is still being written is not.
func Whole(signature []byte) bool {
	_, err := unarmor(signature)
	return err == nil
}

// NamespaceOf is the purpose that a signature was made for, "" of a text that is none.
func NamespaceOf(signature []byte) string {
	s, err := unarmor(signature)
	if err != nil {
		return ""
	}
	return s.Namespace
}

// Verify finds out who signed a message, read to its end once. The signature
// must have been made for the namespace by a key that is listed for it and valid at each of the instants.
// The error is ErrMalformed, ErrNamespace, ErrUnknownSigner, ErrExpired, ErrWrong or ErrUnattended, looked
// for in this order, with the particulars; or that of reading the message.
func (s *Signers) Verify(message io.Reader, signature []byte, namespace string, at ...time.Time) (Signer, error) {
	sig, err := unarmor(signature)
	if err != nil {
		return Signer{}, err
	}
	if sig.Namespace != namespace {
		return Signer{}, fmt.Errorf("%w: %q, not %q", ErrNamespace, sig.Namespace, namespace)
	}
	who, err := s.find(sig.PublicKey, namespace, at)
	if err != nil {
		return Signer{}, err
	}
	m := &reader{from: message}
	err = sshsig.Verify(m, sig, who.Key, sig.HashAlgorithm, namespace)
	switch {
	case m.err != nil:
		return Signer{}, fmt.Errorf("read what was signed: %w", m.err)
	case err != nil:
		return Signer{}, fmt.Errorf("%w: key %s", ErrWrong, who.Fingerprint)
	case isHardware(who.Key) && !attended(sig.Signature):
		return Signer{}, fmt.Errorf("%w: key %s", ErrUnattended, who.Fingerprint)
	}
	return who, nil
}

// find looks for the line that lets a key sign; the first that does counts.
func (s *Signers) find(key ssh.PublicKey, namespace string, at []time.Time) (Signer, error) {
	fingerprint, wire := ssh.FingerprintSHA256(key), key.Marshal()
	err := fmt.Errorf("%w: key %s is not listed", ErrUnknownSigner, fingerprint)
	outside := false
	for _, one := range s.list {
		switch {
		case !bytes.Equal(one.Key.Marshal(), wire):
		case !one.May(namespace):
			if !outside {
				err = fmt.Errorf("%w: line %d does not let key %s sign for %q", ErrUnknownSigner, one.Line, fingerprint, namespace)
			}
		case !one.Valid(at...):
			outside = true
			err = fmt.Errorf("%w: line %d, key %s, valid %s", ErrExpired, one.Line, fingerprint, one.span())
		default:
			return one, nil
		}
	}
	return Signer{}, err
}

// span says in words when the key is valid.
func (s Signer) span() string {
	text := ""
	if !s.ValidAfter.IsZero() {
		text = "from " + s.ValidAfter.Format(time.RFC3339)
	}
	if !s.ValidBefore.IsZero() {
		if text != "" {
			text += " "
		}
		text += "until " + s.ValidBefore.Format(time.RFC3339)
	}
	return text
}

// reader keeps the error of the message apart from that of the signature.
type reader struct {
	from io.Reader
	err  error
}

// Read reads from the message.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // a Reader returns io.EOF itself
		r.err = err
	}
	return n, err
}
