package jobs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/samples"
)

func TestOnePartnerDown(t *testing.T) {
	down := true
	o := newOffice(t, at(them, func(p *office.Party) { p.Open = shutWhile(p.Open, &down) }))
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	o.put(them, formats.KindLetter, o.letter(them, 1, p))
	o.put(others, formats.KindLetter, o.letter(others, 1, q))
	if o.tryPass() == nil {
		t.Error("nobody says that a partner is down")
	}
	if o.tryPass() == nil {
		t.Error("nobody says that a partner is down")
	}
	requireOne[formats.Form](o, others, formats.KindForm)
	down = false
	o.pass()
	o.pass()
	requireOne[formats.Form](o, them, formats.KindForm)
}

func TestOneFaultySpoolFileStopsNothingElse(t *testing.T) {
	o := newOffice(t)
	o.env.Outside = func(call, name string) error {
		if call == "spool.open:before" && strings.Contains(name, "in-"+them) {
			return errors.New("input/output error")
		}
		return nil
	}
	o.leaveFile(them, "strange.csv", []byte("H,x\n"))
	fine := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	if o.tryPass() == nil {
		t.Error("nobody says that a file cannot be read")
	}
	o.requireReceipt(core, fine, "accepted", leaver(us, 0).PersonalNo+" accepted")
	o.env.Outside = nil
	o.pass()
}

func TestWorkbookPartner(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.Carrier = "xlsx" }))
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, p))
	book := workbook(t, content)
	sheet := strings.TrimSuffix(name, ".csv") + ".xlsx"
	o.leaveFile(them, sheet, book)
	o.pass()
	o.requireReceipt(them, sheet, "accepted", letterNo(them, 1)+" accepted")
	o.leaveFile(them, "once more.xlsx", book)
	o.pass()
	if all := o.receipts(them); len(all) != 2 || !bytes.Equal(all[0].content, all[1].content) || !strings.HasSuffix(all[0].name, ".xlsx") {
		t.Errorf("%d receipts for a workbook sent twice", len(all))
	}
	if f := o.latest(them, formats.KindForm); !strings.HasSuffix(f.name, ".xlsx") {
		t.Errorf("the form went out as %s", f.name)
	}
}

func TestRunsOfAWindow(t *testing.T) {
	o := newOffice(t)
	o.env.Date = 20260302
	ctx := context.Background()
	steps := []string{"pull", "process"}
	run, err := o.env.Run(ctx, jobs.Pass{Steps: steps, Window: "10:00"})
	if err != nil || run.State != exchange.RunDone {
		t.Fatal(run, err)
	}
	if _, err := o.env.Run(ctx, jobs.Pass{Steps: steps, Window: "10:00"}); !errors.Is(err, jobs.ErrDone) {
		t.Errorf("the same window again: %v", err)
	}
	for _, want := range []string{"m1", "m2"} {
		if run, err := o.env.Run(ctx, jobs.Pass{Steps: steps}); err != nil || run.Window != want {
			t.Errorf("manual run is %s, %v", run.Window, err)
		}
	}
	// A pull that fails does not keep the files that are here from being worked.
	for i := range o.env.Parties {
		o.env.Parties[i].Open = func(context.Context) (drop.Drop, error) { return nil, errors.New("no route") }
	}
	run, err = o.env.Run(ctx, jobs.Pass{Steps: steps, Window: "10:30"})
	if err == nil || run.State != exchange.RunFailed {
		t.Errorf("run is %s, %v", run.State, err)
	}
	if _, worked := run.Counts["process files"]; !worked && len(run.Notes) != 1 {
		t.Errorf("notes %q, counts %v", run.Notes, run.Counts)
	}
	// One that was cut short is resumed under its own window.
	var cut exchange.Run
	err = o.env.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		cut, _, err = tx.StartRun(exchange.Run{Job: "pull+process", Date: 20260302, Window: "m3", State: exchange.RunRunning, Started: o.now})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run, _ = o.env.Run(ctx, jobs.Pass{Steps: steps})
	if run.ID != cut.ID || run.Attempts != 2 {
		t.Errorf("run %d %s attempt %d in place of the one cut short", run.ID, run.Window, run.Attempts)
	}
}

// shutWhile makes a drop refuse to open while closed.
func shutWhile(open func(context.Context) (drop.Drop, error), closed *bool) func(context.Context) (drop.Drop, error) {
	return func(ctx context.Context) (drop.Drop, error) {
		if *closed {
			return nil, errors.New("no route to host")
		}
		return open(ctx)
	}
}

// workbook turns a batch into the workbook that carries it.
func workbook(t *testing.T, content []byte) []byte {
	t.Helper()
	var book bytes.Buffer
	if _, err := sheet.Convert(&book, bytes.NewReader(content), batchKinds, batch.Options{}, sheet.Target{Carrier: batch.Workbook}); err != nil {
		t.Fatal(err)
	}
	return book.Bytes()
}

