package iso20022

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carryover/exchange/money"
)

var small = Limits{Bytes: 1 << 20, Token: 4 << 10, Records: 1000}

// fuzzReader feeds a reader with the good message and hostile variants of
// it: it must neither panic nor fail, and place every fault.
func fuzzReader(f *testing.F, name string) {
	message := good(f)[name]
	f.Add(message)
	f.Add(message[:len(message)/2])
	f.Add(bytes.ReplaceAll(message, []byte("CNY"), []byte("USD")))
	f.Add(bytes.Replace(message, []byte("<Document"), []byte("<!DOCTYPE a><Document"), 1))
	f.Fuzz(func(t *testing.T, in []byte) {
		_, faults, err := readAny(name, bytes.NewReader(in), small)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range faults.List {
			if one.Line < 1 || one.Column < 1 || one.Code == "" || one.Text == "" {
				t.Errorf("%+v", one)
			}
		}
	})
}

func FuzzReadPayment(f *testing.F)      { fuzzReader(f, PaymentName) }
func FuzzReadStatus(f *testing.F)       { fuzzReader(f, StatusName) }
func FuzzReadNotification(f *testing.F) { fuzzReader(f, NotificationName) }
func FuzzReadStatement(f *testing.F)    { fuzzReader(f, StatementName) }

func FuzzParseRemittance(f *testing.F) {
	f.Add(letterNo + " " + idNo + " 张三")
	f.Add("Ｆ" + letterNo + idNo)
	f.Fuzz(func(t *testing.T, text string) {
		letter, id := ParseRemittance(text)
		if (letter != "" && len(letter) != letterDigits) || (id != "" && len(id) != idDigits) {
			t.Errorf("%q: %q %q", text, letter, id)
		}
	})
}

// An order of any transfers reads back as it was, and an order that was
// read without a fault is written as the same again.
func TestPaymentProperty(t *testing.T) {
	text := rapid.StringMatching(`[\p{Han}A-Za-z0-9&<>"'·.-]{1,30}`)
	rapid.Check(t, func(t *rapid.T) {
		head, list := payment(rapid.IntRange(1, 8).Draw(t, "transfers"))
		head.Total = 0
		for i := range list {
			list[i].Amount = money.Fen(rapid.Int64Range(1, 99_999_999).Draw(t, "fen"))
			list[i].Creditor.Name = text.Draw(t, "name")
			list[i].Text = text.Draw(t, "text")
			head.Total += list[i].Amount
		}
		var b bytes.Buffer
		if err := writeAll(&b, head, list); err != nil {
			t.Fatal(err)
		}
		var got []Transfer
		again, faults, err := ReadPayment(&b, Limits{}, func(_ *Payment, one Transfer) error {
			got = append(got, one)
			return nil
		})
		if err != nil || faults.Total > 0 {
			t.Fatal(err, faults.List)
		}
		if d := cmp.Diff(head, again) + cmp.Diff(list, got); d != "" {
			t.Fatal(d)
		}
	})
}
