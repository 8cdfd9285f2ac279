package drop

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestTempNames: temporary names fit, are seen as temporary, are known as ours for
// their own name and no other, and never repeat.
func TestTempNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := anyName().Draw(t, "name")
		other := anyName().Draw(t, "other")
		temp := TempName(name)
		switch {
		case len(temp) > MaxName || !utf8.ValidString(temp) || unsafeName(temp) != "":
			t.Fatalf("%q is no file name", temp)
		case !IsTemp(temp) || !looksOurs(temp) || !ownTemp(temp, name):
			t.Fatalf("%q is not recognised", temp)
		case name != other && ownTemp(temp, other):
			t.Fatalf("%q passes for one of %q", temp, other)
		case temp == TempName(name):
			t.Fatalf("%q came twice", temp)
		}
	})
}

func anyName() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune("aZ09._- 长é")), 1, 255, MaxName).
		Filter(func(s string) bool { return CheckName(s) == nil })
}

func TestNumbered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := anyName().Draw(t, "name")
		n := rapid.IntRange(2, maxNumber).Draw(t, "n")
		if got := numbered(name, n); unsafeName(got) != "" || got == name || got == numbered(name, n+1) {
			t.Fatalf("%q number %d is %q", name, n, got)
		}
	})
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"a.csv", "", ".", "..", "../x", "a/b", "a\x00", "x.part", "X.TMP", ".x", "长.csv", "\xff", strings.Repeat("n", 256)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) != nil {
			return
		}
		if strings.ContainsAny(name, "/\\\x00\n\r") || strings.HasPrefix(name, ".") || len(name) == 0 || len(name) > 255 || !utf8.ValidString(name) {
			t.Errorf("%q was accepted", name)
		}
		if looksOurs(name) {
			t.Errorf("%q looks like a temporary name of ours", name)
		}
	})
}

func TestWildcard(t *testing.T) {
	tests := []struct {
		pat, s string
		want   bool
	}{
		{"", "", true},
		{"*", "", true},
		{"*", "host", true},
		{"h?st", "host", true},
		{"h?st", "hst", false},
		{"*.org", "a.b.org", true},
		{"*.org", "org", false},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"host", "hosts", false},
		{"hosts", "host", false},
		{"**", "x", true},
		{"?", "", false},
	}
	for _, test := range tests {
		if got := wildcard(test.pat, test.s); got != test.want {
			t.Errorf("wildcard(%q, %q) = %v", test.pat, test.s, got)
		}
	}
}
