package jobs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
	"carryover/samples"
)

// outside is everything around the two agencies of a world: cores, portals
// and banks. It acts between passes, knows nothing but the files in its drops,
// and keeps all it knows in one JSON file of the world's folder, so that a
// world can be copied and played on from there.
type outside struct {
	root string // the world's folder
	tb   testing.TB

	People       []mover
	Sequence     map[string]int                      // last number used, by party and kind
	Registry     map[string]*formats.RegistryRecord  // by agency and personal_no
	Answers      map[string]formats.PostingResult    // by posting_no
	Booked       []string                            // what cores and banks booked, in order
	Untold       map[string][]iso20022.Entry         // by agency: booked, to be told next time
	Certificates map[string]string                   // certificate_no by ID number
	Receipts     map[string][]formats.ReceiptVerdict // refused records, by party
	Turns        int                                 // so far
	Applied      bool
	Moved        int // files taken and left in the last turn
}

// mover is somebody who wants to be carried over.
type mover struct {
	samples.Person
	From, To string
	NewNo    string // personal_no at the new place
	Active   bool   // still participates at the old place, and is therefore declined
}

var batchKinds = formats.Kinds()

func outsideFile(root string) string { return filepath.Join(root, "outside.json") }

func readOutside(tb testing.TB, root string) *outside {
	tb.Helper()
	o := &outside{root: root, tb: tb}
	text, err := os.ReadFile(outsideFile(root))
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(text, o); err != nil {
		tb.Fatal(err)
	}
	return o
}

func (o *outside) save() {
	text, err := json.MarshalIndent(o, "", " ")
	if err == nil {
		err = os.WriteFile(outsideFile(o.root), text, 0o600)
	}
	if err != nil {
		o.tb.Fatal(err)
	}
}

// newOutside settles two people at each old place: one who moves with a
// balance, and one who still participates there and is therefore declined.
func newOutside(tb testing.TB, root string, oldPlaces ...string) *outside {
	o := &outside{
		root: root, tb: tb, Sequence: map[string]int{}, Registry: map[string]*formats.RegistryRecord{}, Answers: map[string]formats.PostingResult{},
		Untold: map[string][]iso20022.Entry{}, Certificates: map[string]string{}, Receipts: map[string][]formats.ReceiptVerdict{},
	}
	for i, from := range oldPlaces {
		to := newCode
		if from == newCode {
			to = oldCode
		}
		list := movers(from, to, i*samplesApart)
		for _, p := range list {
			o.enrol(p)
		}
		o.People = append(o.People, list...)
	}
	return o
}

// samplesApart keeps the people of two old places distinct.
const samplesApart = 3_000_000

// movers are two people with a balance who stopped some months ago.
func movers(from, to string, index int) (list []mover) {
	population := samples.NewPopulation(7, from, firstDay)
	for ; len(list) < 2; index++ {
		p := population.At(index)
		if p.Principal > 100_000 && p.IDType == code.IDResident && p.Scheme == code.SchemeEmployee && p.StoppedOn.Month() < firstDay.Month().Add(-4) {
			list = append(list, mover{p, from, to, fmt.Sprintf("%s9%08d", to, index+1), len(list) == 1})
		}
	}
	return list
}

// enrol enters a person where they were and where they are.
func (o *outside) enrol(p mover) {
	old := formats.RegistryRecord{
		PersonalNo: p.PersonalNo, Person: personBlock(p), Household: p.Household, Scheme: p.Scheme, Status: code.RegistryStopped, StoppedOn: p.StoppedOn,
		AccountOpened: p.AccountOpened, Principal: p.Principal, Interest: p.Interest,
	}
	for _, s := range p.Stays {
		old.Stays = append(old.Stays, formats.Stay{Area: s.Area, Scheme: s.Scheme, From: s.From, To: s.To, Months: s.Months(), Kind: s.Kind})
	}
	if p.Active {
		old.Status, old.StoppedOn = code.RegistryActive, 0
	}
	from, to := p.StoppedOn.Month().Add(1), firstDay.Month().Add(-1)
	here := formats.RegistryRecord{
		PersonalNo: p.NewNo, Person: personBlock(p), Household: p.Household, Scheme: p.Scheme, Status: code.RegistryActive, AccountOpened: from, Principal: 25_200,
		Stays: []formats.Stay{{Area: p.To, Scheme: p.Scheme, From: from, To: to, Months: to.Sub(from) + 1, Kind: code.StayActual}},
	}
	for agency, r := range map[string]*formats.RegistryRecord{p.From: &old, p.To: &here} {
		r.FirstMonth, r.PaidTo = r.Stays[0].From, r.Stays[len(r.Stays)-1].To
		o.Registry[agency+" "+r.PersonalNo] = r
	}
}

