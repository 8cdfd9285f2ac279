package seal_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/seal"
)

// keygen runs ssh-keygen in a folder.
func keygen(t *testing.T, dir string, stdin []byte, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.Command("ssh-keygen", args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	return cmd.CombinedOutput()
}

func write(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKeygen: what ssh-keygen signs we verify, with keys it made, and what we
// sign it verifies; both judge the times of a key alike.
func TestKeygen(t *testing.T) {
	droptest.Require(t, "ssh-keygen")
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			if out, err := keygen(t, dir, nil, "-q", "-t", kind, "-N", "", "-f", "key"); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			text, err := os.ReadFile(filepath.Join(dir, "key"))
			if err != nil {
				t.Fatal(err)
			}
			public, err := os.ReadFile(filepath.Join(dir, "key.pub"))
			if err != nil {
				t.Fatal(err)
			}
			key, err := seal.ParseKey(text, nil)
			if err != nil {
				t.Fatal(err)
			}
			allowed := append([]byte(`310100 namespaces="carryover",valid-after="20260101",valid-before="20261231" `), public...)
			write(t, dir, "allowed_signers", allowed)
			signers := signersOf(t, "%s", allowed)
			theirs := signedByKeygen(t, dir, "batch.csv")
			if _, err := signers.Verify(bytes.NewReader([]byte("batch.csv\n")), theirs, seal.NamespaceBatch, noon); err != nil {
				t.Errorf("made by ssh-keygen: %v", err)
			}
			ours, err := key.Sign(bytes.NewReader([]byte("ours\n")), seal.NamespaceBatch)
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir, "ours.sig", ours)
			for at, good := range map[string]bool{"20260302": true, "20251231": false, "20270101": false} {
				out, err := keygen(t, dir, []byte("ours\n"), "-Y", "verify", "-f", "allowed_signers", "-I", "310100", "-n", "carryover", "-s", "ours.sig", "-Overify-time="+at)
				if (err == nil) != good {
					t.Errorf("ssh-keygen on ours at %s: %v: %s", at, err, out)
				}
			}
			if out, err := keygen(t, dir, []byte("other\n"), "-Y", "verify", "-f", "allowed_signers", "-I", "310100", "-n", "carryover", "-s", "ours.sig", "-Overify-time=20260302"); err == nil {
				t.Errorf("ssh-keygen takes ours for other bytes: %s", out)
			}
			if kind == "ed25519" { // the same message always has the same signature
				again, err := key.Sign(bytes.NewReader([]byte("batch.csv\n")), seal.NamespaceBatch)
				if err != nil || !bytes.Equal(again, theirs) {
					t.Errorf("not what ssh-keygen writes: %v\n%s\n%s", err, again, theirs)
				}
			}
		})
	}
}

// signedByKeygen writes a file that holds its own name and has it signed.
func signedByKeygen(t *testing.T, dir, name string) []byte {
	t.Helper()
	write(t, dir, name, []byte(name+"\n"))
	if out, err := keygen(t, dir, nil, "-Y", "sign", "-f", "key", "-n", "carryover", name); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sig, err := os.ReadFile(filepath.Join(dir, name+seal.Suffix))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}
