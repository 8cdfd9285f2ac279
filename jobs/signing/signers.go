package signing

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"carryover/exchange"
	"carryover/exchange/seal"
	"carryover/exchange/store"
	"carryover/jobs/office"
)

// SignerSet is who may sign: officers with their roles, and their keys. A
// signature counts with a role only if both give it: the key is listed for
// <officer>@<role>, and the officer has that role in the configuration.
type SignerSet struct {
	Officers []exchange.Officer
	Keys     *seal.Signers
}

// newSignerSet parses the text of an allowed_signers file; an error names the line.
func newSignerSet(officers []exchange.Officer, allowed string) (SignerSet, error) {
	keys, err := seal.ParseSigners([]byte(allowed))
	if err != nil {
		return SignerSet{}, fmt.Errorf("allowed_signers: %w", err)
	}
	return SignerSet{officers, keys}, nil
}

// Officer finds an officer of the set by name.
func (s SignerSet) Officer(name string) (exchange.Officer, bool) {
	return exchange.Agency{Officers: s.Officers}.Officer(name)
}

// granted are the keys that give an officer one of the roles asked for in a namespace
// at each of the instants, with each such role: what an officer may do is known here alone.
func (s SignerSet) granted(o exchange.Officer, namespace string, among []exchange.Role, at ...time.Time) iter.Seq2[seal.Signer, exchange.Role] {
	return func(yield func(seal.Signer, exchange.Role) bool) {
		for _, k := range s.Keys.All() {
			for _, r := range among {
				if k.May(namespace) && k.Valid(at...) && o.Has(r) && slices.Contains(k.Principals, o.Principal(r)) && !yield(k, r) {
					return
				}
			}
		}
	}
}

// Roles are those of the roles asked for with which a key counts for an officer in a
// namespace at each of the instants; none when the key is unknown, expired, or not for that use.
func (s SignerSet) Roles(o exchange.Officer, fingerprint, namespace string, among []exchange.Role, at ...time.Time) (roles []exchange.Role) {
	for k, r := range s.granted(o, namespace, among, at...) {
		if k.Fingerprint == fingerprint && !slices.Contains(roles, r) {
			roles = append(roles, r)
		}
	}
	return roles
}

// Owner is the officer whose key this is, by the names in its principals, whatever the
// officer's roles are now and whether the key is still valid: it names people in
// refusals and gives no right.
func (s SignerSet) Owner(fingerprint string) (exchange.Officer, bool) {
	for _, k := range s.Keys.All() {
		if k.Fingerprint != fingerprint {
			continue
		}
		for _, o := range s.Officers {
			for _, t := range exchange.RoleTerms() {
				if slices.Contains(k.Principals, o.Principal(exchange.Role(t.Code))) {
					return o, true
				}
			}
		}
	}
	return exchange.Officer{}, false
}

// CanRelease reports how many officers could sign at an instant, and whether they
// suffice: two, one of them 复核.
func (s SignerSet) CanRelease(at time.Time) (signers int, enough bool) {
	with := s.WithKeys(at)
	for _, o := range with {
		if len(o.Roles) > 0 {
			signers++
		}
	}
	return signers, exchange.CanRelease(with)
}

// ApprovedSigners are those of the approved money settings: a change of officers or keys
// counts once the present officers have signed it. An empty set, no error, before any
// settings are recorded.
func ApprovedSigners(o *office.Office, tx *store.Tx) (SignerSet, error) {
	m, err := tx.MoneySettings(exchange.SettingsApproved)
	if errors.Is(err, store.ErrNotFound) {
		return SignerSet{Keys: &seal.Signers{}}, nil
	}
	if err != nil {
		return SignerSet{}, err
	}
	return newSignerSet(m.Officers, m.Signers)
}

// SignersFor are those who may sign a file: for a payment file those of the
// approved settings; for new settings the same, unless fewer than two of them
// could still sign (their keys expired, or there were none): then those of the
// new settings themselves, since nobody else is left.
func SignersFor(o *office.Office, tx *store.Tx, f exchange.File) (SignerSet, error) {
	approved, err := ApprovedSigners(o, tx)
	if err != nil || f.Kind != office.KindMoneySettings {
		return approved, err
	}
	if _, enough := approved.CanRelease(o.Now()); enough {
		return approved, nil
	}
	m, err := tx.MoneySettingsOf(f.ID)
	if err != nil {
		return SignerSet{}, err
	}
	return newSignerSet(m.Officers, m.Signers)
}
