package iso20022

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"carryover/exchange/drop/droptest"

	"carryover/exchange/money"
)

// The writer refuses what the schema or the head forbids.
func TestPaymentRefused(t *testing.T) {
	for what, change := range map[string]func(*Payment, []Transfer){
		"too few written":         func(p *Payment, _ []Transfer) { p.Transfers++ },
		"sum off by a fen":        func(p *Payment, _ []Transfer) { p.Total++ },
		"no transfers":            func(p *Payment, _ []Transfer) { p.Transfers = 0 },
		"message id too long":     func(p *Payment, _ []Transfer) { p.MsgID = strings.Repeat("1", 36) },
		"no debtor":               func(p *Payment, _ []Transfer) { p.Debtor = Account{} },
		"no execution date":       func(p *Payment, _ []Transfer) { p.Execution = 0 },
		"id empty":                func(_ *Payment, l []Transfer) { l[1].EndToEndID = "" },
		"id too long":             func(_ *Payment, l []Transfer) { l[1].EndToEndID = strings.Repeat("1", 36) },
		"id twice":                func(_ *Payment, l []Transfer) { l[1].EndToEndID = l[0].EndToEndID },
		"nothing to pay":          func(_ *Payment, l []Transfer) { l[1].Amount, l[0].Amount = 0, l[0].Amount+l[1].Amount },
		"negative":                func(_ *Payment, l []Transfer) { l[1].Amount, l[0].Amount = -1, l[0].Amount+l[1].Amount+1 },
		"control character":       func(_ *Payment, l []Transfer) { l[1].Text = "a\x00b" },
		"line break":              func(_ *Payment, l []Transfer) { l[1].Text = "a\nb" },
		"not UTF-8":               func(_ *Payment, l []Transfer) { l[1].Creditor.Name = "\xb2\xe2" },
		"name of 141":             func(_ *Payment, l []Transfer) { l[1].Creditor.Name = strings.Repeat("名", 141) },
		"account of 35":           func(_ *Payment, l []Transfer) { l[1].Creditor.Number = strings.Repeat("1", 35) },
		"bank number of 11":       func(_ *Payment, l []Transfer) { l[1].Creditor.CNAPS = "30129000000" },
		"bank number with letter": func(_ *Payment, l []Transfer) { l[1].Creditor.CNAPS = "30129000000X" },
		"no bank":                 func(_ *Payment, l []Transfer) { l[1].Creditor.CNAPS, l[1].Creditor.Bank = "", "" },
		"more than files hold":    func(_ *Payment, l []Transfer) { l[1].Amount = money.Max + 1 },
	} {
		head, list := payment(3)
		change(&head, list)
		if err := writeAll(io.Discard, head, list); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

// What nobody sees of a name does not reach the bank, which compares it with its own.
func TestHiddenCharactersAreNotWritten(t *testing.T) {
	head, list := payment(2)
	list[0].Creditor.Name, list[0].Text = "\u200b 王\u202e五\u2066", "1 2 王\u202e五"
	list[1].Creditor.Name = "\u200b"
	var b strings.Builder
	if err := writeAll(&b, head, list); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.ContainsAny(text, "\u200b\u202e\u2066") || !strings.Contains(text, "<Nm>王五</Nm>") || !strings.Contains(text, "1 2 王五<") || !strings.Contains(text, "<Nm>[U+200B]</Nm>") {
		t.Errorf("written %s", text)
	}
}

func writeAll(w io.Writer, head Payment, list []Transfer) error {
	p, err := NewPaymentWriter(w, head)
	if err != nil {
		return err
	}
	for _, one := range list {
		if err := p.Write(one); err != nil {
			return err
		}
	}
	return p.Close()
}

// A writer that failed stays failed.
func TestStaysFailed(t *testing.T) {
	head, list := payment(2)
	p, err := NewPaymentWriter(io.Discard, head)
	must(t, err)
	bad := list[0]
	bad.Text = ""
	first := p.Write(bad)
	if first == nil || !strings.Contains(first.Error(), bad.EndToEndID) {
		t.Fatal(first)
	}
	if p.Write(list[1]) == nil || p.Close() == nil {
		t.Error("goes on after an error")
	}
}

type full struct{ left int }

var errFull = errors.New("disk full")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// A disk that is full while writing is an error at the latest at Close.
func TestDiskFull(t *testing.T) {
	head, list := payment(500)
	for _, room := range []int{0, 40_000, 100_000} {
		if err := writeAll(&full{left: room}, head, list); !errors.Is(err, errFull) {
			t.Errorf("room for %d: %v", room, err)
		}
	}
}

// The statement's writer proves the day before it ends it.
func TestStatementRefused(t *testing.T) {
	head, list := statement()
	head.Closing.Amount++
	e, err := NewStatementWriter(io.Discard, head)
	must(t, err)
	for _, one := range list {
		must(t, e.WriteBatch(one))
	}
	if e.Close() == nil {
		t.Error("a statement that does not add up was written")
	}
	if _, err := NewStatementWriter(io.Discard, Statement{MsgID: "1", ID: "1", Created: noon}); err == nil {
		t.Error("balances without dates")
	}
	n, err := NewNotificationWriter(io.Discard, head)
	must(t, err)
	if n.WriteBatch([]Entry{{Credit: true, Amount: 1}, {Amount: 1}}) == nil {
		t.Error("credit and debit in one booking")
	}
}

// An overdrawn account keeps its sign.
func TestDebitBalance(t *testing.T) {
	head, _ := statement()
	head.Opening.Amount, head.Closing.Amount = -500, -700
	var b bytes.Buffer
	e, err := NewStatementWriter(&b, head)
	must(t, err)
	must(t, e.Write(Entry{Amount: 200, Status: Booked, Booked: day("2026-02-13")}))
	must(t, e.Close())
	heads, faults, err := ReadStatement(&b, Limits{}, func(*Statement, Entry) error { return nil })
	clean(t, faults, err)
	if heads[0].Opening.Amount != -500 || heads[0].Closing.Amount != -700 || heads[0].Booked != -200 {
		t.Error(heads)
	}
}

// Same arguments, same bytes: a payment file is named by its hash.
func TestSameBytes(t *testing.T) {
	if !bytes.Equal(writePayment(t, 50), writePayment(t, 50)) {
		t.Error("differ")
	}
}

// TestPaymentIsValid: the schema takes a payment order whatever characters
// names and texts hold, and one of 100,000 transfers.
func TestPaymentIsValid(t *testing.T) {
	head, list := payment(6)
	for i, name := range []string{"张三 & 李四 <共管户>", `"快"速'转'账 ]]>`, "𠮷野㛃𬀩", "葛\U000E0100城", "买买提·阿不都热合曼•艾山．吐尔逊", strings.Repeat("名", 140)} {
		list[i].Creditor.Name = name
		list[i].Text = RemittanceText(letterNo, idNo, name, 140, UTF8)
	}
	var rare bytes.Buffer
	must(t, writeAll(&rare, head, list))
	lint(t, PaymentName, rare.Bytes())
	at := 0
	_, faults, err := ReadPayment(&rare, Limits{}, func(_ *Payment, got Transfer) error {
		if got != list[at] {
			t.Errorf("read back %+v, written %+v", got, list[at])
		}
		at++
		return nil
	})
	clean(t, faults, err)

	if testing.Short() {
		return
	}
	head, list = payment(manyTransfers)
	file := filepath.Join(t.TempDir(), "many.xml")
	f, err := os.Create(file)
	must(t, err)
	must(t, writeAll(f, head, list))
	must(t, f.Close())
	out, err := exec.Command(droptest.Require(t, "xmllint"), "--noout", "--stream", "--schema", filepath.Join("testdata", "xsd", PaymentName+".xsd"), file).CombinedOutput()
	if err != nil {
		t.Errorf("%v: %.2000s", err, out)
	}
}
