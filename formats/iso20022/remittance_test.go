package iso20022

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const (
	letterNo = "31010020260202000001"
	idNo     = "11010519491231002X"
)

func TestRemittanceText(t *testing.T) {
	for _, c := range []struct {
		name string
		max  int
		want string
	}{
		{"张三", 60, letterNo + " " + idNo + " 张三"},
		{"买买提·阿不都热合曼", 60, letterNo + " " + idNo + " 买买提·阿不都"},
		{"张三", 46, letterNo + " " + idNo + " 张三"},
		{"张三", 45, letterNo + " " + idNo + " 张"},
		{"张三", 42, letterNo + " " + idNo},
		{"𠮷田", 43, letterNo + " " + idNo},
		{"𠮷田", 44, letterNo + " " + idNo + " 𠮷"},
		{"JOHN SMITH", 45, letterNo + " " + idNo + " JOHN"},
		{"", 60, letterNo + " " + idNo},
		{"张三", 10, letterNo + " " + idNo},
	} {
		if got := RemittanceText(letterNo, idNo, c.name, c.max, UTF8); got != c.want {
			t.Errorf("%s in %d: got %q, want %q", c.name, c.max, got, c.want)
		}
	}
}

// A bank that counts in GB18030 has room for more characters; a rare one takes
// four bytes there. A mark or variation selector never stands without its
// character, nor the character without it.
func TestRemittanceTextInGB18030(t *testing.T) {
	for _, c := range []struct {
		name string
		max  int
		in   Charset
		want string
	}{
		{"买买提·阿不都热合曼", 60, GB18030, " 买买提·阿不都热合曼"},
		{"张三", 44, GB18030, " 张三"},
		{"张三", 43, GB18030, " 张"},
		{"𠮷田", 44, GB18030, " 𠮷"},
		{"㛃田", 44, GB18030, " 㛃"},
		{"㛃田", 43, GB18030, ""},
		{"葛\U000E0100城", 48, UTF8, " 葛\U000E0100"},
		{"葛\U000E0100城", 46, UTF8, ""},
		{"Jose\u0301 Li", 45, UTF8, " Jos"},
		{"张\xff三", 44, UTF8, " 张"},
	} {
		if got := RemittanceText(letterNo, idNo, c.name, c.max, c.in); got != letterNo+" "+idNo+c.want {
			t.Errorf("%s in %d of %s: got %q, want %q", c.name, c.max, c.in, got, c.want)
		}
	}
}

// Whatever the name: the text keeps its bound, is whole characters, a prefix
// of the name, and both numbers are found again.
func TestRemittanceProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[\p{Han}·A-Za-z ]{0,40}`).Draw(t, "name")
		max := rapid.IntRange(MinRemittanceText, 120).Draw(t, "max")
		in := rapid.SampledFrom([]Charset{UTF8, GB18030}).Draw(t, "charset")
		text := RemittanceText(letterNo, idNo, name, max, in)
		rest, ok := strings.CutPrefix(text, letterNo+" "+idNo)
		if !ok || in.size(text) > max || !utf8.ValidString(text) || !strings.HasPrefix(strings.TrimSpace(name), strings.TrimSpace(rest)) {
			t.Fatalf("%q in %d: %q", name, max, text)
		}
		if l, i := ParseRemittance(text); l != letterNo || i != idNo {
			t.Fatalf("%q: found %q %q", text, l, i)
		}
	})
}

func TestParseRemittance(t *testing.T) {
	for _, c := range []struct{ text, letter, id string }{
		{letterNo + " " + idNo + " 张三", letterNo, idNo},
		{idNo + letterNo, letterNo, idNo},
		{letterNo + idNo + "张三", letterNo, idNo},
		{"医保转移款 联系函号：" + letterNo + "，身份证11010519491231002x", letterNo, idNo},
		{"３１０１００２０２６０２０２０００００１　１１０１０５１９４９１２３１００２Ｘ", letterNo, idNo},
		{"310100 20260202 000001", letterNo, ""},
		{"NO." + letterNo, letterNo, ""},
		{"NO" + letterNo, letterNo, ""},
		{letterNo + "-1-2", letterNo, ""},
		{"F" + letterNo, "", ""},
		{"T" + letterNo + " " + idNo, "", idNo},
		{letterNo + " " + letterNo, letterNo, ""},
		{letterNo + " 31010020260202000002", "", ""},
		{idNo + " 110105194912310038 " + letterNo, letterNo, ""},
		{"31010020261302000001", "", ""},
		{"6222021102020409001", "", ""},
		{letterNo + "1", "", ""},
		{"", "", ""},
	} {
		if l, i := ParseRemittance(c.text); l != c.letter || i != c.id {
			t.Errorf("%s: got %q %q, want %q %q", c.text, l, i, c.letter, c.id)
		}
	}
}
