package config

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

func exampleSettings(t *testing.T) Settings {
	t.Helper()
	c, err := Parse("config.yaml", Example())
	if err != nil {
		t.Fatal(err)
	}
	return c.Settings
}

func TestRenderReadsBackTheSame(t *testing.T) {
	want := exampleSettings(t)
	text, err := Render(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse("config.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if d := cmp.Diff(want, got.Settings); d != "" {
		t.Error(d)
	}
	if !strings.Contains(string(text), "# 行政区划代码") {
		t.Errorf("no comments:\n%s", text)
	}
}

func TestInitMakesAFolderThatLoads(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "320500")
	made, open, err := Init(dir, InitOptions{Settings: exampleSettings(t), KnownHosts: []string{"[127.0.0.1]:2222 ssh-ed25519 AAAA"}})
	if err != nil || len(open) > 0 {
		t.Fatal(open, err)
	}
	want := []string{
		"config.yaml", SFTPKey, SFTPKey + ".pub", SealKey, SealKey + ".pub", "keys/320500.allowed_signers", "known_hosts", AllowedSigners, "systemd/carryover-320500.service",
		"sshd/carryover-320500.conf", "README.md", "config.schema.json",
	}
	if d := cmp.Diff(want, made); d != "" {
		t.Error(d)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"drops/core/in/done", "drops/core/in/bad", "drops/330100/out", "spool", "reports", "holidays"} {
		if info, err := os.Stat(filepath.Join(dir, sub)); err != nil || !info.IsDir() {
			t.Error(sub, err)
		}
	}
	key, err := os.ReadFile(filepath.Join(dir, SFTPKey))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ssh.ParsePrivateKey(key); err != nil {
		t.Error(err)
	}
	hosts, err := os.ReadFile(filepath.Join(dir, "known_hosts"))
	if err != nil || !strings.HasSuffix(string(hosts), "\n[127.0.0.1]:2222 ssh-ed25519 AAAA\n") {
		t.Errorf("%s %v", hosts, err)
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "known_hosts")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	made, _, err := Init(dir, InitOptions{Settings: exampleSettings(t)})
	if !errors.Is(err, ErrExists) || len(made) > 0 {
		t.Errorf("made %v, error %v", made, err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
}

func TestInitSaysWhatIsOpen(t *testing.T) {
	s := Settings{
		Agency:   AgencySettings{Code: "320500"},
		Partners: []PartnerSetting{{Code: "310100", Name: "上海"}},
	}
	_, open, err := Init(filepath.Join(t.TempDir(), "a"), InitOptions{Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"agency.name", "agency.checker", "accounts.own[0].holder", "accounts.payer.account_no",
		"partners[0].accounts[0].cnaps",
	}
	var keys []string
	for _, f := range open {
		if f.Line == 0 {
			t.Errorf("no line: %v", f)
		}
		keys = append(keys, f.Key)
	}
	for _, k := range want {
		if !strings.Contains(strings.Join(keys, " ")+" ", k+" ") {
			t.Errorf("%s is not named among %v", k, keys)
		}
	}
}

// sshd itself must find the snippet right.
func TestSSHDSnippet(t *testing.T) {
	sshd := droptest.Require(t, "sshd")
	dir := filepath.Join(t.TempDir(), "320500")
	if _, _, err := Init(dir, InitOptions{Settings: exampleSettings(t)}); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "sshd", "carryover-320500.conf")
	snippet, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(snippet), "Match User carryover-330100\n") || strings.Contains(string(snippet), "310100") {
		t.Errorf("%s", snippet)
	}
	out, err := exec.Command(sshd, "-t", "-f", conf, "-h", filepath.Join(dir, SFTPKey)).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "privilege separation") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestUnitWritesFewFolders: the service writes store, spool, reports and drops, and may write neither
// its configuration nor anybody's keys.
func TestUnitWritesFewFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "320500")
	s := exampleSettings(t)
	s.Store.DSN = ""
	if _, _, err := Init(dir, InitOptions{Settings: s}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "systemd", "carryover-320500.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		folders, ok := strings.CutPrefix(line, "ReadWritePaths=")
		if !ok {
			continue
		}
		for _, closed := range []string{dir, filepath.Join(dir, "keys"), filepath.Join(dir, "config.yaml")} {
			if strings.Contains(folders, `"`+closed+`"`) {
				t.Errorf("the service may write %s: %s", closed, folders)
			}
		}
		for _, open := range []string{"store", "spool", "reports", "drops/core"} {
			if !strings.Contains(folders, `"`+filepath.Join(dir, open)+`"`) {
				t.Errorf("the service may not write %s: %s", open, folders)
			}
		}
	}
	for _, want := range []string{"LimitCORE=0", "SystemCallFilter=", "ProtectHome=read-only", "SuccessExitStatus=3", "chown -R root:carryover"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the unit lacks %s", want)
		}
	}
}
