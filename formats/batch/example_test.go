package batch_test

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"carryover/exchange/money"
	"carryover/formats/batch"
)

// Refund is a record of a kind of one's own: the columns of its row are data,
// and reading, checking and writing follow from them.
type Refund struct {
	No     string
	Name   string
	Amount money.Fen
}

func refunds() *batch.Kind {
	return &batch.Kind{
		Name: "refund", Title: batch.Words{ZH: "退费", EN: "refund"},
		Senders: []batch.Role{batch.Agency}, Receivers: []batch.Role{batch.Core},
		Rows: []*batch.Row{batch.Layout[Refund]{
			Type: "F", Title: batch.Words{ZH: "退费", EN: "refund"},
			Columns: []batch.Column[Refund]{
				batch.Number("refund_no", "退费编号", 32, batch.Required, func(r *Refund) *string { return &r.No }),
				batch.Text("name", "姓名", 60, batch.Required, func(r *Refund) *string { return &r.Name }),
				batch.Money("amount", "金额", func(r *Refund) *money.Fen { return &r.Amount }),
			},
			No: []string{"refund_no"}, Key: []string{"refund_no"}, Sum: []string{"amount"},
		}.Row()},
	}
}

// A batch is written, and read record by record. Whether it stands as a whole
// is known at its end.
func ExampleReader() {
	header := batch.Header{
		Sender: "310100", Receiver: "310100c", Sequence: 17, Created: time.Date(2026, 3, 2, 8, 30, 0, 0, time.FixedZone("", 8*60*60)),
	}
	var file bytes.Buffer
	w, err := batch.NewWriter(&file, refunds(), header, batch.UTF8)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range []Refund{{"R-1", "王建国", 12_050}, {"R-2", "买买提·阿不都热合曼", 100}} {
		if err := w.Write(&r); err != nil {
			fmt.Println(err)
			return
		}
	}
	var invalid *batch.Invalid
	fmt.Println(errors.As(w.Write(&Refund{No: "R-3"}), &invalid)) // no name: refused, the batch goes on
	if _, err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	r, err := batch.NewReader(&file, []*batch.Kind{refunds()}, batch.Options{Self: "310100c", Repeats: true})
	if err != nil { // of reading; a bad file is a Result with faults
		fmt.Println(err)
		return
	}
	fmt.Println(r.Header().FileName(batch.CSV))
	for r.Next() {
		rec := r.Record()
		if rec.OK() {
			fmt.Println(rec.Line, rec.No(), rec.Value.(*Refund).Name, rec.Amount())
		}
	}
	result, err := r.Result()
	fmt.Println(result.Verdict, result.Records, result.Total, err)
	// Output:
	// true
	// refund_310100_310100c_20260302_000017.csv
	// 2 R-1 王建国 120.50
	// 3 R-2 买买提·阿不都热合曼 1.00
	// accepted 2 121.50 <nil>
}

// Every fault of a file is told, with its line, its field and what exactly.
func ExampleFault() {
	file := "H,refund,1,310100,310100c,18,2026-03-02T08:30:00+08:00,\nF,r-1,王建国,12.5\nT,2,0.00,\n"
	r, err := batch.NewReader(bytes.NewReader([]byte(file)), []*batch.Kind{refunds()}, batch.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for r.Next() {
		for _, f := range r.Record().Faults {
			fmt.Println(f.Line, f.Field, f.Code, f.Text)
		}
	}
	result, _ := r.Result()
	for _, f := range result.Faults {
		fmt.Println(f.Line, f.Field, f.Code)
	}
	// Output:
	// 2 refund_no malformed 只能用大写字母、数字和连字符 / capital letters, digits and hyphens only
	// 2 amount amount 金额应写作 1234.50 / write amounts like 1234.50
	// 3 rows count
	// 3 digest wrong-envelope
}
