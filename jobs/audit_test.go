package jobs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/exchange/store/journal"
	"carryover/formats"
	"carryover/jobs"
	"carryover/jobs/audit"
	"carryover/jobs/office"
	"carryover/jobs/signing"
)

// find has a night find faults.
func (o *testOffice) find(faults ...journal.Fault) {
	o.tb.Helper()
	err := o.env.Do(o.tb.Context(), office.By{Actor: "report"}, func(d *office.Desk) error {
		_, err := signing.KeepFindings(d, faults)
		return err
	})
	if err != nil {
		o.tb.Fatal(err)
	}
}

// findings are all that were kept.
func (o *testOffice) findings() (list []signing.Finding) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) (err error) {
		list, err = signing.ReadFindings(o.env.Office, tx)
		return err
	})
	return list
}

// withAuditor has an officer 审计 in the configuration, without a folder.
func withAuditor(e *jobs.Env) {
	e.Agency.Officers = append(e.Agency.Officers, exchange.Officer{Name: "shen.ji", FullName: "沈吉", Roles: exchange.Auditing()})
}

// forge changes a store as somebody would who has it open and means ill: its guards are gone.
func (o *testOffice) forge(dsn, text string, args ...any) {
	o.tb.Helper()
	o.forged = true
	db := openPlain(o.tb, dsn)
	for _, statement := range []string{"DROP TRIGGER IF EXISTS journal_no_update", "DROP TRIGGER IF EXISTS journal_no_delete"} {
		if _, err := db.Exec(statement); err != nil {
			o.tb.Fatal(err)
		}
	}
	r, err := db.Exec(text, args...)
	if err != nil {
		o.tb.Fatal(err)
	}
	if n, err := r.RowsAffected(); n == 0 || err != nil {
		o.tb.Fatalf("%s: %d rows, %v", text, n, err)
	}
}

// officeOnDisk is an office whose store a test can forge.
func officeOnDisk(t *testing.T) (*testOffice, string) {
	t.Helper()
	dsn := filepath.Join(t.TempDir(), "office.db")
	if err := os.WriteFile(dsn, emptyStore(), 0o600); err != nil {
		t.Fatal(err)
	}
	return newOfficeOn(t, dsn), dsn
}

// TestFindingOfACase: what is wrong with a case's chain keeps that case's payments back and nobody
// else's; where nobody ever signs, who answers for the agency ends it, and it is not found again.
func TestFindingOfACase(t *testing.T) {
	o, dsn := officeOnDisk(t)
	one, other := leaver(us, 0), leaver(us, 1)
	o.slow = true
	o.put(core, formats.KindRegistry, o.insured(one), o.insured(other))
	o.put(them, formats.KindLetter, o.letter(them, 1, one), o.letter(them, 2, other))
	o.pass()
	no := o.caseBy(exchange.Out, one).No
	o.forge(dsn, "UPDATE journal SET actor = 'nobody' WHERE chain = $1 AND n = 1", no)
	o.passAndReport()
	list := o.findings()
	if len(list) != 1 || list[0].Case() != no || list[0].Fault.N != 1 || list[0].What != "the event is not the one that was written" {
		t.Fatalf("found %+v", list)
	}
	if got := o.pressing(exchange.TodoFinding); len(got) != 1 || got[0].CaseNo != no || !strings.Contains(got[0].What, "该办件的付款停止") {
		t.Errorf("needs a person: %+v", got)
	}
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	for range 3 {
		o.debitAll()
		o.pass()
	}
	o.requireState(exchange.Out, one, "answered/sent/due")
	o.requireState(exchange.Out, other, "answered/sent/settled")
	if _, err := signing.Accept(t.Context(), o.env.Office, 1, ""); err == nil {
		t.Error("accepted without evidence")
	}
	f, err := signing.Accept(t.Context(), o.env.Office, 1, "known")
	if err != nil || f.Name != "" {
		t.Fatalf("%s, %v", f.Name, err)
	}
	o.passAndReport()
	o.requireState(exchange.Out, one, "answered/sent/submitted")
	if list := o.findings(); len(list) != 1 || list[0].Accepted == nil || list[0].Accepted.By != o.env.Agency.Checker {
		t.Errorf("findings %+v", list)
	}
	if words := o.auditWords(); !strings.Contains(words, "核销（"+o.env.Agency.Checker+"）：known") {
		t.Errorf("the Summary says %s", words)
	}
	o.skipDays(370)
	if words := o.auditWords(); strings.Contains(words, "known") {
		t.Errorf("a year later the Summary says %s", words)
	}
}

