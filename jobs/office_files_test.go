package jobs_test

import (
	"bytes"
	"slices"
	"strings"

	"carryover/exchange/calendar"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

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

// requireOne is take for exactly one record; any other number fails the test.
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

// verdictText is what the receipts about a file say in words about its records.
func (o *testOffice) verdictText(party, name string) (text string) {
	for _, f := range o.receipts(party) {
		if f.records[0].(*formats.Receipt).File != name {
			continue
		}
		for _, rec := range f.records[1:] {
			text += rec.(*formats.ReceiptVerdict).Text
		}
	}
	return text
}

// acceptAll answers every batch left for a party so far with a receipt that
// accepts all.
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

// leaveVerdicts answers a batch with a receipt that refuses, for why, what is not
// accepted.
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
