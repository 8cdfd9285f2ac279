package main

import (
	"fmt"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/calendar"
	"carryover/exchange/seal"
)

// sealWarning is how long before its end a partner's last key is named.
const sealWarning = 30 * 24 * time.Hour

// checkSeals looks whether every partner with whom files are signed has a key
// that is valid today, and for how long; and which key of ours signs.
func checkSeals(c *config.Config, now time.Time) (findings []config.Finding) {
	add := func(level config.Level, subject, todo, format string, args ...any) {
		findings = append(findings, config.Finding{Level: level, Subject: subject, Text: fmt.Sprintf(format, args...), Todo: todo})
	}
	signed := false
	for i, p := range c.Settings.Partners {
		if p.Seal == exchange.SealOff {
			continue
		}
		signed = true
		subject := fmt.Sprintf("partners[%d].signers", i)
		signers, err := signersOf(c)(p.Code)
		if err != nil {
			add(config.LevelFault, subject, "ask "+p.Code+" for its line of allowed_signers, compare the fingerprint by telephone", "%v", err)
			continue
		}
		level, todo, text := judgeSigners(signers, p.Code, now)
		add(level, subject, todo, "%s", text)
	}
	if !signed {
		return findings
	}
	key, err := sealKey(c)(calendar.DateOf(now.In(c.Agency().Zone)))
	if err == nil {
		add(config.LevelOK, "seal", "", "we sign with %s", key.Fingerprint())
	}
	return append(findings, checkSuccessor(c, key)...)
}

// checkSuccessor looks at the key that takes over; that it cannot be read is
// found with the other keys.
func checkSuccessor(c *config.Config, now *seal.Key) []config.Finding {
	s := c.Settings.Seal
	if s.NextKey == "" || now == nil {
		return nil
	}
	next, err := readSealKey(c.Abs(s.NextKey))
	old, oldErr := readSealKey(c.Abs(s.Key))
	if err != nil || oldErr != nil {
		return nil
	}
	if next.Fingerprint() == old.Fingerprint() {
		return []config.Finding{{Level: config.LevelFault, Subject: "seal.next_key", Text: "is the same key as seal.key", Todo: "make a new one: ssh-keygen -t ed25519 -N '' -f " + c.Abs(s.NextKey)}}
	}
	return []config.Finding{{
		Level: config.LevelOK, Subject: "seal.next_key", Text: fmt.Sprintf("%s signs from %s on; partners must list it by then", next.Fingerprint(), s.NextFrom),
	}}
}

// judgeSigners says whether a partner has a key that may sign now, and still
// may in a month.
func judgeSigners(signers *seal.Signers, partner string, now time.Time) (level config.Level, todo, text string) {
	keys := signers.For(partner)
	validNow, validSoon := keys.Able(seal.NamespaceBatch, now), keys.Able(seal.NamespaceBatch, now.Add(sealWarning))
	todo = "ask " + partner + " for the line of its new key, compare the fingerprint by telephone"
	switch {
	case validNow == 0:
		return config.LevelFault, todo, fmt.Sprintf("no key of %s is valid today: every signed file would be refused", partner)
	case validSoon == 0:
		return config.LevelWarning, todo, fmt.Sprintf("the last key of %s ends within 30 days", partner)
	}
	return config.LevelOK, "", fmt.Sprintf("%d valid keys of %s", validNow, partner)
}
