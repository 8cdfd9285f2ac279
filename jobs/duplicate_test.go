package jobs_test

import (
	"bytes"
	"fmt"
	"testing"

	"carryover/exchange"
	"carryover/formats"
)

func TestSameFileTwice(t *testing.T) {
	for _, same := range []bool{true, false} {
		t.Run(fmt.Sprintf("in one pass %v", same), func(t *testing.T) {
			o := newOffice(t)
			o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
			name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
			o.leaveFile(them, name, content)
			if same {
				o.leaveFile(them, "again.csv", content)
			}
			o.pass()
			if !same {
				o.skipDays(40)
				o.leaveFile(them, name, content)
				o.pass()
			}
			all := o.receipts(them)
			if same && len(all) != 1 || !same && (len(all) != 2 || !bytes.Equal(all[0].content, all[1].content) || all[0].name != all[1].name) {
				t.Errorf("%d receipts, or another one the second time", len(all))
			}
			if n := len(o.casesBy(exchange.Out, leaver(us, 0))); n != 1 {
				t.Errorf("%d cases", n)
			}
		})
	}
}

func TestSequenceReusedAndGaps(t *testing.T) {
	o := newOffice(t)
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)), o.insured(leaver(us, 1)), o.insured(leaver(us, 2)), o.insured(leaver(us, 3)))
	put := func(seq, who int) string {
		return o.putAs(them, formats.KindLetter, seq, "", o.letter(them, who, leaver(us, who)))
	}
	first := put(1, 0)
	o.pass()
	o.requireReceipt(them, first, "accepted", letterNo(them, 0)+" accepted")
	// Other content under a used sequence.
	o.skipDays(1)
	reused := put(1, 1)
	o.pass()
	o.requireReceipt(them, reused, "rejected sequence-reused")
	r := o.receipts(them)[1].records[0].(*formats.Receipt)
	if r.ReceivedOn != 0 || r.Records.Given {
		t.Errorf("a rejected file was received: %+v", *r)
	}
	o.pass()
	if !o.hasFile(them, "in/bad", reused) || o.hasFile(them, "in/done", reused) {
		t.Error("the rejected file does not lie in in/bad")
	}
	// 3 before 2: never blocked, the gap is named until it is filled.
	third := put(3, 3)
	o.pass()
	o.requireReceipt(them, third, "accepted sequence-gap", letterNo(them, 3)+" accepted")
	second := put(2, 2)
	o.pass()
	o.requireReceipt(them, second, "accepted", letterNo(them, 2)+" accepted")
	// A duplicate across files refuses the record, not the file.
	fourth := o.putAs(them, formats.KindLetter, 4, "", o.letter(them, 2, leaver(us, 2)), o.letter(them, 1, leaver(us, 1)))
	o.pass()
	o.requireReceipt(them, fourth, "partly", letterNo(them, 2)+" refused duplicate-earlier", letterNo(them, 1)+" accepted")
}

func TestRejectedFileMayComeAgain(t *testing.T) {
	o := newOffice(t)
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)), o.insured(leaver(us, 1)))
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	broken := bytes.Replace(content, []byte("echo-1"), []byte("echo-2"), 1)
	o.leaveFile(them, name, broken)
	o.pass()
	o.requireReceipt(them, name, "rejected digest")
	o.leaveFile(them, name, broken) // judged afresh, and rejected afresh
	o.pass()
	o.requireReceipt(them, name, "rejected digest")
	if n := len(o.receipts(them)); n != 2 {
		t.Errorf("%d receipts for two rejected files", n)
	}
	next, other := o.batch(them, formats.KindLetter, 2, "", o.letter(them, 2, leaver(us, 1)))
	o.leaveFile(them, next, other)
	o.pass()
	o.requireReceipt(them, next, "accepted", letterNo(them, 2)+" accepted")
	o.leaveFile(them, name, content)
	o.pass()
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
}
