package demo

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
func ends(t *testing.T) (agency, core *mailbox) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "drop")
	if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
		t.Fatal(err)
	}
	if err := makeOtherEnd(root); err != nil {
		t.Fatal(err)
	}
	core = newMailbox(suzhou+"c", suzhou, localDrop(root))
	agency = newMailbox(suzhou, suzhou+"c", func(context.Context) (drop.Drop, error) {
		return drop.OpenLocal(root, drop.Paths{}, drop.Options{})
	})
	t.Cleanup(func() { agency.close(); core.close() })
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
	if len(agency.waiting) != 1 {
		t.Fatal("no receipt is awaited")
	}
	if err := agency.receive(ctx, noon, nil); err != nil {
		t.Fatal(err)
	}
	if got != 3 || len(agency.waiting) != 0 || len(agency.told) != 1 || len(agency.refusals) != 1 {
		t.Fatalf("%d records, waiting %v, told %+v, refusals %+v", got, agency.waiting, agency.told, agency.refusals)
	}
	if r := agency.told[0]; r.Verdict != code.FilePartly || r.Accepted.Value != 2 || r.Refused.Value != 1 {
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
		if err := agency.put(ctx, b.name, b.content); err != nil {
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
