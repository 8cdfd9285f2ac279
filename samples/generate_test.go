package samples

import (
	"bytes"
	"io"
	"testing"

	"pgregory.net/rapid"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// judge reads a batch and fails the test on anything wrong with it.
func judge(t rapid.TB, src io.Reader, o batch.Options) batch.Result {
	t.Helper()
	r, err := sheet.NewReader(src, formats.Kinds(), o)
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		for _, f := range r.Record().Faults {
			t.Errorf("%+v", f)
		}
	}
	res, err := r.Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Faults {
		t.Errorf("file: %+v", f)
	}
	return res
}

func TestEveryKindIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(formats.Kinds()).Draw(t, "kind").Name
		n := rapid.IntRange(0, 120).Draw(t, "records")
		if kind == formats.KindReceipt {
			n = max(n, 1)
		}
		seed := rapid.Int64().Draw(t, "seed")
		o := Options{
			Sequence: rapid.IntRange(0, batch.MaxSequence).Draw(t, "sequence"),
			Encoding: rapid.SampledFrom([]batch.Encoding{batch.UTF8, batch.GB18030}).Draw(t, "encoding"),
		}
		var file bytes.Buffer
		if err := Generate(&file, kind, n, seed, o); err != nil {
			t.Fatal(err)
		}
		h, err := Header(kind, o)
		if err != nil {
			t.Fatal(err)
		}
		res := judge(t, bytes.NewReader(file.Bytes()), batch.Options{Name: h.FileName(batch.CSV), Repeats: true})
		if res.Records != n || res.Verdict != code.FileAccepted {
			t.Errorf("%s: %d records of %d, %s", kind, res.Records, n, res.Verdict)
		}
		var again bytes.Buffer
		if err := Generate(&again, kind, n, seed, o); err != nil || !bytes.Equal(again.Bytes(), file.Bytes()) {
			t.Errorf("%s: the same seed gives another file: %v", kind, err)
		}
	})
}
