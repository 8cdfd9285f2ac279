package batch

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/code"
	"carryover/exchange/money"
)

func someClaim(no string) *claim {
	return &claim{
		No: no, Area: "310100", Extent: "full", Paid: 1250, Extra: Some(money.Fen(150)), Days: 3, Visits: 7, Done: true, Note: "急诊", Echo: `a, "b"`,
		Fees: []fee{{20260302, 1200}, {20260303, 50}},
	}
}

// What is written is read back as it was, and says the same of itself.
func TestWriteAndRead(t *testing.T) {
	for _, e := range []Encoding{Auto, UTF8, GB18030} {
		var b bytes.Buffer
		w, err := NewWriter(&b, claims(), claimHeader(), e)
		if err != nil {
			t.Fatal(err)
		}
		var rows Rows
		for _, no := range []string{"A-1", "A-2"} {
			if err := claims().Append(&rows, someClaim(no)); err != nil {
				t.Fatal(err)
			}
		}
		if rows.Count != 6 || rows.Amount != 2800 {
			t.Errorf("%d rows of %s", rows.Count, rows.Amount)
		}
		if err := errors.Join(w.WriteRows(rows), w.Write(someClaim("A-3")), w.Write(&claim{No: "V-1", Void: true})); err != nil {
			t.Fatal(err)
		}
		trailer, err := w.Close()
		if err != nil || trailer.Rows != 10 || trailer.Total != 4200 {
			t.Fatalf("%+v %v", trailer, err)
		}
		if _, err := w.Close(); err == nil || w.Write(someClaim("A-4")) == nil || w.WriteRows(rows) == nil {
			t.Error("goes on after the end")
		}
		faults, r, res := judge(t, b.String(), Options{Encoding: e, Repeats: true})
		if faults != nil || res.Identity != trailer.Identity || res.Digest != trailer.Digest || res.Records != 4 || r.Header().Profile != "2021" {
			t.Errorf("%s: %q %+v", e, faults, res)
		}
	}
}

// A record at fault leaves the batch as it was.
func TestWriterRefuses(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, claims(), claimHeader(), GB18030)
	if err != nil {
		t.Fatal(err)
	}
	before := b.String()
	var invalid *Invalid
	bad, late := someClaim("A-1"), someClaim("A-1")
	bad.Note, bad.Area = "", "x"
	late.Fees[1].Amount = 99
	if err := w.Write(bad); !errors.As(err, &invalid) || len(invalid.Faults) != 2 || !strings.Contains(err.Error(), "invalid record; C area: malformed ") || !strings.Contains(err.Error(), "; C note: missing") {
		t.Error(err)
	}
	if err := w.Write(late); !errors.As(err, &invalid) || len(invalid.Faults) != 1 || invalid.Faults[0].Row != "D" {
		t.Error(err)
	}
	if err := w.Write(&fee{}); err == nil || !strings.Contains(err.Error(), "claim: no row holds a *batch.fee") {
		t.Error(err)
	}
	broken := someClaim("A-1")
	broken.Note = "a\nV,1"
	if err := w.Write(broken); !errors.As(err, &invalid) {
		t.Error(err)
	}
	private := someClaim("A-1")
	private.Note = "\uE000"
	if err := w.Write(private); !errors.As(err, &invalid) || !errors.Is(err, ErrUnencodable) {
		t.Error(err)
	}
	if b.String() != before {
		t.Errorf("%q", b.String())
	}
	if err := w.WriteRows(Rows{Amount: 1<<63 - 1}); err != nil {
		t.Error(err)
	}
	if err := w.WriteRows(Rows{Amount: 1}); !errors.Is(err, money.ErrOverflow) {
		t.Error(err)
	}
	if err := claims().Append(&Rows{Amount: 1<<63 - 1}, someClaim("A-1")); !errors.Is(err, money.ErrOverflow) {
		t.Error(err)
	}
	rows := Rows{Bytes: []byte("x\n"), Count: 1, Amount: 5}
	if err := claims().Append(&rows, bad); err == nil || string(rows.Bytes) != "x\n" || rows.Count != 1 || rows.Amount != 5 {
		t.Errorf("%+v %v", rows, err)
	}
	utf8, err := NewWriter(io.Discard, claims(), claimHeader(), UTF8)
	if err != nil {
		t.Fatal(err)
	}
	if err := utf8.WriteRows(Rows{Bytes: []byte("\xff")}); !errors.Is(err, ErrUnencodable) {
		t.Error(err)
	}
	if err := utf8.Write(someClaim("A-1")); err != nil {
		t.Error(err)
	}
}

