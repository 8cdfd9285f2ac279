package iso20022

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is written is valid against the schemas, by another program.
func TestSchema(t *testing.T) {
	lint(t, PaymentName, writePayment(t, 3))
	lint(t, StatusName, writeStatus(t))
	lint(t, NotificationName, writeNotification(t))
	lint(t, StatementName, writeStatement(t))
}

// Heads without anything optional are valid too.
func TestSchemaLeast(t *testing.T) {
	var b bytes.Buffer
	s, err := NewStatusWriter(&b, StatusReport{MsgID: "S", Created: noon, OriginalMsgID: "P", OriginalName: PaymentName, Status: Rejected, ListStatus: Rejected})
	must(t, err)
	must(t, s.Close())
	lint(t, StatusName, b.Bytes())

	b.Reset()
	n, err := NewNotificationWriter(&b, Statement{MsgID: "N", Created: noon, ID: "1", Account: Account{Number: "62"}})
	must(t, err)
	must(t, n.Write(Entry{Amount: 1, Status: Booked, Booked: day("2026-01-05")}))
	must(t, n.Close())
	lint(t, NotificationName, b.Bytes())
	head, entries := readNotification(t, b.Bytes())
	if len(head) != 1 || len(entries) != 1 || entries[0].Amount != 1 || entries[0].Parts != 1 {
		t.Fatal(head, entries)
	}
}

func TestPaymentRoundTrip(t *testing.T) {
	want, list := payment(3)
	var got []Transfer
	head, faults, err := ReadPayment(bytes.NewReader(writePayment(t, 3)), Limits{}, func(h *Payment, one Transfer) error {
		if h.MsgID != want.MsgID || h.Debtor != want.Debtor {
			t.Errorf("head not complete: %+v", h)
		}
		got = append(got, one)
		return nil
	})
	clean(t, faults, err)
	same(t, head, want)
	same(t, got, list)
}

func TestStatusRoundTrip(t *testing.T) {
	want, list := statusReport()
	var got []TransferStatus
	head, faults, err := ReadStatus(bytes.NewReader(writeStatus(t)), Limits{}, func(_ *StatusReport, one TransferStatus) error {
		got = append(got, one)
		return nil
	})
	clean(t, faults, err)
	same(t, head, want)
	same(t, got, list)
}

func readNotification(t *testing.T, message []byte) ([]Statement, []Entry) {
	t.Helper()
	var got []Entry
	heads, faults, err := ReadNotification(bytes.NewReader(message), Limits{}, func(_ *Statement, one Entry) error {
		got = append(got, one)
		return nil
	})
	clean(t, faults, err)
	return heads, got
}

func TestNotificationRoundTrip(t *testing.T) {
	head, batches := statement()
	head.Opening, head.Closing = Balance{}, Balance{}
	head.Entries, head.Booked = 4, 100_050+30_003
	heads, got := readNotification(t, writeNotification(t))
	same(t, heads, []Statement{head})
	same(t, got, flatten(batches))
}

func TestStatementRoundTrip(t *testing.T) {
	head, batches := statement()
	head.Entries, head.Booked, head.From = 4, 100_050+30_003, day("2026-02-13")
	var got []Entry
	heads, faults, err := ReadStatement(bytes.NewReader(writeStatement(t)), Limits{}, func(_ *Statement, one Entry) error {
		got = append(got, one)
		return nil
	})
	clean(t, faults, err)
	same(t, heads, []Statement{head})
	same(t, got, flatten(batches))
	must(t, heads[0].Proves())
}

func TestName(t *testing.T) {
	for want, message := range map[string][]byte{
		PaymentName: writePayment(t, 1), StatusName: writeStatus(t),
		NotificationName: writeNotification(t), StatementName: writeStatement(t),
		"": []byte("H,contact-letter,1"),
	} {
		name, faults, err := Name(bytes.NewReader(message))
		if name != want || err != nil || (faults.Total == 0) == (want == "") {
			t.Errorf("got %q %v %v, want %q", name, faults.List, err, want)
		}
	}
}

func flatten(batches [][]Entry) (all []Entry) {
	for _, b := range batches {
		all = append(all, b...)
	}
	return all
}

func clean(t *testing.T, faults Faults, err error) {
	t.Helper()
	if err != nil || faults.Total != 0 {
		t.Fatalf("%v %v", err, faults.List)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
