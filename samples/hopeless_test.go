package samples

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carryover/exchange/code"
	"carryover/formats"
	"carryover/formats/batch"
	"carryover/formats/sheet"
)

// refuses fails the test unless reading ends with a fault that refuses the
// file or a record of it.
func refuses(t rapid.TB, what string, file []byte) {
	t.Helper()
	r, err := sheet.NewReader(bytes.NewReader(file), formats.Kinds(), batch.Options{Repeats: true})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for r.Next() {
		continue
	}
	if res, err := r.Result(); err != nil || res.Verdict == code.FileAccepted {
		t.Errorf("%s: %s, %v", what, res.Verdict, err)
	}
}

// TestEveryTruncationIsRefused cuts a good file behind every byte; only the
// last line end may be missing.
func TestEveryTruncationIsRefused(t *testing.T) {
	for kind, good := range goods(t) {
		step := 17
		if kind == formats.KindNetting {
			step = 1
		}
		for n := 0; n < len(good)-1; n += step {
			refuses(t, fmt.Sprintf("%s cut at %d", kind, n), good[:n])
		}
		book, err := fs.ReadFile(Files(), kind+"/good.xlsx")
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(book); n += len(book)/5 + 1 {
			refuses(t, fmt.Sprintf("%s workbook cut at %d", kind, n), book[:n])
		}
	}
}

// TestEveryChangedByteIsRefused: whatever byte of a good file is another, the
// file does not pass.
func TestEveryChangedByteIsRefused(t *testing.T) {
	all := goods(t)
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(formats.Kinds()).Draw(t, "kind")
		file := slices.Clone(all[k.Name])
		at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
		file[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		refuses(t, k.Name, file)
	})
}

// TestEveryColumnIsJudged leaves every required field of every row type empty
// in turn, and finds exactly that.
func TestEveryColumnIsJudged(t *testing.T) {
	checked := 0
	for _, k := range formats.Kinds() {
		good := goods(t)[k.Name]
		for _, row := range k.Rows {
			if !bytes.Contains(good, []byte("\n"+row.Type+",")) {
				t.Errorf("%s: the good file has no row %s", k.Name, row.Type)
				continue
			}
			for i, c := range row.Columns {
				if c.Need != batch.Required || (i == 0 && row.Detail != nil) { // its details name the number
					continue
				}
				checked++
				at := row.Type + "1." + c.Name
				missing := change{kind: k.Name, name: "missing", code: code.Missing, set: []string{at + "="}}
				got := judgeVector(t, Vector{File: "x.csv", Carrier: batch.CSV}, missing.build(t, good))
				if len(got.faults) != 1 || got.faults[0].Code != code.Missing || got.faults[0].Field != c.Name || got.faults[0].Row != row.Type {
					t.Errorf("%s %s: %+v", k.Name, at, got.faults)
				}
			}
		}
	}
	if checked < 150 {
		t.Errorf("only %d columns", checked)
	}
}

// endless is a file whose second line does not end for a long time.
func endless(bytes int64) io.Reader {
	return io.MultiReader(
		strings.NewReader("H,contact-letter,1,310100,320500,1,2026-03-03T18:30:00+08:00,2021\nL,"),
		io.LimitReader(letterA{}, bytes),
		strings.NewReader("\nT,1,0.00,"+strings.Repeat("0", 64)+"\n"))
}

type letterA struct{}

func (letterA) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'A'
	}
	return len(b), nil
}

// TestAnEndlessLineCostsNoMemory reads a line of 200 MB, or 2 GB in the long
// run of the tests: one fault for the line, one for the digest.
func TestAnEndlessLineCostsNoMemory(t *testing.T) {
	size := int64(200 << 20)
	if os.Getenv("CARRYOVER_LONG") != "" {
		size = 2 << 30
	}
	stop := peak()
	r, err := sheet.NewReader(endless(size), formats.Kinds(), batch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var faults []batch.Fault
	for r.Next() {
		faults = append(faults, r.Record().Faults...)
	}
	res, err := r.Result()
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != 1 || faults[0].Code != code.TooLong || faults[0].Line != 2 || len(res.Faults) != 1 || res.Faults[0].Code != code.Digest {
		t.Errorf("%+v, %+v", faults, res.Faults)
	}
	if held := stop(); held > 64 {
		t.Errorf("%.0f MiB held", held)
	}
}
