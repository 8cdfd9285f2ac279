package batch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"carryover/exchange/code"
)

// What is as large as a bound is read, what is larger is refused.
func TestBounds(t *testing.T) {
	row := rowWith(nil)
	file := batchOf(claimHead, "28.00", row, rowWith(map[string]string{"claim_no": "A-2"}))
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{MaxRows: 2}, nil},
		{Options{MaxRows: 1}, []string{"0   too-large"}},
		{Options{MaxBytes: int64(len(file))}, nil},
		{Options{MaxBytes: int64(len(file)) - 1}, []string{"0   too-large"}},
		{Options{MaxBytes: 1}, []string{"0   too-large"}},
		{Options{MaxRows: -1, MaxBytes: -1, MaxLine: -1, MaxDetails: -1}, nil},
	} {
		if faults, _, _ := judge(t, file, c.o); !slices.Equal(faults, c.want) {
			t.Errorf("%+v: %q", c.o, faults)
		}
	}
	o := Options{}.withDefaults()
	if o.MaxBytes != 8<<30 || o.MaxLine != 64<<10 || o.MaxDetails != 2000 || o.MaxRows != 100_000_000 {
		t.Errorf("%+v", o)
	}
	if got := (Options{MaxLine: 5}).withDefaults().MaxLine; got != 1024 {
		t.Error(got)
	}
	for size, want := range map[int][]string{1024: {"2 Q row unknown-code"}, 1025: {"2 Q  too-long"}} {
		line := "Q," + strings.Repeat("x", size-2)
		faults, _, _ := judge(t, batchOf(claimHead, "0.00", row, line), Options{MaxLine: 1024})
		if len(faults) != 1 || faults[0] != strings.Replace(want[0], "2", "3", 1) {
			t.Errorf("%d bytes: %q", size, faults)
		}
	}
	// Unknown kinds are counted as well, up to the bound.
	other := batchOf(strings.Replace(claimHead, "claim", "other", 1), "0.00", "a", "b")
	if faults, _, res := judge(t, other, Options{}); !slices.Equal(faults, []string{"1 H kind kind-unknown"}) || res.Rows != 2 || res.Records != 0 {
		t.Errorf("%q %+v", faults, res)
	}
}

// What cannot be a batch is told by its first bytes.
func TestNotText(t *testing.T) {
	for head, want := range map[string]string{
		"": "空文件", "\xff\xfe": "UTF-16", "\xfe\xff": "UTF-16", "\xff": "", "\xfe\xfe": "", "\xff\xff": "", "\xD0\xCF\x11\xE0": ".xls", "\xD0\xCF\x11": "", "PK\x03\x04": "工作簿",
		"PK\x03": "", "a\x00": "不是文本", "H,\x00": "", "\uFEFFH,\x00": "", "\x00": "不是文本", "abc": "", "abcd": "",
	} {
		if got := notText([]byte(head)); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q", head, got)
		}
	}
}

// An error of reading is one, wherever it comes; a fault of the file is none.
func TestErrorsOfReading(t *testing.T) {
	good := batchOf(claimHead, "14.00", rowWith(nil))
	for at := range len(good) {
		src := io.MultiReader(strings.NewReader(good[:at]), iotest.ErrReader(io.ErrClosedPipe))
		r, err := NewReader(src, []*Kind{claims()}, Options{})
		if err == nil {
			for r.Next() {
				continue
			}
			_, err = r.Result()
		}
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Fatalf("at byte %d: %v", at, err)
		}
	}
	if _, err := NewReader(broken{}, nil, Options{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	refused := Refused(&FileFault{Code: code.TooLarge, Text: "too large"})
	if res, err := refused.Result(); refused.Next() || err != nil || res.Verdict != code.FileRejected || res.Faults[0].Text != "too large" {
		t.Errorf("%+v %v", res, err)
	}
	if got := (&FileFault{Code: code.TooLarge, Text: "why"}).Error(); got != "too-large: why" {
		t.Error(got)
	}
}

// broken can be wound back, and not read.
type broken struct{}

func (broken) Read([]byte) (int, error)       { return 0, io.ErrClosedPipe }
func (broken) Seek(int64, int) (int64, error) { return 0, nil }

// unseekable says that it can be wound back, and cannot.
type unseekable struct{ io.Reader }

func (unseekable) Seek(int64, int) (int64, error) { return 0, io.ErrClosedPipe }

// The encoding of a file is found out from all of it where it can be wound
// back, else from its beginning; what was read before stays read.
func TestEncodingIsFoundOut(t *testing.T) {
	late := batchOf(claimHead, "0.00", rowWith(map[string]string{"note": strings.Repeat("x", 70<<10), "paid": "x"}), rowWith(nil))
	stored, err := encodeGB18030([]byte(late))
	if err != nil {
		t.Fatal(err)
	}
	early, err := encodeGB18030([]byte(batchOf(claimHead, "0.00", rowWith(nil))))
	if err != nil {
		t.Fatal(err)
	}
	notes := func(src io.Reader, o Options) (all []string) {
		r, err := NewReader(src, []*Kind{claims()}, o)
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
			if v, ok := r.Record().Value.(*claim); ok {
				all = append(all, v.Note)
			}
		}
		return all
	}
	within := bytes.NewReader(append([]byte("x\xff"), early...))
	if _, err := within.Seek(2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		src  io.Reader
		want string
	}{
		"wound back": {bytes.NewReader(stored), "急诊"}, "early": {io.MultiReader(bytes.NewReader(early)), "急诊"}, "within": {within, "急诊"},
		"cannot be wound back": {unseekable{bytes.NewReader(early)}, "急诊"}, "utf-8": {strings.NewReader(late), "急诊"},
	} {
		if got := notes(c.src, Options{}); len(got) == 0 || got[len(got)-1] != c.want {
			t.Errorf("%s: %.60q", name, got)
		}
	}
	if got := notes(io.MultiReader(bytes.NewReader(stored)), Options{}); got[len(got)-1] == "急诊" {
		t.Error("only the beginning of a stream can tell")
	}
	if got := notes(bytes.NewReader(early), Options{Encoding: GB18030}); got[0] != "急诊" {
		t.Errorf("%q", got)
	}
}

