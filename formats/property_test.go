package formats_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// anyText draws text as people and programs write it: rare characters, what
// CSV must quote, what a spreadsheet would run, what XML must escape.
func anyText(t *rapid.T, limit int) string {
	alphabet := rapid.OneOf(
		rapid.RuneFrom([]rune("=+-@,\";'|_x000D&<>]]  ·•．\uFE0F\U000E0100一龥㐀𠮷𫍯🀄é①")),
		rapid.RuneFrom(nil, unicode.Han),
		rapid.RuneFrom(nil, unicode.Letter, unicode.Digit, unicode.Punct),
	)
	s := strings.TrimSpace(rapid.StringOfN(alphabet, 1, min(limit, 40), -1).Draw(t, "text"))
	if s == "" {
		return "="
	}
	return s
}

// free are text fields that stand for themselves in no other check.
func free(c batch.Info) bool { return c.Type == batch.TypeText && c.Name != "share" }

// withTexts rewrites random free fields of a batch of samples.
func withTexts(t *rapid.T, k *batch.Kind) []any {
	var rows batch.Rows
	for _, rec := range samples()[k.Name] {
		if err := k.Append(&rows, rec); err != nil {
			t.Fatal(err)
		}
	}
	var records []any
	for line := range strings.Lines(string(rows.Bytes)) {
		fields := splitLine(t, line)
		row := k.Row(fields[0])
		if row == nil {
			continue // a detail row; its record has no free fields to lose
		}
		for i, c := range row.Columns {
			if free(c) && rapid.Bool().Draw(t, c.Name) {
				fields[i+1] = anyText(t, c.Max)
			}
		}
		rec, err := k.Parse([]byte(joinLine(fields)))
		if err != nil {
			continue // a form without its stays
		}
		records = append(records, rec)
	}
	return records
}

// splitLine cuts a row by another program than ours.
func splitLine(t *rapid.T, line string) []string {
	fields, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func joinLine(fields []string) string {
	quoted := slices.Clone(fields)
	for i, f := range quoted {
		quoted[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
	}
	return strings.Join(quoted, ",") + "\n"
}

// Whatever people write comes back as it was, in every carrier and encoding,
// or is refused before it is sent.
func TestAnyTextRoundTrips(t *testing.T) {
	kinds := formats.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		records := withTexts(t, k)
		if len(records) == 0 {
			return
		}
		encoding := rapid.SampledFrom([]batch.Encoding{batch.UTF8, batch.GB18030}).Draw(t, "encoding")
		var file, book bytes.Buffer
		w, err := batch.NewWriter(&file, k, headerOf(k), encoding)
		if err != nil {
			t.Fatal(err)
		}
		var written []any
		for _, rec := range records {
			if err := w.Write(rec); err == nil {
				written = append(written, rec)
			} else if encoding == batch.UTF8 {
				t.Fatal(err)
			}
		}
		trailer, err := w.Close()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, file.Bytes(), batch.Options{Encoding: encoding}, written, trailer)
		if encoding == batch.UTF8 {
			target := sheet.Target{Carrier: batch.Workbook}
			if _, err := sheet.Convert(&book, &file, kinds, batch.Options{Encoding: encoding}, target); err != nil {
				t.Fatal(err)
			}
			compare(t, book.Bytes(), batch.Options{}, written, trailer)
		}
	})
}

func compare(t *rapid.T, file []byte, o batch.Options, written []any, trailer batch.Trailer) {
	r, err := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), o)
	if err != nil {
		t.Fatal(err)
	}
	var values []any
	for r.Next() {
		values = append(values, r.Record().Value)
		if len(r.Record().Faults) > 0 {
			t.Fatalf("%+v\n%q", r.Record().Faults, file[:min(len(file), 2000)])
		}
	}
	res, err := r.Result()
	first := r.Kind().First == "" || len(written) == 0
	if err != nil || len(res.Faults) > 0 || (first && res.Verdict != code.FileAccepted) || res.Identity != trailer.Identity {
		t.Fatalf("%+v %v", res, err)
	}
	if d := cmp.Diff(written, values); d != "" {
		t.Fatal(d)
	}
}
