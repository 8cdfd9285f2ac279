package formats_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// FuzzReader: no input panics or hangs; records are accepted or refused, none
// is lost.
func FuzzReader(f *testing.F) {
	for _, k := range formats.Kinds() {
		for _, e := range []batch.Encoding{batch.UTF8, batch.GB18030} {
			file, _ := writeBatch(f, k, e, samples()[k.Name]...)
			f.Add(file, e == batch.GB18030)
		}
		var book bytes.Buffer
		if err := sheet.Template(&book, k, headerOf(k)); err != nil {
			f.Fatal(err)
		}
		f.Add(book.Bytes(), false)
	}
	kinds := formats.Kinds()
	f.Fuzz(func(t *testing.T, file []byte, gb bool) {
		o := batch.Options{Repeats: true, MaxLine: 4 << 10, MaxUnzip: 1 << 20}
		if gb {
			o.Encoding = batch.GB18030
		}
		r, err := sheet.NewReader(bytes.NewReader(file), kinds, o)
		if err != nil {
			t.Fatal(err)
		}
		records, refused := 0, 0
		for r.Next() {
			records++
			if rec := r.Record(); !rec.OK() {
				refused++
			} else if rec.Value == nil {
				t.Errorf("record %d is accepted and nothing", records)
			}
		}
		res, err := r.Result()
		if err != nil || res.Records != records || res.Refused != refused || (res.Verdict == code.FileAccepted) != (refused == 0 && len(rejecting(res.Faults)) == 0) {
			t.Errorf("%d records, %d refused: %+v, %v", records, refused, res, err)
		}
	})
}

func rejecting(faults []batch.Fault) (all []batch.Fault) {
	for _, f := range faults {
		if !f.Warning() {
			all = append(all, f)
		}
	}
	return all
}

// FuzzMalleability: a batch that is accepted is written back as the same
// bytes, apart from CRLF, a byte order mark and quotes that nothing needs.
func FuzzMalleability(f *testing.F) {
	for i, k := range formats.Kinds() {
		file, _ := writeBatch(f, k, batch.UTF8, samples()[k.Name]...)
		_, body, _ := strings.Cut(string(file), "\n")
		f.Add(uint8(i), body[:strings.LastIndex(body, "T,")])
		f.Add(uint8(i), strings.ReplaceAll(body[:strings.LastIndex(body, "T,")], "\n", "\r\n"))
	}
	kinds := formats.Kinds()
	f.Fuzz(func(t *testing.T, i uint8, body string) {
		k := kinds[int(i)%len(kinds)]
		if body != "" && !strings.HasSuffix(body, "\n") {
			body += "\n"
		}
		made := sealed(t, k, body)
		values, faults, res := readBatch(t, []byte(made), batch.Options{Encoding: batch.UTF8})
		if res.Verdict != code.FileAccepted || len(faults) > 0 {
			return
		}
		again, _ := writeBatch(t, k, batch.UTF8, values...)
		_, rows, _ := strings.Cut(string(again), "\n")
		rows = rows[:strings.LastIndex(rows, "T,")]
		if plain := strings.ReplaceAll(body, "\r\n", "\n"); rows != plain && !strings.Contains(plain, `"`) {
			t.Errorf("accepted\n%q\nwritten as\n%q", plain, rows)
		}
		second, _, _ := readBatch(t, again, batch.Options{Encoding: batch.UTF8})
		if d := cmp.Diff(values, second); d != "" {
			t.Error(d)
		}
	})
}

// sealed puts a header and the trailer that is right for it around rows.
func sealed(t *testing.T, k *batch.Kind, body string) string {
	t.Helper()
	empty, _ := writeBatch(t, k, batch.UTF8)
	head, _, _ := strings.Cut(string(empty), "\n")
	text := head + "\n" + body
	draft := text + "T,0,0.00," + strings.Repeat("0", 64) + "\n"
	_, _, res := readBatch(t, []byte(draft), batch.Options{Encoding: batch.UTF8})
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%sT,%d,%s,%s\n", text, res.Rows, res.Total, hex.EncodeToString(sum[:]))
}