// personBlock is a mover's block of a record.
func personBlock(p mover) formats.Person {
	return formats.Person{IDType: p.IDType, IDNo: p.IDNo, Name: p.Name, Sex: p.Sex, BirthDate: p.Birth, Phone: p.Phone}
}

// turn lets everybody outside act once: banks tell what they booked, all take
// what is in their drops, and what the people of the story do is sent.
func (o *outside) turn(at time.Time) {
	o.Moved = 0
	for _, agency := range []string{oldCode, newCode} {
		o.tell(agency, at)
		for _, role := range []string{"core", "portal", "bank"} {
			o.visit(agency, role, at)
		}
	}
	o.story(at)
	o.Turns++
	o.save()
}

// story is what people and clerks do: registries first, then certificates are
// asked for, then everybody applies at the new place.
func (o *outside) story(at time.Time) {
	on := calendar.DateOf(at)
	switch {
	case o.Turns == 0:
		o.registries(at)
	case o.Turns == 1:
		for i, p := range o.People {
			if !p.Active {
				o.send(p.From, "portal", at, formats.KindCertificateRequest, "", &formats.CertificateRequest{
					RequestNo: fmt.Sprintf("%s-G%d", p.From, i), RequestedOn: on, Reason: code.ReasonFirst, Applicant: code.ByPerson,
					PersonalNo: p.PersonalNo, Person: personBlock(p),
				})
			}
		}
	case !o.Applied && 2*len(o.Certificates) == len(o.People):
		o.Applied = true
		for _, to := range []string{oldCode, newCode} {
			o.apply(to, at)
		}
	}
}

// registries hands out both registries whole.
func (o *outside) registries(at time.Time) {
	for _, agency := range []string{oldCode, newCode} {
		var records []any
		for _, key := range slices.Sorted(maps.Keys(o.Registry)) {
			if strings.HasPrefix(key, agency+" ") {
				r := *o.Registry[key]
				r.AsOf = calendar.DateOf(at)
				records = append(records, &r)
			}
		}
		o.send(agency, "core", at, formats.KindRegistry, code.ExtentFull, records...)
	}
}

// apply lodges the applications of everybody who came to a place.
func (o *outside) apply(to string, at time.Time) {
	var records []any
	for i, p := range o.People {
		if p.To == to {
			records = append(records, &formats.Application{
				ApplicationNo: fmt.Sprintf("%s-A%d", to, i), Version: 1, LodgedAt: code.LodgedNew, AppliedOn: calendar.DateOf(at), Applicant: code.ByPerson,
				Person: personBlock(p), Household: p.Household, SchemeFrom: p.Scheme, SchemeTo: p.Scheme, FromAgency: p.From, ToAgency: to,
				OldPersonalNo: p.PersonalNo, CertificateNo: o.Certificates[p.IDNo], EnrolledFrom: p.StoppedOn.Month().Add(1), Materials: "id",
			})
		}
	}
	if len(records) > 0 {
		o.send(to, "portal", at, formats.KindApplication, "", records...)
	}
}

// visit takes every file that an agency left for one of its own parties.
func (o *outside) visit(agency, role string, at time.Time) {
	dir := filepath.Join(o.root, agency, "drops", role, "out")
	names, err := os.ReadDir(dir)
	if err != nil {
		o.tb.Fatal(err)
	}
	for _, e := range names {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err == nil {
			err = os.Rename(filepath.Join(dir, e.Name()), filepath.Join(dir, "done", e.Name()))
		}
		if err != nil {
			o.tb.Fatal(err)
		}
		o.Moved++
		if role == "bank" {
			o.order(agency, content, at)
			continue
		}
		o.batch(agency, role, e.Name(), content, at)
	}
}

