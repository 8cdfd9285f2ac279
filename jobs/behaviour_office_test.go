package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/jobs"
	"carryover/samples"
)

// The agency of the behaviour tests and those around it: the test itself
// plays its core, portal and bank, a partner and a second one.
const (
	us     = samples.OldPlace
	core   = us + "c"
	portal = us + "p"
	bank   = us + "b"
	them   = samples.NewPlace
	others = "440100"
)

// office is one agency with a real store and local drops. Everybody around it
// is played by the test: put leaves files in its drops, a pass works them, and
// what the pass leaves for others is read into got.
type office struct {
	tb       testing.TB
	env      *jobs.Env
	root     string
	now      time.Time
	sequence map[string]int   // last used, by sender and kind
	got      map[string][]any // records left for a party: "310100 contact-letter"
	files    []gotFile        // batches left for others, in order
	orders   []order          // transfers ordered from the bank and not told of yet
	balance  map[string]money.Fen
	refuse   map[string]string // by row of a posting: the core's reason to refuse it
	slow     bool              // the core answers nothing until told to
	unproved bool              // a difference is what the test is about
	messages int
}

type gotFile struct {
	party   string
	name    string
	content []byte
	header  batch.Header
	records []any
}

type order struct {
	file string // message id
	iso20022.Transfer
	debtor iso20022.Account
}

func newOffice(tb testing.TB, change ...func(*jobs.Env)) *office {
	tb.Helper()
	if t, ok := tb.(*testing.T); ok {
		t.Parallel()
	}
	o := &office{
		tb: tb, root: tb.TempDir(), now: time.Date(2026, 3, 2, 10, 0, 0, 0, china), sequence: map[string]int{}, got: map[string][]any{},
		balance: map[string]money.Fen{}, refuse: map[string]string{},
	}
	dsn := filepath.Join(o.root, "office.db")
	if err := os.WriteFile(dsn, emptyStore(), 0o600); err != nil {
		tb.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{DSN: dsn})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	o.env = &jobs.Env{
		Agency: agencyOf(us), Profiles: profiles(), Turns: exchange.Turns(), Calendar: publishedDays(tb),
		Partners: map[string]exchange.Partner{them: partnerOf(them, "2016"), others: partnerOf(others, "2016")},
		Rules:    jobs.Rules{HeldNights: 3, QueryWD: 5, Parallel: 1, AutomaticRelease: true},
		Store:    s, Spool: filepath.Join(o.root, "spool"), Reports: filepath.Join(o.root, "reports"), Lang: "zh",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	o.env.Now = func() time.Time { return o.now }
	o.party(core, jobs.RoleCore)
	o.party(portal, jobs.RolePortal)
	o.party(bank, jobs.RoleBank)
	o.party(them, jobs.RolePartner)
	o.party(others, jobs.RolePartner)
	for _, dir := range []string{o.env.Spool, o.env.Reports} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			tb.Fatal(err)
		}
	}
	for _, c := range change {
		c(o.env)
	}
	tb.Cleanup(o.prove)
	return o
}

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

// with changes what was agreed with a partner.
func with(partner string, change func(*exchange.Partner)) func(*jobs.Env) {
	return func(e *jobs.Env) {
		p := e.Partners[partner]
		change(&p)
		e.Partners[partner] = p
	}
}

// by2021 puts both partners on the profile of 2021.
func by2021(e *jobs.Env) {
	for _, code := range []string{them, others} {
		with(code, func(p *exchange.Partner) { p.Profile = "2021" })(e)
	}
}

// at changes how a party's drop is used.
func at(code string, change func(*jobs.Party)) func(*jobs.Env) {
	return func(e *jobs.Env) {
		for i := range e.Parties {
			if e.Parties[i].Code == code {
				change(&e.Parties[i])
			}
		}
	}
}

