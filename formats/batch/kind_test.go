package batch

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// claim is the record of a kind that only these tests have: a field of every
// type, details, and a second row type that shares the struct.
type claim struct {
	Void    bool // of the row type V
	No      string
	Area    string
	Extent  string
	Extents string
	Hash    string
	On      calendar.Date
	In      calendar.Month
	Paid    money.Fen
	Extra   Maybe[money.Fen]
	Days    int
	Visits  int
	More    Maybe[int]
	Many    Maybe[int]
	Done    bool
	Note    string
	Echo    string
	Fees    []fee
}

type fee struct {
	On     calendar.Date
	Amount money.Fen
}

func claims() *Kind {
	type C = claim
	no := Number("claim_no", "编号", 8, Required, func(c *C) *string { return &c.No })
	columns := []Column[C]{
		no,
		Area("area", "区划", Required, func(c *C) *string { return &c.Area }),
		List("extent", "范围", code.Extents(), Optional, func(c *C) *string { return &c.Extent }),
		Set("extents", "各范围", 20, code.Extents(), Optional, func(c *C) *string { return &c.Extents }),
		Hash("hash", "摘要", Optional, func(c *C) *string { return &c.Hash }),
		Date("on", "日期", Optional, func(c *C) *calendar.Date { return &c.On }).
			When(Words{ZH: "范围为 delta", EN: "extent is delta"}, func(c *C) bool { return c.Extent == "delta" }),
		Month("in", "月份", Optional, func(c *C) *calendar.Month { return &c.In }),
		Money("paid", "金额", func(c *C) *money.Fen { return &c.Paid }),
		MaybeMoney("extra", "另付", func(c *C) *Maybe[money.Fen] { return &c.Extra }),
		Int("days", "天数", 1, func(c *C) *int { return &c.Days }),
		Count("visits", "次数", func(c *C) *int { return &c.Visits }),
		MaybeInt("more", "其他", func(c *C) *Maybe[int] { return &c.More }),
		MaybeCount("many", "很多", func(c *C) *Maybe[int] { return &c.Many }),
		Bool("done", "完成", func(c *C) *bool { return &c.Done }),
		Text("note", "备注", 5, Required, func(c *C) *string { return &c.Note }),
		Text("echo", "回执号", 100, Optional, func(c *C) *string { return &c.Echo }),
	}
	fees := Details("D", Words{ZH: "费用", EN: "fee"}, []Column[fee]{
		Date("on", "日期", Required, func(f *fee) *calendar.Date { return &f.On }),
		Money("amount", "金额", func(f *fee) *money.Fen { return &f.Amount }),
	}, func(c *C) *[]fee { return &c.Fees })
	return &Kind{
		Name: "claim", Title: Words{ZH: "报销", EN: "claim"}, Senders: []Role{Agency, Core}, Receivers: []Role{Core}, First: "C",
		Rows: []*Row{
			Layout[C]{
				Type: "C", Title: Words{ZH: "报销", EN: "claim"}, Columns: columns, No: []string{"claim_no", "echo"}, Key: []string{"claim_no", "area"},
				Sum: []string{"paid", "extra"}, Detail: fees,
				Tag:   Tag[C]{Set: func(c *C) { c.Void = false }, Has: func(c *C) bool { return !c.Void }},
				Check: checkFees,
			}.Row(),
			Layout[C]{
				Type: "V", Title: Words{ZH: "作废", EN: "void"}, Columns: []Column[C]{no}, No: []string{"claim_no"}, Key: []string{"claim_no"}, PerBatch: true,
				Tag: Tag[C]{Set: func(c *C) { c.Void = true }, Has: func(c *C) bool { return c.Void }},
			}.Row(),
		},
	}
}

// checkFees wants the fees to make the amount, once both could be read.
func checkFees(c *claim, f *Findings) {
	if len(c.Fees) == 0 || !f.OK("paid") || !f.DetailsOK() {
		return
	}
	var sum money.Fen
	for i := range c.Fees {
		if sum += c.Fees[i].Amount; sum > c.Paid {
			f.AddDetail(i, "amount", code.Amount, "more than was paid")
			return
		}
	}
}

var someHash = strings.Repeat("0123456789abcdef", 4)

// fields are the texts of a good record, by column.
func fields() []string {
	return []string{
		"A-1", "310100", "full", "full;delta", someHash, "2026-03-02", "2026-03", "12.50", "1.50", "3", "7", "0", "4", "Y", "急诊", "ref-1",
	}
}

// rowWith is the good record with the texts of some columns changed.
func rowWith(changes map[string]string) string {
	texts := fields()
	for i, c := range claims().Rows[0].Columns {
		if text, changed := changes[c.Name]; changed {
			texts[i] = text
		}
	}
	return "C," + strings.Join(texts, ",")
}

const claimHead = "H,claim,1,310100,310100c,7,2026-03-02T08:30:00+08:00,2021"

// batchOf seals rows.
func batchOf(head, total string, rows ...string) string {
	body := head + "\n" + strings.Join(append(rows, ""), "\n")
	return fmt.Sprintf("%sT,%d,%s,%x\n", body, len(rows), total, sha256.Sum256([]byte(body)))
}

// judge reads a file to its end; faults are "line row field code".
func judge(t testing.TB, file string, o Options, kinds ...*Kind) (faults []string, r *Reader, res Result) {
	t.Helper()
	if kinds == nil {
		kinds = []*Kind{claims()}
	}
	r, err := NewReader(strings.NewReader(file), kinds, o)
	if err != nil {
		t.Fatal(err)
	}
	list := func(all []Fault) {
		for _, f := range all {
			faults = append(faults, fmt.Sprintf("%d %s %s %s", f.Line, f.Row, f.Field, f.Code))
		}
	}
	for r.Next() {
		list(r.Record().Faults)
	}
	if res, err = r.Result(); err != nil {
		t.Fatal(err)
	}
	list(res.Faults)
	return faults, r, res
}

func claimHeader() Header {
	return Header{Sender: "310100", Receiver: "310100c", Sequence: 7, Created: time.Date(2026, 3, 2, 8, 30, 0, 0, time.FixedZone("", 8*60*60)), Profile: "2021"}
}