// batch works one batch for a core or a portal and answers it.
func (o *outside) batch(agency, role, name string, content []byte, at time.Time) {
	self := agency + role[:1]
	r, err := sheet.NewReader(bytes.NewReader(content), batchKinds, batch.Options{Name: name, Self: self, From: agency})
	if err != nil {
		o.tb.Fatal(err)
	}
	var verdicts, results []any
	for r.Next() {
		rec := r.Record()
		if !rec.OK() {
			o.tb.Fatalf("%s: record %d: %v", name, rec.Ordinal, rec.Faults)
		}
		switch v := rec.Value.(type) {
		case *formats.ReceiptVerdict:
			if v.Verdict == code.Refused {
				o.Receipts[self] = append(o.Receipts[self], *v)
			}
			continue
		case *formats.Receipt:
			continue
		case *formats.Certificate:
			o.Certificates[v.Person.IDNo] = v.CertificateNo
		case *formats.Posting:
			results = append(results, o.post(agency, v, calendar.DateOf(at)))
		}
		verdicts = append(verdicts, &formats.ReceiptVerdict{Line: rec.Line, Row: rec.Row, RecordNo: rec.No(), Verdict: code.Accepted, Echo: rec.Echo()})
	}
	res, err := r.Result()
	if err != nil || res.Verdict != code.FileAccepted {
		o.tb.Fatalf("%s: %v %v %v", name, res.Verdict, res.Faults, err)
	}
	h := r.Header()
	if h.Kind == formats.KindReceipt {
		return
	}
	o.send(agency, role, at, formats.KindReceipt, "", append([]any{&formats.Receipt{
		File: name, SHA256: res.Identity, Kind: h.Kind, Sequence: batch.Some(h.Sequence), Verdict: code.FileAccepted, Records: batch.Some(len(verdicts)),
		Accepted: batch.Some(len(verdicts)), Held: batch.Some(0), Refused: batch.Some(0), ReceivedOn: calendar.DateOf(at),
	}}, verdicts...)...)
	if len(results) > 0 {
		o.send(agency, role, at, formats.KindPostingResult, "", results...)
	}
}

// post books a posting; the same posting_no gets the same answer, and every
// other one is booked, so that a posting sent twice shows in the books.
func (o *outside) post(agency string, p *formats.Posting, on calendar.Date) *formats.PostingResult {
	if known, ok := o.Answers[p.PostingNo]; ok {
		return &known
	}
	r := formats.PostingResult{PostingNo: p.PostingNo, CaseNo: p.CaseNo, Row: p.Row, Result: code.ResultDone, DoneOn: on, Echo: p.Echo}
	m := o.Registry[agency+" "+p.PersonalNo]
	switch p.Row {
	case code.PostingEnd:
		m.Status = code.RegistryEnded
	case code.PostingDebit:
		r.Principal, r.Interest = batch.Some(m.Principal), batch.Some(m.Interest)
		r.Amount, r.BalanceAfter = batch.Some(m.Principal+m.Interest), batch.Some(money.Fen(0))
		m.Principal, m.Interest = 0, 0
	case code.PostingCredit:
		m.Principal += p.Amount.Value
		r.Amount, r.BalanceAfter = p.Amount, batch.Some(m.Principal+m.Interest)
	case code.PostingMonths:
		months := 0
		for _, s := range p.Stays {
			months += s.Months
		}
		r.Months = batch.Some(months)
	}
	o.Answers[p.PostingNo] = r
	o.Booked = append(o.Booked, fmt.Sprintf("core %s %s %s %s %s %d %s %d", agency, p.PostingNo, p.Row, p.PersonalNo, p.FormNo, p.FormVersion.Value, r.Amount.Value, r.Months.Value))
	return &r
}

// send leaves records as the next batch of their kind.
func (o *outside) send(agency, role string, at time.Time, kind string, extent code.Extent, records ...any) {
	self := agency + role[:1]
	o.Sequence[self+" "+kind]++
	h := batch.Header{Kind: kind, Sender: self, Receiver: agency, Sequence: o.Sequence[self+" "+kind], Created: at, Extent: extent}
	var out bytes.Buffer
	w, err := batch.NewWriter(&out, batch.Find(batchKinds, kind), h, batch.UTF8)
	for _, rec := range records {
		if err == nil {
			err = w.Write(rec)
		}
	}
	if err == nil {
		_, err = w.Close()
	}
	if err != nil {
		o.tb.Fatalf("%s %s: %v", self, kind, err)
	}
	o.put(agency, role, h.FileName(batch.CSV), out.Bytes())
}

// put leaves a file for an agency; it appears whole.
func (o *outside) put(agency, role, name string, content []byte) {
	dir := filepath.Join(o.root, agency, "drops", role, "in")
	temp := filepath.Join(dir, "."+name)
	err := os.WriteFile(temp, content, 0o600)
	if err == nil {
		err = os.Rename(temp, filepath.Join(dir, name))
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.Moved++
}

// idle reports whether nothing outside is under way.
func (o *outside) idle() bool { return o.Applied && o.Moved == 0 && len(o.Untold) == 0 }
