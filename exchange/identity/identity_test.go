package identity

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckID(t *testing.T) {
	cases := []struct {
		idType, idNo string
		want         error
	}{
		{"01", "11010519491231002X", nil},
		{"01", "11010519491231002x", ErrShape},
		{"01", "110105194912310021", ErrCheckDigit},
		{"01", "11010519490231002X", ErrDate},
		{"01", "11010519491331002X", ErrDate},
		{"01", "1101051949123100", ErrShape},
		{"01", "110105491231002", nil},
		{"01", "110105490230002", ErrDate},
		{"01", "01010519491231002X", ErrShape},
		{"01", "", ErrShape},
		{"01", "１1010519491231002X", ErrShape},
		{"17", "810000199408230021", nil},
		{"17", "830000199201300022", nil},
		{"16", "810000199408230022", ErrCheckDigit},
		{"17", "H1234567801", nil},
		{"07", "FRA110080010155", nil},
		{"07", "FRA11008001015", ErrShape},
		{"07", "11010519491231002X", ErrShape},
		{"08", "E12345678", nil},
		{"08", "e12345678", ErrShape},
		{"08", "", ErrShape},
		{"99", "1234567890123456789", ErrShape},
	}
	for _, c := range cases {
		if got := CheckID(c.idType, c.idNo); !errors.Is(got, c.want) {
			t.Errorf("CheckID(%s, %s) = %v, want %v", c.idType, c.idNo, got, c.want)
		}
	}
}

func TestForeignersCard(t *testing.T) {
	first := "91112419900305001"
	card := first + string(IDCheckDigit(first))
	if err := CheckID("07", card); err != nil {
		t.Fatalf("%s: %v", card, err)
	}
	if f := Read("07", card); f.Birth != 19900305 || f.Sex != '1' {
		t.Errorf("%s says %+v", card, f)
	}
}

func TestFacts(t *testing.T) {
	f := Read("01", "11010519491231002X")
	if f.Birth != 19491231 || f.Sex != '2' {
		t.Errorf("facts %+v", f)
	}
	if f := Read("01", "110105491231001"); f != (Facts{19491231, '1'}) {
		t.Error("a 15-digit number tells birth and sex")
	}
	if (Read("08", "E12345678") != Facts{}) {
		t.Error("a passport tells nothing")
	}
	if f.AgreesSex("01", '1') || !f.AgreesSex("01", '2') || f.AgreesSex("01", '0') || !f.AgreesSex("17", '9') {
		t.Error("sex")
	}
	if f.AgreesBirth(19491230) || !f.AgreesBirth(19491231) || !f.AgreesBirth(0) {
		t.Error("birth")
	}
}

func TestKey(t *testing.T) {
	if got := Key("110105491231002"); got != "11010519491231002X" {
		t.Errorf("Key = %s", got)
	}
	if Key("110105491231002") == Key("110105491231003") {
		t.Error("two numbers have one key")
	}
	for _, same := range []string{"11010519491231002X", "FRA110080010155", "E12345678", "999999999999999", ""} {
		if Key(same) != same {
			t.Errorf("Key(%s) = %s", same, Key(same))
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"11010519491231002X": "110105********002X",
		"110105491231002":    "110105*****1002",
		"E12345678":          "E1*****78",
		"E1234":              "*****",
		"":                   "",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%s) = %s, want %s", in, got, want)
		}
	}
	text := "letter 32050020260105000001 of 11010519491231002X,110105491231002; account 621700001234567890"
	want := "letter 32050020260105000001 of 110105********002X,110105*****1002; account 621700001234567890"
	if got := MaskIn(text); got != want {
		t.Errorf("MaskIn = %s", got)
	}
	if got := MaskIn("张三11010519491231002x已受理"); got != "张三110105********002x已受理" {
		t.Errorf("MaskIn = %s", got)
	}
}

