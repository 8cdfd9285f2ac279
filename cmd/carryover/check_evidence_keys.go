package main

import (
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// keys are whose keys count, and until when.
func (e evidence) keys() section {
	s := e.c.Settings
	ours := []string{e.say("现用 ", "now ") + fingerprintOf(e.c.Abs(s.Seal.Key))}
	if s.Seal.NextKey != "" {
		ours = append(ours, e.sayf("%s 起 %s", "from %s: %s", s.Seal.NextFrom, fingerprintOf(e.c.Abs(s.Seal.NextKey))))
	}
	return section{e.say("密钥与有效期", "Keys"), []fact{
		{e.say("文件签名密钥", "we sign with"), strings.Join(ours, "\n")},
		{e.say("人员密钥", "officers'"), e.some(e.officersKeys())},
		{e.say("对方签名密钥", "partners'"), e.some(e.partnersKeys())},
		{e.say("登录密钥", "we log in with"), e.some(e.loginKeys())},
		{e.say("主机密钥", "hosts pinned"), e.some(e.hostKeys())},
	}}
}

// fingerprintOf is the fingerprint of a private key's file, or why there is none.
func fingerprintOf(path string) string {
	signer, err := readKey(path)
	if err != nil {
		return err.Error()
	}
	return ssh.FingerprintSHA256(signer.PublicKey())
}

// officersKeys are the keys of allowed_signers, by who signs with them.
func (e evidence) officersKeys() (lines []string) {
	text, err := allowedSigners(e.c)()
	if err != nil {
		return []string{err.Error()}
	}
	keys, err := seal.ParseSigners([]byte(text))
	if err != nil {
		return []string{err.Error()}
	}
	for _, k := range keys.All() {
		lines = append(lines, join(" · ", strings.Join(k.Principals, " "), k.Fingerprint, e.validity(k)))
	}
	return lines
}

// validity is until when a key signs.
func (e evidence) validity(k seal.Signer) string {
	switch {
	case k.ValidBefore.IsZero():
		return e.say("长期有效", "without end")
	case !k.Valid(e.now):
		return e.say("今天无效", "not valid today")
	}
	return e.say("有效至 ", "until ") + k.ValidBefore.In(e.now.Location()).Format(time.DateOnly)
}

// partnersKeys are those by which partners' files are verified.
func (e evidence) partnersKeys() (lines []string) {
	for _, p := range e.c.Settings.Partners {
		if p.Seal == exchange.SealOff {
			continue
		}
		signers, err := signersOf(e.c)(p.Code)
		if err != nil {
			lines = append(lines, p.Code+" "+e.say("没有", "none"))
			continue
		}
		for _, k := range signers.For(p.Code).All() {
			lines = append(lines, join(" · ", p.Code, k.Fingerprint, e.validity(k)))
		}
	}
	return lines
}

// loginKeys are the keys by which we log in at partners' servers.
func (e evidence) loginKeys() (lines []string) {
	parties := map[string][]string{}
	for _, d := range e.c.Drops() {
		if s := d.Drop.SFTP; s != nil && s.Key != "" {
			parties[s.Key] = append(parties[s.Key], d.Party)
		}
	}
	for _, key := range sortedNames(parties) {
		lines = append(lines, join(" · ", strings.Join(parties[key], " "), fingerprintOf(e.c.Abs(key))))
	}
	return lines
}

// hostKeys are the pinned keys of the servers that we connect to.
func (e evidence) hostKeys() (lines []string) {
	for _, d := range e.c.Drops() {
		s := d.Drop.SFTP
		if s == nil {
			continue
		}
		line := s.Addr + " · " + e.pinned(e.c.Abs(s.KnownHosts), s.Addr)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// pinned are the fingerprints of the keys that known_hosts wants of an address.
func (e evidence) pinned(path, addr string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return e.say("无", "none")
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
		return e.say("无", "none")
	}
	return strings.Join(prints, " ")
}
