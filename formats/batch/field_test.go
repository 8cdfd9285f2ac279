package batch

import (
	"slices"
	"strings"
	"testing"

	"carryover/exchange/calendar"
	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Each text of one column is right, "", or has this fault.
func TestFieldsOfEveryType(t *testing.T) {
	for column, texts := range map[string]map[string]code.Fault{
		"claim_no": {"ABCDEFGH": "", "A-9": "", "0": "", "": code.Missing, "ABCDEFGHI": code.TooLong, "a": code.Malformed, "A_1": code.Malformed, "编号": code.Malformed, "A 1": code.Malformed},
		"area":     {"320500": "", "999999": code.UnknownCode, "31010": code.Malformed, "3101000": code.Malformed, "31010A": code.Malformed, "": code.Missing},
		"extent":   {"full": "", "": "", "all": code.UnknownCode, "Full": code.UnknownCode},
		"extents":  {"delta": "", "": "", "full;full;delta;full": "", "full;full;delta;delta": code.TooLong, "full;": code.UnknownCode, "full;all": code.UnknownCode, ";full": code.UnknownCode},
		"hash": {
			"": "", someHash[1:]: code.Malformed, someHash + "0": code.Malformed, "g" + someHash[1:]: code.Malformed, "A" + someHash[1:]: code.Malformed,
			"/" + someHash[1:]: code.Malformed, ":" + someHash[1:]: code.Malformed, "`" + someHash[1:]: code.Malformed, "9f" + someHash[2:]: "", "a0" + someHash[2:]: "",
		},
		"on": {
			"": "", "2024-02-29": "", "2026-02-30": code.ImpossibleDate, "2026-2-30": code.Malformed, "2026/02-30": code.Malformed, "2026-02/30": code.Malformed,
			"20a6-02-30": code.Malformed, "2026-0a-30": code.Malformed, "2026-02-3a": code.Malformed, "2026-02-300": code.Malformed, "20260230": code.Malformed,
		},
		"in": {
			"": "", "2026-12": "", "2026-13": code.ImpossibleDate, "2026-1": code.Malformed, "2026/13": code.Malformed, "20a6-13": code.Malformed, "2026-1a": code.Malformed,
			"2026-130": code.Malformed, "202613": code.Malformed,
		},
		"paid":   {"99999999999999.99": "", "0.00": "", "": code.Missing, "1.5": code.Amount, "1": code.Amount, "-1.00": code.Amount},
		"extra":  {"": "", "0.00": "", "1": code.Amount},
		"days":   {"1": "", "9999": "", "0": code.Malformed, "10000": code.Malformed, "01": code.Malformed, "-1": code.Malformed, "1a": code.Malformed, "": code.Missing},
		"visits": {"0": "", "10": "", "999999999": "", "1000000000": code.Malformed, "00": code.Malformed, "": code.Missing, "9:": code.Malformed, "/": code.Malformed},
		"more":   {"": "", "0": "", "9999": "", "10000": code.Malformed},
		"many":   {"": "", "10000": "", "999999999": "", "9999999999": code.Malformed},
		"done":   {"Y": "", "N": "", "y": code.UnknownCode, "": code.Missing},
		"note":   {"医疗保险费": "", "12345": "", "医疗保险费用": code.TooLong, "123456": code.TooLong, "": code.Missing, "  ": code.Missing, "　 ": code.Missing, "　x": "", " é": "", "x\t": code.Malformed, "a\u2028": code.Malformed},
		"echo":   {"": "", " ": "", strings.Repeat("医", 100): "", strings.Repeat("医", 101): code.TooLong, `"a ""b"", c"`: "", "😀": "", "\uFFFE": code.Malformed, "\uFFFD": code.Malformed, "a\u200b": code.Malformed, "葛\U000E0100": ""},
	} {
		for text, want := range texts {
			row := rowWith(map[string]string{column: text})
			faults, r, _ := judge(t, batchOf(claimHead, "14.00", row), Options{Areas: func(a string) bool { return a != "999999" }})
			faults = slices.DeleteFunc(faults, func(f string) bool { return strings.HasPrefix(f, "3 T total") })
			switch {
			case want == "" && len(faults) > 0:
				t.Errorf("%s %q: %q", column, text, faults)
			case want != "" && (len(faults) != 1 || faults[0] != "2 C "+column+" "+string(want)):
				t.Errorf("%s %q: %q, want %s", column, text, faults, want)
			case want == "" && r.Record().Value == nil:
				t.Errorf("%s %q: no record", column, text)
			}
		}
	}
}

// A record holds what its row says, is written back the same, and another row
// leaves nothing of it behind.
func TestRecordOfEveryType(t *testing.T) {
	least := rowWith(map[string]string{"extent": "", "extents": "", "hash": "", "on": "", "in": "", "extra": "", "more": "", "many": "", "done": "N", "echo": "", "claim_no": "A-2"})
	bad := rowWith(map[string]string{"on": "x", "in": "x", "paid": "x", "extra": "x", "days": "x", "more": "x", "done": "x", "claim_no": "a", "extent": "\x01"})
	rows := []string{rowWith(nil), "D,A-1,2026-03-02,12.00", "D,A-1,2026-03-03,0.50", least, bad, "V,A-9", "C,A-3", rowWith(map[string]string{"claim_no": "A-4"})}
	r, err := NewReader(strings.NewReader(batchOf(claimHead, "40.50", rows...)), []*Kind{claims()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := claim{
		No: "A-1", Area: "310100", Extent: "full", Extents: "full;delta", Hash: someHash, On: 20260302, In: 202603, Paid: 1250, Extra: Some(money.Fen(150)),
		Days: 3, Visits: 7, More: Some(0), Many: Some(4), Done: true, Note: "急诊", Echo: "ref-1", Fees: []fee{{20260302, 1200}, {20260303, 50}},
	}
	empty := claim{No: "A-2", Area: "310100", Paid: 1250, Days: 3, Visits: 7, Note: "急诊", Fees: []fee{}}
	next := func() *Record {
		if !r.Next() {
			t.Fatal("no record")
		}
		return r.Record()
	}
	same := func(got, want claim) {
		t.Helper()
		gotFees, wantFees := got.Fees, want.Fees
		got.Fees, want.Fees = nil, nil
		if got.Void != want.Void || !slices.Equal(gotFees, wantFees) || !slices.Equal(textsOf(&got), textsOf(&want)) {
			t.Errorf("got %+v %v\nwant %+v %v", got, gotFees, want, wantFees)
		}
	}
	rec := next()
	first := rec.Value.(*claim)
	same(*first, full)
	if rec.No() != "A-1" || rec.Echo() != "ref-1" || rec.Key() != "C|A-1|310100" || rec.Amount() != 1400 || rec.Rows != 3 || rec.Line != 2 || rec.Ordinal != 1 || !slices.Equal(rec.Lines, []int{3, 4}) {
		t.Errorf("%+v %s %s %s %s", rec, rec.No(), rec.Echo(), rec.Key(), rec.Amount())
	}
	if got := rec.Fields(); len(got) != 3 || "C,"+strings.Join(got[0][1:], ",") != rows[0] || strings.Join(got[2], ",") != rows[2] {
		t.Errorf("%q", got)
	}
	rec = next()
	same(*rec.Value.(*claim), empty)
	same(*first, full) // a copy, not the reader's own
	if rec.Echo() != "" || rec.Ordinal != 2 || rec.Amount() != 1250 || len(rec.Lines) != 0 {
		t.Errorf("%+v %s %s", rec, rec.Echo(), rec.Amount())
	}
	if rec = next(); rec.OK() || rec.Value.(*claim).Extent != "" {
		t.Errorf("%+v", rec)
	}
	rec = next()
	if v := rec.Value.(*claim); !v.Void || v.No != "A-9" || rec.Key() != "" || rec.Row != "V" {
		t.Errorf("%+v %q", v, rec.Key())
	}
	if rec = next(); rec.No() != "" || rec.OK() || rec.Value.(*claim).Area != "" || rec.Value.(*claim).Extra.Given || rec.Value.(*claim).Done {
		t.Errorf("a row too short holds %+v", rec.Value)
	}
	rec = next()
	full.No, full.Fees = "A-4", nil
	same(*rec.Value.(*claim), full)
	if r.Next() {
		t.Error("another record")
	}
}

func textsOf(c *claim) (all []string) {
	kind := claims()
	row := kind.Rows[0].ops
	rows, _ := row.write(nil, c)
	return strings.Split(string(rows), ",")
}

// Detail rows belong to the row above, which must be of their kind.
func TestDetailRows(t *testing.T) {
	ok, row := "D,A-1,2026-03-02,1.00", rowWith(nil)
	for _, c := range []struct {
		what string
		rows []string
		want []string
	}{
		{"right", []string{row, ok}, nil},
		{"other parent", []string{row, "D,A-2,2026-03-02,1.00"}, []string{"3 D parent malformed"}},
		{"parent not known", []string{rowWith(map[string]string{"claim_no": "a"}), "D,A-1,2026-03-02,1.00"}, []string{"2 C claim_no malformed"}},
		{"parent broken", []string{row, "D,A\x01,2026-03-02,1.00"}, []string{"3 D parent malformed"}},
		{"field of a detail", []string{row, ok, "D,A-1,2026-02-30,1.00"}, []string{"4 D on impossible-date"}},
		{"too few", []string{row, "D,A-1,2026-03-02"}, []string{"3 D  malformed"}},
		{"too many", []string{row, ok + ","}, []string{"3 D  malformed"}},
		{"quotes", []string{row, `D,A-1,"x`}, []string{"3 D  malformed"}},
		{"below a row without details", []string{row, "V,A-1", ok}, []string{"4 D  malformed"}},
		{"below nothing known", []string{row, "Z,1", ok}, []string{"3 Z row unknown-code", "4 D  malformed"}},
		{"first", []string{ok, row}, []string{"2 D  malformed", "2 D row malformed"}},
		{"above its amount", []string{row, ok, "D,A-1,2026-03-02,12.00"}, []string{"4 D amount amount"}},
		{"amount not read", []string{row, "D,A-1,2026-03-02,x", "D,A-1,2026-03-02,99.00"}, []string{"3 D amount amount"}},
		{"its amount not read", []string{rowWith(map[string]string{"paid": "x"}), "D,A-1,2026-03-02,99.00"}, []string{"2 C paid amount"}},
	} {
		faults, _, _ := judge(t, batchOf(claimHead, "14.00", c.rows...), Options{})
		faults = slices.DeleteFunc(faults, func(f string) bool { return strings.Contains(f, " T total") })
		if !slices.Equal(faults, c.want) {
			t.Errorf("%s: %q, want %q", c.what, faults, c.want)
		}
	}
	for n, want := range map[int][]string{2: nil, 3: {"5 D  too-long"}, 5: {"5 D  too-long"}} {
		rows := []string{row}
		for range n {
			rows = append(rows, ok)
		}
		faults, r, res := judge(t, batchOf(claimHead, "14.00", rows...), Options{MaxDetails: 2})
		if !slices.Equal(faults, want) || r.Record().Rows != n+1 || len(r.Record().Lines) != 2 || res.Rows != n+1 {
			t.Errorf("%d details, 2 at most: %q %+v", n, faults, r.Record())
		}
	}
}

// A field that is required in a case is missing only there, and only once.
func TestRequiredInACase(t *testing.T) {
	for _, c := range []struct {
		extent, on string
		want       []string
	}{
		{"delta", "2026-03-02", nil},
		{"delta", "", []string{"2 C on missing"}},
		{"full", "", nil},
		{"delta", "x", []string{"2 C on malformed"}},
		{"delta", "   ", []string{"2 C on malformed"}},
	} {
		if faults, _, _ := judge(t, batchOf(claimHead, "14.00", rowWith(map[string]string{"extent": c.extent, "on": c.on})), Options{}); !slices.Equal(faults, c.want) {
			t.Errorf("%+v: %q", c, faults)
		}
	}
}

// A cell that stands alone is read and written like one of a row.
func TestCellAlone(t *testing.T) {
	var c claim
	kind := []Column[claim]{
		Text("note", "备注", 5, Required, func(c *claim) *string { return &c.Note }), Bool("done", "完成", func(c *claim) *bool { return &c.Done }),
		Date("on", "日期", Optional, func(c *claim) *calendar.Date { return &c.On }), MaybeMoney("extra", "另付", func(c *claim) *Maybe[money.Fen] { return &c.Extra }),
	}
	cells := Bind(kind, &c)
	for _, one := range []struct {
		cell       int
		text, back string
		fault      code.Fault
	}{
		{0, `a, "bc`, `a, "bc`, code.TooLong},
		{0, `a, "b`, `a, "b`, ""},
		{0, `a,"b`, `a,"b`, ""},
		{0, "x\x07", "", code.Malformed},
		{0, "", "", code.Missing},
		{1, "Y", "Y", ""},
		{1, "N", "N", ""},
		{1, "?", "N", code.UnknownCode},
		{2, "2026-03-02", "2026-03-02", ""},
		{2, "", "", ""},
		{3, "", "", ""},
		{3, "0.00", "0.00", ""},
	} {
		if fault, why := cells[one.cell].Set(one.text); fault != one.fault || (fault == code.Malformed) != strings.Contains(why, "U+0007") || cells[one.cell].Text() != one.back {
			t.Errorf("%+v: %s %s %q", one, fault, why, cells[one.cell].Text())
		}
	}
}
