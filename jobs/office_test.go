package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/money"
	"carryover/exchange/seal"
	"carryover/exchange/spool"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
	"carryover/jobs"
	"carryover/jobs/office"
	"carryover/samples"
)

// The agency of the tests with one agency, and the parties around it: the test
// itself plays its core, portal and bank, a partner and a second one.
const (
	us     = samples.OldPlace
	core   = us + "c"
	portal = us + "p"
	bank   = us + "b"
	them   = samples.NewPlace
	others = "440100"
)

// testOffice is one agency with a real store and local drops. Everybody around it
// is played by the test: put leaves files in its drops, a pass works them, and
// what the pass leaves for others is read into got.
type testOffice struct {
	counting    bool // what the store is asked; set by whoever counts
	tb          testing.TB
	env         *jobs.Env
	root        string
	now         time.Time
	sequence    map[string]int    // last used, by sender and kind
	got         map[string][]any  // records left for a party: "310100 contact-letter"
	files       []gotFile         // batches left for others, in order
	orders      []order           // transfers ordered from the bank and not debited yet
	books       [][]byte          // payment lists left for the bank
	corrections map[string][]byte // corrections workbooks left for others, by name
	balance     map[string]money.Fen
	refuse      map[string]string // by row of a posting: the core's reason to refuse it
	slow        bool              // the core answers nothing until told to
	unproved    bool              // a difference is what the test is about
	forged      bool              // somebody changed the journal
	messages    int
	queryKey    *seal.Key        // with which partners sign their queries; nil: they do not
	booked      []iso20022.Entry // what the bank told of and has not stated yet
	stated      money.Fen        // the closing balance of its last statement
	cost        cost             // of everything so far
}

type gotFile struct {
	party   string
	name    string
	content []byte
	header  batch.Header
	records []any
}

