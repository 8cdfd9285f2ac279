package seal_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/exchange/seal"
)

const somebody = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFNWHkMbQsMWyW/wlFmfy3xw5vkyeh9TGJMR1kERIvXk"

func TestParseSigners(t *testing.T) {
	s := signersOf(t, "\uFEFF# partners\r\n\r\n310100,310101 Namespaces=\"carryover,x\",valid-after=\"20260301123456Z\",valid-before=\"203001012359Z\"\t%s a comment, with \"quotes\"\n  all %s", somebody, somebody)
	list := s.All()
	if len(list) != 2 {
		t.Fatalf("%d signers: %v", len(list), list)
	}
	one := list[0]
	if one.Line != 3 || !slices.Equal(one.Principals, []string{"310100", "310101"}) || !slices.Equal(one.Namespaces, []string{"carryover", "x"}) ||
		!one.ValidAfter.Equal(time.Date(2026, 3, 1, 12, 34, 56, 0, time.UTC)) || !one.ValidBefore.Equal(time.Date(2030, 1, 1, 23, 59, 0, 0, time.UTC)) ||
		!strings.HasPrefix(one.Fingerprint, "SHA256:") {
		t.Errorf("%+v", one)
	}
	if all := list[1]; all.Line != 4 || len(all.Namespaces) > 0 || !all.ValidAfter.IsZero() || !all.May("anything") || !all.Valid(noon) {
		t.Errorf("%+v", all)
	}
	local := signersOf(t, `a valid-after="20260301" %s`, somebody).All()[0].ValidAfter
	if want := time.Date(2026, 3, 1, 0, 0, 0, 0, time.Local); !local.Equal(want) {
		t.Errorf("without Z: %s, want %s", local, want)
	}
}

func TestParseSignersFaults(t *testing.T) {
	for line, want := range map[string]string{
		"*@a " + somebody:                                              "wildcards are not supported",
		"!a,b " + somebody:                                             "negation is not supported",
		"a,,b " + somebody:                                             "an empty principal",
		`"a b" ` + somebody:                                            "quotes are not supported",
		"a cert-authority " + somebody:                                 "cert-authority is not supported",
		"a no-touch-required " + somebody:                              "option no-touch-required is not supported",
		"a namespaces " + somebody:                                     "option namespaces is not supported",
		"a namespaces=carryover " + somebody:                           `write the value in quotes`,
		`a namespaces="carry*" ` + somebody:                            "without patterns",
		`a namespaces="" ` + somebody:                                  "without patterns",
		`a namespaces="a",namespaces="b" ` + somebody:                  "stands twice",
		`a valid-after="2026" ` + somebody:                             "is not a time",
		`a valid-after="20260230" ` + somebody:                         "is not a time",
		`a valid-before="2026030112z" ` + somebody:                     "is not a time",
		`a valid-after="20260301",valid-before="20260301" ` + somebody: "not later than valid-after",
		"a":                          "no key",
		"a ssh-ed25519":              "no key",
		"a ssh-ed25519 x":            "not base64",
		"a ssh-rsa " + somebody[12:]: "is of type ssh-ed25519, not ssh-rsa",
		"a ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==": "cannot be read",
		"a\x00b " + somebody:                         "control character",
		"\u3000# a " + somebody:                      "begins with U+3000",
		"\u200ba " + somebody:                        "begins with U+200B",
		"a,b\u200b " + somebody:                      `principal "b\u200b" is not all printable ASCII`,
	} {
		_, err := seal.ParseSigners([]byte("# first\n" + line + "\nb " + somebody + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "line 2: ") {
			t.Errorf("%q: %v, want %q of line 2", line, err, want)
		}
	}
	_, err := seal.ParseSigners([]byte("a\n\nb\n"))
	if err == nil || !strings.Contains(err.Error(), "line 1: ") || !strings.Contains(err.Error(), "line 3: ") {
		t.Errorf("not all faults: %v", err)
	}
	if _, err := seal.ParseSigners(make([]byte, 2<<20)); err == nil {
		t.Error("two megabytes are taken")
	}
}
