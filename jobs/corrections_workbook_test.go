package jobs_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// typedWorkbook is a batch as an office types it: a workbook without a
// sequence, in which change may spoil what it likes.
func (o *testOffice) typedWorkbook(kind string, change func(*excelize.File), records ...any) []byte {
	o.tb.Helper()
	_, content := o.batch(them, kind, 1, "", records...)
	var b bytes.Buffer
	if _, err := sheet.Convert(&b, bytes.NewReader(content), batchKinds, batch.Options{}, sheet.Target{Carrier: batch.Workbook}); err != nil {
		o.tb.Fatal(err)
	}
	return o.editWorkbook(b.Bytes(), func(f *excelize.File) {
		o.typeCell(f, "envelope", "sequence", 0, "")
		o.typeCell(f, "envelope", "digest", 0, "")
		change(f)
	})
}

// editWorkbook is a workbook after a change.
func (o *testOffice) editWorkbook(content []byte, change func(*excelize.File)) []byte {
	o.tb.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		o.tb.Fatal(err)
	}
	change(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		o.tb.Fatal(err)
	}
	return b.Bytes()
}

// typeCell types a value below a title, or beside a name of the envelope.
func (o *testOffice) typeCell(f *excelize.File, sheet, name string, line int, value string) {
	o.tb.Helper()
	cell := o.cellOf(f, sheet, name, line)
	if err := f.SetCellStr(sheet, cell, value); err != nil {
		o.tb.Fatal(err)
	}
}

// cellOf is the place of the cell in a line below a title; line 0 is the cell
// beside a name of the envelope.
func (o *testOffice) cellOf(f *excelize.File, sheet, name string, line int) string {
	o.tb.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		o.tb.Fatal(err)
	}
	for i, row := range rows {
		for j, title := range row {
			if !strings.HasSuffix(title, " "+name) {
				continue
			}
			if line == 0 {
				j, line = j+1, i+1
			}
			cell, _ := excelize.CoordinatesToCellName(j+1, line)
			return cell
		}
	}
	o.tb.Fatalf("%s has no %s", sheet, name)
	return ""
}

// openCorrections opens the corrections workbook of a name, which must be there.
func (o *testOffice) openCorrections(name string) *excelize.File {
	o.tb.Helper()
	content, ok := o.corrections[name]
	if !ok {
		o.tb.Fatalf("no corrections workbook %s", name)
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		o.tb.Fatal(err)
	}
	return f
}

// A typed workbook with a faulty row comes back beside its receipt; corrected
// in place, with the accepted row cleared, the corrections workbook is the next
// batch.
func TestCorrectionsOfATypedWorkbook(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	o.put(core, formats.KindRegistry, o.insured(p), o.insured(q))
	good := q.IDNo
	book := o.typedWorkbook(formats.KindLetter, func(f *excelize.File) {
		o.typeCell(f, "L", "id_no", 3, good[:17]+"?")
	}, o.letter(them, 1, p), o.letter(them, 2, q))
	o.leaveFile(them, "联系函.xlsx", book)
	o.pass() // two looks
	o.pass()
	o.requireReceipt(them, "联系函.xlsx", "partly", letterNo(them, 1)+" accepted", letterNo(them, 2)+" refused malformed")
	f := o.openCorrections("联系函.answer.xlsx")
	list, _ := f.GetRows("问题清单")
	if last := list[len(list)-1]; last[0] != "L!"+o.cellOf(f, "L", "id_no", 3) || !strings.Contains(strings.Join(last, "|"), letterNo(them, 2)) {
		t.Errorf("the list says %v", last)
	}
	cell := o.cellOf(f, "L", "id_no", 3)
	style, err := f.GetCellStyle("L", cell)
	if err != nil {
		t.Fatal(err)
	}
	if look, err := f.GetStyle(style); err != nil || len(look.Fill.Color) != 1 || look.Fill.Color[0] != "FFC7CE" {
		t.Errorf("%s is not marked: %+v %v", cell, look.Fill, err)
	}
	if notes, err := f.GetComments("L"); err != nil || len(notes) != 1 || notes[0].Cell != cell {
		t.Errorf("notes %+v, %v", notes, err)
	}
	rows, _ := f.GetRows("L")
	if why := rows[1][len(rows[1])-1]; !strings.HasPrefix(why, "已接收") {
		t.Errorf("beside the accepted row stands %q", why)
	}
	first := o.corrections["联系函.answer.xlsx"]
	delete(o.corrections, "联系函.answer.xlsx")
	o.leaveFile(them, "联系函（再报）.xlsx", book) // they have lost it
	o.pass()
	o.pass()
	if len(o.corrections) != 1 || !bytes.Equal(o.corrections["联系函.answer.xlsx"], first) {
		t.Errorf("sent once more it has %d corrections workbooks", len(o.corrections))
	}
	again := o.editWorkbook(o.corrections["联系函.answer.xlsx"], func(f *excelize.File) {
		o.typeCell(f, "L", "id_no", 3, good)
		if err := f.RemoveRow("L", 2); err != nil {
			t.Fatal(err)
		}
	})
	o.leaveFile(them, "联系函.answer.xlsx", again)
	o.pass()
	o.pass()
	o.requireReceipt(them, "联系函.answer.xlsx", "accepted", letterNo(them, 2)+" accepted")
	if len(o.corrections) != 1 {
		t.Errorf("%d corrections workbooks", len(o.corrections))
	}
	if n := len(o.casesBy(exchange.Out, q)); n != 1 {
		t.Errorf("%d cases of the corrected row", n)
	}
}

