package droptest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"carryover/exchange/drop"
	"carryover/exchange/drop/sftpserver"
)

// Key makes an Ed25519 key.
func Key(t testing.TB) ssh.Signer {
	t.Helper()
	_, signer := newKey(t)
	return signer
}

func newKey(t testing.TB) (ed25519.PrivateKey, ssh.Signer) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, signer
}

// Folder makes an empty drop in a temporary folder.
func Folder(t testing.TB) (root string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "drop")
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		t.Fatal(err)
	}
	return root
}

// Server starts our own SFTP server with one user whose root is an empty drop, and
// returns how to reach it. wrap may be nil.
func Server(t testing.TB, wrap func(user string, h sftp.Handlers) sftp.Handlers, moreKeys ...ssh.Signer) (c drop.SFTP, root string, s *sftpserver.Server) {
	t.Helper()
	return start(t, Key(t), wrap, moreKeys)
}

// start starts our own server for a user with the given key.
func start(t testing.TB, login ssh.Signer, wrap func(user string, h sftp.Handlers) sftp.Handlers, moreKeys []ssh.Signer) (c drop.SFTP, root string, s *sftpserver.Server) {
	t.Helper()
	host := Key(t)
	root = Folder(t)
	s, err := sftpserver.Start(context.Background(), sftpserver.Config{
		HostKey:      host,
		MoreHostKeys: moreKeys,
		Users:        []sftpserver.User{{Name: "agency", Root: root, AuthorizedKeys: ssh.MarshalAuthorizedKey(login.PublicKey())}},
		Wrap:         wrap,
	}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c = drop.SFTP{
		Addr:       s.Addr(),
		User:       "agency",
		Signers:    []ssh.Signer{login},
		KnownHosts: KnownHosts(s.Addr(), host.PublicKey()),
	}
	return c, root, s
}

// KnownHosts pins keys for a server.
func KnownHosts(addr string, keys ...ssh.PublicKey) []byte {
	var b bytes.Buffer
	for _, k := range keys {
		fmt.Fprintln(&b, knownhosts.Line([]string{addr}, k))
	}
	return b.Bytes()
}

// SSHD is an OpenSSH server of the test's own on a loopback port.
type SSHD struct {
	drop.SFTP
	Local    string // the drop's folder on this machine
	KeyFile  string // our private key
	HostFile string // known_hosts
	Port     string
}

// OpenSSH starts a real sshd with keys of its own, whose user is whoever runs the
// test and whose drop is an empty one in a temporary folder.
func OpenSSH(t testing.TB, settings ...string) *SSHD {
	t.Helper()
	program := Require(t, "sshd")
	dir := t.TempDir()
	host, hostSigner := newKey(t)
	login, loginSigner := newKey(t)
	s := &SSHD{
		Local:    Folder(t),
		KeyFile:  writeKey(t, dir, "login", login),
		HostFile: filepath.Join(dir, "known_hosts"),
		Port:     freePort(t),
	}
	write(t, dir, "authorized_keys", ssh.MarshalAuthorizedKey(loginSigner.PublicKey()))
	addr := net.JoinHostPort("127.0.0.1", s.Port)
	conf := fmt.Sprintf("ListenAddress %s\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\n"+
		"UsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nMaxStartups 2000\nSubsystem sftp internal-sftp\n",
		addr, writeKey(t, dir, "host", host), filepath.Join(dir, "authorized_keys"))
	for _, line := range settings {
		conf += line + "\n"
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s.SFTP = drop.SFTP{
		Addr:       addr,
		User:       me.Username,
		Root:       s.Local,
		Signers:    []ssh.Signer{loginSigner},
		KnownHosts: KnownHosts(addr, hostSigner.PublicKey()),
	}
	write(t, dir, "known_hosts", s.KnownHosts)
	run(t, program, write(t, dir, "sshd_config", []byte(conf)), addr)
	return s
}

func write(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func writeKey(t testing.TB, dir, name string, key ed25519.PrivateKey) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	return write(t, dir, name, pem.EncodeToMemory(block))
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// run starts sshd and waits until it answers.
func run(t testing.TB, program, conf, addr string) {
	t.Helper()
	if os.Geteuid() == 0 {
		// Only as root does sshd separate privileges, for which it wants this folder.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "-D", "-e", "-f", conf)
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("sshd: %s", tail(log.String(), 4000))
		}
	})
	for range 200 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("sshd does not answer")
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
