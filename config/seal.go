package config

import (
	"bytes"
	"fmt"
	"slices"

	"golang.org/x/crypto/ssh"

	"carryover/exchange"
	"carryover/exchange/calendar"
)

// SealKey is where Init leaves the key that seals what partners get; its
// public half stands beside it, with .pub.
const SealKey = "keys/seal_ed25519"

// sealNamespace is what a seal's signatures are made for (exchange/seal).
const sealNamespace = "carryover"

// SealLine is the line of allowed_signers that partners need of an agency:
// its code as principal, what it signs, its public key.
func SealLine(code string, public ssh.PublicKey) string {
	return fmt.Sprintf("%s namespaces=%q %s", code, sealNamespace, bytes.TrimSpace(ssh.MarshalAuthorizedKey(public)))
}

// signersOf is where the keys of a partner stand.
func signersOf(code string) string { return "keys/partners/" + code + ".allowed_signers" }

// SealKeyFile is the key that seals on a date: the successor from its day on.
func (c *Config) SealKeyFile(on calendar.Date) string {
	s := c.Settings.Seal
	if s.NextKey != "" && on >= s.NextFrom {
		return c.Abs(s.NextKey)
	}
	return c.Abs(s.Key)
}

// SignersFile is the allowed_signers file of a partner; false for a party
// that is no partner.
func (c *Config) SignersFile(code string) (string, bool) {
	i := slices.IndexFunc(c.Settings.Partners, func(p PartnerSetting) bool { return p.Code == code })
	if i < 0 {
		return "", false
	}
	return c.Abs(c.Settings.Partners[i].Signers), true
}

func (v *validator) seal() {
	s := v.c.Settings.Seal
	switch {
	case s.NextKey == "" && s.NextFrom != 0:
		v.add("seal.next_from", "name the successor in next_key", "without next_key")
	case s.NextKey != "" && s.NextFrom == 0:
		v.add("seal.next_key", "give the first day in next_from", "without next_from")
	case s.NextKey != "" && v.c.Abs(s.NextKey) == v.c.Abs(s.Key):
		v.add("seal.next_key", "give another file", "the same file as key")
	}
}

// seal looks at the keys we sign with, and names the partners with whom
// no signature is asked for.
func (k *checker) seal() {
	signed := 0
	for i, p := range k.c.Settings.Partners {
		if p.Seal == exchange.SealOff {
			k.warn(fmt.Sprintf("partners[%d].seal", i), "exchange keys and write seal: signed", "off: no signature is asked for between us and %s", p.Code)
			continue
		}
		signed++
	}
	if signed == 0 {
		return
	}
	k.key("seal.key", k.c.Abs(k.c.Settings.Seal.Key))
	if next := k.c.Settings.Seal.NextKey; next != "" {
		k.key("seal.next_key", k.c.Abs(next))
	}
}
