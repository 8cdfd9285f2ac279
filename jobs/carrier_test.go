package jobs_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/jobs/office"
	"carryover/samples"
)

func TestWorkbookPartner(t *testing.T) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Carrier = "xlsx" }))
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
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Carrier = "xlsx" }))
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
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Encoding = "gb18030" }))
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

// A character of private use is refused at the door, with its code point; the rest of the file is worked.
func TestPrivateUseIsRefused(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(them, 0), leaver(them, 1)
	o.put(core, formats.KindRegistry, o.newcomer(p), o.newcomer(q))
	_, content := o.batch(portal, formats.KindApplication, 1, "", o.application(p), o.application(q))
	content = bytes.Replace(content, []byte(p.Name), []byte("王\ue001"), 1)
	rows := content[:bytes.LastIndex(content, []byte("\nT,"))+1]
	o.leaveFile(portal, "application.csv", fmt.Appendf(bytes.Clone(rows), "T,2,0.00,%x\n", sha256.Sum256(rows)))
	o.pass()
	if l := requireOne[formats.Letter](o, them, formats.KindLetter); l.Person.IDNo != q.IDNo {
		t.Errorf("the letter of %s went out", l.Person.IDNo)
	}
	o.requireReceipt(portal, "application.csv", "partly", "A-"+p.PersonalNo+" refused malformed", "A-"+q.PersonalNo+" accepted")
}

func TestProfileDiffers(t *testing.T) {
	o := newOffice(t)
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	_, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	o.leaveFile(them, "letter.csv", changedBatch(content, ",2016\n", ",2021\n"))
	o.pass()
	o.requireReceipt(them, "letter.csv", "accepted profile-differs", letterNo(them, 1)+" accepted")
}

func TestGB18030PartnerWritesUTF8WithABOM(t *testing.T) {
	o := newOffice(t, withParty(them, func(p *office.Party) { p.Encoding = "gb18030" }))
	p := leaver(us, 0)
	o.put(core, formats.KindRegistry, o.insured(p))
	_, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, p))
	o.leaveFile(them, "letter.csv", changedBatch(append([]byte("\xef\xbb\xbf"), content...), "", ""))
	o.pass()
	o.requireReceipt(them, "letter.csv", "accepted", letterNo(them, 1)+" accepted")
	o.requireState(exchange.Out, p, "accepted/none/not_due")
}