// A header that a reader would refuse is not written.
func TestWriterJudgesTheHeader(t *testing.T) {
	for what, change := range map[string]func(*Header){
		"sender": func(h *Header) { h.Sender = "310100p" }, "receiver": func(h *Header) { h.Receiver = "" }, "sequence": func(h *Header) { h.Sequence = 0 },
		"sequence too": func(h *Header) { h.Sequence = MaxSequence + 1 }, "extent": func(h *Header) { h.Extent = "full" }, "created": func(h *Header) { h.Created = time.Time{} },
		"profile": func(h *Header) { h.Profile = strings.Repeat("x", 33) },
	} {
		h := claimHeader()
		change(&h)
		var b bytes.Buffer
		if _, err := NewWriter(&b, claims(), h, UTF8); what != "created" && (err == nil || b.Len() > 0) {
			t.Errorf("%s: %v, %q", what, err, b.String())
		}
	}
	h := claimHeader()
	h.Kind, h.Version = "x", 9 // filled in
	var b bytes.Buffer
	if _, err := NewWriter(&b, claims(), h, UTF8); err != nil || b.String() != claimHead+"\n" {
		t.Errorf("%v, %q", err, b.String())
	}
}

// A disk that is full ends the batch.
func TestWriterStaysFailed(t *testing.T) {
	w, err := NewWriter(&short{left: len(claimHead) + 5}, claims(), claimHeader(), UTF8)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Write(someClaim("A-1")); !errors.Is(err, io.ErrShortWrite) {
			t.Error(err)
		}
	}
	if _, err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	if w, err = NewWriter(&short{left: len(claimHead) + 1}, claims(), claimHeader(), UTF8); err != nil {
		t.Fatal(err)
	}
	if trailer, err := w.Close(); !errors.Is(err, io.ErrShortWrite) || trailer != (Trailer{}) {
		t.Error(trailer, err)
	}
}

type short struct{ left int }

func (s *short) Write(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// One record that was encoded is read back; anything else is not one.
func TestParse(t *testing.T) {
	var rows Rows
	if err := claims().Append(&rows, someClaim("A-1")); err != nil {
		t.Fatal(err)
	}
	rec, err := claims().Parse(rows.Bytes)
	if err != nil || !slices.Equal(textsOf(rec.(*claim)), textsOf(someClaim("A-1"))) {
		t.Errorf("%+v %v", rec, err)
	}
	var invalid *Invalid
	for _, text := range []string{"", "D,A-1,2026-03-02,1.00\n", string(rows.Bytes) + "V,A-1\n", "V,\xff\n", "V,a\n"} {
		if _, err := claims().Parse([]byte(text)); !errors.As(err, &invalid) || !strings.HasPrefix(err.Error(), "claim: ") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if rec, err := claims().Parse([]byte("V,A-1")); err != nil || !rec.(*claim).Void { // order is the batch's affair
		t.Error(rec, err)
	}
	e := NewEncoder(claims())
	if len(e.judge("V,a\n")) != 1 || len(e.judge("V,A-1\n")) != 0 || len(e.judge("")) != 1 || e.judge("")[0].Code != code.Malformed {
		t.Error("an encoder keeps nothing of what it judged before")
	}
}

// Fields are in quotes only where they must be.
func TestAppendRow(t *testing.T) {
	if got := string(AppendRow(nil, []string{"a", "", "b,c", `"`, "x\ny"})); got != "a,,\"b,c\",\"\"\"\",x\ny\n" {
		t.Errorf("%q", got)
	}
}
