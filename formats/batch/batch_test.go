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

// rowsOf tells the rows of a file, and its digests.
func rowsOf(t *testing.T, src io.Reader, maxBytes int64) (all []string) {
	t.Helper()
	c := newCSVSource(src, UTF8, &Options{MaxLine: 1 << 10, MaxBytes: maxBytes})
	for {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return append(all, err.Error())
		}
		all = append(all, fmt.Sprintf("%d %q %s", r.line, r.texts(), r.fault.code))
	}
	sum := c.digest()
	whole, more, err := c.finish(0, 0)
	return append(all, sum, fmt.Sprintf("%s %v %v", whole, more, err))
}

// Rows are the same however the file comes in, and so are its digests.
func TestRowsInPieces(t *testing.T) {
	sum := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	body := "a\r\nbb\n\n" + strings.Repeat("c", 5000) + "\n\xff,x\n"
	for file, want := range map[string][]string{
		body + "T,1\r": {
			`1 ["a"] `, `2 ["bb"] `, `3 [""] `, `4 ["cccccccc"] too-long`, "5 [\"\uFFFD\" \"x\"] ", `6 ["T" "1\r"] `,
			sum(body), sum(body+"T,1\r") + " false <nil>",
		},
		"\uFEFFa\nT\nmore": {`1 ["a"] `, `2 ["T"] `, sum("\uFEFFa\n"), sum("\uFEFFa\nT\nmore") + " true <nil>"},
		"":                 {"", sum("") + " false <nil>"},
		"a":                {`1 ["a"] `, "", sum("a") + " false <nil>"},
	} {
		if got := rowsOf(t, strings.NewReader(file), 1<<20); !slices.Equal(got, want) {
			t.Errorf("%.40q:\n%q\n%q", file, got, want)
		}
		if got := rowsOf(t, iotest.OneByteReader(strings.NewReader(file)), 1<<20); !slices.Equal(got, want) {
			t.Errorf("%.40q in pieces:\n%q\n%q", file, got, want)
		}
	}
}

// Blocks of a file end where lines end, however long these are, and none is
// lost between them.
func TestRowsOverBlocks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var file strings.Builder
		var want []string
		for i := range rapid.IntRange(0, 12).Draw(rt, "parts") {
			size := rapid.SampledFrom([]int{0, 1, 500, 1024, 1025, 66 << 10, 67 << 10, 200 << 10}).Draw(rt, "size")
			for range rapid.SampledFrom([]int{1, 1, 100, 5000}).Draw(rt, "times") {
				if file.Len() > 1<<20 {
					break
				}
				line := strings.Repeat(string(rune('a'+i)), size)
				file.WriteString(line + "\n")
				if len(line) > 1<<10 {
					want = append(want, fmt.Sprintf("%d %q too-long", len(want)+1, []string{line[:8]}))
				} else {
					want = append(want, fmt.Sprintf("%d %q ", len(want)+1, []string{line}))
				}
			}
		}
		want = append(want, fmt.Sprintf("%d %q ", len(want)+1, []string{"T"}), fmt.Sprintf("%x", sha256.Sum256([]byte(file.String()))))
		file.WriteString("T\n" + strings.Repeat("x\n", rapid.SampledFrom([]int{0, 1, 300000}).Draw(rt, "after")))
		more := !strings.HasSuffix(file.String(), "T\n")
		want = append(want, fmt.Sprintf("%x %v <nil>", sha256.Sum256([]byte(file.String())), more))
		if got := rowsOf(t, strings.NewReader(file.String()), 1<<30); !slices.Equal(got, want) {
			rt.Errorf("%d rows, want %d: %.200q", len(got), len(want), got)
		}
	})
}

// A file beyond its bound is refused, wherever the bound lies.
func TestRowsBeyondBound(t *testing.T) {
	file := strings.Repeat("x\n", 300000) + "T\n"
	for _, bound := range []int{0, 1, 70 << 10, len(file) - 1} {
		got := rowsOf(t, strings.NewReader(file), int64(bound))
		if last := got[len(got)-1]; !strings.Contains(last, errTooLarge.Error()) {
			t.Errorf("bound %d: %d rows, %s", bound, len(got), last)
		}
	}
	if got := rowsOf(t, strings.NewReader(file), int64(len(file))); len(got) != 300003 {
		t.Errorf("%d rows", len(got))
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
