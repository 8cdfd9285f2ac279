package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

// maxSigners bounds an allowed_signers file, in bytes.
const maxSigners = 1 << 20

// ParseSigners reads an allowed_signers file:
//
//	principal[,principal…] [option[,option…]] keytype base64-key [comment]
//
// with the options namespaces="…", valid-after="YYYYMMDD[HHMM[SS]][Z]" and valid-before
// (without Z in this machine's time zone, as ssh-keygen reads it). Patterns, quoted principals,
// cert-authority and whatever else ssh-keygen may know are refused; so is a line that does not
// begin with printable ASCII, and a principal that is not all of it: what looks like a comment, or
// like another principal, is one to no reader. All faults come joined, each with its line.
func ParseSigners(text []byte) (*Signers, error) {
	if len(text) > maxSigners {
		return nil, fmt.Errorf("allowed signers: larger than %d bytes", maxSigners)
	}
	s := &Signers{}
	var faults []error
	for i, line := range strings.Split(string(bytes.TrimPrefix(text, []byte("\uFEFF"))), "\n") {
		line = strings.Trim(line, " \t\r")
		if line == "" || line[0] == '#' {
			continue
		}
		one, err := parseSigner(line)
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", i+1, err))
			continue
		}
		one.Line = i + 1
		s.list = append(s.list, one)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return s, nil
}

func parseSigner(line string) (one Signer, err error) {
	if !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
		return one, errors.New("holds a control character or is not UTF-8")
	}
	if line[0] <= ' ' || line[0] > '~' {
		r, _ := utf8.DecodeRuneInString(line)
		return one, fmt.Errorf("begins with %U, which is no printable ASCII", r)
	}
	principals, rest := nextField(line)
	if one.Principals, err = parsePrincipals(principals); err != nil {
		return one, err
	}
	field, after := nextField(rest)
	if field != "" && !isKeyType(field) {
		if err := one.options(field); err != nil {
			return one, err
		}
		field, after = nextField(after)
	}
	encoded, _ := nextField(after)
	if field == "" || encoded == "" {
		return one, errors.New("no key: write principals, options, key type, key")
	}
	if one.Key, err = parsePublic(field, encoded); err != nil {
		return one, err
	}
	one.Fingerprint = ssh.FingerprintSHA256(one.Key)
	return one, nil
}

// nextField cuts the next field off; blanks inside quotes belong to it.
func nextField(s string) (field, rest string) {
	s = strings.TrimLeft(s, " \t")
	quoted := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func parsePrincipals(s string) ([]string, error) {
	list := strings.Split(s, ",")
	for _, p := range list {
		switch {
		case p == "":
			return nil, errors.New("an empty principal")
		case strings.HasPrefix(p, "!"):
			return nil, fmt.Errorf("principal %s: negation is not supported, list who may sign", p)
		case strings.ContainsAny(p, "*?"):
			return nil, fmt.Errorf("principal %s: wildcards are not supported, name each signer", p)
		case strings.ContainsAny(p, `"'`):
			return nil, fmt.Errorf("principal %s: quotes are not supported", p)
		case strings.ContainsFunc(p, func(r rune) bool { return r > '~' }):
			return nil, fmt.Errorf("principal %+q is not all printable ASCII", p)
		}
	}
	return list, nil
}

// isKeyType tells a key type from options, as ssh-keygen does: by trying.
func isKeyType(s string) bool {
	return strings.HasPrefix(s, "ssh-") || strings.HasPrefix(s, "ecdsa-sha2-") || strings.HasPrefix(s, "sk-")
}

func parsePublic(kind, encoded string) (ssh.PublicKey, error) {
	wire, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, errors.New("the key is not base64")
	}
	key, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return nil, fmt.Errorf("the key cannot be read: %w", err)
	}
	if key.Type() != kind {
		return nil, fmt.Errorf("the key is of type %s, not %s", key.Type(), kind)
	}
	return key, usable(key)
}

// options reads the list of options; each may stand once.
func (s *Signer) options(text string) error {
	seen := map[string]bool{}
	for _, option := range splitOptions(text) {
		name, value, given := strings.Cut(option, "=")
		name = strings.ToLower(name)
		if seen[name] {
			return fmt.Errorf("option %s stands twice", name)
		}
		seen[name] = true
		if given {
			inner, ok := unquote(value)
			if !ok {
				return fmt.Errorf(`option %s: write the value in quotes: %s="…"`, name, name)
			}
			value = inner
		}
		if err := s.option(name, value, given); err != nil {
			return err
		}
	}
	if !s.ValidAfter.IsZero() && !s.ValidBefore.IsZero() && !s.ValidAfter.Before(s.ValidBefore) {
		return errors.New("valid-before is not later than valid-after")
	}
	return nil
}

func (s *Signer) option(name, value string, given bool) (err error) {
	switch {
	case name == "cert-authority":
		return errors.New("cert-authority is not supported: list the keys themselves")
	case name == "namespaces" && given:
		s.Namespaces = strings.Split(value, ",")
		for _, n := range s.Namespaces {
			if n == "" || strings.ContainsAny(n, `*?!"\ `) {
				return fmt.Errorf("namespaces=%q: name each one, without patterns", value)
			}
		}
		return nil
	case name == "valid-after" && given:
		s.ValidAfter, err = parseTime(value)
	case name == "valid-before" && given:
		s.ValidBefore, err = parseTime(value)
	default:
		return fmt.Errorf("option %s is not supported", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// splitOptions splits at commas outside of quotes.
func splitOptions(s string) (list []string) {
	quoted, start := false, 0
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				list, start = append(list, s[start:i]), i+1
			}
		}
	}
	return append(list, s[start:])
}

func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' || strings.Contains(s[1:len(s)-1], `"`) {
		return "", false
	}
	return s[1 : len(s)-1], true
}

// parseTime reads YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and Z for UTC.
func parseTime(s string) (time.Time, error) {
	digits, utc := strings.CutSuffix(s, "Z")
	zone := time.Local
	if utc {
		zone = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(digits) != len(layout) || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		if t, err := time.ParseInLocation(layout, digits, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, then Z for UTC", s)
}
