package outside

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/drop"
	"carryover/exchange/money"
	"carryover/formats/iso20022"
	"carryover/samples"
)

// The two agencies of the tests.
const (
	suzhou   = "320500"
	shanghai = "310100"
)

// pair are the banks of two agencies and the clearing between them.
type pair struct {
	banks    map[string]*Bank
	clearing *Clearing
}

// twoBanks are the banks of both agencies, each with a drop.
func twoBanks(t *testing.T) (pair, map[string]string) {
	t.Helper()
	dir := t.TempDir()
	w := pair{banks: map[string]*Bank{}, clearing: NewClearing()}
	roots := map[string]string{}
	for _, area := range []string{suzhou, shanghai} {
		root := filepath.Join(dir, area)
		if err := drop.MakeLocal(root, drop.Paths{}); err != nil {
			t.Fatal(err)
		}
		if err := MakeOtherEnd(root); err != nil {
			t.Fatal(err)
		}
		place := samples.PlaceOf(area)
		books, err := OpenBookFile(filepath.Join(dir, area+"b.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		b := NewBank(area+"b", place.BankName, place.CNAPS, w.clearing, books)
		b.Box = NewMailbox(area+"b", area, LocalDrop(root))
		t.Cleanup(func() { _ = b.Box.Close(); _ = books.Close() })
		b.Open(place.AccountNo, place.AccountName, true, 1_000_000)
		w.banks[area], roots[area] = b, root
	}
	return w, roots
}

// leave puts a payment order of suzhou into its bank's drop.
func leave(t *testing.T, root, id string, amount money.Fen, to string) {
	t.Helper()
	from, there := samples.PlaceOf(suzhou), samples.PlaceOf(shanghai)
	var b bytes.Buffer
	w, err := iso20022.NewPaymentWriter(&b, iso20022.Payment{
		MsgID: id, Created: noon, Initiator: from.Name, Execution: someday, Transfers: 1, Total: amount,
		Debtor: iso20022.Account{Name: from.AccountName, Number: from.AccountNo, Bank: from.BankName, CNAPS: from.CNAPS},
	})
	if err == nil {
		err = w.Write(iso20022.Transfer{EndToEndID: id + "-1-1", Amount: amount, Text: "text", Creditor: iso20022.Account{
			Name: there.AccountName, Number: to, Bank: there.BankName, CNAPS: there.CNAPS,
		}})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	put(t, root, "pain001_"+id+".xml", b.Bytes())
}

var noon = time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)

func put(t *testing.T, root, name string, content []byte) {
	t.Helper()
	d, err := drop.OpenLocal(root, drop.Paths{}, drop.Options{})
	if err == nil {
		defer d.Close()
		err = d.Put(context.Background(), drop.Out, name, bytes.NewReader(content), int64(len(content)), drop.PutOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// take reads what a bank has left for its agency.
func take(t *testing.T, root string) (answers []iso20022.StatusReport, entries []iso20022.Entry) {
	t.Helper()
	box := NewMailbox("x", "y", func(context.Context) (drop.Drop, error) { return drop.OpenLocal(root, drop.Paths{}, drop.Options{}) })
	defer box.Close()
	files, err := box.pickUp(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.name, "camt053") {
			heads, faults, err := iso20022.ReadStatement(bytes.NewReader(f.content), iso20022.Limits{}, func(*iso20022.Statement, iso20022.Entry) error { return nil })
			if err != nil || faults.Total > 0 || len(heads) != 1 || heads[0].Proves() != nil {
				t.Fatalf("%s: %+v %v %v", f.name, heads, faults.List, err)
			}
			continue
		}
		if strings.HasPrefix(f.name, "pain002") {
			head, _, err := iso20022.ReadStatus(bytes.NewReader(f.content), iso20022.Limits{}, func(*iso20022.StatusReport, iso20022.TransferStatus) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, head)
			continue
		}
		_, _, err := iso20022.ReadNotification(bytes.NewReader(f.content), iso20022.Limits{}, func(_ *iso20022.Statement, e iso20022.Entry) error {
			entries = append(entries, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return answers, entries
}

// bankDay is a morning and a night of both banks, and of the clearing.
func bankDay(t *testing.T, w pair, on calendar.Date) {
	t.Helper()
	for _, area := range slices.Sorted(maps.Keys(w.banks)) {
		if err := w.banks[area].Morning(context.Background(), noon); err != nil {
			t.Fatal(err)
		}
	}
	for _, area := range slices.Sorted(maps.Keys(w.banks)) {
		if err := w.banks[area].Night(on); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.clearing.Settle(on); err != nil {
		t.Fatal(err)
	}
}

func TestMoneyReachesTheOtherBank(t *testing.T) {
	w, roots := twoBanks(t)
	leave(t, roots[suzhou], "M1", 12_345, samples.PlaceOf(shanghai).AccountNo)
	bankDay(t, w, someday)
	if answers, _ := take(t, roots[suzhou]); len(answers) != 1 || answers[0].Verdict() != iso20022.CustomerOK {
		t.Fatalf("%+v", answers)
	}
	bankDay(t, w, someday+1)
	_, here := take(t, roots[suzhou])
	_, there := take(t, roots[shanghai])
	if len(here) != 1 || here[0].Credit || len(there) != 1 || !there[0].Credit || there[0].Amount != 12_345 || there[0].Text != "text" {
		t.Errorf("%+v\n%+v", here, there)
	}
}

func TestWrongAccountComesBack(t *testing.T) {
	w, roots := twoBanks(t)
	leave(t, roots[suzhou], "M1", 12_345, "999")
	for i := range calendar.Date(3) {
		bankDay(t, w, someday+i)
	}
	_, entries := take(t, roots[suzhou])
	if len(entries) != 2 || !entries[1].Returned || entries[1].ReturnCode != "AC01" || entries[1].EndToEndID != "M1-1-1" {
		t.Errorf("%+v", entries)
	}
	if got := w.banks[suzhou].Accounts[samples.PlaceOf(suzhou).AccountNo].Balance; got != 1_000_000 {
		t.Errorf("balance %s", got)
	}
}

func TestBankRejectsOrders(t *testing.T) {
	w, roots := twoBanks(t)
	account := samples.PlaceOf(shanghai).AccountNo
	leave(t, roots[suzhou], "M1", 600_000, account)
	leave(t, roots[suzhou], "M2", 600_000, account) // more than there is
	bankDay(t, w, someday)
	leave(t, roots[suzhou], "M1", 1, account) // the same number again
	bankDay(t, w, someday+1)
	answers, _ := take(t, roots[suzhou])
	var got []string
	for _, a := range answers {
		got = append(got, a.OriginalMsgID+" "+a.Verdict()+" "+a.Reason)
	}
	if strings.Join(got, ",") != "M1 ACCP ,M2 RJCT AM04,M1 RJCT DU01" {
		t.Errorf("%q", got)
	}
}
