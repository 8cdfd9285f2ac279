package jobs_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
	"carryover/samples"
)

// signer is an officer with a key.
type signer struct {
	exchange.Officer
	key  *seal.Key
	pem  []byte
	line string // of allowed_signers
}

// newSigner makes an officer with a key of its own.
func newSigner(tb testing.TB, name, full string, roles ...exchange.Role) *signer {
	tb.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, name)
	if err != nil {
		tb.Fatal(err)
	}
	s := &signer{Officer: exchange.Officer{Name: name, FullName: full, Roles: roles}, pem: pem.EncodeToMemory(block)}
	if s.key, err = seal.ParseKey(s.pem, nil); err != nil {
		tb.Fatal(err)
	}
	var principals []string
	for _, r := range roles {
		principals = append(principals, s.Principal(r))
	}
	s.line = strings.Join(principals, ",") + " " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.key.Public())))
	return s
}

// setDualRelease puts the office on dual release with officers and their folders.
func (o *testOffice) setDualRelease(signers ...*signer) {
	o.tb.Helper()
	o.env.Rules.AutomaticRelease = false
	for _, s := range signers {
		o.env.Agency.Officers = append(o.env.Agency.Officers, s.Officer)
		o.party(exchange.OfficerParty(s.Name), office.RoleOfficer)
	}
	o.allowSigners(signers...)
	o.signSettings(signers...)
}

// signSettings is what the officers do before anything is paid, and after a change.
func (o *testOffice) signSettings(signers ...*signer) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	signSettings(o.tb, o.env, signers...)
}

// signSettings has a checker of some officers, and the next one, sign the money settings of an office as they are
// configured now.
func signSettings(tb testing.TB, e *jobs.Env, signers ...*signer) {
	tb.Helper()
	ctx := context.Background()
	if err := signing.CheckSettings(ctx, e.Office); err != nil && !errors.Is(err, signing.ErrSettings) {
		tb.Fatal(err)
	}
	var f exchange.File
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		a, err := signing.ReadApproved(e.Office, tx)
		if err == nil && a.Waiting != nil {
			f, err = tx.File(a.Waiting.FileID)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	if f.ID == 0 {
		return
	}
	first := max(0, slices.IndexFunc(signers, func(s *signer) bool { return s.Has(exchange.RoleChecker) }))
	for _, s := range []*signer{signers[first], signers[(first+1)%len(signers)]} {
		content, err := payment.Content(ctx, e.Office, f)
		if err != nil {
			tb.Fatal(err)
		}
		sig, err := s.key.Sign(content, seal.NamespaceRelease)
		if err == nil {
			_, _, err = payment.Sign(ctx, e.Office, s.Name, f, sig)
		}
		if err = errors.Join(err, content.Close()); err != nil {
			tb.Fatal(err)
		}
	}
}

// allowSigners makes the officers' keys the agency's allowed_signers.
func (o *testOffice) allowSigners(signers ...*signer) {
	o.env.AllowedSigners = func() (string, error) {
		text := ""
		for _, s := range signers {
			text += s.line + "\n"
		}
		return text, nil
	}
}

func wang(tb testing.TB) *signer { return newSigner(tb, "wang.min", "王敏", exchange.RoleChecker) }

func li(tb testing.TB) *signer { return newSigner(tb, "li.qiang", "李强", exchange.RoleFinance) }

func zhao(tb testing.TB) *signer { return newSigner(tb, "zhao.lei", "赵蕾", exchange.RoleFinance) }

// officerFile is what an officer finds in the own folder under a name; "" nothing.
func (o *testOffice) officerFile(s *signer, name string) []byte {
	content, err := os.ReadFile(o.dropPath(exchange.OfficerParty(s.Name), "out", name))
	if err != nil {
		return nil
	}
	return content
}

// waitingFile is the one file that waits for signatures.
func (o *testOffice) waitingFile() exchange.File {
	o.tb.Helper()
	list := o.outgoing(exchange.FilePrepared)
	if len(list) != 1 {
		o.tb.Fatalf("%d files wait for signatures", len(list))
	}
	return list[0]
}

// outgoing are the files that go out, of some states.
func (o *testOffice) outgoing(states ...exchange.FileState) (list []exchange.File) {
	o.tb.Helper()
	err := o.env.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: states})
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return list
}

