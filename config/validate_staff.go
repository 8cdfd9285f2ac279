package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"carryover/exchange"
	"carryover/exchange/seal"
)

// officerName is a name that does as a folder, inside a file name, and as the
// first part of a principal.
var officerName = regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)

const officerNameMax = 32

func (v *validator) staff() {
	s := &v.c.Settings.Staff
	v.length("staff.settle", *s.Settle, 0, time.Hour)
	seen := map[string]bool{}
	var roles []string
	for _, t := range exchange.RoleTerms() {
		roles = append(roles, t.Code)
	}
	if len(s.RecoveryKeys) > exchange.RecoveryKeys {
		v.add("staff.recovery_keys", "", "%d keys, %d at most", len(s.RecoveryKeys), exchange.RecoveryKeys)
	}
	for i, key := range s.RecoveryKeys {
		if _, err := seal.ParseSigners([]byte(exchange.RecoveryName(i+1) + " " + key)); err != nil || strings.ContainsAny(key, "\r\n") {
			v.add(fmt.Sprintf("staff.recovery_keys[%d]", i), "write it as ssh-keygen -y prints it: ssh-ed25519 AAAA…", "no public key: %v", err)
		}
	}
	v.c.agency.Recovery = s.RecoveryKeys
	for i, o := range s.Officers {
		key := fmt.Sprintf("staff.officers[%d]", i)
		if !officerName.MatchString(o.Name) || len(o.Name) > officerNameMax {
			v.add(key+".name", "write it like wang.min", "%q does not do as the name of a folder (small letters and digits, at most %d)", o.Name, officerNameMax)
		}
		if seen[o.Name] {
			v.add(key+".name", "keep one of them", "officer %s stands twice", o.Name)
		}
		seen[o.Name] = true
		v.text(key+".full_name", o.FullName, 1, 20)
		if len(o.Roles) == 0 {
			v.add(key+".roles", "", "no role")
		}
		officer := exchange.Officer{Name: o.Name, FullName: o.FullName}
		for j, r := range o.Roles {
			v.oneOf(fmt.Sprintf("%s.roles[%d]", key, j), r, roles...)
			officer.Roles = append(officer.Roles, exchange.Role(r))
		}
		if slices.Contains(o.Roles, string(exchange.RoleSystem)) && slices.Contains(o.Roles, string(exchange.RoleChecker)) {
			v.add(key+".roles", "give one of them to somebody else", "%s is both system (系统) and checker (复核)", o.Name)
		}
		v.c.agency.Officers = append(v.c.agency.Officers, officer)
	}
}
