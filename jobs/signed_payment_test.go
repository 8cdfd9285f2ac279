package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/samples"
)

// TestUnsignedPaymentFileIsVoided: what may not be paid any more is not signed
// in vain, nor paid; its next file needs new signatures.
func TestUnsignedPaymentFileIsVoided(t *testing.T) {
	for name, change := range map[string]func(o *testOffice, p samples.Person){
		"account withdrawn": func(o *testOffice, _ samples.Person) {
			partner := o.env.Partners[them]
			partner.Accounts = nil
			o.env.Partners[them] = partner
		},
		"funds closed": func(o *testOffice, _ samples.Person) {
			o.env.Agency.FundsClosed = []exchange.Span{{From: 20260303, To: 20260304}}
		},
		"letter changed": func(o *testOffice, p samples.Person) {
			o.put(them, formats.KindLetter, o.letter(them, 1, p, withVersion(2), func(l *formats.Letter) { l.AccountNo += "7" }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			w, l := wang(t), li(t)
			_, f, content := o.preparePayment(w, l)
			o.leaveSignature(l, f.Name, content)
			o.pass()
			change(o, leaver(us, 0))
			o.approveSettings(w, l)
			o.skipDays(1)
			o.pass()
			o.pass()
			void := false
			for _, x := range o.outgoing(exchange.FileVoid) {
				void = void || x.ID == f.ID
			}
			if !void || len(o.officerFile(w, f.Name)) > 0 || !strings.Contains(string(o.officerFile(w, f.Name+".void.txt")), "作废") {
				t.Errorf("void %v, note %q", void, o.officerFile(w, f.Name+".void.txt"))
			}
			o.leaveSignature(w, f.Name, content)
			o.pass()
			if len(o.orders) > 0 {
				t.Errorf("paid %+v", o.orders)
			}
			if a := o.officerFile(w, f.Name+".wang.min.sig.txt"); !strings.Contains(string(a), "已作废") {
				t.Errorf("answer: %s", a)
			}
		})
	}
}

// TestReleasedPaymentIsVoidedByAChange: what changes between release and upload
// voids the file.
func TestReleasedPaymentIsVoidedByAChange(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	p, f, content := o.preparePayment(w, l)
	open := o.env.Parties[2].Open // the bank's
	withParty(bank, func(b *office.Party) { b.Open = unreachableDrop })(o.env)
	o.leaveSignature(w, f.Name, content)
	o.leaveSignature(l, f.Name, content)
	if err := o.tryPass(); err == nil {
		t.Fatal("the bank was to be unreachable")
	}
	o.requireState(exchange.Out, p, "answered/sent/released")
	o.journalDecision(w, f)
	withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
	o.pass()
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	next := o.waitingFile()
	if len(o.orders) > 0 || next.ID == f.ID {
		t.Errorf("paid %+v", o.orders)
	}
	o.leaveSignature(w, next.Name, o.officerFile(w, next.Name))
	o.pass()
	if a := o.officerFile(w, next.Name+".wang.min.sig.txt"); !strings.Contains(string(a), "作过决定") {
		t.Errorf("answer: %s", a)
	}
}

// TestRemovedKeyVoidsARelease: a signature counts no more at the upload when
// its key was taken away.
func TestRemovedKeyVoidsARelease(t *testing.T) {
	o := newOffice(t)
	w, l, z := wang(t), li(t), zhao(t)
	p, f, content := o.preparePayment(w, l, z)
	open := o.env.Parties[2].Open
	withParty(bank, func(b *office.Party) { b.Open = unreachableDrop })(o.env)
	o.leaveSignature(w, f.Name, content)
	o.leaveSignature(l, f.Name, content)
	if err := o.tryPass(); err == nil {
		t.Fatal("the bank was to be unreachable")
	}
	withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
	o.allowSigners(w, z)
	o.approveSettings(w, z)
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/ordered")
	if next := o.waitingFile(); len(o.orders) > 0 || next.ID == f.ID {
		t.Errorf("paid %+v by %s", o.orders, next.Name)
	}
}

// TestSettingsStopAnUpload: a payment that was released waits while the
// settings are not approved, and is checked anew when they are.
func TestSettingsStopAnUpload(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	p, f, content := o.preparePayment(w, l)
	open := o.env.Parties[2].Open
	withParty(bank, func(b *office.Party) { b.Open = unreachableDrop })(o.env)
	o.leaveSignature(w, f.Name, content)
	o.leaveSignature(l, f.Name, content)
	if err := o.tryPass(); err == nil {
		t.Fatal("the bank was to be unreachable")
	}
	withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
	o.env.Agency.RemarkMax++
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/released")
	o.approveSettings(w, l)
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	if len(o.orders) != 1 {
		t.Errorf("ordered %+v", o.orders)
	}
}

// TestPaymentWithoutItsSpoolNeverLeaves: a payment file whose bytes are gone,
// or others, never leaves and is not of unknown fate.
func TestPaymentWithoutItsSpoolNeverLeaves(t *testing.T) {
	for _, gone := range []bool{true, false} {
		t.Run(fmt.Sprintf("gone %v", gone), func(t *testing.T) {
			o := newOffice(t)
			open := o.env.Parties[2].Open
			withParty(bank, func(b *office.Party) { b.Open = unreachableDrop })(o.env)
			p := leaver(us, 0)
			o.put(core, formats.KindRegistry, o.insured(p))
			o.put(them, formats.KindLetter, o.letter(them, 1, p))
			_ = o.tryPass()
			_ = o.tryPass()
			o.requireState(exchange.Out, p, "answered/sent/released")
			f := o.outgoing(exchange.FileQueued)[0]
			spool := filepath.Join(spoolFolder(o.env), f.Spool)
			if gone {
				if err := os.Remove(spool); err != nil {
					t.Fatal(err)
				}
			} else if err := os.WriteFile(spool, []byte("<other/>"), 0o600); err != nil {
				t.Fatal(err)
			}
			withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
			if err := o.tryPass(); err == nil {
				t.Error("nothing was said")
			}
			o.requireState(exchange.Out, p, "answered/sent/due")
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			if len(o.orders) != 1 || !strings.HasSuffix(o.orders[0].EndToEndID, "-1-2") {
				t.Errorf("ordered %+v", o.orders)
			}
		})
	}
}

// unreachableDrop is a drop that cannot be reached.
func unreachableDrop(context.Context) (drop.Drop, error) { return nil, errors.New("unreachable") }

// signaturesOn are the signatures that are kept for a file.
func (o *testOffice) signaturesOn(f exchange.File) (list []exchange.Signature) {
	o.tb.Helper()
	err := o.env.Store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Signatures(f.ID)
		return err
	})
	if err != nil || len(list) != 2 {
		o.tb.Fatalf("%d signatures, %v", len(list), err)
	}
	return list
}
