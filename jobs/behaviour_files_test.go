package jobs_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/code"
	"carryover/formats"
	"carryover/jobs/office"
)

// resealed changes the rows of a batch and makes count and digest right again.
func resealed(content []byte, old, with string) []byte {
	changed := bytes.Replace(content, []byte(old), []byte(with), 1)
	at := bytes.LastIndex(changed[:len(changed)-1], []byte("\nT,")) + 1
	fields := strings.Split(strings.TrimSpace(string(changed[at:])), ",")
	digest := sha256.Sum256(changed[:at])
	rows := bytes.Count(changed[:at], []byte("\n")) - 1
	return append(changed[:at:at], fmt.Sprintf("T,%d,%s,%s\n", rows, fields[2], hex.EncodeToString(digest[:]))...)
}

func TestReceiptTellsOfEveryRecord(t *testing.T) {
	o := newOffice(t)
	p, q := leaver(us, 0), leaver(us, 1)
	good := o.insured(p)
	bad := o.insured(q)
	o.sequence[core+formats.KindRegistry]++
	name, content := o.batch(core, formats.KindRegistry, 1, "", good, bad)
	// The stay of the second record gets a month that does not exist; its own row an unknown status.
	i := bytes.LastIndex(content, []byte("\nS,"))
	content = append(content[:i:i], bytes.Replace(content[i:], []byte(",actual"), []byte(",imagined"), 1)...)
	content = resealed(content, "nothing", "")
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

func TestSequences(t *testing.T) {
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

func TestRejectedMayComeAgain(t *testing.T) {
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

func TestFilesThatAreNone(t *testing.T) {
	o := newOffice(t)
	_, good := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	_, foreign := o.batch(others, formats.KindLetter, 1, "", o.letter(others, 1, leaver(us, 0)))
	_, elsewhere := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	elsewhere = resealed(elsewhere, ","+us+",1,", ",330100,1,")
	files := map[string][]byte{
		"empty.csv": nil, "binary.csv": {0, 1, 2, 3, 0xff, 0xfe, 0}, "truncated.csv": good[:len(good)/2], "cut.csv": good[:len(good)-30],
		"utf16.csv": append([]byte{0xff, 0xfe}, good...), "prose.csv": []byte("Sehr geehrte Damen und Herren\n"), "broken.xlsx": []byte("PK\x03\x04 not a zip"),
		"foreign.csv": foreign, "elsewhere.csv": elsewhere, "contact-letter_310100_320500_20260302_000009.csv": []byte("H,nothing\n"),
		"odd name 甲.csv": good[:40], "note.txt": []byte("hello"), "half.xml": []byte("<Document"), "no.xml": []byte("nothing"),
	}
	for name, content := range files {
		o.leaveFile(them, name, content)
	}
	fine := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	o.pass()
	o.requireReceipt(core, fine, "accepted", leaver(us, 0).PersonalNo+" accepted")
	for name := range files {
		if strings.HasSuffix(name, ".xml") {
			continue
		}
		v := o.verdicts(them, name)
		if len(v) != 1 || !strings.HasPrefix(v[0], "rejected ") {
			t.Errorf("%s: told %q", name, v)
		}
	}
	o.requireReceipt(them, "foreign.csv", "rejected not-from-this-party")
	o.requireReceipt(them, "elsewhere.csv", "rejected not-for-us")
	// None of them used a sequence up.
	name := o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0)))
	o.pass()
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
}

func TestKindsComeFromTheirSendersOnly(t *testing.T) {
	o := newOffice(t)
	_, content := o.batch(core, formats.KindRegistry, 1, "", o.insured(leaver(us, 0)))
	o.leaveFile(them, "registry.csv", resealed(content, core, them))
	o.leaveFile(portal, "registry.csv", resealed(content, core, portal))
	o.pass()
	o.requireReceipt(them, "registry.csv", "rejected wrong-envelope")
	o.requireReceipt(portal, "registry.csv", "rejected wrong-envelope")
}

func TestTextsOfFaultyRecordsCanBeTold(t *testing.T) {
	o := newOffice(t)
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	content = resealed(content, letterNo(them, 1), "abc \x01\x7f,\"甲")
	o.leaveFile(them, name, content)
	bad, second := o.batch(them, formats.KindLetter, 2, "", o.letter(them, 2, leaver(us, 1)))
	o.leaveFile(them, bad, resealed(second, "echo-2", "e\tcho\u0085"))
	o.pass()
	for _, n := range []string{name, bad} {
		if v := o.verdicts(them, n); len(v) == 0 {
			t.Errorf("no receipt for %s", n)
		}
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

func TestTwoLooks(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.Settle = 10 * time.Minute }))
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	half := content[:len(content)/2]
	o.leaveFile(them, name, half)
	for _, temp := range []string{".letter.csv", "letter.csv.part", "letter.filepart", "letter.csv.tmp", "letter.writing", "letter.partial"} {
		o.leaveFile(them, temp, content)
	}
	o.pass()
	o.leaveFile(them, name, content[:len(content)-5]) // it grows between two looks
	o.pass()
	if len(o.receipts(them)) != 0 {
		t.Fatal("a growing file was taken")
	}
	o.skipDays(1)
	o.leaveFile(them, name, content)
	o.pass() // whole: its own last row shows it
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
	if r := o.receipts(them)[0].records[0].(*formats.Receipt); r.ReceivedOn != 20260303 {
		t.Errorf("received on %s", r.ReceivedOn)
	}
	// What never becomes whole is judged as it is.
	o.leaveFile(them, "never.csv", half)
	o.pass()
	o.pass()
	if v := o.verdicts(them, "never.csv"); len(v) != 1 || !strings.HasPrefix(v[0], "rejected") {
		t.Errorf("told %q", v)
	}
}

func TestLeftFilesAreRemembered(t *testing.T) {
	o := newOffice(t, at(them, func(p *office.Party) { p.After, p.Flood = office.AfterLeave, 2 }))
	o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)), o.insured(leaver(us, 1)), o.insured(leaver(us, 2)), o.insured(leaver(us, 3)))
	var names []string
	for i := range 4 {
		names = append(names, o.put(them, formats.KindLetter, o.letter(them, i, leaver(us, i))))
	}
	o.pass()
	if n := len(o.receipts(them)); n != 2 {
		t.Fatalf("%d files were taken, the limit is 2", n)
	}
	o.pass()
	o.pass()
	if n := len(o.receipts(them)); n != 4 {
		t.Errorf("%d of 4 files were taken: those left in place stand in the way of the others", n)
	}
	for _, name := range names {
		if !o.hasFile(them, "in", name) {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestAfterDelete(t *testing.T) {
	o := newOffice(t, at(core, func(p *office.Party) { p.After = office.AfterDelete }))
	name := o.put(core, formats.KindRegistry, o.insured(leaver(us, 0)))
	o.pass()
	if o.hasFile(core, "in", name) || o.hasFile(core, "in/done", name) {
		t.Error("the file is still there")
	}
}
