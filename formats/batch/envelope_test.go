package batch

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

// Each header makes exactly these faults of the file.
func TestHeaders(t *testing.T) {
	scoped := claims()
	scoped.Name, scoped.Scoped = "scoped", true
	long := strings.Repeat("x", 32)
	for _, c := range []struct {
		old, new string
		want     []string
	}{
		{"", "", nil},
		{"310100,310100c", "310100c,310100c", nil},
		{"310100,310100c", "310100p,310100c", []string{"sender wrong-envelope"}},
		{"310100,310100c", "31010,310100c", []string{"sender wrong-envelope"}},
		{"310100,310100c", "31010x,310100c", []string{"sender wrong-envelope"}},
		{"310100,310100c", "310100x,310100c", []string{"sender wrong-envelope"}},
		{"310100,310100c", "310100cc,310100c", []string{"sender wrong-envelope"}},
		{"310100,310100c", "310100,310100", []string{"receiver wrong-envelope"}},
		{"310100,310100c", "310100,", []string{"receiver wrong-envelope"}},
		{"claim,1", "other,1", []string{"kind kind-unknown"}},
		{"claim,1", "claim,2", []string{"version version-unknown"}},
		{"claim,1", "claim,01", []string{"version version-unknown"}},
		{"c,7,", "c,0,", []string{"sequence wrong-envelope"}},
		{"c,7,", "c,,", []string{"sequence wrong-envelope"}},
		{"c,7,", "c,1000000,", []string{"sequence wrong-envelope"}},
		{"c,7,", "c,999999,", nil},
		{"c,7,", "c,1,", nil},
		{"c,7,", "c,07,", []string{"sequence wrong-envelope"}},
		{"08:30:00+08:00", "08:30:00.5+08:00", []string{"created wrong-envelope"}},
		{"T08:30:00+08:00", "", []string{"created wrong-envelope"}},
		{"2021", "", nil},
		{"2021", long, nil},
		{"2021", long + "x", []string{"profile wrong-envelope"}},
		{",2021", "", []string{" wrong-envelope"}},
		{",2021", ",2021,", []string{"extent wrong-envelope"}},
		{",2021", ",2021,full,", []string{" wrong-envelope"}},
		{"claim,1", "scoped,1", []string{"extent wrong-envelope"}},
		{claimHead, strings.Replace(claimHead, "claim", "scoped", 1) + ",full", nil},
		{claimHead, strings.Replace(claimHead, "claim", "scoped", 1) + ",all", []string{"extent wrong-envelope"}},
		{"2021", "\x01", []string{" wrong-envelope"}},
	} {
		head := strings.Replace(claimHead, c.old, c.new, 1)
		faults, r, _ := judge(t, batchOf(head, "0.00"), Options{}, claims(), scoped)
		for i := range c.want {
			c.want[i] = "1 H " + c.want[i]
		}
		if !slices.Equal(faults, c.want) {
			t.Errorf("%s: %q, want %q", head, faults, c.want)
		}
		if c.want == nil && strings.Join(r.Header().Fields(), ",") != head {
			t.Errorf("%s became %q", head, r.Header().Fields())
		}
	}
}

// What is expected of a file is compared with its header.
func TestExpectations(t *testing.T) {
	const name = "claim_310100_310100c_20260302_000007.csv"
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Self: "310100c", From: "310100", Profile: "2021", Name: name}, nil},
		{Options{Self: "310100"}, []string{"1 H receiver not-for-us"}},
		{Options{From: "320500"}, []string{"1 H sender not-from-this-party"}},
		{Options{Profile: "2016"}, []string{"1 H profile profile-differs"}},
		{Options{Name: "anything.csv"}, nil},
		{Options{Name: strings.Replace(name, "000007", "000008", 1)}, []string{"1 H  wrong-envelope"}},
		{Options{Name: strings.Replace(name, "0302", "0303", 1)}, []string{"1 H  wrong-envelope"}},
		{Options{Name: strings.Replace(name, "csv", "xlsx", 1)}, nil},
	} {
		if faults, _, _ := judge(t, batchOf(claimHead, "0.00"), c.o); !slices.Equal(faults, c.want) {
			t.Errorf("%+v: %q", c.o, faults)
		}
	}
	if faults, _, _ := judge(t, batchOf(strings.Replace(claimHead, ",2021", ",", 1), "0.00"), Options{Profile: "2016"}); faults != nil {
		t.Errorf("a profile that is not given: %q", faults)
	}
	if faults, _, _ := judge(t, batchOf(strings.Replace(claimHead, "c,7", "c,x", 1), "0.00"), Options{Name: name}); len(faults) != 1 {
		t.Errorf("a name beside a wrong header: %q", faults)
	}
	_, r, _ := judge(t, batchOf(claimHead, "0.00"), Options{})
	if a, b, ok := r.find.Parties(); a != "310100" || b != "310100" || !ok {
		t.Error(a, b, ok)
	}
	if _, r, _ = judge(t, batchOf(strings.Replace(claimHead, "310100,", "31010,", 1), "0.00"), Options{}); r.find.parties[0] != "" {
		t.Error(r.find.parties)
	}
	if r.Carrier() != CSV || r.Kind() == nil || len(r.Faults()) != 1 {
		t.Error(r.Carrier(), r.Kind(), r.Faults())
	}
}

