package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carryover/exchange"
	"carryover/exchange/drop"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/samples"
)

// paymentOfUnknownFate brings one payment to where nobody knows whether the
// bank has it.
func (o *testOffice) paymentOfUnknownFate() (samples.Person, exchange.File) {
	o.tb.Helper()
	open := o.env.Parties[2].Open
	withParty(bank, func(b *office.Party) {
		b.Open = func(ctx context.Context) (drop.Drop, error) {
			d, err := open(ctx)
			return cutPut{d}, err
		}
	})(o.env)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	if err := o.tryPass(); err == nil {
		o.tb.Fatal("the upload was to be cut")
	}
	o.requireState(exchange.Out, p, "answered/sent/unknown")
	withParty(bank, func(b *office.Party) { b.Open = open })(o.env)
	return p, o.outgoing(exchange.FileSending)[0]
}

// cutPut is a drop whose line is cut as the rename is asked for.
type cutPut struct{ drop.Drop }

// Put fails.
func (cutPut) Put(_ context.Context, _ drop.Folder, _ string, _ io.ReaderAt, _ int64, opt drop.PutOptions) error {
	var err error
	if opt.Naming != nil {
		err = opt.Naming()
	}
	return errors.Join(err, errors.New("the line was cut"))
}

func TestOfficerMarksAPaymentFileSentOrNot(t *testing.T) {
	for name, sent := range map[string]bool{"sent": true, "not sent": false} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			l := li(t)
			o.env.Agency.Officers = []exchange.Officer{l.Officer}
			o.env.AllowedSigners = func() (string, error) { return l.line, nil }
			p, f := o.paymentOfUnknownFate()
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/unknown")
			mark := courier.Mark{File: f, Officer: l.Name, Sent: sent, Evidence: "电话询问工行李经理 3月2日 11:00"}
			ctx := context.Background()
			sign := func(m courier.Mark, namespace string) []byte {
				sig, err := l.key.Sign(strings.NewReader(m.Text(us)), namespace)
				if err != nil {
					t.Fatal(err)
				}
				return sig
			}
			other := mark
			other.Sent = !sent
			for what, sig := range map[string][]byte{"release": sign(mark, seal.NamespaceRelease), "the other outcome": sign(other, seal.NamespaceDecision)} {
				if err := o.env.MarkSent(ctx, mark, sig); err == nil {
					t.Errorf("a signature for %s was taken", what)
				}
			}
			short := mark
			short.Evidence = "ok"
			if err := o.env.MarkSent(ctx, short, sign(short, seal.NamespaceDecision)); !errors.Is(err, courier.ErrMark) {
				t.Errorf("without evidence: %v", err)
			}
			if !sent {
				out := o.dropPath(bank, "out", f.Name)
				if err := os.WriteFile(out, []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := o.env.MarkSent(ctx, mark, sign(mark, seal.NamespaceDecision)); !errors.Is(err, courier.ErrMark) {
					t.Errorf("not sent, but it stands in the drop: %v", err)
				}
				if err := os.Remove(out); err != nil {
					t.Fatal(err)
				}
			}
			if err := o.env.MarkSent(ctx, mark, sign(mark, seal.NamespaceDecision)); err != nil {
				t.Fatal(err)
			}
			o.requireJournaled("agency", "payment_marked", mark.Evidence)
			if sent {
				o.requireState(exchange.Out, p, "answered/sent/submitted")
			} else {
				o.requireState(exchange.Out, p, "answered/sent/due")
				o.pass()
				o.requireState(exchange.Out, p, "answered/sent/submitted")
				if len(o.orders) != 1 || !strings.HasSuffix(o.orders[0].EndToEndID, "-1-2") {
					t.Errorf("ordered %+v", o.orders)
				}
			}
			if err := o.env.MarkSent(ctx, mark, sign(mark, seal.NamespaceDecision)); !errors.Is(err, courier.ErrMark) {
				t.Errorf("marked twice: %v", err)
			}
		})
	}
}

// TestPaymentFileLostOnItsWay: a payment file that was left in the drop can be
// lost before the bank has it. An officer says so, with evidence, as long as
// the bank has said nothing about it.
func TestPaymentFileLostOnItsWay(t *testing.T) {
	for name, answered := range map[string]bool{"never came": false, "the bank has answered": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			l := li(t)
			o.env.Agency.Officers = []exchange.Officer{l.Officer}
			o.env.AllowedSigners = func() (string, error) { return l.line, nil }
			p := leaver(us, 0)
			o.answerLetter(p, 1)
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			files := o.outgoing(exchange.FileSent)
			f := files[slices.IndexFunc(files, func(f exchange.File) bool { return f.Kind == office.KindPayment })]
			mark := func(sent bool) error {
				m := courier.Mark{File: f, Officer: l.Name, Sent: sent, Evidence: "工行李经理 3月4日电话：未收到该文件"}
				sig, err := l.key.Sign(strings.NewReader(m.Text(us)), seal.NamespaceDecision)
				if err != nil {
					t.Fatal(err)
				}
				return o.env.MarkSent(context.Background(), m, sig)
			}
			if err := mark(true); !errors.Is(err, courier.ErrMark) {
				t.Errorf("sent twice: %v", err)
			}
			if answered {
				o.leaveStatusReport(iso20022.StatusReport{OriginalMsgID: o.orders[0].file, Status: iso20022.Received})
				o.pass()
				if err := mark(false); !errors.Is(err, courier.ErrMark) {
					t.Errorf("the bank has it, and it is taken back: %v", err)
				}
				o.requireState(exchange.Out, p, "answered/sent/submitted")
				return
			}
			if err := mark(false); err != nil {
				t.Fatal(err)
			}
			o.requireState(exchange.Out, p, "answered/sent/due")
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			if len(o.orders) != 2 || !strings.HasSuffix(o.orders[1].EndToEndID, "-1-2") {
				t.Errorf("ordered %+v", o.orders)
			}
		})
	}
}

// TestForeignPaymentFile: other bytes under the name of a payment file of ours
// are an alarm, before the upload and after it was cut, and stay as they are.
func TestForeignPaymentFile(t *testing.T) {
	for _, folder := range []string{"out", "out/done"} {
		t.Run(folder, func(t *testing.T) {
			o := newOffice(t)
			root := filepath.Join(o.root, bank)
			if err := os.MkdirAll(filepath.Join(root, "out", "done"), 0o700); err != nil {
				t.Fatal(err)
			}
			withParty(bank, func(b *office.Party) {
				b.Open = func(context.Context) (drop.Drop, error) {
					return drop.OpenLocal(root, drop.Paths{Taken: "out/done"}, drop.Options{})
				}
			})(o.env)
			p, f := o.paymentOfUnknownFate()
			foreign := filepath.Join(root, filepath.FromSlash(folder), f.Name)
			if err := os.WriteFile(foreign, bytes.Repeat([]byte("x"), int(f.Size)), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			if _, err := o.env.Push(ctx); err == nil {
				t.Error("nothing was said")
			}
			o.requireState(exchange.Out, p, "answered/sent/unknown")
			if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], f.Name) {
				t.Errorf("differences %q", open)
			}
			content, err := os.ReadFile(filepath.Join(spoolFolder(o.env), f.Spool))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(foreign, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := o.env.Push(ctx); err != nil {
				t.Fatal(err)
			}
			o.requireState(exchange.Out, p, "answered/sent/submitted")
		})
	}
}