func TestWorkbookWithoutASequence(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.Carrier = "xlsx" }))
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	var first []byte
	for i, who := range []samples.Person{p, q} {
		_, content := o.batch(them, formats.KindLetter, 7, "", o.letter(them, i, who))
		book, err := excelize.OpenReader(bytes.NewReader(workbook(t, content)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows("envelope")
		if err != nil {
			t.Fatal(err)
		}
		// What is written by hand has no sequence and no digest.
		for n, row := range rows {
			if name := row[0]; !strings.Contains(name, "sequence") && !strings.Contains(name, "digest") {
				continue
			}
			if err := book.SetCellValue("envelope", fmt.Sprintf("B%d", n+1), nil); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := book.Write(&out); err != nil {
			t.Fatal(err)
		}
		o.leaveFile(them, fmt.Sprintf("letters %d.xlsx", i), out.Bytes())
		o.pass()
		if i == 0 {
			first = out.Bytes()
		}
	}
	o.leaveFile(them, "the first again.xlsx", first)
	o.pass()
	all := o.receipts(them)
	if len(all) != 3 || !bytes.Equal(all[0].content, all[2].content) {
		t.Fatalf("%d receipts, or another one for the same content", len(all))
	}
	for i, f := range all[:2] {
		r := f.records[0].(*formats.Receipt)
		if r.Verdict != code.FileAccepted || r.Sequence.Value != i+1 {
			t.Errorf("R is %+v", *r)
		}
	}
}

func TestPartnerWithGB18030(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.Encoding = "gb18030" }))
	p := leaver(us, 0)
	p.Name = "龚䶮𬱖·买买提"
	o.put(core, formats.KindRegistry, o.insured(p))
	_, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, p))
	var stored bytes.Buffer
	if _, err := sheet.Convert(&stored, bytes.NewReader(content), batchKinds, batch.Options{}, sheet.Target{Carrier: batch.CSV, Encoding: batch.GB18030}); err != nil {
		t.Fatal(err)
	}
	o.leaveFile(them, "letter.csv", stored.Bytes())
	o.pass()
	o.requireReceipt(them, "letter.csv", "accepted", letterNo(them, 1)+" accepted")
	o.pass()
	if f := requireOne[formats.Form](o, them, formats.KindForm); f.Person.Name != p.Name {
		t.Errorf("the name went back as %s", f.Person.Name)
	}
	if f := o.latest(them, formats.KindForm); utf8.Valid(f.content) {
		t.Error("the form went out in UTF-8")
	}
}

func TestACharacterThatCannotBeWritten(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.Encoding = "gb18030" }))
	p, q := leaver(them, 0), leaver(them, 1)
	p.Name = "王\ue001"
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q))
	o.put(portal, formats.KindApplication, o.application(p), o.application(q))
	o.pass()
	if l := requireOne[formats.Letter](o, them, formats.KindLetter); l.Person.IDNo != q.IDNo {
		t.Errorf("the letter of %s went out", l.Person.IDNo)
	}
	o.requireState(exchange.In, p, "held/none/none officers-decision")
	if len(o.openDifferences()) != 1 {
		t.Errorf("open: %q", o.openDifferences())
	}
}

func TestProfileDiffers(t *testing.T) {
	o := newOffice(t)
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	_, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	o.leaveFile(them, "letter.csv", resealed(content, ",2016\n", ",2021\n"))
	o.pass()
	o.requireReceipt(them, "letter.csv", "accepted profile-differs", letterNo(them, 1)+" accepted")
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

func TestDelayedByWhoeverHasTheTurn(t *testing.T) {
	o := newOffice(t)
	p := leaver(them, 0)
	l := o.sendLetter(p)
	o.put(them, formats.KindForm, o.form(p, l))
	o.pass()
	takeMilestones(o, code.ToPerson)
	told := 0
	for range 6 {
		o.skipDays(7)
		o.pass()
		for _, m := range takeMilestones(o, code.ToPerson) {
			if m == string(code.MilestoneDelayed) {
				told++
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times that the partner's money does not come", told)
	}
}

func TestEnvelopesOfRubbish(t *testing.T) {
	o := newOffice(t)
	_, good := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	files := map[string][]byte{
		"control.csv":                    resealed(good, "H,contact-letter", "H,contact\x01letter"),
		"long.csv":                       resealed(good, "H,contact-letter", "H,"+strings.Repeat("k", 300)),
		"chinese.csv":                    resealed(good, "H,contact-letter", "H,联系函"),
		"sequence.csv":                   resealed(good, ","+us+",1,", ","+us+",99999999999999999999,"),
		"none.csv":                       resealed(good, ","+us+",1,", ","+us+",,"),
		strings.Repeat("长", 80) + ".csv": resealed(good, "contact-letter,1", "contact-letter,9"),
		"emoji 😀 \ue000.csv":             []byte("hello"),
	}
	for name, content := range files {
		o.leaveFile(them, name, content)
	}
	o.pass()
	if n := len(o.receipts(them)); n != len(files) {
		t.Errorf("%d receipts for %d files", n, len(files))
	}
	for _, f := range o.receipts(them) {
		if r := f.records[0].(*formats.Receipt); r.Verdict != code.FileRejected || r.Code == "" {
			t.Errorf("R is %+v", *r)
		}
	}
}

func TestGB18030PartnerWritesUTF8WithAMark(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.Encoding = "gb18030" }))
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	_, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, p))
	o.leaveFile(them, "letter.csv", resealed(append([]byte("\xef\xbb\xbf"), content...), "", ""))
	o.pass()
	o.requireReceipt(them, "letter.csv", "accepted", letterNo(them, 1)+" accepted")
	o.requireState(exchange.Out, p, "accepted/none/not_due")
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
