package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/formats"
	"carryover/jobs/office"
	"carryover/samples"
)

// watchBank calls step before and after every call to the bank's drop.
func (o *testOffice) watchBank(step func(call, path string) error) {
	withParty(bank, func(b *office.Party) {
		b.Open = func(context.Context) (drop.Drop, error) {
			return drop.OpenLocal(filepath.Join(o.root, bank), drop.Paths{}, drop.Options{Step: step})
		}
	})(o.env)
}

// exchangeInSpool is the attacker who may write into the spool: it exchanges the account
// in a payment file, in place, and leaves its size as it was.
func (o *testOffice) exchangeInSpool(name string) {
	o.tb.Helper()
	path := filepath.Join(spoolFolder(o.env), "out-"+name)
	content := must(os.ReadFile(path))
	other := bytes.ReplaceAll(content, []byte(receiving(them).No), []byte(strings.Repeat("6", len(receiving(them).No))))
	if bytes.Equal(content, other) || len(content) != len(other) {
		o.tb.Fatal("nothing was exchanged")
	}
	if err := os.WriteFile(path, other, 0o600); err != nil {
		o.tb.Fatal(err)
	}
}

// Whenever the bytes of a payment file are exchanged in the spool, the bank gets those
// that were signed, or none: then the file is void, somebody is told, and a new one is
// made that needs signatures of its own.
func TestSpoolExchanged(t *testing.T) {
	armed := func(o *testOffice, f exchange.File, at string) {
		o.watchBank(func(call, path string) error {
			if call == at && strings.Contains(path, f.Name) {
				o.exchangeInSpool(f.Name)
			}
			return nil
		})
	}
	for name, c := range map[string]struct {
		exchange func(o *testOffice, f exchange.File, w, l *signer, content []byte)
		sent     bool // what was signed, all the same
	}{
		"before anybody signs": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			o.exchangeInSpool(f.Name)
		}, false},
		"between the signatures": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			o.leaveSignature(l, f.Name, content)
			o.pass()
			o.exchangeInSpool(f.Name)
			o.leaveSignature(w, f.Name, content)
		}, false},
		"released": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			o.watchBank(func(string, string) error { return errors.New("the bank is closed") })
			o.leaveSignature(l, f.Name, content)
			o.leaveSignature(w, f.Name, content)
			if err := o.tryPass(); err == nil {
				t.Error("the bank was to be closed")
			}
			if len(o.outgoing(exchange.FileQueued)) == 0 {
				t.Error("not released")
			}
			o.exchangeInSpool(f.Name)
			o.watchBank(nil)
		}, false},
		"between check and upload": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			armed(o, f, "create:after")
			o.leaveSignature(l, f.Name, content)
			o.leaveSignature(w, f.Name, content)
		}, false},
		"while it is sent, and back": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			o.watchBank(func(call, path string) error {
				switch {
				case call == "write:before" && strings.Contains(path, f.Name):
					o.exchangeInSpool(f.Name)
				case call == "write:after":
					return os.WriteFile(filepath.Join(spoolFolder(o.env), f.Spool), content, 0o600)
				}
				return nil
			})
			o.leaveSignature(l, f.Name, content)
			o.leaveSignature(w, f.Name, content)
		}, false},
		"sent, not named yet": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			armed(o, f, "sync:after")
			o.leaveSignature(l, f.Name, content)
			o.leaveSignature(w, f.Name, content)
		}, false},
		"as it is named": {func(o *testOffice, f exchange.File, w, l *signer, content []byte) {
			armed(o, f, "rename:before")
			o.leaveSignature(l, f.Name, content)
			o.leaveSignature(w, f.Name, content)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			w, l := wang(t), li(t)
			p, f, content := o.preparePayment(w, l)
			c.exchange(o, f, w, l, content)
			_ = o.tryPass()
			o.watchBank(nil)
			if c.sent {
				o.requireState(exchange.Out, p, "answered/sent/submitted")
				if len(o.orders) != 1 || o.orders[0].Creditor.Number != receiving(them).No {
					t.Errorf("ordered %+v", o.orders)
				}
				return
			}
			if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], f.Name) || !strings.Contains(open[0], "lost or was changed") {
				t.Errorf("differences %q", open)
			}
			o.requireJournaled("agency", "payment_file_void", "被改动")
			o.pass()
			if len(o.orders) > 0 {
				t.Fatalf("ordered %+v", o.orders)
			}
			next := o.waitingFile()
			if next.ID == f.ID || o.hasFile(bank, "out", f.Name) {
				t.Errorf("%s waits", next.Name)
			}
			o.requireState(exchange.Out, p, "answered/sent/ordered")
			for _, s := range []*signer{w, l} {
				o.leaveSignature(s, next.Name, o.officerFile(s, next.Name))
			}
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			if len(o.orders) != 1 || o.orders[0].Creditor.Number != receiving(them).No || !strings.HasSuffix(o.orders[0].EndToEndID, "-1-2") {
				t.Errorf("ordered %+v", o.orders)
			}
		})
	}
}

