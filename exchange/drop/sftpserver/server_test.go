package sftpserver_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"carryover/exchange/drop/droptest"
	"carryover/exchange/drop/sftpserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a server with two users and a file between their folders.
type house struct {
	*sftpserver.Server
	dir  string
	host ssh.Signer
	keys map[string]ssh.Signer
}

func start(t *testing.T) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), host: droptest.Key(t), keys: map[string]ssh.Signer{}}
	conf := sftpserver.Config{HostKey: h.host}
	for _, name := range []string{"anna", "bela"} {
		h.keys[name] = droptest.Key(t)
		root := filepath.Join(h.dir, name)
		if err := os.Mkdir(root, 0o700); err != nil {
			t.Fatal(err)
		}
		keys := "# keys\n\n" + string(ssh.MarshalAuthorizedKey(h.keys[name].PublicKey()))
		conf.Users = append(conf.Users, sftpserver.User{Name: name, Root: root, AuthorizedKeys: []byte(keys)})
	}
	if err := os.WriteFile(filepath.Join(h.dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sftpserver.Start(t.Context(), conf, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.Server = s
	t.Cleanup(func() { s.Close() })
	return h
}

func (h *house) dial(t *testing.T, user string, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	return ssh.Dial("tcp", h.Addr(), &ssh.ClientConfig{
		User: user, Auth: auth, Timeout: 5 * time.Second,
		HostKeyCallback: ssh.FixedHostKey(h.host.PublicKey()),
	})
}

func (h *house) login(t *testing.T, user string) (*ssh.Client, *sftp.Client) {
	t.Helper()
	conn, err := h.dial(t, user, ssh.PublicKeys(h.keys[user]))
	if err != nil {
		t.Fatal(err)
	}
	client, err := sftp.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); conn.Close() })
	return conn, client
}

func TestLogin(t *testing.T) {
	h := start(t)
	tests := []struct {
		name, user string
		auth       ssh.AuthMethod
		ok         bool
	}{
		{"own key", "anna", ssh.PublicKeys(h.keys["anna"]), true},
		{"another's key", "anna", ssh.PublicKeys(h.keys["bela"]), false},
		{"unknown user", "carl", ssh.PublicKeys(h.keys["anna"]), false},
		{"password", "anna", ssh.Password(""), false},
	}
	for _, test := range tests {
		conn, err := h.dial(t, test.user, test.auth)
		if (err == nil) != test.ok {
			t.Errorf("%s: error %v, want success %v", test.name, err, test.ok)
		}
		if err == nil {
			conn.Close()
		}
	}
}

func TestOnlySFTP(t *testing.T) {
	h := start(t)
	conn, _ := h.login(t, "anna")
	for name, ask := range map[string]func(s *ssh.Session) error{
		"shell":     func(s *ssh.Session) error { return s.Shell() },
		"exec":      func(s *ssh.Session) error { return s.Run("id") },
		"pty":       func(s *ssh.Session) error { return s.RequestPty("xterm", 1, 1, nil) },
		"subsystem": func(s *ssh.Session) error { return s.RequestSubsystem("netconf") },
	} {
		s, err := conn.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if err := ask(s); err == nil {
			t.Errorf("%s was granted", name)
		}
		s.Close()
	}
	if c, err := conn.Dial("tcp", h.Addr()); err == nil {
		c.Close()
		t.Error("forwards connections")
	}
}

