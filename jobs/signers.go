package jobs

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/exchange/store"
)

// signerSet is who may sign: officers with their roles, and their keys. A
// signature counts with a role only if both give it: the key is listed for
// <officer>@<role>, and the officer has that role in the configuration.
type signerSet struct {
	officers []exchange.Officer
	keys     *seal.Signers
}

func newSignerSet(officers []exchange.Officer, allowed string) (signerSet, error) {
	keys, err := seal.ParseSigners([]byte(allowed))
	if err != nil {
		return signerSet{}, fmt.Errorf("allowed_signers: %w", err)
	}
	return signerSet{officers, keys}, nil
}

func (s signerSet) officer(name string) (exchange.Officer, bool) {
	return exchange.Agency{Officers: s.officers}.Officer(name)
}

// roles are those with which a key counts for an officer, of the ones asked for.
func (s signerSet) roles(o exchange.Officer, fingerprint, namespace string, at time.Time, among []exchange.Role) (roles []exchange.Role) {
	for _, k := range s.keys.All() {
		if k.Fingerprint != fingerprint || !k.May(namespace) || !k.Valid(at) {
			continue
		}
		for _, r := range among {
			if o.Has(r) && slices.Contains(k.Principals, o.Principal(r)) && !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
	}
	return roles
}

// owner is the officer whose key this is, by the names in its principals.
func (s signerSet) owner(fingerprint string) (exchange.Officer, bool) {
	for _, k := range s.keys.All() {
		if k.Fingerprint != fingerprint {
			continue
		}
		for _, o := range s.officers {
			for _, t := range exchange.RoleTerms() {
				if slices.Contains(k.Principals, o.Principal(exchange.Role(t.Code))) {
					return o, true
				}
			}
		}
	}
	return exchange.Officer{}, false
}

// able reports whether two officers, one of them 复核, could sign at an instant.
func (s signerSet) able(at time.Time) bool {
	signers, checker := 0, false
	for _, o := range s.officers {
		var roles []exchange.Role
		for _, k := range s.keys.All() {
			roles = append(roles, s.roles(o, k.Fingerprint, seal.NamespaceRelease, at, exchange.Releasing())...)
		}
		if len(roles) > 0 {
			signers++
			checker = checker || slices.Contains(roles, exchange.RoleChecker)
		}
	}
	return signers >= 2 && checker
}

// approvedSigners are those of the approved money settings: a change of
// officers or keys counts once the present officers have signed it.
func (e *Env) approvedSigners(tx *store.Tx) (signerSet, error) {
	m, err := tx.MoneySettings(exchange.SettingsApproved)
	if errors.Is(err, store.ErrNotFound) {
		return signerSet{keys: &seal.Signers{}}, nil
	}
	if err != nil {
		return signerSet{}, err
	}
	return newSignerSet(m.Officers, m.Signers)
}

// signersFor are those who may sign a file: for a payment file those of the
// approved settings; for new settings the same, unless fewer than two of them
// could still sign (their keys expired, or there were none): then those of the
// new settings themselves, since nobody else is left.
func (e *Env) signersFor(tx *store.Tx, f exchange.File) (signerSet, error) {
	approved, err := e.approvedSigners(tx)
	if err != nil || f.Kind != kindMoneySettings || approved.able(e.Now()) {
		return approved, err
	}
	m, err := tx.MoneySettingsOf(f.ID)
	if err != nil {
		return signerSet{}, err
	}
	return newSignerSet(m.Officers, m.Signers)
}