// leaveSignature leaves an officer's signature of content as that of a file.
func (o *testOffice) leaveSignature(s *signer, name string, content []byte) {
	o.tb.Helper()
	o.leaveSignatureAs(s, s, name, seal.NamespaceRelease, content)
}

// leaveSignatureAs leaves a signature in one officer's folder that another one's key
// made, for a purpose.
func (o *testOffice) leaveSignatureAs(folder, key *signer, name, namespace string, content []byte) {
	o.tb.Helper()
	sig, err := key.key.Sign(bytes.NewReader(content), namespace)
	if err != nil {
		o.tb.Fatal(err)
	}
	o.leaveFile(exchange.OfficerParty(folder.Name), name+"."+folder.Name+seal.Suffix, sig)
}

// preparePayment brings one payment as far as it goes without officers.
func (o *testOffice) preparePayment(signers ...*signer) (samples.Person, exchange.File, []byte) {
	o.tb.Helper()
	o.setDualRelease(signers...)
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	f := o.waitingFile()
	content := o.officerFile(signers[0], f.Name)
	if len(content) == 0 || len(o.orders) > 0 {
		o.tb.Fatalf("%d bytes to sign, %d transfers at the bank", len(content), len(o.orders))
	}
	return p, f, content
}

func TestReleaseByTwoOfficers(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	p, f, content := o.preparePayment(w, l)
	list := string(o.officerFile(l, f.Name+".txt"))
	for _, want := range []string{f.Name, f.SHA256, p.Total().String(), "人民币" + p.Total().Capitals(), receiving(them).No, receiving(them).Holder} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %s:\n%s", want, list)
		}
	}
	if n := len(take[formats.Advice](o, them, formats.KindAdvice)); n > 0 {
		t.Errorf("%d advices before the release", n)
	}
	o.leaveSignature(l, f.Name, content)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	if a := o.officerFile(l, f.Name+".li.qiang.sig.txt"); !strings.Contains(string(a), "还需一名复核") {
		t.Errorf("answer: %s", a)
	}
	o.leaveSignature(w, f.Name, content)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	if len(o.orders) != 1 || len(take[formats.Advice](o, them, formats.KindAdvice)) != 1 {
		t.Errorf("ordered %+v", o.orders)
	}
	o.pass()
	for _, s := range []*signer{w, l} {
		if len(o.officerFile(s, f.Name)) > 0 || len(o.officerFile(s, f.Name+".txt")) > 0 {
			t.Errorf("%s still has what is released", s.Name)
		}
	}
	o.requireJournaled("agency", "payment_file_released", "li.qiang（财务） wang.min（复核）")
	o.debitAll()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.requireNoDifferences()
}