func (o *office) party(code string, role jobs.Role) {
	root := filepath.Join(o.root, code)
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		o.tb.Fatal(err)
	}
	o.env.Parties = append(o.env.Parties, jobs.Party{
		Code: code, Role: role, Name: code, After: jobs.AfterMove, InFlight: 1,
		Open: func(context.Context) (drop.Drop, error) { return drop.OpenLocal(root, drop.Paths{}, drop.Options{}) },
	})
}

// inDrop is where a file for us lies: folder "in", "in/done", "in/bad", or
// "out" for what we left.
func (o *office) inDrop(party, folder, name string) string {
	return filepath.Join(o.root, party, filepath.FromSlash(folder), name)
}

func (o *office) lies(party, folder, name string) bool {
	_, err := os.Stat(o.inDrop(party, folder, name))
	return err == nil
}

// put leaves records as the next batch of their kind and returns its name.
func (o *office) put(party, kind string, records ...any) string {
	o.tb.Helper()
	o.sequence[party+kind]++
	return o.putAs(party, kind, o.sequence[party+kind], "", records...)
}

func (o *office) putAs(party, kind string, sequence int, extent string, records ...any) string {
	o.tb.Helper()
	name, content := o.batch(party, kind, sequence, extent, records...)
	o.leave(party, name, content)
	return name
}

func (o *office) leave(party, name string, content []byte) {
	o.tb.Helper()
	path := o.inDrop(party, "in", name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		o.tb.Fatal(err)
	}
	if err := os.Chtimes(path, o.now, o.now); err != nil {
		o.tb.Fatal(err)
	}
}

// batch writes records as a CSV batch.
func (o *office) batch(party, kind string, sequence int, extent string, records ...any) (string, []byte) {
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
// answer. Its own faults fail the test.
func (o *office) pass() {
	o.tb.Helper()
	if err := o.try(); err != nil {
		o.tb.Fatalf("pass on %s: %v", calendar.DateOf(o.now), err)
	}
}

// try is pass for one that may fail.
func (o *office) try() error {
	o.tb.Helper()
	ctx := context.Background()
	o.env.Date = calendar.DateOf(o.now)
	_, pull := o.env.Pull(ctx)
	_, process := o.env.Process(ctx)
	_, remit := o.env.Remit(ctx)
	_, push := o.env.Push(ctx)
	o.collect()
	o.now = o.now.Add(30 * time.Minute)
	return errors.Join(pull, process, remit, push)
}

// night goes to the next day and makes a pass.
func (o *office) night() {
	o.tb.Helper()
	o.days(1)
	o.pass()
}

func (o *office) days(n int) {
	d := calendar.DateOf(o.now).AddDays(n)
	o.now = d.Time(china).Add(10 * time.Hour)
}

// collect takes what was left for others.
func (o *office) collect() {
	o.tb.Helper()
	for _, p := range o.env.Parties {
		dir := o.inDrop(p.Code, "out", "")
		list, err := os.ReadDir(dir)
		if err != nil {
			o.tb.Fatal(err)
		}
		for _, e := range list {
			if e.IsDir() {
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
				o.ordered(content)
				continue
			}
			o.read(p.Code, e.Name(), content)
		}
	}
}

func (o *office) read(party, name string, content []byte) {
	o.tb.Helper()
	r, err := batch.NewReader(bytes.NewReader(content), batchKinds, batch.Options{Name: name, Self: party, From: us})
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
		o.answer(f.records)
	}
}

