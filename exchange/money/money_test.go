package money

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]Fen{
		"0.00": 0, "0.01": 1, "0.10": 10, "1.00": 100, "1234.50": 123450, "99999999999999.99": Max,
	} {
		if got, err := Parse(s); err != nil || got != want || got.String() != s {
			t.Errorf("Parse(%s) = %d, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "0", "1", ".00", "1.0", "1.000", "01.00", "00.00", "-5.00", "+5.00", "1e3.00", "1,000.00", " 1.00", "1.00 ",
		"１.00", "1.0０", "00000123A5", "100000000000000.00", "1.-1", "NaN.00", "1。00", "1.00\n",
	} {
		if got, err := Parse(s); !errors.Is(err, ErrSyntax) {
			t.Errorf("Parse(%q) = %s, %v", s, got, err)
		}
	}
}

func TestSums(t *testing.T) {
	if s, err := Sum(1, 2, -4); err != nil || s != -1 {
		t.Errorf("%s, %v", s, err)
	}
	if s, err := Sum(); err != nil || s != 0 {
		t.Errorf("%s, %v", s, err)
	}
	for _, pair := range [][2]Fen{{math.MaxInt64, 1}, {math.MinInt64, -1}, {math.MinInt64, math.MinInt64}} {
		if s, err := Sum(pair[:]...); !errors.Is(err, ErrOverflow) {
			t.Errorf("%d + %d = %d, %v", pair[0], pair[1], s, err)
		}
	}
	for f, want := range map[Fen]string{-7: "-0.07", -12345: "-123.45", math.MinInt64: "-92233720368547758.08"} {
		if f.String() != want {
			t.Errorf("%s, want %s", f, want)
		}
	}
}

// The examples of the rules, then the corners.
func TestCapitals(t *testing.T) {
	for s, want := range map[string]string{
		"1409.50":           "壹仟肆佰零玖元伍角",
		"6007.14":           "陆仟零柒元壹角肆分",
		"1680.32":           "壹仟陆佰捌拾元零叁角贰分",
		"107000.53":         "壹拾万柒仟元零伍角叁分",
		"16409.02":          "壹万陆仟肆佰零玖元零贰分",
		"325.04":            "叁佰贰拾伍元零肆分",
		"12345.67":          "壹万贰仟叁佰肆拾伍元陆角柒分",
		"0.00":              "零元整",
		"0.01":              "壹分",
		"0.50":              "伍角",
		"0.55":              "伍角伍分",
		"1.00":              "壹元整",
		"10.00":             "壹拾元整",
		"10.05":             "壹拾元零伍分",
		"100000.00":         "壹拾万元整",
		"100005.00":         "壹拾万零伍元整",
		"1000000.10":        "壹佰万元零壹角",
		"100000000.00":      "壹亿元整",
		"100005000.00":      "壹亿零伍仟元整",
		"100050000.00":      "壹亿零伍万元整",
		"1000000000001.00":  "壹万亿零壹元整",
		"123456789.00":      "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元整",
		"1234500000000.00":  "壹万贰仟叁佰肆拾伍亿元整",
		"99999999999999.99": "玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
	} {
		f, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Capitals(); got != want {
			t.Errorf("%s = %s, want %s", s, got, want)
		}
	}
	for f, want := range map[Fen]string{
		-105:                      "负壹元零伍分",
		10_000_000_012_345_678_00: "壹亿亿零壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元整", // a sum may be larger than an amount
	} {
		if got := f.Capitals(); got != want {
			t.Errorf("%s = %s, want %s", f, got, want)
		}
	}
}

// uncapital reads capitals back: the value of each digit times its unit.
func uncapital(s string) (f Fen) {
	s, negative := strings.CutPrefix(s, "负")
	yuan, rest, whole := strings.Cut(s, "元")
	if !whole {
		yuan, rest = "", s
	}
	f = Fen(integer(yuan)) * 100
	jiao, fen, hasJiao := strings.Cut(rest, "角")
	if hasJiao {
		f += Fen(integer(jiao)) * 10
	} else {
		fen = rest
	}
	if before, ok := strings.CutSuffix(fen, "分"); ok {
		f += Fen(integer(before))
	}
	if negative {
		f = -f
	}
	return f
}

func integer(s string) (n int64) {
	for _, unit := range []struct {
		name string
		size int64
	}{{"亿", 1e8}, {"万", 1e4}, {"仟", 1000}, {"佰", 100}, {"拾", 10}} {
		if i := strings.LastIndex(s, unit.name); i >= 0 {
			return integer(s[:i])*unit.size + integer(s[i+len(unit.name):])
		}
	}
	if s = strings.TrimPrefix(s, "零"); s == "" {
		return 0
	}
	return int64(strings.Index(capitalDigits, s) / 3)
}

func anyFen() *rapid.Generator[Fen] {
	return rapid.Custom(func(t *rapid.T) Fen {
		f := Fen(rapid.Int64Range(0, int64(Max)).Draw(t, "fen"))
		for range rapid.IntRange(0, 14).Draw(t, "zeros") { // amounts with many zeros
			f = f / 10 * 10 / Fen(rapid.SampledFrom([]int{1, 10, 100}).Draw(t, "by"))
		}
		return f
	})
}

func TestCapitalsSayTheAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFen().Draw(t, "amount")
		s := f.Capitals()
		if uncapital(s) != f || uncapital((-f).Capitals()) != -f {
			t.Fatalf("%s = %s, which is %s", f, s, uncapital(s))
		}
		if strings.Contains(s, "零零") || strings.HasSuffix(s, "零") || strings.Contains(s, "零万") || strings.Contains(s, "零亿") {
			t.Fatalf("%s = %s", f, s)
		}
	})
}

func TestAddAgreesWithBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, g := Fen(rapid.Int64().Draw(t, "f")), Fen(rapid.Int64().Draw(t, "g"))
		want := new(big.Int).Add(big.NewInt(int64(f)), big.NewInt(int64(g)))
		got, err := f.Add(g)
		if want.IsInt64() != (err == nil) || err == nil && int64(got) != want.Int64() {
			t.Fatalf("%d + %d = %d, %v", f, g, got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0.00", "1234.50", "99999999999999.99", "00000123A5", "1e3", "-5.00", "１.00", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		bytes, errBytes := ParseBytes([]byte(s))
		if got != bytes || (err == nil) != (errBytes == nil) {
			t.Fatalf("%q: %s, %v and %s, %v", s, got, err, bytes, errBytes)
		}
		if err == nil && (got.String() != s || got < 0 || got > Max || uncapital(got.Capitals()) != got) {
			t.Fatalf("%q is read as %s, %s", s, got, got.Capitals())
		}
	})
}

func BenchmarkParseBytes(b *testing.B) {
	text := []byte("12345.67")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ParseBytes(text)
	}
}

// TestClamped: what is only shown is never another sign, and never wraps.
func TestClamped(t *testing.T) {
	const most = Fen(math.MaxInt64)
	for _, c := range []struct{ got, want Fen }{
		{Clamped(), 0},
		{Clamped(1, 2, -5), -2},
		{Clamped(most, 1), most},
		{Clamped(-most, -2), -most},
		{Clamped(most, 1, -1), most - 1},
		{Fen(7).Times(3), 21},
		{Fen(-7).Times(3), -21},
		{Fen(7).Times(0), 0},
		{Max.Times(1000), most},
		{(-Max).Times(1000), -most},
	} {
		if c.got != c.want {
			t.Errorf("%d, want %d", c.got, c.want)
		}
	}
	f := most
	if err := f.Increase(1); !errors.Is(err, ErrOverflow) || f != most {
		t.Errorf("%d, %v", f, err)
	}
}
