package formats_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/seal"
)

// TestManualSign runs the commands of the manual by which a partner makes a
// key, signs and verifies, and holds what they made against our own judgement.
func TestManualSign(t *testing.T) {
	for _, program := range []string{"ssh-keygen", "sh"} {
		droptest.Require(t, program)
	}
	dir := t.TempDir()
	const name = "contact-letter_310100_320500_20260303_000001.csv"
	content, err := os.ReadFile(filepath.Join("..", "samples", "vectors", "contact-letter", "canonical", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, commands := range signCommands(t) {
		cmd := exec.Command("sh", "-e", "-c", commands)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", commands, err, out)
		}
	}
	allowed, err := os.ReadFile(filepath.Join(dir, "310100.allowed_signers"))
	if err != nil {
		t.Fatal(err)
	}
	signers, err := seal.ParseSigners(allowed)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := os.ReadFile(filepath.Join(dir, name+seal.Suffix))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signers.For("310100").Verify(bytes.NewReader(content), sig, seal.NamespaceBatch, time.Now()); err != nil {
		t.Error(err)
	}
}

// signCommands are the shell blocks between the marks of the manual's section.
func signCommands(t *testing.T) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "<!-- sign: TestManualSign runs these commands -->")
	section, _, _ = strings.Cut(section, "<!-- /sign -->")
	for {
		_, rest, found := strings.Cut(section, "```sh\n")
		if !found {
			break
		}
		block, after, _ := strings.Cut(rest, "```")
		blocks, section = append(blocks, block), after
	}
	if len(blocks) != 3 {
		t.Fatalf("the manual has %d blocks of commands about signing, not 3", len(blocks))
	}
	return blocks
}
