package jobs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/jobs/office"
)

func TestReceiptHasAVerdictPerRecord(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	good := o.insured(p)
	bad := o.insured(q)
	o.sequence[core+formats.KindRegistry]++
	name, content := o.batch(core, formats.KindRegistry, 1, "", good, bad)
	// The stay of the second record gets a month that does not exist; its own row an unknown status.
	i := bytes.LastIndex(content, []byte("\nS,"))
	content = append(content[:i:i], bytes.Replace(content[i:], []byte(",actual"), []byte(",imagined"), 1)...)
	content = changedBatch(content, "nothing", "")
	o.leaveFile(core, name, content)
	o.pass()
	o.requireReceipt(core, name, "partly", p.PersonalNo+" accepted", q.PersonalNo+" refused unknown-code")
	v := o.receipts(core)[0].records[2].(*formats.ReceiptVerdict)
	if want := bytes.Count(content, []byte("\n")) - 1; v.Line != want || v.Row != "S" {
		t.Errorf("the verdict names line %d %s, the faulty row is line %d", v.Line, v.Row, want)
	}
	r := o.receipts(core)[0].records[0].(*formats.Receipt)
	if r.Records.Value != 2 || r.Accepted.Value != 1 || r.Held.Value != 0 || r.Refused.Value != 1 || r.ReceivedOn != 20260302 || r.Sequence.Value != 1 {
		t.Errorf("R is %+v", *r)
	}
	// Refused, the record leaves no key: the mended one is accepted.
	name = o.put(core, formats.KindRegistry, o.insured(q))
	o.pass()
	o.requireReceipt(core, name, "accepted", q.PersonalNo+" accepted")
}

func TestReceiptIsNeverReceipted(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	n := len(o.receipts(them))
	for _, f := range o.receipts(them) {
		o.leaveReceipt(f, "refused", "malformed")
	}
	name, content := o.batch(them, formats.KindReceipt, 77, "", o.receipts(them)[0].records...)
	o.leaveFile(them, name, bytes.Replace(content, []byte("accepted"), []byte("acceqted"), 1))
	o.pass()
	o.pass()
	if more := len(o.receipts(them)); more != n {
		t.Errorf("%d receipts for receipts", more-n)
	}
}

func TestHeldWhileTheSenderHasAGap(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	k := func(n int) *formats.Completion {
		return &formats.Completion{LetterNo: letterNo(them, n), FormNo: fmt.Sprint("F", n), FormVersion: 1, Outcome: code.OutcomeRelationDone, CompletedOn: 20260302, Echo: fmt.Sprint("k", n)}
	}
	name := o.putAs(them, formats.KindCompletion, 2, "", k(8), k(9))
	o.pass()
	o.requireReceipt(them, name, "accepted sequence-gap", letterNo(them, 8)+" held unknown-letter", letterNo(them, 9)+" held unknown-letter")
	r := o.receipts(them)[0].records[0].(*formats.Receipt)
	if r.NextRun == 0 || r.Held.Value != 2 {
		t.Errorf("R is %+v", *r)
	}
	o.nextNight()
	o.nextNight()
	before := len(o.receipts(them))
	o.nextNight()
	if len(o.receipts(them)) != before+1 {
		t.Fatalf("%d receipts after the nights allowed", len(o.receipts(them))-before)
	}
	later := o.receipts(them)[before]
	o.requireReceipt(them, name, "partly sequence-gap", letterNo(them, 8)+" refused unknown-letter", letterNo(them, 9)+" refused unknown-letter")
	if v := later.records[1].(*formats.ReceiptVerdict); v.Echo != "k8" || v.Line != 2 {
		t.Errorf("V is %+v", *v)
	}
	// Refused, it left no key: the same record is judged afresh.
	again := o.putAs(them, formats.KindCompletion, 3, "", k(8))
	o.pass()
	o.requireReceipt(them, again, "accepted sequence-gap", letterNo(them, 8)+" held unknown-letter")
	// The gap is filled and the letter still unknown.
	o.putAs(them, formats.KindCompletion, 1, "")
	o.pass()
	o.requireReceipt(them, again, "partly", letterNo(them, 8)+" refused unknown-letter")
}

func TestVerdictsOnTwoVersionsOfAForm(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.payLetter(p, 1)
	first := o.latest(them, formats.KindForm)
	o.skipDays(1)
	o.put(core, formats.KindRegistry, o.insured(p, func(r *formats.RegistryRecord) {
		r.Status, r.Principal, r.Interest = code.RegistryEnded, 0, 0
		r.Stays[0].To, r.Stays[0].Months = r.Stays[0].To.Add(-2), r.Stays[0].Months-2
	}))
	o.balance[p.PersonalNo] = 0
	o.pass()
	o.pass()
	second := o.latest(them, formats.KindForm)
	o.leaveReceipt(first, "accepted", "")
	o.pass()
	o.requireState(exchange.Out, p, "answered/sent/settled")
	o.leaveReceipt(second, "accepted", "")
	o.pass()
	o.requireState(exchange.Out, p, "answered/delivered/settled")
}

