package formats_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// writeBatch is a CSV batch of records.
func writeBatch(t testing.TB, k *batch.Kind, e batch.Encoding, records ...any) ([]byte, batch.Trailer) {
	t.Helper()
	var b bytes.Buffer
	h := headerOf(k)
	if k.Name == formats.KindLetter || k.Name == formats.KindApplication {
		h.Sender, h.Receiver = "320500", "310100"
	}
	w, err := batch.NewWriter(&b, k, h, e)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatalf("%T: %v", r, err)
		}
	}
	trailer, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), trailer
}

// readBatch reads a batch of either carrier to its end.
func readBatch(t testing.TB, file []byte, o batch.Options) (values []any, faults []batch.Fault, res batch.Result) {
	t.Helper()
	r, err := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), o)
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		values = append(values, r.Record().Value)
		faults = append(faults, r.Record().Faults...)
	}
	if res, err = r.Result(); err != nil {
		t.Fatal(err)
	}
	return values, append(faults, res.Faults...), res
}

func TestEveryKindHasASample(t *testing.T) {
	for _, k := range formats.Kinds() {
		missing := map[string]bool{}
		for _, row := range k.Rows {
			missing[row.Type] = true
		}
		for _, rec := range samples()[k.Name] {
			if row := k.RowOf(rec); row != nil {
				delete(missing, row.Type)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s: no sample of %v", k.Name, missing)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, k := range formats.Kinds() {
		for _, e := range []batch.Encoding{batch.UTF8, batch.GB18030} {
			t.Run(k.Name+" "+string(e), func(t *testing.T) {
				records := samples()[k.Name]
				file, trailer := writeBatch(t, k, e, records...)
				values, faults, res := readBatch(t, file, batch.Options{Repeats: true})
				if len(faults) > 0 || res.Verdict != code.FileAccepted {
					t.Fatalf("%v\n%s", faults, file)
				}
				if d := cmp.Diff(records, values); d != "" {
					t.Error(d)
				}
				if res.Digest != trailer.Digest || res.Identity != trailer.Identity || res.Rows != trailer.Rows || res.Total != trailer.Total {
					t.Errorf("read %+v, wrote %+v", res, trailer)
				}
			})
		}
	}
}

// A workbook made of a CSV batch is the same batch: same records, same
// identity, and back to the same bytes.
func TestWorkbookRoundTrip(t *testing.T) {
	for _, k := range formats.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			records := samples()[k.Name]
			file, trailer := writeBatch(t, k, batch.UTF8, records...)
			var book, again bytes.Buffer
			res, err := sheet.Convert(&book, bytes.NewReader(file), formats.Kinds(), batch.Options{}, sheet.Target{Carrier: batch.Workbook})
			if err != nil {
				t.Fatalf("%v %+v", err, res)
			}
			values, faults, res := readBatch(t, book.Bytes(), batch.Options{Repeats: true})
			if len(faults) > 0 || res.Verdict != code.FileAccepted {
				t.Fatal(faults)
			}
			if d := cmp.Diff(records, values); d != "" {
				t.Error(d)
			}
			if res.Digest != trailer.Digest || res.Identity != trailer.Identity {
				t.Errorf("read %+v, wrote %+v", res, trailer)
			}
			if _, err := sheet.Convert(&again, &book, formats.Kinds(), batch.Options{}, sheet.Target{Carrier: batch.CSV}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(file), again.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestConvertRefusesFaults(t *testing.T) {
	l := sampleLetter(1)
	file, _ := writeBatch(t, kindOf(formats.KindLetter), batch.UTF8, &l)
	broken := bytes.Replace(file, []byte("2026-03-02,"), []byte("2026-02-30,"), 1)
	for _, c := range []batch.Carrier{batch.CSV, batch.Workbook} {
		var out bytes.Buffer
		res, err := sheet.Convert(&out, bytes.NewReader(broken), formats.Kinds(), batch.Options{}, sheet.Target{Carrier: c})
		if !errors.Is(err, sheet.ErrFaulty) || res.Verdict != code.FileRejected {
			t.Errorf("%s: %v, %+v", c, err, res)
		}
	}
}

func TestUnwritableCharacterIsRefusedBeforeSending(t *testing.T) {
	k := kindOf(formats.KindLetter)
	var b bytes.Buffer
	w, err := batch.NewWriter(&b, k, headerOf(k), batch.GB18030)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Len()
	l := sampleLetter(1)
	l.Person.Name = "王\uE000"
	if err := w.Write(&l); !errors.Is(err, batch.ErrUnencodable) || b.Len() != before {
		t.Errorf("%v, %d bytes written", err, b.Len()-before)
	}
	l.Person.Name = "王㐀𠮷"
	if err := w.Write(&l); err != nil {
		t.Error(err)
	}
}

// Every field that a layout names is one of its columns.
func TestLayoutsNameTheirColumns(t *testing.T) {
	for _, k := range formats.Kinds() {
		for _, row := range k.Rows {
			columns := map[string]bool{}
			for _, c := range row.Columns {
				if columns[c.Name] {
					t.Errorf("%s %s: column %s twice", k.Name, row.Type, c.Name)
				}
				columns[c.Name] = true
			}
			for _, list := range [][]string{row.No, row.Key, row.Sum} {
				for _, name := range list {
					if !columns[name] {
						t.Errorf("%s %s: no column %s", k.Name, row.Type, name)
					}
				}
			}
			if len(row.No) == 0 || row.Detail != nil && row.No[0] != row.Columns[0].Name {
				t.Errorf("%s %s: the number that detail rows name must stand first", k.Name, row.Type)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	for name, expected := range map[string][]string{
		formats.KindLetter:         {"L|32050020260302000001|1"},
		formats.KindForm:           {"F|F32050020260302000001|1", "D|31010020260227000002|1", "F|F32050020260302000002|1"},
		formats.KindCancellation:   {"X|31010020260227000001||cancel"},
		formats.KindNetting:        {"J|2026-03|out|F32050020260302000001|99999999999999.99"},
		formats.KindReconciliation: {""},
		formats.KindNotice:         {""},
	} {
		k := kindOf(name)
		file, _ := writeBatch(t, k, batch.UTF8, samples()[name]...)
		r, err := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), batch.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; r.Next(); i++ {
			if got := r.Record().Key(); got != expected[i] || got != k.KeyOf(r.Record().Value) {
				t.Errorf("%s: key %q, want %q", name, got, expected[i])
			}
			if no := r.Record().No(); no != k.RecordNo(r.Record().Value) {
				t.Errorf("%s: number %q", name, no)
			}
		}
	}
}
