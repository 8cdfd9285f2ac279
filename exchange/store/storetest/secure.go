package storetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Secure is a PostgreSQL server as an office would set it up: over the network with
// TLS and a password alone, and by its socket for the users of the machine.
type Secure struct {
	Port        int
	Socket      string // its folder
	Certificate string // of localhost, a file
	User        string
	Password    string
}

// NewSecure starts such a server for a test. It skips where initdb is missing.
func NewSecure(t testing.TB) Secure {
	t.Helper()
	bin := requireInitdb(t)
	s := Secure{Certificate: filepath.Join(t.TempDir(), "server.crt"), User: "carryover", Password: "correct horse"}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cert, key, err := selfSigned()
	if err == nil {
		err = os.WriteFile(s.Certificate, cert, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := startCluster(bin, func(data string) (int, []string, error) {
		files := map[string][]byte{
			"server.crt": cert, "server.key": key,
			"pg_hba.conf": []byte("local all all trust\nhostssl all all all scram-sha-256\n"),
		}
		for name, content := range files {
			path := filepath.Join(data, name)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				return 0, nil, err
			}
			if _, err := unprivileged(path); err != nil {
				return 0, nil, err
			}
		}
		return s.Port, []string{"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(s.Port), "ssl=on", "password_encryption=scram-sha-256"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.stop(); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Error(err)
		}
	})
	s.Socket = c.dir
	if err := c.execute(fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", s.User, s.Password)); err != nil {
		t.Fatal(err)
	}
	return s
}

// selfSigned is a certificate for localhost and its key.
func selfSigned() (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &private.PublicKey, private)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), nil
}

// OtherCertificate is a certificate for localhost that no server has.
func OtherCertificate(t testing.TB) []byte {
	t.Helper()
	cert, _, err := selfSigned()
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