// The list beside a payment file is what officers sign by: a changed one voids the file.
func TestListExchanged(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	_, f, content := o.preparePayment(w, l)
	path := filepath.Join(spoolFolder(o.env), "out-"+f.Name+".txt")
	if err := os.WriteFile(path, bytes.ToUpper(must(os.ReadFile(path))), 0o600); err != nil {
		t.Fatal(err)
	}
	o.leaveSignature(w, f.Name, content)
	o.pass()
	if next := o.waitingFile(); next.ID == f.ID || len(o.openDifferences()) != 1 {
		t.Errorf("%s waits, differences %q", next.Name, o.openDifferences())
	}
}

// What an officer is to sign is put back when it was changed in the officer's folder.
func TestOfficersCopyPutBack(t *testing.T) {
	o := newOffice(t)
	w, l := wang(t), li(t)
	_, f, content := o.preparePayment(w, l)
	party := exchange.OfficerParty(l.Name)
	for name, change := range map[string]func([]byte) []byte{
		f.Name:          func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("0"), []byte("1")) },
		f.Name + ".txt": func(b []byte) []byte { return append(b, "please"...) },
	} {
		original := o.officerFile(l, name)
		changed := change(bytes.Clone(original))
		if err := os.WriteFile(o.dropPath(party, "out", name), changed, 0o600); err != nil {
			t.Fatal(err)
		}
		o.pass()
		if !bytes.Equal(o.officerFile(l, name), original) {
			t.Errorf("%s was not put back", name)
		}
		if set := must(os.ReadFile(o.dropPath(party, "in/bad", name))); !bytes.Equal(set, changed) {
			t.Errorf("set aside: %q", set)
		}
		o.requireJournaled("agency", "signable_put_back", name)
		o.pass()
		if note := string(o.officerFile(l, name+".changed.txt")); !strings.Contains(note, "in/bad") {
			t.Errorf("note %q", note)
		}
	}
	o.leaveSignature(l, f.Name, content)
	o.leaveSignature(w, f.Name, o.officerFile(w, f.Name))
	o.pass()
	if len(o.orders) != 1 {
		t.Errorf("ordered %+v", o.orders)
	}
}

// As long as the rename was not asked for, a payment file whose upload is cut stays
// queued, whichever call was the last; the next pass sends it once.
func TestUploadCutBeforeTheRename(t *testing.T) {
	var calls []string
	o, p := newOfficeBeforePush(t)
	o.watchBank(func(call, _ string) error { calls = append(calls, call); return nil })
	if _, err := o.env.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.requireState(exchange.Out, p, "answered/sent/submitted")
	rename := slices.Index(calls, "rename:before")
	if rename < 12 {
		t.Fatalf("calls %q", calls)
	}
	for cut := range rename + 1 {
		t.Run(fmt.Sprintf("%d %s", cut, calls[cut]), func(t *testing.T) {
			o, p := newOfficeBeforePush(t)
			n := 0
			o.watchBank(func(string, string) error {
				if n++; n <= cut {
					return nil
				}
				return errors.New("the line was cut")
			})
			if _, err := o.env.Push(t.Context()); err == nil {
				t.Error("the line was to be cut")
			}
			if cut == rename {
				o.requireState(exchange.Out, p, "answered/sent/unknown")
				return
			}
			o.requireState(exchange.Out, p, "answered/sent/released")
			o.watchBank(nil)
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			if len(o.orders) != 1 || !strings.HasSuffix(o.orders[0].EndToEndID, "-1-1") {
				t.Errorf("ordered %+v", o.orders)
			}
		})
	}
}

// newOfficeBeforePush has one payment file queued.
func newOfficeBeforePush(t *testing.T) (*testOffice, samples.Person) {
	t.Helper()
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	for _, step := range []func(context.Context) (office.Counts, error){o.env.Pull, o.env.Process, o.env.Remit} {
		if _, err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return o, p
}
