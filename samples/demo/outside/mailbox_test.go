package outside

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"carryover/exchange/code"
	"carryover/exchange/drop"
	"carryover/formats"
)

// ends are both ends of one drop: the agency's and its core's.
func ends(t *testing.T) (agency, core *Mailbox) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "drop")
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		t.Fatal(err)
	}
	if err := MakeOtherEnd(root); err != nil {
		t.Fatal(err)
	}
	core = NewMailbox(suzhou+"c", suzhou, LocalDrop(root))
	agency = NewMailbox(suzhou, suzhou+"c", func(context.Context) (drop.Drop, error) {
		return drop.OpenLocal(root, drop.Paths{}, drop.Options{})
	})
	t.Cleanup(func() { agency.Close(); core.Close() })
	return agency, core
}

func postings(n int) (list []any) {
	for i := range n {
		list = append(list, &formats.Posting{
			Row: code.PostingEnd, PostingNo: fmt.Sprintf("P32050020260316%06d", i+1), CaseNo: "T32050020260316000001", PersonalNo: "1", IDType: code.IDResident,
			IDNo: "11010519491231002X", Name: "某", Scheme: code.SchemeEmployee, Date: someday,
		})
	}
	return list
}

func TestEveryBatchIsReceipted(t *testing.T) {
	agency, core := ends(t)
	ctx := context.Background()
	if err := agency.send(ctx, noon, formats.KindPosting, "", postings(3)); err != nil {
		t.Fatal(err)
	}
	got := 0
	err := core.receive(ctx, noon, func(any) (verdict, error) {
		got++
		if got == 2 {
			return verdict{code.PersonDiffers, "no"}, nil
		}
		return verdict{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(agency.Unreceipted) != 1 {
		t.Fatal("no receipt is awaited")
	}
	if err := agency.receive(ctx, noon, nil); err != nil {
		t.Fatal(err)
	}
	if got != 3 || len(agency.Unreceipted) != 0 || len(agency.Receipts) != 1 || len(agency.Refusals) != 1 {
		t.Fatalf("%d records, waiting %v, told %+v, refusals %+v", got, agency.Unreceipted, agency.Receipts, agency.Refusals)
	}
	if r := agency.Receipts[0]; r.Verdict != code.FilePartly || r.Accepted.Value != 2 || r.Refused.Value != 1 {
		t.Errorf("%+v", r)
	}
}

func TestTheSameBatchGetsTheFirstReceiptAgain(t *testing.T) {
	agency, core := ends(t)
	ctx := context.Background()
	accept := func(any) (verdict, error) { return verdict{}, nil }
	b, err := agency.prepare(noon, formats.KindPosting, "", postings(1))
	if err != nil {
		t.Fatal(err)
	}
	var receipts [][]byte
	for range 2 {
		if err := agency.Put(ctx, b.Name, b.Content); err != nil {
			t.Fatal(err)
		}
		if err := core.receive(ctx, noon, accept); err != nil {
			t.Fatal(err)
		}
		files, err := agency.pickUp(ctx)
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		receipts = append(receipts, files[0].content)
	}
	if !bytes.Equal(receipts[0], receipts[1]) || core.sequence[formats.KindReceipt] != 1 {
		t.Error("the second receipt is another one")
	}
}