func TestOrganisations(t *testing.T) {
	for _, c := range []string{"102100099996", "301290000007", "403100000004"} {
		if err := CheckCNAPS(c); err != nil {
			t.Errorf("CNAPS %s: %v", c, err)
		}
		if got := CNAPSCheckDigit(c[:11]); got != c[11] {
			t.Errorf("CNAPS %s: check digit %c", c, got)
		}
	}
	if !errors.Is(CheckCNAPS("102100099997"), ErrCheckDigit) || !errors.Is(CheckCNAPS("1021000999"), ErrShape) {
		t.Error("a wrong CNAPS passes")
	}
	if err := CheckCreditCode("91350100M000100Y43"); err != nil {
		t.Error(err)
	}
	if !errors.Is(CheckCreditCode("91350100M000100Y44"), ErrCheckDigit) {
		t.Error("a wrong check character passes")
	}
	for _, bad := range []string{"", "91350100M000100Y4", "91350100I000100Y43", "91350100M000100Y4Z"} {
		if !errors.Is(CheckCreditCode(bad), ErrShape) {
			t.Errorf("%q passes", bad)
		}
	}
	if CheckPersonalCard("4111111111111111") != nil || CheckPersonalCard("4111111111111112") == nil {
		t.Error("Luhn")
	}
	if CheckPersonalCard("411111111111112") != nil || CheckPersonalCard("3200-0000-0000-0001") != nil {
		t.Error("not a card, yet judged as one")
	}
	card := "621700123456789012"
	if err := CheckPersonalCard(card + string(LuhnDigit(card))); err != nil {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	same := [][2]string{
		{"买买提·吐尔逊", "买买提•吐尔逊"},
		{"买买提·吐尔逊", " 买买提．吐尔逊　"},
		{"Zoe\u0308", "Zo\u00eb"},
		{"䶮", "䶮"},
		{"ＡＢＣ　ＤＥ", "abc de"},
		{"葛\U000E0100城", "葛城"},
		{"買\uFE00", "買"},
		{"买买提 · 吐尔逊", "买买提·吐尔逊"},
		{"José", "JOSE\u0301"},
		{"阿\u00B7依", "阿\u2022依"},
		{"阿\u00B7依", "阿\u2027依"},
		{"阿\u00B7依", "阿\u2219依"},
		{"阿\u00B7依", "阿\u22C5依"},
		{"阿\u00B7依", "阿\u30FB依"},
		{"阿\u00B7依", "阿\uFF65依"},
		{"阿\u00B7依", "阿\u0387依"},
		{"阿\u00B7依", "阿\u1427依"},
		{"阿\u00B7依", "阿\u318D依"},
		{"阿\u00B7依", "阿\uFF0E依"},
	}
	for _, s := range same {
		if NameKey(s[0]) != NameKey(s[1]) {
			t.Errorf("%q and %q are one name", s[0], s[1])
		}
	}
	differ := [][2]string{{"龑", "䶮"}, {"张三", "张 三"}, {"买买提·吐尔逊", "买买提吐尔逊"}, {"𬱖", "頠"}, {"阿·依", "阿.依"}, {"黄", "黃"}}
	for _, d := range differ {
		if NameKey(d[0]) == NameKey(d[1]) {
			t.Errorf("%q and %q are two names", d[0], d[1])
		}
	}
}

func TestHappyPathsDoNotAllocate(t *testing.T) {
	const id = "11010519491231002X"
	n := testing.AllocsPerRun(100, func() {
		_ = CheckID("01", id)
		_ = Read("01", id)
		_ = CheckID("01", "110105491231002")
		_ = CheckCNAPS("102100099996")
		_ = CheckCreditCode("91350100M000100Y43")
		_ = Key("11010519491231002X")
		_ = NameKey("欧阳娜娜")
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// digitsOf draws n digits, the first not 0.
func digitsOf(n int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		}
		return string(b)
	})
}

// slips calls f with every single digit changed and every two neighbours
// swapped of a number whose check character is its last.
func slips(n string, f func(slip string)) {
	b := []byte(n)
	for i, was := range b[:len(b)-1] {
		for d := byte('0'); d <= '9'; d++ {
			if d != was {
				b[i] = d
				f(string(b))
			}
		}
		b[i] = was
		if next := b[i+1]; next != was && next != 'X' {
			b[i], b[i+1] = next, was
			f(string(b))
			b[i], b[i+1] = was, next
		}
	}
}

func TestSlipsInIDsAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := "320508" + "19851103" + digitsOf(3).Draw(t, "order")
		id := first + string(IDCheckDigit(first))
		if err := CheckID("01", id); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		slips(id, func(slip string) {
			if CheckID("01", slip) == nil {
				t.Fatalf("%s passes for %s", slip, id)
			}
		})
		if Key(id[:6]+id[8:17]) != id {
			t.Fatalf("the old form of %s has the key %s", id, Key(id[:6]+id[8:17]))
		}
	})
}

func TestSlipsInCNAPSAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := digitsOf(11).Draw(t, "bank")
		code := first + string(CNAPSCheckDigit(first))
		if err := CheckCNAPS(code); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		b := []byte(code)
		for i, was := range b {
			for d := byte('0'); d <= '9'; d++ {
				if b[i] = d; d != was && CheckCNAPS(string(b)) == nil {
					t.Fatalf("%s passes for %s", b, code)
				}
			}
			b[i] = was
		}
	})
}

// The hybrid system MOD 11,10 finds every changed digit, but not every pair
// of swapped neighbours: one pair of values in 45 slips through, whatever
// stands before. The exact share is held here.
func TestSwapsInCNAPSAreNearlyAllFound(t *testing.T) {
	passed := 0
	for state := range 10 {
		for a := byte('0'); a <= '9'; a++ {
			for b := a + 1; b <= '9'; b++ {
				one := []byte{'0' + byte(state), '0', '0', '0', '0', '0', '0', '0', '0', a, b}
				other := append([]byte{}, one...)
				other[9], other[10] = b, a
				if mod11_10(string(one)) == mod11_10(string(other)) {
					passed++
				}
			}
		}
	}
	if passed != 10 {
		t.Errorf("%d of 450 swaps pass, want 10", passed)
	}
}

func TestNameKeyIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if key := NameKey(name); NameKey(key) != key {
			t.Fatalf("%q → %q → %q", name, key, NameKey(key))
		}
	})
}

func FuzzCheckID(f *testing.F) {
	for _, seed := range []string{"11010519491231002X", "110105491231002", "810000199408230021", "FRA110080010155", "", "X"} {
		f.Add("01", seed)
		f.Add("07", seed)
		f.Add("17", seed)
	}
	f.Fuzz(func(t *testing.T, idType, idNo string) {
		err := CheckID(idType, idNo)
		if err != nil {
			return
		}
		facts := Read(idType, idNo)
		if facts.Birth != 0 && (!dateExists(facts.Birth) || facts.Sex != '1' && facts.Sex != '2') {
			t.Fatalf("%s %s says %+v", idType, idNo, facts)
		}
		if m := Mask(idNo); len(m) != len(idNo) || len(m) > 4 && m == idNo {
			t.Fatalf("%s is masked as %s", idNo, m)
		}
		if Key(Key(idNo)) != Key(idNo) {
			t.Fatalf("the key of %s is not stable", idNo)
		}
	})
}

func FuzzMaskIn(f *testing.F) {
	f.Add("x 11010519491231002X y")
	f.Add("身份证110105491231002，")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		masked := MaskIn(s)
		if len(masked) != len(s) || MaskIn(masked) != masked {
			t.Fatalf("%q → %q", s, masked)
		}
	})
}

func BenchmarkCheckID(b *testing.B) {
	const id = "11010519491231002X"
	b.ReportAllocs()
	for b.Loop() {
		_ = CheckID("01", id)
	}
}
