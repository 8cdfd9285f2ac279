package drop

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// HostKeyError says why a server's key was not accepted and what to do.
type HostKeyError struct {
	Addr    string // as configured, host:port
	Changed bool   // other keys are pinned for this server
	Revoked bool   // the key, or the authority that signed it, is marked @revoked
	// Reason is what was wrong with a certificate, or why the key could not be
	// fetched; may be nil.
	Reason error
	// Fingerprint is SHA256:… as ssh-keygen -lf prints it; compare it with the
	// partner by telephone.
	Fingerprint string
	// Line goes into known_hosts after that comparison. Empty when the key is
	// revoked or was not seen.
	Line string
}

// Error implements error.
func (e *HostKeyError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v: ", e.Addr, ErrHostKey)
	switch {
	case e.Revoked:
		b.WriteString("the key is revoked")
	case e.Changed:
		b.WriteString("another key is pinned")
	default:
		b.WriteString("no key is pinned")
	}
	if e.Reason != nil {
		fmt.Fprintf(&b, " (%v)", e.Reason)
	}
	if e.Fingerprint != "" {
		b.WriteString("; the server shows " + e.Fingerprint)
	}
	if e.Line != "" {
		b.WriteString("; after comparing it with the partner add to known_hosts: " + e.Line)
	}
	return b.String()
}

// Is makes the error an ErrHostKey.
func (e *HostKeyError) Is(target error) bool { return target == ErrHostKey }

// Unwrap returns Reason.
func (e *HostKeyError) Unwrap() error { return e.Reason }

// pins is what known_hosts says about one server.
type pins struct {
	addr        string
	keys        []ssh.PublicKey // pinned for this server
	authorities []ssh.PublicKey // may sign this server's key
	revoked     []ssh.PublicKey // by key of the file, for any server
}

// parsePins reads the lines of a known_hosts file that concern addr
// (host:port). Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": names with * and ?,
// negated with !, hashed with |1|, and the markers @cert-authority and @revoked.
func parsePins(file []byte, addr string) (*pins, error) {
	p := &pins{addr: addr}
	host := knownhosts.Normalize(addr)
	for len(file) > 0 {
		marker, hosts, key, _, rest, err := ssh.ParseKnownHosts(file)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := bytes.Count(file, []byte("\n"))
			return nil, fmt.Errorf("known_hosts: %d lines before its end: %w", line, err)
		}
		file = rest
		switch {
		case marker == "revoked":
			p.revoked = append(p.revoked, key)
		case !matchHosts(hosts, host):
		case marker == "cert-authority":
			p.authorities = append(p.authorities, key)
		default:
			p.keys = append(p.keys, key)
		}
	}
	return p, nil
}

// matchHosts applies the patterns of one line to a name.
func matchHosts(patterns []string, host string) bool {
	found := false
	for _, pat := range patterns {
		if strings.HasPrefix(pat, "|") {
			found = found || matchHashed(pat, host)
			continue
		}
		pat, negated := strings.CutPrefix(pat, "!")
		if !wildcard(strings.ToLower(pat), strings.ToLower(host)) {
			continue
		}
		if negated {
			return false
		}
		found = true
	}
	return found
}

// matchHashed compares a name with |1|salt|HMAC-SHA1(salt, name).
func matchHashed(pat, host string) bool {
	parts := strings.Split(pat, "|")
	if len(parts) != 4 || parts[1] != "1" {
		return false
	}
	salt, err1 := base64.StdEncoding.DecodeString(parts[2])
	sum, err2 := base64.StdEncoding.DecodeString(parts[3])
	if err1 != nil || err2 != nil {
		return false
	}
	mac := hmac.New(sha1.New, salt)
	mac.Write([]byte(host))
	return hmac.Equal(mac.Sum(nil), sum)
}

// wildcard matches * (any text) and ? (one character).
func wildcard(pat, s string) bool {
	star, mark := -1, 0
	i := 0
	for j := 0; j < len(s); {
		switch {
		case i < len(pat) && pat[i] == '*':
			star, mark = i, j
			i++
		case i < len(pat) && (pat[i] == '?' || pat[i] == s[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pat[i:], "*") == ""
}

// algorithms returns the host key algorithms to offer, so that a server with
// several keys shows the one that is pinned: certificates first. Empty when nothing is
// pinned. legacy holds what was allowed by name beyond the usual ones.
func (p *pins) algorithms(legacy []string) []string {
	allowed := append(ssh.SupportedAlgorithms().HostKeys, legacy...)
	var algos []string
	add := func(a string) {
		if slices.Contains(allowed, a) && !slices.Contains(algos, a) {
			algos = append(algos, a)
		}
	}
	if len(p.authorities) > 0 {
		for _, a := range allowed {
			if strings.Contains(a, "-cert-v0") {
				add(a)
			}
		}
	}
	for _, k := range p.keys {
		if k.Type() == ssh.KeyAlgoRSA {
			add(ssh.KeyAlgoRSASHA512)
			add(ssh.KeyAlgoRSASHA256)
		}
		add(k.Type())
	}
	return algos
}

// check returns nil for a key that is pinned.
func (p *pins) check(addr string, remote net.Addr, key ssh.PublicKey) *HostKeyError {
	cert, isCert := key.(*ssh.Certificate)
	if isCert && len(p.authorities) > 0 {
		return p.checkCert(addr, remote, cert)
	}
	if isCert {
		key = cert.Key // a certificate of an unknown authority proves no more than its key
	}
	if has(p.revoked, key) {
		return p.refuse(key, true, nil)
	}
	if has(p.keys, key) {
		return nil
	}
	return p.refuse(key, false, nil)
}

func (p *pins) checkCert(addr string, remote net.Addr, cert *ssh.Certificate) *HostKeyError {
	if has(p.revoked, cert.Key) || has(p.revoked, cert.SignatureKey) {
		return p.refuse(cert.Key, true, nil)
	}
	checker := ssh.CertChecker{
		IsHostAuthority: func(auth ssh.PublicKey, _ string) bool { return has(p.authorities, auth) },
	}
	if err := checker.CheckHostKey(addr, remote, cert); err != nil {
		if has(p.keys, cert.Key) {
			return nil
		}
		return p.refuse(cert.Key, false, err)
	}
	return nil
}

// refuse makes the error for a key that was shown.
func (p *pins) refuse(key ssh.PublicKey, revoked bool, reason error) *HostKeyError {
	e := &HostKeyError{
		Addr:        p.addr,
		Changed:     len(p.keys)+len(p.authorities) > 0,
		Revoked:     revoked,
		Reason:      reason,
		Fingerprint: ssh.FingerprintSHA256(key),
	}
	if !revoked {
		e.Line = knownhosts.Line([]string{p.addr}, key)
	}
	return e
}

func has(keys []ssh.PublicKey, key ssh.PublicKey) bool {
	return slices.ContainsFunc(keys, func(k ssh.PublicKey) bool { return bytes.Equal(k.Marshal(), key.Marshal()) })
}

// PinnedKeys returns the keys that a known_hosts file pins for addr (host:port),
// authorities left out, for `check`; an unreadable line is an error.
func PinnedKeys(file []byte, addr string) ([]ssh.PublicKey, error) {
	p, err := parsePins(file, addr)
	if err != nil {
		return nil, err
	}
	return p.keys, nil
}
