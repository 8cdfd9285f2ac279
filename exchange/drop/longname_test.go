package drop

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// A name that is too long is cut to the longest that fits and splits no character.
func TestLongNamesAreCut(t *testing.T) {
	for _, v := range []struct {
		s    string
		n    int
		want string
	}{
		{"abc", 4, "abc"},
		{"abc", 3, "abc"},
		{"abc", 2, "ab"},
		{"abc", 0, ""},
		{"长长", 6, "长长"},
		{"长长", 5, "长"},
		{"长长", 3, "长"},
		{"长长", 2, ""},
		{"长长", 0, ""},
	} {
		if got := cut(v.s, v.n); got != v.want {
			t.Errorf("%q cut to %d bytes is %q, want %q", v.s, v.n, got, v.want)
		}
	}
	for _, n := range []int{2, 10, maxNumber} {
		tail := fmt.Sprintf(".%d", n)
		for _, length := range []int{1, MaxName - len(tail) - 1, MaxName - len(tail), MaxName - len(tail) + 1, MaxName} {
			name := strings.Repeat("n", length)
			want := name[:min(length, MaxName-len(tail))] + tail
			if got := numbered(name, n); got != want || len(got) > MaxName {
				t.Errorf("%d bytes, number %d: %d bytes, want %d", length, n, len(got), len(want))
			}
		}
		if got := numbered(strings.Repeat("长", MaxName/3), n); !utf8.ValidString(got) || len(got) > MaxName || len(got) < MaxName-2 {
			t.Errorf("number %d of a long name has %d bytes: %q", n, len(got), got)
		}
	}
}

// The shape of our temporary names: one that is a byte too short for any name is
// not ours, nor is one with another character in its place.
func TestShapeOfTempNames(t *testing.T) {
	temp := makeTemp("a", "01234567")
	if !looksOurs(temp) || !ownTemp(temp, "a") || len(temp) != 1+1+tempTail {
		t.Fatalf("%q is not ours", temp)
	}
	empty := makeTemp("", "01234567") // of no name: no Put makes it
	if looksOurs(empty) {
		t.Errorf("%q looks like ours", empty)
	}
	for _, odd := range []string{
		"", ".part", temp[1:], "x" + temp[1:], temp + "x", strings.Replace(temp, "a.", "ax", 1), temp[:len(temp)-5] + ".tmp1", strings.Repeat(".", tempTail),
	} {
		if ownTemp(odd, "a") {
			t.Errorf("%q passes for ours", odd)
		}
	}
}

// What whoever reads the error has to know stands in it, and nothing that is not known.
func TestTextOfHostKeyError(t *testing.T) {
	e := &HostKeyError{Addr: "bank:22"}
	if got := e.Error(); !strings.HasSuffix(got, ": no key is pinned") || !strings.HasPrefix(got, "bank:22: ") {
		t.Errorf("nothing is known: %s", got)
	}
	e.Changed, e.Reason, e.Fingerprint, e.Line = true, errors.New("expired"), "SHA256:x", "bank ssh-ed25519 AAAA"
	const all = ": another key is pinned (expired); the server shows SHA256:x; after comparing it with the partner add to known_hosts: bank ssh-ed25519 AAAA"
	if got := e.Error(); !strings.HasSuffix(got, all) {
		t.Errorf("all is known: %s", got)
	}
	e.Revoked, e.Line = true, ""
	if got := e.Error(); !strings.HasSuffix(got, ": the key is revoked (expired); the server shows SHA256:x") {
		t.Errorf("revoked: %s", got)
	}
}

// Old algorithms are offered behind the usual ones when they are allowed by
// name; else the library's own choice stands.
func TestLegacyAlgorithmsAreOfferedLast(t *testing.T) {
	a := &attempt{pins: &pins{}}
	c, err := a.clientConfig()
	if err != nil || c.KeyExchanges != nil || c.MACs != nil {
		t.Fatalf("nothing allowed: %v, %v, %v", c.KeyExchanges, c.MACs, err)
	}
	a.conf.LegacyAlgorithms = []string{"diffie-hellman-group1-sha1", "hmac-sha1-96"}
	if c, err = a.clientConfig(); err != nil {
		t.Fatal(err)
	}
	if k := c.KeyExchanges; len(k) < 2 || k[len(k)-1] != "diffie-hellman-group1-sha1" {
		t.Errorf("key exchanges %v", k)
	}
	if m := c.MACs; len(m) < 2 || m[len(m)-1] != "hmac-sha1-96" {
		t.Errorf("MACs %v", m)
	}
}