// auditWords are the lines of the Summary about the store.
func (o *testOffice) auditWords() (words string) {
	o.tb.Helper()
	o.env.Date = calendar.DateOf(o.now)
	o.view(func(tx *store.Tx) error {
		s, err := audit.ReadStanding(o.env.Office, tx)
		words = strings.Join(s.Words(o.env.Office), "\n")
		return err
	})
	return words
}

// TestFindingOfAll: a finding about the whole store stops all payments, until 复核 and 审计 have signed
// that it is accepted; a recovery key stands for one of them, not for both.
func TestFindingOfAll(t *testing.T) {
	for name, by := range map[string]struct {
		signers []string
		enough  bool
	}{
		"both":              {[]string{"wang.min", "shen.ji"}, true},
		"no auditor":        {[]string{"wang.min", "zhao.lei"}, false},
		"key for 复核":        {[]string{"shen.ji", "recovery@1"}, true},
		"key for 审计":        {[]string{"wang.min", "recovery@1"}, true},
		"two recovery keys": {[]string{"recovery@1", "recovery@2"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			w, l, z := wang(t), li(t), newSigner(t, "zhao.lei", "赵蕾", exchange.RoleChecker)
			s := newSigner(t, "shen.ji", "沈吉", exchange.RoleAudit)
			one, two := newSigner(t, "head", "", exchange.RoleFinance), newSigner(t, "deputy", "", exchange.RoleFinance)
			keys := map[string]*seal.Key{w.Name: w.key, z.Name: z.key, s.Name: s.key, "recovery@1": one.key, "recovery@2": two.key}
			o.withRecovery(one, two)
			o.setDualRelease(w, l, z, s)
			p := leaver(us, 0)
			o.answerLetter(p, 1)
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/ordered")
			o.find(journal.Fault{N: 1, What: "events were removed or replaced"})
			if o.standing().Stops("") == nil {
				t.Fatal("payments go on")
			}
			f, err := signing.Accept(t.Context(), o.env.Office, 1, "known")
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range by.signers {
				if _, err := o.signText(f, name, keys[name]); err != nil {
					t.Fatalf("%d: %v", i, err)
				}
			}
			if stops := o.standing().Stops(""); (stops == nil) != by.enough {
				t.Errorf("stops: %v", stops)
			}
			if _, err := o.signText(f, l.Name, l.key); err == nil {
				t.Error("finance signs")
			}
		})
	}
}

// TestCheckpointLeaves: the auditor gets a checkpoint every night; one that is countersigned has left, and
// is what the next proof starts from. For five working days nobody is reminded.
func TestCheckpointLeaves(t *testing.T) {
	o := newOffice(t)
	w, l, s := wang(t), li(t), newSigner(t, "shen.ji", "沈吉", exchange.RoleAudit)
	o.setDualRelease(w, l, s)
	o.passAndReport()
	last := o.nightsCheckpoint(s)
	if words := o.auditWords(); !strings.Contains(words, "尚无检查点留存在外") {
		t.Errorf("the Summary says %s", words)
	}
	text := o.officerFile(s, last.Name)
	if _, err := o.signText(last, w.Name, w.key); err == nil {
		t.Error("a checker countersigns")
	}
	if _, err := o.signTextFor(last, s.Name, s.key, seal.NamespaceRelease); err == nil {
		t.Error("a signature for releases counts")
	}
	if _, err := o.signText(last, s.Name, s.key); err != nil {
		t.Fatal(err)
	}
	var from journal.Checkpoint
	o.view(func(tx *store.Tx) error {
		c, by, ok, err := audit.Trust(o.env.Office, tx, "", nil)
		if from = c; !ok || by != s.Name || c.Name() != last.Name {
			t.Errorf("trusted from %s, %s", c.Name(), by)
		}
		kept, _, _, kerr := audit.Trust(o.env.Office, tx, string(text), nil)
		if kerr != nil || kept.ID != c.ID {
			t.Errorf("kept: %d, %v", kept.ID, kerr)
		}
		if _, _, _, err := audit.Trust(o.env.Office, tx, strings.Replace(string(text), "cases: ", "cases: 1", 1), nil); err == nil {
			t.Error("a text that was changed is trusted")
		}
		if _, _, _, err := audit.Trust(o.env.Office, tx, string(text), map[string]string{s.Name: "no signature"}); err == nil {
			t.Error("a signature that is none counts")
		}
		return err
	})
	if r, err := o.env.Store.VerifyJournal(t.Context(), nil, from); err != nil || !r.OK() {
		t.Errorf("%+v, %v", r.Faults, err)
	}
	o.skipDays(3)
	o.passAndReport()
	if got := o.todoOf(exchange.TodoCheckpoint); len(got) > 0 {
		t.Errorf("needs a person: %+v", got)
	}
	o.skipDays(9)
	if got := o.pressing(exchange.TodoCheckpoint); len(got) != 1 || got[0].Owner != exchange.OwnerAudit {
		t.Errorf("needs a person: %+v", got)
	}
	for range 12 {
		o.passAndReport()
	}
	if got := o.signables(office.KindCheckpoint); len(got) != 10 {
		t.Errorf("%d checkpoints lie there to be signed", len(got))
	}
}

