package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
	"carryover/samples"
)

// TestSequencesAreWorkedAsTheySay runs every sequence of the examples through
// the real command, day by day, and compares the receipts with those expected.
func TestSequencesAreWorkedAsTheySay(t *testing.T) {
	list, err := samples.Sequences()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			w := newReceiver(t, s)
			for _, day := range daysOf(s) {
				w.work(day, s)
			}
		})
	}
}

func daysOf(s samples.Sequence) []calendar.Date {
	var days []calendar.Date
	for _, e := range s.Events {
		if !slices.Contains(days, e.Day) {
			days = append(days, e.Day)
		}
	}
	return days
}

// receiver is the agency that works the files of a sequence.
type receiver struct {
	t      *testing.T
	dir    string
	seen   map[string]bool   // receipts in the drop
	sha    map[string]string // digest of a file put, by its name in the examples
	answer map[string][]byte // the receipt that a file got, by its digest
}

func newReceiver(t *testing.T, s samples.Sequence) *receiver {
	t.Helper()
	dir := filepath.Join(t.TempDir(), samples.ConfigAgency)
	var settle time.Duration
	us, partner := samples.PlaceOf(samples.ConfigAgency), samples.PlaceOf(samples.ConfigPartner)
	account := func(p samples.Place) config.Account {
		return config.Account{Holder: p.AccountName, Bank: p.BankName, AccountNo: p.AccountNo, CNAPS: p.CNAPS, ValidFrom: 20200101}
	}
	signers, err := fs.ReadFile(samples.Files(), path.Join("sequences", s.Name, "allowed_signers"))
	sealed := exchange.SealSigned
	if errors.Is(err, fs.ErrNotExist) {
		sealed = exchange.SealOff
	} else if err != nil {
		t.Fatal(err)
	}
	_, open, err := config.Init(dir, config.InitOptions{Settings: config.Settings{
		Agency:   config.AgencySettings{Code: us.Area, Name: us.Name, Checker: "周建平"},
		Accounts: config.AccountSettings{Own: []config.Account{account(us)}, Payer: account(us), Release: config.ReleaseAutomatic},
		Partners: []config.PartnerSetting{{
			Code: partner.Area, Name: partner.Name, Profile: samples.ConfigProfile, Accounts: []config.Account{account(partner)},
			Drop: config.Drop{Local: "drops/" + partner.Area, Settle: &settle}, Seal: sealed,
		}},
	}})
	if err != nil || len(open) > 0 {
		t.Fatal(err, open)
	}
	writeFile(t, filepath.Join(dir, "keys", "partners", partner.Area+".allowed_signers"), string(signers))
	return &receiver{t: t, dir: dir, seen: map[string]bool{}, sha: map[string]string{}, answer: map[string][]byte{}}
}

func (w *receiver) drop(party, folder string) string {
	name := party
	switch party {
	case samples.ConfigAgency + "c":
		name = "core"
	case samples.ConfigAgency + "p":
		name = "portal"
	}
	return filepath.Join(w.dir, "drops", name, folder)
}

// work puts the files of a day, runs a pass, and compares what was told.
func (w *receiver) work(day calendar.Date, s samples.Sequence) {
	w.t.Helper()
	var want []string
	again := map[string]bool{}
	parties := map[string]bool{}
	for _, e := range s.Events {
		if e.Day != day {
			continue
		}
		parties[e.Party] = true
		switch e.What {
		case samples.Put:
			w.put(e)
		case samples.Again:
			again[w.sha[e.File]] = true
		case samples.Receipt:
			want = append(want, path.Base(e.File)+" "+w.sha[e.File]+" "+e.RecordNo+" "+e.Verdict+" "+e.Code)
		}
	}
	w.pass(day)
	var got []string
	for party := range parties {
		for _, receipt := range w.receipts(party) {
			lines, digest := w.read(receipt)
			if again[digest] {
				if !bytes.Equal(receipt, w.answer[digest]) {
					w.t.Errorf("%s: another receipt for the same file", day)
				}
				delete(again, digest)
				continue
			}
			w.answer[digest] = receipt
			got = append(got, lines...)
		}
	}
	sort.Strings(got)
	sort.Strings(want)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("%s: told otherwise (-want +got)\n%s", day, diff)
	}
	if len(again) > 0 {
		w.t.Errorf("%s: the first receipt did not come again", day)
	}
}

func (w *receiver) put(e samples.Event) {
	w.t.Helper()
	file, err := fs.ReadFile(samples.Files(), e.File)
	if err != nil {
		w.t.Fatal(err)
	}
	digest := sha256.Sum256(file)
	w.sha[e.File] = hex.EncodeToString(digest[:])
	if sig, err := fs.ReadFile(samples.Files(), e.File+seal.Suffix); err == nil {
		writeFile(w.t, filepath.Join(w.drop(e.Party, "in"), path.Base(e.File)+seal.Suffix), string(sig))
	}
	writeFile(w.t, filepath.Join(w.drop(e.Party, "in"), path.Base(e.File)), string(file))
}

// pass runs the agency in the evening of a day.
func (w *receiver) pass(day calendar.Date) {
	w.t.Helper()
	var out, errOut bytes.Buffer
	at := day.Time(time.FixedZone("", 8*60*60)).Add(20 * time.Hour)
	a := &app{out: &out, err: &errOut, now: func() time.Time { return at }}
	if exit := a.run(w.t.Context(), []string{"-c", filepath.Join(w.dir, "config.yaml"), "run"}); exit != exitDone && exit != exitPerson {
		w.t.Fatalf("run on %s: exit %d\n%s", day, exit, errOut.String())
	}
}

// receipts are the receipts in a drop that were not there before, or came
// again: the drop is emptied as a partner would.
func (w *receiver) receipts(party string) [][]byte {
	w.t.Helper()
	names, err := filepath.Glob(filepath.Join(w.drop(party, "out"), formats.KindReceipt+"_*"))
	if err != nil {
		w.t.Fatal(err)
	}
	var all [][]byte
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.Remove(name); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, content)
	}
	return all
}

// read returns what a receipt tells, a line for its R and each V, and the
// digest of the file it is about.
func (w *receiver) read(receipt []byte) (lines []string, digest string) {
	w.t.Helper()
	r, err := sheet.NewReader(bytes.NewReader(receipt), formats.Kinds(), batch.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	var about string
	for r.Next() {
		if !r.Record().OK() {
			w.t.Errorf("receipt: %+v", r.Record().Faults)
		}
		switch rec := r.Record().Value.(type) {
		case *formats.Receipt:
			about, digest = rec.File+" "+rec.SHA256+" ", rec.SHA256
			lines = append(lines, about+" "+string(rec.Verdict)+" "+string(rec.Code))
		case *formats.ReceiptVerdict:
			lines = append(lines, about+rec.RecordNo+" "+string(rec.Verdict)+" "+rec.Code)
		}
	}
	return lines, digest
}
