package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/jobs/signing"
)

// keyWarning is how long before its end a key is named.
const keyWarning = 30 * 24 * time.Hour // time to exchange the next one and have it approved

// checkSigners looks at the officers' keys: who can sign today, whose key ends
// soon, which key is two people's, and whether a private one lies where the
// service can read it.
func checkSigners(c *config.Config, now time.Time) (list []config.Finding) {
	say := func(level config.Level, todo, format string, args ...any) {
		list = append(list, config.Finding{Level: level, Subject: "staff.allowed_signers", Text: fmt.Sprintf(format, args...), Todo: todo})
	}
	text, err := allowedSigners(c)()
	var keys *seal.Signers
	if err == nil {
		keys, err = seal.ParseSigners([]byte(text))
	}
	if err != nil {
		say(config.LevelFault, "mend "+c.AllowedSigners(), "%v", err)
		return list
	}
	who := signing.SignerSet{Officers: c.Agency().Officers, Keys: keys}
	if len(who.Officers) == 0 && len(keys.All()) == 0 { // no officers, nothing to compare
		return nil
	}
	for _, o := range who.Officers {
		roles, ends := who.ReleaseRoles(o, now)
		switch {
		case len(roles) == 0 && o.Has(exchange.Releasing()...):
			say(config.LevelWarning, "add the line "+o.Principal(o.Roles[0])+" … after comparing the fingerprint", "%s (%s) has no key that is valid today", o.Name, o.FullName)
		case !ends.IsZero() && ends.Sub(now) < keyWarning:
			say(config.LevelWarning, "add the next key beside it in time", "the key of %s ends on %s", o.Name, ends.Format("2006-01-02"))
		}
	}
	var files []string
	able, enough := who.CanRelease(now)
	switch {
	case c.AutomaticRelease():
	case !enough:
		say(config.LevelFault, config.SmallestStaffing()+", each with a valid key", "%d officers can sign today: no payment can be released", able)
	case len(exchange.Unreleasable(who.WithKeys(now))) > len(exchange.Unreleasable(who.Officers)):
		list = append(list, config.Deciding(who.WithKeys(now))...)
	}
	for _, k := range who.SharedKeys() {
		say(config.LevelFault, "everybody needs the own key", "key %s is that of %s and of %s", k.Fingerprint, k.One, k.Other)
	}
	for _, k := range keys.All() {
		if !k.InHardware() {
			files = append(files, strings.Join(k.Principals, " "))
		}
	}
	if len(files) > 0 {
		say(config.LevelOK, "", "keys that are files, and could be copied: %s; a hardware key (ssh-keygen -t ed25519-sk -O verify-required) cannot", strings.Join(files, ", "))
	}
	for _, path := range exposedKeys(c, who) {
		say(config.LevelFault, "the officer keeps it on the own machine; make a new one, this one was seen", "%s is an officer's private key and the service can read it", path)
	}
	if !slices.ContainsFunc(list, func(f config.Finding) bool { return f.Level != config.LevelOK }) {
		say(config.LevelOK, "", "%d officers can sign today", able)
	}
	return list
}

// exposedKeys looks for officers' private keys below the agency's folder, the
// officers' folders, and the .ssh of whom this runs as.
func exposedKeys(c *config.Config, who signing.SignerSet) []string {
	folders := []string{c.Dir, c.Abs(c.Settings.Staff.Drops)}
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".ssh"))
	}
	return who.ExposedKeys(folders, []string{c.Abs(c.Settings.Folders.Spool), c.Abs(c.Settings.Folders.Reports)})
}