// answer is the core's: it does what it is asked, unless refuse says otherwise.
func (o *office) answer(postings []any) {
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

// ordered is the bank's: it notes what it is to pay.
func (o *office) ordered(content []byte) {
	o.tb.Helper()
	_, faults, err := iso20022.ReadPayment(bytes.NewReader(content), iso20022.Limits{}, func(p *iso20022.Payment, t iso20022.Transfer) error {
		o.orders = append(o.orders, order{p.MsgID, t, p.Debtor})
		return nil
	})
	if err != nil || faults.Total > 0 {
		o.tb.Fatalf("payment file: %v %v", faults.List, err)
	}
}

// settle lets the bank debit everything that was ordered.
func (o *office) settle() {
	o.tb.Helper()
	var entries []iso20022.Entry
	for _, t := range o.orders {
		entries = append(entries, debitOf(t))
	}
	o.orders = nil
	o.booked(entries...)
}

func debitOf(t order) iso20022.Entry {
	return iso20022.Entry{
		Ref: "D-" + t.EndToEndID, Part: 1, Parts: 1, Amount: t.Amount, Status: iso20022.Booked, MsgID: t.file, EndToEndID: t.EndToEndID,
		Counterparty: t.Creditor, Text: t.Text,
	}
}

// returnOf is the credit by which a transfer comes back.
func returnOf(t order) iso20022.Entry {
	e := debitOf(t)
	e.Ref, e.Credit, e.Returned, e.ReturnCode, e.ReturnReason = "R-"+t.EndToEndID, true, true, "AC01", "账号不存在"
	return e
}

// comes is money from a partner.
func comes(ref string, amount money.Fen, text, endToEnd string) iso20022.Entry {
	p := samples.PlaceOf(them)
	return iso20022.Entry{
		Ref: ref, Part: 1, Parts: 1, Amount: amount, Credit: true, Status: iso20022.Booked, EndToEndID: endToEnd, Text: text,
		Counterparty: iso20022.Account{Name: p.AccountName, Number: p.AccountNo, Bank: p.BankName, CNAPS: p.CNAPS},
	}
}

// booked leaves a camt.054 with entries of our account.
func (o *office) booked(entries ...iso20022.Entry) string {
	o.tb.Helper()
	o.messages++
	id := fmt.Sprintf("%sN%06d", us, o.messages)
	own := receiving(us)
	var b bytes.Buffer
	w, err := iso20022.NewNotificationWriter(&b, iso20022.Statement{
		MsgID: id, Created: o.now, ID: id, Account: iso20022.Account{Name: own.Holder, Number: own.No, Bank: own.Bank, CNAPS: own.CNAPS},
	})
	for _, e := range entries {
		if e.Booked == 0 {
			e.Booked, e.Value = calendar.DateOf(o.now), calendar.DateOf(o.now)
		}
		if err == nil {
			err = w.Write(e)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	name := "camt054_" + id + ".xml"
	o.leave(bank, name, b.Bytes())
	return name
}

// status leaves a pain.002 about a payment order.
func (o *office) status(head iso20022.StatusReport, transfers ...iso20022.TransferStatus) {
	o.tb.Helper()
	o.messages++
	head.MsgID, head.Created, head.OriginalName = fmt.Sprintf("%sS%06d", us, o.messages), o.now, iso20022.PaymentName
	var b bytes.Buffer
	w, err := iso20022.NewStatusWriter(&b, head)
	for _, t := range transfers {
		if err == nil {
			err = w.Write(t)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		o.tb.Fatal(err)
	}
	o.leave(bank, "pain002_"+head.MsgID+".xml", b.Bytes())
}

// take returns what was left for a party of a kind since it was last asked.
func take[T any](o *office, party, kind string) (list []*T) {
	o.tb.Helper()
	key := party + " " + kind
	var rest []any
	for _, r := range o.got[key] {
		if rec, ok := r.(*T); ok {
			list = append(list, rec)
			continue
		}
		rest = append(rest, r)
	}
	o.got[key] = rest
	return list
}

// only is take for exactly one record.
func only[T any](o *office, party, kind string) *T {
	o.tb.Helper()
	list := take[T](o, party, kind)
	if len(list) != 1 {
		o.tb.Fatalf("%d records of %s for %s instead of 1", len(list), kind, party)
	}
	return list[0]
}

// receipts are the files of receipts left for a party, in order.
func (o *office) receipts(party string) (list []gotFile) {
	for _, f := range o.files {
		if f.party == party && f.header.Kind == formats.KindReceipt {
			list = append(list, f)
		}
	}
	return list
}

// verdicts are what the latest receipt about a file says: "accepted" for the
// file, then "no verdict code" for the records, in order.
func (o *office) verdicts(party, name string) (list []string) {
	for _, f := range o.receipts(party) {
		r := f.records[0].(*formats.Receipt)
		if r.File != name {
			continue
		}
		list = []string{strings.TrimSpace(string(r.Verdict) + " " + string(r.Code))}
		for _, rec := range f.records[1:] {
			v := rec.(*formats.ReceiptVerdict)
			list = append(list, strings.TrimSpace(v.RecordNo+" "+string(v.Verdict)+" "+v.Code))
		}
	}
	return list
}

// told checks what the latest receipt about a file says.
func (o *office) told(party, name string, want ...string) {
	o.tb.Helper()
	if got := o.verdicts(party, name); !slices.Equal(got, want) {
		o.tb.Errorf("receipt for %s\n got %q\nwant %q", name, got, want)
	}
}

// accept answers every batch left for a party so far with a receipt that accepts all.
func (o *office) accept(party string) {
	o.tb.Helper()
	var rest []gotFile
	for _, f := range o.files {
		if f.party != party || f.header.Kind == formats.KindReceipt {
			rest = append(rest, f)
			continue
		}
		o.receipt(f, "accepted", "")
		rest = append(rest, gotFile{})
	}
	o.files = slices.DeleteFunc(rest, func(f gotFile) bool { return f.name == "" })
}

// receipt answers a batch with one verdict for all its records.
func (o *office) receipt(f gotFile, verdict, why string) {
	o.tb.Helper()
	o.judge(f, func(*batch.Record) bool { return verdict == "accepted" }, why)
}

// refuseOne refuses one record of a batch and accepts the others.
func (o *office) refuseOne(f gotFile, recordNo string) {
	o.tb.Helper()
	o.judge(f, func(r *batch.Record) bool { return r.No() != recordNo }, "malformed")
}

func (o *office) judge(f gotFile, accepts func(*batch.Record) bool, why string) {
	o.tb.Helper()
	r, err := batch.NewReader(bytes.NewReader(f.content), batchKinds, batch.Options{})
	if err != nil {
		o.tb.Fatal(err)
	}
	rows, refused := []any{nil}, 0
	for r.Next() {
		rec := r.Record()
		v := &formats.ReceiptVerdict{Line: rec.Line, Row: rec.Row, RecordNo: rec.No(), Verdict: "accepted", Echo: rec.Echo()}
		if !accepts(rec) {
			v.Verdict, v.Code = "refused", why
			refused++
		}
		rows = append(rows, v)
	}
	res, err := r.Result()
	if err != nil {
		o.tb.Fatal(err)
	}
	head := &formats.Receipt{
		File: f.name, SHA256: res.Identity, Kind: f.header.Kind, Sequence: batch.Some(f.header.Sequence), Verdict: "accepted", Records: batch.Some(res.Records),
		Accepted: batch.Some(res.Records - refused), Held: batch.Some(0), Refused: batch.Some(refused), ReceivedOn: calendar.DateOf(o.now),
	}
	if refused > 0 {
		head.Verdict = "partly"
	}
	rows[0] = head
	o.put(f.party, formats.KindReceipt, rows...)
}

// latest is the last batch of a kind left for a party.
func (o *office) latest(party, kind string) gotFile {
	o.tb.Helper()
	for i := len(o.files) - 1; i >= 0; i-- {
		if o.files[i].party == party && o.files[i].header.Kind == kind {
			return o.files[i]
		}
	}
	o.tb.Fatalf("no %s was left for %s", kind, party)
	return gotFile{}
}

// prove is what holds after every test: the inputs of every file add up, both
// sides of the ledger close, the ledger and the journal stand.
func (o *office) prove() {
	o.tb.Helper()
	ctx := context.Background()
	err := o.env.Store.View(ctx, func(tx *store.Tx) error {
		files, err := tx.Files(store.FileFilter{Dir: exchange.In})
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.State == exchange.FileWorked && f.Records != f.Accepted+f.Held+f.Refused {
				o.tb.Errorf("%s: %d records, %d accepted, %d held, %d refused", f.Name, f.Records, f.Accepted, f.Held, f.Refused)
			}
			if f.State == exchange.FileFetched {
				o.tb.Errorf("%s was never worked to its end", f.Name)
			}
		}
		if faults, err := tx.LedgerFaults(); err != nil || len(faults) > 0 {
			o.tb.Errorf("ledger: %v %v", faults, err)
		}
		return o.proofs(tx)
	})
	if err != nil {
		o.tb.Error(err)
	}
	journal, err := o.env.Store.VerifyJournal(ctx, nil)
	if err != nil || !journal.OK() {
		o.tb.Errorf("journal: %+v %v", journal, err)
	}
}

func (o *office) proofs(tx *store.Tx) error {
	o.tb.Helper()
	b, err := tx.Balances("")
	if err != nil {
		return err
	}
	liquidated, err := tx.Liquidated()
	if err != nil {
		return err
	}
	announced, err := tx.Announced()
	if err != nil {
		return err
	}
	out, err := ledger.ProveOut(b, ledger.All, sum(liquidated))
	if err != nil {
		return err
	}
	in, err := ledger.ProveIn(b, ledger.All, sum(announced))
	if err != nil {
		return err
	}
	if (out.Difference != 0 || in.Difference != 0) && !o.unproved {
		o.tb.Errorf("the ledger does not close:\nout %+v\nin %+v\n%v", out, in, b)
	}
	if over := b.Overdrawn(); len(over) > 0 {
		o.tb.Errorf("accounts hold less than nothing: %v in %v", over, b)
	}
	return nil
}

func sum(m map[string]money.Fen) (total money.Fen) {
	for _, f := range m {
		total += f
	}
	return total
}

// caseBy finds the case of a person on a side.
func (o *office) caseBy(side exchange.Side, p samples.Person) exchange.Case {
	o.tb.Helper()
	all := o.casesBy(side, p)
	if len(all) != 1 {
		o.tb.Fatalf("%d cases of %s on the %s side instead of 1", len(all), p.IDNo, side)
	}
	return all[0]
}

func (o *office) casesBy(side exchange.Side, p samples.Person) (list []exchange.Case) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		return tx.EachCase(store.CaseFilter{Side: side}, func(c exchange.Case) error {
			if c.Person.IDNo == p.IDNo {
				list = append(list, c)
			}
			return nil
		})
	})
	return list
}

