package sheet

import (
	"testing"

	"pgregory.net/rapid"

	"carryover/formats/batch"
)

// What was put right needs no more of it, and what is right stays.
func TestNormaliseIsStable(t *testing.T) {
	types := []batch.Type{batch.TypeNumber, batch.TypeText, batch.TypeArea, batch.TypeList, batch.TypeDate, batch.TypeMonth, batch.TypeMoney, batch.TypeInt, batch.TypeBool}
	rapid.Check(t, func(t *rapid.T) {
		c := &batch.Info{Type: rapid.SampledFrom(types).Draw(t, "type")}
		text, _ := normalise(c, rapid.StringOf(rapid.RuneFrom([]rune(" 　xX０１2３4.．-/,，年éß"))).Draw(t, "text"))
		if again, why := normalise(c, text); again != text || why != "" {
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

// TestInvisible: what nobody sees is taken out of a cell with a warning; what a reader has to judge stays.
func TestInvisible(t *testing.T) {
	for in, want := range map[string]string{"王\u200b芳": "王芳", "\ufeff王芳": "王芳", "王\n芳\x07": "王芳", "葛\U000E0100城": "葛\U000E0100城", "王\uE000\uFFFD": "王\uE000\uFFFD"} {
		got, why := normalise(&batch.Info{Type: batch.TypeText}, in)
		if got != want || (why != "") != (in != want) {
			t.Errorf("%q: %q, %s", in, got, why)
		}
	}
}