// TestJail: no path, link or command leads out of the user's folder.
func TestJail(t *testing.T) {
	h := start(t)
	_, c := h.login(t, "anna")
	for link, target := range map[string]string{
		"up": "../secret", "absolute": filepath.Join(h.dir, "secret"), "folder": "..", "neighbour": "../bela",
	} {
		if err := os.Symlink(target, filepath.Join(h.dir, "anna", link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []string{"../secret", "/../secret", "../../../../etc/passwd", "up", "absolute", "folder/secret", "neighbour", "a/../../secret"} {
		if f, err := c.Open(p); err == nil {
			f.Close()
			t.Errorf("opened %s", p)
		}
		if _, err := c.Stat(p); err == nil {
			t.Errorf("looked at %s", p)
		}
		if err := c.PosixRename(p, "mine"); err == nil && p != "up" && p != "absolute" && p != "neighbour" {
			t.Errorf("took %s", p)
		}
	}
	for _, p := range []string{"../made", "folder/made", "neighbour/made"} {
		if f, err := c.Create(p); err == nil && p != "../made" {
			f.Close()
			t.Errorf("made %s", p)
		}
	}
	if err := c.Symlink("/etc/passwd", "new"); err == nil {
		t.Error("made a link")
	}
	if err := c.Link("mine", "new"); err == nil {
		t.Error("made a hard link")
	}
	if got, err := os.ReadFile(filepath.Join(h.dir, "secret")); err != nil || string(got) != "secret" {
		t.Errorf("the secret is %q, error %v", got, err)
	}
	if left, _ := os.ReadDir(filepath.Join(h.dir, "bela")); len(left) > 0 {
		t.Errorf("the neighbour has %v", left)
	}
	if left, _ := os.ReadDir(h.dir); len(left) != 3 {
		t.Errorf("above the jail stand %v", left)
	}
}

func TestFiles(t *testing.T) {
	h := start(t)
	_, c := h.login(t, "bela")
	write(t, c, "a", "one")
	write(t, c, "b", "two")
	if err := c.Rename("a", "b"); err == nil {
		t.Error("the plain rename replaced a file")
	}
	if err := c.PosixRename("a", "b"); err != nil {
		t.Error(err)
	}
	if err := c.Mkdir("folder"); err != nil {
		t.Error(err)
	}
	if err := c.Rename("b", "folder/c"); err != nil {
		t.Error(err)
	}
	at := time.Date(2026, 3, 2, 4, 5, 6, 0, time.UTC)
	if err := errors.Join(c.Chtimes("folder/c", at, at), c.Truncate("folder/c", 2), c.Chmod("folder/c", 0o777)); err != nil {
		t.Error(err)
	}
	fi, err := c.Stat("folder/c")
	if err != nil || fi.Size() != 2 || fi.Mode() != 0o700 || time.Since(fi.ModTime()) > 100*365*24*time.Hour {
		t.Errorf("%v, error %v", fi, err)
	}
	if err := c.RemoveDirectory("folder"); err == nil {
		t.Error("a full folder was removed")
	}
	if err := c.Remove("folder/c"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveDirectory("folder"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveDirectory("/"); err == nil {
		t.Error("the root was removed")
	}
	if l, err := c.ReadDir("/"); err != nil || len(l) != 0 {
		t.Errorf("left: %v, error %v", l, err)
	}
	if _, err := c.Stat("folder/c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

func write(t *testing.T, c *sftp.Client, name, content string) {
	t.Helper()
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if fi, err := c.Stat(name); err != nil || fi.Mode() != 0o600 {
		t.Errorf("mode %v, error %v", fi.Mode(), err)
	}
}

func TestDown(t *testing.T) {
	h := start(t)
	_, c := h.login(t, "anna")
	h.SetRefuse(true)
	if _, err := c.ReadDir("/"); err == nil {
		t.Error("a session survived")
	}
	if _, err := h.dial(t, "anna", ssh.PublicKeys(h.keys["anna"])); err == nil {
		t.Error("a new one was let in")
	}
	h.SetRefuse(false)
	h.login(t, "anna")
}

func TestCloseEndsSessions(t *testing.T) {
	h := start(t)
	_, c := h.login(t, "anna")
	idle, err := net.Dial("tcp", h.Addr()) // never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	done := make(chan struct{})
	go func() { h.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Close hangs")
	}
	if _, err := c.ReadDir("/"); err == nil {
		t.Error("a session survived")
	}
	if err := h.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestContextEnds(t *testing.T) {
	key := droptest.Key(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := sftpserver.Start(ctx, sftpserver.Config{HostKey: key}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for range 200 {
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			s.Close()
			return
		}
		c.Close()
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("still listens")
}

func TestBadConfig(t *testing.T) {
	key := droptest.Key(t)
	line := string(ssh.MarshalAuthorizedKey(key.PublicKey()))
	user := func(name, keys string) sftpserver.User {
		return sftpserver.User{Name: name, Root: t.TempDir(), AuthorizedKeys: []byte(keys)}
	}
	tests := []struct {
		name string
		conf sftpserver.Config
		addr string
	}{
		{"no host key", sftpserver.Config{}, "127.0.0.1:0"},
		{"open to the world", sftpserver.Config{HostKey: key}, "0.0.0.0:0"},
		{"any interface", sftpserver.Config{HostKey: key}, ":0"},
		{"no port", sftpserver.Config{HostKey: key}, "127.0.0.1"},
		{"no key", sftpserver.Config{HostKey: key, Users: []sftpserver.User{user("a", "")}}, "127.0.0.1:0"},
		{"broken key", sftpserver.Config{HostKey: key, Users: []sftpserver.User{user("a", "ssh-ed25519 AAAA")}}, "127.0.0.1:0"},
		{"options", sftpserver.Config{HostKey: key, Users: []sftpserver.User{user("a", `command="id" `+line)}}, "127.0.0.1:0"},
		{"no name", sftpserver.Config{HostKey: key, Users: []sftpserver.User{user("", line)}}, "127.0.0.1:0"},
		{"name twice", sftpserver.Config{HostKey: key, Users: []sftpserver.User{user("a", line), user("a", line)}}, "127.0.0.1:0"},
	}
	for _, test := range tests {
		if s, err := sftpserver.Start(t.Context(), test.conf, test.addr); err == nil {
			s.Close()
			t.Errorf("%s: started", test.name)
		}
	}
}

// TestOpenSSHClient: OpenSSH's own sftp works with this server.
func TestOpenSSHClient(t *testing.T) {
	cmd := droptest.Client(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), droptest.Content(300_000, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd("mkdir box", "put "+filepath.Join(dir, "a.csv")+" box/a.part", "rename box/a.part box/a.csv", "ls -l box",
		"get box/a.csv "+filepath.Join(dir, "b.csv"), "rm box/a.csv", "rmdir box")
	got, err := os.ReadFile(filepath.Join(dir, "b.csv"))
	if err != nil || !bytes.Equal(got, droptest.Content(300_000, 1)) {
		t.Errorf("%d bytes came back, error %v", len(got), err)
	}
	if strings.Contains(cmd("ls -1"), "box") {
		t.Error("the folder was not removed")
	}
}
