package jobs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs"
	"carryover/jobs/courier"
	"carryover/jobs/office"
)

// worldBeforeCall restores the stage as it was before the pass that makes a
// call, in a world of the test's own.
func (s *undisturbed) worldBeforeCall(t *testing.T, step, kind, name string) (*world, point) {
	t.Helper()
	w := newWorld(t, t.TempDir())
	for _, p := range s.calls {
		if p.Step == step && p.Kind == kind && strings.HasPrefix(p.Name, name) {
			if err := os.RemoveAll(w.stage()); err != nil {
				t.Fatal(err)
			}
			copyTree(t, s.snap(p.leg), w.stage())
			return w, p
		}
	}
	t.Fatalf("no call %s %s %s", step, kind, name)
	return nil, point{}
}

// open opens an agency until the test ends.
func (w *world) open(t *testing.T, l leg) *jobs.Env {
	t.Helper()
	e, err := w.env(l.agency, l.at, &recorder{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Store.Close() })
	return e
}

// passOnce makes one pass of all steps.
func passOnce(t *testing.T, e *jobs.Env) {
	t.Helper()
	if _, err := e.Run(context.Background(), jobs.Pass{Steps: jobs.Steps()}); err != nil {
		t.Fatal(err)
	}
}

// outFiles lists an agency's outgoing files in a state.
func outFiles(t *testing.T, e *jobs.Env, states ...exchange.FileState) (list []exchange.File) {
	t.Helper()
	err := e.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Files(store.FileFilter{Dir: exchange.Out, States: states})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A payment file of unknown fate is sent again when the bank's drop shows that
// it never arrived, and not otherwise.
func TestRetryOfPaymentFile(t *testing.T) {
	s, ctx := tellStory(t), context.Background()
	w, p := s.worldBeforeCall(t, "push", "sftp", "rename out/pain.001")
	l := s.legs[p.leg]
	if err := w.pass(l.agency, l.at, &recorder{fault: failBefore, at: p.n}); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	e := w.open(t, l)
	lost := outFiles(t, e, exchange.FileSending)
	if len(lost) != 1 {
		t.Fatalf("%d payment files of unknown fate", len(lost))
	}
	f := lost[0]
	out := filepath.Join(w.stage(), oldCode, "drops", "bank", "out", f.Name)
	if err := os.WriteFile(out, []byte("?"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Retry(ctx, f.ID, "asked the bank"); !errors.Is(err, office.ErrNothingToRetry) {
		t.Errorf("retry of a file that stands in the drop: %v", err)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Retry(ctx, f.ID, ""); !errors.Is(err, courier.ErrReason) {
		t.Errorf("retry of a payment file without a reason: %v", err)
	}
	if _, err := e.Retry(ctx, f.ID, "asked the bank"); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(out)
	if err != nil || fmt.Sprintf("%x", sha256.Sum256(content)) != f.StoredSHA || len(outFiles(t, e, exchange.FileSending)) != 0 {
		t.Errorf("not sent as it was: %v, %d bytes", err, len(content))
	}
	if _, err := e.Retry(ctx, f.ID, "asked the bank"); !errors.Is(err, office.ErrNothingToRetry) {
		t.Errorf("retry of a payment file that was sent: %v", err)
	}
	if _, err := e.Retry(ctx, 1<<40, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("retry of an unknown file: %v", err)
	}
}

// A payment file whose upload was cut has arrived when the bank speaks of it,
// be it only by the debit.
func TestDebitEndsUnknownFate(t *testing.T) {
	s := tellStory(t)
	w, p := s.worldBeforeCall(t, "push", "sftp", "rename out/pain.001")
	l := s.legs[p.leg]
	n := slices.IndexFunc(s.calls, func(q point) bool { return q.leg == p.leg && q.n > p.n && q.Kind == "commit" })
	if err := w.pass(l.agency, l.at, &recorder{fault: failBefore, at: s.calls[n].n}); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	e := w.open(t, l)
	sending := outFiles(t, e, exchange.FileSending)
	if len(sending) != 1 {
		t.Fatalf("%d payment files of unknown fate", len(sending))
	}
	o := readOutside(t, w.stage())
	o.turn(l.at.Add(time.Hour)) // the bank takes it; its pain.002 gets lost
	bank := filepath.Join(w.stage(), oldCode, "drops", "bank", "in")
	if err := os.Remove(onlyFile(t, filepath.Join(bank, "pain002_*"))); err != nil {
		t.Fatal(err)
	}
	passOnce(t, e)
	if n := len(outFiles(t, e, exchange.FileSending)); n != 1 {
		t.Fatalf("nobody has told, but %d files are of unknown fate", n)
	}
	o.turn(l.at.Add(2 * time.Hour))
	passOnce(t, e)
	if f := fileIn(t, e, sending[0].ID); f.State != exchange.FileSent {
		t.Errorf("the bank has debited what is in the file, but the file is %s", f.State)
	}
}

func fileIn(t *testing.T, e *jobs.Env, id int64) (f exchange.File) {
	t.Helper()
	err := e.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		f, err = tx.File(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A file that its receiver rejected is sent again, the same bytes, and what
// stood open about it is closed; one that we rejected is judged afresh.
func TestRetryOfBatch(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, t.TempDir())
	l := legOn(firstDay, oldCode)
	for range 2 {
		readOutside(t, w.stage()).turn(l.at)
		if err := w.pass(oldCode, l.at, &recorder{}); err != nil {
			t.Fatal(err)
		}
	}
	e := w.open(t, l)
	var sent exchange.File
	for _, f := range outFiles(t, e, exchange.FileSent) {
		if f.Kind == formats.KindCertificate {
			sent = f
		}
	}
	o := readOutside(t, w.stage())
	o.send(oldCode, "portal", l.at, formats.KindReceipt, "", &formats.Receipt{
		File: sent.Name, SHA256: sent.SHA256, Kind: sent.Kind, Sequence: batch.Some(int(sent.Sequence)), Verdict: code.FileRejected, Code: code.Digest,
	})
	broken := "application_320500p_320500_20260302_000001.csv"
	o.put(oldCode, "portal", broken, []byte("H,application,1,320500p,320500,1,2026-03-02T09:00:00+08:00,2016\nT,0,0.00,0\n"))
	o.save()
	e.Now = func() time.Time { return l.at.Add(time.Hour) } // by then it stays as it is
	passOnce(t, e)
	if got := openDifferences(t, e); len(got) == 0 {
		t.Error("a file was rejected by its receiver, and nobody is told")
	}
	for _, id := range []int64{sent.ID, fileNamed(t, e, broken).ID} {
		if _, err := e.Retry(ctx, id, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Retry(ctx, id, ""); !errors.Is(err, office.ErrNothingToRetry) {
			t.Errorf("file %d: retried twice: %v", id, err)
		}
	}
	if got := openDifferences(t, e); len(got) != 0 {
		t.Errorf("still open: %v", got)
	}
	passOnce(t, e)
	again := false
	for _, f := range outFiles(t, e, exchange.FileSent) {
		again = again || f.Name == sent.Name && f.SHA256 == sent.SHA256 && f.Resent == 1
	}
	if !again {
		t.Errorf("%s was not sent again", sent.Name)
	}
	receipts, _ := filepath.Glob(filepath.Join(w.stage(), oldCode, "drops", "portal", "out", "receipt_*"))
	told := 0
	for _, path := range receipts {
		if content, err := os.ReadFile(path); err == nil && strings.Contains(string(content), "R,"+broken) {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d receipts for the file that was judged twice", told)
	}
}

func fileNamed(t *testing.T, e *jobs.Env, name string) exchange.File {
	t.Helper()
	for _, f := range inFiles(t, e) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no file %s", name)
	return exchange.File{}
}

// openDifferences are an agency's open differences.
func openDifferences(t *testing.T, e *jobs.Env) (list []exchange.Difference) {
	t.Helper()
	err := e.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Differences(true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A payment that could not leave, because the bank's drop was down, is void
// when the account changes meanwhile; the next attempt pays the new account,
// and the ledger shows that nothing ever came back.
func TestVoidPaymentIsOrderedAnew(t *testing.T) {
	s := tellStory(t)
	w, p := s.worldBeforeCall(t, "push", "sftp", "dial bank")
	l := s.legs[p.leg]
	if err := w.pass(l.agency, l.at, &recorder{fault: failBefore, at: p.n}); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	l.at = l.at.AddDate(0, 0, 3)
	letter := letterTo(t, w.stage())
	letter.Version, letter.AccountNo, letter.LetterDate = 2, letter.AccountNo+"7", calendar.DateOf(l.at)
	leaveSigned(t, w.stage(), batch.Header{
		Kind: formats.KindLetter, Sender: newCode, Receiver: oldCode, Sequence: 2, Created: l.at,
	}, letter)
	e := w.open(t, l)
	e.Partners = maps.Clone(e.Partners)
	partner := e.Partners[newCode]
	second := partner.Accounts[0]
	second.No = letter.AccountNo
	partner.Accounts = append(partner.Accounts, second)
	e.Partners[newCode] = partner
	passOnce(t, e)

	if void := outFiles(t, e, exchange.FileVoid); len(void) != 1 {
		t.Fatalf("void payment files: %v", void)
	}
	err := e.Store.View(context.Background(), func(tx *store.Tx) error {
		balances, err := tx.Balances("")
		if err != nil {
			return err
		}
		for account, amount := range balances {
			if strings.Contains(string(account), "returned") && amount != 0 || strings.Contains(string(account), "out:due") && amount != 0 {
				t.Errorf("%s holds %s", account, amount)
			}
		}
		payments, err := gather(tx.EachPayment, exchange.MoneySubmitted)
		if err == nil && (len(payments) != 1 || payments[0].Payee.No != letter.AccountNo) {
			t.Errorf("submitted: %+v", payments)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// letterTo is the contact letter that the old place works, as it came.
func letterTo(t *testing.T, stage string) *formats.Letter {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(stage, oldCode, "drops", newCode, "in", "done", "contact-letter_*.csv"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	content, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := sheet.NewReader(bytes.NewReader(content), batchKinds, batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mover := readOutside(t, stage).People[0]
	for r.Next() {
		if l := r.Record().Value.(*formats.Letter); l.Person.IDNo == mover.IDNo {
			return l
		}
	}
	t.Fatal("no letter for the mover")
	return nil
}

func leaveBatch(t *testing.T, dir string, h batch.Header, records ...any) {
	t.Helper()
	var out bytes.Buffer
	w, err := batch.NewWriter(&out, batch.Find(batchKinds, h.Kind), h, batch.UTF8)
	for _, rec := range records {
		if err == nil {
			err = w.Write(rec)
		}
	}
	if err == nil {
		_, err = w.Close()
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, h.FileName(batch.CSV)), out.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// leaveSigned leaves a batch in the drop that its sender's partner keeps for
// it, signed by the key that init made for the sender.
func leaveSigned(t *testing.T, stage string, h batch.Header, records ...any) {
	t.Helper()
	dir := filepath.Join(stage, h.Receiver, "drops", h.Sender, "in")
	leaveBatch(t, dir, h, records...)
	name := filepath.Join(dir, h.FileName(batch.CSV))
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(stage, h.Sender, config.SealKey))
	if err != nil {
		t.Fatal(err)
	}
	key, err := seal.ParseKey(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := key.Sign(bytes.NewReader(content), seal.NamespaceBatch)
	if err == nil {
		err = os.WriteFile(name+seal.Suffix, sig, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