// Each end of a file makes exactly these faults.
func TestTrailers(t *testing.T) {
	row := rowWith(nil)
	good := batchOf(claimHead, "14.00", row)
	digest := good[strings.LastIndexByte(good, ',')+1 : len(good)-1]
	for _, c := range []struct {
		old, new string
		want     []string
	}{
		{"T,1,", "T,2,", []string{"3 T rows count"}},
		{"T,1,", "T,01,", []string{"3 T rows wrong-envelope"}},
		{"T,1,", "T,,", []string{"3 T rows wrong-envelope"}},
		{"14.00,", "14.01,", []string{"3 T total total"}},
		{"14.00,", "14,", []string{"3 T total wrong-envelope"}},
		{"14.00,", ",", []string{"3 T total wrong-envelope"}},
		{digest, digest[1:], []string{"3 T digest wrong-envelope"}},
		{digest, "", []string{"3 T digest wrong-envelope"}},
		{digest, someHash, []string{"3 T digest digest"}},
		{digest, digest + ",", []string{"3 T  wrong-envelope"}},
		{digest, digest + `"`, []string{"3 T  wrong-envelope"}},
		{"," + digest, "", []string{"3 T  wrong-envelope"}},
		{"T,1,14.00," + digest + "\n", "", []string{"0   wrong-envelope"}},
		{digest + "\n", digest + "\nx", []string{"3 T  wrong-envelope"}},
		{digest + "\n", digest, nil},
		{claimHead, "X" + claimHead, []string{"0   wrong-envelope"}},
		{claimHead, claimHead + `"`, []string{"0   wrong-envelope"}},
		{claimHead, "\x01" + claimHead, []string{"0   unreadable"}},
		{claimHead, "\xff" + claimHead, []string{"0   unreadable"}},
	} {
		if faults, _, _ := judge(t, strings.Replace(good, c.old, c.new, 1), Options{Encoding: UTF8}); !slices.Equal(faults, c.want) {
			t.Errorf("%.20q as %.20q: %q, want %q", c.old, c.new, faults, c.want)
		}
	}
	if _, _, res := judge(t, good, Options{}); res.Verdict != code.FileAccepted || res.Records != 1 || res.Refused != 0 || res.Rows != 1 || res.Total != 1400 || res.Digest != digest || len(res.Identity) != 64 {
		t.Errorf("%+v", res)
	}
	if faults, _, res := judge(t, batchOf(claimHead, "0.00", rowWith(map[string]string{"note": ""})), Options{}); res.Verdict != code.FileRejected || res.Refused != 1 || len(faults) != 2 {
		t.Errorf("%+v %q", res, faults)
	}
	if _, _, res := judge(t, batchOf(claimHead, "14.00", rowWith(map[string]string{"note": ""})), Options{}); res.Verdict != code.FilePartly {
		t.Errorf("%+v", res)
	}
}

// Rows that are no record of the kind.
func TestRowsOfNoRecord(t *testing.T) {
	row := rowWith(nil)
	for _, c := range []struct {
		rows []string
		want []string
	}{
		{[]string{row, "Q,1"}, []string{"3 Q row unknown-code"}},
		{[]string{row, "VERYLONGTYPE,1"}, []string{"3 VERYLONG row unknown-code"}},
		{[]string{row, ""}, []string{"3   row unknown-code"}},
		{[]string{row, row + ","}, []string{"3 C  malformed"}},
		{[]string{row, strings.TrimSuffix(row, ",ref-1")}, []string{"3 C  malformed"}},
		{[]string{row, `V,"A`}, []string{"3 V  malformed"}},
		{[]string{row, `V,A"1"`}, []string{"3 V  malformed"}},
		{[]string{row, `V,"A-1"x`}, []string{"3 V  malformed"}},
		{[]string{row, `V,"A-1"`}, nil},
		{[]string{row, `V,A-1"`}, []string{"3 V  malformed"}},
		{[]string{row, "V,A-1" + strings.Repeat(",", 127)}, []string{"3 V  malformed"}},
		{[]string{"V,A-1", row}, []string{"2 V row malformed"}},
		{[]string{row, "Q" + strings.Repeat(",", 200)}, []string{"3 Q  malformed"}},
	} {
		faults, _, _ := judge(t, batchOf(claimHead, "14.00", c.rows...), Options{})
		for i, f := range c.want {
			c.want[i] = strings.Replace(f, "3   row", "3  row", 1)
		}
		if !slices.Equal(faults, c.want) {
			t.Errorf("%.40q: %q, want %q", c.rows, faults, c.want)
		}
	}
}

