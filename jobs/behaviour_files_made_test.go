package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/ledger"
	"carryover/exchange/money"
	"carryover/exchange/store"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/iso20022"
	"carryover/formats/sheet"
	"carryover/jobs"
	"carryover/samples"
)

// debitAll lets the bank debit everything that was ordered.
func (o *testOffice) debitAll() {
	o.tb.Helper()
	var entries []iso20022.Entry
	for _, t := range o.orders {
		entries = append(entries, debitEntry(t))
	}
	o.orders = nil
	o.leaveNotification(entries...)
}

func debitEntry(t order) iso20022.Entry {
	return iso20022.Entry{
		Ref: "D-" + t.EndToEndID, Part: 1, Parts: 1, Amount: t.Amount, Status: iso20022.Booked, MsgID: t.file, EndToEndID: t.EndToEndID,
		Counterparty: t.Creditor, Text: t.Text,
	}
}

// returnEntry is the credit by which a transfer comes back.
func returnEntry(t order) iso20022.Entry {
	e := debitEntry(t)
	e.Ref, e.Credit, e.Returned, e.ReturnCode, e.ReturnReason = "R-"+t.EndToEndID, true, true, "AC01", "账号不存在"
	return e
}

// creditEntry is money from a partner.
func creditEntry(ref string, amount money.Fen, text, endToEnd string) iso20022.Entry {
	p := samples.PlaceOf(them)
	return iso20022.Entry{
		Ref: ref, Part: 1, Parts: 1, Amount: amount, Credit: true, Status: iso20022.Booked, EndToEndID: endToEnd, Text: text,
		Counterparty: iso20022.Account{Name: p.AccountName, Number: p.AccountNo, Bank: p.BankName, CNAPS: p.CNAPS},
	}
}

// leaveNotification leaves a camt.054 with entries of our account.
func (o *testOffice) leaveNotification(entries ...iso20022.Entry) string {
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
	o.leaveFile(bank, name, b.Bytes())
	return name
}

// leaveStatusReport leaves a pain.002 about a payment order.
func (o *testOffice) leaveStatusReport(head iso20022.StatusReport, transfers ...iso20022.TransferStatus) {
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
	o.leaveFile(bank, "pain002_"+head.MsgID+".xml", b.Bytes())
}

