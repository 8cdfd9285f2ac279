package plain_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"carryover/exchange/plain"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"王五 a,b~":                "王五 a,b~",
		"a\tb\nc\r\n":            "a\tb\nc\r\n",
		"\u202e王\u202c五":         "[U+202E]王[U+202C]五",
		"王\u200b五\ufeff":         "王[U+200B]五[U+FEFF]",
		"a\rb":                   "a[U+000D]b",
		"\x1b[2Jx\x07\x7f\u009b": "[U+001B][2Jx[U+0007][U+007F][U+009B]",
		"\u061c\u180e\u2066\u2069\u200f\u00ad\u2060": "[U+061C][U+180E][U+2066][U+2069][U+200F][U+00AD][U+2060]",
		"\u2028\u3164\uffff":                         "[U+2028][U+3164][U+FFFF]",
		"\U000e0041":                                 "[U+E0041]",
		"葛\U000e0100·龘\ue863":                        "葛\U000e0100·龘\ue863", // a variation, a rare one, private use
		"a\xffb":                                     "a\ufffdb",
	} {
		if got := plain.Text(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if again := plain.Text(plain.Text(in)); again != want {
			t.Errorf("%q is %q the second time", in, again)
		}
	}
}

func TestWithout(t *testing.T) {
	for in, want := range map[string]string{"王五": "王五", "\u202e王\u200b五": "王五", "\u200b": "[U+200B]", "": ""} {
		if got := plain.Without(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// A program reads of a document what stood in it.
func TestJSON(t *testing.T) {
	want := map[string]string{"a\u202eb": "王\u200b\U000e0041\ufeff\u009b\x7f"}
	doc, err := json.MarshalIndent(want, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	shown := plain.JSON(string(doc))
	if plain.Text(shown) != shown {
		t.Errorf("%q shows something else", shown)
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(shown), &got); err != nil || got["a\u202eb"] != want["a\u202eb"] {
		t.Errorf("%q: %q, %v", shown, got, err)
	}
}

// However a text is cut into pieces, it is written alike.
func TestWriter(t *testing.T) {
	for _, text := range []string{"\ufeff甲\u202e乙\r\n丙\rx\n", "\u200b葛\U000e0100\ufeff", "plain\n", "a\xffb\n"} {
		want := plain.Text(strings.TrimPrefix(text, "\ufeff"))
		if strings.HasPrefix(text, "\ufeff") {
			want = "\ufeff" + want
		}
		for name, src := range map[string]io.Reader{"whole": strings.NewReader(text), "bytes": iotest.OneByteReader(strings.NewReader(text))} {
			var b strings.Builder
			if _, err := io.Copy(struct{ io.Writer }{&plain.Writer{To: &b}}, src); err != nil || b.String() != want {
				t.Errorf("%s: %q, want %q, %v", name, b.String(), want, err)
			}
		}
	}
}