// A row has up to 128 fields.
func TestFieldsOfARow(t *testing.T) {
	for commas, wrong := range map[int]bool{127: false, 128: true} {
		var r row
		r.set("V" + strings.Repeat(",", commas))
		if (r.fault.code != "") != wrong || len(r.fields) != 128 {
			t.Errorf("%d commas: %d fields, %+v", commas, len(r.fields), r.fault)
		}
	}
}

// A record that came before in the file is refused, a refused one is not one
// that came before.
func TestRepeats(t *testing.T) {
	rows := []string{
		rowWith(map[string]string{"note": ""}), rowWith(nil), rowWith(map[string]string{"note": "x"}), rowWith(map[string]string{"area": "320500"}),
		"V,A-1", "V,A-1", "V,A-2", "Q,1", "Q,1",
	}
	faults, _, res := judge(t, batchOf(claimHead, "56.00", rows...), Options{Repeats: true})
	want := []string{"2 C note missing", "4 C  duplicate-in-file", "7 V  duplicate-in-file", "9 Q row unknown-code", "10 Q row unknown-code"}
	if !slices.Equal(faults, want) || res.Refused != 5 {
		t.Errorf("%q %+v", faults, res)
	}
	if faults, _, _ = judge(t, batchOf(claimHead, "28.00", rowWith(nil), rowWith(nil)), Options{}); faults != nil {
		t.Errorf("%q", faults)
	}
}

// The total of a file is judged only when every amount in it could be read.
func TestTotals(t *testing.T) {
	bad := rowWith(map[string]string{"paid": "x"})
	if faults, _, res := judge(t, batchOf(claimHead, "1.00", rowWith(nil), bad), Options{}); !slices.Equal(faults, []string{"3 C paid amount"}) || res.Total != 1400 {
		t.Errorf("%q %s", faults, res.Total)
	}
	if faults, _, _ := judge(t, batchOf(claimHead, "1.00", rowWith(nil), "Q,1"), Options{}); len(faults) != 1 {
		t.Errorf("%q", faults)
	}
	void := claims()
	void.Rows, void.First = void.Rows[1:], ""
	if faults, _, _ := judge(t, batchOf(claimHead, "1.00", "Q,1"), Options{}, void); !slices.Equal(faults, []string{"2 Q row unknown-code", "3 T total total"}) {
		t.Errorf("a kind without amounts: %q", faults)
	}
	r := &Reader{total: 1<<63 - 1}
	r.envelope.kind = claims()
	r.record.layout, r.record.Row, r.record.Line = r.envelope.kind.Rows[0], "C", 9
	s := r.record.layout.ops.open().(*filled[claim])
	s.rec.Paid = 1
	r.record.slot = s
	for range 2 {
		r.addUp()
	}
	if len(r.faults) != 1 || r.faults[0].Code != code.Total || !r.unsure {
		t.Errorf("%+v", r.faults)
	}
}

