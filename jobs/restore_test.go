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
	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/formats"
	"carryover/formats/iso20022"
	"carryover/jobs/courier"
	"carryover/jobs/office"
	"carryover/jobs/signing"
	"carryover/samples"
)

// TestFailover: a standby that misses nothing seen outside goes on.
func TestFailover(t *testing.T) {
	for name, engine := range map[string]func(testing.TB) testDisk{"sqlite": newFileDisk, "postgres": newPostgresDisk} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDisk(t, engine(t))
			d.signSettings(d.dual...)
			p := leaver(us, 0)
			d.put(core, formats.KindRegistry, d.insured(p))
			d.put(them, formats.KindLetter, d.letter(them, 1, p))
			d.mustRun()
			d.engine.copyTo(d.env.Store, "copy")
			d.lose("copy", nil)
			d.mustRun()
			d.mustRun()
			d.requireState(exchange.Out, p, "answered/sent/ordered")
		})
	}
}

// steps of a payment, after each of which a copy of the disk may be made, or the disk be lost.
var steps = []struct {
	name string
	do   func(d *disk)
}{
	{"due", func(*disk) {}},
	{"waiting", func(d *disk) { d.mustRun() }},
	{"signed", func(d *disk) { d.pays() }},
	{"sent", func(d *disk) { d.mustRun() }},
	{"booked", func(d *disk) { d.bankPays(); d.mustRun() }},
}

// lossOf says when a disk was copied and when it was lost, by steps, and what remains beside it.
type lossOf struct {
	copied, lost int
	spoolLost    bool // what came into the spool since the copy
	bankKeeps    bool // what it took
}

func (l lossOf) String() string {
	return fmt.Sprintf("copied %s, lost %s, spool lost %t, bank keeps %t", steps[l.copied].name, steps[l.lost].name, l.spoolLost, l.bankKeeps)
}

// losses are those that are tried: a copy of what is due, and of each later step the latest loss;
// CARRYOVER_LONG tries all.
func losses(spools ...bool) (list []lossOf) {
	for copied := range steps {
		for lost := max(copied, 1); lost < len(steps); lost++ {
			for _, spoolLost := range spools {
				for _, keeps := range []bool{true, false} {
					if few := copied == 0 && (spoolLost || !keeps) || lost == len(steps)-1 && !spoolLost && !keeps; few || long() {
						list = append(list, lossOf{copied, lost, spoolLost, keeps})
					}
				}
			}
		}
	}
	return list
}

// TestDiskLost: the disk is lost after a copy was made of it, each at a moment of a payment, with the
// spool or without it, and the bank keeps what it took or does not. The end is that of an undisturbed
// agency: the part was paid once, under one reference, and no number was used twice.
func TestDiskLost(t *testing.T) {
	for _, l := range losses(false, true) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			diskLost(newDisk(t, newFileDisk(t)), l)
		})
	}
}

// TestDatabaseLost is TestDiskLost for a store on a server, which has its spool in it.
func TestDatabaseLost(t *testing.T) {
	for _, l := range losses(true) {
		t.Run(l.String(), func(t *testing.T) {
			t.Parallel()
			diskLost(newDisk(t, newPostgresDisk(t)), l)
		})
	}
}

func diskLost(d *disk, l lossOf) {
	t := d.tb
	d.keeps = l.bankKeeps
	p := leaver(us, 0)
	d.signSettings(d.dual...)
	d.slow = true
	d.put(core, formats.KindRegistry, d.insured(p))
	d.put(them, formats.KindLetter, d.letter(them, 1, p))
	d.mustRun()
	d.slow = false
	d.answerPostings(anySlice(take[formats.Posting](d.testOffice, core, formats.KindPosting)))
	var kept []string
	passes := 0
	for i, step := range steps[:l.lost+1] {
		if step.do(d); i == l.copied {
			d.engine.copyTo(d.env.Store, "copy")
			kept, passes = d.spooled(), d.passes
		}
	}
	if !l.spoolLost {
		kept = nil
	}
	d.lose("copy", kept)
	if err := d.run(); passes < d.passes-1 && (!errors.Is(err, courier.ErrBehind) || !strings.Contains(err.Error(), "carryover restore")) {
		t.Fatalf("a pass on the older store: %v", err)
	}
	done := d.restore()
	d.mustRun()
	d.pays()
	if l.spoolLost && !l.bankKeeps { // then its debits alone tell what it has
		d.bankPays()
	}
	before := len(d.orders)
	d.mustRun()
	if d.mustRun(); len(d.orders) > before {
		t.Fatalf("paid before anybody signed: %v", d.orders)
	}
	if got := d.pressing(exchange.TodoRestored); len(got) != 1 || got[0].Name != done.File.Name {
		t.Errorf("needs a person: %+v", got)
	}
	d.signRestored(done)
	for range 4 {
		d.bankPays()
		d.mustRun()
		d.endUnknown()
		d.pays()
		d.mustRun()
	}
	if list := d.findings(); len(list) > 0 {
		t.Errorf("found %+v", list)
	}
	d.requireState(exchange.Out, p, "answered/sent/settled")
	if d.debits != 1 {
		t.Errorf("the bank paid %d times", d.debits)
	}
	d.requireNumbersOnce()
}

