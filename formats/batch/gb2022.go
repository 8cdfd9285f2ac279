package batch

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// revised are the eighteen codes whose meaning GB 18030-2022 changed: the code, the character that it is
// now, and the private-use one that it was. It is read as what it is now; either is written as the code,
// by the recommendation of the Unicode Technical Committee (L2/23-003R).
var revised = []struct {
	code    [2]byte
	is, was rune
}{
	{[2]byte{0xA6, 0xD9}, 0xFE10, 0xE78D},
	{[2]byte{0xA6, 0xDA}, 0xFE12, 0xE78E},
	{[2]byte{0xA6, 0xDB}, 0xFE11, 0xE78F},
	{[2]byte{0xA6, 0xDC}, 0xFE13, 0xE790},
	{[2]byte{0xA6, 0xDD}, 0xFE14, 0xE791},
	{[2]byte{0xA6, 0xDE}, 0xFE15, 0xE792},
	{[2]byte{0xA6, 0xDF}, 0xFE16, 0xE793},
	{[2]byte{0xA6, 0xEC}, 0xFE17, 0xE794},
	{[2]byte{0xA6, 0xED}, 0xFE18, 0xE795},
	{[2]byte{0xA6, 0xF3}, 0xFE19, 0xE796},
	{[2]byte{0xFE, 0x59}, 0x9FB4, 0xE81E},
	{[2]byte{0xFE, 0x61}, 0x9FB5, 0xE826},
	{[2]byte{0xFE, 0x66}, 0x9FB6, 0xE82B},
	{[2]byte{0xFE, 0x67}, 0x9FB7, 0xE82C},
	{[2]byte{0xFE, 0x6D}, 0x9FB8, 0xE832},
	{[2]byte{0xFE, 0x7E}, 0x9FB9, 0xE843},
	{[2]byte{0xFE, 0x90}, 0x9FBA, 0xE854},
	{[2]byte{0xFE, 0xA0}, 0x9FBB, 0xE864},
}

// revisedCode is the character of one of these codes.
func revisedCode(char []byte) (rune, bool) {
	if len(char) == 2 && (char[0] == 0xA6 || char[0] == 0xFE) {
		for _, x := range revised {
			if x.code == [2]byte(char) {
				return x.is, true
			}
		}
	}
	return 0, false
}

// revisedRune is what one of these characters is, and its code.
func revisedRune(r rune) (is rune, code [2]byte, ok bool) {
	if r < 0x9FB4 || r > 0xFE19 {
		return 0, code, false
	}
	for _, x := range revised {
		if r == x.is || r == x.was {
			return x.is, x.code, true
		}
	}
	return 0, code, false
}

// storedGB is a text in GB 18030, and the text as it will be read.
func storedGB(text []byte) (stored, read []byte, err error) {
	encoder := simplifiedchinese.GB18030.NewEncoder()
	from := 0
	put := func(to int) error {
		some, err := encoder.Bytes(text[from:to])
		stored, read = append(stored, some...), append(read, text[from:to]...)
		return err
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if is, code, ok := revisedRune(r); ok {
			if err := put(i); err != nil {
				return nil, nil, err
			}
			stored, read = append(stored, code[:]...), utf8.AppendRune(read, is)
			from = i + n
		}
		i += n
	}
	return stored, read, put(len(text))
}
