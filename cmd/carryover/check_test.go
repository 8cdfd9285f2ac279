package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"carryover/exchange/drop"
	"carryover/exchange/drop/sftpserver"
)

// check --connect tries a partner's server out, and trusts no other key than
// the pinned one.
func TestCheckConnectsOverSFTP(t *testing.T) {
	root := t.TempDir()
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hostKey, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}

	dir := filepath.Join(t.TempDir(), "320500")
	pins := filepath.Join(t.TempDir(), "pins")
	pin := knownhosts.Line([]string{addr}, hostKey.PublicKey())
	writeFile(t, pins, pin+"\n")
	settings := filepath.Join(t.TempDir(), "settings.yaml")
	writeFile(t, settings, `
agency: {name: 苏州, checker: 王敏}
accounts:
  own: [{holder: a, bank: b, account_no: "1", cnaps: "102100099996"}]
  payer: {holder: a, bank: b, account_no: "1", cnaps: "102100099996"}
  release: automatic
partners:
  - code: "310100"
    name: 上海
    accounts: [{holder: a, bank: b, account_no: "2", cnaps: "403100000004"}]
    drop: {sftp: {addr: "`+addr+`", user: us, key: keys/sftp_ed25519}}
`)
	if exit, _, text := call(t, "init", "--from", settings, "--known-hosts", pins, dir); exit != exitDone {
		t.Fatal(exit, text)
	}
	public, err := os.ReadFile(filepath.Join(dir, "keys", "sftp_ed25519.pub"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sftpserver.Start(t.Context(), sftpserver.Config{
		HostKey: hostKey, Users: []sftpserver.User{{Name: "us", Root: root, AuthorizedKeys: public}},
	}, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()

	config := filepath.Join(dir, "config.yaml")
	_, out, _ := call(t, "-c", config, "check", "--connect")
	if !strings.Contains(out, "ok       connect 310100: lists, writes, reads, renames, moves") {
		t.Errorf("%s", out)
	}
	left, err := filepath.Glob(filepath.Join(root, "*", "*carryover*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}

	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := ssh.NewSignerFromKey(other)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "known_hosts"), knownhosts.Line([]string{addr}, otherKey.PublicKey())+"\n")
	exit, out, _ := call(t, "-c", config, "check", "--connect")
	if exit != exitFailed || !strings.Contains(out, "fault    connect 310100: ") || !strings.Contains(out, "ask the partner whether its key was changed") {
		t.Errorf("exit %d\n%s", exit, out)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
