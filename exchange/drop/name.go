package drop

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the longest name, in bytes, that the usual file systems take.
const MaxName = 255

// tempSuffixes end the names of files that are still being written, by us or by
// other programs (SPEC 6).
var tempSuffixes = []string{".part", ".filepart", ".tmp", ".partial", ".writing"}

// desktops leave these files wherever somebody looks.
var desktops = []string{"thumbs.db", "desktop.ini"}

// IsTemp reports whether a name belongs to no file of the exchange, in any case: a dot file, one that an
// office program locks its workbook with (~$), one with a suffix that programs use while they write, or
// what a desktop leaves.
func IsTemp(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || slices.Contains(desktops, lower) {
		return true
	}
	for _, s := range tempSuffixes {
		if strings.HasSuffix(lower, s) {
			return true
		}
	}
	return false
}

// unsafeName says why a name cannot be used as one path element; "" when it can.
func unsafeName(name string) string {
	switch {
	case name == "":
		return "empty name"
	case name == "." || name == "..":
		return "name of a folder, not of a file"
	case len(name) > MaxName:
		return fmt.Sprintf("name longer than %d bytes", MaxName)
	case !utf8.ValidString(name):
		return "name is not UTF-8"
	case strings.ContainsAny(name, `/\`):
		return "path separator in the name"
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return "control character in the name"
		}
	}
	return ""
}

// CheckName returns ErrName unless a file of that name can be put into a drop and
// will be seen there.
func CheckName(name string) error {
	if why := unsafeName(name); why != "" {
		return fmt.Errorf("%s: %w: %s", strconv.QuoteToGraphic(name), ErrName, why)
	}
	if IsTemp(name) {
		return fmt.Errorf("%s: %w: it is a temporary name", strconv.QuoteToGraphic(name), ErrName)
	}
	return nil
}

// A temporary name of ours is
//
//	"." name "." nonce check ".part"
//
// where nonce is 8 random hexadecimal digits and check the first 8 of the
// SHA-256 of nonce and the full name. Nobody else's program makes such a name,
// so that a leftover is provably ours; and no two attempts share one, so that an
// attempt that comes back late cannot publish what another is still writing.
// A name too long for this is cut in the temporary name; check covers all of it.
const tempTail = 1 + 8 + 8 + len(".part")

// TempName returns a new temporary name of ours for name, for use in the same
// folder; Put of that name removes it when it was left behind.
func TempName(name string) string {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return makeTemp(name, hex.EncodeToString(b[:]))
}

func makeTemp(name, nonce string) string {
	return "." + cut(name, MaxName-1-tempTail) + "." + nonce + tempCheck(name, nonce) + ".part"
}

func tempCheck(name, nonce string) string {
	sum := sha256.Sum256([]byte("carryover temporary name\n" + nonce + "\n" + name))
	return hex.EncodeToString(sum[:4])
}

// ownTemp reports whether temp is a temporary name that we made for name.
func ownTemp(temp, name string) bool {
	if len(temp) < 1+tempTail {
		return false
	}
	nonce := temp[len(temp)-tempTail+1:][:8]
	return temp == makeTemp(name, nonce)
}

// looksOurs reports whether temp has the shape of our temporary names; it is only
// used to remember candidates for ownTemp.
func looksOurs(temp string) bool {
	return len(temp) > 1+tempTail && temp[0] == '.' && temp[len(temp)-tempTail] == '.' && strings.HasSuffix(temp, ".part")
}

// numbered returns the n-th name to try in a folder where name is taken: name.2,
// name.3 …; the name is cut when the result would be too long.
func numbered(name string, n int) string {
	tail := "." + strconv.Itoa(n)
	return cut(name, MaxName-len(tail)) + tail
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
