package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// ReadKey reads a private key that has no passphrase.
func ReadKey(path string) (ssh.Signer, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", path, err)
	}
	return signer, nil
}

// keyFingerprint is the fingerprint of a private key's file, or why there is none.
func keyFingerprint(path string) string {
	signer, err := ReadKey(path)
	if err != nil {
		return err.Error()
	}
	return ssh.FingerprintSHA256(signer.PublicKey())
}

// SealKeys are the keys that sign our files, now and later.
func (e Evidence) SealKeys() []string {
	s := e.Config.Settings
	ours := []string{e.Say("现用 ", "now ") + keyFingerprint(e.Config.Abs(s.Seal.Key))}
	if s.Seal.NextKey != "" {
		ours = append(ours, e.Sayf("%s 起 %s", "from %s: %s", s.Seal.NextFrom, keyFingerprint(e.Config.Abs(s.Seal.NextKey))))
	}
	return ours
}

// LoginKeys are the keys by which we log in at partners' servers.
func (e Evidence) LoginKeys() (lines []string) {
	parties := map[string][]string{}
	for _, d := range e.Config.Drops() {
		if s := d.Drop.SFTP; s != nil && s.Key != "" {
			parties[s.Key] = append(parties[s.Key], d.Party)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(parties)) {
		lines = append(lines, joined(strings.Join(parties[key], " "), keyFingerprint(e.Config.Abs(key))))
	}
	return lines
}

// HostKeys are the pinned keys of the servers that we connect to.
func (e Evidence) HostKeys() (lines []string) {
	for _, d := range e.Config.Drops() {
		s := d.Drop.SFTP
		if s == nil {
			continue
		}
		line := s.Addr + " · " + e.pinned(e.Config.Abs(s.KnownHosts), s.Addr)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// pinned are the fingerprints of the keys that known_hosts wants of an address.
func (e Evidence) pinned(path, addr string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return e.Say("无", "none")
	}
	var prints []string
	for {
		marker, hosts, key, _, rest, err := ssh.ParseKnownHosts(text)
		if err != nil {
			break
		}
		text = rest
		if slices.Contains(hosts, knownhosts.Normalize(addr)) {
			prints = append(prints, strings.TrimSpace(marker+" "+ssh.FingerprintSHA256(key)))
		}
	}
	if len(prints) == 0 {
		return e.Say("无", "none")
	}
	return strings.Join(prints, " ")
}
