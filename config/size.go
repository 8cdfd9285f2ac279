package config

import (
	"errors"
	"strconv"
	"strings"
)

// Size is a number of bytes as the configuration writes it: 512MiB.
type Size int64

// units of sizes, the largest first.
var units = []struct {
	name  string
	bytes Size
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// String writes a size in the largest unit that it is a whole number of.
func (s Size) String() string {
	for _, u := range units {
		if s != 0 && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return "0"
}

// MarshalText writes what UnmarshalText reads.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a whole number and its unit.
func (s *Size) UnmarshalText(b []byte) error {
	for _, u := range units {
		digits, has := strings.CutSuffix(string(b), u.name)
		if !has {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || len(digits) > 1 && digits[0] == '0' {
			break
		}
		*s = Size(n) * u.bytes
		return nil
	}
	return errors.New("expects a size like 512MiB (KiB, MiB or GiB)")
}
