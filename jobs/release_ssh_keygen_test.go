package jobs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"carryover/exchange"
	"carryover/exchange/drop/droptest"
	"carryover/exchange/seal"
)

// TestReleaseBySSHKeygen: signatures made by plain ssh-keygen release a payment
// file, and those that are kept are accepted by plain ssh-keygen.
func TestReleaseBySSHKeygen(t *testing.T) {
	program := droptest.Require(t, "ssh-keygen")
	o := newOffice(t)
	w, l := wang(t), li(t)
	p, f, content := o.preparePayment(w, l)
	for _, s := range []*signer{w, l} {
		dir := t.TempDir()
		key, file := filepath.Join(dir, "key"), filepath.Join(dir, f.Name)
		for name, text := range map[string][]byte{key: s.pem, file: content} {
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command(program, "-Y", "sign", "-n", seal.NamespaceRelease, "-f", key, file).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		sig, err := os.ReadFile(file + seal.Suffix)
		if err != nil {
			t.Fatal(err)
		}
		o.leaveFile(exchange.OfficerParty(s.Name), f.Name+"."+s.Name+seal.Suffix, sig)
	}
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	dir := t.TempDir()
	allowed := filepath.Join(dir, "allowed_signers")
	if err := os.WriteFile(allowed, []byte(w.line+"\n"+l.line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range o.signaturesOn(f) {
		name := filepath.Join(dir, s.Officer+seal.Suffix)
		if err := os.WriteFile(name, []byte(s.Armored), 0o600); err != nil {
			t.Fatal(err)
		}
		spool, err := os.Open(filepath.Join(spoolFolder(o.env), f.Spool))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "-Y", "verify", "-f", allowed, "-I", s.Officer+"@"+string(s.Roles[0]), "-n", seal.NamespaceRelease, "-s", name)
		cmd.Stdin = spool
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", s.Officer, err, out)
		}
		if err := spool.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