// signables are the texts of a kind that wait for signatures.
func (o *testOffice) signables(kind string) (list []exchange.File) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) (err error) {
		list, err = tx.Files(store.FileFilter{Dir: exchange.Out, Party: us, Kind: kind, States: []exchange.FileState{exchange.FilePrepared}})
		return err
	})
	return list
}

// nightsCheckpoint is the checkpoint of the last night, which lies in the auditor's folder.
func (o *testOffice) nightsCheckpoint(s *signer) exchange.File {
	o.tb.Helper()
	list := o.signables(office.KindCheckpoint)
	if len(list) == 0 {
		o.tb.Fatal("no checkpoint waits")
	}
	return list[len(list)-1]
}

// TestCheckpointInDrop: in a drop on another host a checkpoint has left as soon as it lies there; the next
// night reads it there, and finds a store that is not the one.
func TestCheckpointInDrop(t *testing.T) {
	o, dsn := officeOnDisk(t)
	o.party(us+"a", office.RoleAudit)
	o.passAndReport()
	o.pass()
	if words := o.auditWords(); !strings.Contains(words, "最近留存在外的检查点") || !strings.Contains(words, "异机留存") {
		t.Errorf("the Summary says %s", words)
	}
	o.passAndReport()
	if list := o.findings(); len(list) > 0 {
		t.Fatalf("found %+v", list)
	}
	o.forge(dsn, "DELETE FROM journal WHERE what = 'checkpoint_left'")
	o.passAndReport()
	found := false
	for _, f := range o.findings() {
		found = found || f.Chain == "" && f.Case() == ""
	}
	if !found || o.standing().Stops("") == nil {
		t.Errorf("found %s", fmt.Sprint(o.findings()))
	}
}

// TestFindingBeforeARefundLeaves: a refund that was released before its case's finding does not leave; once that is
// accepted it is paid.
func TestFindingBeforeARefundLeaves(t *testing.T) {
	o := newOffice(t, by2021)
	keys := staffWithKeys(o)
	p := leaver(them, 0)
	l, f := bringTo(o, p, "posting")
	o.creditArrives(l, p, f.Amount)
	agreeToAnnul(o, l.LetterNo, true)
	o.slow = false
	o.answerPostings(anySlice(take[formats.Posting](o, core, formats.KindPosting)))
	no := o.passUntil(exchange.In, p, "void").No
	o.decide(keys, "li.na", exchange.ActRefund, no)
	closed := closableBank(o)
	*closed = true
	_ = o.tryPass()
	if files := o.outgoing(exchange.FileQueued); !slices.ContainsFunc(files, func(f exchange.File) bool { return f.Kind == office.KindPayment }) {
		t.Fatalf("not released: %+v", files)
	}
	o.find(journal.Fault{Chain: no, N: 1, What: "wrong"})
	*closed = false
	if o.pass(); len(o.orders) > 0 {
		t.Errorf("paid back %+v", o.orders)
	}
	if _, err := signing.Accept(t.Context(), o.env.Office, 1, "known"); err != nil {
		t.Fatal(err)
	}
	if o.pass(); len(o.orders) != 1 || o.orders[0].Amount != f.Amount {
		t.Errorf("paid back %+v", o.orders)
	}
}

// TestRetryBesideAFinding: a payment file of unknown fate is not sent again while there is a finding about a case
// that it pays.
func TestRetryBesideAFinding(t *testing.T) {
	o := newOffice(t)
	p, f := o.paymentOfUnknownFate()
	o.find(journal.Fault{Chain: o.caseBy(exchange.Out, p).No, N: 1, What: "wrong"})
	if _, err := o.env.Retry(t.Context(), f.ID, "asked the bank"); err == nil || !strings.Contains(err.Error(), "有核验发现") || o.hasFile(bank, "out", f.Name) {
		t.Errorf("sent again: %v", err)
	}
	if _, err := signing.Accept(t.Context(), o.env.Office, 1, "known"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.env.Retry(t.Context(), f.ID, "asked the bank"); err != nil || !o.hasFile(bank, "out", f.Name) {
		t.Error(err)
	}
}
