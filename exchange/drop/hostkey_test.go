package drop_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"carryover/exchange/drop"
	"carryover/exchange/drop/droptest"
)

func signer(t *testing.T, key any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ecdsaKey(t *testing.T) ssh.Signer {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer(t, k)
}

func rsaKey(t *testing.T) ssh.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return signer(t, k)
}

// lines writes known_hosts.
func lines(l ...string) []byte { return []byte(strings.Join(l, "\n") + "\n") }

func marshal(k ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k))) }

func TestHostKeys(t *testing.T) {
	ec, rs := ecdsaKey(t), rsaKey(t)
	c, _, _ := droptest.Server(t, nil, ec, rs)
	own := strings.TrimSpace(string(c.KnownHosts))
	name := knownhosts.Normalize(c.Addr)
	other := name + " " + marshal(droptest.Key(t).PublicKey())
	tests := []struct {
		name string
		file []byte
		ok   bool
	}{
		{"pinned", lines(own), true},
		{"comments, blank lines, others' hosts", lines("# ours", "", "example.org "+marshal(rs.PublicKey()), own+" a comment"), true},
		{"CRLF", []byte("# ours\r\n" + own + "\r\n"), true},
		{"second of two, before a rotation", lines(other, own), true},
		{"only the ECDSA key, which is not the first shown", lines(name + " " + marshal(ec.PublicKey())), true},
		{"only the RSA key", lines(name + " " + marshal(rs.PublicKey())), true},
		{"hashed name", lines(strings.Replace(own, name, knownhosts.HashHostname(name), 1)), true},
		{"pattern", lines(strings.Replace(own, name, "[127.0.*]:*", 1)), true},
		{"list of names", lines(strings.Replace(own, name, "sftp.example.org,"+name, 1)), true},
		{"empty", nil, false},
		{"changed", lines(other), false},
		{"other name", lines(strings.Replace(own, name, "[127.0.0.2]:22", 1)), false},
		{"same host, port 22", lines(strings.Replace(own, name, "127.0.0.1", 1)), false},
		{"negated", lines(strings.Replace(own, name, "*,!"+name, 1)), false},
		{"revoked", lines(own, "@revoked * "+strings.TrimPrefix(own, name+" ")), false},
		{"broken line", lines(name + " ssh-ed25519 AAAA"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := c
			c.KnownHosts = test.file
			if err := list(t, c); (err == nil) != test.ok {
				t.Errorf("error %v, want success %v", err, test.ok)
			}
		})
	}
}

// TestHostKeyError: the error shows the line to add; with it the server is accepted.
func TestHostKeyError(t *testing.T) {
	c, _, _ := droptest.Server(t, nil)
	right := string(c.KnownHosts)
	name := knownhosts.Normalize(c.Addr)
	tests := []struct {
		name             string
		file             string
		changed, revoked bool
	}{
		{"unknown", "", false, false},
		{"changed", name + " " + marshal(droptest.Key(t).PublicKey()), true, false},
		{"another type is pinned", name + " " + marshal(ecdsaKey(t).PublicKey()), true, false},
		{"an authority is pinned, the server has no certificate", "@cert-authority " + name + " " + marshal(rsaKey(t).PublicKey()), true, false},
		{"revoked", right + "@revoked * " + strings.TrimPrefix(right, name+" "), true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := c
			c.KnownHosts = []byte(test.file)
			err := list(t, c)
			var refused *drop.HostKeyError
			if !errors.As(err, &refused) || !errors.Is(err, drop.ErrHostKey) {
				t.Fatalf("error %v", err)
			}
			if refused.Changed != test.changed || refused.Revoked != test.revoked || !strings.HasPrefix(refused.Fingerprint, "SHA256:") {
				t.Errorf("%+v", refused)
			}
			if test.revoked {
				if refused.Line != "" {
					t.Errorf("offers a revoked key: %s", refused.Line)
				}
				return
			}
			if refused.Line+"\n" != right || !strings.Contains(err.Error(), refused.Line) {
				t.Errorf("line %q, want %q; message %v", refused.Line, right, err)
			}
			c.KnownHosts = append(c.KnownHosts, "\n"+refused.Line+"\n"...)
			if err := list(t, c); err != nil {
				t.Errorf("with the line: %v", err)
			}
		})
	}
}

func TestHostCertificates(t *testing.T) {
	authority, hostKey := ecdsaKey(t), rsaKey(t)
	certify := func(principal string, from, to time.Time, kind uint32) ssh.Signer {
		cert := &ssh.Certificate{
			Key: hostKey.PublicKey(), CertType: kind, ValidPrincipals: []string{principal},
			ValidAfter: uint64(from.Unix()), ValidBefore: uint64(to.Unix()),
		}
		if err := cert.SignCert(rand.Reader, authority); err != nil {
			t.Fatal(err)
		}
		s, err := ssh.NewCertSigner(cert, hostKey)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	past, future := time.Unix(0, 0), time.Unix(1<<40, 0)
	tests := []struct {
		name string
		cert ssh.Signer
		more string
		ok   bool
	}{
		{"good", certify("127.0.0.1", past, future, ssh.HostCert), "", true},
		{"for another host", certify("example.org", past, future, ssh.HostCert), "", false},
		{"expired", certify("127.0.0.1", past, past.Add(time.Hour), ssh.HostCert), "", false},
		{"of a user", certify("127.0.0.1", past, future, ssh.UserCert), "", false},
		{"authority revoked", certify("127.0.0.1", past, future, ssh.HostCert), "@revoked * " + marshal(authority.PublicKey()), false},
		{"key revoked", certify("127.0.0.1", past, future, ssh.HostCert), "@revoked * " + marshal(hostKey.PublicKey()), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _, _ := droptest.Server(t, nil, test.cert)
			c.KnownHosts = lines("@cert-authority [127.0.0.1]:* "+marshal(authority.PublicKey()), test.more)
			err := list(t, c)
			if (err == nil) != test.ok || err != nil && !errors.Is(err, drop.ErrHostKey) {
				t.Errorf("error %v, want success %v", err, test.ok)
			}
		})
	}
}

func FuzzKnownHosts(f *testing.F) {
	pub, err := ssh.NewPublicKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	if err != nil {
		f.Fatal(err)
	}
	key := marshal(pub)
	for _, s := range []string{"", "# x\n", "h " + key + "\n", "*,!h " + key, "|1|c2FsdA==|aGFzaA== " + key, "@revoked * " + key, "@cert-authority *.h " + key, "h"} {
		f.Add([]byte(s), "h:22")
	}
	f.Fuzz(func(t *testing.T, file []byte, addr string) {
		if strings.ContainsAny(addr, "*?") {
			return
		}
		keys, err := drop.PinnedKeys(file, addr)
		if err != nil {
			return
		}
		// What we print is what we read.
		for _, k := range keys {
			again, err := drop.PinnedKeys([]byte(knownhosts.Line([]string{addr}, k)), addr)
			if err == nil && len(again) == 1 && !bytes.Equal(again[0].Marshal(), k.Marshal()) {
				t.Errorf("key %s became %s", marshal(k), marshal(again[0]))
			}
		}
	})
}