// TestSignaturesRefused: each with its own words, and no payment leaves.
func TestSignaturesRefused(t *testing.T) {
	for name, c := range map[string]struct {
		sign func(o *testOffice, w, l, z *signer, f exchange.File, content []byte)
		who  string // whose answer
		want string
	}{
		"same officer twice": {func(o *testOffice, _, l, _ *signer, f exchange.File, content []byte) {
			o.leaveSignature(l, f.Name, content)
			o.pass()
			o.leaveSignature(l, f.Name, content)
		}, "li.qiang", "已经签过"},
		"unknown key": {func(o *testOffice, _, l, _ *signer, f exchange.File, content []byte) {
			o.leaveSignatureAs(l, newSigner(o.tb, "li.qiang", "李强", exchange.RoleFinance), f.Name, seal.NamespaceRelease, content)
		}, "li.qiang", "密钥不在已批准的"},
		"key of another officer": {func(o *testOffice, w, l, _ *signer, f exchange.File, content []byte) {
			o.leaveSignatureAs(l, w, f.Name, seal.NamespaceRelease, content)
		}, "li.qiang", "密钥，不是"},
		"folder of another officer": {func(o *testOffice, w, l, _ *signer, f exchange.File, content []byte) {
			sig, _ := w.key.Sign(bytes.NewReader(content), seal.NamespaceRelease)
			o.leaveFile(exchange.OfficerParty(l.Name), f.Name+".wang.min.sig", sig)
		}, "li.qiang", "放在了"},
		"no checker": {func(o *testOffice, _, l, z *signer, f exchange.File, content []byte) {
			o.leaveSignature(l, f.Name, content)
			o.pass()
			o.leaveSignature(z, f.Name, content)
		}, "zhao.lei", "须有一名复核"},
		"namespace": {func(o *testOffice, _, l, _ *signer, f exchange.File, content []byte) {
			o.leaveSignatureAs(l, l, f.Name, seal.NamespaceDecision, content)
		}, "li.qiang", "用途不对"},
		"changed byte": {func(o *testOffice, _, l, _ *signer, f exchange.File, content []byte) {
			content = bytes.Clone(content)
			content[len(content)/2] ^= 1
			o.leaveSignature(l, f.Name, content)
		}, "li.qiang", "内容不符"},
		"unknown file": {func(o *testOffice, _, l, _ *signer, _ exchange.File, content []byte) {
			o.leaveSignature(l, "pain.001_x.xml", content)
		}, "li.qiang", "没有名为"},
		"no signature": {func(o *testOffice, _, l, _ *signer, f exchange.File, _ []byte) {
			o.leaveFile(exchange.OfficerParty(l.Name), f.Name+".li.qiang.sig", []byte("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"))
		}, "li.qiang", "不是有效的"},
		"decided about a case in it": {func(o *testOffice, w, _, _ *signer, f exchange.File, content []byte) {
			o.journalDecision(w, f)
			o.leaveSignature(w, f.Name, content)
		}, "wang.min", "作过决定"},
		"expired": {func(o *testOffice, _, l, _ *signer, f exchange.File, content []byte) {
			o.now = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
			o.leaveSignature(l, f.Name, content)
		}, "li.qiang", "有效期"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			w, l, z := wang(t), li(t), zhao(t)
			if name == "expired" {
				l.line = strings.Replace(l.line, " ssh-ed25519", ` valid-before="20260302230000Z" ssh-ed25519`, 1)
			}
			p, f, content := o.preparePayment(w, l, z)
			c.sign(o, w, l, z, f, content)
			o.pass()
			var answers []string
			for _, s := range []*signer{w, l, z} {
				names, err := filepath.Glob(o.dropPath(exchange.OfficerParty(s.Name), "out", "*.sig*.txt"))
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range names {
					content, err := os.ReadFile(n)
					if err != nil {
						t.Fatal(err)
					}
					if s.Name == c.who {
						answers = append(answers, string(content))
					}
				}
			}
			if !strings.Contains(strings.Join(answers, "\n"), c.want) {
				t.Errorf("answers: %q", answers)
			}
			o.requireJournaled("agency", "signature_refused", "")
			o.requireState(exchange.Out, p, "answered/sent/ordered")
			if len(o.orders) > 0 {
				t.Error("a payment left")
			}
		})
	}
}

// journalDecision lets an officer decide about the cases in a file.
func (o *testOffice) journalDecision(s *signer, f exchange.File) {
	o.tb.Helper()
	var payments []exchange.Payment
	err := o.env.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		payments, err = gather(tx.EachPaymentOf, f.ID)
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	o.journalActor(payments[0].Items[0].CaseNo, s)
}

// journalActor makes an officer the actor of an event of a case.
func (o *testOffice) journalActor(caseNo string, s *signer) {
	o.tb.Helper()
	err := o.env.Store.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.Journal(exchange.JournalEvent{Chain: caseNo, At: o.now, On: o.env.Date, Actor: exchange.OfficerParty(s.Name), What: "decided"})
	})
	if err != nil {
		o.tb.Fatal(err)
	}
}

// TestSignatureOfAnotherFile says of which.
func TestSignatureOfAnotherFile(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	p, q := leaver(us, 0), leaver(us, 1)
	o.answerLetter(p, 1)
	first := o.waitingFile()
	o.answerLetter(q, 2)
	files := o.outgoing(exchange.FilePrepared)
	if len(files) != 2 {
		t.Fatal(files)
	}
	o.leaveSignature(l, files[1].Name, o.officerFile(l, first.Name))
	o.pass()
	if a := o.officerFile(l, files[1].Name+".li.qiang.sig.txt"); !strings.Contains(string(a), "对 "+first.Name+" 的签名") {
		t.Errorf("answer: %s", a)
	}
}

// approveSettings has the officers sign a change of the money settings, if one
// is there.
func (o *testOffice) approveSettings(signers ...*signer) {
	o.tb.Helper()
	o.pass()
	for _, f := range o.outgoing(exchange.FilePrepared) {
		if f.Kind != "money-settings" {
			continue
		}
		for _, s := range signers {
			o.leaveSignature(s, f.Name, o.officerFile(s, f.Name))
		}
		o.pass()
	}
}