func TestResendAndEscalation(t *testing.T) {
	o := newOffice(t)
	o.env.Rules.ResendAfter, o.env.Rules.EscalateAfter = 20*time.Hour, 40*time.Hour
	o.sendLetter(leaver(them, 0))
	first := o.latest(them, formats.KindLetter)
	o.files = nil
	o.nextNight()
	if again := o.latest(them, formats.KindLetter); again.name != first.name || !bytes.Equal(again.content, first.content) {
		t.Errorf("resent as %s", again.name)
	}
	o.requireNoDifferences()
	o.nextNight()
	if len(o.openDifferences()) == 0 {
		t.Error("nobody hears that there is no receipt")
	}
	o.acceptAll(them)
	o.acceptAll(portal)
	o.files = nil
	o.pass()
	o.requireNoDifferences()
	o.nextNight()
	for _, f := range o.files {
		if f.header.Kind == formats.KindLetter {
			t.Error("resent although it was receipted")
		}
	}
}

// TestReceiptsOvertakeEachOther: a file was rejected, came again and was
// taken. Whichever of its two receipts is read first, it is taken.
func TestReceiptsOvertakeEachOther(t *testing.T) {
	for name, first := range map[string]string{"rejected first": "rejected", "accepted first": "accepted"} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.answerLetter(leaver(us, 0), 1)
			f := o.latest(them, formats.KindForm)
			rejected := func() {
				o.put(them, formats.KindReceipt, &formats.Receipt{
					File: f.name, SHA256: fmt.Sprintf("%x", sha256.Sum256(f.content)), Kind: f.header.Kind, Sequence: batch.Some(f.header.Sequence),
					Verdict: code.FileRejected, Code: code.SignatureMissing, Text: "没有签名 / no signature",
				})
				o.pass()
			}
			accepted := func() { o.leaveReceipt(f, "accepted", ""); o.pass() }
			if first == "rejected" {
				rejected()
				if n := len(o.outgoing(exchange.FileRefused)); n != 1 {
					t.Fatalf("%d files are refused", n)
				}
				accepted()
			} else {
				accepted()
				rejected()
			}
			if n := len(o.outgoing(exchange.FileRefused)); n != 0 {
				t.Errorf("%d files are refused", n)
			}
			o.requireNoDifferences()
		})
	}
}

// A receipt is about bytes: one with another hash under the name of a file of ours is a
// difference, and neither its verdict nor those on the records count. The right one ends it.
func TestReceiptForOtherBytes(t *testing.T) {
	for _, verdict := range []code.FileVerdict{code.FileAccepted, code.FileRejected} {
		t.Run(string(verdict), func(t *testing.T) {
			o := newOffice(t)
			o.env.Rules.ResendAfter = 20 * time.Hour
			p := leaver(us, 0)
			o.answerLetter(p, 1)
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			f := o.latest(them, formats.KindForm)
			other := f
			other.content = bytes.Replace(f.content, []byte(p.Name), []byte("王某某"), 1)
			r := &formats.Receipt{
				File: f.name, SHA256: fmt.Sprintf("%x", sha256.Sum256(other.content)), Kind: f.header.Kind, Sequence: batch.Some(f.header.Sequence), Verdict: verdict,
				Records: batch.Some(1), Accepted: batch.Some(1), Held: batch.Some(0), Refused: batch.Some(0),
			}
			var verdicts []any
			if verdict == code.FileRejected {
				none := batch.Maybe[int]{}
				r.Code, r.Records, r.Accepted, r.Held, r.Refused = code.Digest, none, none, none, none
			} else {
				r.ReceivedOn = 20260302
				verdicts = append(verdicts, &formats.ReceiptVerdict{Line: 2, Row: "F", RecordNo: f.records[0].(*formats.Form).FormNo, Verdict: code.Accepted})
			}
			o.put(them, formats.KindReceipt, append([]any{r}, verdicts...)...)
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
			if open := o.openDifferences(); len(open) != 1 || !strings.Contains(open[0], f.name) || !strings.Contains(open[0], r.SHA256) {
				t.Fatalf("differences %q", open)
			}
			o.requireJournaled("agency", "receipt_other_bytes", r.SHA256)
			o.files = nil
			o.nextNight()
			if again := o.latest(them, formats.KindForm); !bytes.Equal(again.content, f.content) {
				t.Error("it was not sent again")
			}
			o.leaveReceipt(f, "accepted", "")
			o.pass()
			o.requireState(exchange.Out, p, "answered/delivered/submitted")
			o.requireNoDifferences()
		})
	}
}

func TestReceiptThatOvertakesOurOwnRecord(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.pass()
	// The process dies when the form lies in the drop and that is not recorded yet.
	died := errors.New("killed")
	for i := range o.env.Parties {
		if open := o.env.Parties[i].Open; o.env.Parties[i].Code == them {
			o.env.Parties[i].Open = func(ctx context.Context) (drop.Drop, error) {
				d, err := open(ctx)
				return answersLost{d, died}, err
			}
		}
	}
	if o.tryPass() == nil {
		t.Fatal("nothing was lost")
	}
	withParty(them, func(p *office.Party) {
		open := p.Open
		p.Open = func(ctx context.Context) (drop.Drop, error) {
			d, err := open(ctx)
			return d.(answersLost).Drop, err
		}
	})(o.env)
	o.leaveReceipt(o.latest(them, formats.KindForm), "accepted", "")
	o.pass()
	o.requireState(exchange.Out, p, "answered/delivered/submitted")
}

// answersLost is a drop whose uploads arrive while their answers are lost.
type answersLost struct {
	drop.Drop
	err error
}

func (l answersLost) Put(ctx context.Context, f drop.Folder, name string, src io.ReaderAt, size int64, opt drop.PutOptions) error {
	if err := l.Drop.Put(ctx, f, name, src, size, opt); err != nil {
		return err
	}
	return l.err
}
