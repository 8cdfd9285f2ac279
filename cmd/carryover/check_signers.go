package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"carryover/config"
	"carryover/exchange"
	"carryover/exchange/seal"
)

// keyWarning is how long before its end a key is named.
const keyWarning = 30 * 24 * time.Hour

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
	officers := c.Agency().Officers
	if len(officers) == 0 && len(keys.All()) == 0 {
		return nil
	}
	able, checker := 0, false
	for _, o := range officers {
		roles, ends := rolesToday(keys, o, now)
		if len(roles) > 0 {
			able++
			checker = checker || slices.Contains(roles, exchange.RoleChecker)
		}
		switch {
		case len(roles) == 0 && o.Has(exchange.Releasing()...):
			say(config.LevelWarning, "add the line "+o.Principal(o.Roles[0])+" … after comparing the fingerprint", "%s (%s) has no key that is valid today", o.Name, o.FullName)
		case !ends.IsZero() && ends.Sub(now) < keyWarning:
			say(config.LevelWarning, "add the next key beside it in time", "the key of %s ends on %s", o.Name, ends.Format("2006-01-02"))
		}
	}
	if !c.AutomaticRelease() && (able < 2 || !checker) {
		say(config.LevelFault, "two officers, one of them with the role checker, need valid keys", "%d officers can sign today: no payment can be released", able)
	}
	seen := map[string]string{}
	for _, k := range keys.All() {
		for _, o := range officers {
			if !names(k, o) {
				continue
			}
			if other := seen[k.Fingerprint]; other != "" && other != o.Name {
				say(config.LevelFault, "everybody needs the own key", "key %s is that of %s and of %s", k.Fingerprint, other, o.Name)
			}
			seen[k.Fingerprint] = o.Name
		}
	}
	for _, path := range readableKeys(c, keys) {
		say(config.LevelFault, "the officer keeps it on the own machine; make a new one, this one was seen", "%s is an officer's private key and the service can read it", path)
	}
	if len(list) == 0 {
		say(config.LevelOK, "", "%d officers can sign today", able)
	}
	return list
}

func names(k seal.Signer, o exchange.Officer) bool {
	return slices.ContainsFunc(o.Roles, func(r exchange.Role) bool { return slices.Contains(k.Principals, o.Principal(r)) })
}

// rolesToday are those with which an officer can sign now, and when the last
// key ends; zero: never.
func rolesToday(keys *seal.Signers, o exchange.Officer, now time.Time) (roles []exchange.Role, ends time.Time) {
	forEver := false
	for _, k := range keys.All() {
		if !k.May(seal.NamespaceRelease) || !k.Valid(now) {
			continue
		}
		for _, r := range exchange.Releasing() {
			if !o.Has(r) || !slices.Contains(k.Principals, o.Principal(r)) {
				continue
			}
			roles = append(roles, r)
			forEver = forEver || k.ValidBefore.IsZero()
			if k.ValidBefore.After(ends) {
				ends = k.ValidBefore
			}
		}
	}
	if forEver {
		ends = time.Time{}
	}
	return roles, ends
}

// Bounds of the search for private keys.
const (
	searchedFiles = 20_000
	searchedSize  = 64 << 10
)

// readableKeys finds private keys of officers below the agency's folder, the
// officers' folders, and the .ssh of whom this runs as.
func readableKeys(c *config.Config, keys *seal.Signers) (found []string) {
	roots := []string{c.Dir, c.Abs(c.Settings.Staff.Drops)}
	if home, err := os.UserHomeDir(); err == nil {
		roots = append(roots, filepath.Join(home, ".ssh"))
	}
	looked, seen := 0, map[string]bool{}
	for _, root := range roots {
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // what cannot be read is what is wanted
			case d.IsDir() && (path == c.Abs(c.Settings.Folders.Spool) || path == c.Abs(c.Settings.Folders.Reports)):
				return fs.SkipDir
			case !d.Type().IsRegular() || seen[path]:
				return nil
			}
			if looked++; looked > searchedFiles {
				return fs.SkipAll
			}
			seen[path] = true
			if isOfficersKey(path, keys) {
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}

// isOfficersKey reports whether a file is the private half of a listed key,
// with or without a passphrase.
func isOfficersKey(path string, keys *seal.Signers) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, searchedSize))
	if err != nil || !bytes.Contains(text, []byte("PRIVATE KEY-----")) {
		return false
	}
	var public ssh.PublicKey
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	switch {
	case err == nil:
		public = signer.PublicKey()
	case errors.As(err, &locked):
		public = locked.PublicKey
	}
	if public == nil {
		return false
	}
	fingerprint := ssh.FingerprintSHA256(public)
	return slices.ContainsFunc(keys.All(), func(k seal.Signer) bool { return k.Fingerprint == fingerprint })
}
