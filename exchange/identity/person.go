package identity

// Types of documents whose numbers are checked beyond their shape, as the
// national list of document types numbers them.
const (
	typeResident  = "01" // resident identity card
	typePermanent = "07" // foreigner's permanent residence card
	typeResident2 = "16" // places differ whether 16 or 17 is the residence
	typeResident3 = "17" // permit of Hong Kong, Macao and Taiwan residents
)

// form is how a number is built.
type form int

const (
	formBad      form = iota // no such number
	formOther                // nothing inside it can be checked
	formFifteen              // resident ID of before 1999: no century, no check digit
	formEighteen             // GB 11643 and the cards shaped like it
)

// CheckID checks the number of a document of one of the listed types. It
// returns ErrShape, ErrCheckDigit (ISO 7064 MOD 11-2, 18 characters), ErrDate
// or nil. Type 01 takes 18 characters or the 15 of old cards. Type 07 takes
// 18 characters beginning with 9, or the 3 letters and 12 digits of older
// cards. Types 16 and 17 are checked when the number is an 18-character card
// of Hong Kong, Macao or Taiwan residents (81, 82, 83). All else is letters,
// digits and hyphens, 18 at most.
func CheckID(idType, n string) error {
	switch f := formOf(idType, n); {
	case f == formBad:
		return ErrShape
	case f == formOther:
		return nil
	case !dateExists(birthOf(f, n)):
		return ErrDate
	case f == formEighteen && mod11_2(n) != n[17]:
		return ErrCheckDigit
	}
	return nil
}

func formOf(idType string, n string) form {
	switch idType {
	case typeResident:
		if eighteen(n) && n[0] != '0' {
			return formEighteen
		}
		if len(n) == 15 && allDigits(n, 0, 15) && n[0] != '0' {
			return formFifteen
		}
		return formBad
	case typePermanent:
		if eighteen(n) && n[0] == '9' {
			return formEighteen
		}
		if len(n) == 15 && letters(n, 0, 3) && allDigits(n, 3, 15) {
			return formOther
		}
		return formBad
	case typeResident2, typeResident3:
		if eighteen(n) && n[0] == '8' && n[1] >= '1' && n[1] <= '3' {
			return formEighteen
		}
	}
	if plain(n) {
		return formOther
	}
	return formBad
}

func eighteen(n string) bool {
	return len(n) == 18 && allDigits(n, 0, 17) && (n[17]-'0' <= 9 || n[17] == 'X')
}

func letters(n string, from, to int) bool {
	for i := from; i < to; i++ {
		if n[i]-'A' > 25 {
			return false
		}
	}
	return true
}

func plain(n string) bool {
	for i := range len(n) {
		if c := n[i]; c-'0' > 9 && c-'A' > 25 && c != '-' {
			return false
		}
	}
	return len(n) > 0 && len(n) <= 18
}

// birthOf is the yyyymmdd inside a number of 15 or 18 characters.
func birthOf(f form, n string) int {
	if f == formFifteen {
		return 19_000_000 + number(n, 6, 12)
	}
	return number(n, 6, 14)
}

func dateExists(d int) bool {
	year, month, day := d/10000, d/100%100, d%100
	if year < 1800 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= daysIn(year, month)
}

func daysIn(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// weights2 are the powers of 2 modulo 11 by which ISO 7064 MOD 11-2 weighs
// the first 17 digits.
var weights2 = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// mod11_2 is the ISO 7064 MOD 11-2 check character of the first 17 digits.
func mod11_2(n string) byte {
	sum := 0
	for i, w := range weights2 {
		sum += int(n[i]-'0') * w
	}
	if c := (12 - sum%11) % 11; c < 10 {
		return byte('0' + c)
	}
	return 'X'
}

// IDCheckDigit is the 18th character that belongs to the 17 digits before it;
// 0 when first17 is not 17 digits.
func IDCheckDigit(first17 string) byte {
	if len(first17) != 17 || !allDigits(first17, 0, 17) {
		return 0
	}
	return mod11_2(first17)
}

// Facts is what an ID number says about its holder.
type Facts struct {
	Birth int  // yyyymmdd, 0 when the number does not tell
	Sex   byte // '1' male, '2' female (GB/T 2261.1), 0 when the number does not tell
}

// Read returns what a number that CheckID accepts says about its holder.
func Read(idType, n string) Facts {
	f := formOf(idType, n)
	if f != formFifteen && f != formEighteen {
		return Facts{}
	}
	order := n[14] // the last digit of the order number is odd for men
	if f == formEighteen {
		order = n[16]
	}
	return Facts{Birth: birthOf(f, n), Sex: '2' - order%2} // '0' is even: a digit is as odd as its byte
}

// AgreesSex reports whether a stated sex may stand beside the number: always
// when the number does not tell; '0' and '9' (unknown, not stated) beside any
// document but a resident ID.
func (f Facts) AgreesSex(idType string, sex byte) bool {
	if (sex == '0' || sex == '9') && idType != typeResident {
		return true
	}
	return f.Sex == 0 || f.Sex == sex
}

// AgreesBirth reports whether a stated birth date (yyyymmdd, 0 none) may
// stand beside the number.
func (f Facts) AgreesBirth(birth int) bool { return f.Birth == 0 || birth == 0 || f.Birth == birth }

// Key is what two numbers of one person have in common: the 15 digits of an
// old resident ID become the 18 characters that replaced them, anything else
// stays as it is. Only old numbers cost an allocation.
func Key(idNo string) string {
	if len(idNo) != 15 || !allDigits(idNo, 0, 15) || !dateExists(birthOf(formFifteen, idNo)) {
		return idNo
	}
	long := idNo[:6] + "19" + idNo[6:]
	return long + string(rune(mod11_2(long)))
}
