package signing

import (
	"fmt"
	"iter"
	"slices"
	"strings"
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
// counts once it is signed. An empty set, no error, before any settings are recorded, and
// while those that are are not what was signed.
func ApprovedSigners(o *office.Office, tx *store.Tx) (SignerSet, error) {
	a, err := ReadApproved(o, tx)
	return a.Signers, err
}

// SignersFor are the officers who may sign a file: for a payment file those of the approved
// settings; for a text of money settings those whom its kind asks for.
func SignersFor(o *office.Office, tx *store.Tx, f exchange.File) (SignerSet, error) {
	a, err := ReadApproved(o, tx)
	if err != nil || f.Kind != office.KindMoneySettings || a.Waiting == nil || a.Waiting.FileID != f.ID {
		return a.Signers, err
	}
	own, _, err := ownKeys(*a.Waiting)
	return a.signersOf(*a.Waiting, own), err
}

// RecoveryOwner is the name of the recovery key that has a fingerprint, among those that count for
// the settings that wait; "" for any other key.
func RecoveryOwner(o *office.Office, tx *store.Tx, fingerprint string) (string, error) {
	a, err := ReadApproved(o, tx)
	if err != nil {
		return "", err
	}
	keys := a.Recovery
	if a.Waiting != nil {
		_, own, err := ownKeys(*a.Waiting)
		if err != nil {
			return "", err
		}
		keys = a.recoveryOf(*a.Waiting, own)
	}
	for _, k := range keys.All() {
		if k.Fingerprint == fingerprint {
			return k.Principals[0], nil
		}
	}
	return "", nil
}

// PartnerKeys are a partner's keys that count now: those of the configuration, but for what waits
// to be approved (waiting). Before any settings of this form are signed all of them count.
func PartnerKeys(o *office.Office, tx *store.Tx, partner string) (keys *seal.Signers, waiting []string, err error) {
	all, err := o.PartnerSigners(partner)
	if err != nil {
		return nil, nil, err
	}
	all = all.For(partner)
	a, err := ReadApproved(o, tx)
	if err != nil || !a.Ceremony || a.Sections == nil {
		return all, nil, err
	}
	section := a.Sections[exchange.PartnerSection(partner)]
	keys = all.Only(func(k seal.Signer) bool {
		approved := func(l exchange.SignerLine) bool {
			return strings.Contains(section, exchange.PartnerSigners+l.String()+"\n")
		}
		if slices.ContainsFunc(signerLines(k), approved) {
			return true
		}
		waiting = append(waiting, k.Fingerprint)
		return false
	})
	return keys, waiting, nil
}
