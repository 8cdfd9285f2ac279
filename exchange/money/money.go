// Package money counts in fen.
//
// An amount is a Fen: an int64 number of hundredths of a yuan. There is no
// other representation of money in Carryover; text becomes a Fen by Parse
// and a Fen becomes text by String, and nothing in between rounds.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Fen is an amount of money in fen (0.01 yuan). Ledger postings and
// differences may be negative; amounts in files never are.
type Fen int64

// Max is the largest amount a file may state: 99999999999999.99 yuan.
const Max Fen = 9_999_999_999_999_999

// ErrOverflow is returned when a sum leaves the range of int64.
var ErrOverflow = errors.New("amount overflows")

// ErrSyntax is returned for text that is not an amount as FILES.md writes it.
var ErrSyntax = errors.New("not an amount like 1234.50")

// Parse reads an amount as files state it: digits, a point, two digits; no
// sign, exponent, separator, leading zero or full-width digit; 0.00 to
// 99999999999999.99. What Parse accepts, String writes back unchanged.
func Parse(s string) (Fen, error) { return parse(s) }

// ParseBytes is Parse without a copy of the text.
func ParseBytes(b []byte) (Fen, error) { return parse(b) }

func parse[T string | []byte](s T) (Fen, error) {
	n := len(s)
	if n < 4 || n > 17 || s[n-3] != '.' || (s[0] == '0' && n != 4) {
		return 0, ErrSyntax
	}
	var f Fen
	for i := 0; i < n; i++ {
		if i == n-3 {
			continue
		}
		d := s[i] - '0'
		if d > 9 {
			return 0, ErrSyntax
		}
		f = f*10 + Fen(d)
	}
	return f, nil
}

// String writes yuan with two decimals: 1234.50, or -0.07.
func (f Fen) String() string { return string(f.Append(nil)) }

// Append appends the text of String to b.
func (f Fen) Append(b []byte) []byte {
	u := uint64(f)
	if f < 0 {
		b = append(b, '-')
		u = -u
	}
	b = strconv.AppendUint(b, u/100, 10)
	return append(b, '.', byte('0'+u/10%10), byte('0'+u%10))
}

// Add returns f+g, or ErrOverflow.
func (f Fen) Add(g Fen) (Fen, error) {
	s := f + g
	if (s > f) != (g > 0) {
		return 0, fmt.Errorf("%s + %s: %w", f, g, ErrOverflow)
	}
	return s, nil
}

// Sum adds all amounts, or returns ErrOverflow.
func Sum(amounts ...Fen) (Fen, error) {
	var total Fen
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// Increase adds by to f; ErrOverflow leaves f as it is.
func (f *Fen) Increase(by Fen) error {
	sum, err := f.Add(by)
	if err == nil {
		*f = sum
	}
	return err
}

// Clamped is the sum of amounts that are shown or compared: of what does not fit, the
// nearest that does. What is booked or paid is added with Add.
func Clamped(amounts ...Fen) (sum Fen) {
	for _, a := range amounts {
		switch s, err := sum.Add(a); {
		case err == nil:
			sum = s
		case a > 0:
			sum = math.MaxInt64
		default:
			sum = -math.MaxInt64
		}
	}
	return sum
}

// Times is n (0 or more) times an amount, clamped as Clamped is.
func (f Fen) Times(n int) Fen {
	switch product := f * Fen(n); {
	case n == 0 || f == 0:
		return 0
	case product/Fen(n) == f && product != math.MinInt64:
		return product
	case f > 0:
		return math.MaxInt64
	}
	return -math.MaxInt64
}
