package droptest

import (
	"net"
	"os/exec"
	"strings"
	"testing"
)

// Client starts our own server and returns a function that runs commands against it
// with OpenSSH's sftp; their output is returned, a failing one fails the test.
func Client(t testing.TB) func(commands ...string) string {
	t.Helper()
	program := Require(t, "sftp")
	dir := t.TempDir()
	key, login := newKey(t)
	c, _, _ := start(t, login, nil, nil)
	keyFile := writeKey(t, dir, "login", key)
	known := write(t, dir, "known_hosts", c.KnownHosts)
	host, port, _ := net.SplitHostPort(c.Addr)
	return func(commands ...string) string {
		t.Helper()
		cmd := exec.Command(program, "-q", "-b", "-", "-F", "none", "-P", port, "-i", keyFile,
			"-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile="+known, c.User+"@"+host)
		cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("sftp: %v: %s", err, out)
		}
		return string(out)
	}
}