// take returns what was left for a party of a kind since it was last asked.
func take[T any](o *testOffice, party, kind string) (list []*T) {
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

// requireOne is take for exactly one record.
func requireOne[T any](o *testOffice, party, kind string) *T {
	o.tb.Helper()
	list := take[T](o, party, kind)
	if len(list) != 1 {
		o.tb.Fatalf("%d records of %s for %s instead of 1", len(list), kind, party)
	}
	return list[0]
}

// receipts are the files of receipts left for a party, in order.
func (o *testOffice) receipts(party string) (list []gotFile) {
	for _, f := range o.files {
		if f.party == party && f.header.Kind == formats.KindReceipt {
			list = append(list, f)
		}
	}
	return list
}

// verdicts are what the latest receipt about a file says: "accepted" for the
// file, then "no verdict code" for the records, in order.
func (o *testOffice) verdicts(party, name string) (list []string) {
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

// requireReceipt checks what the latest receipt about a file says.
func (o *testOffice) requireReceipt(party, name string, want ...string) {
	o.tb.Helper()
	if got := o.verdicts(party, name); !slices.Equal(got, want) {
		o.tb.Errorf("receipt for %s\n got %q\nwant %q", name, got, want)
	}
}

// acceptAll answers every batch left for a party so far with a receipt that accepts all.
func (o *testOffice) acceptAll(party string) {
	o.tb.Helper()
	var rest []gotFile
	for _, f := range o.files {
		if f.party != party || f.header.Kind == formats.KindReceipt {
			rest = append(rest, f)
			continue
		}
		o.leaveReceipt(f, "accepted", "")
		rest = append(rest, gotFile{})
	}
	o.files = slices.DeleteFunc(rest, func(f gotFile) bool { return f.name == "" })
}

// leaveReceipt answers a batch with one verdict for all its records.
func (o *testOffice) leaveReceipt(f gotFile, verdict, why string) {
	o.tb.Helper()
	o.leaveVerdicts(f, func(*batch.Record) bool { return verdict == "accepted" }, why)
}

// refuseRecord refuses one record of a batch and accepts the others.
func (o *testOffice) refuseRecord(f gotFile, recordNo string) {
	o.tb.Helper()
	o.leaveVerdicts(f, func(r *batch.Record) bool { return r.No() != recordNo }, "malformed")
}

func (o *testOffice) leaveVerdicts(f gotFile, accepts func(*batch.Record) bool, why string) {
	o.tb.Helper()
	r, err := sheet.NewReader(bytes.NewReader(f.content), batchKinds, batch.Options{})
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
func (o *testOffice) latest(party, kind string) gotFile {
	o.tb.Helper()
	for i := len(o.files) - 1; i >= 0; i-- {
		if o.files[i].party == party && o.files[i].header.Kind == kind {
			return o.files[i]
		}
	}
	o.tb.Fatalf("no %s was left for %s", kind, party)
	return gotFile{}
}

// requireProofs is what holds after every test: the inputs of every file add up, both
// sides of the ledger close, the ledger and the journal stand.
func (o *testOffice) requireProofs() {
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
		differences, err := tx.Differences(false)
		if err != nil {
			return err
		}
		for _, x := range differences {
			if words := jobs.Untold(x); len(words) > 0 {
				o.tb.Errorf("a difference, as staff read it: %q", words)
			}
		}
		return o.requireLedgerProof(tx)
	})
	if err != nil {
		o.tb.Error(err)
	}
	journal, err := o.env.Store.VerifyJournal(ctx, nil)
	if err != nil || !journal.OK() {
		o.tb.Errorf("journal: %+v %v", journal, err)
	}
}

func (o *testOffice) requireLedgerProof(tx *store.Tx) error {
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
	confirmed, err := tx.Confirmed()
	if err != nil {
		return err
	}
	out, err := ledger.ProveOut(b, ledger.All, sum(liquidated), sum(confirmed))
	if err != nil {
		return err
	}
	credited, err := tx.Credited()
	if err != nil {
		return err
	}
	received, err := tx.BankReceived()
	if err != nil {
		return err
	}
	in, err := ledger.ProveAllIn(b, sum(announced), sum(credited), received)
	if err != nil {
		return err
	}
	if (out.Difference != 0 || in.Difference != 0) && !o.unproved {
		o.tb.Errorf("the ledger does not close:\nout %+v\nin %+v\n%v", out, in, b)
	}
	if over := b.Overdrawn(); len(over) > 0 && !o.unproved {
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
func (o *testOffice) caseBy(side exchange.Side, p samples.Person) exchange.Case {
	o.tb.Helper()
	all := o.casesBy(side, p)
	if len(all) != 1 {
		o.tb.Fatalf("%d cases of %s on the %s side instead of 1", len(all), p.IDNo, side)
	}
	return all[0]
}

func (o *testOffice) casesBy(side exchange.Side, p samples.Person) (list []exchange.Case) {
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

func (o *testOffice) view(fn func(*store.Tx) error) {
	o.tb.Helper()
	if err := o.env.Store.View(context.Background(), fn); err != nil {
		o.tb.Fatal(err)
	}
}

// requireState checks where a case stands: "answered/sent/settled", with the
// reason of a hold behind it.
func (o *testOffice) requireState(side exchange.Side, p samples.Person, want string) {
	o.tb.Helper()
	c := o.caseBy(side, p)
	if got := standing(c); got != want {
		o.tb.Errorf("case stands at %s (%s), want %s", got, c.HoldText, want)
	}
}

// standing is a case's state and tracks, with the reason of a hold.
func standing(c exchange.Case) string {
	s := fmt.Sprintf("%s/%s/%s", c.State, c.FormTrack, c.MoneyTrack)
	if c.State == exchange.Held {
		s += " " + string(c.Hold)
	}
	return s
}

// openDifferences lists what stands open: "kind subject: ours / theirs".
func (o *testOffice) openDifferences() (list []string) {
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

func (o *testOffice) requireNoDifferences() {
	o.tb.Helper()
	if open := o.openDifferences(); len(open) > 0 {
		o.tb.Errorf("differences: %q", open)
	}
}