// TestLumpLost: a lump sum that was sent is taken up again by its advice, in the spool or in the
// partner's drop; while neither is there no payment is made, until the advice is put back.
func TestLumpLost(t *testing.T) {
	for _, advice := range []string{"spool", "drop", "put back"} {
		t.Run(advice, func(t *testing.T) {
			t.Parallel()
			d := newDisk(t, newFileDisk(t), withPartner(them, func(p *exchange.Partner) { p.LumpSum = true }))
			d.keeps = true
			d.signSettings(d.dual...)
			one, other := leaver(us, 0), leaver(us, 1)
			d.slow = true
			d.put(core, formats.KindRegistry, d.insured(one), d.insured(other))
			d.put(them, formats.KindLetter, d.letter(them, 1, one), d.letter(them, 2, other))
			d.mustRun()
			d.slow = false
			d.answerPostings(anySlice(take[formats.Posting](d.testOffice, core, formats.KindPosting)))
			d.engine.copyTo(d.env.Store, "copy")
			kept := d.spooled()
			d.mustRun()
			d.pays()
			d.mustRun()
			f := d.latest(them, formats.KindAdvice)
			if advice == "spool" {
				kept = nil
			}
			d.lose("copy", kept)
			put := func() {
				if err := os.WriteFile(d.dropPath(them, "out", f.name), f.content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if advice == "drop" {
				put()
			}
			done := d.restore()
			if len(done.Found) != 1 || done.Found[0].Records != 1 {
				t.Fatalf("found %+v", done.Found)
			}
			d.signRestored(done)
			if advice == "put back" {
				d.mustRun()
				d.mustRun()
				d.requireState(exchange.Out, one, "answered/sent/due")
				put()
				d.signRestored(d.restore())
			}
			for range 3 {
				d.mustRun()
				d.pays()
				d.bankPays()
			}
			for _, p := range []samples.Person{one, other} {
				d.requireState(exchange.Out, p, "answered/sent/settled")
			}
		})
	}
}

// TestLettersLost: letters that were taken in after the backup are taken in again from in/done, and
// their cases end as they would have, under numbers that nobody was told before.
func TestLettersLost(t *testing.T) {
	t.Parallel()
	d := newDisk(t, newFileDisk(t))
	p := leaver(us, 0)
	d.signSettings(d.dual...)
	d.put(core, formats.KindRegistry, d.insured(p))
	d.mustRun()
	d.engine.copyTo(d.env.Store, "copy")
	kept := d.spooled()
	d.put(them, formats.KindLetter, d.letter(them, 1, p))
	d.slow = true
	d.mustRun()
	lost := d.caseBy(exchange.Out, p).No
	d.lose("copy", kept)
	if done := d.restore(); done.Again != 1 {
		t.Fatalf("%d files are taken in again", done.Again)
	}
	d.slow = false
	d.mustRun()
	if got := d.caseBy(exchange.Out, p).No; got != lost[:len(lost)-6]+"100001" {
		t.Errorf("the case is called %s, and was %s", got, lost)
	}
	d.mustRun()
	d.mustRun()
	d.requireState(exchange.Out, p, "answered/sent/due")
	d.requireNumbersOnce()
}

// TestReviewLost: a batch that waits for review, and may have been approved since, is made anew under
// another sequence.
func TestReviewLost(t *testing.T) {
	t.Parallel()
	d := newDisk(t, newFileDisk(t), withReview(formats.KindForm, exchange.ReviewOne))
	d.signSettings(d.dual...)
	p := leaver(us, 0)
	d.put(core, formats.KindRegistry, d.insured(p))
	d.put(them, formats.KindLetter, d.letter(them, 1, p))
	d.mustRun()
	d.mustRun()
	before := d.batchInState(formats.KindForm, exchange.FileReview)
	d.restore()
	d.mustRun()
	if after := d.batchInState(formats.KindForm, exchange.FileReview); after.Sequence != before.Sequence+1 || after.Records != before.Records || after.Name == before.Name {
		t.Errorf("%s with %d records waits after %s with %d", after.Name, after.Records, before.Name, before.Records)
	}
}

// TestRestoredTwice: a second restoration has numbers of its own, and each list is to be signed; so has
// one of a store that does not know of the first.
func TestRestoredTwice(t *testing.T) {
	t.Parallel()
	d := newDisk(t, newFileDisk(t))
	p := leaver(us, 0)
	d.signSettings(d.dual...)
	d.put(core, formats.KindRegistry, d.insured(p))
	d.mustRun()
	d.engine.copyTo(d.env.Store, "copy")
	first, second := d.restore(), d.restore()
	d.signRestored(second)
	if first.N != 1 || second.N != 2 {
		t.Errorf("restorations %d and %d", first.N, second.N)
	}
	d.requireStopped(signing.ErrRestored)
	d.acceptAs(first.N) // by what was signed about the second
	d.requireStopped(signing.ErrRestored)
	d.signRestored(first)
	d.requireStopped(nil)
	d.mustRun()
	d.lose("copy", nil)
	if err := d.runAlone(); !errors.Is(err, courier.ErrBehind) {
		t.Errorf("a pass on a store of before both: %v", err)
	}
	if third := d.restore(); third.N != 3 {
		t.Errorf("restoration %d", third.N)
	}
	d.requireStopped(signing.ErrRestored)
	d.put(them, formats.KindLetter, d.letter(them, 1, p))
	d.mustRun()
	if no := d.caseBy(exchange.Out, p).No; !strings.HasSuffix(no, "300001") { // behind those of two stores that are lost
		t.Errorf("the case is called %s", no)
	}
}

// TestRestoredByOne: where nobody ever signs, who answers for the agency lets payments go on, with
// evidence; where officers sign, nobody else does, and not two with the same role.
func TestRestoredByOne(t *testing.T) {
	t.Parallel()
	d := newDisk(t, newFileDisk(t))
	d.env.Rules.AutomaticRelease, d.env.Agency.Officers = true, nil
	d.mustRun()
	done := d.restore()
	if done.SignedBy {
		t.Error("officers are asked to sign")
	}
	resume := func(evidence string) error { return signing.Resume(t.Context(), d.env.Office, evidence) }
	if err := resume(" "); err == nil {
		t.Error("payments go on without evidence")
	}
	d.requireStopped(signing.ErrRestored)
	if err := resume("compared with the bank"); err != nil {
		t.Fatal(err)
	}
	d.requireStopped(nil)
	d.hire(d.dual...)
	d.signSettings(d.dual...)
	d.mustRun()
	d.requireStopped(signing.ErrRestored) // nobody signed it
	if err := resume("compared with the bank"); err == nil {
		t.Error("one person lets payments go on where officers sign")
	}
	d.signFile(d.dual[1], done.File.Name)
	d.requireStopped(signing.ErrRestored)
	d.signFile(d.dual[0], done.File.Name)
	d.requireStopped(nil)
}

// TestCheckpointLost: a checkpoint that left and that the store does not have is a sign; once the
// restoration names it the night does not find it, and later ones have numbers of their own.
func TestCheckpointLost(t *testing.T) {
	t.Parallel()
	d := newDisk(t, newFileDisk(t))
	d.party(us+"a", office.RoleAudit)
	d.mustRun()
	d.engine.copyTo(d.env.Store, "copy")
	d.mustRun()
	d.lose("copy", nil)
	d.write(d.env.Mark) // it is lost as well
	if err := os.Remove(d.env.Mark); err != nil {
		t.Fatal(err)
	}
	if err := d.runAlone(); !errors.Is(err, courier.ErrBehind) || !strings.Contains(err.Error(), "checkpoint 2 of") {
		t.Fatalf("a pass says %v", err)
	}
	d.restore()
	d.mustRun()
	d.mustRun()
	if list := d.findings(); len(list) > 0 {
		t.Errorf("found %+v", list)
	}
	kept, err := filepath.Glob(d.dropPath(us+"a", "out", "checkpoint-*"))
	if err != nil || len(kept) != 4 {
		t.Errorf("on the other host lie %q, %v", kept, err)
	}
}

// TestUnknownDebit: a debit under a reference of our form that the store does not know stops payments
// and nothing else, until an officer has decided about it; one under another reference stops nothing.
func TestUnknownDebit(t *testing.T) {
	for ref, stops := range map[string]bool{"31010020260302000009-1-1": true, "L320500310100202603020001": true, "32050020260302000001-R1-1": true, "RENT-7": false} {
		t.Run(ref, func(t *testing.T) {
			o := newOffice(t)
			p := leaver(us, 0)
			o.unproved = true
			o.leaveNotification(debitEntry(order{Transfer: iso20022.Transfer{EndToEndID: ref, Amount: 700, Text: "x"}}))
			o.answerLetter(p, 1)
			o.passes(2)
			want := map[bool]string{true: "answered/sent/due", false: "answered/sent/submitted"}[stops]
			o.requireState(exchange.Out, p, want)
			if got := o.pressing(exchange.TodoDebit); stops != (len(got) == 1 && strings.Contains(got[0].What, "付款全部停止")) {
				t.Errorf("needs a person: %+v", got)
			}
			if !stops {
				return
			}
			err := o.env.Do(t.Context(), office.By{Actor: "test"}, func(d *office.Desk) error {
				all, err := d.Tx.AllUnmatchedDebits()
				if err == nil {
					err = d.Tx.CloseDifferencesAbout("money", code.Text(all[0].Key))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			o.pass()
			o.requireState(exchange.Out, p, "answered/sent/submitted")
		})
	}
}

// TestRecognised: what shows that a store lies behind, each by itself, and what does not.
func TestRecognised(t *testing.T) {
	first := func(d *disk) { // in a drop: files that wait are no sign of an empty store
		d.put(core, formats.KindRegistry, d.insured(leaver(us, 0)))
	}
	for name, c := range map[string]struct {
		make func(d *disk)
		sign string // "": none
	}{
		"a first start": {first, ""},
		"a mark that cannot be read": {func(d *disk) {
			d.mustRun()
			d.write(d.env.Mark)
		}, ".store: invalid character"},
		"a second pass": {func(d *disk) { first(d); d.mustRun() }, ""},
		"reports beside an empty store": {func(d *disk) {
			d.write(filepath.Join(d.env.Reports, "2026-03-01.xlsx"))
		}, "2026-03-01.xlsx lies among the reports"},
		"a file that was taken in, beside an empty store": {func(d *disk) {
			d.write(d.dropPath(them, "in/done", "x.csv"))
		}, "x.csv was taken in from the drop of " + them},
		"a file of ours in a drop": {func(d *disk) {
			d.mustRun()
			d.write(d.dropPath(them, "out", "contact-letter_320500_310100_20260302_000001.csv"))
		}, "contact-letter_320500_310100_20260302_000001.csv lies in the drop of " + them},
		"a payment file that the bank keeps": {func(d *disk) {
			d.mustRun()
			d.write(d.dropPath(bank, "taken", "pain.001_320500_320500b_20260302_000001.xml"))
		}, "pain.001_320500_320500b_20260302_000001.xml lies in the drop of " + bank},
		"a file of somebody else's in a drop": {func(d *disk) {
			d.mustRun()
			d.write(d.dropPath(them, "out", "contact-letter_440100_310100_20260302_000001.csv"))
		}, ""},
		"what a killed process left in the spool": {func(d *disk) {
			d.mustRun()
			d.write(filepath.Join(spoolFolder(d.env), "out-contact-letter_320500_310100_20260302_000001.csv"))
		}, ""},
		"what none can have left in the spool": {func(d *disk) {
			d.mustRun()
			d.write(filepath.Join(spoolFolder(d.env), "out-contact-letter_320500_310100_20260302_000002.csv"))
		}, "out-contact-letter_320500_310100_20260302_000002.csv lies in the spool"},
		"a drop on a server": {func(d *disk) {
			d.mustRun()
			withParty(them, func(p *office.Party) { p.Host = "sftp.example.cn" })(d.env)
			d.write(d.dropPath(them, "out", "contact-letter_320500_310100_20260302_000001.csv"))
		}, "lies in the drop of " + them},
		"a drop that cannot be reached": {func(d *disk) {
			d.mustRun()
			d.write(d.dropPath(them, "out", "contact-letter_320500_310100_20260302_000001.csv"))
			d.unproved = true
			withParty(them, func(p *office.Party) {
				p.Open = func(context.Context) (drop.Drop, error) { return nil, errors.New("no route to host") }
			})(d.env)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDisk(t, newFileDisk(t))
			c.make(d)
			err := d.runAlone()
			if behind := errors.Is(err, courier.ErrBehind); behind != (c.sign != "") || behind && !strings.Contains(err.Error(), c.sign) {
				t.Errorf("a pass says %v", err)
			}
		})
	}
}

// write makes a file.
func (d *disk) write(name string) {
	d.tb.Helper()
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		d.tb.Fatal(err)
	}
}
