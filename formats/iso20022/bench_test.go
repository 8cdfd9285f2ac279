package iso20022

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"
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

	xmlOrder struct {
		XMLName   xml.Name      `xml:"PmtInf"`
		Transfers []xmlTransfer `xml:"CdtTrfTxInf"`
	}
)

func xmlOf(t Transfer) xmlTransfer {
	return xmlTransfer{
		ID: t.EndToEndID, Amount: xmlAmount{currency, t.Amount.String()},
		Agent:    xmlAgent{clearingSystem, t.Creditor.CNAPS, t.Creditor.Bank},
		Creditor: t.Creditor.Name, Account: xmlAccount{t.Creditor.Number}, Text: t.Text,
	}
}

// byEncodingXML are the ways to have encoding/xml write the transfers.
var byEncodingXML = map[string]func(w io.Writer, list []Transfer) error{
	"transfer by transfer": func(w io.Writer, list []Transfer) error {
		enc := xml.NewEncoder(w)
		for _, t := range list {
			if err := enc.Encode(xmlOf(t)); err != nil {
				return err
			}
		}
		return enc.Close()
	},
	"transfer by transfer, buffered": func(w io.Writer, list []Transfer) error {
		out := bufio.NewWriterSize(w, flushAt)
		enc := xml.NewEncoder(out)
		for i := range list {
			one := xmlOf(list[i])
			if err := enc.EncodeElement(&one, xml.StartElement{Name: xml.Name{Local: "CdtTrfTxInf"}}); err != nil {
				return err
			}
		}
		return errors.Join(enc.Close(), out.Flush())
	},
	"the whole list at once": func(w io.Writer, list []Transfer) error {
		order := xmlOrder{Transfers: make([]xmlTransfer, len(list))}
		for i, t := range list {
			order.Transfers[i] = xmlOf(t)
		}
		text, err := xml.Marshal(order)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	},
}

const manyTransfers = 100_000

// BenchmarkPayment compares 100,000 transfers by the writer with the same ones
// by the fastest of the ways of encoding/xml. The target is a ratio of 0.5.
func BenchmarkPayment(b *testing.B) {
	head, list := payment(manyTransfers)
	rate := func(write func(io.Writer) error) float64 {
		start := time.Now()
		must(b, write(io.Discard))
		return manyTransfers / time.Since(start).Seconds()
	}
	for b.Loop() {
		fastest := 0.0
		for name, write := range byEncodingXML {
			r := rate(func(w io.Writer) error { return write(w, list) })
			b.Logf("encoding/xml, %s: %.0f transfers/s", name, r)
			fastest = max(fastest, r)
		}
		mine := rate(func(w io.Writer) error { return writeAll(w, head, list) })
		b.ReportMetric(mine, "transfers/s")
		b.ReportMetric(mine/fastest, "ratio")
	}
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
