package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// A character that the end of a buffer cuts off is left for the next.
func TestLastWhole(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "a": 1, "é": 2, "é"[:1]: 0, "aé"[:2]: 1, "医": 3, "医"[:2]: 0, "医"[:1]: 0, "😀": 4, "😀"[:3]: 0, "a😀"[:2]: 1, "a😀"[:4]: 1,
		"\x80\x80\x80\x80\x80": 5, "a\x80\x80\x80\x80": 5, "a\x80\x80\x80": 4, "\xff": 1,
	} {
		if got := lastWhole([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// The length of a character in GB18030, by its shape.
func TestGBLen(t *testing.T) {
	for text, want := range map[string]int{
		"\x80\x40": 1, "\xff\x40": 1, "\x81": 1, "\x81\x40": 2, "\xfe\xfe": 2, "\x81\x7e": 2, "\x81\x7f": 1, "\x81\x80": 2, "\x81\xff": 1, "\x81\x3f": 1, "\x81\x2f": 1,
		"\x81\x30\x81\x30": 4, "\x81\x39\xfe\x39": 4, "\x81\x3a\x81\x30": 1, "\x81\x30\x80\x30": 1, "\x81\x30\xff\x30": 1, "\x81\x30\x81\x2f": 1, "\x81\x30\x81\x3a": 1, "\x81\x30\x81": 1,
	} {
		if got := gbLen([]byte(text)); got != want {
			t.Errorf("%x: %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int{"a": 0, "": 0, "\x81\x40\x81\x40a": 4, "\x81\x40\x81": 3, "\x80\x81\x40": 3} {
		if got := gbRun([]byte(text)); got != want {
			t.Errorf("run of %x: %d, want %d", text, got, want)
		}
	}
}

// A decoder finds each broken character at its byte of the file.
func TestDecoderFindsWhatIsBroken(t *testing.T) {
	private := "\x83\x38\x98\x37" // U+F014
	for _, c := range []struct {
		encoding   Encoding
		line, want string
		spots      []string
	}{
		{UTF8, "abc", "abc", nil},
		{UTF8, "医", "医", nil},
		{UTF8, "a\xffé\xfe", "a\uFFFDé\uFFFD", []string{"1 12", "6 15"}},
		{UTF8, "\uFFFD", "\uFFFD", nil},
		{GB18030, "abc", "abc", nil},
		{GB18030, "\xD2\xBDa", "医a", nil},
		{GB18030, "a\xD2\xBD\xff,\xD2\xBD", "a医\uFFFD,医", []string{"4 14"}},
		{GB18030, "\xff\xff", "\uFFFD\uFFFD", []string{"0 11", "3 12"}},
		{GB18030, "a" + private + "\xD2\xBD", "a\uF014医", []string{"1 12"}},
		{GB18030, "\xD2", "\uFFFD", []string{"0 11"}},
		{GB18030, "\x80\xD2\xBD", "\uFFFD医", []string{"0 11"}},
		{GB18030, "\xD2\xBD" + private, "医\uF014", []string{"3 13"}},
		{UTF8, "\x80", "\uFFFD", []string{"0 11"}},
		{GB18030, "\x81\x30\x81\x30", "\u0080", nil},
	} {
		d := decoder{encoding: c.encoding}
		for range 2 { // nothing is left of the line before
			text, spots := d.line([]byte(c.line), 10)
			var got []string
			for _, s := range spots {
				got = append(got, fmt.Sprintf("%d %s", s.at, s.why[strings.LastIndexByte(s.why, ' ')+1:len(s.why)-1]))
				if !strings.Contains(s.why, "文件第"+s.why[strings.LastIndexByte(s.why, ' ')+1:len(s.why)-1]+"字节") {
					t.Error(s.why)
				}
			}
			if string(text) != c.want || !slices.Equal(got, c.spots) {
				t.Errorf("%s %q: %q %q", c.encoding, c.line, text, got)
			}
		}
	}
	d := decoder{encoding: UTF8}
	if _, spots := d.line(bytes.Repeat([]byte{0xff}, 100), 0); len(spots) != maxSpots {
		t.Error(len(spots))
	}
}

// A fault names the byte of the first broken character of its field.
func TestBrokenFields(t *testing.T) {
	row := func(note, echo string) string { return rowWith(map[string]string{"note": note, "echo": echo}) }
	for _, c := range []struct {
		note, echo string
		want       []string
	}{
		{"\xff", "x", []string{"note byte"}},
		{"x", "\xff", []string{"echo byte"}},
		{"\xff\xff", "\xff", []string{"note byte", "echo byte"}},
		{"\x01", "\xff", []string{"note U+0001", "echo byte"}},
		{"\xff", "\x7f", []string{"note byte", "echo U+007F"}},
		{"\uFFFE", "x", []string{"note U+FFFE"}},
	} {
		file := batchOf(claimHead, "14.00", row(c.note, c.echo))
		r, err := NewReader(strings.NewReader(file), []*Kind{claims()}, Options{Encoding: UTF8})
		if err != nil {
			t.Fatal(err)
		}
		r.Next()
		var got []string
		for _, f := range r.Record().Faults {
			what := "byte"
			if i := strings.Index(f.Text, "U+"); i >= 0 {
				what = f.Text[i:]
			} else if at := fmt.Sprintf("(byte %d)", strings.IndexByte(file, '\xff')+1); f.Field == "note" && !strings.Contains(f.Text, at) {
				t.Errorf("%s, want %s", f.Text, at)
			}
			got = append(got, f.Field+" "+what)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q %q: %q", c.note, c.echo, got)
		}
	}
	if faults, _, _ := judge(t, batchOf(claimHead, "0.00", rowWith(nil), "V,\"\xff"), Options{Encoding: UTF8}); len(faults) == 0 || faults[0] != "3 V  malformed" {
		t.Errorf("%q", faults)
	}
}

// What an encoding can hold.
func TestCanEncode(t *testing.T) {
	for _, c := range []struct {
		encoding Encoding
		text     string
		ok       bool
	}{
		{UTF8, "医😀", true},
		{Auto, "医", true},
		{UTF8, "\xff", false},
		{GB18030, "医", true},
		{GB18030, "abc", true},
		{GB18030, "\uE000", false},
		{GB18030, "\uFE10龴", true},
		{GB18030, "\U000F0000", false},
		{GB18030, "\xff", false},
	} {
		if err := CanEncode(c.encoding, []byte(c.text)); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrUnencodable) {
			t.Errorf("%s %q: %v", c.encoding, c.text, err)
		}
	}
	for r, want := range map[rune]bool{0xDFFF: false, 0xE000: true, 0xF8FF: true, 0xF900: false, 0xEFFFF: false, 0xF0000: true} {
		if isPrivate(r) != want {
			t.Errorf("%U", r)
		}
	}
	for r, want := range map[rune]bool{'\n': true, 0x7F: true, 0x85: true, 0x2027: false, 0x2028: true, 0x2029: true, 0x202A: true, 0x200B: true, 0xFEFF: true, 0xFE0F: false, 0xE0100: false, 0xE000: true, 0xFFFD: true, 0xFFFE: true, 0xFFFF: true, 0x1FFFE: true, ' ': false} {
		if Unfit(r) != want {
			t.Errorf("%U", r)
		}
	}
	if _, err := Detect(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	// A mark counts at the beginning only.
	if e, err := Detect(strings.NewReader(strings.Repeat("x", 64<<10) + "\uFEFF\xff")); e != GB18030 || err != nil {
		t.Error(e, err)
	}
	for size := range 4 { // a character over the end of a buffer
		if e, err := Detect(strings.NewReader(strings.Repeat("x", 64<<10-size) + "医疗")); e != UTF8 || err != nil {
			t.Error(size, e, err)
		}
	}
}

// The classes of characters decide what a field may hold.
func TestClasses(t *testing.T) {
	for text, want := range map[string]class{
		"": 0, "0": classDigit, "9": classDigit, "/": classOther, ":": classOther, "A": classCapital, "Z": classCapital, "@": classOther, "[": classOther, "-": classHyphen,
		",": classOther, `"`: classOther, " ": classOther, "~": classOther, "\x1f": classBad, "\x7f": classBad, "医": classHigh, "\u0080": classBad, "\u00a0": classHigh,
		"\u2028": classBad, "é": classHigh, "0A-": classDigit | classCapital | classHyphen, "\xff": classBad, "\uFFFE": classBad,
	} {
		if got := classOf(text); got != want {
			t.Errorf("%q: %b, want %b", text, got, want)
		}
		var r row
		if ok := r.set(text); ok != utf8.ValidString(text) {
			t.Errorf("%q: %v", text, ok)
		} else if text != "," && text != `"` && ok && r.fields[0].class != want {
			t.Errorf("%q: %b, want %b", text, r.fields[0].class, want)
		}
	}
	// Bytes that begin three and are cut, or are followed by what does not belong there.
	for _, text := range []string{"\x80", "\xE3", "\xE3\x80", "\xEC\x80", "\xE3\x41\x80", "\xE3\x80\x41", "\xEC", "\xE4\xBD", "\xED\xA0\x80", "医\xE3"} {
		var r row
		if r.set(text) {
			t.Errorf("%x is taken", text)
		}
	}
	var r row
	if !r.set("\u3000,\uCFFF,\u2FFF") || r.anyBad() >= 0 || !r.blank(0) || r.blank(1) {
		t.Error(r.texts())
	}
	if !r.set("a,\x01") || r.anyBad() != 1 {
		t.Error(r.anyBad())
	}
}
