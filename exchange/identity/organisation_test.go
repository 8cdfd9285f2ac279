package identity

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// GB 32100: 31 is prime and no weight is a multiple of it, so one changed
// character and two swapped neighbours are always found.
func TestSlipsInCreditCodesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(rapid.StringOfN(rapid.SampledFrom([]rune(creditAlphabet)), 17, 17, -1).Draw(t, "code"))
		b = append(b, CreditCodeCheckCharacter(string(b)))
		if err := CheckCreditCode(string(b)); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		for i, was := range b {
			for _, c := range []byte(creditAlphabet) {
				if b[i] = c; c != was && !errors.Is(CheckCreditCode(string(b)), ErrCheckDigit) {
					t.Fatalf("%s passes", b)
				}
			}
			b[i] = was
			if i > 0 && b[i-1] != was {
				b[i-1], b[i] = b[i], b[i-1]
				if !errors.Is(CheckCreditCode(string(b)), ErrCheckDigit) {
					t.Fatalf("%s passes", b)
				}
				b[i-1], b[i] = b[i], b[i-1]
			}
		}
	})
}

// Every character of the alphabet is the check character of some code, the
// first and the last too; no other character ever is.
func TestEveryCheckCharacterOfCreditCodes(t *testing.T) {
	seen := map[byte]bool{}
	for _, c := range []byte(creditAlphabet) {
		first := "91350100M000100Y" + string(c)
		code := first + string(CreditCodeCheckCharacter(first))
		if err := CheckCreditCode(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
		seen[code[17]] = true
	}
	if len(seen) != 31 {
		t.Errorf("%d check characters, want 31", len(seen))
	}
	for _, c := range "IOSVZ" {
		if strings.ContainsRune(creditAlphabet, c) || CreditCodeCheckCharacter("91350100M000100Y"+string(c)) != 0 {
			t.Errorf("%c stands in a credit code", c)
		}
	}
	for _, bad := range []string{"", "91350100M000100Y", "91350100M000100Y44"} {
		if c := CreditCodeCheckCharacter(bad); c != 0 {
			t.Errorf("CreditCodeCheckCharacter(%q) = %c", bad, c)
		}
	}
}

// Numbers that card schemes publish for tests, with the check digit that
// stands behind them.
func TestLuhnOfPublishedNumbers(t *testing.T) {
	for _, n := range []string{
		"79927398713", "4242424242424242", "5555555555554444", "378282246310005",
		"6011000990139424", "3530111333300000", "30569309025904", "6200000000000005", "18", "00",
	} {
		if got := LuhnDigit(n[:len(n)-1]); got != n[len(n)-1] {
			t.Errorf("the check digit of %s is %c", n, got)
		}
	}
	for _, bad := range []string{"", "x", "7992739871x", "-1"} {
		if got := LuhnDigit(bad); got != 0 {
			t.Errorf("LuhnDigit(%q) = %c", bad, got)
		}
	}
}

// Only 16 to 19 digits are judged as a card.
func TestLengthsOfCards(t *testing.T) {
	for n := 14; n <= 21; n++ {
		first := strings.Repeat("6", n-1)
		right := LuhnDigit(first)
		wrong := '0' + (right-'0'+1)%10
		if err := CheckPersonalCard(first + string(right)); err != nil {
			t.Errorf("%d digits, right: %v", n, err)
		}
		want := error(nil)
		if n >= 16 && n <= 19 {
			want = ErrCheckDigit
		}
		if err := CheckPersonalCard(first + string(wrong)); !errors.Is(err, want) {
			t.Errorf("%d digits, wrong: %v, want %v", n, err, want)
		}
	}
}

func TestShapesOfCNAPS(t *testing.T) {
	for _, bad := range []string{"", "10210009999", "1021000999966", "1021000x9996", "10210009999x"} {
		if err := CheckCNAPS(bad); !errors.Is(err, ErrShape) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "1021000999", "102100099996", "1021000999x"} {
		if c := CNAPSCheckDigit(bad); c != 0 {
			t.Errorf("CNAPSCheckDigit(%q) = %c", bad, c)
		}
	}
}
