package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"carryover/exchange/code"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// visit is the record of a kind that only these tests have.
type visit struct{ No string }

func visits() []*batch.Kind {
	return []*batch.Kind{{
		Name: "visit", Title: batch.Words{ZH: "就诊", EN: "visit"}, Senders: []batch.Role{batch.Agency}, Receivers: []batch.Role{batch.Core},
		Rows: []*batch.Row{batch.Layout[visit]{
			Type: "V", Title: batch.Words{ZH: "就诊", EN: "visit"}, No: []string{"visit_no"},
			Columns: []batch.Column[visit]{batch.Number("visit_no", "就诊编号", 20, batch.Required, func(v *visit) *string { return &v.No })},
		}.Row()},
	}}
}

const csv = "H,visit,1,310100,310100c,7,2026-03-02T08:30:00+08:00,2021\nV,A-1\nT,1,0.00,"

// A batch is read alike from either carrier, and whether or not its file can be
// wound back; one that begins within a file is read from there.
func TestNewReaderOfEitherCarrier(t *testing.T) {
	file := []byte(csv + "not known yet\n")
	r, err := sheet.NewReader(bytes.NewReader(file), visits(), batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		continue
	}
	told, _ := r.Result()
	file = []byte(csv + told.Digest + "\n")
	var book bytes.Buffer
	want, err := sheet.Convert(&book, bytes.NewReader(file), visits(), batch.Options{}, sheet.Target{Carrier: batch.Workbook})
	if err != nil {
		t.Fatal(err)
	}
	for carrier, content := range map[batch.Carrier][]byte{batch.CSV: file, batch.Workbook: book.Bytes()} {
		within := bytes.NewReader(append([]byte("behind this"), content...))
		if _, err := within.Seek(int64(len("behind this")), io.SeekStart); err != nil {
			t.Fatal(err)
		}
		for name, src := range map[string]io.Reader{
			"seekable": bytes.NewReader(content), "within": within, "a stream": io.MultiReader(bytes.NewReader(content)),
			"in pieces": iotest.OneByteReader(bytes.NewReader(content)),
		} {
			r, err := sheet.NewReader(src, visits(), batch.Options{})
			if err != nil {
				t.Fatalf("%s, %s: %v", carrier, name, err)
			}
			var got []string
			for r.Next() {
				got = append(got, r.Record().Value.(*visit).No)
			}
			res, err := r.Result()
			if err != nil || res.Verdict != code.FileAccepted || res.Identity != want.Identity || r.Carrier() != carrier || len(got) != 1 || got[0] != "A-1" {
				t.Errorf("%s, %s: %+v %q %q %v", carrier, name, res, r.Carrier(), got, err)
			}
		}
	}
}

// What cannot be opened is a fault of the file; what cannot be read an error.
func TestNewReaderOfWhatIsNoBatch(t *testing.T) {
	for content, want := range map[string]code.Fault{"": code.Unreadable, "PK": code.WrongEnvelope, "PK\x03\x04": code.Unreadable, "no batch\n": code.WrongEnvelope} {
		for _, src := range []io.Reader{bytes.NewReader([]byte(content)), io.MultiReader(bytes.NewReader([]byte(content)))} {
			r, err := sheet.NewReader(src, visits(), batch.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Next() {
				t.Errorf("%q has a record", content)
			}
			if res, err := r.Result(); err != nil || res.Verdict != code.FileRejected || res.Faults[0].Code != want {
				t.Errorf("%q: %+v %v", content, res, err)
			}
		}
	}
	for _, begun := range []string{"", "PK\x03\x04", "H,visit\n"} {
		src := io.MultiReader(bytes.NewReader([]byte(begun)), iotest.ErrReader(io.ErrClosedPipe))
		if _, err := sheet.NewReader(src, visits(), batch.Options{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("behind %q: %v", begun, err)
		}
	}
}

// The engine alone takes no workbook, and says so.
func TestBatchReaderTakesNoWorkbook(t *testing.T) {
	r, err := batch.NewReader(bytes.NewReader([]byte("PK\x03\x04")), visits(), batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Faults(); len(f) != 1 || f[0].Code != code.Unreadable {
		t.Errorf("%+v", f)
	}
}
