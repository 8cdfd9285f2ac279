package jobs_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/formats"
)

func TestUnreadableFilesAreRejected(t *testing.T) {
	o := newOffice(t)
	_, good := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	_, foreign := o.batch(others, formats.KindLetter, 1, "", o.letter(others, 1, leaver(us, 0)))
	_, elsewhere := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	elsewhere = changedBatch(elsewhere, ","+us+",1,", ",330100,1,")
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
			t.Errorf("%s: the receipt says %q", name, v)
		}
	}
	o.requireReceipt(them, "foreign.csv", "rejected not-from-this-party")
	o.requireReceipt(them, "elsewhere.csv", "rejected not-for-us")
	// None of them used a sequence up.
	name := o.put(them, formats.KindLetter, o.letter(them, 1, leaver(us, 0)))
	o.pass()
	o.requireReceipt(them, name, "accepted", letterNo(them, 1)+" accepted")
}

func TestSpoiltEnvelopesAreRejected(t *testing.T) {
	o := newOffice(t)
	_, good := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	files := map[string][]byte{
		"control.csv":                    changedBatch(good, "H,contact-letter", "H,contact\x01letter"),
		"long.csv":                       changedBatch(good, "H,contact-letter", "H,"+strings.Repeat("k", 300)),
		"chinese.csv":                    changedBatch(good, "H,contact-letter", "H,联系函"),
		"sequence.csv":                   changedBatch(good, ","+us+",1,", ","+us+",99999999999999999999,"),
		"none.csv":                       changedBatch(good, ","+us+",1,", ","+us+",,"),
		strings.Repeat("长", 80) + ".csv": changedBatch(good, "contact-letter,1", "contact-letter,9"),
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

func TestKindsComeFromTheirSendersOnly(t *testing.T) {
	o := newOffice(t)
	_, content := o.batch(core, formats.KindRegistry, 1, "", o.insured(leaver(us, 0)))
	o.leaveFile(them, "registry.csv", changedBatch(content, core, them))
	o.leaveFile(portal, "registry.csv", changedBatch(content, core, portal))
	o.pass()
	o.requireReceipt(them, "registry.csv", "rejected wrong-envelope")
	o.requireReceipt(portal, "registry.csv", "rejected wrong-envelope")
}

func TestReceiptOfFaultyTexts(t *testing.T) {
	o := newOffice(t)
	name, content := o.batch(them, formats.KindLetter, 1, "", o.letter(them, 1, leaver(us, 0)))
	content = changedBatch(content, letterNo(them, 1), "abc \x01\x7f,\"甲")
	o.leaveFile(them, name, content)
	bad, second := o.batch(them, formats.KindLetter, 2, "", o.letter(them, 2, leaver(us, 1)))
	o.leaveFile(them, bad, changedBatch(second, "echo-2", "e\tcho\u0085"))
	o.pass()
	for _, n := range []string{name, bad} {
		if v := o.verdicts(them, n); len(v) == 0 {
			t.Errorf("no receipt for %s", n)
		}
	}
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

// changedBatch changes the rows of a batch and makes count and digest right again.
func changedBatch(content []byte, old, with string) []byte {
	changed := bytes.Replace(content, []byte(old), []byte(with), 1)
	at := bytes.LastIndex(changed[:len(changed)-1], []byte("\nT,")) + 1
	fields := strings.Split(strings.TrimSpace(string(changed[at:])), ",")
	digest := sha256.Sum256(changed[:at])
	rows := bytes.Count(changed[:at], []byte("\n")) - 1
	return append(changed[:at:at], fmt.Sprintf("T,%d,%s,%s\n", rows, fields[2], hex.EncodeToString(digest[:]))...)
}
