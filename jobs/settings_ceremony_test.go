package jobs_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/jobs/payment"
	"carryover/jobs/signing"
)

// standing is how the money settings of an office stand.
func (o *testOffice) standing() (s signing.Standing) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) (err error) {
		s, err = signing.ReadStanding(o.env.Office, tx)
		return err
	})
	return s
}

// waitingText is the text of the money settings that waits for signatures.
func (o *testOffice) waitingText() (f exchange.File) {
	o.tb.Helper()
	s := o.standing()
	if s.Waiting == nil {
		o.tb.Fatal("no money settings wait for signatures")
	}
	o.view(func(tx *store.Tx) (err error) {
		f, err = tx.File(s.Waiting.FileID)
		return err
	})
	return f
}

// signText signs a text that waits for signatures as the command does, under a name.
func (o *testOffice) signText(f exchange.File, name string, key *seal.Key) (signing.Accepted, error) {
	o.tb.Helper()
	return o.signTextFor(f, name, key, signing.NamespaceOf(f.Kind))
}

// signTextFor is signText for a purpose.
func (o *testOffice) signTextFor(f exchange.File, name string, key *seal.Key, namespace string) (signing.Accepted, error) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	content, err := payment.Content(o.tb.Context(), o.env.Office, f)
	if err != nil {
		o.tb.Fatal(err)
	}
	defer content.Close()
	sig, err := key.Sign(content, namespace)
	if err != nil {
		o.tb.Fatal(err)
	}
	s, _, err := payment.Sign(o.tb.Context(), o.env.Office, name, f, sig)
	return s, err
}

// authorized is the public half of a key, as a recovery key is configured.
func authorized(k *seal.Key) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k.Public())))
}

// withRecovery names recovery keys in the configuration.
func (o *testOffice) withRecovery(keys ...*signer) {
	for _, k := range keys {
		o.env.Agency.Recovery = append(o.env.Agency.Recovery, authorized(k.key))
	}
}

// hire puts an office on dual release, with officers who have signed nothing yet.
func (o *testOffice) hire(signers ...*signer) {
	o.tb.Helper()
	o.env.Rules.AutomaticRelease = false
	o.env.Agency.Officers = nil
	for _, s := range signers {
		o.env.Agency.Officers = append(o.env.Agency.Officers, s.Officer)
		if _, ok := o.env.Party(exchange.OfficerParty(s.Name)); !ok {
			o.party(exchange.OfficerParty(s.Name), office.RoleOfficer)
		}
	}
	o.allowSigners(signers...)
}