func (o *office) view(fn func(*store.Tx) error) {
	o.tb.Helper()
	if err := o.env.Store.View(context.Background(), fn); err != nil {
		o.tb.Fatal(err)
	}
}

// stands checks where a case stands: "answered/sent/settled", with the reason
// of a hold behind it.
func (o *office) stands(side exchange.Side, p samples.Person, want string) {
	o.tb.Helper()
	c := o.caseBy(side, p)
	got := fmt.Sprintf("%s/%s/%s", c.State, c.FormTrack, c.MoneyTrack)
	if c.State == exchange.Held {
		got += " " + string(c.Hold)
	}
	if got != want {
		o.tb.Errorf("case stands at %s (%s), want %s", got, c.HoldText, want)
	}
}

func (o *office) parts(c exchange.Case) (list []exchange.Remittance) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) (err error) {
		list, err = tx.RemittancesByCase(c.No)
		return err
	})
	return list
}

// open lists what stands open: "kind subject: ours / theirs".
func (o *office) open() (list []string) {
	o.tb.Helper()
	o.view(func(tx *store.Tx) error {
		all, err := tx.Differences(true)
		for _, d := range all {
			list = append(list, fmt.Sprintf("%s %s: %s / %s", d.Kind, d.Subject, d.Ours, d.Theirs))
		}
		return err
	})
	return list
}

func (o *office) quiet() {
	o.tb.Helper()
	if open := o.open(); len(open) > 0 {
		o.tb.Errorf("differences: %q", open)
	}
}