// A draft is the batch that it stands for, but for what may be empty.
func TestDraft(t *testing.T) {
	head := strings.Replace(claimHead, "c,7,", "c,,", 1)
	draft := func(trailer string) *Draft {
		return &Draft{
			Carrier: Workbook, Header: DraftRow{Text: head, Line: 1, Normalised: []Normalisation{{Field: "created", Why: "why"}}},
			Rows: []DraftRow{
				{Text: rowWith(nil), Line: 5, Normalised: []Normalisation{{Field: "note", Why: "why"}}},
				{Text: "D,A-1,2026-03-02,1.00", Line: 3, Normalised: []Normalisation{{Field: "amount", Why: "why"}}},
				{Text: "V,\xff", Line: 6},
			},
			Trailer: DraftRow{Text: trailer, Line: 1},
		}
	}
	for trailer, want := range map[string][]string{
		"T,,,": nil, "T,3,14.00,": nil, "T,4,14.00,": {"1 T rows count"}, "T,3,14.01,": {"1 T total total"}, "T,x,,": {"1 T rows wrong-envelope"}, "T,,x,": {"1 T total wrong-envelope"},
		"T,,," + someHash: {"1 T digest digest"}, "T,,,x": {"1 T digest wrong-envelope"},
	} {
		r, err := NewDraftReader(draft(trailer), []*Kind{claims()}, Options{Name: "claim_310100_310100c_20260302_000009.xlsx"})
		if err != nil {
			t.Fatal(err)
		}
		var faults []string
		for r.Next() {
			for _, f := range r.Record().Faults {
				faults = append(faults, fmt.Sprint(f.Line, " ", f.Field, " ", f.Code))
			}
		}
		if !slices.Equal(faults, []string{"5 note normalised", "3 amount normalised", "6 claim_no malformed"}) || r.Carrier() != Workbook {
			t.Errorf("%q", faults)
		}
		res, err := r.Result()
		var whole []string
		for _, f := range res.Faults[1:] {
			whole = append(whole, fmt.Sprint(f.Line, " ", f.Row, " ", f.Field, " ", f.Code))
		}
		if err != nil || res.Faults[0].Field != "created" || res.Faults[0].Code != code.Normalised || !slices.Equal(whole, want) {
			t.Errorf("%s: %q, want %q; %v", trailer, whole, want, err)
		}
		plain := batchOf(head, "14.00", rowWith(nil), "D,A-1,2026-03-02,1.00", "V,\xff")
		_, _, same := judge(t, plain, Options{Encoding: UTF8})
		if res.Identity != same.Identity || res.Digest != same.Digest {
			t.Errorf("%s: %s and %s", trailer, res.Identity, same.Identity)
		}
	}
	d := draft("T,9,,")
	d.Header.Text = strings.Replace(head, "claim", "other", 1)
	r, err := NewDraftReader(d, []*Kind{claims()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		continue
	}
	if res, _ := r.Result(); len(res.Faults) != 2 || res.Faults[0].Code != code.KindUnknown || res.Faults[1].Code != code.Normalised {
		t.Errorf("what cannot be counted is not compared: %+v", res.Faults)
	}
	if r.src.digest() == "" || r.src.(*draftSource).given < 4 {
		t.Error("a draft read to its end")
	}
	if _, err := r.src.next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// A sum may be as large as an amount, and no larger.
func TestAmountsOfARecord(t *testing.T) {
	rec := claim{Paid: money.Max, Extra: Some(money.Max)}
	if got := claims().Rows[0].ops.amount(&rec); got != 2*money.Max {
		t.Error(got)
	}
}

// A row that could not be read as its columns holds nothing of the row before.
func TestNothingIsLeftOfTheRowBefore(t *testing.T) {
	short := strings.Join(strings.Split(rowWith(nil), ",")[:15], ",") // two fields too few
	r, err := NewReader(strings.NewReader(batchOf(claimHead, "14.00", rowWith(nil), short, rowWith(nil), `C,"A`, rowWith(nil), strings.TrimSuffix(rowWith(nil), "ref-1")+`"ref-1`)), []*Kind{claims()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"A-1", "", "A-1", "", "A-1", ""} {
		if !r.Next() || r.Record().No() != want || r.Record().Value.(*claim).No != want {
			t.Errorf("%+v, want %q", r.Record(), want)
		}
	}
	r, err = NewReader(strings.NewReader(batchOf(claimHead, "14.00", "C,A-1", "D,A-1")), []*Kind{claims()}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Next()
	if f := r.Record().Faults; len(f) != 2 || !strings.HasPrefix(f[0].Text, "应有17个字段，实有2个 / 17 ") || !strings.HasPrefix(f[1].Text, "应有4个字段，实有2个 / 4 ") {
		t.Errorf("%+v", f)
	}
}

// Rows without a key never came before.
func TestNoKeyNoRepeat(t *testing.T) {
	k := claims()
	k.Rows, k.First = []*Row{Layout[claim]{Type: "V", Columns: []Column[claim]{Text("note", "备注", 5, Required, func(c *claim) *string { return &c.Note })}}.Row()}, ""
	if faults, _, _ := judge(t, batchOf(claimHead, "0.00", "V,x", "V,x"), Options{Repeats: true}, k); faults != nil {
		t.Errorf("%q", faults)
	}
	if got := (Header{}).Fields()[5]; got != "" {
		t.Errorf("a sequence that is not assigned is %q", got)
	}
}

// Quoted fields end at their quotes, and a row at its first wrong ones.
func TestQuotedFields(t *testing.T) {
	for text, want := range map[string][]string{
		`x,"a",b`: {"x", "a", "b"}, `"a,b","c""d",""`: {"a,b", `c"d`, ""}, `x,"a,b`: {"x", `"a,b`}, `x,"a"b,c`: {"x", `"a"b,c`}, `x,a"b,c`: {"x", `a"b,c`},
	} {
		var r row
		if !r.set(text) || !slices.Equal(r.texts(), want) {
			t.Errorf("%s: %q", text, r.texts())
		}
	}
}