// TestFirstSettings: the first settings count once two of the officers whom they name have signed
// them, one of them a checker; nothing is paid before.
func TestFirstSettings(t *testing.T) {
	o := newOffice(t)
	w, l, z := wang(t), li(t), zhao(t)
	o.hire(w, l, z)
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	o.requireState(exchange.Out, p, "answered/sent/due")
	f := o.waitingText()
	if got := o.pressing(exchange.TodoSettings); len(got) != 1 || got[0].Name != f.Name || !strings.Contains(got[0].What, "首次资金设置") {
		t.Errorf("needs a person: %+v", got)
	}
	text := o.officerFile(w, f.Name)
	for _, want := range []string{"first", "\nstaff.allowed_signers: wang.min@checker | " + w.key.Fingerprint(), "[" + exchange.SectionOwn + "]", "[" + exchange.PartnerSection(them) + "]", "form: 2"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	for _, s := range []*signer{l, z} {
		if _, err := o.signText(f, s.Name, s.key); err != nil {
			t.Fatal(err)
		}
	}
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/due") // no checker has signed
	if _, err := o.signText(f, w.Name, l.key); err == nil {
		t.Error("signed with the key of somebody else")
	}
	o.leaveSignature(w, f.Name, text)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	o.requireJournaled("agency", "money_settings_approved", "wang.min（复核）")
	if s := o.standing(); len(s.Changed) > 0 || s.Fault != "" || s.Settings.Kind != exchange.SettingsFirst {
		t.Errorf("standing %+v", s)
	}
}

// TestAutomaticThenDual: an agency that releases by itself signs nothing; the first settings of dual
// release are the first ceremony, and there is no way back without signatures.
func TestAutomaticThenDual(t *testing.T) {
	o := newOffice(t)
	o.pass()
	o.env.Agency.FileCap = 777_00
	o.pass()
	if s := o.standing(); s.Settings == nil || s.Settings.Kind != exchange.SettingsUnsigned || len(s.Changed) > 0 || s.Waiting != nil {
		t.Fatalf("standing %+v", s)
	}
	w, l := wang(t), li(t)
	o.hire(w, l)
	o.pass()
	if s := o.standing(); s.Waiting == nil || s.Waiting.Kind != exchange.SettingsFirst || s.Stops("") == nil {
		t.Fatalf("standing %+v", s)
	}
	o.approveSettings(w, l)
	if s := o.standing(); s.Stops("") != nil {
		t.Fatalf("standing %+v", s)
	}
	o.env.Rules.AutomaticRelease = true
	o.pass()
	if s := o.standing(); s.Waiting == nil || s.Waiting.Kind != exchange.SettingsChanged || s.Stops("") == nil {
		t.Fatalf("back without signatures: %+v", s)
	}
}

// TestSettingsOfAPartner: a changed partner stops what is paid to the partner, and nothing else.
func TestSettingsOfAPartner(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	p := leaver(us, 0)
	o.answerLetter(p, 1)
	first := o.waitingFile()
	registerAccount(o, secondAccount(them))
	o.pass()
	f := o.waitingText()
	if s := o.standing(); s.Stops("") != nil || s.Stops(them) == nil || s.Stops("330100") != nil || len(s.Changed) != 1 {
		t.Errorf("standing %+v", s)
	}
	if got := o.storedFile(first.ID); got.State != exchange.FileVoid {
		t.Errorf("the payment file is %s", got.State)
	}
	o.requireState(exchange.Out, p, "answered/sent/due")
	for _, s := range []*signer{l, w} {
		if _, err := o.signText(f, s.Name, s.key); err != nil {
			t.Fatal(err)
		}
	}
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
}

// TestRecoveryKeyInsteadOfAnOfficer: one officer and a recovery key change the settings; the key
// alone, or both recovery keys, do not.
func TestRecoveryKeyInsteadOfAnOfficer(t *testing.T) {
	o := newOffice(t)
	w, l, one, two := wang(t), li(t), newSigner(t, "head", "", exchange.RoleFinance), newSigner(t, "deputy", "", exchange.RoleFinance)
	o.withRecovery(one, two)
	o.setDualRelease(w, l)
	o.env.Agency.FileCap = 777_00
	o.pass()
	f := o.waitingText()
	for what, key := range map[string]*seal.Key{"an officer's key": l.key, "the other recovery key": two.key} {
		if _, err := o.signText(f, exchange.RecoveryName(1), key); err == nil {
			t.Errorf("%s passes for the first recovery key", what)
		}
	}
	for i, k := range []*signer{one, two} {
		if s, err := o.signText(f, exchange.RecoveryName(i+1), k.key); err != nil || s.Complete() {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	o.pass()
	if o.standing().Stops("") == nil {
		t.Error("approved by recovery keys alone")
	}
	if s, err := o.signText(f, l.Name, l.key); err != nil || !s.Complete() {
		t.Fatalf("%+v, %v", s, err)
	}
	o.pass()
	if s := o.standing(); s.Stops("") != nil {
		t.Errorf("standing %+v", s)
	}
}

// recovering is an office whose officers have left, and two new ones are configured.
func recovering(t *testing.T) (o *testOffice, before, after []*signer, keys []*signer) {
	t.Helper()
	o = newOffice(t)
	before = []*signer{wang(t), li(t)}
	keys = []*signer{newSigner(t, "head", "", exchange.RoleFinance), newSigner(t, "deputy", "", exchange.RoleFinance)}
	o.withRecovery(keys...)
	o.setDualRelease(before...)
	after = []*signer{newSigner(t, "he.jing", "何静", exchange.RoleChecker), newSigner(t, "sun.li", "孙丽", exchange.RoleFinance)}
	o.hire(after...)
	o.pass()
	o.env.Date = calendar.DateOf(o.now)
	if err := signing.Recover(t.Context(), o.env.Office); err != nil {
		t.Fatal(err)
	}
	return o, before, after, keys
}

// TestRecovery: a recovery key and two new officers, three working days later; with both keys at
// once.
func TestRecovery(t *testing.T) {
	for name, both := range map[string]bool{"one key": false, "both keys": true} {
		t.Run(name, func(t *testing.T) {
			o, _, after, keys := recovering(t)
			f := o.waitingText()
			for _, s := range after {
				if _, err := o.signText(f, s.Name, s.key); err != nil {
					t.Fatal(err)
				}
			}
			o.pass()
			if o.standing().Stops("") == nil {
				t.Fatal("recovered without a recovery key")
			}
			if _, err := o.signText(f, exchange.RecoveryName(1), keys[0].key); err != nil {
				t.Fatal(err)
			}
			if both {
				if _, err := o.signText(f, exchange.RecoveryName(2), keys[1].key); err != nil {
					t.Fatal(err)
				}
			}
			o.pass()
			if stops := o.standing().Stops(""); (stops == nil) != both {
				t.Fatalf("on the day it was begun: %v", stops)
			}
			o.skipDays(4)
			o.pass()
			if s := o.standing(); s.Stops("") != nil || s.Settings.Kind != exchange.SettingsRecovery {
				t.Errorf("standing %+v", s)
			}
		})
	}
}

// TestRecoveryObjected: an officer of before ends a recovery by a signature left in the own folder; a
// stranger's, and one of a recovery with both keys, does not.
func TestRecoveryObjected(t *testing.T) {
	o, before, after, keys := recovering(t)
	f := o.waitingText()
	if _, err := o.signText(f, exchange.RecoveryName(1), keys[0].key); err != nil {
		t.Fatal(err)
	}
	o.pass()
	w := before[0]
	if told := o.officerFile(w, f.Name+".recovery.txt"); !strings.Contains(string(told), seal.NamespaceObjection) {
		t.Errorf("the officer of before was told %q", told)
	}
	text := o.officerFile(w, f.Name)
	if len(text) == 0 {
		t.Fatal("the officer of before has no text to object to")
	}
	o.leaveSignatureAs(w, after[0], f.Name, seal.NamespaceObjection, text)
	o.pass()
	if s := o.standing(); s.Waiting == nil || s.Waiting.FileID != f.ID {
		t.Fatalf("ended by a stranger: %+v", s)
	}
	o.env.Date = calendar.DateOf(o.now)
	sig, err := w.key.Sign(bytes.NewReader(text), seal.NamespaceObjection)
	if err != nil {
		t.Fatal(err)
	}
	err = o.env.Do(t.Context(), office.By{Actor: "officer:wang.min"}, func(d *office.Desk) error { return signing.Object(d, w.Name, f.Name, sig) })
	if err != nil {
		t.Fatal(err)
	}
	if got := o.storedFile(f.ID); got.State != exchange.FileVoid {
		t.Errorf("the text is %s", got.State)
	}
	o.requireJournaled("agency", "recovery_objected", "wang.min")
	o.skipDays(4)
	o.pass()
	if o.standing().Stops("") == nil {
		t.Error("recovered all the same")
	}
}

// TestRecoveryWithBothKeys: nobody can object to it.
func TestRecoveryWithBothKeys(t *testing.T) {
	o, before, _, keys := recovering(t)
	f := o.waitingText()
	for i, k := range keys {
		if _, err := o.signText(f, exchange.RecoveryName(i+1), k.key); err != nil {
			t.Fatal(err)
		}
	}
	err := o.env.Do(t.Context(), office.By{Actor: "officer:wang.min"}, func(d *office.Desk) error { return signing.Object(d, before[0].Name, f.Name, nil) })
	var refusal *office.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(refusal.English, "both recovery keys") {
		t.Errorf("objected to both keys: %v", err)
	}
}

// TestSettingsAhead: what is signed for a later day counts when it is configured on that day, and not
// before.
func TestSettingsAhead(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	day := calendar.DateOf(o.now)
	o.env.Date = day
	o.env.Agency.FileCap = 777_00 // as another configuration has it
	if err := signing.Propose(t.Context(), o.env.Office, day); err == nil {
		t.Error("proposed for today")
	}
	if err := signing.Propose(t.Context(), o.env.Office, day.AddDays(2)); err != nil {
		t.Fatal(err)
	}
	o.env.Agency.FileCap = 0
	f := o.waitingText()
	for _, s := range []*signer{l, w} {
		if _, err := o.signText(f, s.Name, s.key); err != nil {
			t.Fatal(err)
		}
	}
	o.pass()
	if s := o.standing(); s.Stops("") != nil || s.Ahead == nil || s.Waiting != nil {
		t.Fatalf("signed: %+v", s)
	}
	o.skipDays(1)
	o.env.Agency.FileCap = 777_00
	o.pass()
	if s := o.standing(); s.Stops("") == nil {
		t.Errorf("it counts before its day: %+v", s)
	}
	o.env.Agency.FileCap = 0
	o.skipDays(1)
	o.pass()
	if s := o.standing(); s.Stops("") != nil || s.Ahead == nil {
		t.Errorf("what was approved counts until it is replaced: %+v", s)
	}
	o.env.Agency.FileCap = 777_00
	o.pass()
	if s := o.standing(); s.Stops("") != nil || s.Ahead != nil || s.Waiting != nil {
		t.Errorf("on its day: %+v", s)
	}
	o.env.Agency.FileCap = 0
	o.pass()
	if s := o.standing(); s.Stops("") == nil {
		t.Error("the old one still counts")
	}
}

// TestSettingsRowsChanged: whoever changes, adds or deletes rows of the money settings in the store
// gets nothing paid by them; a recovery begins anew.
func TestSettingsRowsChanged(t *testing.T) {
	for name, change := range map[string][]string{
		"the text":          {`UPDATE money_settings SET doc = replace(doc, 'file: 0.00', 'file: 9.00')`},
		"text and hash":     {`UPDATE money_settings SET doc = replace(doc, 'file: 0.00', 'file: 9.00'), sha256 = 'SHA'`},
		"an officer":        {`UPDATE money_settings SET doc = replace(doc, '王敏', '黄敏')`},
		"a signature gone":  {`DELETE FROM signatures WHERE officer = 'wang.min'`},
		"said to be signed": {`UPDATE money_settings SET doc = replace(doc, '"kind":"first"', '"kind":"unsigned"'), file_id = NULL`},
		"all of them gone":  {`DELETE FROM money_settings`},
	} {
		t.Run(name, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "office.db")
			if err := os.WriteFile(dsn, emptyStore(), 0o600); err != nil {
				t.Fatal(err)
			}
			o := newOfficeOn(t, dsn)
			w, l, key := wang(t), li(t), newSigner(t, "head", "", exchange.RoleFinance)
			o.withRecovery(key)
			o.setDualRelease(w, l)
			p := leaver(us, 0)
			o.answerLetter(p, 1)
			db := openPlain(t, dsn)
			for _, text := range change {
				text = strings.ReplaceAll(text, "'SHA'", "'"+exchange.SettingsSHA(strings.ReplaceAll(o.standing().Settings.Text, "file: 0.00", "file: 9.00"))+"'")
				r, err := db.Exec(text)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := r.RowsAffected(); n == 0 || err != nil {
					t.Fatalf("%d rows, %v", n, err)
				}
			}
			o.forged = true
			if r, err := o.env.Store.VerifyJournal(t.Context(), nil); err != nil || r.OK() {
				t.Errorf("the journal does not know: %+v, %v", r, err)
			}
			o.pass()
			if o.standing().Stops("") == nil {
				t.Fatal("they count")
			}
			f := o.waitingFileNamed("pain.001")
			o.leaveSignature(w, f.Name, o.officerFile(w, f.Name))
			o.leaveSignature(l, f.Name, o.officerFile(l, f.Name))
			o.pass()
			if len(o.orders) > 0 {
				t.Fatalf("paid: %v", o.orders)
			}
			o.env.Date = calendar.DateOf(o.now)
			if err := signing.Recover(t.Context(), o.env.Office); err != nil {
				t.Fatal(err)
			}
			again := o.waitingText()
			for _, s := range []struct {
				name string
				key  *seal.Key
			}{{w.Name, w.key}, {l.Name, l.key}, {exchange.RecoveryName(1), key.key}} {
				if _, err := o.signText(again, s.name, s.key); err != nil {
					t.Fatal(err)
				}
			}
			o.skipDays(4)
			o.pass()
			if s := o.standing(); s.Stops("") != nil {
				t.Errorf("not recovered: %+v", s)
			}
		})
	}
}

// waitingFileNamed is the file that waits for signatures whose name begins so.
func (o *testOffice) waitingFileNamed(prefix string) exchange.File {
	o.tb.Helper()
	for _, f := range o.outgoing(exchange.FilePrepared) {
		if strings.HasPrefix(f.Name, prefix) {
			return f
		}
	}
	o.tb.Fatalf("no %s waits for signatures", prefix)
	return exchange.File{}
}

// TestPartnersNewKeyWaits: what a partner signs with a key that nobody has approved is taken in when
// it is, and not refused; a key that was taken away signs no more at once.
func TestPartnersNewKeyWaits(t *testing.T) {
	o := newSealedOffice(t)
	w, l := wang(t), li(t)
	o.setDualRelease(w, l)
	fresh := newSealKey(t)
	before := o.allowed
	o.allowed += config.SealLine(them, fresh.Public()) + "\n"
	leave := func(n int, key *seal.Key) string {
		name, content := o.batch(them, formats.KindLetter, n, "", o.letter(them, n, leaver(us, 0)))
		o.leaveFile(them, name, content)
		o.leaveFile(them, name+seal.Suffix, o.sign(key, seal.NamespaceBatch, content))
		return name
	}
	leave(1, fresh)
	if err := o.tryPass(); !errors.Is(err, signing.ErrSettings) {
		t.Errorf("the pass: %v", err)
	}
	if n := len(o.casesBy(exchange.Out, leaver(us, 0))); n != 0 {
		t.Errorf("%d cases by a key that nobody has approved", n)
	}
	o.signSettings(w, l)
	o.pass()
	if n := len(o.casesBy(exchange.Out, leaver(us, 0))); n != 1 {
		t.Errorf("%d cases", n)
	}
	o.allowed = strings.TrimPrefix(o.allowed, before)
	name := leave(2, o.theirs)
	o.pass()
	o.requireReceipt(them, name, "rejected "+string(code.UnknownSigner))
}
