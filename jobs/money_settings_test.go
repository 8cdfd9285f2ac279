package jobs_test

import (
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// TestMoneySettingsNeedTwoSignatures: a change stops payments until two of
// those who were approved before have signed it.
func TestMoneySettingsNeedTwoSignatures(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	o.pass()
	thief := newSigner(t, "wang.min", "王敏", exchange.RoleChecker) // the same names, other keys
	second := newSigner(t, "li.qiang", "李强", exchange.RoleFinance)
	o.allowSigners(thief, second)
	o.env.Agency.PaymentCap = 1 << 40
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.requireState(exchange.Out, p, "answered/sent/due")
	f := o.waitingFile()
	text := o.officerFile(w, f.Name)
	for _, want := range []string{
		"+ accounts.caps.payment: ", "- staff.allowed_signers: wang.min@checker | " + w.key.Fingerprint(), "+ staff.allowed_signers: wang.min@checker | " + thief.key.Fingerprint(), "settings-",
	} {
		if !strings.Contains(string(text)+f.Name, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	o.leaveSignatureAs(w, thief, f.Name, seal.NamespaceRelease, text)
	o.leaveSignatureAs(l, second, f.Name, seal.NamespaceRelease, text)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/due")
	if a := o.officerFile(w, f.Name+".wang.min.sig.txt"); !strings.Contains(string(a), "密钥不在已批准的") {
		t.Errorf("answer: %s", a)
	}
	if got := o.pressing(exchange.TodoSettings); len(got) != 1 || got[0].Name != f.Name {
		t.Errorf("needs a person: %+v", got)
	}
	o.leaveSignature(w, f.Name, text)
	o.leaveSignature(l, f.Name, text)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	o.requireJournaled("agency", "money_settings_approved", "wang.min（复核）")
	pay := o.waitingFile()
	content := o.officerFile(w, pay.Name)
	o.leaveSignature(w, pay.Name, content) // whose key counts no more
	o.leaveSignature(thief, pay.Name, content)
	o.leaveSignature(second, pay.Name, content)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/submitted")
}

// TestMoneySettingsChangedBack: what was not signed is void when the settings
// are as they were, and its signatures do not serve again.
func TestMoneySettingsChangedBack(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	o.pass()
	o.env.Agency.FileCap = 777
	o.pass()
	f := o.waitingFile()
	text := o.officerFile(w, f.Name)
	o.leaveSignature(l, f.Name, text)
	o.pass()
	o.env.Agency.FileCap = 0
	o.pass()
	if list := o.outgoing(exchange.FilePrepared); len(list) > 0 {
		t.Errorf("still waiting: %v", list)
	}
	o.env.Agency.FileCap = 777
	o.pass()
	again := o.waitingFile()
	if again.Name == f.Name {
		t.Fatal("the same text again: an old signature would do")
	}
	o.leaveSignature(w, f.Name, text)
	o.pass()
	if a := o.officerFile(w, f.Name+".wang.min.sig.txt"); !strings.Contains(string(a), "已作废") {
		t.Errorf("answer: %s", a)
	}
}
