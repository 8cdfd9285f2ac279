package formats

import (
	"slices"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/formats/batch"
)

// Receipt is the verdict on one file (R). The V rows behind it are the
// verdicts on that file's records.
type Receipt struct {
	File       string
	SHA256     string // of the plain CSV batch, lower-case hex
	Kind       string
	Sequence   batch.Maybe[int]
	Verdict    code.FileVerdict
	Code       code.Fault
	Text       string
	Records    batch.Maybe[int]
	Accepted   batch.Maybe[int]
	Held       batch.Maybe[int]
	Refused    batch.Maybe[int]
	NextRun    calendar.Date // when what was held is looked at again
	ReceivedOn calendar.Date // day 0 of the limits; none when rejected
}

// ReceiptVerdict is the verdict on one record (V); every further fault of
// the record is another V with the same record_no.
type ReceiptVerdict struct {
	Line     int // of the faulty row
	Row      string
	RecordNo string // of the record, also when a detail row is faulty
	Verdict  code.Verdict
	Code     string // a fault, hold or decline code
	Field    string
	Text     string
	Echo     string
}

func receiptKind() *batch.Kind {
	return &batch.Kind{
		Name:      KindReceipt,
		Title:     batch.Words{ZH: "回执", EN: "receipt"},
		Flow:      batch.Words{ZH: "收方 → 发方", EN: "receiver → sender"},
		Senders:   []batch.Role{batch.Agency, batch.Core, batch.Portal, batch.Bank},
		Receivers: []batch.Role{batch.Agency, batch.Core, batch.Portal, batch.Bank},
		Rows:      []*batch.Row{receiptRow(), verdictRow()},
		First:     "R",
		Order:     orderReceipt,
	}
}

func receiptRow() *batch.Row {
	type R = Receipt
	return batch.Layout[R]{
		Type:  "R",
		Title: batch.Words{ZH: "文件回执", EN: "verdict on the file"},
		Columns: []batch.Column[R]{
			batch.Text("file", "文件名", 120, batch.Required, func(r *R) *string { return &r.File }),
			batch.Hash("sha256", "文件摘要", batch.Required, func(r *R) *string { return &r.SHA256 }),
			batch.Text("kind", "文件种类", 40, batch.Optional, func(r *R) *string { return &r.Kind }),
			batch.MaybeCount("sequence", "序号", func(r *R) *batch.Maybe[int] { return &r.Sequence }),
			batch.List("verdict", "文件处理结果", code.FileVerdicts(), batch.Required, func(r *R) *string { return (*string)(&r.Verdict) }),
			batch.List("code", "原因代码", fileCodes(), batch.Optional, func(r *R) *string { return (*string)(&r.Code) }),
			batch.Text("text", "说明", 500, batch.Optional, func(r *R) *string { return &r.Text }),
			batch.MaybeCount("records", "记录数", func(r *R) *batch.Maybe[int] { return &r.Records }),
			batch.MaybeCount("accepted", "接收数", func(r *R) *batch.Maybe[int] { return &r.Accepted }),
			batch.MaybeCount("held", "暂缓数", func(r *R) *batch.Maybe[int] { return &r.Held }),
			batch.MaybeCount("refused", "退回数", func(r *R) *batch.Maybe[int] { return &r.Refused }),
			batch.Date("next_run", "下次处理日期", batch.Optional, func(r *R) *calendar.Date { return &r.NextRun }),
			batch.Date("received_on", "收到日期", batch.Optional, func(r *R) *calendar.Date { return &r.ReceivedOn }).When(
				batch.Words{ZH: "文件未被整体拒收", EN: "the verdict is not rejected"},
				func(r *R) bool { return r.Verdict != code.FileRejected }),
		},
		No:       []string{"sha256"},
		Key:      []string{"sha256"},
		PerBatch: true,
	}.Row()
}

func verdictRow() *batch.Row {
	type V = ReceiptVerdict
	return batch.Layout[V]{
		Type:  "V",
		Title: batch.Words{ZH: "记录回执", EN: "verdict on a record"},
		Columns: []batch.Column[V]{
			batch.Count("line", "行号", func(v *V) *int { return &v.Line }),
			batch.Text("row", "行类型", 8, batch.Optional, func(v *V) *string { return &v.Row }),
			batch.Text("record_no", "记录编号", 64, batch.Optional, func(v *V) *string { return &v.RecordNo }),
			batch.List("verdict", "处理结果", code.Verdicts(), batch.Required, func(v *V) *string { return (*string)(&v.Verdict) }),
			batch.List("code", "原因代码", recordCodes(), batch.Optional, func(v *V) *string { return &v.Code }),
			batch.Text("field", "字段", 40, batch.Optional, func(v *V) *string { return &v.Field }),
			batch.Text("text", "说明", 500, batch.Optional, func(v *V) *string { return &v.Text }),
			echoColumn(func(v *V) *string { return &v.Echo }),
		},
		No: []string{"record_no"},
	}.Row()
}

// fileCodes are the codes that a verdict on a file can carry.
func fileCodes() code.List {
	return slices.DeleteFunc(code.Faults(), func(e code.Entry) bool { return e.Class == code.ClassRecord })
}

// recordCodes are the codes that a verdict on a record can carry.
func recordCodes() code.List {
	list := slices.DeleteFunc(code.Faults(), func(e code.Entry) bool { return e.Class == code.ClassFile })
	for _, e := range slices.Concat(code.Holds(), code.Declines()) {
		if !list.Known(e.Code) {
			list = append(list, e)
		}
	}
	return list
}
