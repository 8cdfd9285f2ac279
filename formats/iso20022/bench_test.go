package iso20022

import (
	"encoding/xml"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// The same order as structs for encoding/xml: the yardstick.
type (
	xmlAccount struct {
		ID string `xml:"Id>Othr>Id"`
	}
	xmlAgent struct {
		System string `xml:"FinInstnId>ClrSysMmbId>ClrSysId>Cd"`
		Member string `xml:"FinInstnId>ClrSysMmbId>MmbId"`
		Name   string `xml:"FinInstnId>Nm"`
	}
	xmlAmount struct {
		Currency string `xml:"Ccy,attr"`
		Value    string `xml:",chardata"`
	}
	xmlTransfer struct {
		XMLName  xml.Name   `xml:"CdtTrfTxInf"`
		ID       string     `xml:"PmtId>EndToEndId"`
		Amount   xmlAmount  `xml:"Amt>InstdAmt"`
		Agent    xmlAgent   `xml:"CdtrAgt"`
		Creditor string     `xml:"Cdtr>Nm"`
		Account  xmlAccount `xml:"CdtrAcct"`
		Text     string     `xml:"RmtInf>Ustrd"`
	}
)

const manyTransfers = 100_000

// BenchmarkPayment compares 100,000 transfers by the writer with the same
// ones by encoding/xml.
func BenchmarkPayment(b *testing.B) {
	head, list := payment(manyTransfers)
	b.Run("encoding/xml", func(b *testing.B) {
		for b.Loop() {
			enc := xml.NewEncoder(io.Discard)
			for _, t := range list {
				must(b, enc.Encode(xmlTransfer{
					ID: t.EndToEndID, Amount: xmlAmount{currency, t.Amount.String()},
					Agent:    xmlAgent{clearingSystem, t.Creditor.CNAPS, t.Creditor.Bank},
					Creditor: t.Creditor.Name, Account: xmlAccount{t.Creditor.Number}, Text: t.Text,
				}))
			}
			must(b, enc.Close())
		}
		b.ReportMetric(float64(b.N)*manyTransfers/b.Elapsed().Seconds(), "transfers/s")
	})
	b.Run("writer", func(b *testing.B) {
		for b.Loop() {
			must(b, writeAll(io.Discard, head, list))
		}
		b.ReportMetric(float64(b.N)*manyTransfers/b.Elapsed().Seconds(), "transfers/s")
	})
}

// BenchmarkReadNotification reads 100,000 credits.
func BenchmarkReadNotification(b *testing.B) {
	for b.Loop() {
		r, w := io.Pipe()
		go func() { w.CloseWithError(manyCredits(w)) }()
		n, faults, err := readAny(NotificationName, r, Limits{})
		if n != manyTransfers || faults.Total > 0 || err != nil {
			b.Fatal(n, faults.List, err)
		}
	}
	b.ReportMetric(float64(b.N)*manyTransfers/b.Elapsed().Seconds(), "entries/s")
}

func manyCredits(w io.Writer) error {
	head, list := statement()
	e, err := NewNotificationWriter(w, head)
	if err != nil {
		return err
	}
	for i := range manyTransfers {
		one := list[0][0]
		one.Ref = fmt.Sprint(i)
		if err := e.Write(one); err != nil {
			return err
		}
	}
	return e.Close()
}

// The writer's and the reader's memory do not grow with the file beyond what
// tells transfers apart: 100,000 transfers stay under 128 MiB with room.
func TestFlatMemory(t *testing.T) {
	head, _ := payment(1)
	one := head.Total
	head.Transfers, head.Total = manyTransfers, one*manyTransfers
	r, w := io.Pipe()
	go func() { w.CloseWithError(manySame(w, head)) }()
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	_, faults, err := readAny(PaymentName, r, Limits{})
	clean(t, faults, err)
	runtime.ReadMemStats(&now)
	if grown := int64(now.HeapSys) - int64(before.HeapSys); grown > 64<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	}
}

func manySame(w io.Writer, head Payment) error {
	_, list := payment(1)
	p, err := NewPaymentWriter(w, head)
	if err != nil {
		return err
	}
	for i := range head.Transfers {
		one := list[0]
		one.EndToEndID = fmt.Sprintf("310100202602%08d-1-1", i)
		if err := p.Write(one); err != nil {
			return err
		}
	}
	return p.Close()
}