// newOffice founds the agency, changed as told; it runs beside other tests, and
// when its test ends requireProofs holds.
func newOffice(tb testing.TB, change ...func(*jobs.Env)) *testOffice {
	tb.Helper()
	if t, ok := tb.(*testing.T); ok {
		t.Parallel()
	}
	dsn := filepath.Join(tb.TempDir(), "office.db")
	if err := os.WriteFile(dsn, emptyStore(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return newOfficeOn(tb, dsn, change...)
}

// newOfficeOn is newOffice with a store that is migrated already.
func newOfficeOn(tb testing.TB, dsn string, change ...func(*jobs.Env)) *testOffice {
	tb.Helper()
	o := &testOffice{
		tb: tb, root: tb.TempDir(), now: time.Date(2026, 3, 2, 10, 0, 0, 0, china), sequence: map[string]int{}, got: map[string][]any{},
		balance: map[string]money.Fen{}, refuse: map[string]string{}, corrections: map[string][]byte{},
	}
	s, err := store.Open(context.Background(), store.Options{DSN: dsn, Counted: o.cost.add})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	o.env = &jobs.Env{Office: &office.Office{
		Agency: agencyOf(us), Profiles: profiles(), Turns: exchange.Turns(), Calendar: publishedDays(tb),
		Partners: map[string]exchange.Partner{them: partnerOf(them, "2016"), others: partnerOf(others, "2016")},
		Rules:    office.Rules{HeldNights: 3, QueryWD: 5, Parallel: 1, AutomaticRelease: true},
		Store:    s, Spool: openSpool(tb, s, us, filepath.Join(o.root, "spool")), Reports: filepath.Join(o.root, "reports"), Lang: "zh",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
	o.env.Now = func() time.Time { return o.now }
	known := newSealKey(tb)
	o.queryKey = known
	o.env.PartnerSigners = func(partner string) (*seal.Signers, error) {
		return seal.ParseSigners([]byte(config.SealLine(partner, known.Public()) + "\n"))
	}
	o.party(core, office.RoleCore)
	o.party(portal, office.RolePortal)
	o.party(bank, office.RoleBank)
	o.party(them, office.RolePartner)
	o.party(others, office.RolePartner)
	if err := os.MkdirAll(o.env.Reports, 0o700); err != nil {
		tb.Fatal(err)
	}
	for _, c := range change {
		c(o.env)
	}
	tb.Cleanup(o.requireProofs)
	return o
}

// placed is a spool, and the folder that it has.
type placed struct {
	spool.Spool
	dir string
}

// openSpool opens the spool of a store in a folder, which it makes.
func openSpool(tb testing.TB, s *store.Store, agency, dir string) spool.Spool {
	tb.Helper()
	err := os.MkdirAll(dir, 0o700)
	if err != nil {
		tb.Fatal(err)
	}
	of, err := spool.Open(context.Background(), s, spool.Owner{Agency: agency}, dir)
	if err != nil {
		tb.Fatal(err)
	}
	return placed{of, dir}
}

// spoolFolder is the folder of an office's spool.
func spoolFolder(e *jobs.Env) string { return e.Spool.(placed).dir }

// emptyStore is a store as Migrate leaves it, made once for all tests.
var emptyStore = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "office-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	dsn := filepath.Join(dir, "empty.db")
	s, err := store.Open(context.Background(), store.Options{DSN: dsn})
	if err == nil {
		err = errors.Join(s.Migrate(context.Background()), s.Close())
	}
	if err != nil {
		panic(err)
	}
	content, err := os.ReadFile(dsn)
	if err != nil {
		panic(err)
	}
	return content
})

var china = time.FixedZone("CST", 8*3600)

func agencyOf(area string) exchange.Agency {
	p := samples.PlaceOf(area)
	account := receiving(area)
	return exchange.Agency{
		Code: area, Name: p.Name, Address: p.Address, PostCode: p.PostCode, Contact: p.Contact, Phone: p.Phone, Accounts: []exchange.Account{account},
		Payer: account, Clerk: "系统自动办理", Checker: "周建平", Zone: china, RemarkMax: 60,
	}
}

// receiving is the account of an area's agency.
func receiving(area string) exchange.Account {
	p := samples.PlaceOf(area)
	return exchange.Account{Holder: p.AccountName, Bank: p.BankName, No: p.AccountNo, CNAPS: p.CNAPS, ValidFrom: 20200101}
}

func partnerOf(area, profile string) exchange.Partner {
	return exchange.Partner{
		Code: area, Name: samples.PlaceOf(area).Name, Profile: profile, Settlement: exchange.SettleRemitted, Accounts: []exchange.Account{receiving(area)},
	}
}

func profiles() map[string]exchange.Profile {
	return map[string]exchange.Profile{
		"2016": {
			Name: "2016", LetterWD: 15, AnswerWD: 15, CloseWD: 15, CountFromNextDay: true, Arrears: exchange.ArrearsInform,
			NoCertificate: exchange.NoCertAccept, Retirees: true, NotFoundWD: 5,
		},
		"2021": {
			Name: "2021", LetterWD: 1, AnswerWD: 10, MonthsWD: 5, AccountWD: 5, CountFromNextDay: true, Arrears: exchange.ArrearsInform,
			NoCertificate: exchange.NoCertAccept, NotFoundWD: 5,
		},
	}
}

// withPartner changes what was agreed with a partner.
func withPartner(partner string, change func(*exchange.Partner)) func(*jobs.Env) {
	return func(e *jobs.Env) {
		p := e.Partners[partner]
		change(&p)
		e.Partners[partner] = p
	}
}

// by2021 puts both partners on the profile of 2021.
func by2021(e *jobs.Env) {
	for _, code := range []string{them, others} {
		withPartner(code, func(p *exchange.Partner) { p.Profile = "2021" })(e)
	}
}

// withParty changes how a party's drop is used.
func withParty(code string, change func(*office.Party)) func(*jobs.Env) {
	return func(e *jobs.Env) {
		for i := range e.Parties {
			if e.Parties[i].Code == code {
				change(&e.Parties[i])
			}
		}
	}
}

// party adds a party with a local drop.
func (o *testOffice) party(code string, role office.Role) {
	root := filepath.Join(o.root, code)
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		o.tb.Fatal(err)
	}
	o.env.Parties = append(o.env.Parties, office.Party{
		Code: code, Role: role, Name: code, After: office.AfterMove, InFlight: 1,
		Open: func(context.Context) (drop.Drop, error) { return drop.OpenLocal(root, drop.Paths{}, drop.Options{}) },
	})
}

// dropPath is where a file for us lies: folder "in", "in/done", "in/bad", or
// "out" for what we left.
func (o *testOffice) dropPath(party, folder, name string) string {
	return filepath.Join(o.root, party, filepath.FromSlash(folder), name)
}

// hasFile reports whether a file lies in a folder of a drop.
func (o *testOffice) hasFile(party, folder, name string) bool {
	_, err := os.Stat(o.dropPath(party, folder, name))
	return err == nil
}

// put leaves records as the next batch of their kind and returns its name.
func (o *testOffice) put(party, kind string, records ...any) string {
	o.tb.Helper()
	o.sequence[party+kind]++
	return o.putAs(party, kind, o.sequence[party+kind], "", records...)
}

// putAs is put under a sequence of its own choice; any extent makes a registry full.
func (o *testOffice) putAs(party, kind string, sequence int, extent string, records ...any) string {
	o.tb.Helper()
	name, content := o.batch(party, kind, sequence, extent, records...)
	if kind == formats.KindQuery && o.env.Partners[party].Code != "" && o.queryKey != nil {
		sig, err := o.queryKey.Sign(bytes.NewReader(content), seal.NamespaceBatch)
		if err != nil {
			o.tb.Fatal(err)
		}
		o.leaveFile(party, name+seal.Suffix, sig)
	}
	o.leaveFile(party, name, content)
	return name
}

// leaveFile leaves a file for us in a drop, written now.
func (o *testOffice) leaveFile(party, name string, content []byte) {
	o.tb.Helper()
	path := o.dropPath(party, "in", name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		o.tb.Fatal(err)
	}
	if err := os.Chtimes(path, o.now, o.now); err != nil {
		o.tb.Fatal(err)
	}
}

// batch writes records as a CSV batch.
func (o *testOffice) batch(party, kind string, sequence int, extent string, records ...any) (string, []byte) {
	o.tb.Helper()
	h := batch.Header{Kind: kind, Sender: party, Receiver: us, Sequence: sequence, Created: o.now, Profile: o.env.Partners[party].Profile}
	if kind == formats.KindRegistry {
		h.Extent = "delta"
		if extent != "" {
			h.Extent = "full"
		}
	}
	var b bytes.Buffer
	w, err := batch.NewWriter(&b, batch.Find(batchKinds, kind), h, batch.UTF8)
	for _, r := range records {
		if err == nil {
			err = w.Write(r)
		}
	}
	if err == nil {
		_, err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	return h.FileName(batch.CSV), b.Bytes()
}

// pass makes one pass and lets everybody outside read and, if they are cores,
// answer. A pass that fails fails the test.
func (o *testOffice) pass() {
	o.tb.Helper()
	if err := o.tryPass(); err != nil {
		o.tb.Fatalf("pass on %s: %v", calendar.DateOf(o.now), err)
	}
	if o.counting {
		return // looking costs statements, too
	}
	if err := overlooked(o.env.Office); err != nil {
		o.tb.Errorf("after the pass of %s: %v", o.env.Date, err)
	}
}

// tryPass is pass for one that may fail.
func (o *testOffice) tryPass() error {
	o.tb.Helper()
	return o.stepByStep(func(_ string, run func()) { run() })
}

// passInSteps is pass with something around each step.
func (o *testOffice) passInSteps(what string, around func(step string, run func())) {
	o.tb.Helper()
	if err := o.stepByStep(around); err != nil {
		o.tb.Fatalf("%s: %v", what, err)
	}
}

func (o *testOffice) stepByStep(around func(step string, run func())) error {
	o.env.Date = calendar.DateOf(o.now)
	var errs []error
	for _, s := range []struct {
		name string
		do   func(context.Context) (office.Counts, error)
	}{{"pull", o.env.Pull}, {"process", o.env.Process}, {"remit", o.env.Remit}, {"push", o.env.Push}} {
		around(s.name, func() {
			_, err := s.do(context.Background())
			errs = append(errs, err)
		})
	}
	o.collect()
	o.now = o.now.Add(30 * time.Minute)
	return errors.Join(errs...)
}

// nextNight goes to the next day and makes a pass.
func (o *testOffice) nextNight() {
	o.tb.Helper()
	o.skipDays(1)
	o.pass()
}

// nights goes n days on, with a pass on each.
func (o *testOffice) nights(n int) {
	o.tb.Helper()
	for range n {
		o.nextNight()
	}
}

// skipDays goes n days on without a pass.
func (o *testOffice) skipDays(n int) {
	d := calendar.DateOf(o.now).AddDays(n)
	o.now = d.Time(china).Add(10 * time.Hour)
}

// collect takes what was left for others.
func (o *testOffice) collect() {
	o.tb.Helper()
	for _, p := range o.env.Parties {
		if p.Role == office.RoleOfficer || p.Role == office.RoleAudit {
			continue // what lies there stays until the test says so
		}
		dir := o.dropPath(p.Code, "out", "")
		list, err := os.ReadDir(dir)
		if err != nil {
			o.tb.Fatal(err)
		}
		for _, e := range list {
			if e.IsDir() || strings.HasSuffix(e.Name(), seal.Suffix) {
				continue
			}
			content, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err == nil {
				err = os.Remove(filepath.Join(dir, e.Name()))
			}
			if err != nil {
				o.tb.Fatal(err)
			}
			if strings.HasSuffix(e.Name(), ".xml") {
				o.noteOrders(content)
				continue
			}
			if strings.HasPrefix(e.Name(), "restored_") { // for people
				continue
			}
			if strings.Contains(e.Name(), ".answer") {
				o.corrections[e.Name()] = content
				continue
			}
			if p.Code == bank {
				o.notePaymentList(content)
				continue
			}
			o.readBatch(p.Code, e.Name(), content)
		}
	}
}

// readBatch is whoever a batch of ours is for: it must be without faults, and its
// records are noted in got. A core answers postings at once unless it is slow.
func (o *testOffice) readBatch(party, name string, content []byte) {
	o.tb.Helper()
	r, err := sheet.NewReader(bytes.NewReader(content), batchKinds, batch.Options{Name: name, Self: party, From: us})
	if err != nil {
		o.tb.Fatal(err)
	}
	f := gotFile{party: party, name: name, content: content}
	for r.Next() {
		if !r.Record().OK() {
			o.tb.Errorf("%s: we sent a faulty record: %v", name, r.Record().Faults)
		}
		f.records = append(f.records, r.Record().Value)
	}
	if res, err := r.Result(); err != nil || res.Verdict != "accepted" {
		o.tb.Errorf("%s: we sent a faulty file: %v %v", name, res.Faults, err)
	}
	f.header = r.Header()
	o.files = append(o.files, f)
	key := party + " " + f.header.Kind
	o.got[key] = append(o.got[key], f.records...)
	if f.header.Kind == formats.KindPosting && !o.slow {
		o.answerPostings(f.records)
	}
}

// answerPostings is the core: it does what it is asked, unless refuse says
// otherwise.
func (o *testOffice) answerPostings(postings []any) {
	o.tb.Helper()
	var results []any
	for _, rec := range postings {
		p := rec.(*formats.Posting)
		r := &formats.PostingResult{PostingNo: p.PostingNo, CaseNo: p.CaseNo, Row: p.Row, Result: "done", DoneOn: calendar.DateOf(o.now), Echo: p.Echo}
		if reason := o.refuse[string(p.Row)]; reason != "" {
			r.Result, r.Code = "refused", reason
			results = append(results, r)
			continue
		}
		switch p.Row {
		case "B":
			r.Principal, r.Interest, r.Amount = batch.Some(o.balance[p.PersonalNo]), batch.Some[money.Fen](0), batch.Some(o.balance[p.PersonalNo])
			o.balance[p.PersonalNo] = 0
		case "N":
			r.Amount = p.Amount
		case "Y":
			n := 0
			for _, s := range p.Stays {
				n += s.Months
			}
			r.Months = batch.Some(n)
		}
		results = append(results, r)
	}
	o.put(core, formats.KindPostingResult, results...)
}