// Lines in GB18030 are decoded as such even where they would be UTF-8 as well.
func TestGB18030Lines(t *testing.T) {
	file := batchOf(claimHead, "14.00", rowWith(map[string]string{"note": "\xC2\xA9"}), `V,"A`)
	r, err := NewReader(strings.NewReader(file), []*Kind{claims()}, Options{Encoding: GB18030})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Next() || r.Record().Value.(*claim).Note != "漏" {
		t.Errorf("%+v", r.Record().Value)
	}
	if !r.Next() || len(r.Record().Faults) != 1 {
		t.Errorf("%+v", r.Record().Faults)
	}
}

// A line may be as long as the bound, wherever it lies in the file.
func TestLongLines(t *testing.T) {
	for _, size := range []int{20 << 10, 64 << 10} {
		line := "Q," + strings.Repeat("x", size-2)
		if faults, _, _ := judge(t, batchOf(claimHead, "14.00", rowWith(nil), line, line, line), Options{}); len(faults) != 3 || faults[2] != "5 Q row unknown-code" {
			t.Errorf("%d bytes: %q", size, faults)
		}
	}
}

// A trailer that begins a block ends the file like any other.
func TestTrailerAtTheStartOfABlock(t *testing.T) {
	body := strings.Repeat("x\n", maxLines)
	for _, end := range []string{"T,1\n", "T,1\nmore"} {
		got := rowsOf(t, strings.NewReader(body+end), 1<<20)
		want := []string{
			fmt.Sprintf(`%d ["T" "1"] `, maxLines+1), fmt.Sprintf("%x", sha256.Sum256([]byte(body))),
			fmt.Sprintf("%x %v <nil>", sha256.Sum256([]byte(body+end)), end != "T,1\n"),
		}
		if len(got) != maxLines+3 || !slices.Equal(got[maxLines:], want) {
			t.Errorf("%q, want %q", got[maxLines:], want)
		}
	}
}

// What follows the trailer is seen in blocks that were read ahead, and in
// those that were not; the end of a file that fills its last block is none.
func TestMoreBehindTheTrailer(t *testing.T) {
	size := 2<<10 + 64<<10 // of a block
	for _, behind := range []int{0, 1, size, 3 * size, 9 * size} {
		for _, before := range []int{2, size - 4, 2*size - 4} {
			body := strings.Repeat(strings.Repeat("x", 99)+"\n", before/100) + strings.Repeat("\n", before%100)
			file := body + "T,1\n" + strings.Repeat("y", behind)
			got := rowsOf(t, strings.NewReader(file), 1<<30)
			if want := fmt.Sprintf("%x %v <nil>", sha256.Sum256([]byte(file)), behind > 0); got[len(got)-1] != want {
				t.Errorf("%d bytes before, %d behind: %s, want %s", before, behind, got[len(got)-1], want)
			}
		}
	}
}

// A line that an error cut off is not a row.
func TestErrorWithinALine(t *testing.T) {
	src := io.MultiReader(strings.NewReader("H,x"), iotest.ErrReader(io.ErrClosedPipe))
	if got := rowsOf(t, src, 1<<20); !slices.Equal(got, []string{io.ErrClosedPipe.Error()}) {
		t.Errorf("%q", got)
	}
}

// Where lines may be longer than usual, they are still whole.
func TestLongerLines(t *testing.T) {
	line := strings.Repeat("x", 100<<10)
	c := newCSVSource(strings.NewReader(line+"\n"+line+"\n"), UTF8, &Options{MaxLine: 128 << 10, MaxBytes: 1 << 20})
	for range 2 {
		if r, err := c.next(); err != nil || r.at(0) != line || r.fault.code != "" {
			t.Fatalf("%d bytes, %+v, %v", len(r.text), r.fault, err)
		}
	}
}
