package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"carryover/exchange/calendar"
)

func TestFileNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := FileName{
			Kind:     rapid.SampledFrom([]string{"contact-letter", "receipt"}).Draw(t, "kind"),
			Sender:   rapid.StringMatching(`[0-9]{6}[cpb]?`).Draw(t, "sender"),
			Receiver: rapid.StringMatching(`[0-9]{6}[cpb]?`).Draw(t, "receiver"),
			Day:      calendar.Date(20240229).AddDays(rapid.IntRange(-9000, 9000).Draw(t, "day")),
			Sequence: rapid.IntRange(0, MaxSequence).Draw(t, "sequence"),
			Carrier:  rapid.SampledFrom([]Carrier{CSV, Workbook}).Draw(t, "carrier"),
		}
		if got, ok := ParseFileName(n.String()); !ok || got != n {
			t.Errorf("%s: %+v %v", n, got, ok)
		}
	})
	for _, name := range []string{
		"", "contact-letter_320500_310100_20260302_000017", "contact-letter_320500_310100_20260302_17.csv",
		"contact-letter_320500_310100_20260230_000017.csv", "contact-letter_320500x_310100_20260302_000017.csv",
		"contact-letter_320500_310100_20260302_000017.csv.part", "_320500_310100_20260302_000017.csv",
		"contact-letter_320500_310100_20260302_000017.CSV", "../b_320500_310100_20260302_000017.csv", "a/b_320500_310100_20260302_000017.csv",
	} {
		if n, ok := ParseFileName(name); ok {
			t.Errorf("%q: %+v", name, n)
		}
	}
}

// The set keeps its word: every key once, at most 24 bytes for each.
func TestSeen(t *testing.T) {
	s := newSeen()
	const n = 300_000
	for i := range n {
		if !s.add(fmt.Appendf(nil, "L|32050020260302%06d|1", i)) {
			t.Fatalf("key %d was not new", i)
		}
	}
	for i := range n {
		if s.add(fmt.Appendf(nil, "L|32050020260302%06d|1", i)) {
			t.Fatalf("key %d was new again", i)
		}
	}
	slots := 0
	for i := range s.shards {
		slots += len(s.shards[i].slots)
	}
	if perKey := float64(16*slots) / n; perKey > 24 {
		t.Errorf("%.1f bytes per key", perKey)
	}
}

// What tidy has put right has no slip left, and what is right stays.
func TestTidyIsStable(t *testing.T) {
	types := []Type{TypeNumber, TypeText, TypeArea, TypeList, TypeDate, TypeMonth, TypeMoney, TypeInt, TypeBool}
	rapid.Check(t, func(t *rapid.T) {
		c := &Info{Type: rapid.SampledFrom(types).Draw(t, "type")}
		text, _ := tidy(c, rapid.StringOf(rapid.RuneFrom([]rune(" 　xX０１2３4.．-/,，年éß"))).Draw(t, "text"))
		if again, why := tidy(c, text); again != text || why != "" {
			t.Errorf("%s: %q became %q: %s", c.Type, text, again, why)
		}
	})
}

func TestPlainAmount(t *testing.T) {
	for in, out := range map[string]string{
		"1": "1.00", "1.5": "1.50", "0.1": "0.10", "0": "0.00", "1234.4999999999998": "1234.50", "99999999999.989998": "99999999999.99",
		"1.234": "1.234", "01": "01", "1e3": "1e3", "": "", "-1": "-1", "1.": "1.", ".5": ".5", "1,5": "1,5", "0.005": "0.005",
	} {
		if got := plainAmount(in); got != out {
			t.Errorf("%q: %q, want %q", in, got, out)
		}
	}
}

func TestDetect(t *testing.T) {
	chinese := strings.Repeat("医疗保险", 20000)
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(chinese))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file string
		want Encoding
	}{
		"ascii": {"H,1\n", UTF8}, "empty": {"", UTF8}, "utf-8": {"x" + chinese, UTF8}, "gb18030": {string(gb), GB18030},
		"mark": {"\uFEFF\xFF", UTF8}, "late": {chinese + "\xFF", GB18030}, "cut short": {chinese[:len(chinese)-1], GB18030},
	} {
		for _, src := range []io.Reader{strings.NewReader(c.file), iotest.OneByteReader(strings.NewReader(c.file))} {
			if got, err := Detect(src); got != c.want || err != nil {
				t.Errorf("%s: %q %v", name, got, err)
			}
		}
	}
}

// Text comes through GB18030 as it was; a byte that is damaged is noticed, or
// makes other text that is right in itself.
func TestGB18030(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringOfN(rapid.RuneFrom([]rune("a,一龥㐀𠮷é€①·•．Z9ー가")), 1, 30, -1).Draw(t, "text"))
		stored, err := encodeGB18030(text)
		if err != nil {
			t.Fatal(err)
		}
		d := decoder{encoding: GB18030}
		if back, spots := d.line(stored, 0); !bytes.Equal(back, text) || len(spots) > 0 {
			t.Fatalf("%q became %q, %v", text, back, spots)
		}
		broken := bytes.Clone(stored)
		i := rapid.IntRange(0, len(broken)-1).Draw(t, "at")
		broken[i] = rapid.Byte().Draw(t, "byte")
		back, spots := d.line(broken, 0)
		if !utf8.Valid(back) {
			t.Fatalf("%x became %q", broken, back)
		}
		if again, err := encodeGB18030(back); len(spots) == 0 && (err != nil || !bytes.Equal(again, broken)) {
			t.Errorf("%x passed for %q", broken, back)
		}
	})
}

// Lines are the same however the file comes in, and so is the digest.
func TestLinesInPieces(t *testing.T) {
	file := "a\r\nbb\n\n" + strings.Repeat("c", 5000) + "\nT,1\r"
	read := func(src io.Reader) (all []string) {
		l := newLines(src, 1<<10, 1<<20)
		for {
			if err := l.load(); err != nil {
				t.Fatal(err)
			}
			line, _, long, ok := l.line()
			if !ok {
				break
			}
			all = append(all, fmt.Sprintf("%.20s %v", line, long))
		}
		sum, _, err := l.sum()
		if err != nil {
			t.Fatal(err)
		}
		return append(all, sum)
	}
	whole := read(strings.NewReader(file))
	if len(whole) != 6 || whole[0] != "a false" || whole[3] != "cccccccccccccccc true" || whole[4] != "T,1\r false" {
		t.Errorf("%q", whole)
	}
	if pieces := read(iotest.OneByteReader(strings.NewReader(file))); fmt.Sprint(pieces) != fmt.Sprint(whole) {
		t.Errorf("%q\n%q", pieces, whole)
	}
}

// An error of the file underneath is reported after the rows before it.
func TestReadError(t *testing.T) {
	src := io.MultiReader(strings.NewReader("H,x\nA,1\nA,2\n"), iotest.ErrReader(io.ErrClosedPipe))
	c := newCSVSource(src, UTF8, &Options{MaxLine: 1 << 10, MaxBytes: 1 << 20})
	rows := 0
	for {
		_, err := c.next()
		if errors.Is(err, io.ErrClosedPipe) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	if rows != 3 {
		t.Errorf("%d rows", rows)
	}
}