// A workbook that is refused whole comes back with everything that is wrong.
func TestCorrectionsOfARejectedWorkbook(t *testing.T) {
	o := newOffice(t)
	p := leaver(us, 0)
	book := o.typedWorkbook(formats.KindLetter, func(f *excelize.File) {
		o.typeCell(f, "envelope", "created", 0, "昨天")
		o.typeCell(f, "L", "letter_date", 2, "昨天")
	}, o.letter(them, 1, p))
	o.leaveFile(them, "x.xlsx", book)
	o.pass()
	o.pass()
	o.requireReceipt(them, "x.xlsx", "rejected wrong-envelope")
	list, _ := o.openCorrections("x.answer.xlsx").GetRows("问题清单")
	var where []string
	for _, row := range list {
		if len(row) > 3 {
			where = append(where, row[0])
		}
	}
	if !slices.Equal(where[1:], []string{"envelope!B6", "L!C2"}) {
		t.Errorf("listed are %v", where)
	}
	// What the file alone does not tell is said too: here a used sequence.
	good := o.typedWorkbook(formats.KindLetter, func(f *excelize.File) { o.typeCell(f, "envelope", "sequence", 0, "7") }, o.letter(them, 1, p))
	o.leaveFile(them, "y.xlsx", good)
	o.pass()
	o.pass()
	other := o.typedWorkbook(formats.KindLetter, func(f *excelize.File) { o.typeCell(f, "envelope", "sequence", 0, "7") }, o.letter(them, 2, p))
	o.leaveFile(them, "z.xlsx", other)
	o.pass()
	o.pass()
	o.requireReceipt(them, "z.xlsx", "rejected sequence-reused")
	list, _ = o.openCorrections("z.answer.xlsx").GetRows("问题清单")
	if !strings.Contains(strings.Join(list[len(list)-1], "|"), "序号 7") {
		t.Errorf("%v", list[len(list)-1])
	}
}

// Two offices do not send each other's corrections workbooks back again.
func TestCorrectionsAreNeverCorrected(t *testing.T) {
	o := newOffice(t)
	book := o.typedWorkbook(formats.KindLetter, func(f *excelize.File) { o.typeCell(f, "envelope", "sender", 0, us) }, o.letter(them, 1, leaver(us, 0)))
	for name, content := range map[string][]byte{"ours.answer.xlsx": book, "ours.answer.2.xlsx": []byte("PK\x03\x04 no workbook")} {
		var b bytes.Buffer
		a := sheet.Corrections{File: name, Verdict: code.FileRejected, Faults: []batch.Fault{{Code: code.Unreadable}}, Total: 1, Taken: true}
		if err := formats.WriteCorrections(&b, bytes.NewReader(content), a); err != nil {
			t.Fatal(err)
		}
		o.leaveFile(them, name, b.Bytes())
	}
	o.passes(3)
	if n := len(o.receipts(them)); n != 0 || len(o.corrections) != 0 {
		t.Errorf("%d receipts and %d corrections workbooks for corrections workbooks", n, len(o.corrections))
	}
	o.view(func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In, Party: them, States: []exchange.FileState{exchange.FileWorked}})
		if len(files) != 2 {
			t.Errorf("%d corrections workbooks recorded", len(files))
		}
		return err
	})
}

// Stopped while the corrections workbook is written, the next pass leaves one
// receipt and one corrections workbook.
func TestCorrectionsAfterAStop(t *testing.T) {
	for _, at := range []string{"spool.sync:before", "spool.sync:after", "spool.rename:before", "spool.rename:after", "spool.folder:before", "spool.folder:after"} {
		t.Run(at, func(t *testing.T) {
			o := newOffice(t)
			o.leaveFile(them, "x.xlsx", o.typedWorkbook(formats.KindLetter, func(f *excelize.File) { o.typeCell(f, "L", "name", 2, "") }, o.letter(them, 1, leaver(us, 0))))
			o.env.Outside = func(call, name string) error {
				if call == at && strings.HasPrefix(name, "out-answer") {
					return errors.New("stopped")
				}
				return nil
			}
			if o.tryPass() == nil || len(o.receipts(them)) != 0 {
				t.Fatal("not stopped")
			}
			if left := must(filepath.Glob(filepath.Join(spoolFolder(o.env), ".tmp-*"))); len(left) > 0 {
				t.Errorf("left %v", left)
			}
			o.env.Outside = nil
			o.pass()
			o.requireReceipt(them, "x.xlsx", "partly", letterNo(them, 1)+" refused missing")
			if len(o.corrections) != 1 || o.corrections["x.answer.xlsx"] == nil {
				t.Errorf("%d corrections workbooks", len(o.corrections))
			}
		})
	}
}
