package identity

import "strings"

// creditAlphabet is the alphabet of GB 32100, in the order of its values:
// digits and capitals without I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCreditCode checks a unified social credit code of 18 characters (GB
// 32100, mod 31). It returns ErrShape, ErrCheckDigit or nil. Some early
// official codes fail the check: callers make ErrCheckDigit a warning.
func CheckCreditCode(c string) error {
	if len(c) != 18 || strings.IndexByte(creditAlphabet, c[17]) < 0 {
		return ErrShape
	}
	switch want := CreditCodeCheckCharacter(c[:17]); want {
	case 0:
		return ErrShape
	case c[17]:
		return nil
	}
	return ErrCheckDigit
}

// CreditCodeCheckCharacter is the 18th character that belongs to the 17
// before it; 0 when those are not 17 characters of the code's alphabet.
func CreditCodeCheckCharacter(first17 string) byte {
	if len(first17) != 17 {
		return 0
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(creditAlphabet, first17[i])
		if v < 0 {
			return 0
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// CheckCNAPS checks a bank's code in the national payment system: 12 digits,
// the last by ISO 7064 MOD 11,10. It returns ErrShape, ErrCheckDigit or nil.
func CheckCNAPS(c string) error {
	if len(c) != 12 || !allDigits(c, 0, 12) {
		return ErrShape
	}
	if mod11_10(c) != c[11] {
		return ErrCheckDigit
	}
	return nil
}

// steps10 is one step of ISO 7064 MOD 11,10: the remainder that follows
// another, increased by a digit.
var steps10 = func() (t [20]uint8) {
	for i := range t {
		s := i % 10
		if s == 0 {
			s = 10
		}
		t[i] = uint8(s * 2 % 11)
	}
	return t
}()

// mod11_10 is the ISO 7064 MOD 11,10 check digit of the first 11 digits.
func mod11_10(c string) byte {
	p := uint8(10)
	for i := range 11 {
		p = steps10[p+c[i]-'0']
	}
	return '0' + (11-p)%10
}

// CNAPSCheckDigit is the 12th digit that belongs to the 11 before it; 0 when
// first11 is not 11 digits.
func CNAPSCheckDigit(first11 string) byte {
	if len(first11) != 11 || !allDigits(first11, 0, 11) {
		return 0
	}
	return mod11_10(first11)
}

// CheckPersonalCard checks the account number of a person's card by Luhn,
// when it is one: 16 to 19 digits. Other accounts have no check digit, and an
// agency's account is never given to it. It returns ErrCheckDigit or nil.
func CheckPersonalCard(account string) error {
	n := len(account)
	if n < 16 || n > 19 || !allDigits(account, 0, n) {
		return nil
	}
	if luhn(account[:n-1]) != account[n-1] {
		return ErrCheckDigit
	}
	return nil
}

// LuhnDigit is the digit that belongs behind a card number's other digits; 0
// when they are not digits.
func LuhnDigit(digits string) byte {
	if digits == "" || !allDigits(digits, 0, len(digits)) {
		return 0
	}
	return luhn(digits)
}

func luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}
